// What is stored of each open day, and how far behind the newest complete one is: for those who look, and for the
// evening check. The planner's own questions are in coverage.ts.

import { type Dataset, type DatasetName, datasets } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier } from "../catalogue/dates.ts";
import { jobs, jobTypes } from "../catalogue/jobs.ts";
import { lastDueDay } from "../plan/plan.ts";
import type { Database, SqlRow } from "../ports.ts";
import { missingDays, openDayBack, openDays, wasAsked } from "./coverage.ts";
import { isMember } from "./members.ts";

/** Days in one statement, and days one may ask for: each statement must end within the Data API's 45 seconds. */
const daysInQuestionMax = 200;
export const coverageDaysMax = 4_000;

/** What one open day holds of one kind of instrument. */
export type DayRows = {
  readonly stored: number;
  /** Instruments the list has as listed on that day; suspended ones are among them and have no row. */
  readonly listed: number;
  /** An answer for the whole day was proven complete, and its rows are still there. */
  readonly proven: boolean;
  /** A task was planned for the whole market of that day, and not cancelled: what is not stored is missing. */
  readonly asked: boolean;
};

export type DayCoverage = { readonly day: Day; readonly stocks: DayRows; readonly etfs: DayRows };

/** Open days of a range with what is stored of each, ascending. */
export async function readCoverage(
  database: Database,
  { from, to }: { from: Day; to: Day },
): Promise<DayCoverage[]> {
  const found: DayCoverage[] = [];
  const last = earlier(to, addDays(from, coverageDaysMax - 1));
  for (let start = from; start <= last; start = addDays(start, daysInQuestionMax)) {
    const end = addDays(start, daysInQuestionMax - 1);
    const rows = await database.run(coverageSql, { from: start, to: earlier(end, last) });
    found.push(
      ...rows.map((row) => ({
        day: String(row.day),
        stocks: dayRows(row.stocks_stored, row.stocks_listed, row.stocks_proven, row.stocks_asked),
        etfs: dayRows(row.etfs_stored, row.etfs_listed, row.etfs_proven, row.etfs_asked),
      })),
    );
  }
  return found;
}

function dayRows(
  stored: SqlRow[string] = 0,
  listed: SqlRow[string] = 0,
  proven: SqlRow[string] = null,
  asked: SqlRow[string] = false,
): DayRows {
  return {
    stored: Number(stored),
    listed: Number(listed),
    proven: proven !== null && Number(stored) >= Number(proven),
    asked: asked === true,
  };
}

const isStock = isMember(datasets.stock_daily, "daily.ts_code");

/**
 * The days for which the whole market of a dataset was asked, in SQL, as one multirange. A plan writes its range into its
 * task; one for some codes asks for no day as a whole.
 */
export function askedDaysSql(dataset: DatasetName): string {
  const asking = jobTypes.filter((job) => (jobs[job].datasets as readonly DatasetName[]).includes(dataset));
  return `(
  select coalesce(
    range_agg(
      daterange(to_date(days ->> 'from', 'YYYYMMDD'), to_date(days ->> 'to', 'YYYYMMDD'), '[]')
    ),
    '{}'
  )
  from sync_task
  cross join lateral (select coalesce(config -> 'planned', config) as days) as planned
  where job_type in (${asking.map((job) => `'${job}'`).join(", ")}) and status <> 'CANCELLED'
    and config -> 'codes' is null and days ->> 'from' <= days ->> 'to'
)`;
}

const coverageSql = `with open_day as (
  select cal_date
  from trade_cal
  where exchange = 'SSE' and is_open = 1
    and cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
),
stored as (
  select trade_date, count(*) filter (where ${isStock}) as stocks, count(*) filter (where not (${isStock})) as etfs
  from stock_daily as daily
  where trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
  group by trade_date
),
proven as (
  select to_date(selector ->> 'trade_date', 'YYYYMMDD') as trade_date,
    max(rows) filter (where dataset = 'stock_daily') as stocks, max(rows) filter (where dataset = 'etf_daily') as etfs
  from sync_unit
  where dataset in ('stock_daily', 'etf_daily') and status = 'done' and selector ->> 'by' = 'date'
    and selector ->> 'trade_date' between :from and :to
  group by 1
),
asked as (
  select ${askedDaysSql("stock_daily")} as stocks,
    ${askedDaysSql("etf_daily")} as etfs
)
select to_char(cal_date, 'YYYYMMDD') as day, coalesce(stored.stocks, 0) as stocks_stored,
  coalesce(stored.etfs, 0) as etfs_stored, listed.stocks as stocks_listed, listed.etfs as etfs_listed,
  proven.stocks as stocks_proven, proven.etfs as etfs_proven,
  cal_date <@ asked.stocks as stocks_asked, cal_date <@ asked.etfs as etfs_asked
from open_day
cross join asked
left join stored on stored.trade_date = cal_date
left join proven on proven.trade_date = cal_date
cross join lateral (
  select count(*) filter (where is_etf = 'N') as stocks, count(*) filter (where is_etf = 'Y') as etfs
  from stock_info
  where list_date <= cal_date and coalesce(delist_date, 'infinity') > cal_date
) as listed
order by cal_date`;

/** Open days a dataset can be behind; more are as bad. */
const daysBehindMax = 20;

export type Freshness = {
  readonly dataset: Dataset["name"];
  /** Open days that are due and come after the newest complete one; at most daysBehindMax. */
  readonly daysBehind: number;
};

/**
 * How far behind the data by trading day is. A dataset of which nothing was ever got is not behind; a holiday adds nothing,
 * because only open days are due.
 */
export async function readFreshness(database: Database, now: Date): Promise<Freshness[]> {
  const found: Freshness[] = [];
  for (const dataset of Object.values(datasets)) {
    if (dataset.slices !== "days" || !(await wasAsked(database, dataset))) continue;
    const due = lastDueDay(dataset, now);
    const range = { from: await openDayBack(database, due, daysBehindMax), to: due };
    const missing = new Set(await missingDays(database, dataset, range));
    const days = await openDays(database, range);
    const complete = days.findLastIndex((day) => !missing.has(day));
    found.push({ dataset: dataset.name, daysBehind: days.length - 1 - complete });
  }
  return found;
}
