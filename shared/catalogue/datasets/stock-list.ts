// Every A share that is or was listed.
import { type DatasetSpec, type DatasetWords, exchangeOfCode, listStatuses, text } from "../dataset.ts";
import { fundCodes } from "../etf-codes.ts";

export const spec = {
  title: { en: "stock list", zh: "股票列表" },
  table: "stock_info",
  key: ["ts_code"],
  main: {
    name: "stock_basic",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "name", type: "text", required: true },
      ...text("symbol", "area", "industry", "fullname", "enname", "cnspell", "market"),
      exchangeOfCode,
      ...text("curr_type", "list_status"),
      { name: "list_date", type: "day" },
      { name: "delist_date", type: "day" },
      ...text("is_hs", "act_name", "act_ent_type"),
    ],
    answers: ["list_status"],
    points: 2_000,
    rowCap: 6_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  securities: {
    one: "stock",
    codes: { outside: fundCodes },
    listedFrom: "list_date",
    listedTo: "delist_date",
  },
  indexes: [["is_etf"], ["is_etf", "exchange", "ts_code"]],
  passing: ["P"], // listing suspended: a few stocks, lately none
  constants: { is_etf: "N" },
  set: "core",
  place: 2,
  cadence: "morning",
  jobs: { list: "REFERENCE" },
  documentation: [25],
  lists: () => listStatuses.map((list_status) => ({ by: "list_status", list_status })),
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Stocks and ETFs, listed and delisted. Stocks from the interface stock_basic, ETFs from etf_basic or fund_basic",
    zh: "股票与 ETF（含已退市）。股票来自 stock_basic，ETF 来自 etf_basic 或 fund_basic",
  },
  columns: {},
};
