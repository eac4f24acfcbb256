// Price limits of stocks, B shares and funds by trading day, published before the market opens. A day has more rows than
// TuShare's documented cap.
import { type DatasetSpec, type DatasetWords, numbers, onDemand } from "../dataset.ts";

export const spec = {
  title: { en: "price limits", zh: "每日涨跌停价格" },
  table: "stk_limit",
  key: ["ts_code", "trade_date"],
  main: {
    name: "stk_limit",
    columns: [
      { name: "trade_date", type: "day", required: true },
      { name: "ts_code", type: "code", required: true },
      ...onDemand(numbers("pre_close")),
      ...numbers("up_limit", "down_limit"),
    ],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 5_800,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 7_400,
  dayColumn: "trade_date",
  firstDay: "20070104",
  publicationHour: 9,
  set: "flow",
  cadence: "late_evening",
  documentation: [183],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Highest and lowest price allowed on a day, from the interface stk_limit. A security without a limit has placeholders such as 99999.999 and 0.01",
    zh: "每日涨跌停价格，来自接口 stk_limit。不设涨跌停的证券为占位值，如 99999.999 与 0.01",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    pre_close: ["CNY", "Close of the day before; often null", "昨收价，常为空"],
    up_limit: ["CNY", "Highest price allowed", "涨停价"],
    down_limit: ["CNY", "Lowest price allowed", "跌停价"],
  },
};
