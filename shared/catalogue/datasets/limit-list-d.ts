// Stocks that reached a price limit, without ST stocks. Asked for a closed day, TuShare answers the day before it: only
// open days are asked for, and rows of another day are refused.
import { type DatasetSpec, type DatasetWords, numbers, text } from "../dataset.ts";

export const spec = {
  title: { en: "limit list", zh: "涨跌停列表" },
  table: "limit_list_d",
  key: ["trade_date", "ts_code", "limit_type"],
  main: {
    name: "limit_list_d",
    columns: [
      { name: "trade_date", type: "day", required: true },
      { name: "ts_code", type: "code", required: true },
      ...text("industry", "name"),
      ...numbers(
        "close",
        "pct_chg",
        "amount",
        "limit_amount",
        "float_mv",
        "total_mv",
        "turnover_ratio",
        "fd_amount",
      ),
      ...text("first_time", "last_time"),
      ...numbers("open_times"),
      ...text("up_stat"),
      ...numbers("limit_times"),
      { name: "limit_type", type: "text", from: "limit", required: true },
    ],
    answers: ["date"],
    selects: { limit_type: "limit" },
    points: 5_000,
    rowCap: 2_500,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 150,
  dayColumn: "trade_date",
  firstDay: "20191128",
  publicationHour: 17,
  set: "flow",
  cadence: "late_evening",
  documentation: [298],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Stocks that reached their price limit on a day, from the interface limit_list_d. Money is in CNY",
    zh: "涨跌停及炸板股票，来自接口 limit_list_d。金额单位为元",
  },
  // biome-ignore format: one line a column
  columns: {
    trade_date: ["none", "Trading day", "交易日"],
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    industry: ["none", "Industry", "所属行业"],
    name: ["none", "Short name", "证券简称"],
    close: ["CNY", "Close", "收盘价"],
    pct_chg: ["percent", "Change on the day before", "涨跌幅"],
    amount: ["CNY", "Turnover", "成交额"],
    limit_amount: ["CNY", "Turnover at the limit price; null at the upper limit", "板上成交金额；涨停时为空"],
    float_mv: ["CNY", "Market value of the tradable shares", "流通市值"],
    total_mv: ["CNY", "Market value of all shares", "总市值"],
    turnover_ratio: ["percent", "Turnover of the float", "换手率"],
    fd_amount: ["CNY", "Value of the orders that wait at the limit", "封单金额"],
    first_time: ["none", "First time at the limit, in which 93000 is half past nine", "首次封板时间，如 93000 表示 09:30:00"],
    last_time: ["none", "Last time at the limit, written likewise", "最后封板时间，写法相同"],
    open_times: ["turns", "Times that it left the limit", "打开次数"],
    up_stat: ["none", "Upper limits in days, such as 3/5", "涨停统计，如 3/5 表示 5 天 3 板"],
    limit_times: ["turns", "Upper limits in a row", "连板数"],
    limit_type: ["none", "U upper limit, D lower limit, Z left the upper limit; TuShare calls it limit", "U 涨停，D 跌停，Z 炸板；TuShare 中为 limit"],
  },
};
