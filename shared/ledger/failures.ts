// Failure records in SQL: why a unit did not succeed, until it does; one named function for each statement.

import type { JobType } from "../catalogue/jobs.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { ErrorKind } from "../errors.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit, Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { endedVerificationSql } from "./ended-verifications.ts";
import { asUnit, textCharactersMax } from "./tasks.ts";

/** Failure records that one increment retries. */
const failuresMax = 1_000;

export type Failure = {
  readonly kind: ErrorKind;
  /** Undefined: the message that the worker stored with the last attempt. */
  readonly message: string | undefined;
  /** When the unit is retried; undefined parks it. */
  readonly nextAttemptAt: Date | undefined;
  readonly attempts: number;
  readonly maxRetries: number;
};

/** Whether there is anything to retry, and when. Repeating a recording returns the time of the first one. */
export type Recorded = { readonly recorded: boolean; readonly nextAttemptAt: Date | undefined };

/**
 * Records why a unit failed and settles it as failed or parked. Recording the same attempt again changes nothing, and
 * neither does a failure of a unit that is done, cancelled, or was parked by a later attempt.
 */
export async function recordFailure(database: Database, unit: Unit, failure: Failure): Promise<Recorded> {
  const [row] = await database.run(
    `with before as (
  select unit.last_error,
    (case when cast(:status as text) = 'parked' then 1 else 0 end)
      - (case when unit.status = 'parked' then 1 else 0 end) as newly_parked
  from sync_unit as unit
  join sync_task as task on task.id = unit.task_id
  where unit.task_id = cast(:task_id as uuid) and unit.sequence = :sequence
    and unit.status not in ('done', 'compared')
    and not (task.status = 'CANCELLED' and unit.status = 'pending') -- cancelled with its task
    and (
      unit.status <> 'parked'
      or exists (
        select 1
        from sync_failure_record as record
        where record.job_type = :job_type and record.unit_key = :unit_key and record.resolved_at is null
          and record.task_id = unit.task_id and record.retry_count < :retry
      )
    )
  for update of unit
  for no key update of task -- or a cancel that has just ended would not be seen
),
settled as (
  update sync_unit
  set status = :status, attempts = :attempts, settled_at = now(), last_error = coalesce(:message, last_error),
    delivery_at = coalesce(cast(:next_attempt_at as timestamptz), delivery_at)
  where task_id = cast(:task_id as uuid) and sequence = :sequence and exists (select 1 from before)
),
recorded as (
  insert into sync_failure_record as open (
    job_type, unit_key, task_id, sequence, third_code, kind, error_message, retry_count, max_retries, next_attempt_at
  )
  select :job_type, :unit_key, cast(:task_id as uuid), :sequence, :third_code, :kind,
    coalesce(:message, before.last_error, 'no outcome: the worker was stopped in every attempt'), :retry, :max_retries,
    cast(:next_attempt_at as timestamptz)
  from before
  on conflict (job_type, unit_key) where resolved_at is null do update
  set task_id = excluded.task_id, sequence = excluded.sequence, kind = excluded.kind,
    error_message = excluded.error_message, max_retries = excluded.max_retries, last_attempt_at = now(),
    retry_count = excluded.retry_count,
    next_attempt_at = case
      when open.task_id = excluded.task_id and open.retry_count = excluded.retry_count then open.next_attempt_at
      else excluded.next_attempt_at
    end
  returning next_attempt_at
),
counted as (
  -- Settling the last unit ends the task, unless it was cancelled; storeUnit has the same rule.
  update sync_task as task
  set (total_failed, status, completed_at, updated_at) = (
    select after.failed,
      case when not ending.ends then task.status when after.failed = 0 then 'COMPLETED' else 'FAILED' end,
      case when ending.ends then now() else task.completed_at end,
      now()
    from (select task.total_failed + before.newly_parked as failed) as after
    cross join lateral (
      select task.status in ('RUNNING', 'PAUSED', 'FAILED')
        and task.total_processed + after.failed >= task.total_units as ends
    ) as ending
  )
  from before
  where task.id = cast(:task_id as uuid)
  returning task.id, task.status, task.config
),
${endedVerificationSql("counted", "recorded")}
select count(*) > 0 as recorded,
  cast(floor(extract(epoch from max(next_attempt_at)) * 1000) as bigint) as next_attempt_milliseconds
from recorded`,
    {
      task_id: unit.task_id,
      sequence: unit.sequence,
      status: failure.nextAttemptAt === undefined ? "parked" : "failed",
      attempts: failure.attempts,
      job_type: unit.job_type,
      unit_key: unit.unit_key,
      third_code: unit.selector.by === "code" ? unit.selector.ts_code : null,
      kind: failure.kind,
      message: failure.message?.slice(0, textCharactersMax) ?? null,
      retry: unit.retry,
      max_retries: failure.maxRetries,
      next_attempt_at: failure.nextAttemptAt?.toISOString() ?? null,
      not_verified: say("comparisonFailed", { id: unit.task_id }),
    },
  );
  const at = row?.next_attempt_milliseconds;
  return {
    recorded: row?.recorded === true,
    nextAttemptAt: typeof at === "number" ? new Date(at) : undefined,
  };
}

/**
 * Resolves an open failure record without its unit, because a person has said why it may rest. A unit that waits for another
 * attempt is parked: its message is not carried out. Returns whether the record was open.
 */
export async function dismissFailure(database: Database, id: number, reason: string): Promise<boolean> {
  const [row] = await database.run(
    `with before as (
  select unit.task_id, unit.sequence
  from sync_failure_record as record
  join sync_unit as unit on unit.task_id = record.task_id and unit.sequence = record.sequence
  join sync_task as task on task.id = unit.task_id
  where record.id = :id and record.resolved_at is null and unit.status = 'failed'
  for update of unit
  for no key update of task
),
dismissed as (
  update sync_failure_record
  set resolved_at = now(), next_attempt_at = null, dismissed = :reason
  where id = :id and resolved_at is null and (select count(*) from before) >= 0
  returning id
),
parked as (
  update sync_unit as unit
  set status = 'parked'
  from before
  where unit.task_id = before.task_id and unit.sequence = before.sequence and exists (select 1 from dismissed)
  returning unit.task_id
),
counted as (
  -- Settling the last unit ends the task, unless it was cancelled; recordFailure has the same rule.
  update sync_task as task
  set total_failed = total_failed + 1, updated_at = now(),
    (status, completed_at) = (
      select case when ending.ends then 'FAILED' else task.status end,
        case when ending.ends then now() else task.completed_at end
      from (
        select task.status in ('RUNNING', 'PAUSED', 'FAILED')
          and task.total_processed + task.total_failed + 1 >= task.total_units as ends
      ) as ending
    )
  from parked
  where task.id = parked.task_id
  returning task.id, task.status, task.config
),
${endedVerificationSql("counted", "dismissed")}
select count(*) > 0 as dismissed from dismissed`,
    { id, reason: reason.slice(0, textCharactersMax), not_verified: say("comparisonDismissed") },
  );
  return row?.dismissed === true;
}

/**
 * Records a message without a unit in the ledger. `key` identifies the message, so that recording it twice changes nothing.
 */
export async function recordOrphan(database: Database, key: string, message: string): Promise<void> {
  await database.run(
    `insert into sync_failure_record (job_type, unit_key, kind, error_message, max_retries)
values ('UNKNOWN', :key, 'permanent', :message, 0)
on conflict (job_type, unit_key) where resolved_at is null do nothing`,
    { key, message: message.slice(0, textCharactersMax) },
  );
}

/**
 * One page of the units of open failure records, after a record's id, each with its next retry number. Left out are units
 * that another task has done, units of a cancelled task, and failed units of a paused task, which its resume sends again;
 * countOpenFailures has the same rule.
 */
export async function unresolvedUnits(
  database: Database,
  which: { id: number } | { after: number; jobTypes?: readonly JobType[] | undefined },
): Promise<{ units: Unit[]; last: number | undefined }> {
  const rows = await database.run(
    `select id, cast(task_id as text) as task_id, sequence, dataset, unit_key, cast(selector as text) as selector, job_type,
  retry_count + 1 as retry
from sync_failure
where resolved_at is null and unit_status not in ('done', 'compared') and not is_dropped
  and (
    unit_status = 'parked'
    or not exists (select 1 from sync_task as task where task.id = sync_failure.task_id and task.status = 'PAUSED')
  )
  and (id = :id or id > :after)
  and (cast(:jobs as text) is null or job_type = any (string_to_array(:jobs, ',')))
order by id
limit 1000`,
    {
      id: "id" in which ? which.id : null,
      after: "after" in which ? which.after : null,
      jobs: ("jobTypes" in which ? which.jobTypes?.join(",") : undefined) ?? null,
    },
  );
  return {
    units: rows.map((row) => asUnit(row, row.job_type as JobType)),
    last: rows.length === 0 ? undefined : Number(rows.at(-1)?.id),
  };
}

/** Open failures of a job: units to retry, each with its next retry number, and the keys of units that need action. */
export async function failedUnits(
  database: Database,
  jobType: JobType,
): Promise<{ retried: PlannedUnit[]; left: string[] }> {
  const rows = await database.run(
    `select unit_key, dataset, cast(selector as text) as selector, retry_count + 1 as retry,
  retry_count >= max_retries or kind = 'permanent' as is_left
from sync_failure
where job_type = :job_type and resolved_at is null and dataset is not null
order by id
limit :failures`,
    { job_type: jobType, failures: failuresMax },
  );
  return {
    retried: rows
      .filter(({ is_left }) => is_left !== true)
      .map((row) => ({
        dataset: String(row.dataset) as PlannedUnit["dataset"],
        selector: JSON.parse(String(row.selector)) as Selector,
        retry: Number(row.retry),
      })),
    left: rows.filter(({ is_left }) => is_left === true).map(({ unit_key }) => String(unit_key)),
  };
}
