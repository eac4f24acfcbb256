// Interbank rates of Shanghai. They have rows on the working days of banks, some of which are weekends.
import type { DatasetSpec, DatasetWords } from "../dataset.ts";

export const spec = {
  title: { en: "interbank rates", zh: "上海银行间拆放利率" },
  table: "shibor",
  key: ["date"],
  main: {
    name: "shibor",
    columns: [
      { name: "date", type: "day", required: true },
      { name: "overnight", type: "number", from: "on" },
      { name: "week_1", type: "number", from: "1w" },
      { name: "week_2", type: "number", from: "2w" },
      { name: "month_1", type: "number", from: "1m" },
      { name: "month_3", type: "number", from: "3m" },
      { name: "month_6", type: "number", from: "6m" },
      { name: "month_9", type: "number", from: "9m" },
      { name: "year_1", type: "number", from: "1y" },
    ],
    answers: ["range"],
    points: 120,
    rowCap: 2_000,
  },
  details: [],
  slices: "ranges",
  expects: "some",
  rowsOfSlice: 1,
  rangeDays: 365,
  dayColumn: "date",
  firstDay: "20061008",
  publicationHour: 12,
  set: "macro",
  cadence: "late_evening",
  documentation: [149],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Shanghai interbank offered rates, from the interface shibor",
    zh: "上海银行间同业拆放利率，来自接口 shibor",
  },
  // biome-ignore format: one line a column
  columns: {
    date: ["none", "Day of the fixing", "报价日"],
    overnight: ["percent a year", "Overnight; TuShare calls it on", "隔夜；TuShare 中为 on"],
    week_1: ["percent a year", "One week; TuShare calls it 1w", "1 周；TuShare 中为 1w"],
    week_2: ["percent a year", "Two weeks; TuShare calls it 2w", "2 周；TuShare 中为 2w"],
    month_1: ["percent a year", "One month; TuShare calls it 1m", "1 个月；TuShare 中为 1m"],
    month_3: ["percent a year", "Three months; TuShare calls it 3m", "3 个月；TuShare 中为 3m"],
    month_6: ["percent a year", "Six months; TuShare calls it 6m", "6 个月；TuShare 中为 6m"],
    month_9: ["percent a year", "Nine months; TuShare calls it 9m", "9 个月；TuShare 中为 9m"],
    year_1: ["percent a year", "One year; TuShare calls it 1y", "1 年；TuShare 中为 1y"],
  },
};
