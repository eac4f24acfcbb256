// Daily bars of the main indices. TuShare requires a code, and has about ten thousand: the codes named here are kept up
// to date, others are fetched on request.
import { type DataCheck, priceRange } from "../checks.ts";
import { codeAndDay, type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "index daily bars", zh: "指数日线" },
  table: "index_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "index_daily",
    fields: "ts_code trade_date close open high low pre_close change pct_chg vol amount",
    columns: [
      ...codeAndDay(),
      { name: "close", type: "number", required: true },
      ...numbers("open", "high", "low", "pre_close", "change", "pct_chg", "vol", "amount"),
    ],
    answers: ["code"],
    requires: ["ts_code"],
    points: 2_000,
    rowCap: 8_000,
  },
  details: [],
  slices: "codes",
  expects: "members",
  members: {
    codes: [
      ...["000001.SH", "000016.SH", "000300.SH", "000688.SH", "000852.SH", "000905.SH"],
      ...["399001.SZ", "399006.SZ", "399106.SZ", "899050.BJ"],
    ],
  },
  dayColumn: "trade_date",
  publicationHour: 17,
  set: "index",
  cadence: "late_evening",
  documentation: [95],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Daily bars of indices, as TuShare sends them, from the interface index_daily",
    zh: "指数日线行情，均为 TuShare 原值，来自接口 index_daily",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the index, such as 000300.SH", "指数代码，如 000300.SH"],
    trade_date: ["none", "Trading day", "交易日"],
    close: ["points", "Close", "收盘点位"],
    open: ["points", "Open", "开盘点位"],
    high: ["points", "Highest of the day", "最高点位"],
    low: ["points", "Lowest of the day", "最低点位"],
    pre_close: ["points", "Close of the day before; corrections of it make it differ from that row's", "昨收点位，修正后可能与前一日收盘不同"],
    change: ["points", "close less pre_close", "涨跌点数"],
    pct_chg: ["percent", "Change against pre_close", "涨跌幅"],
    vol: ["lots", "Volume", "成交量"],
    amount: ["thousand CNY", "Turnover", "成交额"],
  },
};

export const checks: readonly DataCheck[] = [
  priceRange,
  { check: "reference_price", reference: "pre_close", price: "close", tick: 0.01 },
];
