// What a job plans, from what is stored and the time: no unit twice, none forgotten, or a sentence that says what to do.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeUnit } from "../shared/unit.ts";
import { dailyTruth, firstDay, lastDay, marketDays, stockCodes } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const history = (more: object = {}) => ({ job: "DAILY_HISTORY", from: firstDay, to: lastDay, ...more });
/** Keys of the units a command plans, without the dataset. The task is run to its end. */
async function run(command: object): Promise<string[]> {
  await world.dispatch(command);
  const planned = world.work.bodies().map((body) => decodeUnit(body).unit_key.replace("stock_daily/", ""));
  await world.runToEnd();
  return planned;
}
const lastTask = async () => (await world.tasks()).at(-1);
const expectTruth = async () => expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));

describe("a plan that cannot be made says what to do, starts nothing and frees its job", () => {
  const forget = (condition: string) => world.sql(`delete from trade_cal where ${condition}`);

  const cases: [what: string, prepare: () => Promise<unknown>, command: object, message: RegExp][] = [
    ["no calendar", () => forget("true"), history(), /calendar is empty: run the job REFERENCE/],
    [
      "a calendar that ends early",
      () => forget("cal_date > '2024-01-12'"),
      history(),
      /calendar ends on 20240112, before 20240117: run the job REFERENCE/,
    ],
    [
      "a calendar that ends before today",
      () => forget("cal_date > '2024-01-16'"),
      { job: "DAILY_INCREMENTAL" },
      /calendar ends on 20240116, before 20240117/,
    ],
    [
      "a calendar with a hole",
      () => forget("cal_date between '2024-01-08' and '2024-01-10'"),
      history(),
      /lacks days before 20240111: run the job REFERENCE with refresh/,
    ],
    [
      "a calendar with a hole, asked by stock",
      () => forget("cal_date between '2024-01-08' and '2024-01-10'"),
      history({ codes: ["600519.SH"] }),
      /lacks days before 20240111/,
    ],
    [
      "a calendar with a hole among the days the increment looks back on",
      async () => {
        await run(history({ to: "20240116" }));
        await forget("cal_date = '2024-01-10'");
      },
      { job: "DAILY_INCREMENTAL" },
      /lacks days before 20240111/,
    ],
    [
      "a calendar whose hole is as wide as the range asked for",
      () => forget("cal_date between '2024-01-08' and '2024-01-12'"),
      history({ from: "20240108", to: "20240112" }),
      /lacks days/,
    ],
    [
      "a calendar whose hole is at the end of the range asked for",
      () => forget("cal_date = '2024-01-12'"),
      history({ to: "20240112" }),
      /lacks days/,
    ],
    [
      "a calendar that begins after the range asked for",
      () => forget("cal_date < '2024-01-10'"),
      history(),
      /begins on 20240110, after/,
    ],
    [
      "a code nobody knows",
      async () => {},
      history({ codes: ["600519.SH", "999999.SZ"] }),
      /no stock 999999\.SZ in stock_info: check them, or run the job REFERENCE/,
    ],
    [
      "a first day after the last",
      async () => {},
      history({ from: "20240118", to: "20240110" }),
      /from is 20240118, which is after to, 20240110/,
    ],
    [
      "a job that does not exist",
      async () => {},
      { job: "WEEKLY" },
      /job is "WEEKLY", expected one of REFERENCE/,
    ],
    [
      "a day that does not exist",
      async () => {},
      history({ from: "20240230" }),
      /from is "20240230", expected a day/,
    ],
    ["an unknown field", async () => {}, history({ code: "600519.SH" }), /unknown field code.*for example/],
    ["both from and days", async () => {}, history({ days: 3 }), /from is 20240102 and days is 3: give one/],
  ];
  test.each(cases)("%s", async (_what, prepare, command, message) => {
    await prepare();
    const before = (await world.tasks()).length;
    await expect(world.dispatch(command)).rejects.toThrow(message);
    expect(world.work.bodies()).toEqual([]);
    const started = (await world.tasks()).slice(before);
    expect(started.filter(({ status }) => status !== "FAILED")).toEqual([]);
    for (const { reason } of started) expect(reason).toMatch(message);
    expect((await world.units()).filter(({ status }) => status !== "done")).toEqual([]);
  });

  test("and the next command starts anew once the cause is gone", async () => {
    await forget("true");
    await expect(world.dispatch(history())).rejects.toThrow();
    await world.insert("trade_cal", world.state.market.trade_cal);
    expect(await world.dispatch(history())).toMatchObject({ outcome: "started", sent: 12 });
  });

  test("a database that does not answer is different: the task stays, and the next command plans it", async () => {
    const broken = world.dispatchBreaking(history(), { call: 3, when: "before", fate: "goes on" });
    await expect(broken).rejects.toThrow("broken");
    expect(await world.dispatch(history())).toMatchObject({ outcome: "continued", sent: 12 });
  });
});

describe("DAILY_INCREMENTAL of a day or a range", () => {
  const increment = (more: object) => ({ job: "DAILY_INCREMENTAL", ...more });

  test("fetches exactly that day, in an empty database too", async () => {
    expect(await run(increment({ from: "20240105", to: "2024-01-05" }))).toEqual(["20240105"]);
    expect(await run(increment({ from: "20240105", to: "20240105" }))).toEqual([]);
  });

  test("fills the gaps of the range and leaves stored rows alone", async () => {
    await run(history());
    await world.sql("delete from stock_daily where trade_date in ('2024-01-04', '2024-01-10')");
    expect(await run(increment({ from: "20240103", to: "20240105" }))).toEqual(["20240104"]);
    expect(await run(increment({ from: "20240103", to: "20240105", refresh: true }))).toEqual(
      marketDays.slice(1, 4),
    );
  });

  test("of the last N open days looks at no other days", async () => {
    await run(history());
    await world.sql("delete from stock_daily where trade_date in ('2024-01-04', '2024-01-16')");
    expect(await run(increment({ days: 3 }))).toEqual(["20240116"]);
  });

  test("takes today only when it is due", async () => {
    world.setTime("20240117", 16);
    expect(await run(increment({ from: "20240116", to: "20240117" }))).toEqual(["20240116"]);
    expect((await lastTask())?.reason).toBe("20240117 is not due yet: planned to 20240116");
    expect(await run(increment({ from: "20240117", to: "20240117" }))).toEqual([]);
    expect((await lastTask())?.reason).toBe("20240117 is not due yet, until 2024-01-17 17:00 in Shanghai");
  });
});

describe("a plan without units says why", () => {
  const nothings: [string, object, string, RegExp | null][] = [
    ["of what is stored", history(), "stored", null],
    ["of lists fetched today", { job: "REFERENCE" }, "fresh", null],
    ["of days to come", { job: "DAILY_HISTORY", from: "20270101" }, "not_due", /until 2027-01-01 17:00/],
    [
      "of stored days and days to come",
      history({ to: "20270101" }),
      "stored_so_far",
      /20270101 is not due yet/,
    ],
    [
      "of a weekend",
      history({ from: "20240106", to: "20240107" }),
      "no_open_day",
      /no trading day from 20240106/,
    ],
    [
      "of the time before the exchange",
      { job: "DAILY_HISTORY", from: "19800101", to: "19801231" },
      "before_first_day",
      /no trading before 19901219/,
    ],
    [
      "of a stock before its listing",
      history({ to: "20240105", codes: ["688981.SH"] }),
      "not_listed",
      /not listed from 20240102 to 20240105: 688981.SH/,
    ],
    [
      "of a report period that has not ended",
      { job: "FINANCE_HISTORY", from: "20240101", to: "20240331" },
      "not_due",
      /20240331 has not ended/,
    ],
    [
      "of reports before their deadline",
      { job: "FINANCE_HISTORY", from: "20231231", to: "20231231", byPeriod: false },
      "not_due",
      /20231231 are not all due until 20240430/,
    ],
    [
      "of a week without a quarter's end",
      { job: "FINANCE_HISTORY", from: "20230901", to: "20230907" },
      "no_period",
      /./,
    ],
    ["of filings to come", { job: "FINANCE_INCREMENTAL", from: "20240117" }, "not_due", /from 20240118 on/],
    [
      "of days without a filing",
      { job: "FINANCE_INCREMENTAL", from: "20150101", to: "20150105" },
      "no_filing",
      /no filing/,
    ],
  ];
  test.each(nothings)("%s", async (_of, command, nothing, reason) => {
    await run({ job: "REFERENCE" });
    await run(history());
    const { plan } = await world.dispatch({ plan: command });
    expect(plan).toMatchObject({ units: 0, nothing });
    if (reason === null) expect(plan?.reason).toBeNull();
    else expect(plan?.reason).toMatch(reason);
    const { tasks } = await world.dispatch(command);
    expect(tasks).toMatchObject([{ status: "COMPLETED", total_units: 0, reason: plan?.reason }]);
  });

  test("and one that cannot begin before it ends is refused", async () => {
    const before = { job: "DAILY_HISTORY", to: "20231231" };
    await expect(world.dispatch({ plan: before })).rejects.toThrow(
      /before the first day, 20240102: give from too/,
    );
  });
});

describe("DAILY_HISTORY", () => {
  test("asks by date, each open day of the range once", async () => {
    expect(await run(history())).toEqual(marketDays);
    expect(world.calls).toHaveLength(12 * 4);
    await expectTruth();
    expect(await lastTask()).toMatchObject({ status: "COMPLETED", total_units: 12 });
  });

  test("asks by stock when that takes fewer calls", async () => {
    await world.sql("delete from stock_info where ts_code not in ('000001.SZ', '688981.SH', '000003.SZ')");
    expect(await run(history())).toEqual([
      "000001.SZ/20240102-20240117",
      "000003.SZ/20240102-20240109",
      "688981.SH/20240110-20240117",
    ]);
    expect(await run(history())).toEqual([]);
  });

  test("asks for the last so many open days", async () => {
    expect(await run({ job: "DAILY_HISTORY", days: 3 })).toEqual(["20240115", "20240116", "20240117"]);
  });

  test("skips the dates that are complete, calls nothing for them, and ends at once when all are", async () => {
    await run(history({ to: "20240110" }));
    expect(await run(history())).toEqual(marketDays.slice(7));
    const calls = world.calls.length;
    expect(await run(history())).toEqual([]);
    expect(world.calls).toHaveLength(calls);
    expect(await lastTask()).toMatchObject({ status: "COMPLETED", total_units: 0 });
  });

  test("asks for all of it again on refresh, and takes over what TuShare corrected", async () => {
    await run(history());
    for (const row of world.state.market.daily) row.close = Number(row.close) + 1;
    expect(await run(history({ refresh: true }))).toEqual(marketDays);
    await expectTruth();
  });

  test("asks for what the stocks lack when codes are given, a code named twice only once", async () => {
    const codes = ["600519.SH", "688981.SH", "600519.SH"];
    expect(await run(history({ codes }))).toEqual([
      "600519.SH/20240102-20240117",
      "688981.SH/20240110-20240117",
    ]);
    const truth = dailyTruth(world.state.market).filter(({ ts_code }) => codes.includes(String(ts_code)));
    expect(await world.storedDaily()).toEqual(truth);
  });

  test("resumes a stock after its latest stored date", async () => {
    await run(history({ codes: ["600519.SH"], to: "20240109" }));
    expect(await run(history({ codes: ["600519.SH"] }))).toEqual(["600519.SH/20240110-20240117"]);
  });

  test("does not ask again for days on which a stock was suspended, by stock or by date", async () => {
    await run(history({ codes: ["300750.SZ"] }));
    expect(await run(history({ codes: ["300750.SZ"] }))).toEqual([]);
    await world.reset();
    await run(history());
    expect(await run(history({ codes: stockCodes }))).toEqual([]);
  });

  test.each([
    ["by date, asked by date", {}, {}, ["20240110"]],
    [
      "by stock, asked by stock",
      { codes: ["300750.SZ"] },
      { codes: ["300750.SZ"] },
      ["300750.SZ/20240110-20240110"],
    ],
    ["by date, asked by stock", {}, { codes: ["300750.SZ"] }, undefined],
    ["by stock, asked by date", { codes: ["300750.SZ"] }, {}, marketDays],
  ])(
    "finds a row that was deleted from the middle and brings it back: stored %s",
    async (_what, first, second, planned) => {
      await run(history(first));
      await world.sql("delete from stock_daily where ts_code = '300750.SZ' and trade_date = '2024-01-10'");
      const found = await run(history(second));
      if (planned !== undefined) expect(found).toEqual(planned);
      const rows = await world.storedDaily();
      expect(rows.filter(({ ts_code }) => ts_code === "300750.SZ")).toHaveLength(10);
    },
  );

  test("asks again only for the unit that was parked", async () => {
    world.state.onCall = ({ params, name }, reply) =>
      params.trade_date === "20240105" && name === "daily"
        ? { ...reply, items: [["?", "not a row"]] }
        : reply;
    await run(history());
    expect(await lastTask()).toMatchObject({ status: "FAILED", total_processed: 11, total_failed: 1 });
    world.state.onCall = (_call, reply) => reply;
    expect(await run(history())).toEqual(["20240105"]);
    expect(await lastTask()).toMatchObject({ status: "COMPLETED", total_units: 1 });
    expect((await world.failures()).map(({ resolved_at }) => resolved_at !== null)).toEqual([true]);
  });

  test("plans to the last day that is due, and says so when more was asked for", async () => {
    expect(await run(history({ from: "20240116", to: "20240131" }))).toEqual(["20240116", "20240117"]);
    expect((await lastTask())?.reason).toBe("20240131 is not due yet: planned to 20240117");
  });

  test("says so when no day asked for is due yet", async () => {
    expect(await run(history({ from: "20240122", to: undefined }))).toEqual([]);
    expect(String((await lastTask())?.reason)).toMatch(/20240122 is not due yet/);
  });
});

describe("DAILY_INCREMENTAL", () => {
  const increment = { job: "DAILY_INCREMENTAL" };

  test("of an empty database warns, and asks for one day only", async () => {
    expect(await run(increment)).toEqual([lastDay]);
    const warning = /holds no stock_daily: only 20240117 is synced; run DAILY_HISTORY for earlier days/;
    expect(world.logged.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
      expect.stringMatching(warning),
    ]);
    expect((await lastTask())?.reason).toMatch(warning);
  });

  test("asks for every open day since the newest stored one", async () => {
    await run(history({ to: "20240111" }));
    expect(await run(increment)).toEqual(["20240112", "20240115", "20240116", "20240117"]);
    await expectTruth();
  });

  test("finds gaps before the newest stored day: a day never asked for and a deleted row", async () => {
    await run(history({ to: "20240104" }));
    await run(history({ from: "20240108", to: "20240116" }));
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '2024-01-10'");
    expect(await run(increment)).toEqual(["20240105", "20240110", "20240117"]);
    await expectTruth();
  });

  test("leaves gaps alone that are older than the open days it looks at", async () => {
    await run(history({ to: "20240116" }));
    await world.sql("delete from stock_daily where trade_date in ('2024-01-03', '2024-01-15')");
    const settings = { ...world.settings, SYNC_DAILY_LOOKBACK_DAYS: 5 };
    Object.assign(world.services, { settings });
    expect(await run(increment)).toEqual(["20240115", "20240117"]);
    Object.assign(world.services, { settings: world.settings });
  });

  test("is not affected by ETFs in the same table", async () => {
    await run(history({ to: "20240111" }));
    await world.sql("insert into stock_info (ts_code, name, is_etf) values ('510300.SH', '300ETF', 'Y')");
    await world.sql(
      "insert into stock_daily (ts_code, trade_date, close) select '510300.SH', unnest($1::date[]), 3.5",
      [["2024-01-10", "2024-01-17"]],
    );
    await world.sql("delete from stock_daily where ts_code = '600519.SH' and trade_date = '2024-01-10'");
    expect(await run(increment)).toEqual(["20240110", ...marketDays.slice(8)]);
  });

  test("asks for nothing on a day without trading, and for no day twice", async () => {
    await run(history());
    expect(await run(increment)).toEqual([]);
    world.setTime("20240114", 12);
    expect(await run(increment)).toEqual([]);
  });

  describe.each(["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])("on a host in %s", (zone) => {
    const zoneBefore = process.env.TZ;
    beforeEach(() => {
      process.env.TZ = zone;
    });
    afterEach(() => {
      if (zoneBefore === undefined) delete process.env.TZ;
      else process.env.TZ = zoneBefore;
    });

    test.each([
      ["16:59:59 in Shanghai leaves today for later", "20240117", 17 - 1 / 3600, "20240116"],
      ["17:00 in Shanghai asks for today", "20240117", 17, "20240117"],
      ["one second before midnight in Shanghai is still today", "20240117", 24 - 1 / 3600, "20240117"],
      ["one second after midnight in Shanghai asks for yesterday", "20240118", 1 / 3600, "20240117"],
      ["Saturday asks for Friday", "20240113", 20, "20240112"],
    ])("%s", async (_what, day, hours, newest) => {
      world.setTime(day, hours);
      expect(new Date(2024, 0, 17).getTimezoneOffset() === -480).toBe(zone === "Asia/Shanghai");
      expect(await run(increment)).toEqual([newest]);
    });
  });
});

describe("REFERENCE", () => {
  test("fetches calendar and lists once a day, and again on the next day or on refresh", async () => {
    expect(await run({ job: "REFERENCE" })).toHaveLength(12);
    expect(await run({ job: "REFERENCE" })).toEqual([]);
    expect(await run({ job: "REFERENCE", refresh: true })).toHaveLength(12);
    world.setTime("20240118", 0.01);
    expect(await run({ job: "REFERENCE" })).toHaveLength(12);
    expect((await world.tasks()).map(({ status }) => status)).toEqual(Array(4).fill("COMPLETED"));
  });

  test("stores every stock, listed, delisted and suspended, and the whole calendar", async () => {
    await world.sql("truncate trade_cal, stock_info");
    await run({ job: "REFERENCE" });
    const [counts] = await world.sql(
      "select (select count(*) from stock_info) as stocks, (select count(*) from trade_cal) as days",
    );
    expect(counts).toEqual({ stocks: "14", days: String(world.state.market.trade_cal.length) });
  });

  test("fetches again on the same day when rows were deleted since", async () => {
    await run({ job: "REFERENCE" });
    await world.sql("delete from stock_info where ts_code = '600519.SH'");
    expect(await run({ job: "REFERENCE" })).toEqual(["stock_list/L", "stock_list/D", "stock_list/P"]);
  });

  test("asks for the calendar to the end of next year", async () => {
    world.setTime("20241231", 23);
    const planned = await run({ job: "REFERENCE" });
    expect(planned.filter((key) => key.startsWith("trading_calendar")).at(-1)).toBe(
      "trading_calendar/SSE/20200101-20251231",
    );
  });
});
