// Prices of exchange-traded funds by trading day, in the stocks' table.
import { codeAndDay, type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";
import { etfsOnly } from "../etf-codes.ts";
import { settingTable } from "../settings.ts";

export const spec = {
  title: { en: "ETF prices", zh: "ETF 日线" },
  table: "stock_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "fund_daily",
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
      shownBy: "adj_factor",
      columns: [...codeAndDay(), ...numbers("adj_factor")],
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
