// What is stored, and what is missing of a range: the questions the planner asks, in SQL.
// An answer that was proven whole explains the rows it did not hold; a row that has gone since is missing again.
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day } from "../catalogue/dates.ts";
import type { MissingRange } from "../plan/plan.ts";
import type { Database } from "../ports.ts";
import { isMember, membersSql } from "./members.ts";

/** Days in one question, and codes in one question: each must end within the Data API's 45 seconds. */
const daysInQuestionMax = 400;
const codesInQuestionMax = 50;

export type CalendarFacts = {
  /** First and last day the calendar knows; undefined when it is empty. */
  readonly firstDay: Day | undefined;
  readonly lastDay: Day | undefined;
  /** The open day after a hole that reaches into the range: the day it names as its predecessor is not there. */
  readonly hole: Day | undefined;
};

/** How far the calendar reaches, and whether days are missing of a range. */
export async function calendarFacts(
  database: Database,
  range: { from: Day; to: Day },
): Promise<CalendarFacts> {
  const [row] = await database.run(
    `select to_char(min(cal_date), 'YYYYMMDD') as first_day, to_char(max(cal_date), 'YYYYMMDD') as last_day,
  (
    select to_char(min(cal_date), 'YYYYMMDD')
    from (
      select cal_date, pretrade_date, lag(cal_date) over (order by cal_date) as day_before
      from trade_cal
      where exchange = 'SSE' and is_open = 1
    ) as open_day
    where pretrade_date <> day_before
      and cal_date > to_date(:from, 'YYYYMMDD') and day_before < to_date(:to, 'YYYYMMDD')
  ) as hole
from trade_cal
where exchange = 'SSE'`,
    range,
  );
  return { firstDay: textOf(row?.first_day), lastDay: textOf(row?.last_day), hole: textOf(row?.hole) };
}

/** Open days of a range, ascending. */
export async function openDays(database: Database, range: { from: Day; to: Day }): Promise<Day[]> {
  const rows = await database.run(
    `select to_char(cal_date, 'YYYYMMDD') as day
from trade_cal
where exchange = 'SSE' and is_open = 1
  and cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by cal_date`,
    range,
  );
  return rows.map(({ day }) => String(day));
}

/** The first of the last `count` open days up to `to`; `to` itself when there are fewer. */
export async function openDayBack(database: Database, to: Day, count: number): Promise<Day> {
  const [row] = await database.run(
    `select to_char(min(cal_date), 'YYYYMMDD') as day
from (
  select cal_date
  from trade_cal
  where exchange = 'SSE' and is_open = 1 and cal_date <= to_date(:to, 'YYYYMMDD')
  order by cal_date desc
  limit :count
) as recent`,
    { to, count },
  );
  return textOf(row?.day) ?? to;
}

/** Whether any unit of the dataset was ever done. The first key is asked for: "exists" would look for it row by row. */
export async function wasAsked(database: Database, dataset: Dataset): Promise<boolean> {
  const [row] = await database.run(
    "select min(unit_key) is not null as asked from sync_unit where dataset = :dataset and status = 'done'",
    { dataset: dataset.name },
  );
  return row?.asked === true;
}

/** The newest trade date stored. Looked for day by day: of a dataset without a row, a walk would pass all the others' rows. */
export async function newestStoredDay(database: Database, dataset: Dataset): Promise<Day | undefined> {
  const [row] = await database.run(
    `select to_char(cal_date, 'YYYYMMDD') as day
from trade_cal
where exchange = 'SSE' and is_open = 1
  and exists (
    select 1
    from stock_daily as daily
    where daily.trade_date = cal_date and ${isMember(dataset, "daily.ts_code")}
  )
order by cal_date desc
limit 1`,
  );
  return textOf(row?.day);
}

/** Open days whose answer was never proven whole, or of whose proven rows some have gone. */
export async function missingDays(
  database: Database,
  dataset: Dataset,
  range: { from: Day; to: Day },
): Promise<Day[]> {
  const missing: Day[] = [];
  for (const part of partsOf(range)) {
    const rows = await database.run(
      `with proven as (
  select to_date(selector ->> 'trade_date', 'YYYYMMDD') as trade_date, max(rows) as rows
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'date'
    and selector ->> 'trade_date' between :from and :to
  group by 1
),
stored as (
  select trade_date, count(*) as rows
  from stock_daily as daily
  where trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
    and ${isMember(dataset, "daily.ts_code")}
  group by trade_date
)
select to_char(trade_cal.cal_date, 'YYYYMMDD') as day
from trade_cal
left join proven on proven.trade_date = trade_cal.cal_date
left join stored on stored.trade_date = trade_cal.cal_date
where trade_cal.exchange = 'SSE' and trade_cal.is_open = 1
  and trade_cal.cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
  and (proven.rows is null or coalesce(stored.rows, 0) < proven.rows)
order by trade_cal.cal_date`,
      { dataset: dataset.name, ...part },
    );
    missing.push(...rows.map(({ day }) => String(day)));
  }
  return missing;
}

/** Codes of a dataset's instruments, survivors and delisted. */
export async function listedCodes(database: Database, dataset: Dataset): Promise<string[]> {
  const rows = await database.run(
    `select ts_code from (${membersSql(dataset)}) as member where listed_from is not null order by ts_code`,
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/** Those of `codes` that neither the list nor the stored data knows as one of the dataset's. */
export async function unknownCodes(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
): Promise<string[]> {
  const rows = await database.run(
    `select asked.ts_code
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
where not (${isMember(dataset, "asked.ts_code")})
  or (
    not exists (select 1 from stock_info where stock_info.ts_code = asked.ts_code)
    and not exists (select 1 from stock_daily where stock_daily.ts_code = asked.ts_code)
  )
order by asked.ts_code`,
    { codes: codes.join(",") },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/**
 * For each code the first and last open day of its listing, within a range, that is neither stored nor explained:
 * by an answer for the code that still stands, or by an answer for the whole day. An answer explains the absence of
 * days before it was asked, not of the very day: that may have come since.
 */
export async function missingRanges(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
  range: { from: Day; to: Day },
  refresh: boolean,
): Promise<MissingRange[]> {
  const missing: MissingRange[] = [];
  for (let at = 0; at < codes.length; at += codesInQuestionMax) {
    const rows = await database.run(
      `with listed as (
  select asked.ts_code,
    greatest(to_date(:from, 'YYYYMMDD'), coalesce(list_date, to_date(:from, 'YYYYMMDD'))) as first_day,
    least(to_date(:to, 'YYYYMMDD'), coalesce(delist_date, to_date(:to, 'YYYYMMDD'))) as last_day
  from unnest(string_to_array(:codes, ',')) as asked (ts_code)
  left join stock_info on stock_info.ts_code = asked.ts_code
),
answered as (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    least(
      to_date(selector ->> 'to', 'YYYYMMDD'),
      cast(max(settled_at) at time zone 'Asia/Shanghai' as date) - 1
    ) as last_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day_asked, rows
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'ts_code' = any (string_to_array(:codes, ','))
  group by selector ->> 'ts_code', selector ->> 'from', selector ->> 'to', rows -- the same is asked many times
),
standing as materialized ( -- once, not again for each code
  select ts_code, range_agg(daterange(first_day, last_day, '[]')) as days
  from answered
  where first_day <= last_day and rows <= (
    select count(*)
    from stock_daily
    where stock_daily.ts_code = answered.ts_code
      and trade_date between answered.first_day and answered.last_day_asked
  )
  group by ts_code
),
candidate as (
  select listed.ts_code, absent.cal_date
  from listed
  left join standing on standing.ts_code = listed.ts_code
  cross join lateral (
    select cal_date
    from trade_cal
    where exchange = 'SSE' and is_open = 1 and cal_date between listed.first_day and listed.last_day
    except
    select trade_date
    from stock_daily
    where stock_daily.ts_code = listed.ts_code and trade_date between listed.first_day and listed.last_day
      and not cast(:refresh as boolean)
  ) as absent
  where cast(:refresh as boolean) or not coalesce(absent.cal_date <@ standing.days, false)
),
answered_day as (
  select day.cal_date as trade_date, answer.rows
  from (select distinct cal_date from candidate) as day
  cross join lateral (
    select rows
    from sync_unit
    where dataset = :dataset and status = 'done' and selector ->> 'by' = 'date'
      and selector ->> 'trade_date' = to_char(day.cal_date, 'YYYYMMDD')
    order by rows desc
    limit 1
  ) as answer
  where not cast(:refresh as boolean)
),
whole_day as (
  select trade_date
  from answered_day
  where rows <= (
    select count(*)
    from stock_daily as daily
    where daily.trade_date = answered_day.trade_date
      and ${isMember(dataset, "daily.ts_code")}
  )
)
select ts_code, to_char(min(cal_date), 'YYYYMMDD') as first_missing,
  to_char(max(cal_date), 'YYYYMMDD') as last_missing
from candidate
where cast(:refresh as boolean) or cal_date not in (select trade_date from whole_day)
group by ts_code
order by ts_code`,
      { dataset: dataset.name, codes: codes.slice(at, at + codesInQuestionMax).join(","), ...range, refresh },
    );
    missing.push(
      ...rows.map((row) => ({
        ts_code: String(row.ts_code),
        from: String(row.first_missing),
        to: String(row.last_missing),
      })),
    );
  }
  return missing;
}

/** Those of `codes` that were listed on no day of a range; one that the list does not know counts as listed. */
export async function unlistedCodes(
  database: Database,
  codes: readonly string[],
  range: { from: Day; to: Day },
): Promise<string[]> {
  const rows = await database.run(
    `select asked.ts_code
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
join stock_info on stock_info.ts_code = asked.ts_code
where list_date > to_date(:to, 'YYYYMMDD') or delist_date < to_date(:from, 'YYYYMMDD')
order by asked.ts_code`,
    { codes: codes.join(","), ...range },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

function partsOf({ from, to }: { from: Day; to: Day }): { from: Day; to: Day }[] {
  const parts = [];
  for (let start = from; start <= to; start = addDays(start, daysInQuestionMax)) {
    const end = addDays(start, daysInQuestionMax - 1);
    parts.push({ from: start, to: end < to ? end : to });
  }
  return parts;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
