// Prices of stocks by trading day, with their adjustment factor and valuation.
import { averagePrice, type DataCheck, priceRange } from "../checks.ts";
import {
  type CodeRanges,
  codeAndDay,
  type DatasetSpec,
  type DatasetWords,
  factor,
  numbers,
} from "../dataset.ts";

export const spec = {
  title: { en: "stock daily data", zh: "股票日线" },
  table: "stock_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "daily",
    fields: "ts_code trade_date open high low close pre_close change pct_chg vol amount ah_vol? ah_amount?",
    columns: [
      ...codeAndDay(),
      { name: "close", type: "number", required: true },
      ...numbers("open", "high", "low", "pre_close", "change", "pct_chg", "vol", "amount"),
    ],
    answers: ["date", "code"],
    points: 120,
    rowCap: 6_000,
  },
  details: [
    {
      name: "adj_factor",
      shownBy: "adj_factor",
      hasIdleDays: true,
      columns: [...codeAndDay(), factor("adj_factor")],
      answers: ["date", "code"],
      points: 2_000,
      rowCap: 6_000,
    },
    {
      name: "daily_basic",
      fields:
        "ts_code trade_date close turnover_rate turnover_rate_f volume_ratio pe pe_ttm pb ps ps_ttm dv_ratio dv_ttm total_share float_share free_share total_mv circ_mv limit_status?",
      shownBy: "total_mv",
      columns: [
        ...codeAndDay(),
        ...numbers("turnover_rate", "turnover_rate_f", "volume_ratio", "pe", "pe_ttm", "pb", "ps", "ps_ttm"),
        ...numbers("dv_ratio", "dv_ttm", "total_share", "float_share", "free_share", "total_mv", "circ_mv"),
      ],
      answers: ["date", "code"],
      points: 2_000,
      rowCap: 6_000,
    },
  ],
  slices: "days",
  expects: "members",
  members: { list: "stock_list" },
  evidence: "suspend_d",
  indexes: [["trade_date", "ts_code"]],
  dayColumn: "trade_date",
  publicationHour: 17, // daily by 16, daily_basic by 17
  set: "core",
  place: 4,
  cadence: "evening",
  jobs: { history: "DAILY_HISTORY", incremental: "DAILY_INCREMENTAL" },
  documentation: [27, 28, 32],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Daily prices, adjustment factor and valuation, as TuShare sends them. Stocks from daily, adj_factor and daily_basic, ETFs from fund_daily and fund_adj",
    zh: "日线行情、复权因子与每日指标，均为 TuShare 原值。股票来自 daily、adj_factor、daily_basic，ETF 来自 fund_daily、fund_adj",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    trade_date: ["none", "Trading day", "交易日"],
    open: ["CNY", "Opening price, unadjusted", "开盘价，未复权"],
    high: ["CNY", "Highest price, unadjusted", "最高价，未复权"],
    low: ["CNY", "Lowest price, unadjusted", "最低价，未复权"],
    close: ["CNY", "Closing price, unadjusted", "收盘价，未复权"],
    pre_close: ["CNY", "Reference price, the previous close adjusted on ex-dates", "昨收价，除权除息日为除权参考价"],
    change: ["CNY", "close less pre_close", "涨跌额，即 close 减 pre_close"],
    pct_chg: ["percent", "Change against pre_close", "涨跌幅，相对 pre_close"],
    vol: ["lots", "Volume", "成交量"],
    amount: ["thousand CNY", "Turnover", "成交额"],
    adj_factor: ["ratio", "Cumulative adjustment factor; null when TuShare has none", "累计复权因子；TuShare 未提供时为空"],
    turnover_rate: ["percent", "Turnover of the float; null without valuation", "换手率，按流通股本；无每日指标时为空"],
    turnover_rate_f: ["percent", "Turnover of the free float; null without valuation", "换手率，按自由流通股本；无每日指标时为空"],
    volume_ratio: ["ratio", "Volume against the recent average; null in the first days after listing", "量比；上市最初几日为空"],
    pe: ["ratio", "Price to last annual earnings; null at a loss", "市盈率，按最近年报净利润；亏损时为空"],
    pe_ttm: ["ratio", "Price to earnings of the last twelve months; null at a loss", "市盈率，按最近十二个月净利润；亏损时为空"],
    pb: ["ratio", "Price to book value; null with negative equity", "市净率；净资产为负时为空"],
    ps: ["ratio", "Price to last annual sales", "市销率，按最近年报营业收入"],
    ps_ttm: ["ratio", "Price to sales of the last twelve months", "市销率，按最近十二个月营业收入"],
    dv_ratio: ["percent", "Dividend yield; null without dividend", "股息率；无分红时为空"],
    dv_ttm: ["percent", "Dividend yield of the last twelve months; null without dividend", "股息率，最近十二个月；无分红时为空"],
    total_share: ["ten thousand shares", "All shares", "总股本"],
    float_share: ["ten thousand shares", "Tradable shares", "流通股本"],
    free_share: ["ten thousand shares", "Freely floating shares", "自由流通股本"],
    total_mv: ["ten thousand CNY", "Market value of all shares", "总市值"],
    circ_mv: ["ten thousand CNY", "Market value of the tradable shares", "流通市值"],
  },
  example: {
    asks: {
      en: "The ten largest companies of the latest day that has valuations",
      zh: "最近一个有每日指标的交易日，总市值最大的十家公司",
    },
    sql: `select bar.ts_code, info.name, bar.close, bar.total_mv / 10000 as total_mv_in_100_million_cny
from stock_daily as bar
join stock_info as info using (ts_code)
where bar.trade_date = (select max(trade_date) from stock_daily where total_mv is not null)
  and bar.total_mv is not null
order by bar.total_mv desc
limit 10`,
  },
};

const beijing: CodeRanges = [
  ["4", "5"],
  ["8", "9"],
  ["92", "93"],
];
const mainBoards: CodeRanges = [
  ["0", "1"],
  ["60", "61"],
];

/** Smallest step of a share's price, CNY. */
const tick = 0.01;

export const checks: readonly DataCheck[] = [
  priceRange,
  averagePrice,
  { check: "reference_price", reference: "pre_close", price: "close", factor: "adj_factor", tick },
  {
    check: "price_jump",
    ...{ price: "close", factor: "adj_factor", tick },
    limits: [
      { codes: [["68", "69"]], from: "20190722", percent: 20 }, // STAR
      { codes: [["30", "31"]], from: "20200824", percent: 20 }, // ChiNext, with registration
      { codes: [["30", "31"]], from: "20091030", percent: 10 },
      { codes: beijing, from: "20211115", percent: 30 }, // the exchange's first day; before, another market's rules
      { codes: mainBoards, from: "19961216", percent: 10 }, // 5 for ST, which no table knows for past days
    ],
    freeDays: 20, // five trading days without a limit, and holidays
  },
  { check: "turnover_volume", volume: "vol", shares: "float_share", rate: "turnover_rate" },
  {
    check: "suspended_price",
    price: "close",
    evidence: "suspend_d",
    when: { suspend_type: "S", suspend_timing: null },
  },
];
