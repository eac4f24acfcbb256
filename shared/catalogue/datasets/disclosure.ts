// The reporting schedule: when each company files, and when it has filed.
import { type DatasetSpec, type DatasetWords, text } from "../dataset.ts";
import { newestPeriods } from "../periods.ts";

/** Newest periods for which companies may still file, late filings included. */
const periodsWithFilings = 4;

export const spec = {
  title: { en: "reporting schedule", zh: "财报披露计划" },
  table: "disclosure_date",
  key: ["ts_code", "end_date"],
  main: {
    name: "disclosure_date",
    fields: "ts_code ann_date end_date pre_date actual_date modify_date?",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "end_date", type: "day", required: true },
      { name: "ann_date", type: "day" },
      { name: "pre_date", type: "day" },
      { name: "actual_date", type: "day" },
      ...text("modify_date"),
    ],
    parameters: { period: "end_date" },
    answers: ["period"],
    points: 500,
    rowCap: 3_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  members: { list: "stock_list" },
  indexes: [["actual_date"], ["end_date"]],
  set: "core",
  place: 3,
  cadence: "morning",
  jobs: { list: "REFERENCE" },
  documentation: [162],
  lists: (today) =>
    newestPeriods(today, periodsWithFilings).map(({ end }) => ({ by: "period", period: end })),
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "When companies report, planned and done, from the interface disclosure_date",
    zh: "各公司的财报披露计划与实际披露日期，来自接口 disclosure_date",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    ann_date: ["none", "Day of the latest notice of the schedule; null when TuShare has none", "披露计划最近一次公告日；TuShare 未提供时为空"],
    pre_date: ["none", "Planned day of the report; null when TuShare has none", "预计披露日；TuShare 未提供时为空"],
    actual_date: ["none", "Day of the report; null until it is filed", "实际披露日；披露之前为空"],
    modify_date: ["none", "Days the plan was moved to, as TuShare writes them; null when it never was", "计划更改后的日期，按 TuShare 原样；未更改过时为空"],
  },
  example: {
    asks: {
      en: "Who reports in the coming week?",
      zh: "未来一周哪些公司披露财报？",
    },
    sql: `select pre_date, ts_code, end_date
from disclosure_date
where actual_date is null and pre_date between current_date and current_date + 7
order by pre_date, ts_code`,
  },
};
