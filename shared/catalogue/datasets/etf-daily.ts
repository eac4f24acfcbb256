// Prices of exchange-traded funds by trading day, in the stocks' table.
import { averagePrice, type DataCheck, priceRange } from "../checks.ts";
import { codeAndDay, type DatasetSpec, type DatasetWords, factor, numbers } from "../dataset.ts";
import { etfsOnly } from "../etf-codes.ts";
import { settingTable } from "../settings.ts";

export const spec = {
  title: { en: "ETF prices", zh: "ETF 日线" },
  table: "stock_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "fund_daily",
    fields: "ts_code trade_date pre_close open high low close change pct_chg vol amount",
    columns: [
      ...codeAndDay(),
      { name: "close", type: "number", required: true },
      ...numbers("open", "high", "low", "pre_close", "change", "pct_chg", "vol", "amount"),
    ],
    keeps: etfsOnly,
    answers: ["date", "code"],
    points: 2_000,
    rowCap: settingTable.SYNC_FUND_ROW_CAP.default,
    rowCapSetting: "SYNC_FUND_ROW_CAP",
  },
  details: [
    {
      name: "fund_adj",
      fields: "ts_code trade_date adj_factor discount_rate?",
      shownBy: "adj_factor",
      columns: [...codeAndDay(), factor("adj_factor")],
      keeps: etfsOnly,
      answers: ["date", "code"],
      points: 600,
      rowCap: settingTable.SYNC_FUND_ROW_CAP.default,
      rowCapSetting: "SYNC_FUND_ROW_CAP",
    },
  ],
  slices: "days",
  expects: "members",
  members: { list: "etf_list" },
  dayColumn: "trade_date",
  publicationHour: 17, // fund_adj about 17
  set: "core",
  place: 7,
  cadence: "late_evening",
  jobs: { history: "ETF_HISTORY", incremental: "ETF_INCREMENTAL" },
  documentation: [127, 199],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Daily prices of exchange-traded funds, in the table of the stocks",
    zh: "交易所 ETF 的日线行情，与股票同表",
  },
  columns: {},
};

/** Smallest step of a fund's price, CNY. */
const tick = 0.001;

export const checks: readonly DataCheck[] = [
  priceRange,
  averagePrice,
  { check: "reference_price", reference: "pre_close", price: "close", factor: "adj_factor", tick },
  {
    check: "price_jump",
    ...{ price: "close", factor: "adj_factor", tick },
    limits: [
      // Funds of ChiNext and STAR shares have their limit. Their codes tell them only in part.
      { codes: [["159", "16"]], from: "20200824", percent: 20 },
      { codes: [["58", "59"]], from: "20200824", percent: 20 },
      { from: "19961216", percent: 10 },
    ],
    freeDays: 0, // a fund has its limit from the first day on
  },
];
