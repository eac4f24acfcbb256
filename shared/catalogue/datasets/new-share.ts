// New issues. Rows are completed over weeks, until the listing.
import { type DatasetSpec, type DatasetWords, days, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "new issues", zh: "新股列表" },
  table: "new_share",
  key: ["ts_code"],
  main: {
    name: "new_share",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...text("sub_code", "name"),
      ...days("ipo_date", "issue_date"),
      ...numbers("amount", "market_amount", "price", "pe", "limit_amount", "funds", "ballot"),
    ],
    answers: ["whole"],
    points: 120,
    rowCap: 2_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 4_000,
  set: "finance",
  cadence: "morning",
  documentation: [123],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "New issues of shares, from the interface new_share",
    zh: "IPO 新股列表，来自接口 new_share",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    sub_code: ["none", "Code for the subscription", "申购代码"],
    name: ["none", "Short name", "证券简称"],
    ipo_date: ["none", "Day of the online issue", "上网发行日"],
    issue_date: ["none", "Day of listing; null until it is set", "上市日；未确定时为空"],
    amount: ["ten thousand shares", "Shares issued", "发行总量"],
    market_amount: ["ten thousand shares", "Shares issued online", "上网发行量"],
    price: ["CNY", "Issue price; 0 or null until it is set", "发行价；未确定时为 0 或空"],
    pe: ["times", "Issue price to earnings", "发行市盈率"],
    limit_amount: ["ten thousand shares", "Most shares that one may subscribe to", "个人申购上限"],
    funds: ["hundred million CNY", "Money raised", "募集资金"],
    ballot: ["percent", "Share of the subscriptions that was allotted", "中签率"],
  },
};
