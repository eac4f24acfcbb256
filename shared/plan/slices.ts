// The slices of a range of time, and how far back increments look. Pure.
import { isByTradingDay, type Slices } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import {
  addDays,
  type Day,
  daysBetween,
  earlier,
  firstTradingDay,
  weekday as weekdayOf,
} from "../catalogue/dates.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import { type Calendar, type DayRange, openDayBack, openDaysIn } from "../coverage/calendar.ts";

/** Slices that follow one another in time. */
export type TimedSlices = Exclude<Slices, "lists" | "periods">;

/** How a range of time is divided into slices. */
export type SliceRule = {
  /** The slices that overlap a range, the oldest first. `due` is the newest due day; the range ends on it or before. */
  readonly selectors: (
    dataset: Dataset,
    range: DayRange,
    due: Day,
    calendar: Calendar,
  ) => readonly Selector[];
  /** The day on which the slice of a day is due: for a month its last day, else the day itself. */
  readonly endOf: (day: Day) => Day;
  /** The last day of the newest due slice, when data is due up to `day`. */
  readonly newestDue: (day: Day) => Day;
  /** The first day that an increment checks again. */
  readonly back: (dataset: Dataset, to: Day, settings: Settings, calendar: Calendar) => Day;
};

/** For slices that become due day by day. */
const daily = { endOf: (day: Day) => day, newestDue: (day: Day) => day };

const byOpenDay: SliceRule = {
  ...daily,
  selectors: (dataset, range, _due, calendar) =>
    daysOf(dataset, range, calendar).map((trade_date) => ({ by: "date", trade_date })),
  back: (_dataset, to, settings, calendar) =>
    openDayBack(calendar, to, Math.max(1, settings.SYNC_DAILY_LOOKBACK_DAYS)),
};

export const sliceRules: Readonly<Record<TimedSlices, SliceRule>> = {
  days: byOpenDay,
  codes: byOpenDay, // these are the days to check; the units are by code
  announcements: {
    ...daily,
    selectors: ({ weekday }, range) =>
      daysIn(range)
        .filter((day) => weekday === undefined || weekdayOf(day) === weekday)
        .map((ann_date) => ({ by: "announced", ann_date })),
    back: (_dataset, to, settings) => addDays(to, 1 - Math.max(1, settings.SYNC_DAILY_LOOKBACK_DAYS)),
  },
  months: {
    selectors: (_dataset, range) => monthsOf(range).map((month) => ({ by: "month", month })),
    endOf: lastOfMonth,
    newestDue: (day) => (lastOfMonth(day) === day ? day : addDays(firstOfMonth(day), -1)),
    back: (_dataset, to) => firstOfMonth(addDays(firstOfMonth(to), -1)), // two months: this one and the one before
  },
  ranges: {
    ...daily,
    // A range that has not ended is fetched up to the newest due day: its rows are published day by day.
    selectors: (dataset, range, due) => rangeSelectors(dataset, range, due),
    back: (dataset, to) => addDays(to, 1 - daysOfRange(dataset)),
  },
};

/** The newest ranges when data is due up to `due`: the one that lasts, and the one before it unless it ended long ago. */
export function newestRanges(dataset: Dataset, due: Day): Selector[] {
  return rangeSelectors(dataset, { from: addDays(due, 1 - daysOfRange(dataset)), to: due }, due);
}

function rangeSelectors(dataset: Dataset, range: DayRange, due: Day): Selector[] {
  return rangesOf(dataset, range).map(({ from, to }) => ({ by: "range", from, to: earlier(to, due) }));
}

/** The first day that can have data. */
export function firstDayOf({ firstDay }: Dataset): Day {
  return firstDay ?? firstTradingDay;
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 6)}01`;
}

function lastOfMonth(day: Day): Day {
  return addDays(firstOfMonth(addDays(`${day.slice(0, 6)}28`, 4)), -1);
}

function daysOf(dataset: Dataset, range: DayRange, calendar: Calendar): Day[] {
  return isByTradingDay(dataset) ? openDaysIn(calendar, range) : daysIn(range);
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

/** Ranges of equal length counted from the first day, whatever the requested range: later plans can then reuse answers. */
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
