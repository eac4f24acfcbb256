// Dividends and bonus shares, a row for each stage. TuShare has no range of days here, and rows without a day of
// announcement: a stock is asked for whole. A dividend is carried out weeks after the report, so each stock has its turn
// within two weeks.
import { type DatasetSpec, type DatasetWords, days, numbers, onDemand, text } from "../dataset.ts";

export const spec = {
  title: { en: "dividends", zh: "分红送股" },
  table: "dividend",
  key: ["ts_code", "end_date", "ann_date"],
  replacesSlice: true,
  main: {
    name: "dividend",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "end_date", type: "day", required: true },
      ...days("ann_date"),
      ...text("div_proc"),
      ...numbers("stk_div", "stk_bo_rate", "stk_co_rate", "cash_div", "cash_div_tax"),
      ...days("record_date", "ex_date", "pay_date", "div_listdate", "imp_ann_date"),
      ...onDemand(days("base_date")),
      ...onDemand(numbers("base_share")),
    ],
    answers: ["code"],
    requires: ["ts_code"],
    parameters: { start_date: null, end_date: null },
    points: 2_000,
    rowCap: 2_000,
  },
  details: [],
  slices: "periods",
  expects: "none",
  members: { list: "stock_list" },
  filedIn: "disclosure",
  indexes: [["end_date"], ["ann_date"]],
  turnDays: 14,
  dayColumn: "end_date",
  set: "finance",
  cadence: "night",
  documentation: [103],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Dividends and bonus shares, a row for each stage, from the interface dividend",
    zh: "分红送股，每个进度一行，来自接口 dividend",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    end_date: ["none", "Period that the dividend is for, its last day", "分红所属期间的最后一天"],
    ann_date: ["none", "Day of the proposal; may be null", "预案公告日，可能为空"],
    div_proc: ["none", "Stage, such as 预案 (proposed), 股东大会通过 (approved), 实施 (carried out)", "实施进度，如预案、股东大会通过、实施"],
    stk_div: ["shares a share", "Bonus and conversion shares", "每股送转"],
    stk_bo_rate: ["shares a share", "Bonus shares", "每股送股比例"],
    stk_co_rate: ["shares a share", "Conversion shares", "每股转增比例"],
    cash_div: ["CNY a share", "Cash after tax, 0 until it is carried out", "每股分红（税后），实施前为 0"],
    cash_div_tax: ["CNY a share", "Cash before tax", "每股分红（税前）"],
    record_date: ["none", "Record day", "股权登记日"],
    ex_date: ["none", "Ex-dividend day", "除权除息日"],
    pay_date: ["none", "Day of payment", "派息日"],
    div_listdate: ["none", "Day on which the bonus shares are listed", "红股上市日"],
    imp_ann_date: ["none", "Day on which it was announced as carried out", "实施公告日"],
    base_date: ["none", "Day of the share base", "基准日"],
    base_share: ["ten thousand shares", "Share base", "基准股本"],
  },
  marks: {
    day: "ex_date",
    sign: { en: "D", zh: "息" },
    tells: { en: "dividend,", zh: "除权除息，" },
    shows: ["cash_div_tax", "stk_div"],
  },
};
