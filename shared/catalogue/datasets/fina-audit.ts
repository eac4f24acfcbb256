// Audit opinions, by stock. One report may have two opinions: a stock's range is replaced whole. TuShare's range of days
// is not documented, so a stock is asked for whole.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "audit opinions", zh: "审计意见" },
  table: "fina_audit",
  key: ["ts_code", "end_date"],
  replacesSlice: true,
  main: {
    name: "fina_audit",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...days("ann_date"),
      { name: "end_date", type: "day", required: true },
      ...text("audit_result"),
      ...numbers("audit_fees"),
      ...text("audit_agency", "audit_sign"),
    ],
    answers: ["code"],
    requires: ["ts_code"],
    parameters: { start_date: null, end_date: null },
    selects: { period: "end_date" },
    points: 2_000,
    rowCap: 2_000, // undocumented; a stock has a row a year
  },
  details: [],
  slices: "periods",
  expects: "none",
  members: { list: "stock_list" },
  filedIn: "disclosure",
  indexes: [["end_date"], ["ann_date"]],
  dayColumn: "end_date",
  set: "finance",
  cadence: "night",
  documentation: [80],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Opinions of auditors on reports, from the interface fina_audit",
    zh: "财务审计意见，来自接口 fina_audit",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    audit_result: ["none", "Opinion", "审计意见"],
    audit_fees: ["CNY", "Fee", "审计费用"],
    audit_agency: ["none", "Firm of the auditors", "会计师事务所"],
    audit_sign: ["none", "Auditors who signed", "签字会计师"],
  },
};
