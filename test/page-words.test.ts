// The page shows the stack's messages in the reader's language, and a refusal with the labels of its form.
import { describe, expect, test } from "vitest";
import { drawCandles, drawComparison } from "../local/page/candles.ts";
import { readChoice } from "../local/page/chart.ts";
import { wordsFor } from "../local/page/choose-words.ts";
import { carryOut } from "../local/page/commands.ts";
import { renderDocument } from "../local/page/document.ts";
import type { Snapshot } from "../local/page/feed.ts";
import { renderFragments } from "../local/page/fragments.ts";
import { marksOfBars } from "../local/page/marks.ts";
import { renderVerifications } from "../local/page/verifications.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { addDays, formatDay } from "../shared/catalogue/dates.ts";
import { jobs, jobTypes } from "../shared/catalogue/jobs.ts";
import { originOfAddress } from "../shared/catalogue/origin.ts";
import type { Verification } from "../shared/reads/verifications.ts";
import { renderCoverages } from "../shared/widget/coverage.ts";
import { renderTasks } from "../shared/widget/tasks.ts";
import { say } from "../shared/words/say.ts";

const [english, chinese] = [wordsFor("en"), wordsFor("zh-CN,zh;q=0.9")];
const never = () => Promise.reject(new Error("the dispatcher was asked"));

test.each([
  [{ from: "20240230" }, "From is '20240230', expected a day", "起始日 为 '20240230'，应为日期"],
  [{ to: "31.1.2024" }, "To is '31.1.2024'", "截止日 为 '31.1.2024'"],
  [
    { codes: ["600519"] },
    "Only these codes is '600519', expected TuShare codes such as 600519.SH,000001.SZ; did you mean 600519.SH?",
    "仅这些代码 为 '600519'，应为 TuShare 代码，例如 600519.SH,000001.SZ；是否想写 600519.SH？",
  ],
  [{ from: "20240202", to: "20240201" }, "which is after To, 20240201", "晚于 截止日 的 20240201"],
])("%j is refused under the labels of the form", async (fields, inEnglish, inChinese) => {
  const command = { plan: { job: "DAILY_HISTORY", ...fields } };
  for (const [words, part] of [
    [english, inEnglish],
    [chinese, inChinese],
  ] as const) {
    const { status, body } = await carryOut(never, command, words);
    expect(status).toBe(422);
    expect(body.text).toContain(part);
    expect(body.text).not.toMatch(/\{"|plan\.|codes\./);
  }
});

test("what the dispatcher refuses is said in the reader's language", async () => {
  const said = say("unknownCodes", {
    ...{ kind: say("stock"), codes: "999999.SH", table: "stock_info", list: "REFERENCE" },
  });
  const refuse = () => Promise.reject(new Error(said));
  const command = { plan: { job: "DAILY_HISTORY", codes: ["999999.SH"] } };
  expect((await carryOut(refuse, command, chinese)).body.text).toBe(
    "stock_info 中没有股票 999999.SH：请检查代码，或运行作业 REFERENCE",
  );
  expect((await carryOut(refuse, command, english)).body.text).toBe(said);
});

test("a task's reason is said in the reader's language", () => {
  const now = new Date("2026-11-22T00:00:00Z");
  const byStatus = { pending: 0, sent: 0, done: 0, not_due: 0, failed: 0, parked: 0 };
  const task = {
    ...{
      id: "1",
      job_type: "DAILY_HISTORY",
      status: "PAUSED",
      reason: say("pausedByCommand"),
      share: 0,
      rows: 0,
    },
    ...{ units: { total: 0, done: 0, byStatus }, startedAt: now, updatedAt: now },
  };
  const render = renderTasks as unknown as (tasks: object[], view: object) => string;
  expect(render([task], { now, words: chinese.widget })).toContain("由命令暂停");
  expect(render([task], { now, words: english.widget })).toContain("paused by a command");
});

test("a verification is shown in the reader's language, with its counts, and opens to its findings", () => {
  const at = new Date("2026-11-22T00:00:00Z");
  const counts = {
    expected: 9,
    stored: 8,
    explained: 0,
    unexplained: 0,
    missing: 1,
    different: 2,
    failedChecks: 0,
  };
  const verification: Verification = {
    ...{ id: "7f", dataset: "stock_daily", how: "upstream", repairs: true, counts, findings: 3 },
    ...{ asked: { from: null, to: null }, from: "20260105", to: "20260131", next: null },
    ...{ status: "COMPLETED", verdict: "missing", taskId: null, comparedBy: null },
    reason: say("repairRefused", { why: say("calendarEmpty") }),
    ...{ startedAt: at, updatedAt: at, finishedAt: at },
  };
  const shown = [english, chinese].map((words) => renderVerifications([verification], at, words));
  expect(shown[0]).toContain("8 of 9 rows stored, 1 missing, 2 different");
  expect(shown[0]).toContain('<a href="/findings?verification=7f" data-names=""');
  expect(shown[1]).toContain("应有 9 行，已存 8 行, 1 项缺失, 2 项不一致");
  expect(shown[1]).toContain(">有缺失</a>");
  expect(shown[1]).toContain("未修复：");
});

test("candles become weeks, then months, before they are too narrow, and keep their ends and volume", () => {
  const bars = Array.from({ length: 2_000 }, (_, at) => {
    const price = 10 + at / 100;
    const day = formatDay(addDays("20200106", at));
    return { day, open: price, high: price + 1, low: price - 1, close: price + 0.5, vol: 10 };
  });
  const drawn = (count: number) =>
    drawCandles({ title: "x", width: 730, bars: bars.slice(0, count) }, english).markup;
  const readings = (count: number) => /data-readings="([^"]*)"/.exec(drawn(count))?.[1]?.split("\n") ?? [];
  expect(readings(160)).toHaveLength(160);
  expect(readings(700)).toHaveLength(100);
  expect(readings(700)[0]).toBe(
    "2020-01-06 – 2020-01-12  open 10  high 11.06  low 9  close 10.56  volume, lots 70",
  );
  expect(drawn(700)).toContain("each candle is a week");
  expect(drawn(2_000)).toContain("each candle is a month");
  expect(readings(1)).toHaveLength(1);
});

test("lines are interrupted where a code has no price, and of twenty thousand days only what can be seen is drawn", () => {
  const days = Array.from({ length: 20_000 }, (_, at) => formatDay(addDays("20200106", at)));
  const lines = (first: (number | null)[], second: (number | null)[]) => {
    const compared = [first, second].map((closes) => ({ name: "s", closes }));
    const drawn = drawComparison(
      { title: "x", width: 730, days: days.slice(0, first.length), lines: compared },
      english,
    );
    return [...drawn.markup.matchAll(/<path d="([^"]*)"/g)].map((found) => found[1] ?? "");
  };
  expect(lines([1, 2, null, 4], [3, 3, 3, 3])[0]?.replace(/[\d. ]/g, "")).toBe("MLM");
  const rising = days.map((_, at) => at + 1);
  const [path = ""] = lines(rising, rising);
  expect(path.match(/[ML]/g)?.length).toBeLessThanOrEqual(2_001);
  expect(path).toMatch(/ 12$/); // the newest value is the highest
});

test("a mark of a closed day stands on the next bar, one of a week on its candle, and its text is escaped", () => {
  const marks = [
    { day: "20200104", sign: "R", text: "report of <b>2019-12-31</b>" }, // a Saturday
    { day: "20200108", sign: "D", text: "dividend" },
  ];
  expect(marksOfBars(marks, ["2020-01-03", "2020-01-06", "2020-01-10"])).toEqual([
    [],
    [marks[0]],
    [marks[1]],
  ]);
  expect(marksOfBars(marks, ["2020-01-03"])).toEqual([[]]);
  const bars = Array.from({ length: 700 }, (_, at) => {
    const day = formatDay(addDays("20200101", at));
    return { day, open: 1, high: 1, low: 1, close: 1, vol: 1 };
  });
  const { markup } = drawCandles({ title: "x", width: 730, bars, marks }, english);
  expect(markup.match(/<text class="mark"[^>]*>(\w+)</g)).toHaveLength(2); // weeks
  expect(markup).toContain("report of &lt;b&gt;2019-12-31&lt;/b&gt;");
});

test.each([
  ["from=2024-03-01&to=2024-01-01", { from: "20240101", to: "20240301" }],
  ["from=2024-02-30&to=x", { from: undefined, to: undefined }],
  ["to=20240105&range=5y", { from: undefined, to: "20240105", range: "5y" }],
  ["range=9y&adjust=none&width=1e9", { range: "1y", width: 1_400 }],
])("of what is chosen for a chart (%s) only what makes sense counts", (query, expected) => {
  expect(readChoice(new URLSearchParams(query))).toMatchObject(expected);
});

test("names in a chart are escaped, and codes without a common day are said to have none", () => {
  const hostile = '"><script>alert(1)</script>';
  const days = ["2020-01-06", "2020-01-07"];
  const compare = (closes: (number | null)[]) =>
    drawComparison(
      {
        title: hostile,
        width: 730,
        days,
        lines: [
          { name: hostile, closes: [1, 2] },
          { name: hostile, closes },
        ],
      },
      chinese,
    ).markup;
  expect(compare([null, 4])).not.toContain("<script");
  expect(compare([null, 4])).toContain("以 2020-01-07 为 100");
  expect(compare([null, null])).toContain("没有共同的交易日");
});

test("interfaces without a call in the last minute share one line, and the others keep their rows", () => {
  const rate = (name: string, callsLastMinute: number) => ({ name, callsLastMinute, minuteLimit: 200 });
  const none = { tasks: [], failures: [], coverage: [], verifications: [], needPerson: 0, plannedRetries: 0 };
  const drawn = (rates: Snapshot["rates"], words = english) =>
    renderFragments({ ...none, at: new Date(0), newestDay: undefined, stocks: 0, etfs: 0, rates }, words, 46)
      .rates;
  const some = drawn([rate("daily", 3), rate("<idle>", 0), rate("weekly", 0)]);
  expect(some.match(/<tr>/g)).toHaveLength(2); // the head and daily
  expect(some).toContain('<summary>Idle interfaces: 2</summary><p class="ts-quiet">&lt;idle&gt;, weekly</p>');
  expect(drawn([rate("daily", 0)], chinese)).toMatch(
    /^<p class="ts-quiet">最近 60 秒没有调用。<.*空闲接口：1/,
  );
  expect(drawn([])).toBe('<p class="ts-quiet">No calls yet.</p>');
});

describe("whatever is in the catalogue", () => {
  const han = /\p{Script=Han}/u;
  const page = (words: typeof english) =>
    renderDocument(words, originOfAddress("https://api.tushare.pro"), []);
  const optionOf = (html: string, job: string) =>
    new RegExp(`<option value="${job}" data-takes="([^"]*)" data-about="([^"]*)"`).exec(html);

  test.each(jobTypes)("the job %s can be chosen, with what it does and takes, in both languages", (job) => {
    const [, takes, inEnglish = ""] = optionOf(page(english), job) ?? [];
    const [, , inChinese = ""] = optionOf(page(chinese), job) ?? [];
    expect(takes).toBe(jobs[job].takes.join(" "));
    expect(inEnglish).not.toMatch(han);
    for (const name of jobs[job].datasets) {
      expect(inEnglish).toContain(datasets[name].title.en);
      expect(inChinese).toContain(datasets[name].title.zh);
    }
    expect(inChinese.replace(/\b(ETF|VIP)\b/g, "")).not.toMatch(/[a-z]{2}/i);
  });

  test.each(Object.values(datasets))("the dataset $name has its coverage under its own title", (dataset) => {
    const day = {
      day: "20240102",
      stored: 1,
      ...{ expected: null, explained: null, unexplained: null, missing: null },
      whole: true,
      asked: true,
    };
    const reach = { newestWhole: day.day, completeThrough: day.day, uncountedFrom: day.day };
    const draw = (words: typeof english) =>
      renderCoverages([{ dataset, days: [day], due: day.day, reach }], words.widget);
    expect(draw(english)).not.toMatch(han);
    expect(draw(chinese)).toContain(dataset.title.zh);
    expect(draw(chinese)).not.toContain(dataset.title.en);
  });

  test.each(Object.values(datasets))("a sentence about $name says its title in Chinese", ({ title }) => {
    const said = say("onlyNewestDay", { dataset: title.en, day: "20240102", job: "X" });
    expect(chinese.widget.said(said)).toBe(`库中还没有 ${title.zh}：只同步 20240102；更早的数据请运行 X`);
    expect(english.widget.said(said)).toBe(said);
  });
});
