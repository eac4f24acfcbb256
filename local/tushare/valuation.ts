// The daily_basic row of the generated market: share counts, market values and ratios that agree with the day's bar.
import { unit } from "./hash.ts";
import type { Row } from "./interfaces.ts";
import { eventsUntil, floatShares, makeBar, totalShares, turnoverPercent } from "./prices.ts";
import type { Security } from "./securities.ts";

/** The row of a day on which the stock has its `rank`-th bar; `date` is YYYYMMDD. */
export function valuationRow(security: Security, code: string, date: string, rank: number): Row {
  const { seed } = security;
  const bar = makeBar(security, rank);
  const close = bar.close / security.ticks;
  const events = eventsUntil(security.exRanks, rank);
  const total = totalShares(security, events);
  const float = floatShares(security, rank, events);
  const free = round(float * (0.4 + 0.55 * unit(seed, 124)), 4);

  const usualPrice = Math.exp(security.logPrice);
  const year = reportedYear(date);
  const annual = earningsYield(security, year);
  const trailing = annual + (earningsYield(security, year + 1) - annual) * laterQuarters(date);
  const sales = (0.1 + 2 * unit(seed, 63) ** 2) * (0.8 + 0.4 * unit(seed, year, 64));
  const lacksEquity = security.limit === 0.05 && unit(seed, 65) < 0.12;
  const book = 0.15 + 0.8 * unit(seed, 66);
  const dividend = lastDividend(security, events, rank);
  const ratio = (base: number) => (base <= 0 ? null : round(close / (usualPrice * base), 4));

  return [
    code,
    date,
    close,
    round(bar.vol / float, 4),
    round(bar.vol / free, 4),
    rank < 5 ? null : round(volumeRatio(security, rank), 2),
    ratio(annual),
    ratio(trailing),
    lacksEquity ? null : ratio(book),
    ratio(sales),
    ratio(sales * (0.95 + 0.1 * unit(seed, year, 67))),
    dividend === undefined ? null : round((dividend.cash * 100 * usualPrice) / close, 4),
    dividend?.isOfLastYear ? round((dividend.cash * 100 * usualPrice) / close, 4) : null,
    total,
    float,
    free,
    round(close * total, 4),
    round(close * float, 4),
    0,
  ];
}

// Annual reports are all out by the end of April.
function reportedYear(date: string): number {
  return Number(date.slice(0, 4)) - (date.slice(4) > "0430" ? 1 : 2);
}

function laterQuarters(date: string): number {
  const day = date.slice(4);
  if (day > "1031") return 0.75;
  if (day > "0831") return 0.5;
  return day > "0430" ? 0.25 : 0.75;
}

// Profit of a year as a fraction of the usual price; some stocks often make a loss, most never.
function earningsYield({ seed, limit }: Security, year: number): number {
  const lossRate = limit === 0.05 ? 0.8 : 0.6 * unit(seed, 61) ** 2;
  const luck = unit(seed, year, 62);
  return luck < lossRate ? -0.01 - 0.1 * luck : 0.0005 + 0.09 * unit(seed, year, 60) ** 2;
}

function volumeRatio(security: Security, rank: number): number {
  let before = 0;
  for (let back = 1; back <= 5; back++) before += turnoverPercent(security, rank - back);
  return (turnoverPercent(security, rank) * 5) / before;
}

function lastDividend(security: Security, events: number, rank: number) {
  const exRank = security.exRanks[events - 1];
  if (exRank === undefined || rank - exRank > 500) return undefined;
  const factor = (security.factors[events - 1] ?? 1) / (security.factors[events - 2] ?? 1);
  const shares = (security.shareFactors[events - 1] ?? 1) / (security.shareFactors[events - 2] ?? 1);
  return { cash: Math.max(0.0001, factor / shares - 1), isOfLastYear: rank - exRank <= 242 };
}

function round(value: number, digits: 2 | 4): number {
  const scale = digits === 2 ? 100 : 10000;
  return Math.round(value * scale) / scale;
}
