// The trading calendar of the generated market, from the first day of the Shanghai exchange on. Exact for the years the
// chinese-days package knows (2004 on). Before them every weekday is open, after them every weekday except holidays
// with a fixed date: only the exchange can publish the real calendar of those years.
import chineseDays from "chinese-days";

export type CalendarDay = {
  readonly date: string;
  readonly isOpen: boolean;
  readonly previousOpen: string | null;
};

export type Calendar = {
  /** Every calendar day, oldest first. */
  readonly days: readonly CalendarDay[];
  /** The open days, oldest first; a day index everywhere else is an index into this list. */
  readonly openDays: readonly string[];
  /** Index of the first open day whose text is not below `date`; texts of any form are compared as text. */
  indexFrom(date: string): number;
};

const firstDay = Date.UTC(1990, 11, 19);
const lastDay = Date.UTC(2045, 11, 31);
const dayMs = 24 * 3600 * 1000;

// Days on which the exchanges closed although the State Council's calendar has them as working days.
const shutAnyway = new Set(
  ["20040119", "20040120", "20040121", "20050207", "20050208", "20060126", "20060127", "20240209"], //
);

const fixedHolidays = new Set(
  ["0101", "0501", "0502", "0503", "0504", "0505"].concat(
    ["1001", "1002", "1003", "1004", "1005", "1006", "1007"], //
  ),
);

/** Computes the calendar; takes a few tens of milliseconds. */
export function makeCalendar(): Calendar {
  const days: CalendarDay[] = [];
  const openDays: string[] = [];
  const knownYears = new Map<string, boolean>();
  for (let at = firstDay; at <= lastDay; at += dayMs) {
    const dashed = new Date(at).toISOString().slice(0, 10);
    const date = dashed.replaceAll("-", "");
    const year = date.slice(0, 4);
    const weekday = new Date(at).getUTCDay();
    const known = knownYears.get(year) ?? isYearKnown(year);
    knownYears.set(year, known);
    const isOpen = weekday !== 0 && weekday !== 6 && !isHoliday(date, dashed, known);
    days.push({ date, isOpen, previousOpen: openDays.at(-1) ?? null });
    if (isOpen) openDays.push(date);
  }
  return { days, openDays, indexFrom: (date) => lowerBound(openDays, date) };
}

function isHoliday(date: string, dashed: string, yearIsKnown: boolean): boolean {
  if (yearIsKnown) return chineseDays.isHoliday(dashed) || shutAnyway.has(date);
  return date >= "2004" && fixedHolidays.has(date.slice(4));
}

// The package answers "working day" for years it does not know; the National Day tells the difference.
function isYearKnown(year: string): boolean {
  return chineseDays.getDayDetail(`${year}-10-01`).name.startsWith("National Day");
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
