// Money supply by month, all in one call.
import { type DatasetSpec, type DatasetWords, listed, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "money supply", zh: "货币供应量" },
  table: "cn_m",
  key: ["month"],
  main: {
    name: "cn_m",
    columns: [
      { name: "month", type: "text", required: true },
      ...numbers(
        ...listed(`
m0 m0_yoy m0_mom m1 m1_yoy m1_mom m2 m2_yoy m2_mom
`),
      ),
    ],
    answers: ["whole"],
    selects: { m: "month" },
    points: 600,
    rowCap: 5_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 570,
  set: "macro",
  cadence: "morning",
  documentation: [242],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Money supply by month, from the interface cn_m. The definition of M1 changed in 2025",
    zh: "货币供应量，来自接口 cn_m。M1 的口径自 2025 年起改变",
  },
  // biome-ignore format: one line a column
  columns: {
    month: ["none", "Month as YYYYMM", "月份，YYYYMM"],
    m0: ["hundred million CNY", "Money supply M0", "货币供应量 M0"],
    m0_yoy: ["percent", "M0, growth on the year before", "M0 同比"],
    m0_mom: ["percent", "M0, growth on the month before", "M0 环比"],
    m1: ["hundred million CNY", "Money supply M1", "货币供应量 M1"],
    m1_yoy: ["percent", "M1, growth on the year before", "M1 同比"],
    m1_mom: ["percent", "M1, growth on the month before", "M1 环比"],
    m2: ["hundred million CNY", "Money supply M2", "货币供应量 M2"],
    m2_yoy: ["percent", "M2, growth on the year before", "M2 同比"],
    m2_mom: ["percent", "M2, growth on the month before", "M2 环比"],
  },
};
