// Days on which lock-ups end, up to ten years ahead. TuShare ignores offset here, and many rows have no day of
// announcement: the whole list is fetched in months.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";
import { monthAfter, monthsFrom } from "../months.ts";

/** Lock-ups end up to so many years from now. */
const yearsAhead = 10;

export const spec = {
  title: { en: "lock-up expiries", zh: "限售股解禁" },
  table: "share_float",
  key: ["ts_code", "float_date"],
  replacesSlice: true,
  main: {
    name: "share_float",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...days("ann_date"),
      { name: "float_date", type: "day", required: true },
      ...numbers("float_share", "float_ratio"),
      ...text("holder_name", "share_type"),
    ],
    answers: ["range"],
    points: 120,
    rowCap: 6_000,
  },
  details: [],
  slices: "lists",
  expects: "none",
  indexes: [["float_date"]],
  dayColumn: "float_date",
  firstDay: "20050801",
  set: "holders",
  cadence: "weekly",
  documentation: [160],
  lists: (today) => monthsFrom("200508", monthAfter(today, yearsAhead * 12)),
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Shares that become tradable, past and future, from the interface share_float",
    zh: "限售股解禁，含未来日期，来自接口 share_float",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement; often null", "公告日，常为空"],
    float_date: ["none", "Day on which the shares become tradable", "解禁日"],
    float_share: ["shares", "Shares", "解禁股数"],
    float_ratio: ["percent", "Share of all shares; above 100 in some rows", "占总股本比例，个别行超过 100"],
    holder_name: ["none", "Name of the holder, as the company writes it", "股东名称，按公司披露的写法"],
    share_type: ["none", "Kind of restricted share", "股份类型"],
  },
};
