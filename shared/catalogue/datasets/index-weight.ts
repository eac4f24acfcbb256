// Members of the main indices with their weights: daily until 2011, then at the end of a month and on the first trading
// day of the next. The history of the CSI 300 lies under 399300.SZ. Many indices have none.
import type { DatasetSpec, DatasetWords } from "../dataset.ts";

export const spec = {
  title: { en: "index weights", zh: "指数成分和权重" },
  table: "index_weight",
  key: ["ts_code", "con_code", "trade_date"],
  main: {
    name: "index_weight",
    columns: [
      { name: "ts_code", type: "code", from: "index_code", required: true },
      { name: "con_code", type: "code", required: true },
      { name: "trade_date", type: "day", required: true },
      { name: "weight", type: "number", required: true },
    ],
    answers: ["code"],
    requires: ["index_code"],
    parameters: { ts_code: "index_code" },
    points: 2_000,
    rowCap: 6_000, // undocumented; calls of exactly so many rows lacked days
  },
  details: [],
  slices: "codes",
  expects: "none",
  members: {
    codes: ["000016.SH", "000688.SH", "000852.SH", "000905.SH", "399001.SZ", "399006.SZ", "399300.SZ"],
  },
  rowsOfCode: 100, // a day may have 1,000, and most days none
  dayColumn: "trade_date",
  firstDay: "20050408",
  set: "index",
  cadence: "late_evening",
  documentation: [96],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Members of indices and their weights, from the interface index_weight. A day has few of the members when the licence allows no more",
    zh: "指数成分股及权重，来自接口 index_weight。受授权限制时某些日期只有少数成分",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the index, which TuShare calls index_code", "指数代码，TuShare 中为 index_code"],
    con_code: ["none", "Code of the member", "成分股代码"],
    trade_date: ["none", "Day of the weights", "权重所属日期"],
    weight: ["percent", "Weight in the index", "在指数中的权重"],
  },
};
