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

/**
 * For each code the first and last period that is neither stored nor explained by a valid answer. Where all its periods are
 * there, but fewer rows of them than an answer had, the range of that answer: a version of a report is gone.
 */
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
${answeredSql(dataset, "= any (string_to_array(:codes, ','))")},
absent as (
  select asked.ts_code, min(period.end_date) as first_day, max(period.end_date) as last_day
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
)
select ts_code, to_char(first_day, 'YYYYMMDD') as first_missing, to_char(last_day, 'YYYYMMDD') as last_missing
from (
  select ts_code, first_day, last_day
  from absent
  union all
  select ts_code, min(first_day), max(last_day)
  from lost
  where ts_code not in (select ts_code from absent)
    and exists (select 1 from period where period.end_date between lost.first_day and lost.last_day)
  group by ts_code
) as missing
order by ts_code`,
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

/** The ranges of answers for single members of which rows are gone, that overlap the days since `since`. */
export async function lostReports(
  database: Database,
  dataset: Dataset,
  since: Day,
  limit: number,
): Promise<MissingRange[]> {
  const rows = await database.run(
    `with ${answeredSql(dataset, "is not null")}
select ts_code, to_char(min(first_day), 'YYYYMMDD') as first_lost, to_char(max(last_day), 'YYYYMMDD') as last_lost
from lost
where last_day >= to_date(:since, 'YYYYMMDD')
group by ts_code
order by ts_code
limit :count`,
    { dataset: dataset.name, since, count: limit },
  );
  return rows.map((row) => ({
    ts_code: String(row.ts_code),
    from: String(row.first_lost),
    to: String(row.last_lost),
  }));
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

/**
 * CTEs still_stored and lost: the answers for single codes of which all rows are still stored, and those of which not.
 * What later answers cover as well is not lost: TuShare itself may have removed a version.
 * @param which a condition on the code, without its left side
 */
function answeredSql(dataset: Dataset, which: string): string {
  return `answered as (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day, rows, max(settled_at) as settled_at
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code' and selector ->> 'ts_code' ${which}
  group by 1, 2, 3, 4 -- many units ask for the same range
),
compared as materialized ( -- computed once, not for each period
  select answered.ts_code, first_day, last_day, settled_at, answered.rows <= stored.rows as is_stored
  from answered
  cross join lateral (
    select count(*) as rows
    from ${dataset.table} as stored
    where stored.ts_code = answered.ts_code
      and stored.${dayColumnOf(dataset)} between answered.first_day and answered.last_day
  ) as stored
),
still_stored as materialized (
  select ts_code, first_day, last_day, cast(settled_at at time zone 'Asia/Shanghai' as date) as asked_on
  from compared
  where is_stored
),
lost as (
  select ts_code, first_day, last_day
  from compared as answer
  where not is_stored and not coalesce(
    (
      select range_agg(daterange(later.first_day, later.last_day, '[]'))
      from compared as later
      where later.ts_code = answer.ts_code and later.settled_at > answer.settled_at
    ) @> daterange(answer.first_day, answer.last_day, '[]'),
    false
  )
)`;
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
