// Suspensions and resumptions of trading, by trading day. A day may have none, and they are announced at any hour.
import { codeAndDay, type DatasetSpec, type DatasetWords, text } from "../dataset.ts";

export const spec = {
  title: { en: "suspensions", zh: "停复牌" },
  table: "suspend_d",
  key: ["ts_code", "trade_date", "suspend_type", "suspend_timing"],
  main: {
    name: "suspend_d",
    fields: "ts_code trade_date suspend_timing suspend_type",
    columns: [
      ...codeAndDay(),
      { name: "suspend_type", type: "text", required: true },
      ...text("suspend_timing"),
    ],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 5_000, // undocumented; some 1,400 rows a day in July 2015
  },
  details: [],
  slices: "days",
  expects: "none",
  explains: { suspend_type: "S", suspend_timing: null }, // a halt within the day has a bar
  dayColumn: "trade_date",
  firstDay: "19990504",
  publicationHour: 17,
  set: "core",
  cadence: "late_evening",
  documentation: [214],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Suspensions and resumptions of trading, a row for each day that a stock is suspended, from the interface suspend_d",
    zh: "停复牌信息，停牌期间每个交易日一行，来自接口 suspend_d",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "股票代码，如 600519.SH"],
    trade_date: ["none", "Trading day on which it is suspended or resumes", "停牌或复牌的交易日"],
    suspend_type: ["none", "S suspended, R resumed", "S 停牌，R 复牌"],
    suspend_timing: ["none", "Hours of a halt within the day; null for the whole day", "日内停牌时段；全天停牌为空"],
  },
};
