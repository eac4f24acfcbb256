// What is stored of each open day, and how many days a dataset is behind: for pages, the API and the evening check. The
// planner's queries are in coverage.ts.

import { dayColumnOf } from "../catalogue/dataset.ts";
import { type Dataset, datasetsByDay, listOf } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { jobsOf } from "../catalogue/jobs.ts";
import type { Database } from "../ports.ts";
import { wasAsked } from "./coverage.ts";
import { isOwnRow, membersSql } from "./members.ts";

/** Days in one statement, which must finish within the Data API's timeout of 45 seconds; and days in one request. */
const daysInQuestionMax = 200;
export const coverageDaysMax = 4_000;

/** Coverage of one open day of a dataset. */
export type DayCoverage = {
  readonly day: Day;
  readonly stored: number;
  /**
   * Members listed on that day. Suspended ones are included, though they have no row. null for a dataset that does not
   * expect a row of each member, or whose file names its members: no list says since when they exist.
   */
  readonly listed: number | null;
  /** The day has valid answers: proven complete, and their rows are still there. */
  readonly proven: boolean;
  /** A task that was not cancelled covered the whole day: what is not stored is missing. */
  readonly asked: boolean;
};

/** Coverage of a dataset by open day, ascending. */
export type DatasetCoverage = { readonly dataset: Dataset; readonly days: readonly DayCoverage[] };

/** Coverage of the open days in a range, ascending. @param dataset a dataset by trading day */
export async function readCoverage(
  database: Database,
  dataset: Dataset,
  { from, to }: { from: Day; to: Day },
): Promise<DayCoverage[]> {
  const found: DayCoverage[] = [];
  const sql = coverageSql(dataset);
  const asked = { dataset: dataset.name, jobs: jobsOf(dataset.name).join(",") };
  const last = earlier(to, addDays(from, coverageDaysMax - 1));
  for (let start = from; start <= last; start = addDays(start, daysInQuestionMax)) {
    const end = earlier(addDays(start, daysInQuestionMax - 1), last);
    const rows = await database.run(sql, { ...asked, from: start, to: end });
    found.push(
      ...rows.map((row) => ({
        day: String(row.day),
        stored: Number(row.stored),
        listed: row.listed === null ? null : Number(row.listed),
        proven: row.proven === true,
        asked: row.asked === true,
      })),
    );
  }
  return found;
}

/** Coverage of every dataset by trading day that was ever fetched; of the first such dataset when none was. */
export async function readCoverages(
  database: Database,
  range: { from: Day; to: Day },
  among: readonly Dataset[] = datasetsByDay,
): Promise<DatasetCoverage[]> {
  const used: Dataset[] = [];
  for (const dataset of among) if (await wasAsked(database, dataset)) used.push(dataset);
  const found: DatasetCoverage[] = [];
  for (const dataset of used.length > 0 ? used : among.slice(0, 1)) {
    found.push({ dataset, days: await readCoverage(database, dataset, range) });
  }
  return found;
}

/**
 * SQL: the days for which a whole dataset was requested, as one range for each task: `job_type` and `days`. A plan writes
 * its range into its task. A task for some codes does not count.
 */
export const askedDaysSql = `select job_type,
    daterange(to_date(planned ->> 'from', 'YYYYMMDD'), to_date(planned ->> 'to', 'YYYYMMDD'), '[]') as days
  from sync_task
  cross join lateral (select coalesce(config -> 'planned', config) as planned) as plan
  where status <> 'CANCELLED' and config -> 'codes' is null and planned ->> 'from' <= planned ->> 'to'`;

function coverageSql(dataset: Dataset): string {
  const { table } = dataset;
  const dayColumn = dayColumnOf(dataset);
  const inRange = `${dayColumn} between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')`;
  return `with open_day as (
  select cal_date as day
  from trade_cal
  where exchange = 'SSE' and is_open = 1
    and cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
),
stored as (
  select ${dayColumn} as day, count(*) as rows
  from ${table}
  where ${inRange} and ${isOwnRow(dataset, table)}
  group by ${dayColumn}
),
${dataset.slices === "codes" ? provenByCode(dataset, inRange) : provenByDay},
asked as (
  select coalesce(range_agg(days), '{}') as days
  from (${askedDaysSql}) as task
  where job_type = any (string_to_array(:jobs, ','))
)
select to_char(open_day.day, 'YYYYMMDD') as day, coalesce(stored.rows, 0) as stored, ${listedOn(dataset)} as listed,
  proven.day is not null as proven, open_day.day <@ asked.days as asked
from open_day
cross join asked
left join stored on stored.day = open_day.day
left join proven on proven.day = open_day.day
order by open_day.day`;
}

/** Days with a valid answer: none of its rows is gone. */
const provenByDay = `answered as (
  select to_date(selector ->> 'trade_date', 'YYYYMMDD') as day, max(rows) as rows
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'date'
    and selector ->> 'trade_date' between :from and :to
  group by 1
),
proven as (
  select answered.day
  from answered
  left join stored on stored.day = answered.day
  where answered.rows <= coalesce(stored.rows, 0)
)`;

/** Days on which every member has a row, or has a valid later answer without one. */
function provenByCode(dataset: Dataset, inRange: string): string {
  const { table } = dataset;
  const dayColumn = dayColumnOf(dataset);
  return `member as (
  ${membersSql(dataset)}
),
stored_row as (
  select ts_code, ${dayColumn} as day
  from ${table}
  where ${inRange}
),
answered as (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day,
    cast(max(settled_at) at time zone 'Asia/Shanghai' as date) - 1 as last_day_known, rows
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'from' <= :to and selector ->> 'to' >= :from
  group by selector ->> 'ts_code', selector ->> 'from', selector ->> 'to', rows -- many units ask for the same range
),
standing as (
  select ts_code, range_agg(daterange(first_day, least(last_day, last_day_known), '[]')) as days
  from answered
  where first_day <= last_day_known and rows <= (
    select count(*)
    from ${table} as stored_row
    where stored_row.ts_code = answered.ts_code
      and stored_row.${dayColumn} between answered.first_day and answered.last_day
  )
  group by ts_code
),
proven as (
  select open_day.day
  from open_day
  join member on coalesce(listed_from, open_day.day) <= open_day.day and coalesce(listed_to, 'infinity') > open_day.day
  left join standing on standing.ts_code = member.ts_code
  left join stored_row on stored_row.ts_code = member.ts_code and stored_row.day = open_day.day
  group by open_day.day
  having bool_and(stored_row.ts_code is not null or coalesce(open_day.day <@ standing.days, false))
)`;
}

/** SQL: the rows expected for a whole day; null where not every member must have a row, or no list has the members. */
function listedOn(dataset: Dataset): string {
  if (dataset.expects !== "members" || listOf(dataset) === undefined) return "cast(null as integer)";
  return `(
    select count(*)
    from (${membersSql(dataset)}) as member
    where listed_from <= open_day.day and coalesce(listed_to, 'infinity') > open_day.day
  )`;
}

/** Most open days counted as behind; and calendar days that always contain so many, even over the longest holiday. */
const daysBehindMax = 20;
const daysOfThose = 45;

export type Freshness = {
  readonly dataset: Dataset["name"];
  /** Due open days after the newest complete one; at most daysBehindMax. */
  readonly daysBehind: number;
};

/**
 * How many days each dataset by trading day is behind. A dataset that was never fetched is not behind. Holidays do not
 * count, because only open days are due.
 */
export async function readFreshness(
  database: Database,
  now: Date,
  among: readonly Dataset[] = datasetsByDay,
): Promise<Freshness[]> {
  const found: Freshness[] = [];
  for (const dataset of among) {
    if (!(await wasAsked(database, dataset))) continue;
    const due = lastDueDay(dataset, now);
    const lately = await readCoverage(database, dataset, { from: addDays(due, -daysOfThose), to: due });
    const days = lately.slice(-daysBehindMax);
    const complete = days.findLastIndex(({ proven }) => proven);
    found.push({ dataset: dataset.name, daysBehind: days.length - 1 - complete });
  }
  return found;
}
