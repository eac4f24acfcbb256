// Flows through Stock Connect. TuShare's series ended on 16 August 2024 for most accounts.
import { type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "Stock Connect flows", zh: "沪深港通资金流向" },
  table: "moneyflow_hsgt",
  key: ["trade_date"],
  main: {
    name: "moneyflow_hsgt",
    columns: [
      { name: "trade_date", type: "day", required: true },
      ...numbers("ggt_ss", "ggt_sz", "hgt", "sgt", "north_money", "south_money"),
    ],
    answers: ["range"],
    points: 2_000,
    rowCap: 300,
  },
  details: [],
  slices: "ranges",
  expects: "none",
  rowsOfSlice: 1,
  rangeDays: 180,
  dayColumn: "trade_date",
  firstDay: "20141117",
  set: "flow",
  cadence: "late_evening",
  documentation: [47],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Net flows through Stock Connect by day, from the interface moneyflow_hsgt. The currency of the southbound columns is not documented",
    zh: "沪深港通每日资金流向，来自接口 moneyflow_hsgt。南向各列的币种未注明",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    ggt_ss: ["million CNY", "From the mainland through Shanghai; null on half days", "港股通（沪）；半日市为空"],
    ggt_sz: ["million CNY", "From the mainland through Shenzhen; null on half days", "港股通（深）；半日市为空"],
    hgt: ["million CNY", "From Hong Kong to Shanghai", "沪股通"],
    sgt: ["million CNY", "From Hong Kong to Shenzhen", "深股通"],
    north_money: ["million CNY", "hgt and sgt together", "北向资金合计"],
    south_money: ["million CNY", "ggt_ss and ggt_sz together", "南向资金合计"],
  },
};
