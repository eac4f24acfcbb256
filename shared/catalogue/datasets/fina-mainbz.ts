// Revenue of each company by product, region and industry, by stock. TuShare answers one hundred rows at a time, so a history
// takes many calls. An item may be there twice, as it was first announced and as it was corrected: a stock's range is replaced whole.
import { type DatasetSpec, type DatasetWords, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "revenue by segment", zh: "主营业务构成" },
  table: "fina_mainbz",
  key: ["ts_code", "end_date", "bz_code", "bz_item"],
  replacesSlice: true,
  main: {
    name: "fina_mainbz",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "end_date", type: "day", required: true },
      ...text("bz_item"),
      { name: "bz_code", type: "text", onDemand: true },
      ...numbers("bz_sales", "bz_profit", "bz_cost"),
      ...text("curr_type"),
      { name: "update_flag", type: "text", onDemand: true },
    ],
    answers: ["code"],
    requires: ["ts_code"],
    each: { parameter: "type", values: ["P", "D", "I"], field: "bz_code" },
    selects: { type: "bz_code", period: "end_date" },
    points: 2_000,
    rowCap: 100,
  },
  details: [],
  slices: "periods",
  expects: "none", // quarterly reports have no segments
  members: { list: "stock_list" },
  filedIn: "disclosure",
  indexes: [["end_date"]],
  rowsOfCode: 8, // of one of the three
  dayColumn: "end_date",
  set: "finance",
  cadence: "night",
  documentation: [81],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Revenue, profit and cost by product, region and industry, from the interface fina_mainbz",
    zh: "主营业务按产品、地区、行业的收入、利润和成本，来自接口 fina_mainbz",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    bz_item: ["none", "Item in the company's own words, which change over the years", "业务项目，为公司自己的说法，各年可能不同"],
    bz_code: ["none", "What the items divide by, P product, D region, I industry", "划分方式，P 产品，D 地区，I 行业"],
    bz_sales: ["of the row", "Revenue", "业务收入"],
    bz_profit: ["of the row", "Profit, often null", "业务利润，常为空"],
    bz_cost: ["of the row", "Cost, often null", "业务成本，常为空"],
    curr_type: ["none", "Currency, such as CNY", "币种，如 CNY"],
    update_flag: ["none", "1 for the version as it was corrected, 0 as it was first announced; null when TuShare says neither", "1 为更正后的版本，0 为首次公告的版本；TuShare 未说明时为空"],
  },
};
