// Trades of large holders and executives, by day of the announcement. A holder has several rows on one day: a day is
// replaced whole.
import { type DatasetSpec, type DatasetWords, days, numbers, onDemand, text } from "../dataset.ts";

export const spec = {
  title: { en: "trades of holders", zh: "股东增减持" },
  table: "stk_holdertrade",
  key: ["ts_code", "ann_date", "holder_name"],
  replacesSlice: true,
  main: {
    name: "stk_holdertrade",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "ann_date", type: "day", required: true },
      ...text("holder_name", "holder_type", "in_de"),
      ...numbers("change_vol", "change_ratio", "after_share", "after_ratio", "avg_price", "total_share"),
      ...onDemand(days("begin_date", "close_date")),
    ],
    answers: ["announced"],
    selects: { trade_type: "in_de" },
    points: 2_000,
    rowCap: 3_000,
  },
  details: [],
  slices: "announcements",
  expects: "none",
  dayColumn: "ann_date",
  set: "holders",
  cadence: "late_evening",
  documentation: [175],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Shares that large holders and executives bought or sold, from the interface stk_holdertrade",
    zh: "大股东及高管增减持，来自接口 stk_holdertrade",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    holder_name: ["none", "Name of the holder, as the company writes it", "股东名称，按公司披露的写法"],
    holder_type: ["none", "G executive, P person, C company", "G 高管，P 个人，C 公司"],
    in_de: ["none", "IN bought, DE sold", "IN 增持，DE 减持"],
    change_vol: ["shares", "Shares bought or sold", "变动数量"],
    change_ratio: ["percent", "change_vol, share of the float", "变动数量占流通股比例"],
    after_share: ["shares", "Shares held afterwards", "变动后持股"],
    after_ratio: ["percent", "after_share, share of the float; null when nothing is left", "变动后持股占流通股比例"],
    avg_price: ["CNY", "Average price", "平均价格"],
    total_share: ["shares", "All shares held, restricted ones included", "持股总数"],
    begin_date: ["none", "First day of the trades", "变动起始日"],
    close_date: ["none", "Last day of the trades", "变动截止日"],
  },
};
