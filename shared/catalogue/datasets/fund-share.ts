// Units of funds. Those traded on an exchange have rows by trading day, the others at quarter ends; a fund without a
// change may have none.
import { codeAndDay, type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "fund units", zh: "公募基金规模" },
  table: "fund_share",
  key: ["ts_code", "trade_date"],
  main: {
    name: "fund_share",
    columns: [...codeAndDay(), ...numbers("fd_share")],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 2_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 1_800,
  dayColumn: "trade_date",
  firstDay: "19980327",
  set: "fund",
  cadence: "late_evening",
  documentation: [207],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Units of funds, from the interface fund_share",
    zh: "公募基金份额，来自接口 fund_share",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the fund, such as 510300.SH", "基金代码，如 510300.SH"],
    trade_date: ["none", "Day of the units", "份额日期"],
    fd_share: ["ten thousand units", "Units", "基金份额"],
  },
};
