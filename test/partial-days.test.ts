// A day or a stock of which rows do not come: what came is stored, the rest is looked for, and what never comes is named.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SyncError } from "../shared/errors.ts";
import { dailyTruth, firstDay, lastDay, marketDays, type Reply } from "./support/small-market.ts";
import { type Call, makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const day = "20240104";
const code = "600519.SH";
const oneDay = { job: "DAILY_HISTORY", from: day, to: day };
const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
const truth = (...days: string[]) => dailyTruth(world.state.market, days);
const onlyUnit = async () => (await world.units())[0];
const onlyTask = async () => (await world.tasks())[0];
const absences = () =>
  world.sql(
    "select to_char(trade_date, 'YYYYMMDD') as day, ts_code, interface, reason, looks from sync_absence order by 1, 2, 3",
  );
const wholeDays = async () =>
  (
    await world.sql(
      "select dataset || ' ' || to_char(trade_date, 'YYYYMMDD') as day from sync_day order by 1",
    )
  ).map((row) => row.day);
const run = async (command: object) => {
  await world.dispatch(command);
  await world.runToEnd();
};

/** So many replies of an interface lack rows. */
function losing(
  name: string,
  isLost: (code: string, day: string) => boolean,
  times = Number.POSITIVE_INFINITY,
) {
  let left = times;
  world.state.onCall = (call: Call, reply: Reply): Reply => {
    if (call.name !== name || left <= 0) return reply;
    const at = (column: string) => reply.fields.indexOf(column);
    const items = reply.items.filter(
      (item) => !isLost(String(item[at("ts_code")]), String(item[at("trade_date")])),
    );
    if (items.length < reply.items.length) left -= 1;
    return { ...reply, items };
  };
}

describe("a day of which rows come late", () => {
  test.each<[string, string, (code: string) => boolean]>([
    ["one stock short", "daily", (each) => each === code],
    ["half short", "daily", (each) => each > "3"],
    ["without any row", "daily", () => true],
    ["without the factor of one stock", "adj_factor", (each) => each === code],
    ["without any valuation", "daily_basic", () => true],
  ])(
    "%s, has every row and value once they have come, and nothing is recorded",
    async (_what, name, isLost) => {
      losing(name, (each, on) => on === day && isLost(each), 1);
      await world.dispatch(oneDay);
      expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
      expect((await onlyUnit())?.status).toBe("sent");
      expect(await wholeDays()).toEqual([]);
      await world.runToEnd();
      expect(await world.storedDaily()).toEqual(truth(day));
      expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1, reason: null });
      expect(await absences()).toEqual([]);
      expect(await wholeDays()).toEqual([`stock_daily ${day}`]);
      expect(world.counted.get("RowsStored")).toBe(12);
      expect(world.counted.get("RowsChanged")).toBeGreaterThanOrEqual(12);
    },
  );

  test("has its first rows in the database while the rest is looked for", async () => {
    losing("daily", (each) => each === code);
    await world.dispatch(oneDay);
    await world.deliverNext();
    expect(await world.storedDaily()).toEqual(truth(day).filter(({ ts_code }) => ts_code !== code));
    expect((await onlyUnit())?.last_error).toBe(
      "20240104: 1 of 12 listed securities without a row, and nothing says why: 600519.SH",
    );
    expect(await onlyTask()).toMatchObject({ status: "RUNNING", total_processed: 0 });
  });
});

describe("a day of which a row never comes", () => {
  test("is done after three deliveries; task, log and metric say what it lacks", async () => {
    losing("daily", (each, on) => each === code && on === day);
    await run(history);
    expect(await onlyTask()).toMatchObject({
      status: "COMPLETED",
      total_processed: 12,
      reason:
        "partial, absent at TuShare and nothing says why: 1 (trading days: 1), such as 20240104 600519.SH daily",
    });
    expect(await absences()).toEqual([
      { day, ts_code: code, interface: "daily", reason: "unexplained", looks: 3 },
    ]);
    expect(world.counted.get("AbsencesUnexplained")).toBe(1);
    expect(
      world.logged.filter(({ message }) => message === "unit done without rows that nothing explains"),
    ).toMatchObject([{ level: "warn", details: { lacks: expect.stringContaining("600519.SH") } }]);
    expect((await world.units()).map(({ attempts }) => attempts).sort()).toEqual([...Array(11).fill(1), 3]);
    expect(await wholeDays()).toEqual(marketDays.map((each) => `stock_daily ${each}`));
    expect(await world.sql("select unexplained from sync_day where unexplained > 0")).toEqual([
      { unexplained: 1 },
    ]);
  });

  test("is named once in the reason, whatever else the day lacks", async () => {
    losing("daily", (each, on) => each === code && on >= day && on <= "20240108");
    const losingBars = world.state.onCall;
    world.state.onCall = async (call, reply) => {
      const isLost = call.name === "adj_factor" && call.params.trade_date === day;
      return await losingBars(call, isLost ? { ...reply, items: [] } : reply);
    };
    await run(history);
    expect((await onlyTask())?.reason).toBe(
      "partial, absent at TuShare and nothing says why: 4 (trading days: 3), such as 20240104 adj_factor, 20240105 600519.SH daily, 20240108 600519.SH daily",
    );
  });

  test("is looked for in three runs while it is new", async () => {
    world.setTime(day, 18);
    losing("daily", (each) => each === code);
    for (const looks of [1, 2, 3]) {
      await run({ ...oneDay, refresh: true });
      expect(await absences()).toMatchObject([{ ts_code: code, looks }]);
      expect(await wholeDays()).toEqual(looks === 3 ? [`stock_daily ${day}`] : []);
      world.setTime(day, 24 + 10 * looks);
    }
  });

  test("loses its record when the row comes after all", async () => {
    losing("daily", (each) => each === code);
    await run(oneDay);
    expect(await absences()).toHaveLength(1);
    losing("adj_factor", () => true);
    await run({ ...oneDay, refresh: true });
    expect(await absences()).toEqual([
      { day, ts_code: code, interface: "adj_factor", reason: "unexplained", looks: 3 },
    ]);
    world.state.onCall = (_call, reply) => reply;
    await run({ ...oneDay, refresh: true });
    expect(await absences()).toEqual([]);
    expect(await world.storedDaily()).toEqual(truth(day));
    expect(await world.sql("select stored, unexplained from sync_day")).toEqual([
      { stored: 12, unexplained: 0 },
    ]);
  });

  test("because an interface has no row at all, is recorded once for all stocks, until it has rows", async () => {
    losing("adj_factor", () => true);
    await run(oneDay);
    expect(await absences()).toEqual([
      { day, ts_code: "", interface: "adj_factor", reason: "unexplained", looks: 3 },
    ]);
    expect(await world.sql("select stored, unexplained from sync_day")).toEqual([
      { stored: 12, unexplained: 12 },
    ]);
    world.state.onCall = (_call, reply) => reply;
    await run({ ...oneDay, refresh: true });
    expect(await absences()).toEqual([]);
    expect(await world.storedDaily()).toEqual(truth(day));
  });

  test("of many stocks needs action, and its reason names them; what came is stored", async () => {
    losing("daily", (each) => each > "3");
    await run(oneDay);
    expect(await onlyTask()).toMatchObject({ status: "FAILED", total_failed: 1 });
    expect((await world.failures())[0]?.error_message).toMatch(
      /5 of 12 listed securities .*: 300750\.SZ, 600000\.SH, /,
    );
    expect(await world.storedDaily()).toHaveLength(7);
    expect(await absences()).toEqual([]);
  });
});

describe("a stock of which nobody knows when it was listed", () => {
  const command = { ...history, codes: [code] };
  const plannedUnits = async () => (await world.dispatch({ plan: command })).plan?.units;
  const lacks = (condition: string) =>
    world.sql(`delete from stock_daily where ts_code = $1 and ${condition}`, [code]);

  test.each(["list_date = null", "list_status = 'D', delist_date = null"])(
    "(%s) is fetched once when it is asked for by name, and again when it lost a row",
    async (unknown) => {
      await world.sql(`update stock_info set ${unknown} where ts_code = $1`, [code]);
      world.state.market.daily = world.state.market.daily.filter(
        (row) => row.ts_code !== code || String(row.trade_date) > day,
      );
      await run(command);
      expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_units: 1, reason: null });
      expect(await plannedUnits()).toBe(0);
      expect((await world.dispatch({ plan: { ...command, refresh: true } })).plan?.units).toBe(1);
      await lacks("trade_date = '20240109'");
      expect(await plannedUnits()).toBe(1);
    },
  );
});

describe("suspensions", () => {
  const suspended = "20240108";
  const suspendedDay = { ...oneDay, from: suspended, to: suspended };
  const timings = () =>
    world.sql("select ts_code, suspend_type from suspend_d order by trade_date, suspend_type");

  test("are fetched and stored with a day, and explain its absent stocks", async () => {
    await run({ ...history, from: suspended, to: "20240110" });
    expect(await timings()).toEqual([
      { ts_code: "300750.SZ", suspend_type: "S" },
      { ts_code: "300750.SZ", suspend_type: "S" },
      { ts_code: "300750.SZ", suspend_type: "R" },
    ]);
    expect(await absences()).toEqual([]);
    expect(
      await world.sql("select stored, explained, unexplained from sync_day order by trade_date"),
    ).toMatchObject([
      { stored: 11, explained: 1, unexplained: 0 },
      { stored: 11, explained: 1, unexplained: 0 },
      { stored: 12, explained: 0, unexplained: 0 },
    ]);
  });

  test("are fetched and stored with a stock's range", async () => {
    await run({ ...history, codes: ["300750.SZ"] });
    expect(await timings()).toHaveLength(3);
    expect(await onlyUnit()).toMatchObject({ status: "done", rows: 10, attempts: 1 });
  });

  test("that are not fetched, for want of the right to it, leave a stock unexplained, and say so once", async () => {
    world.state.onCall = (call, reply) => {
      if (call.name === "suspend_d")
        throw new SyncError("permanent", "no right to suspend_d", { scope: "task" });
      return reply;
    };
    await run({ ...history, from: suspended, to: "20240109" });
    expect(await onlyTask()).toMatchObject({
      status: "COMPLETED",
      reason: expect.stringContaining("300750.SZ"),
    });
    expect(await absences()).toHaveLength(2);
    expect(world.logged.filter(({ message }) => message.includes("without evidence"))).toHaveLength(1);
  });

  test("that fail to come fail the unit like any interface", async () => {
    world.state.onCall = (call, reply) => {
      if (call.name === "suspend_d") throw new SyncError("transient", "HTTP 502");
      return reply;
    };
    await world.dispatch(suspendedDay);
    expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
    expect(await world.storedDaily()).toEqual([]);
  });

  test("never remove a bar: TuShare has both of some days", async () => {
    world.state.market.suspend_d.push({
      ts_code: code,
      trade_date: day,
      suspend_type: "S",
      suspend_timing: null,
    });
    await run(oneDay);
    expect(await world.storedDaily()).toEqual(truth(day));
    expect(await world.sql("select stored, explained from sync_day")).toEqual([{ stored: 12, explained: 0 }]);
  });

  test("that are fetched later make the days with unexplained stocks be checked again", async () => {
    const { suspend_d } = world.state.market;
    world.state.market.suspend_d = [];
    await run({ ...history, from: "20240105", to: suspended });
    const known = () =>
      world.sql(
        "select explained, unexplained from sync_day where dataset = 'stock_daily' and trade_date = $1::date",
        [suspended],
      );
    expect(await known()).toEqual([{ explained: 0, unexplained: 1 }]);
    world.state.market.suspend_d = suspend_d;
    await run({ job: "SUSPEND_D_HISTORY", from: "20240105", to: suspended });
    expect(await known()).toEqual([{ explained: 1, unexplained: 0 }]);
  });
});

describe("a stock that did not trade for three of eight years, and nobody recorded a suspension,", () => {
  const years = { from: "20050104", to: "20121228" };
  const isIdle = (on: string) => on > "2007" && on < "2010";
  /** All weekdays of the eight years; the only listed stock has a factor on each of them. */
  beforeEach(async () => {
    await world.sql("delete from stock_info where ts_code <> $1", [code]);
    await world.sql("update stock_info set list_date = '2001-08-27'");
    await world.sql("delete from trade_cal");
    const days = await world.sql<{ on: string }>(
      `insert into trade_cal (exchange, cal_date, is_open)
       select 'SSE', day, 1 from generate_series(date '2005-01-03', date '2013-01-31', interval '1 day') as day
       where extract(isodow from day) < 6
       returning to_char(cal_date, 'YYYYMMDD') as on`,
    );
    const rowOf = (on: string) => ({ ts_code: code, trade_date: on });
    const traded = days.filter(({ on }) => !isIdle(on));
    world.state.market.adj_factor = days.map(({ on }) => ({ ...rowOf(on), adj_factor: 1 }));
    world.state.market.daily_basic = traded.map(({ on }) => ({ ...rowOf(on), total_mv: 5 }));
    world.state.market.daily = traded.map(({ on }) => ({ ...rowOf(on), close: 10, pre_close: 10 }));
    world.state.market.suspend_d = [];
    world.setTime("20121228", 18);
  });
  const plannedUnits = async (command: object) => (await world.dispatch({ plan: command })).plan?.units;

  test("is done by code after three deliveries; its days are known by name and never asked for again", async () => {
    const command = { job: "DAILY_HISTORY", ...years, codes: [code] };
    await run(command);
    expect(await onlyTask()).toMatchObject({
      status: "COMPLETED",
      total_units: 1,
      reason: expect.stringContaining("20070101 600519.SH daily"),
    });
    expect((await onlyUnit())?.attempts).toBe(3);
    const known = await absences();
    expect(
      known.every(
        ({ day: on, reason, looks }) => isIdle(String(on)) && reason === "unexplained" && looks === 3,
      ),
    ).toBe(true);
    expect(known).toHaveLength(784);
    expect(await plannedUnits(command)).toBe(0);
    expect(await plannedUnits({ job: "DAILY_HISTORY", ...years })).toBe(0);
    world.setTime("20121231", 18);
    expect(await plannedUnits({ job: "DAILY_INCREMENTAL" })).toBe(1); // the new day
    const idleWeek = { job: "DAILY_HISTORY", from: "20080107", to: "20080111", refresh: true };
    await run({ ...idleWeek, codes: [code] });
    expect((await world.tasks()).at(-1)).toMatchObject({ status: "COMPLETED" });
    expect(await absences()).toHaveLength(784);
  });

  test("is done by code, too, when only such days are asked for", async () => {
    await run({ job: "DAILY_HISTORY", from: "20080107", to: "20080111", codes: [code] });
    expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
    expect(await absences()).toHaveLength(5);
  });

  test("is not done while no interface has anything of it", async () => {
    Object.assign(world.state.market, { daily: [], daily_basic: [], adj_factor: [] });
    await run({ job: "DAILY_HISTORY", from: "20080107", to: "20080111", codes: [code] });
    expect(await onlyTask()).toMatchObject({ status: "FAILED" });
    expect(await absences()).toEqual([]);
  });
});

test("with an empty stock list no day is whole: the unit needs action, and its reason names the job to run", async () => {
  await world.dispatch(oneDay);
  await world.sql("delete from stock_info");
  await world.runToEnd();
  expect((await world.failures()).map(({ error_message }) => error_message)).toEqual([
    "the stock list (stock_info) is empty, so nothing says what is missing: run the job REFERENCE",
  ]);
  expect(world.calls).toEqual([]);
});

test("a day is whole by code only when each stock has been checked, and by date at once", async () => {
  await run({ ...history, codes: [code] });
  expect(await wholeDays()).toEqual([]);
  await run(oneDay);
  expect(await wholeDays()).toEqual([`stock_daily ${day}`]);
  await world.sql("delete from stock_daily where ts_code = '600519.SH'");
  expect(await wholeDays()).toEqual([]);
});
