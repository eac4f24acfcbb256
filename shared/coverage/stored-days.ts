// What is stored of each open day, and how many days a dataset is behind: for pages, the API and the evening check. The
// planner's queries are in coverage.ts.

import { dayColumnOf, hasMembersEachDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { jobs, jobsOf } from "../catalogue/jobs.ts";
import type { Database } from "../ports.ts";
import type { DayRange } from "./calendar.ts";
import { wasAsked } from "./coverage.ts";
import { readDays } from "./days.ts";
import { isOwnRow } from "./members.ts";

/** Days in one statement, which must finish within the Data API's timeout of 45 seconds; and days in one request. */
const daysInQuestionMax = 200;
export const coverageDaysMax = 4_000;

/** Coverage of one open day of a dataset. The figures are null where no list says which rows a day must have. */
export type DayCoverage = {
  readonly day: Day;
  readonly stored: number;
  /** Members listed on that day. */
  readonly expected: number | null;
  /** Members known to have no row, such as suspended ones. */
  readonly explained: number | null;
  /** Rows, or values of a joined interface, that were looked for and not found, and nothing says why. */
  readonly unexplained: number | null;
  /** Rows, or values of a joined interface, of which nothing is known. */
  readonly missing: number | null;
  /** Nothing is to be fetched any more. */
  readonly whole: boolean;
  /** A task that was not cancelled covered the whole day: what is not stored is missing. */
  readonly asked: boolean;
};

/**
 * Coverage of the open days in a range, ascending.
 * @param dataset a dataset by trading day
 * @param keep whether days that are found whole are kept as such; only for callers that may write
 */
export async function readCoverage(
  database: Database,
  dataset: Dataset,
  { from, to }: DayRange,
  keep = false,
): Promise<DayCoverage[]> {
  const range = { from, to: earlier(to, addDays(from, coverageDaysMax - 1)) };
  if (!hasMembersEachDay(dataset)) return await readAnswered(database, dataset, range);
  const asked = new Set(await readAsked(database, dataset, range));
  const states = await readDays(database, dataset, range, keep);
  return states.map(({ wanted, ...figures }) => ({
    ...{ ...figures, whole: wanted === 0 && figures.expected > 0 },
    asked: asked.has(figures.day),
  }));
}

/** The first day that a task was to fetch for the whole dataset; undefined when none was. */
export async function firstDayAsked(database: Database, dataset: Dataset): Promise<Day | undefined> {
  // An increment of reports plans the days of filings, which are not the days of its rows.
  const own = jobsOf(dataset.name).filter(
    (job) => dataset.slices !== "periods" || jobs[job].mode === "history",
  );
  const [row] = await database.run(
    `select to_char(min(lower(days)), 'YYYYMMDD') as day
from (${askedDaysSql}) as task
where job_type = any (string_to_array(:jobs, ','))`,
    { jobs: own.join(",") },
  );
  return typeof row?.day === "string" ? row.day : undefined;
}

/** The open days of a range that tasks covered. */
async function readAsked(database: Database, dataset: Dataset, { from, to }: DayRange): Promise<Day[]> {
  const [row] = await database.run(
    `select string_agg(to_char(cal_date, 'YYYYMMDD'), ',') as days
from trade_cal
where exchange = 'SSE' and is_open = 1
  and cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
  and cal_date <@ (
    select coalesce(range_agg(days), '{}')
    from (${askedDaysSql}) as task
    where job_type = any (string_to_array(:jobs, ','))
  )`,
    { from, to, jobs: jobsOf(dataset.name).join(",") },
  );
  return typeof row?.days === "string" ? row.days.split(",") : [];
}

/** Of a dataset whose days may have any number of rows: a day is whole when its answer was, and its rows are still there. */
export async function readAnswered(
  database: Database,
  dataset: Dataset,
  { from, to }: DayRange,
): Promise<DayCoverage[]> {
  const found: DayCoverage[] = [];
  const sql = coverageSql(dataset);
  const asked = { dataset: dataset.name, jobs: jobsOf(dataset.name).join(",") };
  for (let start = from; start <= to; start = addDays(start, daysInQuestionMax)) {
    const end = earlier(addDays(start, daysInQuestionMax - 1), to);
    const rows = await database.run(sql, { ...asked, from: start, to: end });
    found.push(
      ...rows.map((row) => ({
        day: String(row.day),
        stored: Number(row.stored),
        ...{ expected: null, explained: null, unexplained: null, missing: null },
        whole: row.whole === true,
        asked: row.asked === true,
      })),
    );
  }
  return found;
}

/**
 * SQL: the days for which a whole dataset was requested, as one range for each task: `job_type` and `days`. A plan writes
 * its range into its task. A task for some codes does not count, and neither does one that compares.
 */
export const askedDaysSql = `select job_type,
    daterange(to_date(planned ->> 'from', 'YYYYMMDD'), to_date(planned ->> 'to', 'YYYYMMDD'), '[]') as days
  from sync_task
  cross join lateral (select coalesce(config -> 'planned', config) as planned) as plan
  where status <> 'CANCELLED' and config -> 'codes' is null and config -> 'compares' is null
    and planned ->> 'from' <= planned ->> 'to'`;

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
${wholeByDay},
asked as (
  select coalesce(range_agg(days), '{}') as days
  from (${askedDaysSql}) as task
  where job_type = any (string_to_array(:jobs, ','))
)
select to_char(open_day.day, 'YYYYMMDD') as day, coalesce(stored.rows, 0) as stored,
  whole.day is not null as whole, open_day.day <@ asked.days as asked
from open_day
cross join asked
left join stored on stored.day = open_day.day
left join whole on whole.day = open_day.day
order by open_day.day`;
}

/** Days with a valid answer: none of its rows is gone. */
const wholeByDay = `answered as (
  select to_date(selector ->> 'trade_date', 'YYYYMMDD') as day, max(rows) as rows
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'date'
    and selector ->> 'trade_date' between :from and :to
  group by 1
),
whole as (
  select answered.day
  from answered
  left join stored on stored.day = answered.day
  where answered.rows <= coalesce(stored.rows, 0)
)`;

/** Most open days counted as behind; and calendar days that always contain so many, even over the longest holiday. */
const daysBehindMax = 20;
const daysOfThose = 45;

export type Freshness = {
  readonly dataset: Dataset["name"];
  /** Due open days after the newest complete one; at most daysBehindMax. */
  readonly daysBehind: number;
};

/**
 * How many days each dataset by trading day is behind. Whole days are kept, so it is not for readers. A dataset that was never fetched is not behind. Holidays do not
 * count, because only open days are due.
 */
export async function readFreshness(
  database: Database,
  now: Date,
  among: readonly Dataset[],
): Promise<Freshness[]> {
  const found: Freshness[] = [];
  for (const dataset of among) {
    if (!(await wasAsked(database, dataset))) continue;
    const due = lastDueDay(dataset, now);
    const lately = await readCoverage(database, dataset, { from: addDays(due, -daysOfThose), to: due }, true);
    const days = lately.slice(-daysBehindMax);
    const complete = days.findLastIndex(({ whole }) => whole);
    found.push({ dataset: dataset.name, daysBehind: days.length - 1 - complete });
  }
  return found;
}
