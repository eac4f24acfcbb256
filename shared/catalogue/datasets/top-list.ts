// The exchanges' list of unusual trading. A stock may be on it for several reasons, and equal rows are real: a day is
// replaced whole.
import { type DatasetSpec, type DatasetWords, listed, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "unusual trading", zh: "龙虎榜" },
  table: "top_list",
  key: ["trade_date", "ts_code", "reason"],
  replacesSlice: true,
  main: {
    name: "top_list",
    columns: [
      { name: "trade_date", type: "day", required: true },
      { name: "ts_code", type: "code", required: true },
      ...text("name"),
      ...numbers(
        ...listed(`
close pct_change turnover_rate amount l_sell l_buy l_amount net_amount net_rate amount_rate
float_values
`),
      ),
      ...text("reason"),
    ],
    answers: ["date"],
    requires: ["trade_date"],
    points: 2_000,
    rowCap: 10_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 80,
  dayColumn: "trade_date",
  firstDay: "20050104",
  publicationHour: 20,
  set: "flow",
  cadence: "late_evening",
  documentation: [106],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Stocks on the exchanges' list of unusual trading, a row for each reason, from the interface top_list",
    zh: "龙虎榜每日明细，每个上榜理由一行，来自接口 top_list",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    name: ["none", "Short name", "证券简称"],
    close: ["CNY", "Close", "收盘价"],
    pct_change: ["percent", "Change on the day before", "涨跌幅"],
    turnover_rate: ["percent", "Turnover of the float", "换手率"],
    amount: ["CNY", "Turnover of the stock", "总成交额"],
    l_sell: ["CNY", "Sold by the listed seats", "龙虎榜卖出额"],
    l_buy: ["CNY", "Bought by the listed seats", "龙虎榜买入额"],
    l_amount: ["CNY", "Turnover of the listed seats", "龙虎榜成交额"],
    net_amount: ["CNY", "Net bought by the listed seats", "龙虎榜净买入额"],
    net_rate: ["percent", "net_amount, share of the turnover", "龙虎榜净买额占比"],
    amount_rate: ["percent", "l_amount, share of the turnover", "龙虎榜成交额占比"],
    float_values: ["CNY", "Market value of the tradable shares", "当日流通市值"],
    reason: ["none", "Why it is on the list", "上榜理由"],
  },
};
