// Which stored days an increment fetches again.
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSettings } from "../shared/catalogue/settings.ts";
import { inTurn, rereadDays } from "../shared/plan/reread.ts";
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
