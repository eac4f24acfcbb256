// Who has filed which report, and when, as the reporting schedule says it, in SQL.
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database } from "../ports.ts";
import type { DayRange } from "./calendar.ts";
import { membersSql } from "./members.ts";

/** Filings that one increment fetches: twice as many as the whole market has in a period. */
const filingsMax = 12_000;

/** Whether the dataset's table has any row. */
export async function hasRows(database: Database, { table }: Dataset): Promise<boolean> {
  const [row] = await database.run(`select exists (select 1 from ${table}) as known`);
  return row?.known === true;
}

export type Filing = { readonly ts_code: string; readonly end_date: Day };

/**
 * Reports that were filed from one day to another, both included, by the schedule's actual_date. Unless `all`, without
 * those whose stock or period was fetched since: indicators come the day after the filing.
 */
export async function filings(
  database: Database,
  dataset: Dataset,
  schedule: Dataset,
  { from, to }: DayRange,
  all: boolean,
): Promise<Filing[]> {
  const rows = await database.run(
    `with asked_period as (
  select to_date(selector ->> 'period', 'YYYYMMDD') as end_date,
    cast(max(settled_at) at time zone 'Asia/Shanghai' as date) as asked_on
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'period'
  group by 1
)
select filing.ts_code, to_char(filing.end_date, 'YYYYMMDD') as end_date
from ${schedule.table} as filing
join (${membersSql(dataset)}) as member on member.ts_code = filing.ts_code
left join asked_period on asked_period.end_date = filing.end_date
where filing.actual_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
  and (cast(:all as boolean) or (
    coalesce(asked_period.asked_on, '-infinity') <= filing.actual_date
    and not exists (
      select 1
      from sync_unit as asked
      where asked.dataset = :dataset and asked.status = 'done' and asked.selector ->> 'by' = 'code'
        and asked.selector ->> 'ts_code' = filing.ts_code collate "default" -- the collation of the index
        and asked.settled_at >= cast(filing.actual_date + 1 as timestamp) at time zone 'Asia/Shanghai'
        and filing.end_date
          between to_date(asked.selector ->> 'from', 'YYYYMMDD') and to_date(asked.selector ->> 'to', 'YYYYMMDD')
    )
  ))
order by filing.actual_date, filing.ts_code
limit :filings`,
    { dataset: dataset.name, from, to, all, filings: filingsMax },
  );
  return rows.map((row) => ({ ts_code: String(row.ts_code), end_date: String(row.end_date) }));
}
