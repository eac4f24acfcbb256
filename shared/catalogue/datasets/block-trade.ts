// Block trades. Equal rows are different trades: a day is replaced whole.
import { codeAndDay, type DatasetSpec, type DatasetWords, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "block trades", zh: "大宗交易" },
  table: "block_trade",
  key: ["ts_code", "trade_date"],
  replacesSlice: true,
  main: {
    name: "block_trade",
    columns: [...codeAndDay(), ...numbers("price", "vol", "amount"), ...text("buyer", "seller")],
    answers: ["date"],
    points: 300,
    rowCap: 1_000,
  },
  details: [],
  slices: "days",
  expects: "none",
  rowsOfSlice: 150,
  dayColumn: "trade_date",
  firstDay: "20050104",
  publicationHour: 20,
  set: "flow",
  cadence: "late_evening",
  documentation: [161],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Block trades, a row for each, from the interface block_trade",
    zh: "大宗交易，每笔一行，来自接口 block_trade",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    trade_date: ["none", "Trading day", "交易日"],
    price: ["CNY", "Price", "成交价"],
    vol: ["ten thousand shares", "Volume", "成交量"],
    amount: ["ten thousand CNY", "Value", "成交金额"],
    buyer: ["none", "Seat of the buyer", "买方营业部"],
    seller: ["none", "Seat of the seller", "卖方营业部"],
  },
};
