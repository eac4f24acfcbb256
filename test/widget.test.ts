// What the progress widget draws: pure functions from data to HTML and SVG, and the whole page on a real engine.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawProgress } from "../functions/widget-page.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import type { DayCoverage } from "../shared/coverage/stored-days.ts";
import type { FailureRecord, TaskProgress } from "../shared/reads/progress.ts";
import { renderCoverage } from "../shared/widget/coverage.ts";
import { renderFailures } from "../shared/widget/failures.ts";
import { formatDuration, formatNumber, formatTime } from "../shared/widget/format.ts";
import { html } from "../shared/widget/html.ts";
import { lineChart } from "../shared/widget/line-chart.ts";
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
    ...more,
  };
}

const aDay = (day: string, stored: number, proven = true, asked = true): DayCoverage => ({
  ...{ day, stored, listed: 100, explained: 0, unexplained: 0, missing: 100 - stored, proven, asked },
});
const ofStocks = (...days: DayCoverage[]) => ({ dataset: datasets.stock_daily, days });

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
    expect(seen(page)).toContain("10 need a person 5 will be retried");
    expect(seen(renderTasks([aTask({ status: "PAUSED" })], { now }))).not.toContain("tried again");
    expectWellFormed(page);
  });

  test("draw what is done and what needs a person as lengths, with the same in words", () => {
    const page = renderTasks([aTask()], { now });
    expect(page).toMatch(/class="ts-done" width="45"/);
    expect(page).toMatch(/class="ts-parked" x="45" width="5"/);
    expect(page).toContain('role="img" aria-label="DAILY_HISTORY: 50 % settled, 5 % need a person"');
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
    expect(seen(page)).toContain("1 unit needs a person");
    expect(seen(page)).toContain("01-16 09:05");
    expectWellFormed(page);
  });

  test("say how many more there are than shown", () => {
    expect(seen(renderFailures([aFailure()], { now, total: 1_234 }))).toContain("and 1,233 more");
  });

  test("say when there are none", () => {
    expect(seen(renderFailures([], { now, total: 0 }))).toBe(" Nothing needs a person. ");
  });
});

describe("coverage", () => {
  const days = [
    aDay("20240102", 99),
    aDay("20240103", 85),
    aDay("20240104", 5, false),
    aDay("20240105", 0, false),
    aDay("20240108", 99),
  ];

  test("is a square for each open day, weeks as columns and weekdays as rows", () => {
    const page = renderCoverage(ofStocks(...days));
    const squares = [...page.matchAll(/<rect x="(\d+)" y="(\d+)" width="13"/g)].map(([, x, y]) => [x, y]);
    expect(squares).toEqual([
      ["34", "29"], // Tuesday of the first week
      ["34", "44"],
      ["34", "59"],
      ["34", "74"],
      ["49", "14"], // Monday of the second
    ]);
    expectWellFormed(page);
  });

  test("describes each day in words, and frames the days not proven complete", () => {
    const page = renderCoverage(ofStocks(...days));
    expect(page).toContain("<title>2024-01-03: 85 rows of 100 listed, proven whole</title>");
    expect(page.match(/<rect x=[^>]* stroke="currentColor" stroke-width="1.5"><title>/g)).toHaveLength(2);
    expect(new Set(page.match(/<rect x="\d+" y="\d+" width="13"[^>]*fill="(#\w+)"/g)).size).toBe(5);
    expect(seen(page)).toContain("3 of 5 days proven whole");
    expect(seen(page)).toContain("Latest not proven whole: 2024-01-05 (0 of 100), 2024-01-04 (5 of 100)");
  });

  test.each([
    ["English", undefined, "not requested", "1 of 2 days proven whole, and 2 not requested"],
    ["Chinese", chinese, "未请求过", "2 个交易日中 1 个已确认完整，另有 2 个交易日未请求过"],
  ] as const)(
    "a day that was never requested is small and grey, and says so, in %s",
    (_, words, state, counted) => {
      const some = [
        aDay("20240102", 0, false, false),
        aDay("20240103", 2, false, false), // of a few codes
        aDay("20240104", 0, false),
        aDay("20240105", 99, true, false), // of a task that was cancelled after it
      ];
      const page = renderCoverage(ofStocks(...some), words);
      const grey = [...page.matchAll(/<rect x=[^>]*width="5"[^>]*fill="#8886"><title>(.*?)<\/title>/g)];
      expect(grey.map(([, text]) => text?.slice(0, 10))).toEqual(["2024-01-02", "2024-01-03"]);
      for (const [, text] of grey) expect(text).toContain(state);
      expect(page.match(/<rect x=[^>]*fill="#d64545" stroke/g)).toHaveLength(1);
      expect(seen(page)).toContain(counted);
      expect(page.split("</figcaption>")[0]?.split("<figcaption")[1]).toContain(state);
      expect(seen(page)).not.toContain("2024-01-03 (");
      expectWellFormed(page);
    },
  );

  test("a day on which nothing was listed is not drawn as missing", () => {
    const unlisted = { ...aDay("20240102", 0), listed: 0 };
    expect(renderCoverage(ofStocks(unlisted))).not.toMatch(/<rect x=[^>]*fill="#d64545"/);
    expect(renderCoverage(ofStocks(aDay("20240102", 0)))).toMatch(/<rect x=[^>]*fill="#d64545"/);
  });

  test("without a calendar it says what to run", () => {
    expect(seen(renderCoverage(ofStocks()))).toContain("run the job REFERENCE");
  });
});

describe("line charts", () => {
  const labels = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"];

  test("draw each series from its lowest to its highest value, with gaps where values are unknown", () => {
    const page = lineChart({ title: "Rows", labels, series: [{ name: "stocks", values: [0, 10, null, 5] }] });
    expect(page).toMatch(/<path d="M64 178L252 12M628 95" /);
    expect(page).toContain("Rows, 2024-01-02 to 2024-01-05: stocks from 0 to 5, lowest 0, highest 10");
    expectWellFormed(page);
  });

  test("may begin above zero, and hold one value or equal values", () => {
    const flat = lineChart({
      title: "x",
      labels,
      fromZero: false,
      series: [{ name: "s", values: [3, 3, 3, 3] }],
    });
    expect(flat).not.toContain("NaN");
    const one = lineChart({
      title: "x",
      labels: ["a"],
      fromZero: false,
      series: [{ name: "s", values: [3] }],
    });
    expect(one).not.toContain("NaN");
    expect(seen(lineChart({ title: "x", labels, series: [{ name: "s", values: [null] }] }))).toContain(
      "nothing to draw",
    );
  });

  test("draw twenty thousand points as only as many as can be seen", () => {
    const values = Array.from({ length: 20_000 }, (_, at) => at);
    const page = lineChart({ title: "x", labels: values.map(String), series: [{ name: "s", values }] });
    expect(page.length).toBeLessThan(60_000);
    expect(page).toContain("L628 12");
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
      lineChart({ title: hostile, labels: [hostile], series: [{ name: hostile, values: [1] }] }),
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

  test("shows what needs a person with its reason, and a button that sends it again", async () => {
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
    expect(seen(await draw())).toContain("Nothing needs a person");
  });

  test("has no script, no frame, no outside address, and its parts fit together", async () => {
    await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
    await world.runToEnd();
    const page = await draw();
    expect(page).not.toMatch(/<script|<iframe|<use|javascript:|https?:\/\//);
    expectWellFormed(page);
    expect(seen(page)).toContain("12 of 12 days proven whole");
    expect(seen(page)).toContain("Stock daily data stored for each trading day");
    expect(page).not.toContain("ETF prices stored");
  });
});
