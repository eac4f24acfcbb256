// Prices of stocks by trading day, with their adjustment factor and valuation.
import { codeAndDay, type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "stock daily data", zh: "股票日线" },
  table: "stock_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "daily",
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
      columns: [...codeAndDay(), ...numbers("adj_factor")],
      answers: ["date", "code"],
      points: 2_000,
      rowCap: 6_000,
    },
    {
      name: "daily_basic",
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
  columns: {},
};
