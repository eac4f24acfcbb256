// Share repurchases, by day of the announcement. Rows have no key: a day is replaced whole.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "share repurchases", zh: "股票回购" },
  table: "repurchase",
  key: ["ts_code", "ann_date"],
  replacesSlice: true,
  main: {
    name: "repurchase",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "ann_date", type: "day", required: true },
      ...days("end_date"),
      ...text("proc"),
      ...days("exp_date"),
      ...numbers("vol", "amount", "high_limit", "low_limit"),
    ],
    answers: ["announced"],
    points: 600,
    rowCap: 2_000,
  },
  details: [],
  slices: "announcements",
  expects: "none",
  dayColumn: "ann_date",
  set: "holders",
  cadence: "late_evening",
  documentation: [124],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Share repurchases as companies announce them, from the interface repurchase",
    zh: "上市公司公告的股票回购，来自接口 repurchase",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Day of the figures; null for plans", "数据截止日；预案时为空"],
    proc: ["none", "Stage, such as 预案 (plan), 实施 (carried out), 完成 (done)", "进度，如预案、实施、完成"],
    exp_date: ["none", "Last day of the plan", "过期日"],
    vol: ["shares", "Shares bought back", "回购数量"],
    amount: ["CNY", "Money spent, or planned", "回购金额"],
    high_limit: ["CNY", "Highest price", "回购最高价"],
    low_limit: ["CNY", "Lowest price", "回购最低价"],
  },
};
