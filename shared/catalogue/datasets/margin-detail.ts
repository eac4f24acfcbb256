// Margin trading by security. A day is published on the morning of the next trading day, at times of one exchange only;
// the last days are fetched again every evening.
import { type DatasetSpec, type DatasetWords, numbers, onDemand, text } from "../dataset.ts";

export const spec = {
  title: { en: "margin trading by security", zh: "融资融券明细" },
  table: "margin_detail",
  key: ["ts_code", "trade_date"],
  main: {
    name: "margin_detail",
    columns: [
      { name: "trade_date", type: "day", required: true },
      { name: "ts_code", type: "code", required: true },
      ...onDemand(text("name")),
      ...numbers("rzye", "rqye", "rzmre", "rqyl", "rzche", "rqchl", "rqmcl", "rzrqye"),
    ],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 6_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 4_400,
  dayColumn: "trade_date",
  firstDay: "20100331",
  set: "flow",
  cadence: "late_evening",
  documentation: [59],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Margin trading of each security, from the interface margin_detail",
    zh: "个券融资融券明细，来自接口 margin_detail",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    name: ["none", "Short name; null before September 2019", "证券简称；2019 年 9 月之前为空"],
    rzye: ["CNY", "Balance of loans for buying", "融资余额"],
    rqye: ["CNY", "Value of the securities lent", "融券余额"],
    rzmre: ["CNY", "Bought on loan", "融资买入额"],
    rqyl: ["securities", "Securities lent", "融券余量"],
    rzche: ["CNY", "Loans repaid", "融资偿还额"],
    rqchl: ["securities", "Lent securities returned", "融券偿还量"],
    rqmcl: ["securities", "Lent securities sold", "融券卖出量"],
    rzrqye: ["CNY", "rzye and rqye together", "融资融券余额"],
  },
};
