// A small market: 14 stocks, 12 trading days, and what TuShare would answer about them. Funds and
// reports are in small-funds.ts and small-reports.ts.
// It shares no code with the sync, so that tests can check the sync against it.
import { makeFunds } from "./small-funds.ts";
import { makeReports } from "./small-reports.ts";

export type Row = Record<string, string | number | null>;
export type Params = Readonly<Record<string, string>>;
export type Reply = { fields: string[]; items: unknown[][]; hasMore: boolean };

/** One table for each interface. Tests may change rows, as TuShare corrects its data. */
export type Market = Record<
  | "trade_cal"
  | "stock_basic"
  | "bse_mapping"
  | "daily"
  | "adj_factor"
  | "daily_basic"
  | "suspend_d"
  | "etf_basic"
  | "fund_basic"
  | "fund_daily"
  | "fund_adj"
  | "fina_indicator"
  | "fina_indicator_vip"
  | "disclosure_date",
  Row[]
>;

/** The trading days that have data. The calendar goes on to the end of March. */
export const marketDays = [2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17].map(
  (day) => `202401${String(day).padStart(2, "0")}`,
);
export const firstDay = "20240102";
export const lastDay = "20240117";

/** What is odd about some stocks: the other eight trade every day and have every value. */
const oddities = {
  "000002.SZ": { name: "万  科Ａ", about: "no earnings ever" },
  "300750.SZ": { name: "N'; drop table stock_info; --", about: "suspended on the 8th and 9th" },
  "688981.SH": { name: 'A,"B" \\C :name', about: "listed on the 10th" },
  "000003.SZ": { name: "*ST退", about: "delisted on the 10th" },
  "830799.BJ": { name: "艾融软件", about: "of the third exchange" },
  "600005.SH": { name: "暂停上市", about: "suspended from listing, never trades" },
} as const;
const plainCodes = ["000001.SZ", "000004.SZ", "000005.SZ", "000006.SZ", "000007.SZ", "600000.SH"];
export const stockCodes = [...Object.keys(oddities), ...plainCodes, "600036.SH", "600519.SH"].sort();

const valuations = ["turnover_rate", "turnover_rate_f", "volume_ratio", "pe", "pe_ttm", "pb", "ps", "ps_ttm"];
const moreValuations = [
  "dv_ratio",
  "dv_ttm",
  "total_share",
  "float_share",
  "free_share",
  "total_mv",
  "circ_mv",
];

export function makeMarket(): Market {
  const market: Market = {
    trade_cal: makeCalendar(),
    stock_basic: [],
    bse_mapping: [],
    daily: [],
    adj_factor: [],
    daily_basic: [],
    suspend_d: [],
    ...makeFunds(),
    ...makeReports(),
  };
  for (const [at, ts_code] of stockCodes.entries()) {
    market.stock_basic.push(describeStock(ts_code));
    for (const [dayAt, trade_date] of marketDays.entries()) {
      if (!isListed(ts_code, trade_date)) continue;
      const key = { ts_code, trade_date };
      const close = cents(10 + at * 3.17 + dayAt * 0.13);
      market.adj_factor.push({ ...key, adj_factor: cents(1 + at * 1.0713, 4) });
      if (ts_code === "300750.SZ" && ["20240108", "20240109"].includes(trade_date)) {
        market.suspend_d.push({ ...key, suspend_timing: null, suspend_type: "S" });
        continue;
      }
      if (ts_code === "300750.SZ" && trade_date === "20240110")
        market.suspend_d.push({ ...key, suspend_timing: null, suspend_type: "R" });
      const prices = { open: cents(close - 0.07), high: cents(close + 0.21), low: cents(close - 0.3), close };
      const moves = { pre_close: cents(close - 0.13), change: 0.13, pct_chg: cents(13 / close, 4) };
      market.daily.push({
        ...key,
        ...prices,
        ...moves,
        vol: cents(1000.5 + at),
        amount: cents(99.125 * at, 3),
      });
      const values = [...valuations, ...moreValuations].map((name, nameAt): [string, number | null] => [
        name,
        ts_code === "000002.SZ" && name.startsWith("pe") ? null : cents(nameAt + at / 7 + dayAt / 13, 4),
      ]);
      market.daily_basic.push({ ...key, ...Object.fromEntries(values) });
    }
  }
  return market;
}

/** What TuShare would answer: newest first, cut at the cap, columns in its own order, one of them not requested. */
export function answer(rows: readonly Row[], columns: readonly string[], params: Params, cap: number): Reply {
  const { start_date = "", end_date = "99999999", offset = "0" } = params;
  const found = rows
    .filter((row) => {
      const day = String(row.trade_date ?? row.cal_date ?? row.end_date ?? start_date);
      const equal = ["trade_date", "ts_code", "exchange", "list_status", "market"].every(
        (name) => params[name] === undefined || !(name in row) || row[name] === params[name],
      );
      if (params.period !== undefined) return equal && day === params.period;
      // The reporting schedule takes end_date for a period, not for the end of a range.
      if ("actual_date" in row) return equal && day === params.end_date;
      return equal && day >= start_date && day <= end_date;
    })
    .sort((a, b) => (dayOf(b) < dayOf(a) ? -1 : 1));
  const fields = ["not_asked_for", ...columns.toReversed()];
  const page = found.slice(Number(offset), Number(offset) + cap);
  return {
    fields,
    items: page.map((row) => fields.map((name) => row[name] ?? null)),
    hasMore: found.length > Number(offset) + cap,
  };
}

/** The rows stock_daily must hold, each value as text. */
export function dailyTruth(
  market: Market,
  days: readonly string[] = marketDays,
): Record<string, string | null>[] {
  const keyOf = (row: Row) => `${row.ts_code} ${row.trade_date}`;
  const factors = new Map(market.adj_factor.map((row) => [keyOf(row), row]));
  const valued = new Map(market.daily_basic.map((row) => [keyOf(row), row]));
  const nulls = Object.fromEntries(
    ["adj_factor", ...valuations, ...moreValuations].map((name) => [name, null]),
  );
  return market.daily
    .filter(({ trade_date }) => days.includes(String(trade_date)))
    .map((row) => asText({ ...nulls, ...valued.get(keyOf(row)), ...factors.get(keyOf(row)), ...row }))
    .sort((a, b) => (`${a.ts_code} ${a.trade_date}` < `${b.ts_code} ${b.trade_date}` ? -1 : 1));
}

export function asText(row: Row): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null || value === "" ? null : String(value)]),
  );
}

function makeCalendar(): Row[] {
  let pretrade_date: string | null = null; // no open day is known before the first
  // Of the years before only closed days, as far apart as open days ever were.
  const ends = ["19991231", "20091231", "20191231", "20231231"];
  const before = ["19901219", "20000101", "20100101", "20200101"].flatMap((from, at) => [
    ...everyTwentyDays(from, ends[at] ?? ""),
    ends[at] ?? "",
  ]);
  const closed = before.map((cal_date) => ({ exchange: "SSE", cal_date, is_open: 0, pretrade_date: null }));
  const days = Array.from({ length: 91 }, (_, at) => {
    const date = new Date(Date.UTC(2024, 0, 1 + at));
    const cal_date = date.toISOString().slice(0, 10).replaceAll("-", "");
    const is_open = at > 0 && date.getUTCDay() % 6 !== 0 ? 1 : 0;
    const row = { exchange: "SSE", cal_date, is_open, pretrade_date };
    if (is_open === 1) pretrade_date = cal_date;
    return row;
  });
  return [...closed, ...days];
}

function everyTwentyDays(from: string, until: string): string[] {
  const days: string[] = [];
  const at = new Date(`${from.slice(0, 4)}-${from.slice(4, 6)}-${from.slice(6)}T00:00:00Z`);
  for (let day = from; day < until; day = at.toISOString().slice(0, 10).replaceAll("-", "")) {
    days.push(day);
    at.setUTCDate(at.getUTCDate() + 20);
  }
  return days;
}

function describeStock(ts_code: string): Row {
  const name =
    ts_code in oddities ? oddities[ts_code as keyof typeof oddities].name : `股票${ts_code.slice(0, 6)}`;
  const list_status = { "000003.SZ": "D", "600005.SH": "P" }[ts_code] ?? "L";
  return {
    ts_code,
    name,
    symbol: ts_code.slice(0, 6),
    area: null,
    industry: "",
    market: "主板",
    exchange: { SH: "SSE", SZ: "SZSE", BJ: "BSE" }[ts_code.slice(-2)] ?? null,
    list_status,
    list_date: ts_code === "688981.SH" ? "20240110" : "20100104",
    delist_date: list_status === "D" ? "20240110" : null,
    is_hs: "N",
  };
}

function isListed(ts_code: string, day: string): boolean {
  if (ts_code === "688981.SH") return day >= "20240110";
  if (ts_code === "000003.SZ") return day < "20240110";
  return ts_code !== "600005.SH";
}

export function cents(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

function dayOf(row: Row): string {
  return String(row.trade_date ?? row.cal_date ?? row.end_date ?? "");
}
