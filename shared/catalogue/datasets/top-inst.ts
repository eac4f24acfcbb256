// The seats behind the list of unusual trading. Several institutions share the name 机构专用, so equal rows are real: a day
// is replaced whole.
import { type DatasetSpec, type DatasetWords, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "unusual trading by seat", zh: "龙虎榜席位明细" },
  table: "top_inst",
  key: ["trade_date", "ts_code", "reason", "side", "exalter"],
  replacesSlice: true,
  main: {
    name: "top_inst",
    columns: [
      { name: "trade_date", type: "day", required: true },
      { name: "ts_code", type: "code", required: true },
      ...text("exalter"),
      ...numbers("buy", "buy_rate", "sell", "sell_rate", "net_buy"),
      ...text("side", "reason"),
    ],
    answers: ["date"],
    requires: ["trade_date"],
    points: 5_000,
    rowCap: 10_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 1_000,
  dayColumn: "trade_date",
  firstDay: "20050104",
  publicationHour: 20,
  set: "flow",
  cadence: "late_evening",
  documentation: [107],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Seats that traded the stocks on the list of unusual trading, from the interface top_inst",
    zh: "龙虎榜席位成交明细，来自接口 top_inst",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    exalter: ["none", "Seat; 机构专用 stands for any institution", "营业部名称；机构专用可代表多家机构"],
    buy: ["CNY", "Bought", "买入额"],
    buy_rate: ["percent", "buy, share of the turnover", "买入额占总成交比"],
    sell: ["CNY", "Sold", "卖出额"],
    sell_rate: ["percent", "sell, share of the turnover", "卖出额占总成交比"],
    net_buy: ["CNY", "Net bought", "净买入额"],
    side: ["none", "0 among the largest buyers, 1 among the largest sellers", "0 为买入金额最大的席位，1 为卖出金额最大的席位"],
    reason: ["none", "Why the stock is on the list", "上榜理由"],
  },
};
