// The slices of a range: what a dataset is asked for by time, and how far back its increments look. Pure.
import type { Slices } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, daysBetween, earlier, firstTradingDay } from "../catalogue/dates.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import { type Calendar, type DayRange, openDayBack, openDaysIn } from "../coverage/calendar.ts";
import type { PlannedUnit } from "../unit.ts";

/** Slices that follow one another in time. */
export type TimedSlices = Exclude<Slices, "lists" | "periods">;

type Rule = {
  /** The slices that a range touches, the oldest first. */
  readonly selectors: (
    dataset: Dataset,
    range: DayRange,
    due: Day,
    calendar: Calendar,
  ) => readonly Selector[];
  /** The last day of the slice that a day is in, where that is due only as a whole. */
  readonly endOf?: (day: Day) => Day;
  /** The first day an increment looks at again. */
  readonly back: (dataset: Dataset, to: Day, settings: Settings, calendar: Calendar) => Day;
};

const byOpenDay: Rule = {
  selectors: (_dataset, range, _due, calendar) =>
    openDaysIn(calendar, range).map((trade_date) => ({ by: "date", trade_date })),
  back: (_dataset, to, settings, calendar) =>
    openDayBack(calendar, to, Math.max(1, settings.SYNC_DAILY_LOOKBACK_DAYS)),
};

const rules: Readonly<Record<TimedSlices, Rule>> = {
  days: byOpenDay,
  codes: byOpenDay, // each code has a row of each
  announcements: {
    selectors: (_dataset, range) => daysIn(range).map((ann_date) => ({ by: "announced", ann_date })),
    back: (_dataset, to, settings) => addDays(to, 1 - Math.max(1, settings.SYNC_DAILY_LOOKBACK_DAYS)),
  },
  months: {
    selectors: (_dataset, range) => monthsOf(range).map((month) => ({ by: "month", month })),
    endOf: (day) => lastDayOf({ by: "month", month: day.slice(0, 6) }),
    back: (_dataset, to) => firstOfMonth(addDays(firstOfMonth(to), -1)), // two months: this one and the one before
  },
  ranges: {
    // A range that has not ended is asked for up to now: its rows come day by day.
    selectors: (dataset, range, due) =>
      rangesOf(dataset, range).map(({ from, to }) => ({ by: "range", from, to: earlier(to, due) })),
    back: (dataset, to) => addDays(to, 1 - daysOfRange(dataset)),
  },
};

/** The newest day up to which whole slices are due, when its data is due to `day`. */
export function newestDue(slices: TimedSlices, day: Day): Day {
  return sliceEnd(slices, day) === day ? day : addDays(firstOfMonth(day), -1);
}

/** The day whose data makes the slice of a day due. */
export function sliceEnd(slices: TimedSlices, day: Day): Day {
  return rules[slices].endOf?.(day) ?? day;
}

/** The units of the slices that a range touches. `due` is the newest day that is due; the range does not pass it. */
export function slicesIn(
  dataset: Dataset,
  slices: TimedSlices,
  range: DayRange,
  due: Day,
  calendar: Calendar,
): PlannedUnit[] {
  const selectors = rules[slices].selectors(dataset, range, due, calendar);
  return selectors.map((selector) => ({ dataset: dataset.name, selector }));
}

/** The first day that an increment up to `to` looks at. */
export function lookBack(
  dataset: Dataset,
  slices: TimedSlices,
  to: Day,
  settings: Settings,
  calendar: Calendar,
): Day {
  return rules[slices].back(dataset, to, settings, calendar);
}

/** The first day there can be data of. */
export function firstDayOf({ firstDay }: Dataset): Day {
  return firstDay ?? firstTradingDay;
}

function lastDayOf(selector: Selector): Day {
  return daysOf(selector)?.to ?? "";
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 6)}01`;
}

function daysIn({ from, to }: DayRange): Day[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, at) => addDays(from, at));
}

function monthsOf({ from, to }: DayRange): string[] {
  const months: string[] = [];
  for (let day = from; day.slice(0, 6) <= to.slice(0, 6); day = addDays(`${day.slice(0, 6)}28`, 4)) {
    months.push(day.slice(0, 6));
  }
  return months;
}

/** Ranges of the same length from the first day on, whatever range is asked for: an answer then serves the next plan too. */
function rangesOf(dataset: Dataset, { from, to }: DayRange): DayRange[] {
  const length = daysOfRange(dataset);
  const before = Math.floor(daysBetween(firstDayOf(dataset), from) / length) * length;
  const ranges: DayRange[] = [];
  for (let first = addDays(firstDayOf(dataset), before); first <= to; first = addDays(first, length)) {
    ranges.push({ from: first, to: addDays(first, length - 1) });
  }
  return ranges;
}

/** @throws Error when the dataset's file does not say */
function daysOfRange({ name, rangeDays }: Dataset): number {
  if (rangeDays === undefined) throw new Error(`${name} has no rangeDays`);
  return rangeDays;
}
