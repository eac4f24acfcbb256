// Every A share that is or was listed.
import { type DatasetSpec, type DatasetWords, exchangeOfCode, listStatuses, text } from "../dataset.ts";
import { fundCodes } from "../etf-codes.ts";

export const spec = {
  title: { en: "stock list", zh: "股票列表" },
  table: "stock_info",
  key: ["ts_code"],
  main: {
    name: "stock_basic",
    fields:
      "ts_code symbol name area industry fullname? enname? cnspell market exchange? curr_type? list_status? list_date delist_date? is_hs? act_name act_ent_type",
    absent: { list_status: "L" },
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
    goneOn: "gone_on",
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
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    symbol: ["none", "Code without the exchange suffix", "不带交易所后缀的代码"],
    name: ["none", "Current short name, with ST and other prefixes", "当前证券简称，含 ST 等前缀"],
    area: ["none", "Province or city; null when TuShare names none", "地域，省或市；TuShare 未提供时为空"],
    industry: ["none", "Industry in TuShare's own division; null when TuShare names none", "所属行业，TuShare 自有分类；TuShare 未提供时为空"],
    fullname: ["none", "Full company name in Chinese", "中文全称"],
    enname: ["none", "Full company name in English", "英文全称"],
    cnspell: ["none", "Pinyin initials of the short name", "简称的拼音首字母"],
    market: ["none", "As TuShare has it. Of a stock its board, 主板, 创业板, 科创板, CDR or 北交所; of an ETF always E, listed on an exchange", "与 TuShare 一致。股票为板块：主板、创业板、科创板、CDR 或北交所；ETF 恒为 E，即场内"],
    exchange: ["none", "Where it is listed, as its code says, SSE, SZSE or BSE", "上市交易所，由代码得出：SSE、SZSE 或 BSE"],
    curr_type: ["none", "Currency of trading, such as CNY", "交易货币，如 CNY"],
    list_status: ["none", "L listed, D delisted, P listing suspended for a stock and yet to be listed for an ETF", "L 上市，D 退市，P 对股票为暂停上市、对 ETF 为尚未上市"],
    list_date: ["none", "Day of listing", "上市日"],
    delist_date: ["none", "Day of delisting; null while listed", "退市日；仍在上市时为空"],
    gone_on: ["none", "Day since which no list has the code, the one after its last daily row; null while a list has it", "不再出现在任何列表中的起始日，即最后一行日线的次日；仍在列表中时为空"],
    is_hs: ["none", "Stock Connect, H Shanghai, S Shenzhen, N none", "沪深港通标的：H 沪股通，S 深股通，N 否"],
    act_name: ["none", "Actual controller; null when TuShare names none", "实际控制人；TuShare 未提供时为空"],
    act_ent_type: ["none", "Kind of the actual controller; null when TuShare names none", "实际控制人的企业性质；TuShare 未提供时为空"],
    is_etf: ["none", "Y for an ETF, N for a stock", "ETF 为 Y，股票为 N"],
  },
  example: {
    asks: {
      en: "How many stocks and ETFs are listed on each exchange?",
      zh: "每个交易所有多少只股票和 ETF 在上市？",
    },
    sql: `select is_etf, exchange, count(*) as listed
from stock_info
where list_status = 'L'
group by is_etf, exchange
order by is_etf, exchange`,
  },
};
