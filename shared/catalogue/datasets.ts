// The dataset catalogue: what is mirrored into which table, from which interfaces, in which slices. Each is a file of its
// own in datasets/; here they have their names.
import type { DatasetSpec } from "./dataset.ts";
import { disclosure } from "./datasets/disclosure.ts";
import { etfDaily } from "./datasets/etf-daily.ts";
import { etfList } from "./datasets/etf-list.ts";
import { finance } from "./datasets/finance.ts";
import { stockDaily } from "./datasets/stock-daily.ts";
import { stockList } from "./datasets/stock-list.ts";
import { tradingCalendar } from "./datasets/trading-calendar.ts";

const specs = {
  trading_calendar: tradingCalendar,
  stock_list: stockList,
  disclosure,
  etf_list: etfList,
  stock_daily: stockDaily,
  etf_daily: etfDaily,
  finance,
} as const satisfies Readonly<Record<string, DatasetSpec>>;

export type DatasetName = keyof typeof specs;

export type Dataset = DatasetSpec & { readonly name: DatasetName };

export const datasets = Object.fromEntries(
  Object.entries<DatasetSpec>(specs).map(([name, spec]) => [name, { name, ...spec }]),
) as Readonly<Record<DatasetName, Dataset>>; // as: of its own entries
