// When stored days, codes and report periods were last fetched whole.
import { dayColumnOf, hasMembersEachDay, isByTradingDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database, SqlRow } from "../ports.ts";
import type { DayRange } from "./calendar.ts";
import { listingSql, membersSql } from "./members.ts";

/** The stored days of a dataset up to `to`, each with the day in Shanghai on which it was last fetched. */
export async function fetchedDays(
  database: Database,
  dataset: Dataset,
  to: Day,
): Promise<ReadonlyMap<Day, Day>> {
  const every_day = !isByTradingDay(dataset);
  return readPairs(await database.run(fetchedDaysSql(dataset), { dataset: dataset.name, to, every_day }));
}

/** One row a year: a row of the Data API holds at most 64 KB. A day that was stored by code counts from when it was whole. */
function fetchedDaysSql(dataset: Dataset): string {
  const whole = `(
      select sync_day.checked_at
      from sync_day
      where sync_day.dataset = :dataset and sync_day.trade_date = cal_date
    )`;
  return `select string_agg(
    to_char(cal_date, 'YYYYMMDD') || ' ' || to_char(fetched_at at time zone 'Asia/Shanghai', 'YYYYMMDD'), ','
    order by cal_date
  ) as pairs
from (
  select cal_date, coalesce(
    (
      select max(settled_at)
      from sync_unit
      where dataset = :dataset and status = 'done'
        and unit_key = cast(:dataset as text) || '/' || to_char(cal_date, 'YYYYMMDD')
    )${hasMembersEachDay(dataset) ? `,\n    ${whole}` : ""}
  ) as fetched_at
  from trade_cal
  where exchange = 'SSE' and (is_open = 1 or cast(:every_day as boolean)) and cal_date <= to_date(:to, 'YYYYMMDD')
) as open_day
where fetched_at is not null
group by extract(year from cal_date)`;
}

/**
 * Those of some slices that were fetched whole, each with the day in Shanghai on which that was.
 * @param slices named as in the keys of their units: a report period, or a range of days
 */
export async function fetchedSlices(
  database: Database,
  dataset: Dataset,
  slices: readonly string[],
): Promise<ReadonlyMap<string, Day>> {
  return readPairs(
    await database.run(
      `select string_agg(slice || ' ' || to_char(fetched_at at time zone 'Asia/Shanghai', 'YYYYMMDD'), ',') as pairs
from unnest(string_to_array(:slices, ',')) as slice
cross join lateral (
  select max(settled_at) as fetched_at
  from sync_unit
  where dataset = :dataset and status = 'done' and unit_key = cast(:dataset as text) || '/' || slice
) as unit
where fetched_at is not null`,
      { dataset: dataset.name, slices: slices.join(",") },
    ),
  );
}

/** What is stored of a code that is fetched with a range. */
export type FetchedCode = {
  readonly ts_code: string;
  /** First and last stored day, and the first of the last ones (SYNC_REREAD_DAYS). */
  readonly stored: DayRange;
  readonly recent: Day;
  /** The day on which it was last fetched, and last fetched from its first stored day on; undefined for never. */
  readonly askedOn: Day | undefined;
  readonly wholeOn: Day | undefined;
};

/** The stored members of a dataset that is fetched by code. @param lastDays the days that `recent` is to cover */
export async function fetchedCodes(
  database: Database,
  dataset: Dataset,
  lastDays: number,
): Promise<FetchedCode[]> {
  const day = dayColumnOf(dataset);
  const rows = await database.run(
    `select member.ts_code, to_char(first_day, 'YYYYMMDD') as first_day, to_char(last_day, 'YYYYMMDD') as last_day,
  to_char(coalesce(recent_day, last_day), 'YYYYMMDD') as recent_day,
  to_char(asked_at at time zone 'Asia/Shanghai', 'YYYYMMDD') as asked_on,
  to_char(whole_at at time zone 'Asia/Shanghai', 'YYYYMMDD') as whole_on
from (${membersSql(dataset)}) as member
cross join lateral (
  select min(${day}) as first_day, max(${day}) as last_day
  from ${dataset.table} as stored
  where stored.ts_code = member.ts_code
) as stored
left join lateral (
  select min(${day}) as recent_day
  from (
    select stored.${day}
    from ${dataset.table} as stored
    where stored.ts_code = member.ts_code
    order by stored.${day} desc
    limit :last_days
  ) as last_days
) as recent on true
left join lateral (
  select max(settled_at) as asked_at,
    max(settled_at) filter (where selector ->> 'from' <= to_char(first_day, 'YYYYMMDD')) as whole_at
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'ts_code' = member.ts_code collate "default" -- the collation of the index
) as unit on true
where first_day is not null
order by member.ts_code`,
    { dataset: dataset.name, last_days: lastDays },
  );
  const dayOf = (value: unknown) => (typeof value === "string" ? value : undefined);
  return rows.map((row) => ({
    ts_code: String(row.ts_code),
    stored: { from: String(row.first_day), to: String(row.last_day) },
    recent: String(row.recent_day),
    askedOn: dayOf(row.asked_on),
    wholeOn: dayOf(row.whole_on),
  }));
}

/**
 * Listed members with stored rows that were not fetched one by one since the day `before`, the least recently fetched first.
 * @param share of all listed members, the most there are
 */
export async function leastFetched(
  database: Database,
  dataset: Dataset,
  before: Day,
  share: number,
): Promise<string[]> {
  const rows = await database.run(
    `with member as (
  select ts_code
  from (${listingSql(dataset)}) as listing
  where is_listed
)
select member.ts_code
from member
left join lateral (
  select settled_at
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'ts_code' = member.ts_code collate "default" -- the collation of the index
  order by settled_at desc
  limit 1
) as asked on true
where coalesce(asked.settled_at, '-infinity') < cast(to_date(:before, 'YYYYMMDD') as timestamp) at time zone 'Asia/Shanghai'
  and exists (select 1 from ${dataset.table} as stored where stored.ts_code = member.ts_code)
order by asked.settled_at nulls first, member.ts_code
limit (select ceil(count(*) * cast(:share as double precision)) from member)`,
    { dataset: dataset.name, before, share },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

function readPairs(rows: readonly SqlRow[]): ReadonlyMap<string, Day> {
  const pairs = rows.flatMap(({ pairs }) => (typeof pairs === "string" ? pairs.split(",") : []));
  return new Map(
    pairs.map((pair) => {
      const [slice = "", day = ""] = pair.split(" ");
      return [slice, day];
    }),
  );
}
