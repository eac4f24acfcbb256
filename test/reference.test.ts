// Incomplete reference data is refused: calendars and lists without rows that were there before, or that must be there.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeMarket as makeGenerated } from "../local/tushare/market.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { shanghaiInstant } from "../shared/catalogue/dates.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { planLists } from "../shared/plan/plan.ts";
import { judge } from "../shared/rows/completeness.ts";
import { decodeUnit, paramsOf } from "../shared/unit.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

/** Keys of the units a command plans; the task is run to its end. */
async function run(job: "REFERENCE" | "ETF_LIST", more: object = {}): Promise<string[]> {
  await world.dispatch({ job, ...more });
  const planned = world.work.bodies().map((body) => decodeUnit(body).unit_key);
  await world.runToEnd();
  return planned;
}
const parked = async () =>
  (await world.units()).filter(({ status }) => status === "parked").map(({ unit_key }) => unit_key);
const reasons = async () =>
  (await world.failures())
    .filter(({ resolved_at }) => resolved_at === null)
    .map(({ error_message }) => error_message);

describe("a deleted row is fetched again on the same day, whatever else the table holds", () => {
  const stocks = ["stock_list/L", "stock_list/D", "stock_list/P"];

  test.each([
    ["a stock, beside ETFs", "delete from stock_info where ts_code = '600519.SH'", stocks],
    ["a delisted stock", "delete from stock_info where list_status = 'D' and is_etf = 'N'", stocks],
    [
      "a filing, beside those of older periods",
      "delete from disclosure_date where (ts_code, end_date) in (select ts_code, end_date from disclosure_date where end_date = '2023-09-30' limit 1)",
      ["disclosure/20231231", "disclosure/20230930", "disclosure/20230630", "disclosure/20230331"],
    ],
  ])("%s", async (_what, loss, planned) => {
    await run("ETF_LIST");
    await run("REFERENCE");
    await world.sql(
      `insert into disclosure_date (ts_code, end_date)
       select '60' || lpad(at::text, 4, '0') || '.SH', date '2019-12-31' from generate_series(1, 50) as at`,
    );
    await world.sql(
      `insert into stock_info (ts_code, name, is_etf, exchange, list_status)
       select 512000 + at || '.SH', 'fund', 'Y', 'SSE', 'L' from generate_series(900, 950) as at`,
    );
    expect(await run("REFERENCE")).toEqual([]);
    await world.sql(loss);
    expect(await run("REFERENCE")).toEqual(planned);
    expect(await run("REFERENCE")).toEqual([]);
  });

  test("an ETF of one exchange, beside more of the other", async () => {
    await run("ETF_LIST");
    await world.sql(
      `insert into stock_info (ts_code, name, is_etf, market, exchange, list_status)
       select 159000 + at || '.SZ', 'fund', 'Y', 'E', 'SZSE', 'L' from generate_series(1, 50) as at`,
    );
    expect(await run("ETF_LIST")).toEqual([]);
    await world.sql("delete from stock_info where ts_code = '510300.SH'");
    expect(await run("ETF_LIST")).toHaveLength(6);
  });
});

describe("a list that lost many rows overnight is refused, and accepted when it is complete again", () => {
  const listed = () => world.sql("select ts_code, list_status, name from stock_info order by 1");

  test("a stock list without a third of its stocks", async () => {
    await run("REFERENCE");
    const stored = await listed();
    const { market } = world.state;
    const whole = market.stock_basic;
    market.stock_basic = whole.filter(({ list_status }, at) => list_status !== "L" || at % 3 !== 0);
    for (const row of market.stock_basic) row.name = "short";
    await run("REFERENCE", { refresh: true });
    expect(await parked()).toEqual(["stock_list/L"]);
    expect(await reasons()).toEqual([
      "stock_basic stock_list/L: 8 rows, and there were 12: less than 90 %, SYNC_LIST_SHARE_MIN",
    ]);
    const listedNow = await listed();
    expect(listedNow.filter(({ list_status }) => list_status === "L")).toEqual(
      stored.filter(({ list_status }) => list_status === "L"),
    );
    market.stock_basic = whole;
    await run("REFERENCE", { refresh: true });
    expect(await reasons()).toEqual([]);
  });

  test("a list that is short the first time it is requested, when stocks are already stored", async () => {
    world.state.market.stock_basic = world.state.market.stock_basic.slice(0, 5);
    await run("REFERENCE");
    expect(await parked()).toContain("stock_list/L");
  });

  test("an empty list of delisted stocks when some are stored; an empty list of suspended stocks is accepted", async () => {
    world.state.market.stock_basic = world.state.market.stock_basic.filter(
      ({ list_status }) => list_status === "L",
    );
    await run("REFERENCE");
    expect(await parked()).toEqual(["stock_list/D"]);
  });

  test("a list of ETFs without those of one kind", async () => {
    await run("ETF_LIST");
    const { market } = world.state;
    market.etf_basic = market.etf_basic.filter(({ ts_code }) => !String(ts_code).startsWith("515"));
    await run("ETF_LIST", { refresh: true });
    expect(await parked()).toEqual(["etf_list/SH/L"]);
  });

  test("rows whose code TuShare has changed do not count for ever: a list is compared with the last answer", async () => {
    await run("REFERENCE");
    await world.sql(
      `insert into stock_info (ts_code, name, list_status)
       select 430000 + at || '.BJ', 'old code', 'L' from generate_series(1, 20) as at`,
    );
    await world.sql(
      `insert into bse_mapping (o_code, n_code)
       select 430000 + at || '.BJ', 920000 + at || '.BJ' from generate_series(1, 20) as at`,
    );
    await run("REFERENCE", { refresh: true });
    expect(await parked()).toEqual([]);
  });
});

describe("a calendar", () => {
  test("that ends before today is refused, and the complete one is accepted later", async () => {
    const { market } = world.state;
    const whole = market.trade_cal;
    market.trade_cal = whole.filter(({ cal_date }) => String(cal_date) <= "20240116");
    await run("REFERENCE");
    expect(await parked()).toEqual(["trading_calendar/SSE/20200101-20251231"]);
    expect(await reasons()).toEqual([
      "trade_cal trading_calendar/SSE/20200101-20251231: the answer ends on 20240116, before 20240117",
    ]);
    market.trade_cal = whole;
    await run("REFERENCE");
    expect(await reasons()).toEqual([]);
  });

  test("of captured answers ends where they end: no day or range after that is requested", async () => {
    const captured = await makeWorld(undefined, { SYNC_UPSTREAM_ENDS: "20191231" });
    try {
      await captured.reset();
      const { market } = captured.state;
      market.trade_cal = market.trade_cal.filter(({ cal_date }) => String(cal_date) <= "20191231");
      await captured.dispatch({ job: "REFERENCE" });
      await captured.runToEnd();
      const units = (await captured.units()).filter(({ unit_key }) => unit_key.startsWith("trading"));
      expect(units.map(({ unit_key, status }) => [unit_key, status])).toEqual([
        ["trading_calendar/SSE/19901219-19991231", "done"],
        ["trading_calendar/SSE/20000101-20091231", "done"],
        ["trading_calendar/SSE/20100101-20201231", "done"],
      ]);
    } finally {
      await captured.close();
    }
  });

  const years = Array.from({ length: 6 }, (_, at) => 2026 + at);
  const days = years.flatMap((year) =>
    ["0101", "0104", "0131", "0630", "1130", "1201", "1231"].map((day) => `${year}${day}`),
  );

  test.each(days)(
    "on %s covers every range that is requested, whether next year is published or not",
    (today) => {
      const generated = makeGenerated({ seed: 1, stocks: 10, publicationHour: {} });
      for (const { selector } of planLists(datasets.trading_calendar, today)) {
        if (selector.by !== "calendar") throw new Error("a calendar is asked for by range");
        const query = paramsOf(datasets.trading_calendar.main, selector);
        const rows = [...generated.rows("trade_cal", query, { date: today, time: "07:30" })];
        const column = (at: number) => rows.map((row) => String(row[at] ?? ""));
        const columns = { cal_date: column(1), is_open: column(2), pretrade_date: column(3) };
        const verdict = judge(
          datasets.trading_calendar,
          { selector, unit_key: "a decade" },
          { table: { columns, size: rows.length }, details: [] },
          { openDays: [], rowsBefore: 0 },
          { now: shanghaiInstant(today, 7.5), settings: readSettings({}), deliveries: 1 },
        );
        expect(verdict).toEqual({ is: "whole" });
        expect(rows.length).toBeLessThan(0.9 * datasets.trading_calendar.main.rowCap);
      }
    },
  );
});
