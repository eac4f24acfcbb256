// A small market and what TuShare has of it at each moment: rows appear when they are published, change when they are
// corrected, and stocks are listed and delisted. It shares no code with the sync, so that the sync can be checked against it.
import type { Chance } from "./chance.ts";

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

export type Market = {
  /** Open days with data, before and after the beginning of the run. */
  readonly days: readonly string[];
  /** The first day whose rows the run fetches, and the last that is over when it begins. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly codes: readonly string[];
  /** What an interface has at a moment. */
  rowsAt(interfaceName: string, time: number): Row[];
  /** Publishes the rows of a day only then, or those of some codes. */
  delay(day: string, until: number, codes?: readonly string[]): void;
  /** Changes the values of a day from then on. */
  restate(day: string, at: number, codes: readonly string[]): void;
  /** Lists a new stock, or delists one. */
  relist(code: string, at: number): void;
  /** The rows that stock_daily must have, each cell as text, in the order of code and day. */
  daily(days: readonly string[], time: number): Record<string, string | null>[];
};

/** What is known of a row: nothing before it is published, and each version from its moment on. */
type Versions = { readonly from: number; readonly row: Row | undefined }[];

const hour = 3_600_000;
const day = 24 * hour;

/** Milliseconds of an hour of a day in Shanghai. */
export function momentOf(dayText: string, hours: number): number {
  const text = `${dayText.slice(0, 4)}-${dayText.slice(4, 6)}-${dayText.slice(6)}T00:00:00+08:00`;
  return Date.parse(text) + hours * hour;
}

export function dayOf(time: number): string {
  return new Date(time + 8 * hour).toISOString().slice(0, 10).replaceAll("-", "");
}

function isWeekday(text: string): boolean {
  return new Date(momentOf(text, 12)).getUTCDay() % 6 !== 0;
}

/** Last days before the run: ends of months and years, leap days, the middle of nothing. */
const lastDays = ["20231229", "20240131", "20240229", "20240328", "20241231", "20240117", "20240515"];
const allCodes = ["000001.SZ", "000002.SZ", "300750.SZ", "600000.SH", "600519.SH", "688981.SH", "601318.SH"];
const published = { daily: 16, adj_factor: 9.4, daily_basic: 17, suspend_d: 9.4 };
const valuations = ["turnover_rate", "pe", "pb", "total_mv"];

export function makeMarket(chance: Chance): Market {
  const lastDay = chance.pick(lastDays);
  const holiday = chance.is(0.5) ? dayOf(momentOf(lastDay, -day / hour + 12) - 4 * day) : "";
  const isOpen = (text: string) =>
    isWeekday(text) && text !== holiday && text !== "20240101" && text !== "20250101";
  const all = Array.from({ length: 75 }, (_, at) => dayOf(momentOf(lastDay, 12) + (at - 35) * day));
  const open = all.filter(isOpen);
  const at = open.indexOf(lastDay);
  const days = open.slice(Math.max(0, at - chance.whole(5, 11)), at + 9);
  const firstDay = days[0] ?? lastDay;
  const codes = allCodes.slice(0, chance.whole(3, 6));
  const later = allCodes.at(-1) ?? "";
  const tables = new Map<string, Map<string, Versions>>();
  const put = (name: string, key: string, from: number, row: Row | undefined) => {
    const table = tables.get(name) ?? new Map<string, Versions>();
    tables.set(name, table);
    const versions = table.get(key) ?? [];
    table.set(key, versions);
    versions.push({ from, row });
  };

  putCalendar();
  for (const code of codes) putStock(code, 0, { list_status: "L" });
  for (const period of [
    "20230331",
    "20230630",
    "20230930",
    "20231231",
    "20240331",
    "20240630",
    "20240930",
    "20241231",
  ]) {
    for (const ts_code of codes.slice(0, 2))
      put("disclosure_date", `${ts_code} ${period}`, 0, {
        ts_code,
        end_date: period,
        ann_date: period,
        pre_date: period,
      });
  }
  put("bse_mapping", "430047.BJ", 0, {
    name: "诺思兰德",
    o_code: "430047.BJ",
    n_code: "920047.BJ",
    list_date: "20201124",
  });

  const suspended = chance.is(0.6)
    ? { code: codes[1] ?? "", days: days.slice(2, 2 + chance.whole(1, 3)) }
    : undefined;
  for (const [dayAt, trade_date] of days.entries()) {
    for (const [codeAt, ts_code] of codes.entries()) putDay(ts_code, trade_date, codeAt, dayAt);
  }

  function putCalendar(): void {
    let pretrade_date: string | null = null;
    const first = momentOf("19901219", 12);
    const last = momentOf(`${Number(lastDay.slice(0, 4)) + 2}1231`, 12);
    const own = new Set(all);
    for (let time = first, far = 0; time <= last; time += day, far += 1) {
      const cal_date = dayOf(time);
      const isEnd = cal_date.endsWith("1231") || cal_date.endsWith("0101");
      if (!own.has(cal_date) && far % 20 !== 0 && !isEnd) continue;
      const is_open = own.has(cal_date) && isOpen(cal_date) ? 1 : 0;
      put("trade_cal", cal_date, 0, { exchange: "SSE", cal_date, is_open, pretrade_date });
      if (is_open === 1) pretrade_date = cal_date;
    }
  }

  function putStock(ts_code: string, from: number, changes: Row): void {
    const row = { ts_code, name: `股票${ts_code.slice(0, 6)}`, symbol: ts_code.slice(0, 6), market: "主板" };
    const dates = { list_date: "20100104", delist_date: null };
    const exchange = ts_code.endsWith("SH") ? "SSE" : "SZSE";
    put("stock_basic", ts_code, from, {
      ...row,
      ...dates,
      exchange,
      is_hs: "N",
      curr_type: "CNY",
      ...changes,
    });
  }

  function putDay(ts_code: string, trade_date: string, codeAt: number, dayAt: number): void {
    const key = `${ts_code} ${trade_date}`;
    const since = (name: keyof typeof published) => momentOf(trade_date, published[name]);
    put("adj_factor", key, since("adj_factor"), {
      ts_code,
      trade_date,
      adj_factor: round(1 + codeAt * 1.07, 4),
    });
    if (suspended?.code === ts_code && suspended.days.includes(trade_date)) {
      const row = { ts_code, trade_date, suspend_type: "S", suspend_timing: null };
      put("suspend_d", key, since("suspend_d"), row);
      return;
    }
    const close = round(10 + codeAt * 3 + dayAt * 0.1);
    const prices = { open: close, high: close, low: close, close, pre_close: round(close - 0.1) };
    const moves = {
      change: 0.1,
      pct_chg: round(10 / close, 4),
      vol: 100 + codeAt,
      amount: round(close * (10 + codeAt / 10), 3),
    };
    put("daily", key, since("daily"), { ts_code, trade_date, ...prices, ...moves });
    const values = valuations.map((name, nameAt) => [
      name,
      name === "pe" && codeAt === 1 ? null : nameAt + codeAt + dayAt / 4,
    ]);
    put("daily_basic", key, since("daily_basic"), { ts_code, trade_date, ...Object.fromEntries(values) });
  }

  const versionAt = (versions: Versions, time: number) => versions.findLast(({ from }) => from <= time)?.row;
  const rowsAt = (name: string, time: number): Row[] =>
    [...(tables.get(name)?.values() ?? [])].flatMap((versions): Row[] => {
      const row = versionAt(versions, time);
      return row === undefined ? [] : [row];
    });

  return {
    ...{ days, firstDay, lastDay, codes, rowsAt },
    delay(trade_date, until, some = codes) {
      for (const name of ["daily", "daily_basic"]) {
        for (const code of some) {
          const versions = tables.get(name)?.get(`${code} ${trade_date}`);
          if (versions?.[0] !== undefined)
            versions[0] = { ...versions[0], from: Math.max(versions[0].from, until) };
        }
      }
    },
    restate(trade_date, time, some) {
      for (const code of some) {
        const versions = tables.get("daily")?.get(`${code} ${trade_date}`);
        const last = versions?.at(-1);
        if (last?.row === undefined || last.from >= time) continue;
        const { amount, pct_chg } = last.row;
        versions?.push({
          from: time,
          row: { ...last.row, amount: Number(amount) + 1, pct_chg: Number(pct_chg) + 0.01 },
        });
      }
    },
    relist(code, time) {
      const on = dayOf(time + day);
      if (code === later && !codes.includes(code)) {
        putStock(code, time, { list_status: "L", list_date: on });
        for (const [dayAt, each] of days.entries())
          if (each >= on) putDay(code, each, allCodes.length, dayAt);
      } else {
        putStock(code, time, { list_status: "D", delist_date: on });
        for (const name of ["daily", "adj_factor", "daily_basic", "suspend_d"])
          for (const each of days) if (each >= on) tables.get(name)?.delete(`${code} ${each}`);
      }
    },
    daily(wanted, time) {
      const keyOf = (row: Row) => `${row.ts_code} ${row.trade_date}`;
      const details = ["adj_factor", "daily_basic"].map(
        (name) => new Map(rowsAt(name, time).map((row) => [keyOf(row), row])),
      );
      return rowsAt("daily", time)
        .filter(({ trade_date }) => wanted.includes(String(trade_date)))
        .map((row) => asTexts({ ...row, ...details[0]?.get(keyOf(row)), ...details[1]?.get(keyOf(row)) }))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
  };
}

/** The stock that is not listed yet when a run begins. */
export const newcomer = allCodes.at(-1) ?? "";

export const dailyColumns = [
  ...[
    "ts_code",
    "trade_date",
    "open",
    "high",
    "low",
    "close",
    "pre_close",
    "change",
    "pct_chg",
    "vol",
    "amount",
  ],
  ...["adj_factor", ...valuations],
];

function asTexts(row: Row): Record<string, string | null> {
  return Object.fromEntries(dailyColumns.map((name) => [name, row[name] == null ? null : String(row[name])]));
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
