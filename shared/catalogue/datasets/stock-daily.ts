// Prices of stocks by trading day, with their adjustment factor and valuation.
import { codeAndDay, type DatasetSpec, numbers } from "../dataset.ts";

export const stockDaily: DatasetSpec = {
  table: "stock_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "daily",
    columns: [
      ...codeAndDay(),
      { name: "close", type: "number", required: true },
      ...numbers("open", "high", "low", "pre_close", "change", "pct_chg", "vol", "amount"),
    ],
    rowCap: 6_000,
  },
  details: [
    { name: "adj_factor", columns: [...codeAndDay(), ...numbers("adj_factor")], rowCap: 6_000 },
    {
      name: "daily_basic",
      columns: [
        ...codeAndDay(),
        ...numbers("turnover_rate", "turnover_rate_f", "volume_ratio", "pe", "pe_ttm", "pb", "ps", "ps_ttm"),
        ...numbers("dv_ratio", "dv_ttm", "total_share", "float_share", "free_share", "total_mv", "circ_mv"),
      ],
      rowCap: 6_000,
    },
  ],
  slices: "days",
  instruments: "stock",
  dayColumn: "trade_date",
  publicationHour: 17, // daily by 16, daily_basic by 17
  documentation: [27, 28, 32],
};
