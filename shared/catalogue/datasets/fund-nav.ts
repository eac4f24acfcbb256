// Net values of funds by day, those traded on an exchange and the others. Some come days later, which the fetching again
// of the last days finds; values on closed days are not fetched.
import { type DatasetSpec, type DatasetWords, days, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "fund net values", zh: "公募基金净值" },
  table: "fund_nav",
  key: ["ts_code", "nav_date"],
  main: {
    name: "fund_nav",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...days("ann_date"),
      { name: "nav_date", type: "day", required: true },
      ...numbers("unit_nav", "accum_nav", "accum_div", "net_asset", "total_netasset", "adj_nav"),
    ],
    answers: ["date"],
    parameters: { trade_date: "nav_date" },
    each: { parameter: "market", values: ["E", "O"] },
    points: 2_000,
    rowCap: 5_000, // undocumented; others measured 10,000
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 20_000,
  dayColumn: "nav_date",
  firstDay: "19990104",
  set: "fund",
  cadence: "late_evening",
  documentation: [119],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Net values of funds, from the interface fund_nav",
    zh: "公募基金净值，来自接口 fund_nav",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the fund, such as 000001.OF", "基金代码，如 000001.OF"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    nav_date: ["none", "Day of the value", "净值日"],
    unit_nav: ["CNY", "Value of one unit", "单位净值"],
    accum_nav: ["CNY", "Value of one unit with the dividends paid", "累计净值"],
    accum_div: ["CNY", "Dividends paid", "累计分红"],
    net_asset: ["CNY", "Net assets; null on most days", "资产净值，多数日期为空"],
    total_netasset: ["CNY", "Net assets of all share classes; null on most days", "合计资产净值，多数日期为空"],
    adj_nav: ["CNY", "Adjusted value of one unit, whose past changes", "复权单位净值，历史值会变动"],
  },
};
