// What is stored of the report periods, and what is missing, in SQL. A report that is not stored is explained by an answer
// fetched after the report's deadline, as long as all rows of that answer are still stored.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Period } from "../catalogue/periods.ts";
import type { Database } from "../ports.ts";
import type { MissingRange } from "./calendar.ts";
import { isOwnRow, listingSql } from "./members.ts";

/** Codes in one query: it must finish within the Data API's timeout of 45 seconds. */
const codesInQuestionMax = 500;

/** Days after which a request by period is tried again, once TuShare has refused it. */
const refusalDays = 30;

/** For each code the first and last period that is neither stored nor explained by a valid answer. */
export async function missingPeriodRanges(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
  periods: readonly Period[],
): Promise<MissingRange[]> {
  const { table } = dataset;
  const day = dayColumnOf(dataset);
  const missing: MissingRange[] = [];
  for (let at = 0; at < codes.length; at += codesInQuestionMax) {
    const rows = await database.run(
      `with ${wholePeriodsSql(dataset)},
answered as (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day, rows,
    cast(max(settled_at) at time zone 'Asia/Shanghai' as date) as asked_on
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'ts_code' = any (string_to_array(:codes, ','))
  group by 1, 2, 3, 4 -- many units ask for the same range
),
still_stored as materialized ( -- computed once, not for each period
  select ts_code, first_day, last_day, asked_on
  from answered
  where rows <= (
    select count(*)
    from ${table} as stored
    where stored.ts_code = answered.ts_code and stored.${day} between answered.first_day and answered.last_day
  )
)
select asked.ts_code, to_char(min(period.end_date), 'YYYYMMDD') as first_missing,
  to_char(max(period.end_date), 'YYYYMMDD') as last_missing
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
left join (${listingSql(dataset)}) as listing on listing.ts_code = asked.ts_code
cross join period
where period.end_date < coalesce(listing.listed_to, 'infinity')
  and not exists (
    select 1
    from ${table} as stored
    where stored.ts_code = asked.ts_code and stored.${day} = period.end_date
  )
  and not exists (
    select 1
    from still_stored
    where still_stored.ts_code = asked.ts_code and period.end_date between still_stored.first_day and still_stored.last_day
      and still_stored.asked_on > period.deadline
  )
  and not exists (
    select 1
    from whole_period
    where whole_period.end_date = period.end_date and whole_period.asked_on > period.deadline
  )
group by asked.ts_code
order by asked.ts_code`,
      {
        dataset: dataset.name,
        codes: codes.slice(at, at + codesInQuestionMax).join(","),
        ...asParameters(periods),
      },
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

/** Periods without a whole answer since their deadline; for a period that is not due yet, since `today`. */
export async function missingPeriods(
  database: Database,
  dataset: Dataset,
  periods: readonly Period[],
  today: Date,
): Promise<Period[]> {
  const rows = await database.run(
    `with ${wholePeriodsSql(dataset)}
select to_char(period.end_date, 'YYYYMMDD') as end_date, to_char(period.deadline, 'YYYYMMDD') as deadline
from period
where not exists (
  select 1
  from whole_period
  where whole_period.end_date = period.end_date
    and (whole_period.asked_on > period.deadline or whole_period.settled_at >= cast(:today as timestamptz))
)
order by period.end_date`,
    { dataset: dataset.name, today: today.toISOString(), ...asParameters(periods) },
  );
  return rows.map((row) => ({ end: String(row.end_date), deadline: String(row.deadline) }));
}

/** Those of `codes` that were delisted before a day. */
export async function delistedBefore(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
  day: Day,
): Promise<string[]> {
  const rows = await database.run(
    `select asked.ts_code
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
join (${listingSql(dataset)}) as listing on listing.ts_code = asked.ts_code
where listed_to <= to_date(:day, 'YYYYMMDD')
order by asked.ts_code`,
    { codes: codes.join(","), day },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/** Members that are listed now and have no row for a period, the least recently fetched first. */
export async function membersWithout(
  database: Database,
  dataset: Dataset,
  period: Day,
  limit: number,
): Promise<string[]> {
  const rows = await database.run(
    `select member.ts_code
from (${listingSql(dataset)}) as member
left join lateral (
  select settled_at
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'ts_code' = member.ts_code collate "default" -- the collation of the index
  order by settled_at desc
  limit 1
) as asked on true
where member.is_listed and member.listed_from <= to_date(:period, 'YYYYMMDD')
  and not exists (
    select 1
    from ${dataset.table} as stored
    where stored.ts_code = member.ts_code and stored.${dayColumnOf(dataset)} = to_date(:period, 'YYYYMMDD')
  )
order by asked.settled_at nulls first, member.ts_code
limit :count`,
    { dataset: dataset.name, period, count: limit },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/** Whether a task was restarted by stock in the last refusalDays, because the account has no right to requests by period. */
export async function wasRefusedByPeriod(database: Database, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - refusalDays * 86_400_000);
  const [row] = await database.run(
    `select exists (
  select 1
  from sync_task
  where config ->> 'byPeriod' = 'false' and request_key like 'by-stock/%' and started_at > cast(:since as timestamptz)
) as refused`,
    { since: since.toISOString() },
  );
  return row?.refused === true;
}

/** CTEs period, the periods asked, and whole_period: those of which an answer's rows are all still stored. */
function wholePeriodsSql(dataset: Dataset): string {
  const day = dayColumnOf(dataset);
  return `period as (
  select to_date(due.end_date, 'YYYYMMDD') as end_date, to_date(due.deadline, 'YYYYMMDD') as deadline
  from unnest(string_to_array(:periods, ','), string_to_array(:deadlines, ',')) as due (end_date, deadline)
),
answered_period as (
  select to_date(selector ->> 'period', 'YYYYMMDD') as end_date, max(rows) as rows, max(settled_at) as settled_at
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'period'
    and selector ->> 'period' = any (string_to_array(:periods, ','))
  group by 1
),
whole_period as (
  select end_date, cast(settled_at at time zone 'Asia/Shanghai' as date) as asked_on, settled_at
  from answered_period
  where rows <= (
    select count(*)
    from ${dataset.table} as stored
    where stored.${day} = answered_period.end_date and ${isOwnRow(dataset, "stored")}
  )
)`;
}

function asParameters(periods: readonly Period[]): { periods: string; deadlines: string } {
  return {
    periods: periods.map(({ end }) => end).join(","),
    deadlines: periods.map(({ deadline }) => deadline).join(","),
  };
}
