// Stocks held by the listed ETFs, by ETF. A half-year of all funds has a million rows, beyond the largest offset that TuShare
// takes, and there is no list of all funds. The report of a quarter (ten stocks) and that of the half-year (all) have the same period
// and two days of announcement: an ETF's range is replaced whole. Each ETF has its turn once a month.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "stocks held by ETFs", zh: "ETF 持仓" },
  table: "fund_portfolio",
  key: ["ts_code", "end_date", "ann_date", "symbol"],
  replacesSlice: true,
  main: {
    name: "fund_portfolio",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...days("ann_date"),
      { name: "end_date", type: "day", required: true },
      ...text("symbol"),
      ...numbers("mkv", "amount", "stk_mkv_ratio", "stk_float_ratio"),
    ],
    answers: ["code"],
    selects: { period: "end_date" },
    points: 5_000,
    rowCap: 4_000, // undocumented; others measured 8,000 since
  },
  details: [],
  slices: "periods",
  expects: "none", // no list says which ETF has reported, and those of bonds and gold hold no stock
  members: { list: "etf_list" },
  turnDays: 30,
  indexes: [["end_date"]],
  rowsOfCode: 100, // ten of a quarter, all of a half-year
  dayColumn: "end_date",
  set: "fund",
  cadence: "night",
  documentation: [121],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Stocks held by listed ETFs at the end of each quarter, from the interface fund_portfolio",
    zh: "上市 ETF 的季度持仓，来自接口 fund_portfolio",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the ETF, such as 510300.SH", "ETF 代码，如 510300.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    symbol: ["none", "Stock held, such as 600519.SH; also stocks of Hong Kong", "持有的股票，如 600519.SH；也有港股"],
    mkv: ["CNY", "Market value held", "持有市值"],
    amount: ["shares", "Shares held", "持有数量"],
    stk_mkv_ratio: ["percent", "Share of the ETF's stocks", "占股票市值比"],
    stk_float_ratio: ["percent", "Share of the stock's float", "占该股流通股本比"],
  },
};
