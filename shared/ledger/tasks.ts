// Tasks of the ledger in SQL: opened, planned, sent, paused, ended; one named function for each statement. Every statement
// is atomic and may be sent twice. Settling a unit changes its task too: see units.ts and failures.ts.

import type { JobType } from "../catalogue/jobs.ts";
import type { TaskStatus } from "../catalogue/status.ts";
import { SyncError } from "../errors.ts";
import type { Database, SqlRow } from "../ports.ts";
import { type PlannedUnit, type Unit, unitFrom, unitKey } from "../unit.ts";
import { say } from "../words/say.ts";
import { endedVerificationSql } from "./ended-verifications.ts";

/** Characters stored of an error's text. */
export const textCharactersMax = 2_000;

export type Task = {
  readonly id: string;
  readonly job_type: JobType;
  readonly status: TaskStatus;
  readonly current_offset: number;
  /** How often it was resumed; a fan-out that began before the last resume can no longer confirm units. */
  readonly resumes: number;
  readonly batch_size: number;
  readonly total_units: number;
  readonly total_processed: number;
  readonly total_failed: number;
  /** The command that opened it and what its plan added, as JSON; see asked.ts. */
  readonly config: string;
  /** Idempotency key of its start: of a schedule's tick, or of a request. */
  readonly request_key: string | null;
  readonly reason: string | null;
};

const taskColumns = `cast(id as text) as id, job_type, status, current_offset, resumes, batch_size, total_units,
  total_processed, total_failed, cast(config as text) as config, request_key, reason`;

/** Opens a task; or returns the existing task with this key, or the job's live or paused task. */
export async function openTask(
  database: Database,
  task: { job_type: JobType; batch_size: number; config: object; request_key?: string | undefined },
): Promise<{ task: Task; opened: boolean }> {
  const parameters = {
    job_type: task.job_type,
    batch_size: task.batch_size,
    config: JSON.stringify(task.config),
    request_key: task.request_key ?? null,
  };
  // No row comes back when another dispatcher has committed its task in between; the next attempt reads it.
  for (let look = 0; look < 3; look += 1) {
    const [row] = await database.run(
      `with held as (
  select ${taskColumns}
  from sync_task
  where request_key = :request_key
    or (job_type = :job_type and status in ('PENDING', 'RUNNING', 'PAUSED'))
  order by request_key is not distinct from cast(:request_key as text) desc, status = 'PAUSED', started_at desc
  limit 1
),
opened as (
  insert into sync_task (job_type, status, batch_size, config, request_key, updated_at)
  select :job_type, 'PENDING', :batch_size, cast(:config as jsonb), :request_key, now()
  where not exists (select 1 from held)
  on conflict do nothing -- with the job's live task, or with the key
  returning ${taskColumns}
)
select held.*, false as opened from held
union all
select opened.*, true from opened`,
      parameters,
    );
    if (row !== undefined) return { task: asTask(row), opened: row.opened === true };
  }
  throw new SyncError("transient", say("taskNotOpened", { job: task.job_type }));
}

export async function readTask(database: Database, id: string): Promise<Task | undefined> {
  const [row] = await database.run(`select ${taskColumns} from sync_task where id = cast(:id as uuid)`, {
    id,
  });
  return row && asTask(row);
}

/** Writes the plan of a PENDING task and sets it RUNNING, or COMPLETED when the plan is empty. */
export async function startTask(
  database: Database,
  id: string,
  plan: {
    units: readonly PlannedUnit[];
    reason: string | null;
    range?: { from: string; to: string };
    nothing?: string;
  },
): Promise<void> {
  await database.run(
    `with started as (
  update sync_task
  set status = case when cast(:units as integer) = 0 then 'COMPLETED' else 'RUNNING' end,
    completed_at = case when cast(:units as integer) = 0 then now() end,
    total_units = :units, reason = :reason, updated_at = now(),
    config = config || cast(:planned as jsonb)
  where id = cast(:id as uuid) and status = 'PENDING'
  returning id
)
insert into sync_unit (task_id, sequence, dataset, unit_key, selector, retry)
select started.id, planned.sequence, planned.dataset, planned.unit_key, cast(planned.selector as jsonb),
  cast(planned.retry as integer)
from started
cross join unnest(
  string_to_array(:datasets, ','),
  string_to_array(:unit_keys, ','),
  string_to_array(:selectors, chr(31)),
  string_to_array(:retries, ',')
) with ordinality as planned (dataset, unit_key, selector, retry, sequence)
order by planned.sequence`,
    {
      id,
      units: plan.units.length,
      reason: plan.reason,
      planned: JSON.stringify({ planned: plan.range, nothing: plan.nothing }),
      datasets: plan.units.map(({ dataset }) => dataset).join(","),
      unit_keys: plan.units.map(unitKey).join(","),
      selectors: plan.units.map(({ selector }) => JSON.stringify(selector)).join("\u001f"),
      retries: plan.units.map(({ retry = 0 }) => retry).join(","),
    },
  );
}

/** Units of one fan-out step that must be sent. */
export async function unitsToSend(database: Database, task: Task): Promise<Unit[]> {
  const rows = await database.run(
    `select cast(task_id as text) as task_id, sequence, dataset, unit_key, cast(selector as text) as selector, retry
from sync_unit
where task_id = cast(:id as uuid)
  and sequence > :offset and sequence <= :last
  and status not in ('done', 'compared', 'parked')
order by sequence`,
    { id: task.id, offset: task.current_offset, last: task.current_offset + task.batch_size },
  );
  return rows.map((row) => asUnit(row, task.job_type));
}

/**
 * Moves the offset past a step after the queue has accepted all its units. It does nothing when the task was paused,
 * cancelled, resumed or advanced by another dispatcher since it was read. Returns the current task.
 */
export async function confirmSent(database: Database, task: Task): Promise<Task> {
  const [row] = await database.run(
    `with locked as materialized (
  select sequence
  from sync_unit
  where task_id = cast(:id as uuid) and sequence > :offset and sequence <= :last
    and status in ('pending', 'not_due', 'failed')
  order by sequence
  for update
),
confirmed as (
  update sync_task
  set current_offset = least(current_offset + batch_size, total_units), updated_at = now()
  where id = cast(:id as uuid)
    and status = 'RUNNING' and resumes = :resumes and current_offset = :offset
    and (select count(*) from locked) >= 0 -- units are locked before their task
  returning *
),
marked as (
  update sync_unit as unit
  set status = 'sent', sent_at = now(), delivery_at = now()
  from confirmed
  cross join locked
  where unit.task_id = confirmed.id and unit.sequence = locked.sequence
)
select ${taskColumns} from confirmed`,
    {
      ...{ id: task.id, resumes: task.resumes, offset: task.current_offset },
      last: task.current_offset + task.batch_size,
    },
  );
  const now = row === undefined ? await readTask(database, task.id) : asTask(row);
  if (now === undefined) throw new SyncError("permanent", say("taskGone", { id: task.id }));
  return now;
}

/**
 * Pauses a live task. Undefined when it is not live.
 * @param resumeAt when a schedule ends the pause
 */
export async function pauseTask(
  database: Database,
  id: string,
  reason: string,
  resumeAt?: Date,
): Promise<Task | undefined> {
  const [row] = await database.run(
    `update sync_task
set status = 'PAUSED', reason = :reason, resume_at = cast(:resume_at as timestamptz), updated_at = now()
where id = cast(:id as uuid) and status in ('PENDING', 'RUNNING')
returning ${taskColumns}`,
    { id, reason, resume_at: resumeAt?.toISOString() ?? null },
  );
  return row && asTask(row);
}

/** Reason of a pause that only a command can end. */
export const pausedByCommand = say("pausedByCommand");

/**
 * Pauses a task until a command resumes it. A task that is already paused by a limit is held too, so that its schedule does
 * not resume it. Idempotent. Undefined when the task has ended or does not exist.
 */
export async function holdTask(database: Database, id: string): Promise<Task | undefined> {
  const [row] = await database.run(
    `update sync_task
set status = 'PAUSED', reason = :reason, resume_at = null,
  updated_at = case when status = 'PAUSED' and reason = :reason then updated_at else now() end
where id = cast(:id as uuid) and status in ('PENDING', 'RUNNING', 'PAUSED')
returning ${taskColumns}`,
    { id, reason: pausedByCommand },
  );
  return row && asTask(row);
}

/** Pauses all live tasks, when TuShare refuses the account. Returns their ids. */
export async function pauseAllTasks(database: Database, reason: string): Promise<string[]> {
  const rows = await database.run(
    `update sync_task
set status = 'PAUSED', reason = :reason, resume_at = null, updated_at = now()
where status in ('PENDING', 'RUNNING')
returning cast(id as text) as id`,
    { reason },
  );
  return rows.map(({ id }) => String(id));
}

/**
 * Makes a paused task live again, to be sent from its beginning: during the pause workers have removed its messages from
 * the queue.
 * @param exceptReason resume only a paused task with another reason than this
 */
export async function resumeTask(
  database: Database,
  id: string,
  exceptReason?: string,
): Promise<Task | undefined> {
  const [row] = await database.run(
    `update sync_task as task
set status = case when total_units = 0 then 'PENDING' else 'RUNNING' end,
  current_offset = 0, resumes = resumes + 1, reason = null, resume_at = null, updated_at = now()
where id = cast(:id as uuid) and status in ('PENDING', 'RUNNING', 'PAUSED')
  and (cast(:except as text) is null or (status = 'PAUSED' and reason is distinct from :except))
  and not exists (
    select 1
    from sync_task as other
    where other.job_type = task.job_type and other.id <> task.id and other.status in ('PENDING', 'RUNNING')
  )
returning ${taskColumns}`,
    { id, except: exceptReason ?? null },
  );
  return row && asTask(row);
}

/**
 * Cancels a live or paused task; its unsettled units are then unwanted. A late message may still store a unit, but the task
 * stays CANCELLED. Undefined when the task has already ended or does not exist.
 */
export async function cancelTask(database: Database, id: string, reason: string): Promise<Task | undefined> {
  return await endTask(database, id, "CANCELLED", reason, ["PENDING", "RUNNING", "PAUSED"]);
}

/** Fails a task that cannot be planned, unless another dispatcher has planned it meanwhile. */
export async function failTask(database: Database, id: string, reason: string): Promise<Task | undefined> {
  return await endTask(database, id, "FAILED", reason, ["PENDING"]);
}

async function endTask(
  database: Database,
  id: string,
  status: "CANCELLED" | "FAILED",
  reason: string,
  from: readonly TaskStatus[],
): Promise<Task | undefined> {
  const [row] = await database.run(
    `with locked as materialized (
  select sequence, unit_key, status
  from sync_unit
  where task_id = cast(:id as uuid) and status not in ('done', 'compared', 'parked')
  order by sequence
  for update
),
ended as (
  update sync_task
  set status = :status, reason = :reason, resume_at = null, completed_at = now(), updated_at = now()
  where id = cast(:id as uuid) and status = any (string_to_array(:from, ','))
    and (select count(*) from locked) >= 0 -- units are locked before their task
  returning *
),
dropped as (
  update sync_unit as unit
  set status = 'pending'
  from ended
  join locked on locked.status <> 'pending'
  where unit.task_id = ended.id and unit.sequence = locked.sequence
),
dismissed as (
  update sync_failure_record as record
  set resolved_at = now(), next_attempt_at = null, dismissed = :dismissed
  from ended
  join locked on true
  where record.job_type = ended.job_type and record.unit_key = locked.unit_key and record.resolved_at is null
    and record.task_id = ended.id
  returning 1
),
${endedVerificationSql("ended", "dismissed")}
select ${taskColumns} from ended`,
    {
      ...{ id, status, reason: reason.slice(0, textCharactersMax) },
      ...{ from: from.join(","), dismissed: say("taskWasCancelled") },
      not_verified: say("comparisonEnded", { id, status, why: reason }).slice(0, textCharactersMax),
    },
  );
  return row && asTask(row);
}

/** Every task that is PENDING or RUNNING. */
export async function liveTasks(database: Database): Promise<Task[]> {
  const rows = await database.run(
    `select ${taskColumns} from sync_task where status in ('PENDING', 'RUNNING') order by started_at limit 100`,
  );
  return rows.map(asTask);
}

function asTask(row: SqlRow): Task {
  return {
    id: String(row.id),
    job_type: row.job_type as JobType,
    status: row.status as TaskStatus,
    current_offset: Number(row.current_offset),
    resumes: Number(row.resumes),
    batch_size: Number(row.batch_size),
    total_units: Number(row.total_units),
    total_processed: Number(row.total_processed),
    total_failed: Number(row.total_failed),
    config: String(row.config),
    request_key: row.request_key === null || row.request_key === undefined ? null : String(row.request_key),
    reason: row.reason === null || row.reason === undefined ? null : String(row.reason),
  };
}

/** The unit of a row of sync_unit. */
export function asUnit(row: SqlRow, job_type: JobType): Unit {
  return unitFrom({
    task_id: String(row.task_id),
    sequence: Number(row.sequence),
    job_type,
    dataset: String(row.dataset),
    unit_key: String(row.unit_key),
    selector: String(row.selector),
    retry: Number(row.retry ?? 0),
  });
}
