// The rows of one security on one day, for every interface that has such rows: bar, factor, valuation, suspension.
import { unit } from "./hash.ts";
import type { Cell, Row } from "./interfaces.ts";
import { factorOn, makeBar, rankOf } from "./prices.ts";
import type { Security } from "./securities.ts";
import { valuationRow } from "./valuation.ts";

/** A code and its days: `from` included, `to` excluded, visible from `visibleFrom` on. */
export type Line = {
  readonly code: string;
  readonly security: Security;
  readonly from: number;
  readonly to: number;
  readonly visibleFrom: number;
};

/** Rows of a line on a day; an empty list when it has none. */
export type DayRows = (line: Line, day: number, date: string) => readonly Row[];

/** The lines of the securities. After a change of code both codes have rows, the old one up to the change. */
export function makeLines(securities: readonly Security[]): Line[] {
  return securities.flatMap((security): Line[] => {
    const { code, formerCode, recodedOn, listed: from, delisted: to } = security;
    if (formerCode === undefined || recodedOn === undefined)
      return [{ code, security, from, to, visibleFrom: 0 }];
    return [
      { code: formerCode, security, from, to: recodedOn, visibleFrom: 0 },
      { code, security, from, to, visibleFrom: recodedOn },
    ];
  });
}

const afterHoursSince = "20260706"; // from this day all Shanghai and Shenzhen shares have the fixed-price session

export const stockBar: DayRows = ({ code, security }, day, date) => {
  const rank = rankOf(security, day);
  if (rank < 0) return [];
  const { ticks, seed, board } = security;
  const bar = makeBar(security, rank);
  const close = bar.close / ticks;
  const prices = [bar.open / ticks, bar.high / ticks, bar.low / ticks, close];
  const hasAfterHours = date >= afterHoursSince && board.suffix !== "BJ";
  const lots = hasAfterHours ? Math.round(bar.vol * 0.004 * unit(seed, rank, 81) * 100) / 100 : null;
  const money = lots === null ? null : Math.round(lots * 100 * close) / 1000;
  return [
    [code, date, ...prices, ...moves(bar.close, bar.preClose, ticks), bar.vol, bar.amount, lots, money],
  ];
};

export const fundBar: DayRows = ({ code, security }, day, date) => {
  const rank = rankOf(security, day);
  if (rank < 0) return [];
  const { ticks } = security;
  const bar = makeBar(security, rank);
  const prices = [bar.open / ticks, bar.high / ticks, bar.low / ticks, bar.close / ticks];
  const [preClose, change, percent] = moves(bar.close, bar.preClose, ticks);
  return [[code, date, preClose, ...prices, change, percent, bar.vol, bar.amount]];
};

/** A factor has a row on suspended days too. */
export const stockFactor: DayRows = ({ code, security }, day, date) => [
  [code, date, factorOn(security, day)],
];

export const fundFactor: DayRows = ({ code, security }, day, date) => [
  [code, date, Math.round(factorOn(security, day) * 1000) / 1000, null],
];

export const valuation: DayRows = ({ code, security }, day, date) => {
  const rank = rankOf(security, day);
  return rank < 0 ? [] : [valuationRow(security, code, date, rank)];
};

/** S on every day of a suspension, R on the day of return, and now and then S for half an hour of a day with a bar. */
export const suspension: DayRows = ({ code, security }, day, date) => {
  const row = (timing: Cell, type: "S" | "R"): Row => [code, date, timing, type];
  if (rankOf(security, day) < 0) return [row(null, "S")];
  const rows: Row[] = [];
  if (day > security.listed && rankOf(security, day - 1) < 0) rows.push(row(null, "R"));
  if (unit(security.seed, day, 82) < 0.0004) rows.push(row("09:30-10:00", "S"));
  return rows;
};

function moves(close: number, preClose: number, ticks: number): [number, number, number] {
  const percent = Math.round(((close - preClose) / preClose) * 1e6) / 1e4;
  return [preClose / ticks, (close - preClose) / ticks, percent];
}
