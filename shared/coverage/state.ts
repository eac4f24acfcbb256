// What a person sees of a day: one word, and a dataset's coverage by month. Pure.
import type { Day } from "../catalogue/dates.ts";
import type { DayCoverage } from "./stored-days.ts";

/**
 * whole: every row is stored or explained. whole_with_unexplained: nothing is to be fetched any more, but some rows were
 * looked for and not found. partial: something is missing. not_due: not published yet. not_asked: no task covered the day.
 */
export const coverageStates = ["whole", "whole_with_unexplained", "partial", "not_due", "not_asked"] as const;
export type CoverageState = (typeof coverageStates)[number];

/** A task for some codes stores less of a day than this share of its rows. */
const shareOfDay = 0.8;

/** @param due the newest day whose data is due */
export function stateOfDay(rows: DayCoverage, due: Day): CoverageState {
  if (rows.whole) return (rows.unexplained ?? 0) > 0 ? "whole_with_unexplained" : "whole";
  if (rows.day > due) return "not_due";
  const { expected, stored, asked } = rows;
  if (expected === 0) return "not_asked"; // nothing was listed
  if (!asked && stored < shareOfDay * (expected ?? Number.POSITIVE_INFINITY)) return "not_asked";
  return "partial";
}

const figures = ["stored", "expected", "explained", "unexplained", "missing"] as const;

/** A month's days that are due, and the sums of their rows; null where no list says which rows a day must have. */
export type MonthCoverage = {
  /** YYYYMM */
  readonly month: string;
  readonly days: number;
  readonly wholeDays: number;
  readonly stored: number;
} & Readonly<Record<Exclude<(typeof figures)[number], "stored">, number | null>>;

/** Coverage by month, ascending. */
export function byMonth(days: readonly DayCoverage[], due: Day): MonthCoverage[] {
  const months = Map.groupBy(
    days.filter(({ day, whole }) => whole || day <= due),
    ({ day }) => day.slice(0, 6),
  );
  return [...months].map(([month, ofMonth]) => ({
    month,
    days: ofMonth.length,
    wholeDays: ofMonth.filter(({ whole }) => whole).length,
    stored: sumOf(ofMonth, "stored") ?? 0,
    expected: sumOf(ofMonth, "expected"),
    explained: sumOf(ofMonth, "explained"),
    unexplained: sumOf(ofMonth, "unexplained"),
    missing: sumOf(ofMonth, "missing"),
  }));
}

function sumOf(days: readonly DayCoverage[], figure: (typeof figures)[number]): number | null {
  return days.reduce<number | null>(
    (sum, { [figure]: count }) => (sum === null || count === null ? null : sum + count),
    0,
  );
}
