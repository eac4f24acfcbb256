// Prices, factors and suspensions of one security as pure functions of its seed and the day: nothing is kept, so any day
// of any year costs the same. The log price is a sum of noise at doubling spans: close to a random walk, yet each value
// needs only thirteen look-ups, and one day's move can never pass 6.9 times the security's `step`.
import { mix, unit } from "./hash.ts";

/** What the price functions need to know of a security. Days are indices into the calendar's open days. */
export type Priced = {
  readonly seed: number;
  /** Price units in one yuan: 100 for stocks, 1000 for funds. */
  readonly ticks: number;
  /** First day with a bar. */
  readonly listed: number;
  /** First day after its last bar; Infinity while it is listed. */
  readonly delisted: number;
  readonly logPrice: number;
  readonly step: number;
  /** Largest move of a day, as a fraction of pre_close. */
  readonly limit: number;
  /** How far the first close is above the issue price, as a fraction. */
  readonly firstDayRise: number;
  /** Turnover in percent of the float on an ordinary day. */
  readonly turnover: number;
  /** Suspensions as [first day, day of return) after one another, oldest first. */
  readonly pauses: readonly number[];
  /** Ex-dates: the rank of the day, and factor and share count from it on. Never on the day after a suspension. */
  readonly exRanks: readonly number[];
  readonly exDays: readonly number[];
  readonly factors: readonly number[];
  readonly shareFactors: readonly number[];
};

/** A day's bar; prices in ticks, `vol` in lots of 100, `amount` in thousand yuan. */
export type Bar = {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly preClose: number;
  readonly vol: number;
  readonly amount: number;
};

const priceLevels = 13;

/** How many bars the security had before this day, or -1 when it has none on it. */
export function rankOf(security: Priced, day: number): number {
  if (day < security.listed || day >= security.delisted) return -1;
  let rank = day - security.listed;
  const { pauses } = security;
  for (let at = 0; at < pauses.length; at += 2) {
    const from = pauses[at] as number;
    if (from > day) break;
    const to = pauses[at + 1] as number;
    if (day < to) return -1;
    rank -= to - from;
  }
  return rank;
}

/** How many ex-dates lie at or before a value, in a list of ranks or days. */
export function eventsUntil(sorted: readonly number[], value: number): number {
  let count = 0;
  while (count < sorted.length && (sorted[count] as number) <= value) count++;
  return count;
}

/** The cumulative factor of a day, suspended ones too; 1 before the first ex-date. */
export function factorOn(security: Priced, day: number): number {
  return factorAfter(security, eventsUntil(security.exDays, day));
}

export function makeBar(security: Priced, rank: number): Bar {
  const { seed, ticks } = security;
  const events = eventsUntil(security.exRanks, rank);
  const close = closeTicks(security, rank, events);
  const preClose = preCloseTicks(security, rank, events, close);
  const roof = rank === 0 ? Infinity : Math.max(close, Math.round(preClose * (1 + security.limit)));
  const floor = rank === 0 ? 1 : Math.min(close, Math.round(preClose * (1 - security.limit)));

  const body = Math.abs(close - preClose);
  const reach = Math.max(body, close * security.step * 0.8);
  const gap = (unit(seed, rank, 101) - 0.4) * (close - preClose);
  const open = within(Math.round(preClose + gap + (unit(seed, rank, 102) - 0.5) * reach * 0.3), floor, roof);
  let high = Math.max(open, close) + Math.round(unit(seed, rank, 103) * reach * 0.6);
  let low = Math.min(open, close) - Math.round(unit(seed, rank, 104) * reach * 0.6);
  high = Math.min(high, roof);
  low = Math.max(low, floor);
  if (high === low) {
    if (high < roof) high++;
    else low--;
  }

  const vol = Math.round(floatShares(security, rank, events) * turnoverPercent(security, rank) * 100) / 100;
  const average = low + (high - low) * (0.3 + 0.4 * unit(seed, rank, 105));
  const amount = Math.round((vol * 100 * average) / ticks) / 1000;
  return { open, high, low, close, preClose, vol, amount };
}

/** Turnover of a bar in percent of the float. */
export function turnoverPercent(security: Priced, rank: number): number {
  const { seed } = security;
  const season = unit(seed, rank >> 5, 111) + unit(seed, rank >> 7, 112);
  const today = unit(seed, rank, 113) + unit(seed, rank, 114);
  const fresh = rank < 20 ? 8 / (1 + rank * 0.3) : 0;
  return Math.min(60, security.turnover * Math.exp((season + today - 2) * 0.9) * (1 + fresh));
}

/** Issued shares in ten thousand. */
export function totalShares(security: Priced, events: number): number {
  const base = Math.exp(9.2 + 2.6 * unit(security.seed, 121) + 2 * unit(security.seed, 122) ** 4);
  return Math.round(base * (events === 0 ? 1 : (security.shareFactors[events - 1] ?? 1)) * 1e4) / 1e4;
}

/** Tradable shares in ten thousand: a quarter at listing, more as lock-ups of one and three years end. */
export function floatShares(security: Priced, rank: number, events: number): number {
  const full = 0.6 + 0.4 * unit(security.seed, 123);
  const part = rank < 242 ? 0.25 : rank < 726 ? 0.25 + (full - 0.25) / 2 : full;
  return Math.round(totalShares(security, events) * part * 1e4) / 1e4;
}

function closeTicks(security: Priced, rank: number, events: number): number {
  const before = events === 0 ? 0 : (security.exRanks[events - 1] as number);
  const after = security.exRanks[events];
  let drift = 0;
  if (after !== undefined) {
    // Grows towards the next ex-date by what that date will take off, so old stocks do not fade away.
    const drop = Math.log(factorAfter(security, events + 1) / factorAfter(security, events));
    drift = (drop * (rank - before)) / (after - before);
  }
  const price = Math.exp(security.logPrice + drift + security.step * walk(security.seed, rank));
  return Math.max(Math.round(price * security.ticks), security.ticks / 5);
}

function preCloseTicks(security: Priced, rank: number, events: number, close: number): number {
  if (rank === 0) return Math.max(1, Math.round(close / (1 + security.firstDayRise)));
  const isExDate = events > 0 && security.exRanks[events - 1] === rank;
  if (!isExDate) return closeTicks(security, rank - 1, events);
  const ratio = factorAfter(security, events - 1) / factorAfter(security, events);
  return Math.round(closeTicks(security, rank - 1, events - 1) * ratio);
}

function factorAfter(security: Priced, events: number): number {
  return events === 0 ? 1 : (security.factors[events - 1] ?? 1);
}

/**
 * A number for each rank that changes little from one rank to the next: a sum of noise over `levels` doubling spans.
 */
export function walk(seed: number, rank: number, levels = priceLevels): number {
  let sum = 0;
  let scale = 1;
  for (let level = 0; level < levels; level++) {
    const cell = rank >> level;
    const left = mix(seed, cell, level) / 2147483648 - 1;
    const part = (rank - (cell << level)) / (1 << level);
    const right = part === 0 ? left : mix(seed, cell + 1, level) / 2147483648 - 1;
    sum += scale * (left + (right - left) * part);
    scale *= Math.SQRT2;
  }
  return sum;
}

function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
