// Consumer prices by month, all in one call.
import { type DatasetSpec, type DatasetWords, listed, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "consumer prices", zh: "居民消费价格指数" },
  table: "cn_cpi",
  key: ["month"],
  main: {
    name: "cn_cpi",
    columns: [
      { name: "month", type: "text", required: true },
      ...numbers(
        ...listed(`
nt_val nt_yoy nt_mom nt_accu town_val town_yoy town_mom town_accu cnt_val cnt_yoy cnt_mom cnt_accu
`),
      ),
    ],
    answers: ["whole"],
    selects: { m: "month" },
    points: 600,
    rowCap: 5_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 500,
  set: "macro",
  cadence: "morning",
  documentation: [228],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Consumer prices by month, from the interface cn_cpi",
    zh: "居民消费价格指数，来自接口 cn_cpi",
  },
  // biome-ignore format: one line a column
  columns: {
    month: ["none", "Month as YYYYMM", "月份，YYYYMM"],
    nt_val: ["index", "Country, month", "全国当月"],
    nt_yoy: ["percent", "Country, growth on the year before", "全国同比"],
    nt_mom: ["percent", "Country, growth on the month before", "全国环比"],
    nt_accu: ["index", "Country, since January; a plain rate in some rows", "全国累计；个别行为百分比"],
    town_val: ["index", "Towns, month", "城市当月"],
    town_yoy: ["percent", "Towns, growth on the year before", "城市同比"],
    town_mom: ["percent", "Towns, growth on the month before", "城市环比"],
    town_accu: ["index", "Towns, since January; a plain rate in some rows", "城市累计；个别行为百分比"],
    cnt_val: ["index", "Countryside, month", "农村当月"],
    cnt_yoy: ["percent", "Countryside, growth on the year before", "农村同比"],
    cnt_mom: ["percent", "Countryside, growth on the month before", "农村环比"],
    cnt_accu: ["index", "Countryside, since January; a plain rate in some rows", "农村累计；个别行为百分比"],
  },
};
