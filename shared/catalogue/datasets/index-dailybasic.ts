// Valuation of the main indices by trading day, about fifteen of them. TuShare lacks most of the first half of 2011.
import { codeAndDay, type DatasetSpec, type DatasetWords, listed, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "index valuation", zh: "大盘指数每日指标" },
  table: "index_dailybasic",
  key: ["ts_code", "trade_date"],
  main: {
    name: "index_dailybasic",
    columns: [
      ...codeAndDay(),
      ...numbers(
        ...listed(`
total_mv float_mv total_share float_share free_share turnover_rate turnover_rate_f pe pe_ttm pb
`),
      ),
    ],
    answers: ["date", "code"],
    points: 2_000,
    rowCap: 3_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  rowsOfSlice: 15,
  dayColumn: "trade_date",
  firstDay: "20040102",
  publicationHour: 17,
  set: "index",
  cadence: "late_evening",
  documentation: [128],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Valuation of the main indices, from the interface index_dailybasic. Money is in CNY and shares in shares, other than in stock_daily",
    zh: "大盘指数每日指标，来自接口 index_dailybasic。金额单位为元、股本单位为股，与 stock_daily 不同",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the index, such as 000300.SH", "指数代码，如 000300.SH"],
    trade_date: ["none", "Trading day", "交易日"],
    total_mv: ["CNY", "Market value of all shares", "总市值"],
    float_mv: ["CNY", "Market value of the tradable shares", "流通市值"],
    total_share: ["shares", "All shares", "总股本"],
    float_share: ["shares", "Tradable shares", "流通股本"],
    free_share: ["shares", "Freely floating shares", "自由流通股本"],
    turnover_rate: ["percent", "Turnover of the float", "换手率，按流通股本"],
    turnover_rate_f: ["percent", "Turnover of the free float", "换手率，按自由流通股本"],
    pe: ["times", "Price to earnings", "市盈率"],
    pe_ttm: ["times", "Price to earnings of the last twelve months", "市盈率，按最近十二个月净利润"],
    pb: ["times", "Price to book value", "市净率"],
  },
};
