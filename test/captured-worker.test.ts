// Every captured answer goes through the worker: each stored cell equals the captured one.
import { basename } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { columnsOf, type InterfaceSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { jobs, jobsOf } from "../shared/catalogue/jobs.ts";
import { SyncError } from "../shared/errors.ts";
import { capturedRows, furtherFilesOf, hasCaptured } from "./support/captured.ts";
import type { Market, Row } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const { stock_daily, etf_daily, finance, stock_list, etf_list, trading_calendar } = datasets;
const [daily, adjFactor, dailyBasic] = interfacesOf(stock_daily) as [
  InterfaceSpec,
  InterfaceSpec,
  InterfaceSpec,
];
const [fundDaily, fundAdj] = interfacesOf(etf_daily) as [InterfaceSpec, InterfaceSpec];

/** A captured day is requested by its date, a captured history by its codes. */
const sets: { of: string; by: "date" | "code"; files: [spec: InterfaceSpec, file: string][] }[] = [
  { of: "20230314", by: "date", files: [[daily, "daily__trade_date_20230314.csv"]] },
  { of: "20230315", by: "date", files: [[daily, "daily__trade_date_20230315.csv"]] },
  {
    of: "20250403",
    by: "date",
    files: [
      [daily, "daily__trade_date_20250403.csv"],
      [dailyBasic, "daily_basic__trade_date_20250403.csv"],
    ],
  },
  ...["20240613", "20240614", "20240617", "20240624", "20240625", "20240626"].map((day) => ({
    of: `${day}, a part of Shenzhen`,
    by: "date" as const,
    files: [
      [daily, `daily__trade_date_${day}_SZ_part.csv`],
      [adjFactor, `adj_factor__trade_date_${day}_SZ_part.csv`],
    ] as [InterfaceSpec, string][],
  })),
  {
    of: "63 stocks in 2024",
    by: "code",
    files: [
      [daily, "daily__63_SZ_stocks_2024.csv.gz"],
      [adjFactor, "adj_factor__63_SZ_stocks_2024.csv"],
    ],
  },
  { of: "000001.SZ", by: "code", files: [[daily, "daily__ts_code_000001.SZ_19971125_20230428.csv"]] },
  { of: "000333.SZ", by: "code", files: [[daily, "daily__ts_code_000333.SZ_20130918_20240221.csv"]] },
  {
    of: "600519.SH since 2010",
    by: "code",
    files: [[daily, "daily__ts_code_600519.SH_20100104_20240221.csv"]],
  },
  ...["600519.SH", "002594.SZ"].map((code) => ({
    of: `${code} over two years`,
    by: "code" as const,
    files: [daily, adjFactor, dailyBasic].map((spec): [InterfaceSpec, string] => [
      spec,
      `${spec.name}__ts_code_${code}_20230925_20251023.csv`,
    ]),
  })),
  // Valuations without captured prices: the closing prices in the valuation file are used instead.
  {
    of: "the valuations of 20191030",
    by: "date",
    files: [
      [daily, "daily_basic__trade_date_20191030_16fields.csv"],
      [dailyBasic, "daily_basic__trade_date_20191030_16fields.csv"],
    ],
  },
  {
    of: "the valuations of 688333.SH",
    by: "code",
    files: [
      [daily, "daily_basic__ts_code_688333.SH_20190722_20260317_11fields.csv"],
      [dailyBasic, "daily_basic__ts_code_688333.SH_20190722_20260317_11fields.csv"],
    ],
  },
  {
    of: "510300.SH",
    by: "code",
    files: [
      [fundDaily, "fund_daily__ts_code_510300.SH_20230925_20251023.csv"],
      [fundAdj, "fund_adj__ts_code_510300.SH_20230925_20251023.csv"],
    ],
  },
];

/** Answers of other interfaces that a dataset uses. */
const further = Object.values(datasets)
  .filter(({ slices }) => slices === "days" || slices === "codes")
  .flatMap((dataset) =>
    furtherFilesOf(dataset.main)
      .filter((file) => capturedRows(file, dataset.main).length > 0)
      .map((file) => ({ of: `${basename(file)} for ${dataset.name}`, dataset, file })),
  );

describe.skipIf(!hasCaptured)("captured answers through the worker", () => {
  let world: World;
  /** The captured calendar in its order. */
  let captured: Row[];
  beforeAll(async () => {
    captured = capturedRows("trade_cal__SSE_19901219_20241231.csv", trading_calendar.main).sort((a, b) =>
      String(a.cal_date) < String(b.cal_date) ? -1 : 1,
    );
    world = await makeWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.reset();
    await world.sql("truncate trade_cal, stock_info");
    world.setTime("20260401", 12);
  });

  test.each(sets)("prices of $of", async ({ by, files }) => {
    const isFund = files[0]?.[0] === fundDaily;
    const dataset = isFund ? etf_daily : stock_daily;
    const tables = files.map(([spec, file]) => ({ spec, rows: capturedRows(file, spec) }));
    const main = tables[0]?.rows ?? [];
    for (const row of main) row.close ??= 1; // a valuation file without prices
    emptyMarket();
    for (const { spec, rows } of tables) world.state.market[spec.name as keyof Market] = rows;
    const codes = [...new Set(main.map(({ ts_code }) => String(ts_code)))];
    const days = [...new Set(main.map(({ trade_date }) => String(trade_date)))].sort();
    await world.insert(
      "stock_info",
      codes.map((ts_code) => ({ ts_code, name: ts_code })),
    );
    await insertCalendar(days);

    const range = { from: days[0], to: days.at(-1), ...(by === "code" && { codes }) };
    await world.dispatch({ job: isFund ? "ETF_HISTORY" : "DAILY_HISTORY", ...range, refresh: true });
    await world.runToEnd();
    expect(await world.failures()).toEqual([]);
    expect(await world.tasks()).toMatchObject([{ status: "COMPLETED", reason: null }]);

    const details = tables.slice(1).map(({ rows }) => new Map(rows.map((row) => [keyOf(dataset, row), row])));
    await expectStored(
      dataset,
      main.map((row) => Object.assign({}, ...details.map((rows) => rows.get(keyOf(dataset, row))), row)),
    );
  });

  test("the stocks of 20250403 that were listed and not traded are named once, and not looked for again", async () => {
    const day = "20250403";
    emptyMarket();
    const { market } = world.state;
    market.daily = capturedRows(`daily__trade_date_${day}.csv`, daily);
    market.daily_basic = capturedRows(`daily_basic__trade_date_${day}.csv`, dailyBasic);
    const listed = capturedRows("stock_basic__list_status_L_captured_202504.csv", stock_list.main);
    const traded = new Set(market.daily.map(({ ts_code }) => ts_code));
    const absent = listed
      .filter(({ ts_code, list_date }) => !traded.has(ts_code ?? null) && String(list_date) <= day)
      .map(({ ts_code }) => ts_code);
    await world.insert(
      "stock_info",
      listed.map(({ ts_code = null, name = null, list_date = null }) => ({
        ts_code,
        name,
        list_date,
        list_status: "L",
      })),
    );
    await insertCalendar([day]);
    await world.dispatch({ job: "DAILY_HISTORY", from: day, to: day });
    await world.runToEnd();
    expect(absent.length).toBeGreaterThan(9);
    expect(await world.tasks()).toMatchObject([
      { status: "COMPLETED", reason: expect.stringMatching(/^partial/) },
    ]);
    const named = await world.sql(
      "select ts_code, reason, looks from sync_absence where interface = 'daily' order by 1",
    );
    expect(named).toEqual(absent.sort().map((ts_code) => ({ ts_code, reason: "unexplained", looks: 3 })));
    const [kept] = await world.sql("select expected - stored as absent, explained from sync_day");
    expect(kept).toEqual({ absent: absent.length, explained: 0 });
  });

  test.each(further)("$of", async ({ dataset, file }) => {
    const answered = capturedRows(file, dataset.main);
    const rows = answered.map((row) => asStored(dataset.main, row));
    emptyMarket();
    world.state.market[dataset.main.name as keyof Market] = answered;
    const days = [...new Set(rows.map(({ trade_date }) => String(trade_date)))].sort();
    await insertCalendar(days);
    const job = jobsOf(dataset.name).find((each) => jobs[each].mode === "history");
    const codes = [...new Set(rows.map(({ ts_code }) => String(ts_code)))];
    const range = { from: days[0], to: days.at(-1), ...(dataset.slices === "codes" && { codes }) };
    await world.dispatch({ job, ...range });
    await world.runToEnd();
    expect(await world.failures()).toEqual([]);
    expect(await world.tasks()).toMatchObject([{ status: "COMPLETED", reason: null }]);
    await expectStored(dataset, rows);
  });

  test.each(["600519.SH", "002594.SZ"])("reports of %s, the fuller of two versions", async (code) => {
    const rows = capturedRows(`fina_indicator__ts_code_${code}_20230331_20250630.csv`, finance.main);
    emptyMarket();
    world.state.market.fina_indicator = rows;
    await world.insert("stock_info", [{ ts_code: code, name: code }]);
    await world.dispatch({ job: "FINANCE_HISTORY", codes: [code], from: "20230331", to: "20250630" });
    await world.runToEnd();
    const versions = Map.groupBy(rows, (row) => keyOf(finance, row));
    await expectStored(
      finance,
      [...versions.values()].map((same) => same.toSorted((a, b) => fullness(b) - fullness(a))[0] ?? {}),
    );
  });

  test.each(["20191112", "202405", "202504"])("the calendar, and the stock list of %s", async (when) => {
    emptyMarket();
    world.setTime("20241231", 12); // the calendar's last day
    const stocks = capturedRows(`stock_basic__list_status_L_captured_${when}.csv`, stock_list.main);
    const calendar = capturedRows("trade_cal__SSE_19901219_20241231.csv", trading_calendar.main);
    world.state.market.stock_basic = stocks.map((row) => ({ ...row, list_status: "L" }));
    world.state.market.trade_cal = calendar;
    await world.dispatch({ job: "REFERENCE" });
    await world.runToEnd();
    const exchangeOf = (code: unknown) =>
      ({ SH: "SSE", SZ: "SZSE", BJ: "BSE" })[String(code).slice(-2)] ?? null;
    const listed = world.state.market.stock_basic.map((row) => ({
      ...row,
      exchange: exchangeOf(row.ts_code),
    }));
    await expectStored(stock_list, listed);
    await expectStored(trading_calendar, calendar);
  });

  test("the list of funds: only its ETFs", async () => {
    emptyMarket();
    const { fallback } = etf_list.main;
    if (fallback === undefined) throw new Error("the list of ETFs has no fallback");
    const funds = capturedRows("fund_basic__market_E_captured_202502.csv", fallback);
    world.state.market.fund_basic = funds.map((row) => ({ ...row, market: "E" }));
    world.state.onCall = ({ name }, reply) => {
      if (name === "etf_basic") throw new SyncError("permanent", "no right", { scope: "task" });
      return reply;
    };
    await world.dispatch({ job: "ETF_LIST" });
    await world.runToEnd();
    const stored = await world.sql(
      `select ts_code, name, to_char(list_date, 'YYYYMMDD') as list_date, list_status, market, exchange, is_etf
       from stock_info order by ts_code`,
    );
    const etfs = funds.filter(({ ts_code }) => /^(5[12368]|159)/.test(String(ts_code)));
    expect(etfs).toHaveLength(1_210);
    expect(stored).toEqual(
      etfs
        .map(({ ts_code, name, list_date, status }) => {
          const list_status = status === "I" ? "P" : status;
          const exchange = String(ts_code).endsWith(".SH") ? "SSE" : "SZSE";
          return { ts_code, name, list_date, list_status, market: "E", exchange, is_etf: "Y" };
        })
        .sort((a, b) => (String(a.ts_code) < String(b.ts_code) ? -1 : 1)),
    );
  });

  function emptyMarket(): void {
    for (const name of Object.keys(world.state.market)) world.state.market[name as keyof Market] = [];
  }

  /** The captured calendar since a year before these days, followed by the later days that have prices. */
  async function insertCalendar(priced: readonly string[]): Promise<void> {
    const since = String(Number(priced.toSorted()[0]) - 10_000);
    const last = captured.at(-1)?.cal_date ?? "";
    const before = captured.findLast(({ is_open }) => Number(is_open) === 1)?.cal_date ?? null;
    const later = priced
      .filter((day) => day > last)
      .map((day, at, days) => ({
        exchange: "SSE",
        cal_date: day,
        is_open: 1,
        pretrade_date: days[at - 1] ?? before,
      }));
    const end = { exchange: "SSE", cal_date: "20261231", is_open: 0, pretrade_date: null };
    const needed = captured.filter(({ cal_date }) => String(cal_date) >= since);
    await world.insert("trade_cal", [...needed, ...later, end]);
  }

  async function expectStored(dataset: Dataset, expected: readonly Row[]): Promise<void> {
    const columns = columnsOf(dataset).filter(({ name }) => expected.some((row) => name in row));
    const selected = columns.map(({ name, type }) =>
      type === "day" ? `to_char(${name}, 'YYYYMMDD') as ${name}` : `cast(${name} as text) as ${name}`,
    );
    const stored = await world.sql<Row>(`select ${selected.join(", ")} from ${dataset.table}`);
    const asCells = (row: Row) =>
      columns.map(({ name, type }) => {
        const cell = row[name] ?? null;
        if (cell === null || cell === "") return null;
        return type === "number" || type === "flag" ? Number(cell) : String(cell);
      });
    const ordered = (rows: readonly Row[]) =>
      rows.toSorted((a, b) => (keyOf(dataset, a) < keyOf(dataset, b) ? -1 : 1)).map(asCells);
    expect(stored).toHaveLength(expected.length);
    expect(ordered(stored)).toEqual(ordered(expected));
  }
});

/** Under the names of the table. */
function asStored({ columns }: InterfaceSpec, row: Row): Row {
  return Object.fromEntries(columns.map(({ name, from = name }) => [name, row[from] ?? null]));
}

function keyOf({ key }: Dataset, row: Row): string {
  return key.map((name) => row[name] ?? "").join(" ");
}

function fullness(row: Row): number {
  return Object.values(row).filter((value) => value !== null).length;
}
