// The stack's messages are made in English from one catalogue; what shows them finds the Chinese sentence there.
import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { en } from "../cli/messages/en.ts";
import { chinese } from "../shared/words/chinese.ts";
import { nearest } from "../shared/words/nearest.ts";
import { fill, say } from "../shared/words/say.ts";
import { say as sayHere, allSentences as sentences } from "../shared/words/say-here.ts";
import { startSentences } from "../shared/words/start-sentences.ts";
import { translate } from "../shared/words/translate.ts";

const holesOf = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, hole = ""]) => hole);

/** Values as they come: a code, a day, a number, a text with signs in it. */
const samples = ["20240102", "600519.SH", "17", "stock_daily/20240102", '"x: y, z"'];

const pairs = Object.entries(sentences).map(([name, english]) => {
  return [name, english, chinese[name as keyof typeof sentences]] as const;
});

test("the two languages have their sentences in one order", () => {
  expect(Object.keys(chinese)).toEqual(Object.keys(sentences));
});

describe.each(pairs)("%s", (_, english, chinese) => {
  const values = Object.fromEntries(
    holesOf(english).map((hole, at) => [hole, samples[at % samples.length] ?? ""]),
  );

  test("has the same placeholders in Chinese", () => {
    expect([...new Set(holesOf(chinese))].sort()).toEqual([...new Set(holesOf(english))].sort());
  });

  test("is recognised with its values, and translated to Chinese", () => {
    expect(translate(fill(english, values), "zh")).toBe(fill(chinese, values));
  });

  test("has words besides its placeholders", () => {
    expect(english.replaceAll(/\{\w+\}/g, "").length).toBeGreaterThan(2);
  });
});

test("one thing is not called many, and the text is still known", () => {
  const stored = sayHere("summaryStored", { title: "old codes of the Beijing exchange", rows: 1 });
  expect(stored).toMatch(/old codes of the Beijing exchange: 1 row$/);
  expect(translate(stored, "zh")).toMatch(/1 行$/);
  const settled = sayHere("settledNeedy", { status: "COMPLETED", done: 1, total: 1, rows: 1, needy: 1 });
  expect(settled).toBe("COMPLETED: 1/1 units, 1 row, 1 needs action");
  expect(translate(settled, "zh")).not.toMatch(/[a-z]{4}/);
  const many = sayHere("settledUnits", { status: "COMPLETED", done: 11, total: 21, rows: "1,001" });
  expect(many).toBe("COMPLETED: 11/21 units, 1,001 rows");
  expect([en.task.rows("1"), en.task.rows("11"), en.retry.sent("1"), en.retry.sent("2")]).toEqual([
    ...["1 row", "11 rows", "1 unit was sent again", "2 units were sent again"],
  ]);
});

test("a text in the reader's own language stays as it is", () => {
  expect(translate(say("calendarEmpty"), "en")).toBe("the trading calendar is empty: run the job REFERENCE");
});

test("joined and nested reasons are each translated", () => {
  const reasons = [
    say("plannedTo", { asked: "20270101", due: "20261120" }),
    say("scheduleEmpty", { job: "REFERENCE" }),
  ].join("; ");
  expect(translate(reasons, "zh")).toBe(
    "20270101 的数据尚未到发布时间：只安排到 20261120；财报披露计划为空：请运行作业 REFERENCE，才能发现新披露的财报",
  );
  const why = say("valueIs", { field: "close", value: '"x"', allowed: say("cellNumber") });
  const row = say("rowRefused", { what: "daily stock_daily/20240102", row: 3, identity: '"600519.SH"', why });
  expect(translate(row, "zh")).toBe(
    'daily stock_daily/20240102 第 3 行（"600519.SH"）：close 为 "x"，应为 JSON 数字或 null',
  );
});

test("TuShare's own Chinese is not changed", () => {
  const said =
    "抱歉，您没有接口(fina_indicator)访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";
  const text = say("tushareSays", { what: "fina_indicator 600519.SH", code: 40203, said, request: "r-1" });
  expect(translate(text, "zh")).toBe(`fina_indicator 600519.SH：TuShare 返回 40203 ${said}（请求 r-1）`);
  expect(translate(said, "zh")).toBe(said);
});

test("a server's English message is shown as the original text", () => {
  expect(translate('relation "stock" does not exist', "zh")).toBe('原文：relation "stock" does not exist');
});

describe("the source", () => {
  const sources = globSync("{shared,functions}/**/*.ts", { cwd: new URL("..", import.meta.url).pathname });
  /** Said to whoever deploys or writes migrations, in the function's own log. */
  const forEngineers = ["shared/adapters/chat-robot.ts", "shared/ledger/migrate.ts"];
  const textOf = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

  test.each(sources.filter((file) => !forEngineers.includes(file)))(
    "%s takes every message for people from the catalogue",
    (file) => {
      const text = textOf(file);
      const typed = [
        ...text.matchAll(/new SyncError\(\s*[^,()]+,\s*["'`]/g),
        ...text.matchAll(/\b(?:notFound|conflict)\(\s*["'`]/g),
        ...text.matchAll(/\b(?:cancelTask|pauseTask)\([^;)]*,\s*["'`][^"'`]*["'`]\s*\)/g),
        ...text.matchAll(/\breason: ["'`]/g),
        ...text.matchAll(/\bexport const \w+ = "[a-z]+ [a-z ]+";/g),
      ];
      expect(typed.map(([found]) => found)).toEqual([]);
    },
  );

  test("of a function has no sentence that only a start says", () => {
    const text = sources
      .filter((file) => !file.startsWith("shared/words/"))
      .map(textOf)
      .join("\n");
    const said = Object.keys(startSentences).filter((name) => text.includes(`"${name}"`));
    expect(said).toEqual([]);
  });

  test("uses every sentence of the catalogue", () => {
    const all = globSync("{shared,functions,local,cli,infra}/**/*.ts", {
      cwd: new URL("..", import.meta.url).pathname,
    })
      .filter((file) => !/^shared\/words\/((start-)?sentences|chinese)\.ts$/.test(file))
      .map(textOf)
      .join("\n");
    const unused = Object.keys(sentences).filter((name) => !new RegExp(`["']?\\b${name}\\b["']?`).test(all));
    expect(unused).toEqual([]);
  });
});

describe("a mistyped word", () => {
  test.each([
    ["plna", ["plan", "run", "pause"], "plan"],
    ["--form", ["--from", "--to"], "--from"],
    ["daily_history", ["DAILY_HISTORY", "DAILY_INCREMENTAL"], "DAILY_HISTORY"],
    ["DAILY_HISTROY", ["DAILY_HISTORY", "DAILY_INCREMENTAL"], "DAILY_HISTORY"],
    ["daily-history", ["DAILY_HISTORY", "ETF_HISTORY"], "DAILY_HISTORY"],
    ["stock_dayly", ["stock_daily", "stock_info"], "stock_daily"],
    ["--wacht", ["--watch", "--json"], "--watch"],
    ["xyz", ["plan", "run"], undefined],
    ["", ["plan"], undefined],
    ["股票", ["plan", "run"], undefined],
  ])("%s of %j was meant to be %s", (word, known, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });
});
