// The generated market as a source of rows: which codes and days a query selects, in which order the rows come.
// Everything is a function of seed, size and day, so the order of the requests never changes a reply.
import {
  type DayRows,
  fundBar,
  fundFactor,
  type Line,
  makeLines,
  stockBar,
  stockFactor,
  suspension,
  valuation,
} from "./bars.ts";
import { type Calendar, makeCalendar } from "./calendar.ts";
import type { Moment } from "./clock.ts";
import { type Interfaces, known } from "./default-interfaces.ts";
import { makeDefaultReader } from "./default-rows.ts";
import { disclosureRows, financeRows } from "./finance.ts";
import { etfRow, fundRow } from "./funds.ts";
import { mix, shuffle, textHash } from "./hash.ts";
import { type Interface, type InterfaceName, interfaces, type Query, type Row } from "./interfaces.ts";
import { makeSecurities, type Security } from "./securities.ts";
import { type Source, selector, wantedCodes } from "./select.ts";
import { codeOn, dayUntil, movedRows, statusOn, stockRow } from "./stock-list.ts";
import { makePopulation } from "./subjects.ts";

export type MarketOptions = {
  /** Points of the account. */
  readonly points?: number;
  readonly seed: number;
  readonly stocks: number;
  /** When the rows of a day appear, HH:MM, by interface; overrides the known hour. */
  readonly publicationHour: Readonly<Record<string, string>>;
  /** The interfaces that are served; by default the catalogue's. */
  readonly interfaces?: Interfaces;
};

type Reader = (query: Query, now: Moment) => Iterable<Row>;

/** Makes the market; takes some tenths of a second at full size. */
export function makeMarket({
  seed,
  stocks: size,
  points = 2000,
  publicationHour,
  interfaces: served = known,
}: MarketOptions): Source {
  const calendar = makeCalendar();
  const { openDays } = calendar;
  const securities = makeSecurities(calendar, seed, size);
  const stocks = securities.filter(({ board }) => board.kind === "stock");
  const funds = securities.filter(({ board }) => board.kind !== "stock");
  const orderOf = (name: InterfaceName) => mix(seed, textHash(name));

  // Newest day first; within a day in a seeded order, the same on every page.
  function byDay(name: InterfaceName, lines: readonly Line[], rowsOf: DayRows): Reader {
    return function* read(query, now) {
      const codes = wantedCodes(interfaces[name], query);
      const today = dayUntil(calendar, now.date);
      const chosen = lines.filter((line) => line.visibleFrom <= today && (!codes || codes.has(line.code)));
      const oldest = chosen.reduce((low, { from }) => Math.min(low, from), Infinity);
      const newest = chosen.reduce((high, { to }) => Math.max(high, to - 1), -1);
      const [first, last] = dayRange(calendar, query, lastDay(name, now));
      for (let day = Math.min(last, newest); day >= Math.max(first, oldest); day--) {
        const date = openDays[day] ?? "";
        const rows: Row[] = [];
        for (const line of chosen) {
          if (day >= line.from && day < line.to) rows.push(...rowsOf(line, day, date));
        }
        yield* chosen.length > 1 ? shuffle(rows, mix(orderOf(name), day)) : rows;
      }
    };
  }

  // One row for each security, in an order that is not the order of the codes.
  function list(
    name: InterfaceName,
    members: readonly Security[],
    rowOf: (calendar: Calendar, security: Security, today: string) => Row | undefined,
  ): Reader {
    const order = shuffle([...members], orderOf(name));
    return (_query, now) =>
      order.map((member) => rowOf(calendar, member, now.date) ?? []).filter((row) => row.length > 0);
  }

  // The last open day whose rows are published.
  function lastDay(name: string, now: Moment): number {
    return dayUntil(calendar, lastDate(name, now));
  }

  // The last calendar day whose rows are published: today, or before the publication hour the day before.
  function lastDate(name: string, now: Moment): string {
    const face: Interface | undefined = served.find(name);
    const hour = publicationHour[name] ?? face?.publishedAt ?? "00:00";
    return now.time < hour ? `${Number(now.date) - 1}` : now.date; // as a text before today and not before yesterday
  }

  function reporting(query: Query, now: Moment): [string, Security][] {
    const today = dayUntil(calendar, now.date);
    return stocks
      .filter(({ listed }) => listed <= today)
      .map((stock): [string, Security] => [codeOn(stock, today), stock])
      .filter(([code]) => query.ts_code === undefined || code === query.ts_code);
  }

  const reports: Reader = (query, now) => financeRows(calendar, reporting(query, now), query, now.date);
  const readers: Record<InterfaceName, Reader> = {
    trade_cal: (query, now) => calendarRows(calendar, query, now),
    stock_basic: list("stock_basic", stocks, stockRow),
    bse_mapping: (_query, now) => movedRows(calendar, stocks, now.date),
    daily: byDay("daily", makeLines(stocks), stockBar),
    adj_factor: byDay("adj_factor", makeLines(stocks), stockFactor),
    daily_basic: byDay("daily_basic", makeLines(stocks), valuation),
    suspend_d: byDay("suspend_d", makeLines(stocks), suspension),
    fina_indicator: reports,
    fina_indicator_vip: reports,
    disclosure_date: (query, now) => disclosureRows(calendar, reporting(query, now), query, now.date),
    fund_basic: list("fund_basic", funds, fundRow),
    etf_basic: list("etf_basic", funds, etfRow),
    fund_daily: byDay("fund_daily", makeLines(funds), fundBar),
    fund_adj: byDay("fund_adj", makeLines(funds), fundFactor),
    user: (_query, now) => [["100001", `${Number(now.date.slice(0, 4)) + 1}-01-01`, points]],
  };

  const population = makePopulation({ seed, calendar, files: served.files }, securities);
  const defaultReaders = new Map<string, Reader>();

  function readerOf(name: string): Reader | undefined {
    if (Object.hasOwn(readers, name)) return readers[name as InterfaceName]; // as: it is one of its names
    const face = served.defaults.get(name);
    if (face === undefined || defaultReaders.has(name)) return defaultReaders.get(name);
    const read = makeDefaultReader({ seed, calendar }, population.subjectsOf(face), face);
    const reader: Reader = (query, now) => read(query, lastDate(name, now), now.date);
    defaultReaders.set(name, reader);
    return reader;
  }

  return {
    *rows(name, query, now) {
      const [reader, face] = [readerOf(name), served.find(name)];
      if (reader === undefined || face === undefined) return;
      const isWanted = selector(face, query);
      for (const row of reader(query, now)) if (isWanted(row)) yield row;
    },
    about: (now) => ({
      source: "generated",
      firstDate: openDays[0] ?? "",
      lastDate: openDays[lastDay("daily", now)] ?? "",
      listed: stocks.filter((stock) => statusOn(calendar, stock, now.date) === "L").length,
    }),
  };
}

function dayRange(calendar: Calendar, query: Query, last: number): [number, number] {
  const { trade_date: date, start_date: start, end_date: end } = query;
  let from = start === undefined ? 0 : calendar.indexFrom(start);
  let to = end === undefined ? last : Math.min(last, calendar.indexFrom(`${end}\0`) - 1); // the first text above `end`
  if (date !== undefined) {
    const day = calendar.indexFrom(date);
    from = Math.max(from, day);
    to = Math.min(to, calendar.openDays[day] === date ? day : -1);
  }
  return [from, to];
}

// Newest first. The next year is published in December. Both exchanges open on the same days.
function calendarRows({ days }: Calendar, { exchange = "SSE" }: Query, { date: today }: Moment): Row[] {
  if (exchange !== "SSE" && exchange !== "SZSE") return [];
  const end = `${Number(today.slice(0, 4)) + (today.slice(4) >= "1201" ? 1 : 0)}1231`;
  return days
    .filter(({ date }) => date <= end)
    .map(({ date, isOpen, previousOpen }): Row => [exchange, date, isOpen ? 1 : 0, previousOpen])
    .reverse();
}
