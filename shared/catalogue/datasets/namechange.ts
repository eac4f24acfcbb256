// Names of stocks, past and present. Exact duplicates are real, and old rows have no day of announcement: the whole list
// is fetched and replaced.
import { type DatasetSpec, type DatasetWords, days, text } from "../dataset.ts";

export const spec = {
  title: { en: "former names", zh: "股票曾用名" },
  table: "namechange",
  key: ["ts_code", "start_date"],
  replacesSlice: true,
  main: {
    name: "namechange",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...text("name"),
      ...days("start_date", "end_date", "ann_date"),
      ...text("change_reason"),
    ],
    answers: ["whole"],
    points: 2_000,
    rowCap: 10_000, // undocumented, measured
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 13_000,
  set: "finance",
  cadence: "weekly",
  documentation: [100],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Names that stocks have had, from the interface namechange",
    zh: "股票曾用名，来自接口 namechange",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    name: ["none", "Short name in that time", "该期间的证券简称"],
    start_date: ["none", "First day of the name", "启用日"],
    end_date: ["none", "Last day of the name; null while it is valid", "终止日；仍使用时为空"],
    ann_date: ["none", "Day of the announcement; often null", "公告日，常为空"],
    change_reason: ["none", "Reason of the change", "变更原因"],
  },
};
