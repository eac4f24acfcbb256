// The trading calendar of the mainland exchanges: which days are open.
import type { DatasetSpec, DatasetWords } from "../dataset.ts";
import { type Day, firstTradingDay, later } from "../dates.ts";
import type { Selector } from "../selector.ts";

export const spec = {
  title: { en: "trading calendar", zh: "交易日历" },
  table: "trade_cal",
  key: ["exchange", "cal_date"],
  main: {
    name: "trade_cal",
    absent: { exchange: "SSE" },
    columns: [
      { name: "exchange", type: "text", required: true },
      { name: "cal_date", type: "day", required: true },
      { name: "is_open", type: "flag", required: true },
      { name: "pretrade_date", type: "day" },
    ],
    answers: ["calendar"],
    points: 2_000,
    rowCap: 10_000, // undocumented; this many were served in 2018, 13,161 in 2026
  },
  details: [],
  slices: "lists",
  expects: "every_day",
  dayColumn: "cal_date",
  set: "core",
  place: 1,
  cadence: "morning",
  jobs: { list: "REFERENCE" },
  documentation: [26],
  lists: calendarRanges,
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Trading calendar, from the interface trade_cal",
    zh: "交易日历，来自接口 trade_cal",
  },
  // biome-ignore format: one line a column
  columns: {
    exchange: ["none", "Exchange, SSE for Shanghai; the other stock exchanges follow the same days", "交易所，SSE 为上海；其他股票交易所的交易日与之相同"],
    cal_date: ["none", "Calendar day", "日历日"],
    is_open: ["none", "1 when the exchange trades on that day, else 0", "当日开市为 1，休市为 0"],
    pretrade_date: ["none", "Last trading day before cal_date; null for the very first day", "cal_date 的上一个交易日；最早一天为空"],
  },
  example: {
    asks: {
      en: "On which trading days of this year is no bar stored?",
      zh: "今年哪些交易日一条行情也没有？",
    },
    sql: `select cal_date
from trade_cal
where exchange = 'SSE' and is_open = 1
  and cal_date between date_trunc('year', current_date) and current_date
  and not exists (select from stock_daily where trade_date = cal_date)
order by cal_date`,
  },
};

/**
 * The calendar by decade, far below any observed row cap, to the end of next year. Next year is part of this year's range:
 * it is published in December, and a separate range would be empty until then.
 */
function calendarRanges(today: Day): Selector[] {
  const year = Number(today.slice(0, 4));
  const ranges: Selector[] = [];
  for (let first = 1990; first <= year; first += 10) {
    const from = later(`${first}0101`, firstTradingDay);
    const to = `${year > first + 9 ? first + 9 : year + 1}1231`;
    ranges.push({ by: "calendar", exchange: "SSE", from, to });
  }
  return ranges;
}
