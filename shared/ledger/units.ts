// Units of the ledger in SQL: claimed, stored, postponed; one named function for each statement. A unit's rows and its
// outcome are written in one atomic statement. Failures are in failures.ts.

import { hasMembersEachDay, isByTradingDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { jobsOf } from "../catalogue/jobs.ts";
import type { Origin } from "../catalogue/origin.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import type { TaskStatus } from "../catalogue/status.ts";
import { type CellSlice, claimedCellsSql, claimedFactsSql } from "../coverage/claimed-cells.ts";
import { storedOfListSql } from "../coverage/list-coverage.ts";
import { SyncError } from "../errors.ts";
import type { Database, SqlRow } from "../ports.ts";
import { type Cells, readMoves, readStates } from "../rows/cells.ts";
import type { Facts } from "../rows/completeness.ts";
import type { Table } from "../rows/rows.ts";
import { writesOf } from "../rows/write.ts";
import { type Unit, unitKey } from "../unit.ts";
import { say } from "../words/say.ts";
import { type CellChanges, changesPart, type Part, partialReason, settledPart } from "./absences.ts";
import { awaitsRepair } from "./ended-verifications.ts";
import type { Around } from "./list-answers.ts";
import { requireOrigin } from "./origin.ts";
import { textCharactersMax } from "./tasks.ts";

/**
 * unknown: not in the ledger. unwanted: the unit or its task is settled; `repairs` is a verification whose repair has not
 * begun. wanted: with the facts to judge its answer; `compares` is the verification for which it is compared and not stored.
 */
export type Claim =
  | { readonly is: "unknown" }
  | { readonly is: "unwanted"; readonly repairs: string | undefined }
  | { readonly is: "wanted"; readonly facts: Facts; readonly compares: string | undefined };

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
  const by = cellSliceOf(dataset, selector);
  const rows = await database.run(claimSql(dataset, selector.by, by), {
    task_id: unit.task_id,
    sequence: unit.sequence,
    job_type: unit.job_type,
    unit_key: unit.unit_key,
    retry: unit.retry,
    from: days?.from ?? null,
    to: days?.to ?? null,
    ...(dataset.expects === "before" && { slice_key: unitKey({ dataset: unit.dataset, selector }) }),
    ...(by === "code" && { ts_code: "ts_code" in selector ? selector.ts_code : null }),
  });
  const [row] = rows;
  if (row === undefined) return { is: "unknown" };
  const textOf = (value: SqlRow[string] | undefined) => (typeof value === "string" ? value : undefined);
  if (row.wanted !== true) return { is: "unwanted", repairs: textOf(row.repairs) };
  requireOrigin(row.origin, origin);
  const compares = textOf(row.compares);
  const texts = rows.flatMap(({ chunk }) => (typeof chunk === "string" ? [chunk] : []));
  const rowsBefore = Number(row.rows_before ?? 0);
  if (by === undefined) {
    return {
      is: "wanted",
      compares,
      facts: { openDays: texts.flatMap((text) => text.split(",")), rowsBefore },
    };
  }
  if (row.lacks_list === true) throw new SyncError("permanent", whyNoList(dataset));
  const cells = cellsOf(dataset, by, row, readStates(texts));
  const openDays = by === "code" ? [...cells.states.keys()] : row.is_open === true && days ? [days.from] : [];
  return { is: "wanted", compares, facts: { openDays, rowsBefore, cells } };
}

/** Whether each cell of the slice is known: of a day each member, of a code each open day. */
function cellSliceOf(dataset: Dataset, { by }: Selector): CellSlice | undefined {
  return hasMembersEachDay(dataset) && (by === "date" || by === "code") ? by : undefined;
}

function cellsOf(dataset: Dataset, by: CellSlice, row: SqlRow, states: Cells["states"]): Cells {
  return {
    states,
    expected: Number(row.expected),
    expectedKey: String(row.expected_key),
    firstStored: typeof row.first_stored === "string" ? row.first_stored : undefined,
    hasListing: by === "date" || dataset.list !== undefined,
    laterCodes: readMoves(row.moves),
  };
}

function whyNoList({ list }: Dataset): string {
  const [job = ""] = list === undefined ? [] : jobsOf(list.name);
  return say("listNotStored", { list: list?.title.en ?? "", table: list?.table ?? "", job });
}

/** One row, or several with the same facts: each has a part of the open days, or of the cells. */
function claimSql(dataset: Dataset, by: Selector["by"], cells: CellSlice | undefined): string {
  const openDays = `exchange = 'SSE' and is_open = 1
    and cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')`;
  const ofDays = `chunk as (
  select string_agg(to_char(cal_date, 'YYYYMMDD'), ',' order by cal_date) as cells
  from trade_cal
  where ${openDays} and (select wanted from claimed)
  group by extract(year from cal_date)
)`;
  const ofCells =
    cells &&
    `,
  exists (select 1 from trade_cal where ${openDays}) as is_open,
  ${claimedFactsSql(dataset, cells)}`;
  return `with claimed as materialized (
  select
  case
    when unit.status in ('done', 'compared') then false
    when unit.status = 'parked' then exists (
      select 1
      from sync_failure_record as record
      where record.job_type = :job_type and record.unit_key = :unit_key and record.resolved_at is null
        and record.task_id = unit.task_id and record.retry_count < :retry
    )
    when task.status in ('FAILED', 'CANCELLED') then unit.status in ('failed', 'not_due')
    else task.status in ('PENDING', 'RUNNING')
  end as wanted,
  task.config ->> 'compares' as compares,
  (
    select cast(id as text)
    from sync_verification
    where id = cast(task.config ->> 'compares' as uuid) and ${awaitsRepair}
  ) as repairs,
  (select kind || ' ' || identity from mirror_origin) as origin,
  ${dataset.expects === "before" ? rowsBeforeSql(dataset, by) : "0"} as rows_before${ofCells ?? ""}
  from sync_unit as unit
  join sync_task as task on task.id = unit.task_id
  where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence
),
${cells === undefined ? ofDays : claimedCellsSql(dataset, cells)}
select claimed.*, chunk.cells as chunk${cells === undefined ? "" : ", expectation.*"}
from claimed
${cells === undefined ? "" : "cross join expectation "}left join chunk on true`;
}

/** Rows of the list's last whole answer, or else its stored rows. */
function rowsBeforeSql(dataset: Dataset, by: Selector["by"]): string {
  return `coalesce(
    (
      select earlier.rows
      from sync_unit as earlier
      where earlier.dataset = unit.dataset and earlier.unit_key = :slice_key and earlier.status = 'done'
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

/** What else belongs to the same transaction. */
export type More = {
  readonly changes?: CellChanges;
  /** Datasets of which these rows explain absences. */
  readonly explained?: readonly string[];
  readonly around?: Around | undefined;
  /** No row of the slice was stored when the unit was claimed. */
  readonly isNew?: boolean;
};

type Counts = Pick<StoredUnit, "changed" | "revised" | "factors" | "emptied">;

/**
 * CTEs that settle a unit once, resolve its failure record, and count it in its task, which ends with its last unit.
 * @param how `from` adds to the unit's from clause, `also` has CTEs after `finished`, `set` changes more of the unit,
 * `taskReason` is an expression
 */
export function settlingSql(how: {
  readonly as: "done" | "compared";
  readonly from?: string;
  readonly also?: string;
  readonly set?: string;
  readonly taskReason: string;
}): string {
  const { as, from = "", also = "", set = "", taskReason } = how;
  return `before as (
  select unit.status, case when unit.status = 'parked' then 1 else 0 end as parked
  from sync_unit as unit
  ${from}
  where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence
  for update of unit
),
finished as (
  update sync_unit
  set status = '${as}', rows = :rows,${set} attempts = :attempts, settled_at = now()
  where task_id = cast(:task_id as uuid) and sequence = :sequence
    and exists (select 1 from before where status <> '${as}')
  returning 1
)${also},
counted as (
  -- Settling the last unit ends the task, unless it was cancelled; recordFailure has the same rule.
  update sync_task as task
  set (total_processed, total_failed, status, completed_at, reason, updated_at) = (
    select after.processed, after.failed,
      case when not ending.ends then task.status when after.failed = 0 then 'COMPLETED' else 'FAILED' end,
      case when ending.ends then now() else task.completed_at end,
      ${taskReason},
      now()
    from (select task.total_processed + 1 as processed, task.total_failed - before.parked as failed) as after
    cross join lateral (
      select task.status in ('RUNNING', 'PAUSED', 'FAILED')
        and after.processed + after.failed >= task.total_units as ends
    ) as ending
  )
  from before
  where task.id = cast(:task_id as uuid) and exists (select 1 from finished)
  returning task.id, task.status,
    cast(100.0 * (total_processed + total_failed) / greatest(total_units, 1) as double precision) as percent
),
resolved as (
  update sync_failure_record
  set resolved_at = now(), next_attempt_at = null
  where job_type = :job_type and unit_key = :unit_key and resolved_at is null
    and exists (select 1 from before) and (select count(*) from counted) >= 0 -- a task is locked before failure records
  returning 1
)`;
}

/**
 * Stores a unit's rows and what is known of their cells, sets it done, resolves its failure record and updates its task:
 * all of this or nothing.
 * @param shareMax the setting SYNC_REVISION_SHARE_MAX
 * @throws SyncError permanent, naming the check tooManyChanges, when more of the stored rows would change
 */
export async function storeUnit(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  attempts: number,
  shareMax: number,
  more: More = {},
): Promise<StoredUnit> {
  const { changes = {}, explained = [], around, isNew = false } = more;
  const settled = settledPart(dataset, changes.settled);
  const reason = partialReason(dataset, (changes.settled?.absences.length ?? 0) > 0);
  const cells = changesPart(dataset, changes, explained);
  const end = {
    sql: `,
${settlingSql({ as: "done", from: "cross join written -- every writer locks rows before the ledger", also: settled.sql, taskReason: reason.sql })}
select written.*, (select status from counted) as task_status,
  (select percent from counted) as task_percent,
  exists (select 1 from before where status in ('failed', 'parked')) and not exists (select 1 from resolved) as late
from written`,
    parameters: {
      ...settled.parameters,
      ...reason.parameters,
      job_type: unit.job_type,
      unit_key: unit.unit_key,
      rows: table.size,
      attempts,
    },
  };
  const write = (asNew: boolean) =>
    writeRows(database, unit, dataset, table, shareMax, cells, end, around, asNew);
  const { row, counts } = await write(isNew).catch((error: unknown) => {
    // Another unit has stored one of the rows since the claim.
    if (isNew && error instanceof SyncError && error.isDuplicate) return write(false);
    throw error;
  });
  // A failure recorded while this statement waited for the unit's lock was not visible to the statement.
  if (row?.late === true) await resolveFailure(database, unit);
  return {
    rows: table.size,
    ...counts,
    taskStatus: (row?.task_status ?? undefined) as TaskStatus | undefined,
    taskPercent: typeof row?.task_percent === "number" ? row.task_percent : undefined,
  };
}

/**
 * Stores rows, in one statement where they fit into one. `end` has the CTEs after the rows and the select, which are part
 * of the last statement.
 */
async function writeRows(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  shareMax: number,
  cells: Part,
  end: Part,
  around?: Around,
  isNew = false,
): Promise<{ row: SqlRow | undefined; counts: Counts }> {
  const reviser = { taskId: unit.task_id, shareMax };
  const { before, last } = writesOf(dataset, unit.selector, table, reviser, isNew);
  const finish = async (run: Database["run"]): Promise<SqlRow | undefined> => {
    const [row] = await run(`with ${last.sql}${cells.sql}${end.sql}`, {
      ...last.parameters,
      ...cells.parameters,
      ...end.parameters,
      task_id: unit.task_id,
      sequence: unit.sequence,
    });
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
  add(row);
  return { row, counts };
}

/**
 * Stores the rows that came of a slice that is not whole; the unit is not done by it.
 * @returns how many rows were inserted or changed
 */
export async function mergeRows(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  shareMax: number,
  changes: Omit<CellChanges, "settled">,
): Promise<number> {
  if (table.size === 0) return 0;
  const cells = changesPart(dataset, changes, []);
  const end = { sql: " select * from written", parameters: {} };
  return (await writeRows(database, unit, dataset, table, shareMax, cells, end)).counts.changed;
}

export async function resolveFailure(database: Database, unit: Unit): Promise<void> {
  await database.run(
    `update sync_failure_record
set resolved_at = now(), next_attempt_at = null
where job_type = :job_type and unit_key = :unit_key and resolved_at is null`,
    { job_type: unit.job_type, unit_key: unit.unit_key },
  );
}

/**
 * Marks a unit as not published yet, unless its task was cancelled meanwhile.
 * @param lookAgainAt when its schedule sends it again
 */
export async function markNotDue(
  database: Database,
  unit: Unit,
  attempts: number,
  lookAgainAt: Date,
): Promise<void> {
  await database.run(
    `with before as (
  select unit.task_id, unit.sequence
  from sync_unit as unit
  join sync_task as task on task.id = unit.task_id
  where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence
    and unit.status not in ('done', 'compared', 'parked')
    and not (task.status = 'CANCELLED' and unit.status = 'pending')
  for update of unit
  for no key update of task -- or a cancel that has just ended would not be seen
)
update sync_unit as unit
set status = 'not_due', attempts = :attempts, settled_at = now(), delivery_at = cast(:look_again_at as timestamptz)
from before
where unit.task_id = before.task_id and unit.sequence = before.sequence`,
    {
      ...{ task_id: unit.task_id, sequence: unit.sequence, attempts },
      look_again_at: lookAgainAt.toISOString(),
    },
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
where task_id = cast(:task_id as uuid) and sequence = :sequence and status not in ('done', 'compared')`,
    {
      task_id: unit.task_id,
      sequence: unit.sequence,
      attempts,
      message: message.slice(0, textCharactersMax),
    },
  );
}
