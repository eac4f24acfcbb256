// Which stored days an increment fetches again.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../shared/catalogue/settings.ts";
import { inTurn, rereadDays, rereadRanges } from "../shared/plan/reread.ts";
import { migratedDatabase } from "./support/database.ts";
import { lastDay } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld(migratedDatabase, {
    ...{ SYNC_REREAD_DAYS: "2", SYNC_REREAD_OLD_DAYS: "1", SYNC_REREAD_PERIODS: "1" },
    SYNC_FINANCE_BY_PERIOD: "always",
  });
  await world.reset();
});
afterAll(() => world?.close());

const today = "20240117";
/** Days of January, each with the day on which it was last fetched. */
const fetched = (pairs: Readonly<Record<number, string>>) =>
  new Map(Object.entries(pairs).map(([day, on]) => [`202401${day.padStart(2, "0")}`, on]));
const settingsOf = (last: number, old: number) =>
  readSettings({ SYNC_REREAD_DAYS: String(last), SYNC_REREAD_OLD_DAYS: String(old) });

const month = {
  8: "20240110",
  9: "20240109",
  10: "20240116",
  11: "20240116",
  12: "20240112",
  15: "20240115",
  16: "20240116",
};

const cases: readonly [
  what: string,
  pairs: Record<number, string>,
  last: number,
  old: number,
  expected: number[],
][] = [
  ["the last days", month, 2, 0, [15, 16]],
  ["of the older days those that were fetched least recently", month, 2, 2, [8, 9, 15, 16]],
  ["the oldest day first, of days that were fetched at once", { ...month, 8: "20240109" }, 0, 1, [8]],
  ["nothing that was fetched today", { ...month, 16: today, 8: today }, 2, 2, [9, 15]],
  [
    "no more older days when so many were fetched today",
    { ...month, 8: today, 9: today, 10: today },
    2,
    2,
    [15, 16],
  ],
  ["not the newest due day, which is new", { ...month, 17: "20240116" }, 1, 0, [16]],
  ["all stored days, when there are few", { 15: "20240115", 16: "20240116" }, 5, 5, [15, 16]],
  ["nothing, when nothing is stored", {}, 5, 5, []],
  ["nothing, when both settings are 0", month, 0, 0, []],
];

test.each(cases)("an evening fetches again %s", (_, pairs, last, old, expected) => {
  const facts = { today, newest: "20240117", fetched: fetched(pairs) };
  expect(rereadDays(facts, settingsOf(last, old)).map((day) => Number(day.slice(6)))).toEqual(expected);
});

test("evening after evening, every older day has its turn", () => {
  const last = fetched({ ...month, 1: "20240105", 2: "20240105", 3: "20240105" });
  const all = [...last.keys()];
  const seen = new Set<string>();
  for (let evening = 18; evening < 18 + all.length; evening += 1) {
    for (const day of inTurn(`202401${evening}`, all, last, 1)) {
      last.set(day, `202401${evening}`);
      seen.add(day);
    }
  }
  expect([...seen].sort()).toEqual(all.toSorted());
});

const bars = (ts_code: string, askedOn?: string, wholeOn?: string) => ({
  ...{ ts_code, stored: { from: "20200102", to: "20240116" }, recent: "20240115", askedOn, wholeOn },
});
const evening = "20240116";
const ranges: readonly [
  what: string,
  codes: ReturnType<typeof bars>[],
  last: number,
  old: number,
  again: string[],
][] = [
  [
    "the last days of each code",
    [bars("A", evening), bars("B", evening)],
    2,
    0,
    ["A 20240115", "B 20240115"],
  ],
  ["nothing of a code that was fetched today", [bars("A", today), bars("B", evening)], 2, 0, ["B 20240115"]],
  ["the last days of a code that is fetched anyway", [bars("planned", today)], 2, 0, ["planned 20240115"]],
  [
    "all days of the code that was fetched whole least recently",
    [bars("A", evening, "20240110"), bars("B", evening, "20240109")],
    ...([2, 10, ["A 20240115", "B 20200102"]] as [number, number, string[]]),
  ],
  [
    "a code first that was never fetched whole",
    [bars("A", today, "20240101"), bars("B", today)],
    2,
    10,
    ["B 20200102"],
  ],
  [
    "no other code when one was fetched whole today",
    [bars("A", today, "20240101"), bars("B", today, today)],
    2,
    10,
    [],
  ],
  [
    "a tenth of many codes in one evening",
    Array.from({ length: 21 }, (_, at) => bars(`${at + 10}`, today, evening)),
    ...([2, 10, ["10 20200102", "11 20200102", "12 20200102"]] as [number, number, string[]]),
  ],
  ["nothing, when both settings are 0", [bars("A", evening)], 0, 0, []],
];
test.each(ranges)("an evening fetches again, by code, %s", (_, codes, last, old, again) => {
  const found = rereadRanges(today, codes, new Set(["planned"]), settingsOf(last, old));
  expect(found.map(({ ts_code, from }) => `${ts_code} ${from}`)).toEqual(again);
});

const sync = async (command: object) => {
  await world.dispatch(command);
  await world.runToEnd();
};
const planOf = async (job: string) => {
  const { plan } = await world.dispatch({ plan: { job } });
  if (plan === undefined) throw new Error("a plan was asked for");
  return plan;
};

test("the next evening's increment finds a restated close, and says before what it fetches again", async () => {
  await sync({ job: "DAILY_HISTORY", from: "20240102", to: lastDay });
  world.setTime("20240118", 18);
  const row = world.state.market.daily.find(({ trade_date }) => trade_date === "20240116");
  if (row === undefined) throw new Error("the market has no such day");
  row.close = 99.5;
  const { units, reread } = await planOf("DAILY_INCREMENTAL");
  expect([units, reread?.units, reread?.calls]).toMatchObject([
    4,
    3,
    { daily: 3, adj_factor: 3, daily_basic: 3 },
  ]);
  await sync({ job: "DAILY_INCREMENTAL" });
  const [task] = (await world.tasks()).filter(({ total_units }) => total_units === 4);
  const fetched = await world.sql("select unit_key from sync_unit where task_id = $1 order by sequence", [
    task?.id,
  ]);
  const days = ["20240118", "20240102", "20240116", "20240117"];
  expect(fetched.map(({ unit_key }) => unit_key)).toEqual(days.map((day) => `stock_daily/${day}`));
  const revised = await world.sql("select column_name, new_value from data_revision");
  expect(revised).toEqual([{ column_name: "close", new_value: "99.5" }]);
});

test("a second run on that evening fetches nothing again, and so does a run with days of its own", async () => {
  await world.reset();
  await sync({ job: "DAILY_HISTORY", from: "20240102", to: lastDay });
  world.setTime("20240118", 18);
  expect((await planOf("DAILY_INCREMENTAL")).reread?.units).toBe(3);
  const { plan } = await world.dispatch({
    plan: { job: "DAILY_INCREMENTAL", from: "20240116", to: lastDay },
  });
  expect([plan?.units, plan?.reread]).toEqual([0, null]);
  await sync({ job: "DAILY_INCREMENTAL" });
  world.setTime("20240118", 20.5); // the day without data was looked for until late
  expect((await planOf("DAILY_INCREMENTAL")).reread).toBeNull();
});

test("a report period is fetched again in turn, where reports are fetched by period", async () => {
  await world.reset();
  await sync({ job: "FINANCE_HISTORY" });
  world.setTime("20240118", 22);
  const first = await planOf("FINANCE_INCREMENTAL");
  expect(first.reread).toMatchObject({ units: 1, calls: { fina_indicator_vip: 1 } });
});

describe("index bars, which are fetched by code,", () => {
  const range = { from: "20240102", to: lastDay };
  const asked = () =>
    world.calls
      .filter(({ name }) => name === "index_daily")
      .map(({ params }) => [params.ts_code, params.start_date, params.end_date].join(" "));
  /** The upstream corrects a close. */
  const correct = (ts_code: string, day: string) => {
    world.state.onCall = ({ name }, reply) => {
      const at = (column: string) => reply.fields.indexOf(column);
      const items = reply.items.map((item) =>
        name === "index_daily" && item[at("ts_code")] === ts_code && item[at("trade_date")] === day
          ? item.with(at("close"), 1.25)
          : item,
      );
      return { ...reply, items };
    };
  };
  const revised = () =>
    world.sql("select ts_code, column_name, new_value from data_revision where dataset = 'index_daily'");

  test("have their last days fetched again by the call for the new day, and one code a night all its days", async () => {
    await world.reset();
    world.setTime("20240116", 22);
    await sync({ job: "INDEX_DAILY_HISTORY", from: "20240102", to: "20240116" });
    world.setTime("20240117", 22);
    world.calls.length = 0;
    correct("000300.SH", "20240116");
    await sync({ job: "INDEX_DAILY_INCREMENTAL" });
    expect(asked()).toHaveLength(10);
    expect(asked().filter((call) => call.endsWith("20240102 20240117"))).toHaveLength(1);
    expect(asked()).toContain("000300.SH 20240115 20240117");
    expect(await revised()).toEqual([{ ts_code: "000300.SH", column_name: "close", new_value: "1.25" }]);
    world.calls.length = 0;
    await sync({ job: "INDEX_DAILY_INCREMENTAL" });
    expect(asked()).toEqual([]);
  });

  test("come round: an old correction of any code is found within as many evenings as there are codes", async () => {
    await world.reset();
    await sync({ job: "INDEX_DAILY_HISTORY", ...range });
    correct("899050.BJ", "20240103");
    for (let evening = 18; evening < 28; evening += 1) {
      world.setTime(`202401${evening}`, 22);
      await sync({ job: "INDEX_DAILY_INCREMENTAL" });
    }
    expect(await revised()).toContainEqual({ ts_code: "899050.BJ", column_name: "close", new_value: "1.25" });
  });
});

test("reports that are fetched by stock have their turn within a quarter, and not twice in one", async () => {
  const byStock = await makeWorld(migratedDatabase, { SYNC_REREAD_PERIODS: "1" });
  try {
    await byStock.reset();
    const run = async (command: object) => {
      const before = byStock.calls.length;
      await byStock.dispatch(command);
      await byStock.runToEnd();
      return byStock.calls.slice(before).filter(({ name }) => name === "fina_indicator");
    };
    byStock.setTime("20240117", 8);
    await run({ job: "REFERENCE" });
    await run({ job: "FINANCE_HISTORY" });
    await run({ job: "FINANCE_INCREMENTAL" });
    const report = byStock.state.market.fina_indicator.find(
      ({ ts_code, end_date }) => ts_code === "000001.SZ" && end_date === "20230630",
    );
    if (report === undefined) throw new Error("the market has no such report");
    report.eps = 77.5;
    byStock.setTime("20240119", 21.5);
    const rereads = async () =>
      (await byStock.dispatch({ plan: { job: "FINANCE_INCREMENTAL" } })).plan?.reread;
    expect(await rereads()).toBeNull();
    byStock.setTime("20240420", 21.5);
    const seen = new Set<string | undefined>();
    for (let evening = 20; evening < 30; evening += 1) {
      byStock.setTime(`202404${evening}`, 21.5);
      expect((await rereads())?.units ?? 0).toBeLessThanOrEqual(1);
      for (const { params } of await run({ job: "FINANCE_INCREMENTAL" })) seen.add(params.ts_code);
    }
    expect(seen).toContain("000001.SZ");
    const revised = await byStock.sql(
      "select column_name, new_value from data_revision where dataset = 'finance'",
    );
    expect(revised).toContainEqual({ column_name: "eps", new_value: "77.5" });
  } finally {
    await byStock.close();
  }
});
