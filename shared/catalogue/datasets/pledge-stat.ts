// Pledged shares, counted every Friday, holidays included. TuShare documents one stock at a time; a week of all stocks
// takes several pages.
import { type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "pledged shares", zh: "股权质押统计" },
  table: "pledge_stat",
  key: ["ts_code", "end_date"],
  main: {
    name: "pledge_stat",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "end_date", type: "day", required: true },
      ...numbers("pledge_count", "unrest_pledge", "rest_pledge", "total_share", "pledge_ratio"),
    ],
    answers: ["announced"],
    parameters: { ann_date: "end_date" },
    points: 2_000,
    rowCap: 1_000,
  },
  details: [],
  slices: "announcements",
  expects: "none",
  weekday: 4,
  dayColumn: "end_date",
  firstDay: "20140307",
  set: "holders",
  cadence: "late_evening",
  documentation: [110],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Shares pledged at the end of each week, from the interface pledge_stat",
    zh: "每周股权质押统计，来自接口 pledge_stat",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    end_date: ["none", "Friday of the count, a day", "统计截止日，为周五"],
    pledge_count: ["number", "Pledges", "质押次数"],
    unrest_pledge: ["ten thousand shares", "Shares without a lock-up that are pledged", "无限售股质押数量"],
    rest_pledge: ["ten thousand shares", "Shares with a lock-up that are pledged", "限售股质押数量"],
    total_share: ["ten thousand shares", "All shares", "总股本"],
    pledge_ratio: ["percent", "Share of all shares that is pledged", "质押比例"],
  },
};
