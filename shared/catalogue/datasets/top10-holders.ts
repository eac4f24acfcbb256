// The ten largest holders of each report, by stock. More than ten rows of a period, and equal ones, are real: a stock's
// range is replaced whole.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "ten largest holders", zh: "前十大股东" },
  table: "top10_holders",
  key: ["ts_code", "end_date", "ann_date"],
  replacesSlice: true,
  main: {
    name: "top10_holders",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...days("ann_date"),
      { name: "end_date", type: "day", required: true },
      ...text("holder_name"),
      ...numbers("hold_amount", "hold_ratio", "hold_float_ratio", "hold_change"),
      ...text("holder_type"),
    ],
    answers: ["code"],
    requires: ["ts_code"],
    points: 2_000,
    rowCap: 6_000, // undocumented, measured
  },
  details: [],
  slices: "periods",
  expects: "members",
  members: { list: "stock_list" },
  filedIn: "disclosure",
  indexes: [["end_date"], ["ann_date"]],
  rowsOfCode: 12,
  dayColumn: "end_date",
  set: "holders",
  cadence: "night",
  documentation: [61],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "The ten largest holders of each report, from the interface top10_holders",
    zh: "报告期前十大股东，来自接口 top10_holders",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    holder_name: ["none", "Name of the holder, as the company writes it", "股东名称，按公司披露的写法"],
    hold_amount: ["shares", "Shares held", "持有数量"],
    hold_ratio: ["percent", "Share of all shares", "占总股本比例"],
    hold_float_ratio: ["percent", "Share of the tradable shares", "占流通股本比例"],
    hold_change: ["shares", "Change on the report before; null when it is new or unknown", "较上期变动；新进或未知时为空"],
    holder_type: ["none", "Kind of holder", "股东类型"],
  },
};
