// When stored days and report periods were last fetched whole.
import { hasMembersEachDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database, SqlRow } from "../ports.ts";

/** The stored days of a dataset up to `to`, each with the day in Shanghai on which it was last fetched. */
export async function fetchedDays(
  database: Database,
  dataset: Dataset,
  to: Day,
): Promise<ReadonlyMap<Day, Day>> {
  return readPairs(await database.run(fetchedDaysSql(dataset), { dataset: dataset.name, to }));
}

/** One row a year: a row of the Data API holds at most 64 KB. A day that was stored by code counts from when it was whole. */
function fetchedDaysSql(dataset: Dataset): string {
  const whole = `(
      select sync_day.checked_at
      from sync_day
      where sync_day.dataset = :dataset and sync_day.trade_date = cal_date
    )`;
  return `select string_agg(
    to_char(cal_date, 'YYYYMMDD') || '-' || to_char(fetched_at at time zone 'Asia/Shanghai', 'YYYYMMDD'), ','
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
  where exchange = 'SSE' and is_open = 1 and cal_date <= to_date(:to, 'YYYYMMDD')
) as open_day
where fetched_at is not null
group by extract(year from cal_date)`;
}

/** Those of some report periods that were fetched whole, each with the day in Shanghai on which that was. */
export async function fetchedPeriods(
  database: Database,
  dataset: Dataset,
  ends: readonly Day[],
): Promise<ReadonlyMap<Day, Day>> {
  return readPairs(
    await database.run(
      `select string_agg(period || '-' || to_char(fetched_at at time zone 'Asia/Shanghai', 'YYYYMMDD'), ',') as pairs
from unnest(string_to_array(:ends, ',')) as period
cross join lateral (
  select max(settled_at) as fetched_at
  from sync_unit
  where dataset = :dataset and status = 'done' and unit_key = cast(:dataset as text) || '/' || period
) as unit
where fetched_at is not null`,
      { dataset: dataset.name, ends: ends.join(",") },
    ),
  );
}

function readPairs(rows: readonly SqlRow[]): ReadonlyMap<Day, Day> {
  const pairs = rows.flatMap(({ pairs }) => (typeof pairs === "string" ? pairs.split(",") : []));
  return new Map(pairs.map((pair) => [pair.slice(0, 8), pair.slice(9)]));
}
