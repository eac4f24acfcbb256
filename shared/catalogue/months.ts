// Months as ranges of days, for lists that are fetched month by month. Pure.
import { addDays, type Day } from "./dates.ts";
import type { Selector } from "./selector.ts";

/** The month, as YYYYMM, so many months after that of a day. */
export function monthAfter(day: Day, months: number): string {
  const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(4, 6)) - 1 + months;
  return `${Math.floor(count / 12)}${String((count % 12) + 1).padStart(2, "0")}`;
}

/** Each month from one to another, both included, as a range of days. */
export function monthsFrom(first: string, last: string): Selector[] {
  const ranges: Selector[] = [];
  for (let month = first; month <= last; month = monthAfter(`${month}01`, 1)) {
    ranges.push({ by: "range", from: `${month}01`, to: addDays(`${monthAfter(`${month}01`, 1)}01`, -1) });
  }
  return ranges;
}
