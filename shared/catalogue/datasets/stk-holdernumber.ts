// Number of shareholders, by day of the announcement. One day may name two numbers for the same date: a day is replaced
// whole.
import { type DatasetSpec, type DatasetWords, days, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "number of shareholders", zh: "股东户数" },
  table: "stk_holdernumber",
  key: ["ts_code", "ann_date", "end_date"],
  replacesSlice: true,
  main: {
    name: "stk_holdernumber",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "ann_date", type: "day", required: true },
      ...days("end_date"),
      ...numbers("holder_num"),
    ],
    answers: ["announced"],
    selects: { enddate: "end_date" },
    points: 600,
    rowCap: 3_000,
  },
  details: [],
  slices: "announcements",
  expects: "none",
  dayColumn: "ann_date",
  set: "holders",
  cadence: "late_evening",
  documentation: [166],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Number of shareholders as companies announce it, from the interface stk_holdernumber",
    zh: "上市公司公告的股东户数，来自接口 stk_holdernumber",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Day of the count, not only quarter ends", "统计截止日，不限于季度末"],
    holder_num: ["number", "Shareholders", "股东户数"],
  },
};
