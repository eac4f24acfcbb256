// Holdings through Stock Connect, published on the next morning. Those of Hong Kong in Shanghai and Shenzhen ended on 20
// August 2024; without an exchange TuShare answers only those in Hong Kong.
import { type DatasetSpec, type DatasetWords, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "Stock Connect holdings", zh: "沪深港通持股" },
  table: "hk_hold",
  key: ["trade_date", "exchange", "code"],
  main: {
    name: "hk_hold",
    columns: [
      { name: "code", type: "text", required: true },
      { name: "trade_date", type: "day", required: true },
      { name: "ts_code", type: "code" },
      ...text("name"),
      ...numbers("vol", "ratio"),
      { name: "exchange", type: "text", required: true },
    ],
    answers: ["date"],
    each: { parameter: "exchange", values: ["SH", "SZ", "HK"] },
    points: 2_000,
    rowCap: 3_800,
  },
  details: [],
  slices: "days",
  expects: "none",
  rowsOfSlice: 950,
  dayColumn: "trade_date",
  firstDay: "20160629",
  set: "flow",
  cadence: "late_evening",
  documentation: [188],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Shares held through Stock Connect, from the interface hk_hold",
    zh: "沪深港通持股明细，来自接口 hk_hold",
  },
  // biome-ignore format: one line a column
  columns: {
    code: ["none", "Code of the Hong Kong clearing house", "香港中央结算的原始代码"],
    trade_date: ["none", "Trading day", "交易日"],
    ts_code: ["none", "TuShare code, such as 600519.SH or 00700.HK", "TuShare 代码，如 600519.SH 或 00700.HK"],
    name: ["none", "Short name", "证券简称"],
    vol: ["shares", "Shares held", "持股数量"],
    ratio: ["percent", "Share of the issued capital", "持股占比"],
    exchange: ["none", "SH or SZ for stocks held from Hong Kong, HK for those held from the mainland", "SH、SZ 为北向持股，HK 为南向持股"],
  },
};
