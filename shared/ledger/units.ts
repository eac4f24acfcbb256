// Units of the ledger in SQL: claimed, stored, postponed; one named function for each statement. A unit's rows and its
// outcome are written in one atomic statement. Failures are in failures.ts.

import { dayColumnOf, isByTradingDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Origin } from "../catalogue/origin.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import type { TaskStatus } from "../catalogue/status.ts";
import { storedOfListSql } from "../coverage/list-coverage.ts";
import { isOwnRow, listingSql } from "../coverage/members.ts";
import type { Database, SqlRow } from "../ports.ts";
import type { Facts } from "../rows/completeness.ts";
import type { Table } from "../rows/rows.ts";
import { writesOf } from "../rows/write.ts";
import type { Unit } from "../unit.ts";
import type { Around } from "./list-answers.ts";
import { requireOrigin } from "./origin.ts";
import { textCharactersMax } from "./tasks.ts";

/** unknown: not in the ledger. unwanted: the unit or its task is settled. wanted: with the facts to judge its answer. */
export type Claim =
  | { readonly is: "unknown" | "unwanted" }
  | { readonly is: "wanted"; readonly facts: Facts };

/**
 * Reads in one query whether a unit is still wanted, and the facts to judge its answer. A unit is wanted while its task is
 * live and the unit is not settled. After the task has ended, retries by a person or a schedule are still wanted: units
 * that failed or are not due, and parked units with a message newer than their failure record.
 * @throws SyncError permanent, with scope account, when the database has another origin
 */
export async function claimUnit(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  origin: Origin,
): Promise<Claim> {
  const { selector } = unit;
  const days = isByTradingDay(dataset) ? daysOf(selector) : undefined;
  const [row] = await database.run(claimSql(dataset, selector.by), {
    task_id: unit.task_id,
    sequence: unit.sequence,
    job_type: unit.job_type,
    unit_key: unit.unit_key,
    retry: unit.retry,
    from: days?.from ?? null,
    to: days?.to ?? null,
  });
  if (row === undefined) return { is: "unknown" };
  if (row.wanted !== true) return { is: "unwanted" };
  requireOrigin(row.origin, origin);
  return {
    is: "wanted",
    facts: {
      openDays: typeof row.open_days === "string" ? row.open_days.split(",") : [],
      rowsDayBefore: Number(row.rows_day_before),
      listed: Number(row.listed),
      rowsBefore: Number(row.rows_before ?? 0),
    },
  };
}

function claimSql(dataset: Dataset, by: Selector["by"]): string {
  const isOfDay = dataset.expects === "members" && by === "date";
  return `select
  case
    when unit.status = 'done' then false
    when unit.status = 'parked' then exists (
      select 1
      from sync_failure_record as record
      where record.job_type = :job_type and record.unit_key = :unit_key and record.resolved_at is null
        and record.task_id = unit.task_id and record.retry_count < :retry
    )
    when task.status in ('FAILED', 'CANCELLED') then unit.status in ('failed', 'not_due')
    else task.status in ('PENDING', 'RUNNING')
  end as wanted,
  (select kind || ' ' || identity from mirror_origin) as origin,
  (
    select string_agg(to_char(cal_date, 'YYYYMMDD'), ',' order by cal_date)
    from trade_cal
    where exchange = 'SSE' and is_open = 1
      and cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
  ) as open_days,
  ${isOfDay ? rowsDayBeforeSql(dataset) : "0"} as rows_day_before,
  ${isOfDay ? listedSql(dataset) : "0"} as listed,
  ${dataset.expects === "before" ? rowsBeforeSql(dataset, by) : "0"} as rows_before
from sync_unit as unit
join sync_task as task on task.id = unit.task_id
where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence`;
}

/** Stored rows of the dataset on the previous open day. */
function rowsDayBeforeSql(dataset: Dataset): string {
  return `(
    select count(*)
    from ${dataset.table} as stored
    where ${dayColumnOf(dataset)} = (
      select max(cal_date)
      from trade_cal
      where exchange = 'SSE' and is_open = 1 and cal_date < to_date(:from, 'YYYYMMDD')
    )
    and ${isOwnRow(dataset, "stored")}
  )`;
}

/** Members listed on the day. Delisted members without a known delisting day do not count. */
function listedSql(dataset: Dataset): string {
  return `(
    select count(*)
    from (${listingSql(dataset)}) as member
    where listed_from <= to_date(:from, 'YYYYMMDD') and coalesce(listed_to, 'infinity') > to_date(:from, 'YYYYMMDD')
      and (is_listed is distinct from false or listed_to is not null)
  )`;
}

/** Rows of the list's last whole answer, or else its stored rows. */
function rowsBeforeSql(dataset: Dataset, by: Selector["by"]): string {
  return `coalesce(
    (
      select earlier.rows
      from sync_unit as earlier
      where earlier.dataset = unit.dataset and earlier.unit_key = unit.unit_key and earlier.status = 'done'
      order by earlier.settled_at desc
      limit 1
    ),
    ${storedOfListSql(dataset, by)}
  )`;
}

export type StoredUnit = {
  readonly rows: number;
  /** Rows that were inserted or changed. */
  readonly changed: number;
  /** Changed values of rows that were stored before; of these, those of an adjustment factor. */
  readonly revised: number;
  readonly factors: number;
  /** Rows, at least, in which the answer has nulls for stored values, or for values that were null in an earlier answer. */
  readonly emptied: number;
  /** Status of its task; undefined when the unit was already done. */
  readonly taskStatus: TaskStatus | undefined;
  readonly taskPercent: number | undefined;
};

/**
 * Stores a unit's rows, sets it done, resolves its failure record and updates its task: all of this or nothing.
 * @param shareMax the setting SYNC_REVISION_SHARE_MAX
 * @param around what else belongs to the same transaction
 * @throws SyncError permanent, naming the check tooManyChanges, when more of the stored rows would change
 */
export async function storeUnit(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  attempts: number,
  shareMax: number,
  around?: Around,
): Promise<StoredUnit> {
  const { before, last } = writesOf(dataset, unit.selector, table, { taskId: unit.task_id, shareMax });
  const finish = async (run: Database["run"]): Promise<SqlRow | undefined> => {
    const [row] = await run(
      `with ${last.sql},
before as (
  select unit.status, case when unit.status = 'parked' then 1 else 0 end as parked
  from sync_unit as unit
  cross join written -- every writer locks rows before the ledger
  where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence
  for update of unit
),
finished as (
  update sync_unit
  set status = 'done', rows = :rows, attempts = :attempts, settled_at = now()
  where task_id = cast(:task_id as uuid) and sequence = :sequence
    and exists (select 1 from before where status <> 'done')
  returning 1
),
resolved as (
  update sync_failure_record
  set resolved_at = now(), next_attempt_at = null
  where job_type = :job_type and unit_key = :unit_key and resolved_at is null
    and exists (select 1 from before)
  returning 1
),
counted as (
  -- Settling the last unit ends the task, unless it was cancelled; recordFailure has the same rule.
  update sync_task as task
  set (total_processed, total_failed, status, completed_at, updated_at) = (
    select after.processed, after.failed,
      case when not ending.ends then task.status when after.failed = 0 then 'COMPLETED' else 'FAILED' end,
      case when ending.ends then now() else task.completed_at end,
      now()
    from (select task.total_processed + 1 as processed, task.total_failed - before.parked as failed) as after
    cross join lateral (
      select task.status in ('RUNNING', 'PAUSED', 'FAILED')
        and after.processed + after.failed >= task.total_units as ends
    ) as ending
  )
  from before
  where task.id = cast(:task_id as uuid) and exists (select 1 from finished)
  returning task.status,
    cast(100.0 * (total_processed + total_failed) / greatest(total_units, 1) as double precision) as percent
)
select written.*, (select status from counted) as task_status,
  (select percent from counted) as task_percent,
  exists (select 1 from before where status in ('failed', 'parked')) and not exists (select 1 from resolved) as late
from written`,
      {
        ...last.parameters,
        task_id: unit.task_id,
        sequence: unit.sequence,
        job_type: unit.job_type,
        unit_key: unit.unit_key,
        rows: table.size,
        attempts,
      },
    );
    return row;
  };
  const counts = { changed: 0, revised: 0, factors: 0, emptied: 0 };
  const add = (stored: SqlRow | undefined) => {
    for (const count of ["changed", "revised", "factors", "emptied"] as const) {
      counts[count] += Number(stored?.[count] ?? 0);
    }
  };
  const row =
    before.length === 0 && around === undefined
      ? await finish(database.run)
      : await database.transaction(async (run) => {
          await around?.before(run);
          for (const { sql, parameters } of before) {
            const [stored] = await run(`with ${sql} select * from written`, parameters);
            add(stored);
          }
          const finished = await finish(run);
          await around?.after(run);
          return finished;
        });
  // A failure recorded while this statement waited for the unit's lock was not visible to the statement.
  if (row?.late === true) await resolveFailure(database, unit);
  add(row);
  return {
    rows: table.size,
    ...counts,
    taskStatus: (row?.task_status ?? undefined) as TaskStatus | undefined,
    taskPercent: typeof row?.task_percent === "number" ? row.task_percent : undefined,
  };
}

async function resolveFailure(database: Database, unit: Unit): Promise<void> {
  await database.run(
    `update sync_failure_record
set resolved_at = now(), next_attempt_at = null
where job_type = :job_type and unit_key = :unit_key and resolved_at is null`,
    { job_type: unit.job_type, unit_key: unit.unit_key },
  );
}

/** Marks a unit as not published yet, unless its task was cancelled meanwhile. */
export async function markNotDue(database: Database, unit: Unit, attempts: number): Promise<void> {
  await database.run(
    `update sync_unit as unit
set status = 'not_due', attempts = :attempts, settled_at = now()
from sync_task as task
where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence and unit.status not in ('done', 'parked')
  and task.id = unit.task_id and not (task.status = 'CANCELLED' and unit.status = 'pending')`,
    { task_id: unit.task_id, sequence: unit.sequence, attempts },
  );
}

/** Stores why an attempt failed that the queue will repeat. */
export async function noteAttempt(
  database: Database,
  unit: Unit,
  attempts: number,
  message: string,
): Promise<void> {
  await database.run(
    `update sync_unit
set attempts = :attempts, last_error = :message
where task_id = cast(:task_id as uuid) and sequence = :sequence and status <> 'done'`,
    {
      task_id: unit.task_id,
      sequence: unit.sequence,
      attempts,
      message: message.slice(0, textCharactersMax),
    },
  );
}
