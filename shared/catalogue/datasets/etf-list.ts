// Every exchange-traded fund that is or was listed.
import {
  type Column,
  type DatasetSpec,
  type DatasetWords,
  exchangeOfCode,
  listStatuses,
  numbers,
  text,
} from "../dataset.ts";
import { etfsOnly, fundCodes } from "../etf-codes.ts";
import type { Selector } from "../selector.ts";

const fundListCap = 5_000;

export const spec = {
  title: { en: "ETF list", zh: "ETF 列表" },
  table: "stock_info",
  key: ["ts_code"],
  main: {
    name: "etf_basic",
    fields:
      "ts_code csname extname cname index_code index_name setup_date list_date list_status exchange mgr_name custod_name mgt_fee etf_type",
    selects: { mgr: "mgr_name" },
    spells: { exchange: { SSE: "SH", SZSE: "SZ" } },
    columns: [
      ...etfIdentity(),
      { name: "name", type: "text", required: true, from: "csname" },
      { name: "fullname", type: "text", from: "cname" },
      ...text("list_status"),
      { name: "list_date", type: "day" },
      { name: "setup_date", type: "day" },
      ...text("index_code", "index_name", "mgr_name", "custod_name", "etf_type"),
      ...numbers("mgt_fee"),
    ],
    answers: ["exchange"],
    points: 8_000,
    rowCap: fundListCap,
    fallback: {
      name: "fund_basic",
      fields:
        "ts_code name management custodian fund_type found_date due_date list_date issue_date delist_date issue_amount m_fee c_fee duration_year p_value min_amount exp_return benchmark status invest_type type trustee purc_startdate redm_startdate market",
      columns: [
        ...etfIdentity(),
        { name: "name", type: "text", required: true },
        { name: "list_status", type: "text", from: "status", words: { I: "P" } },
        { name: "list_date", type: "day" },
        { name: "delist_date", type: "day" },
        { name: "setup_date", type: "day", from: "found_date" },
        { name: "mgr_name", type: "text", from: "management" },
        { name: "custod_name", type: "text", from: "custodian" },
        { name: "mgt_fee", type: "number", from: "m_fee" },
        { name: "fund_type", type: "text", stored: false },
        { name: "type", type: "text", stored: false },
      ],
      answers: ["exchange"],
      points: 2_000,
      rowCap: 15_000,
      parameters: { exchange: null, list_status: null },
      always: { market: "E" },
      // Not by name: many delisted ETFs have no "ETF" in theirs. A row without a fund type is kept.
      keeps: { ...etfsOnly, fund_type: /^(?!REITs)/, type: /^(?!.*封闭式)/ },
    },
  },
  details: [],
  slices: "lists",
  expects: "before",
  securities: {
    one: "etf",
    codes: { within: fundCodes },
    listedFrom: "list_date",
    listedTo: "delist_date",
    goneOn: "gone_on",
  },
  passing: ["P"], // being issued
  constants: { is_etf: "Y", market: "E" }, // fund_basic's value for a fund listed on an exchange; etf_basic has no such column
  set: "core",
  place: 6,
  cadence: "weekly",
  jobs: { list: "ETF_LIST" },
  documentation: [385, 19],
  // By status too: it is not documented whether leaving the status out returns all of them.
  lists: () =>
    (["SH", "SZ"] as const).flatMap((exchange) =>
      listStatuses.map((list_status): Selector => ({ by: "exchange", exchange, list_status })),
    ),
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Exchange-traded funds, listed and delisted, from etf_basic or fund_basic",
    zh: "交易所 ETF（含已退市），来自 etf_basic 或 fund_basic",
  },
  // biome-ignore format: one line a column
  columns: {
    index_code: ["none", "Code of the index an ETF follows; null for a stock", "ETF 所跟踪指数的代码；股票为空"],
    index_name: ["none", "Name of the index an ETF follows; null for a stock", "ETF 所跟踪指数的名称；股票为空"],
    setup_date: ["none", "Day an ETF was set up; null for a stock", "ETF 成立日；股票为空"],
    mgr_name: ["none", "Manager of an ETF; null for a stock", "ETF 管理人；股票为空"],
    custod_name: ["none", "Custodian of an ETF; null for a stock", "ETF 托管人；股票为空"],
    mgt_fee: ["percent a year", "Management fee of an ETF; null for a stock", "ETF 管理费率；股票为空"],
    etf_type: ["none", "境内 or QDII for an ETF; null for a stock", "ETF 为境内或 QDII；股票为空"],
  },
};

/** The code, and the symbol and exchange contained in it. */
function etfIdentity(): Column[] {
  return [
    { name: "ts_code", type: "code", required: true },
    { name: "symbol", type: "text", from: "ts_code", part: /^(\w+)\./ },
    exchangeOfCode,
  ];
}
