// Prices for datasets that have them, from the market's random walk: a stock's are those of `daily`, and the first
// price of a step follows from the last price of the step before.
import type { Measure } from "../../shared/catalogue/measures.ts";
import type { Line } from "./bars.ts";
import type { Calendar } from "./calendar.ts";
import { textHash, unit } from "./hash.ts";
import { makeBar, rankOf } from "./prices.ts";
import type { Security } from "./securities.ts";
import type { Step } from "./steps.ts";

/** In the digits of the security: cents of stocks, thousandths of funds, ten-thousandths of indices. */
export type StepBar = {
  readonly ticks: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly preClose: number;
  readonly vol: number;
  readonly amount: number;
};

/** The fields of a bar by TuShare's names, each converted to the measure of its column. */
export const barFields: Readonly<Record<string, (bar: StepBar, measure: Measure | undefined) => number>> = {
  open: ({ open, ticks }) => open / ticks,
  high: ({ high, ticks }) => high / ticks,
  low: ({ low, ticks }) => low / ticks,
  close: ({ close, ticks }) => close / ticks,
  pre_close: ({ preClose, ticks }) => preClose / ticks,
  change: ({ close, preClose, ticks }) => (close - preClose) / ticks,
  pct_chg: percentChange,
  pct_change: percentChange,
  vol: ({ vol }, measure) => rounded(vol * (perLot[measure ?? "lots"] ?? 1), 2),
  amount: ({ amount }, measure) => rounded(amount * (perThousand[measure ?? "thousand CNY"] ?? 1), 3),
};

const perLot: Readonly<Partial<Record<Measure, number>>> = { shares: 100, "ten thousand shares": 0.01 };
const perThousand: Readonly<Partial<Record<Measure, number>>> = { CNY: 1000, "ten thousand CNY": 0.1 };

/**
 * A security outside the market: an index, or anything else that a dataset's file names by its code. Listed since the
 * market's first day.
 */
export function namedSecurity(
  calendar: Calendar,
  like: Security,
  code: string,
  seed: number,
  first: string,
): Security {
  const own = textHash(`${code} ${seed}`);
  const listed = calendar.indexFrom(first);
  return {
    ...like,
    ...{ seed: own, code, ticks: 10_000, listed, delisted: Infinity, parkedFrom: Infinity },
    ...{ logPrice: Math.log(800) + 2 * unit(own, 1), step: 0.006, limit: 0.1, firstDayRise: 0 },
    ...{ pauses: [], exRanks: [], exDays: [], factors: [], shareFactors: [] },
    names: [{ from: listed, name: `指数${code.slice(0, 6)}`, pinyin: "" }],
  };
}

/** The bar of a line and a step; undefined when it did not trade. A step of a month is one bar of all its days. */
export function barOf({ security }: Line, step: Step, previous: number | undefined): StepBar | undefined {
  const rank = previous === undefined ? rankOf(security, step.day) : lastRank(security, step.day);
  if (rank < 0) return undefined;
  const { ticks } = security;
  const bar = makeBar(security, rank);
  const before = previous === undefined ? -1 : lastRank(security, previous);
  if (previous === undefined) return { ticks, ...bar };
  if (before === rank) return undefined; // it did not trade in the month
  const preClose = before < 0 ? bar.preClose : makeBar(security, before).close;
  const days = Math.max(1, rank - before);
  const reach = Math.round(bar.close * security.step * unit(security.seed, rank, 141));
  return {
    ...{ ticks, preClose, open: preClose, close: bar.close },
    high: Math.max(preClose, bar.close) + reach,
    low: Math.max(1, Math.min(preClose, bar.close) - reach),
    vol: bar.vol * days,
    amount: bar.amount * days,
  };
}

/** How many bars there were before the last one up to a day; -1 where there was none. */
function lastRank(security: Security, day: number): number {
  for (let at = Math.min(day, security.delisted - 1); at >= security.listed; at--) {
    const rank = rankOf(security, at);
    if (rank >= 0) return rank;
  }
  return -1;
}

function percentChange({ close, preClose }: StepBar, measure: Measure | undefined): number {
  const part = (close - preClose) / preClose;
  return measure === "ratio" ? rounded(part, 6) : rounded(part * 100, 4);
}

export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
