// The steps for which a dataset has rows: days, months, report periods. Generated newest first.
import type { Calendar } from "./calendar.ts";
import type { Pace } from "./default-interfaces.ts";
import { quarterEnds } from "./finance.ts";
import { dayUntil } from "./stock-list.ts";

export type Step = {
  /** Its number among the steps of its pace: neighbours differ by one. */
  readonly at: number;
  /** The value of the time column. */
  readonly value: string;
  /** The day of the rows, YYYYMMDD. */
  readonly date: string;
  /** Index of the last open day that is not after it. */
  readonly day: number;
};

/** First and last value of the time column, both included; days are also limited to the days with data. */
export type Bounds = {
  readonly low: string;
  readonly high: string;
  readonly first: string;
  readonly last: string;
};

/** @param isDay whether the time column holds a day, when it could also hold a month */
export function* stepsBetween(
  calendar: Calendar,
  pace: Pace,
  isDay: boolean,
  { low, high, first, last }: Bounds,
): Generator<Step> {
  for (const step of allSteps(calendar, pace, isDay, last)) {
    if (step.date < first || (pace !== "once" && step.value < low)) return;
    if (pace === "once" || step.value <= high) yield step;
  }
}

function* allSteps(calendar: Calendar, pace: Pace, isDay: boolean, last: string): Generator<Step> {
  const { openDays } = calendar;
  const newest = dayUntil(calendar, last);
  if (pace === "once") {
    yield { at: 0, value: "", date: last, day: newest };
  } else if (pace === "days") {
    for (let day = newest; day >= 0; day--) {
      const date = openDays[day] ?? "";
      yield { at: day, value: date, date, day };
    }
  } else if (pace === "calendar days") {
    for (let at = calendar.days.findLastIndex(({ date }) => date <= last); at >= 0; at--) {
      const date = calendar.days[at]?.date ?? "";
      yield { at, value: date, date, day: dayUntil(calendar, date) };
    }
  } else if (pace === "periods") {
    yield* periods(calendar, last);
  } else {
    yield* closedMonths(calendar, pace === "months" ? 1 : 3, isDay, last);
  }
}

function* periods(calendar: Calendar, last: string): Generator<Step> {
  for (let at = Number(last.slice(0, 4)) * 4 + 3; at >= 1990 * 4; at--) {
    const end = `${Math.floor(at / 4)}${quarterEnds[at % 4]}`;
    if (end < last) yield { at, value: end, date: end, day: dayUntil(calendar, end) };
  }
}

/** Months, or quarters, that have ended: their last open day has passed. */
function* closedMonths(calendar: Calendar, months: 1 | 3, isDay: boolean, last: string): Generator<Step> {
  const perYear = 12 / months;
  for (let at = Number(last.slice(0, 4)) * perYear + perYear - 1; ; at--) {
    const year = Math.floor(at / perYear);
    const month = ((at % perYear) + 1) * months;
    const text = `${year}${String(month).padStart(2, "0")}`;
    const day = calendar.indexFrom(`${text}32`) - 1; // no month has a 32nd day, so this is its last open one
    const date = calendar.openDays[day];
    if (date === undefined) return;
    if (date > last) continue;
    yield { at, value: isDay ? date : months === 1 ? text : `${year}Q${month / 3}`, date, day };
  }
}
