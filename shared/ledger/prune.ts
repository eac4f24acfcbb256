// Removes what the ledger no longer needs, in SQL: units whose answer a later one repeats, and failures that are over. Of
// them remain the counts of their task, the days that are whole, and the number of failures in each month.
import { datasetsByName } from "../catalogue/datasets.ts";
import type { Database } from "../ports.ts";

/** Failure records of one statement. */
const failuresMax = 1_000;

/** Ended tasks that have units, and that nobody has looked through since `before`; the longest ago first. */
export async function tasksToPrune(database: Database, before: Date, limit: number): Promise<string[]> {
  const rows = await database.run(
    `select cast(id as text) as id
from sync_task
where completed_at is not null and pruned_units < total_units
  and greatest(completed_at, pruned_at) < cast(:before as timestamptz)
order by greatest(completed_at, pruned_at)
limit :tasks`,
    { before: before.toISOString(), tasks: limit },
  );
  return rows.map(({ id }) => String(id));
}

/**
 * Removes those units of an ended task that nothing reads any more. Returns how many.
 *
 * A done unit goes when a later one says as much: of the same slice, or of a code's range that contains its own, with as
 * many rows. It also goes when its day is kept as whole; the day then takes over when it was last fetched. A unit that is
 * not done goes when no open failure names it: the end of its task has dropped it.
 */
export async function pruneTask(database: Database, id: string): Promise<number> {
  const [row] = await database.run(
    `with unneeded as materialized (
  select unit.sequence
  from sync_unit as unit
  join sync_task as task on task.id = unit.task_id
  where unit.task_id = cast(:id as uuid) and task.completed_at is not null
    and case unit.status
      when 'compared' then true
      when 'done' then
        exists (
          select 1
          from sync_unit as later
          where later.dataset = unit.dataset and later.unit_key = unit.unit_key and later.status = 'done'
            and (later.settled_at, later.task_id) > (unit.settled_at, unit.task_id) and later.rows >= unit.rows
        )
        or (
          unit.selector ->> 'by' = 'code'
          and exists (
            select 1
            from sync_unit as later
            where later.dataset = unit.dataset and later.status = 'done' and later.selector ->> 'by' = 'code'
              and later.selector ->> 'ts_code' = unit.selector ->> 'ts_code'
              and later.settled_at > unit.settled_at and later.rows >= unit.rows
              and later.selector ->> 'from' <= unit.selector ->> 'from'
              and later.selector ->> 'to' >= unit.selector ->> 'to'
          )
        )
        or (
          unit.selector ->> 'by' = 'date' and unit.dataset = any (string_to_array(:by_name, ','))
          and exists (
            select 1
            from sync_day
            where sync_day.dataset = unit.dataset
              and sync_day.trade_date = to_date(unit.selector ->> 'trade_date', 'YYYYMMDD')
          )
        )
      else not exists (
        select 1
        from sync_failure_record as record
        where record.job_type = task.job_type and record.unit_key = unit.unit_key and record.resolved_at is null
          and record.task_id = unit.task_id
      )
    end
  order by unit.sequence
  for update of unit
),
removed as (
  delete from sync_unit as unit
  using unneeded
  where unit.task_id = cast(:id as uuid) and unit.sequence = unneeded.sequence
  returning unit.status, unit.dataset, unit.selector, unit.rows, unit.sent_at, unit.settled_at
),
fetched as materialized (
  select day.dataset, day.trade_date, removed.settled_at
  from removed
  join sync_day as day
    on day.dataset = removed.dataset and day.trade_date = to_date(removed.selector ->> 'trade_date', 'YYYYMMDD')
  where removed.status = 'done' and removed.selector ->> 'by' = 'date' and day.checked_at < removed.settled_at
  order by day.dataset, day.trade_date
  for update of day
),
kept_day as (
  update sync_day
  set checked_at = fetched.settled_at
  from fetched
  where sync_day.dataset = fetched.dataset and sync_day.trade_date = fetched.trade_date
)
update sync_task
set pruned_units = pruned_units + units, pruned_done = pruned_done + done, pruned_parked = pruned_parked + parked,
  pruned_rows = pruned_rows + stored_rows, pruned_sent_at = least(pruned_sent_at, first_sent_at), pruned_at = now()
from (
  select count(*) as units, count(*) filter (where status in ('done', 'compared')) as done,
    count(*) filter (where status = 'parked') as parked,
    coalesce(sum(rows) filter (where status in ('done', 'compared')), 0) as stored_rows, min(sent_at) as first_sent_at
  from removed
) as total
where id = cast(:id as uuid) and completed_at is not null
returning units`,
    { id, by_name: datasetsByName.map(({ name }) => name).join(",") },
  );
  return Number(row?.units ?? 0);
}

/** Removes failure records that were resolved before an instant, and counts them by month. Returns how many. */
export async function pruneFailures(database: Database, before: Date): Promise<number> {
  const [row] = await database.run(
    `with old as materialized (
  select id
  from sync_failure_record
  where resolved_at < cast(:before as timestamptz)
  order by resolved_at
  limit ${failuresMax}
  for update skip locked -- another dispatcher has them
),
removed as (
  delete from sync_failure_record as record
  using old
  where record.id = old.id
  returning record.*
),
counted as (
  insert into sync_failure_month as held (month, job_type, kind, failures, retries, dismissed)
  select cast(date_trunc('month', created_at at time zone 'Asia/Shanghai') as date), job_type, kind,
    count(*), sum(retry_count), count(dismissed)
  from removed
  group by 1, 2, 3
  order by 1, 2, 3
  on conflict (month, job_type, kind) do update
  set failures = held.failures + excluded.failures, retries = held.retries + excluded.retries,
    dismissed = held.dismissed + excluded.dismissed
)
select count(*) as failures
from removed`,
    { before: before.toISOString() },
  );
  return Number(row?.failures ?? 0);
}
