// The lines that name what is absent of a day, at the end of a run and under a task.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describePartialDays, readPartialDays } from "../local/partial-days.ts";
import { translate } from "../shared/words/translate.ts";
import { clientOf } from "./support/ask-api.ts";
import { firstDay, lastDay } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.reset();
  await world.dispatch({ job: "DAILY_HISTORY", from: firstDay, to: lastDay });
  await world.runToEnd();
});

const lines = async (names = ["stock_daily", "suspend_d"], range = { from: firstDay, to: lastDay }) => {
  const services = { ...world.services, dispatcher: { start: async () => {} } };
  return describePartialDays(await readPartialDays(clientOf(services), names, range));
};
const remove = (where: string) => world.sql(`delete from stock_daily where ${where}`);

test("a mirror that lacks nothing has none", async () => {
  expect(await lines()).toEqual([]);
});

test("a day is named with its codes, up to five, and how many more, in both languages", async () => {
  await remove("trade_date = '2024-01-04' and ts_code in ('600519.SH', '000001.SZ')");
  await remove(
    "trade_date = '2024-01-10' and ts_code in (select ts_code from stock_daily order by ts_code limit 8)",
  );
  const [first, second] = await lines();
  expect(first).toBe("stock daily data on 20240104: 2 missing (000001.SZ, 600519.SH)");
  await remove("trade_date = '2024-01-10'");
  const [, all] = await lines();
  expect(second).not.toBe(all);
  expect(all).toMatch(
    /^stock daily data on 20240110: 12 missing \((\d{6}\.S[HZ], ){4}\d{6}\.S[HZ] and 7 more\)$/,
  );
  expect(translate(first ?? "", "zh")).toBe("股票日线 20240104：缺失 2（000001.SZ, 600519.SH）");
  expect(translate(all ?? "", "zh")).toMatch(/^股票日线 20240110：缺失 12（.*，另有 7）$/);
});

test("a code that lacks two interfaces is named once, and is not one more", async () => {
  await world.sql(
    "update stock_daily set adj_factor = null, total_mv = null where trade_date = '2024-01-04' and ts_code = '600519.SH'",
  );
  expect(await lines()).toEqual(["stock daily data on 20240104: 2 missing (600519.SH)"]);
});

test("what was looked for and not found is told apart from what is missing", async () => {
  await remove("trade_date = '2024-01-04' and ts_code = '600519.SH'");
  await world.sql(
    `insert into sync_absence (dataset, ts_code, trade_date, interface, reason, looks)
     values ('stock_daily', '600519.SH', '2024-01-04', 'daily', 'unexplained', 3)`,
  );
  const said = await lines();
  expect(said).toEqual(["stock daily data on 20240104: 1 looked for and not found (600519.SH)"]);
  expect(translate(said[0] ?? "", "zh")).toBe("股票日线 20240104：查过，没有找到 1（600519.SH）");
});

test("only days of the range and of the named datasets count, the newest five of each", async () => {
  await remove("ts_code = '600519.SH'");
  const days = (await lines()).map((line) => /on (\d{8})/.exec(line)?.[1]);
  expect(days).toEqual(["20240111", "20240112", "20240115", "20240116", "20240117"]);
  expect(await lines(["suspend_d"])).toEqual([]);
  expect(await lines(["stock_daily"], { from: "20240103", to: "20240103" })).toHaveLength(1);
});
