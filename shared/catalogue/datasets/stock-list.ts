// Every A share that is or was listed.
import { type DatasetSpec, exchangeOfCode, listStatuses, text } from "../dataset.ts";

export const stockList: DatasetSpec = {
  table: "stock_info",
  key: ["ts_code"],
  main: {
    name: "stock_basic",
    columns: [
      { name: "ts_code", type: "code", required: true },
      { name: "name", type: "text", required: true },
      ...text("symbol", "area", "industry", "fullname", "enname", "cnspell", "market"),
      exchangeOfCode,
      ...text("curr_type", "list_status"),
      { name: "list_date", type: "day" },
      { name: "delist_date", type: "day" },
      ...text("is_hs", "act_name", "act_ent_type"),
    ],
    rowCap: 6_000,
  },
  details: [],
  slices: "lists",
  instruments: "stock",
  passing: ["P"], // listing suspended: a few stocks, lately none
  constants: { is_etf: "N" },
  documentation: [25],
  lists: () => listStatuses.map((list_status) => ({ by: "list_status", list_status })),
};
