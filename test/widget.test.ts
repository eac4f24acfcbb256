// What the progress widget draws: pure functions from data to HTML and SVG, and the whole page on a real engine.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawNames, drawProgress } from "../functions/widget-page.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import type { DatasetCoverage } from "../shared/coverage/dataset-coverage.ts";
import type { AbsentCell } from "../shared/coverage/names.ts";
import { nothingWhole } from "../shared/coverage/reach.ts";
import type { DayCoverage } from "../shared/coverage/stored-days.ts";
import type { FailureRecord, TaskProgress } from "../shared/reads/progress.ts";
import { type Opening, renderCoverage } from "../shared/widget/coverage.ts";
import { renderDayNames } from "../shared/widget/day-names.ts";
import { renderFailures } from "../shared/widget/failures.ts";
import { formatDuration, formatNumber, formatTime } from "../shared/widget/format.ts";
import { html } from "../shared/widget/html.ts";
import { renderTasks } from "../shared/widget/tasks.ts";
import { chinese } from "../shared/widget/words.ts";
import { firstDay, lastDay } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const now = new Date("2024-01-17T18:00:00+08:00");
const hostile = `<script>alert("x")</script>' onload="y" & 错`;

function aTask(more: Partial<TaskProgress> = {}): TaskProgress {
  return {
    id: "5b9f6c1e-0000-4000-8000-000000000001",
    job_type: "DAILY_HISTORY",
    status: "RUNNING",
    reason: null,
    config: "{}",
    request_key: null,
    units: {
      total: 200,
      done: 90,
      confirmed: 150,
      byStatus: { pending: 50, sent: 45, done: 90, not_due: 1, failed: 4, parked: 10 },
    },
    rows: 480_123,
    share: 0.5,
    unitsAMinute: 33.33,
    startedAt: new Date("2024-01-17T17:30:00+08:00"),
    updatedAt: now,
    completedAt: undefined,
    estimatedEnd: new Date("2024-01-17T20:10:00+08:00"),
    ...more,
  };
}

function aFailure(more: Partial<FailureRecord> = {}): FailureRecord {
  return {
    id: 7,
    job_type: "DAILY_HISTORY",
    unit_key: "stock_daily/20240105",
    task_id: "5b9f6c1e-0000-4000-8000-000000000001",
    third_code: null,
    kind: "permanent",
    error_message: "daily 20240105: reply has 9 fields, expected 11",
    retry_count: 0,
    max_retries: 3,
    needsPerson: true,
    isCancelled: false,
    createdAt: now,
    lastAttemptAt: new Date("2024-01-16T09:05:00+08:00"),
    nextAttemptAt: undefined,
    resolvedAt: undefined,
    dismissed: null,
    ...more,
  };
}

const aDay = (day: string, stored: number, more: Partial<DayCoverage> = {}): DayCoverage => ({
  ...{ day, stored, expected: 100, explained: 0, unexplained: 0, missing: 100 - stored },
  ...{ whole: false, asked: true },
  ...more,
});
/** A day of which the absent rows are explained. */
const aWholeDay = (day: string, stored: number, more: Partial<DayCoverage> = {}) =>
  aDay(day, stored, { whole: true, missing: 0, explained: 100 - stored, ...more });
const ofStocks = (...days: DayCoverage[]): DatasetCoverage => ({
  ...{ dataset: datasets.stock_daily, days, due: "20240116" },
  reach: nothingWhole,
});

/** Text a reader sees, tooltips left out. */
const seen = (markup: string) =>
  markup
    .replace(/<title>.*?<\/title>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

/** Tags of a page, none left open. */
function expectWellFormed(markup: string): void {
  const open: string[] = [];
  for (const [tag, closes, name, ends] of markup.matchAll(/<(\/?)([a-z][\w-]*)(?:"[^"]*"|[^>"])*?(\/?)>/gi)) {
    if (closes) expect(`${open.pop()} closed by ${tag}`).toBe(`${name} closed by ${tag}`);
    else if (!ends) open.push(name ?? "");
  }
  expect(open).toEqual([]);
}

describe("tasks", () => {
  test("show their progress, their speed, when they will end, and what is waiting", () => {
    const page = renderTasks([aTask()], { now });
    for (const text of ["50 %", "90 of 200", "480,123", "33.3 a minute", "about 20:10, in 2 h 10 min"])
      expect(seen(page)).toContain(text);
    expect(seen(page)).toContain("10 need action 5 will be retried");
    expect(seen(renderTasks([aTask({ status: "PAUSED" })], { now }))).not.toContain("tried again");
    expectWellFormed(page);
  });

  test("draw what is done and what needs action as lengths, with the same in words", () => {
    const page = renderTasks([aTask()], { now });
    expect(page).toMatch(/class="ts-done" width="45"/);
    expect(page).toMatch(/class="ts-parked" x="45" width="5"/);
    expect(page).toContain('role="img" aria-label="DAILY_HISTORY: 50 % settled, 5 % need action"');
  });

  test("that had nothing to do say so, and show no full bar", () => {
    const units = { ...aTask().units, total: 0, done: 0 };
    const page = renderTasks([aTask({ status: "COMPLETED", units, share: 1 })], { now });
    expect(seen(page)).toContain("nothing to do");
    expect(page).not.toContain("ts-bar");
    expect(seen(page)).not.toContain("100 %");
    const planning = renderTasks([aTask({ status: "PENDING", units, share: 0 })], { now });
    expect(seen(planning)).not.toContain("nothing to do");
  });

  test.each([
    ["PAUSED", { status: "PAUSED", estimatedEnd: undefined, reason: "quota" }, "paused"],
    ["not begun", { estimatedEnd: undefined, unitsAMinute: undefined }, "not known yet"],
    ["COMPLETED", { status: "COMPLETED", completedAt: now, estimatedEnd: undefined }, "18:00, took 30 min"],
  ] as const)("that are %s say so instead of an end time", (_, more, text) => {
    expect(seen(renderTasks([aTask(more)], { now }))).toContain(text);
  });

  test("an empty ledger says how to begin", () => {
    expect(seen(renderTasks([], { now }))).toContain("No task has run yet");
  });
});

describe("failures", () => {
  test("show the reason shortened, with the full text in a tooltip", () => {
    const long = `${"x".repeat(400)} the end`;
    const page = renderFailures([aFailure({ error_message: long })], { now, total: 1 });
    expect(seen(page)).not.toContain("the end");
    expect(page).toContain(`title="${long}"`);
    expect(seen(page)).toContain("1 unit needs action");
    expect(seen(page)).toContain("01-16 09:05");
    expectWellFormed(page);
  });

  test("say how many more there are than shown", () => {
    expect(seen(renderFailures([aFailure()], { now, total: 1_234 }))).toContain("and 1,233 more");
  });

  test("say when there are none", () => {
    expect(seen(renderFailures([], { now, total: 0 }))).toBe(" Nothing needs action. ");
  });
});

describe("coverage", () => {
  const days = [
    aWholeDay("20240102", 99),
    aWholeDay("20240103", 85, { explained: 12, unexplained: 3 }),
    aDay("20240104", 5, { explained: 10, missing: 85 }),
    aDay("20240105", 0),
    aWholeDay("20240108", 99),
  ];
  /** State and text of each square. */
  const squares = (page: string) =>
    [...page.matchAll(/<g class="ts-(\w+)"><title>(.*?)<\/title>/g)].map(([, state, text]) => [state, text]);
  const figcaption = (page: string) => seen(page.split("<figcaption")[1] ?? "");

  test("is a square for each trading day, weeks as columns and weekdays as rows", () => {
    const page = renderCoverage(ofStocks(...days.map(({ day }) => aWholeDay(day, 100))));
    const places = [...page.matchAll(/<rect x="(\d+)" y="(\d+)" width="13"/g)].map(([, x, y]) => [x, y]);
    expect(places.slice(0, 5)).toEqual([
      ["34", "29"], // Tuesday of the first week
      ["34", "44"],
      ["34", "59"],
      ["34", "74"],
      ["49", "14"], // Monday of the second
    ]);
    expectWellFormed(page);
  });

  test.each([
    [
      "English",
      undefined,
      [
        "2024-01-02: 99 rows of 100 expected, 1 explained, whole",
        "2024-01-03: 85 rows of 100 expected, 12 explained, 3 not found, whole, but some rows were not found",
        "2024-01-04: 5 rows of 100 expected, 10 explained, 85 missing, partial",
      ],
    ],
    [
      "Chinese",
      chinese,
      [
        "2024-01-02：入库 99 行，应有 100 行，有说明 1，完整",
        "2024-01-03：入库 85 行，应有 100 行，有说明 12，没有找到 3，完整，但有的行没有找到",
        "2024-01-04：入库 5 行，应有 100 行，有说明 10，缺失 85，不完整",
      ],
    ],
  ] as const)("says of each day in %s what is stored, what is absent and why", (_, words, texts) => {
    expect(
      squares(renderCoverage(ofStocks(...days), words))
        .slice(0, 3)
        .map(([, text]) => text),
    ).toEqual(texts);
  });

  test("counts the whole days, and names the latest others, whole or not", () => {
    const said = figcaption(renderCoverage(ofStocks(...days)));
    expect(said).toContain("3 of 5 days whole.");
    expect(said).toContain("Latest partial: 2024-01-05 (100 missing), 2024-01-04 (85 missing)");
    expect(said).toContain("Latest with rows that were not found: 2024-01-03 (3 not found)");
  });

  test.each([
    ["English", undefined, ["whole", "partial", "not due yet", "not requested"]],
    ["Chinese", chinese, ["完整", "不完整", "尚未发布", "未请求过"]],
  ] as const)(
    "draws each state in a shape of its own, without colours too, and explains it in %s",
    (_, words, names) => {
      const page = renderCoverage(
        ofStocks(
          aWholeDay("20240108", 100),
          aWholeDay("20240109", 99, { explained: 0, unexplained: 1 }),
          aDay("20240110", 99),
          aDay("20240117", 0),
          aDay("20240111", 0, { asked: false }),
        ),
        words,
      );
      expect(squares(page).map(([state]) => state)).toEqual([
        ...["whole", "whole_with_unexplained", "partial", "not_due", "not_asked"],
      ]);
      const shapes = [...page.matchAll(/<g class="ts-\w+"><title>.*?<\/title>(.*?)<\/g>/g)].map(
        ([, shape = ""]) =>
          shape.replace(/ (x|y|cx|cy|fill)="(?!none)[^"]*"/g, "").replace(/ stroke="[^"]*"/g, ""),
      );
      expect(new Set(shapes).size).toBe(5);
      for (const name of names) expect(figcaption(page)).toContain(name);
      expectWellFormed(page);
    },
  );

  test.each([
    [0, "a day without any row is empty", undefined],
    [1, "of a day with few rows a little is filled", 2],
    [50, "half a day is half filled", 7],
    [999, "a day that lacks one row in a thousand is not filled", 9],
  ])("with %i of 1,000 rows, %s", (stored, _, height) => {
    const page = renderCoverage(
      ofStocks(aDay("20240108", stored === 50 ? 500 : stored, { expected: 1_000 })),
    );
    const [, filled] = /<g class="ts-partial">.*?height="(\d+)" fill="#e0a100"/.exec(page) ?? [];
    expect(Number(filled)).toBe(height ?? 0);
  });

  test.each([
    ["English", undefined, "not requested", "1 of 2 days whole, and 2 not requested"],
    ["Chinese", chinese, "未请求过", "2 个交易日中 1 个完整，另有 2 个交易日未请求过"],
  ] as const)(
    "a day that was never requested is not missing, and says so, in %s",
    (_, words, state, counted) => {
      const some = [
        aDay("20240102", 0, { asked: false }),
        aDay("20240103", 2, { asked: false }), // of a few codes
        aDay("20240104", 0),
        aWholeDay("20240105", 99, { asked: false }), // of a task that was cancelled after it
      ];
      const page = renderCoverage(ofStocks(...some), words);
      expect(squares(page).map(([name]) => name)).toEqual(["not_asked", "not_asked", "partial", "whole"]);
      expect(squares(page)[1]?.[1]).toContain(state);
      expect(figcaption(page)).toContain(counted);
      expect(figcaption(page)).not.toContain("2024-01-03 (");
    },
  );

  test.each([
    ["2024-01-08", "2024-01-05", undefined, "Newest whole day 2024-01-08, complete through 2024-01-05."],
    [
      ...(["2024-01-08", "2024-01-05", "2024-01-06"] as const),
      "Newest whole day 2024-01-08, complete through 2024-01-05, days from 2024-01-06 on are not counted yet.",
    ],
    ["2024-01-08", undefined, undefined, "Newest whole day 2024-01-08. "],
    [undefined, undefined, undefined, "No day is whole yet."],
  ])("says how far it is whole: %s, through %s", (newest, through, uncounted, text) => {
    const [newestWhole, completeThrough, uncountedFrom] = [newest, through, uncounted].map((day) =>
      day?.replaceAll("-", ""),
    );
    const reach = { newestWhole, completeThrough, uncountedFrom };
    expect(figcaption(renderCoverage({ ...ofStocks(...days), reach }))).toContain(text);
  });

  test("a day on which nothing was listed is not drawn as missing", () => {
    const [unlisted, missing] = [aDay("20240102", 0, { expected: 0, missing: 0 }), aDay("20240103", 0)];
    expect(squares(renderCoverage(ofStocks(unlisted, missing))).map(([state]) => state)).toEqual([
      ...["not_asked", "partial"],
    ]);
  });

  test("without a calendar it says what to run", () => {
    expect(seen(renderCoverage(ofStocks()))).toContain("run the job REFERENCE");
  });

  test("opens the days that lack something, and no others", () => {
    const opening: Opening = {
      href: ({ name }, day) => `/names/${name}/${day}`,
      link: (_dataset, day, text) => html`<a href="#${day}">${text}</a>`,
    };
    const some = [
      ...days,
      aWholeDay("20240109", 100),
      aDay("20240117", 0),
      aDay("20240110", 0, { asked: false }),
    ];
    const page = renderCoverage(ofStocks(...some), undefined, opening);
    expect([...page.matchAll(/href="\/names\/stock_daily\/(\d+)"/g)].map(([, day]) => day)).toEqual(
      days.map(({ day }) => day),
    );
    expect([...page.matchAll(/href="#(\d+)"/g)].map(([, day]) => day)).toEqual([
      "20240105",
      "20240104",
      "20240103",
    ]);
    expectWellFormed(page);
  });

  test("has a text to open for every such day where its squares cannot be opened, the newest twenty at most", () => {
    const many = Array.from({ length: 28 }, (_, at) =>
      aDay(`202402${String(at + 1).padStart(2, "0")}`, 100, { explained: 5, missing: 0, whole: true }),
    );
    const link: Opening["link"] = (_dataset, day, text) => html`<a href="#${day}">${text}</a>`;
    const opened = (...some: DayCoverage[]) =>
      [...renderCoverage(ofStocks(...some), undefined, { link }).matchAll(/href="#(\d+)"/g)].map(
        ([, day]) => day,
      );
    expect(opened(...days).toSorted()).toEqual(days.map(({ day }) => day));
    expect(opened(...many)).toEqual(
      many
        .slice(-20)
        .map(({ day }) => day)
        .reverse(),
    );
    expect(opened(aWholeDay("20240109", 100))).toEqual([]);
    expectWellFormed(renderCoverage(ofStocks(...many), undefined, { link }));
  });

  test("the names of a day have their reasons, in the reader's language, and the evidence by its title", () => {
    const absent: AbsentCell[] = [
      { ts_code: "000001.SZ", interface: "daily", reason: "missing", looks: 0 },
      { ts_code: "000002.SZ", interface: "adj_factor", reason: "unexplained", looks: 3 },
      { ts_code: "600519.SH", interface: "daily", reason: "evidence", looks: 0 },
    ];
    const dataset = datasets.stock_daily;
    const page = renderDayNames({ dataset, day: "20240105", absent }).markup;
    for (const text of ["000001.SZ daily missing", "looked for and not found 3", "explained by suspensions"])
      expect(seen(page)).toContain(text);
    expect(seen(renderDayNames({ dataset, day: "20240105", absent }, chinese).markup)).toContain(
      "查过，没有找到",
    );
    expect(seen(renderDayNames({ dataset, day: "20240105", absent: [] }).markup)).toContain(
      "Nothing is absent",
    );
    expectWellFormed(page);
  });
});

describe("hostile text", () => {
  test("stays text wherever it comes from", () => {
    const pages = [
      renderTasks([aTask({ reason: hostile })], { now }),
      renderFailures([aFailure({ unit_key: hostile, error_message: hostile, job_type: hostile })], {
        now,
        total: 1,
      }),
    ];
    for (const page of pages) {
      expect(page).not.toMatch(/<script|\sonload="|&(?!amp;|lt;|gt;|quot;|#39;)/);
      expect(page).toContain("&lt;script&gt;");
      expectWellFormed(page);
    }
  });

  test("is escaped by the template, and markup that came out of one is not escaped twice", () => {
    expect(html`<b title="${'"'}">${["<", html`<i>${1}</i>`, undefined]}</b>`.markup).toBe(
      '<b title="&quot;">&lt;<i>1</i></b>',
    );
  });
});

test.each([
  [45_000, "45 s"],
  [89_000, "89 s"],
  [90_000, "2 min"],
  [3_540_000, "59 min"],
  [12_000_000, "3 h 20 min"],
  [187_200_000, "2 d 4 h"],
  [-5, "0 s"],
])("%i milliseconds are written %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("times are those of Shanghai, with the day when it is another", () => {
  expect(formatTime(new Date("2024-01-16T16:30:00Z"), now)).toBe("00:30");
  expect(formatTime(new Date("2024-01-16T15:30:00Z"), now)).toBe("01-16 23:30");
  expect(formatTime(new Date("2023-12-31T15:30:00Z"), now)).toBe("2023-12-31 23:30");
  expect(formatNumber(1234567.89)).toBe("1,234,567.9");
});

describe("the page of the dashboard", () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.close());
  beforeEach(() => world.reset());

  const arns = {
    dispatcherArn: "arn:aws:lambda:x:1:function:Dispatcher",
    ownArn: "arn:aws:lambda:x:1:function:Own",
  };
  const draw = () => drawProgress(world.services, arns, 30);
  /** Function, question and payload of each button. */
  const buttons = (page: string) =>
    [
      ...page.matchAll(
        /<a class="btn">([^<]*)<\/a><cwdb-action action="call" endpoint="([^"]*)" display="(\w+)"(?: confirmation="([^"]*)")?>([^<]*)</g,
      ),
    ].map(([, name, endpoint, display, confirmation, payload = ""]) => ({
      ...{ name, endpoint, display, confirmation },
      payload: JSON.parse(payload.replaceAll("&quot;", '"')),
    }));

  test("shows a running task, and offers to pause it after a question", async () => {
    const { tasks } = await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
    await world.deliverNext();
    const page = await draw();
    expect(seen(page)).toContain("1 of 12");
    expect(buttons(page)).toContainEqual({
      name: "Pause",
      endpoint: arns.dispatcherArn,
      display: "popup",
      confirmation:
        "Pause DAILY_HISTORY? Units in progress are finished; the rest waits until you resume it.",
      payload: { pause: tasks[0]?.id },
    });
  });

  test("its buttons do what they say when the dispatcher gets their payload", async () => {
    await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
    for (const [name, status] of [
      ["Pause", "PAUSED"],
      ["Resume", "RUNNING"],
    ]) {
      const pressed = buttons(await draw()).find((button) => button.name === name);
      await world.dispatch(pressed?.payload);
      expect((await world.tasks()).map((task) => task.status)).toEqual([status]);
    }
  });

  test("shows what needs action with its reason, and a button that sends it again", async () => {
    world.state.onCall = (call, reply) =>
      call.params.trade_date === "20240105" ? { ...reply, items: [[1]] } : reply;
    await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
    await world.runToEnd();
    const page = await draw();
    expect(seen(page)).toContain("stock_daily/20240105");
    world.state.onCall = (_, reply) => reply;
    const retry = buttons(page).find(({ name }) => name === "Retry");
    expect(await world.dispatch(retry?.payload)).toMatchObject({ outcome: "retried", sent: 1 });
    await world.runToEnd();
    expect(seen(await draw())).toContain("Nothing needs action");
  });

  test("has no script, no frame, no outside address, and its parts fit together", async () => {
    await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
    await world.runToEnd();
    const page = await draw();
    expect(page).not.toMatch(/<script|<iframe|<use|javascript:|https?:\/\//);
    expectWellFormed(page);
    expect(seen(page)).toContain("12 of 12 days whole");
    expect(seen(page)).toContain("Stock daily data stored for each trading day");
    expect(page).not.toContain("ETF prices stored");
  });

  test("a partial day opens a popup with the names of what it lacks", async () => {
    await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
    await world.runToEnd();
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '2024-01-10'");
    const page = await draw();
    expect(seen(page)).toContain("Latest partial: 2024-01-10");
    const [, endpoint, display, payload = ""] =
      /<a>2024-01-10 \([^<]*<\/a><cwdb-action action="call" endpoint="([^"]*)" display="(\w+)">([^<]*)</.exec(
        page,
      ) ?? [];
    expect({ endpoint, display }).toEqual({ endpoint: arns.ownArn, display: "popup" });
    const asked = JSON.parse(payload.replaceAll("&quot;", '"'));
    expect(asked).toEqual({ names: { dataset: "stock_daily", day: "20240110" } });
    const names = await drawNames(world.services.database, asked.names);
    expect(seen(names)).toContain("600519.SH daily missing");
    expectWellFormed(names.replace(/<style>.*<\/style>/s, ""));
  });
});
