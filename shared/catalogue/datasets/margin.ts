// Margin trading by exchange. A day is published on the morning of the next trading day.
import { type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "margin trading by exchange", zh: "融资融券汇总" },
  table: "margin",
  key: ["trade_date", "exchange_id"],
  main: {
    name: "margin",
    columns: [
      { name: "trade_date", type: "day", required: true },
      { name: "exchange_id", type: "text", required: true },
      ...numbers("rzye", "rzmre", "rzche", "rqye", "rqmcl", "rzrqye", "rqyl"),
    ],
    answers: ["range"],
    points: 2_000,
    rowCap: 4_000,
  },
  details: [],
  slices: "ranges",
  expects: "some",
  rowsOfSlice: 3,
  rangeDays: 90,
  dayColumn: "trade_date",
  firstDay: "20100331",
  set: "flow",
  cadence: "late_evening",
  documentation: [58],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Margin trading of each exchange, from the interface margin",
    zh: "各交易所融资融券汇总，来自接口 margin",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    exchange_id: ["none", "Exchange, SSE, SZSE or BSE", "交易所，SSE、SZSE 或 BSE"],
    rzye: ["CNY", "Balance of loans for buying", "融资余额"],
    rzmre: ["CNY", "Bought on loan", "融资买入额"],
    rzche: ["CNY", "Loans repaid", "融资偿还额"],
    rqye: ["CNY", "Value of the securities lent", "融券余额"],
    rqmcl: ["securities", "Lent securities sold", "融券卖出量"],
    rzrqye: ["CNY", "rzye and rqye together", "融资融券余额"],
    rqyl: ["securities", "Securities lent; null in older years", "融券余量；早年为空"],
  },
};
