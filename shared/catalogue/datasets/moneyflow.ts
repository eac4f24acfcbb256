// Buying and selling by size of order, by trading day, of stocks in Shanghai and Shenzhen.
import { codeAndDay, type DatasetSpec, type DatasetWords, listed, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "money flow by order size", zh: "个股资金流向" },
  table: "moneyflow",
  key: ["ts_code", "trade_date"],
  main: {
    name: "moneyflow",
    columns: [
      ...codeAndDay(),
      ...numbers(
        ...listed(`
buy_sm_vol buy_sm_amount sell_sm_vol sell_sm_amount buy_md_vol buy_md_amount sell_md_vol
sell_md_amount buy_lg_vol buy_lg_amount sell_lg_vol sell_lg_amount buy_elg_vol buy_elg_amount
sell_elg_vol sell_elg_amount net_mf_vol net_mf_amount
`),
      ),
    ],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 6_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  dayColumn: "trade_date",
  firstDay: "20100104",
  publicationHour: 19,
  set: "flow",
  cadence: "late_evening",
  documentation: [170],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Volume and value by size of order, from the interface moneyflow. net_mf_amount is TuShare's own count of active orders, not a sum of the other columns",
    zh: "按单笔成交规模划分的资金流向，来自接口 moneyflow。net_mf_amount 为 TuShare 对主动单的统计，不是其他列之和",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    trade_date: ["none", "Trading day", "交易日"],
    buy_sm_vol: ["lots", "Bought by small orders, volume", "小单买入量"],
    buy_sm_amount: ["ten thousand CNY", "Bought by small orders, value", "小单买入金额"],
    sell_sm_vol: ["lots", "Sold by small orders, volume", "小单卖出量"],
    sell_sm_amount: ["ten thousand CNY", "Sold by small orders, value", "小单卖出金额"],
    buy_md_vol: ["lots", "Bought by medium orders, volume", "中单买入量"],
    buy_md_amount: ["ten thousand CNY", "Bought by medium orders, value", "中单买入金额"],
    sell_md_vol: ["lots", "Sold by medium orders, volume", "中单卖出量"],
    sell_md_amount: ["ten thousand CNY", "Sold by medium orders, value", "中单卖出金额"],
    buy_lg_vol: ["lots", "Bought by large orders, volume", "大单买入量"],
    buy_lg_amount: ["ten thousand CNY", "Bought by large orders, value", "大单买入金额"],
    sell_lg_vol: ["lots", "Sold by large orders, volume", "大单卖出量"],
    sell_lg_amount: ["ten thousand CNY", "Sold by large orders, value", "大单卖出金额"],
    buy_elg_vol: ["lots", "Bought by very large orders, volume", "特大单买入量"],
    buy_elg_amount: ["ten thousand CNY", "Bought by very large orders, value", "特大单买入金额"],
    sell_elg_vol: ["lots", "Sold by very large orders, volume", "特大单卖出量"],
    sell_elg_amount: ["ten thousand CNY", "Sold by very large orders, value", "特大单卖出金额"],
    net_mf_vol: ["lots", "Net inflow, volume", "净流入量"],
    net_mf_amount: ["ten thousand CNY", "Net inflow, value", "净流入额"],
  },
};
