// The trading calendar: read once for a plan, then used in memory.
import type { Day } from "../catalogue/dates.ts";
import type { Database } from "../ports.ts";

export type DayRange = { readonly from: Day; readonly to: Day };

/** The first and last missing day of a stock. */
export type MissingRange = DayRange & { readonly ts_code: string };

export type Calendar = {
  /** First and last day of the calendar; undefined when it is empty. */
  readonly firstDay: Day | undefined;
  readonly lastDay: Day | undefined;
  /** Ascending. */
  readonly openDays: readonly Day[];
  /** Gaps: `day` names another previous open day than `before`, the one that is stored. */
  readonly holes: readonly { readonly before: Day; readonly day: Day }[];
};

/** The whole calendar, as one row for each year: a result row of the Data API holds at most 64 KB. */
export async function readCalendar(database: Database): Promise<Calendar> {
  const years = await database.run(
    `select to_char(min(cal_date), 'YYYYMMDD') as first_day, to_char(max(cal_date), 'YYYYMMDD') as last_day,
  string_agg(to_char(cal_date, 'YYYYMMDD'), ',' order by cal_date) filter (where is_open = 1) as open_days,
  string_agg(to_char(day_before, 'YYYYMMDD') || '-' || to_char(cal_date, 'YYYYMMDD'), ',' order by cal_date)
    filter (where is_open = 1 and pretrade_date <> day_before) as holes
from (
  select cal_date, is_open, pretrade_date, lag(cal_date) over (partition by is_open order by cal_date) as day_before
  from trade_cal
  where exchange = 'SSE'
) as calendar_day
group by extract(year from cal_date)
order by first_day`,
  );
  const texts = (column: string) =>
    years.flatMap((year) => (typeof year[column] === "string" ? year[column].split(",") : []));
  return {
    firstDay: texts("first_day")[0],
    lastDay: texts("last_day").at(-1),
    openDays: texts("open_days"),
    holes: texts("holes").map((hole) => ({ before: hole.slice(0, 8), day: hole.slice(9) })),
  };
}

/** Open days of a range, ascending. */
export function openDaysIn({ openDays }: Calendar, { from, to }: DayRange): Day[] {
  return openDays.filter((day) => day >= from && day <= to);
}

/** The first of the last `count` open days up to `to`; with fewer days the first of them, with none `to` itself. */
export function openDayBack({ openDays }: Calendar, to: Day, count: number): Day {
  return openDays.filter((day) => day <= to).slice(-Math.max(1, count))[0] ?? to;
}

/** The open day after a gap that overlaps a range. */
export function holeIn({ holes }: Calendar, { from, to }: DayRange): Day | undefined {
  return holes.find(({ before, day }) => day > from && before < to)?.day;
}
