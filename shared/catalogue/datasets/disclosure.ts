// The reporting schedule: when each company files, and when it has filed.
import { type DatasetSpec, text } from "../dataset.ts";
import { newestPeriods } from "../periods.ts";

/** Periods for which filings, late ones too, still come in. */
const periodsWithFilings = 4;

export const disclosure: DatasetSpec = {
  table: "disclosure_date",
  key: ["ts_code", "end_date"],
  main: {
    name: "disclosure_date",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "end_date", type: "day", required: true },
      { name: "ann_date", type: "day" },
      { name: "pre_date", type: "day" },
      { name: "actual_date", type: "day" },
      ...text("modify_date"),
    ],
    parameters: { period: "end_date" },
    rowCap: 3_000,
  },
  details: [],
  slices: "lists",
  documentation: [162],
  lists: (today) =>
    newestPeriods(today, periodsWithFilings).map(({ end }) => ({ by: "period", period: end })),
};
