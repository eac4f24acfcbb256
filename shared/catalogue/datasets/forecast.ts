// Earnings guidance, by day of the announcement.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "earnings guidance", zh: "业绩预告" },
  table: "forecast",
  key: ["ts_code", "end_date", "ann_date", "type", "update_flag"],
  main: {
    name: "forecast",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "ann_date", type: "day", required: true },
      { name: "end_date", type: "day", required: true },
      ...text("type"),
      ...numbers("p_change_min", "p_change_max", "net_profit_min", "net_profit_max", "last_parent_net"),
      ...days("first_ann_date"),
      ...text("summary", "change_reason", "update_flag"),
    ],
    answers: ["announced"],
    selects: { period: "end_date" },
    points: 2_000,
    rowCap: 3_500,
  },
  details: [],
  slices: "announcements",
  expects: "none",
  indexes: [["end_date"]],
  dayColumn: "ann_date",
  set: "finance",
  cadence: "late_evening",
  documentation: [45],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Earnings guidance, every version, from the interface forecast. Money is in ten thousand CNY, other than in the statements",
    zh: "业绩预告，保留每个版本，来自接口 forecast。金额单位为万元，与财务报表不同",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    type: ["none", "Kind, such as 预增 (increase), 预减 (decrease), 扭亏 (back to profit), 首亏 (first loss)", "预告类型，如预增、预减、扭亏、首亏"],
    p_change_min: ["percent", "Lowest change of the net profit", "净利润变动幅度下限"],
    p_change_max: ["percent", "Highest change of the net profit", "净利润变动幅度上限"],
    net_profit_min: ["ten thousand CNY", "Lowest net profit", "预计净利润下限"],
    net_profit_max: ["ten thousand CNY", "Highest net profit", "预计净利润上限"],
    last_parent_net: ["ten thousand CNY", "Net profit of the parent's owners in the year before", "上年同期归母净利润"],
    first_ann_date: ["none", "Day of the first announcement", "首次公告日"],
    summary: ["none", "Summary", "预告摘要"],
    change_reason: ["none", "Reason of the change", "变动原因"],
    update_flag: ["none", "1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither", "1 为更正后的版本，0 为首次公告的版本；TuShare 未说明时为空"],
  },
};
