// Daily bars of convertible bonds. Bonds that were delisted keep their rows.
import { codeAndDay, type DatasetSpec, type DatasetWords, listed, numbers, onDemand } from "../dataset.ts";

export const spec = {
  title: { en: "convertible bond bars", zh: "可转债日线" },
  table: "cb_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "cb_daily",
    columns: [
      ...codeAndDay(),
      ...numbers(
        ...listed(`
pre_close open high low close change pct_chg vol amount
`),
      ),
      ...onDemand(numbers("bond_value", "bond_over_rate", "cb_value", "cb_over_rate")),
    ],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 2_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 315,
  dayColumn: "trade_date",
  firstDay: "20050104",
  publicationHour: 17,
  set: "bond",
  cadence: "late_evening",
  documentation: [187],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Daily bars of convertible bonds, from the interface cb_daily",
    zh: "可转债日线行情，来自接口 cb_daily",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the bond, such as 113050.SH", "转债代码，如 113050.SH"],
    trade_date: ["none", "Trading day", "交易日"],
    pre_close: ["CNY", "Close of the day before", "昨收价"],
    open: ["CNY", "Open", "开盘价"],
    high: ["CNY", "Highest of the day", "最高价"],
    low: ["CNY", "Lowest of the day", "最低价"],
    close: ["CNY", "Close", "收盘价"],
    change: ["CNY", "close less pre_close", "涨跌额"],
    pct_chg: ["percent", "Change against pre_close", "涨跌幅"],
    vol: ["lots of bonds", "Volume", "成交量"],
    amount: ["ten thousand CNY", "Turnover", "成交额"],
    bond_value: ["CNY", "Value without the right to convert; may come later", "纯债价值，可能晚到"],
    bond_over_rate: ["percent", "Price above bond_value", "纯债溢价率"],
    cb_value: ["CNY", "Value when converted", "转股价值"],
    cb_over_rate: ["percent", "Price above cb_value", "转股溢价率"],
  },
};
