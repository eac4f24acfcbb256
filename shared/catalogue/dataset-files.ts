// Made by `npm run datasets` from the files in datasets/: their collection, in the order in which people see them.
import type { DatasetSpec, DatasetWords } from "./dataset.ts";
import * as bseMapping from "./datasets/bse-mapping.ts";
import * as disclosure from "./datasets/disclosure.ts";
import * as etfDaily from "./datasets/etf-daily.ts";
import * as etfList from "./datasets/etf-list.ts";
import * as finance from "./datasets/finance.ts";
import * as indexDaily from "./datasets/index-daily.ts";
import * as stockDaily from "./datasets/stock-daily.ts";
import * as stockList from "./datasets/stock-list.ts";
import * as suspendD from "./datasets/suspend-d.ts";
import * as tradingCalendar from "./datasets/trading-calendar.ts";

export const specs = {
  trading_calendar: tradingCalendar.spec,
  stock_list: stockList.spec,
  disclosure: disclosure.spec,
  stock_daily: stockDaily.spec,
  finance: finance.spec,
  etf_list: etfList.spec,
  etf_daily: etfDaily.spec,
  bse_mapping: bseMapping.spec,
  suspend_d: suspendD.spec,
  index_daily: indexDaily.spec,
} as const satisfies Readonly<Record<string, DatasetSpec>>;

export const words: Readonly<Record<keyof typeof specs, DatasetWords>> = {
  trading_calendar: tradingCalendar.words,
  stock_list: stockList.words,
  disclosure: disclosure.words,
  stock_daily: stockDaily.words,
  finance: finance.words,
  etf_list: etfList.words,
  etf_daily: etfDaily.words,
  bse_mapping: bseMapping.words,
  suspend_d: suspendD.words,
  index_daily: indexDaily.words,
};
