// Prices of exchange-traded funds by trading day, in the stocks' table.
import { codeAndDay, type DatasetSpec, numbers } from "../dataset.ts";
import { etfsOnly } from "../etf-codes.ts";
import { settingTable } from "../settings.ts";

export const etfDaily: DatasetSpec = {
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
    rowCap: settingTable.SYNC_FUND_ROW_CAP.default,
    rowCapSetting: "SYNC_FUND_ROW_CAP",
  },
  details: [
    {
      name: "fund_adj",
      columns: [...codeAndDay(), ...numbers("adj_factor")],
      keeps: etfsOnly,
      rowCap: settingTable.SYNC_FUND_ROW_CAP.default,
      rowCapSetting: "SYNC_FUND_ROW_CAP",
    },
  ],
  slices: "days",
  instruments: "etf",
  dayColumn: "trade_date",
  publicationHour: 17, // fund_adj about 17
  documentation: [127, 199],
};
