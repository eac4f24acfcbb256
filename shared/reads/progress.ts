// Progress of tasks and their failures, read from the ledger for the progress widget, the HTTP API and the command line.
// Nothing here runs on a timer. Coverage of the data is in stored-days.ts.

import type { JobType } from "../catalogue/jobs.ts";
import { type TaskStatus, type UnitStatus, unitStatuses } from "../catalogue/status.ts";
import type { ErrorKind } from "../errors.ts";
import type { Database, SqlRow } from "../ports.ts";

/** Tasks or failures in one answer: even with the longest messages it stays under the Data API's limit of 1 MiB. */
export const pageMax = 100;

/** The rate is measured over the last minutes, so that it adapts after a pause or a changed limit. */
const rateMinutes = 10;

/** A command may name two thousand codes; a page of such commands would exceed the Data API's limit of 1 MiB. */
const configBytesMax = 1_000;

export type TaskProgress = {
  readonly id: string;
  readonly job_type: JobType;
  readonly status: TaskStatus;
  /** Why it is paused, failed or cancelled; null when there is no reason. */
  readonly reason: string | null;
  /** The command that opened it, as JSON; a long list of codes is left out. */
  readonly config: string;
  readonly request_key: string | null;
  readonly units: {
    readonly total: number;
    readonly done: number;
    /** Units confirmed as sent: those before the offset of the fan-out. */
    readonly confirmed: number;
    readonly byStatus: Readonly<Record<UnitStatus, number>>;
  };
  /** Rows of all answers proven whole. A unit that was compared counts as done. */
  readonly rows: number;
  /** Share of units done or parked, from 0 to 1. 1 for a task without units. */
  readonly share: number;
  /** Units a minute: recent for a live task, overall for one that has ended; undefined before the first unit. */
  readonly unitsAMinute: number | undefined;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly completedAt: Date | undefined;
  /** Estimated end of a live task at this rate, never before its planned retries; undefined when unknown. */
  readonly estimatedEnd: Date | undefined;
};

/** Tasks, the newest first, at most `limit`. `before` is the id of the last task on the previous page. */
export async function readTasks(
  database: Database,
  options: {
    limit: number;
    status?: readonly TaskStatus[] | undefined;
    job?: JobType | undefined;
    before?: string | undefined;
  },
): Promise<TaskProgress[]> {
  return await progressOf(database, {
    id: null,
    status: options.status?.join(",") ?? null,
    job: options.job ?? null,
    before: options.before ?? null,
    limit: Math.min(options.limit, pageMax),
  });
}

export async function readTask(database: Database, id: string): Promise<TaskProgress | undefined> {
  return (await progressOf(database, { id, status: null, job: null, before: null, limit: 1 }))[0];
}

async function progressOf(
  database: Database,
  chosen: {
    id: string | null;
    status: string | null;
    job: string | null;
    before: string | null;
    limit: number;
  },
): Promise<TaskProgress[]> {
  const rows = await database.run(
    `with chosen as (
  select id, job_type, status, reason, config, request_key, total_units, current_offset, started_at, updated_at,
    completed_at, pruned_done, pruned_parked, pruned_rows, pruned_sent_at,
    pruned_units - pruned_done - pruned_parked as pruned_others
  from sync_task
  where (cast(:id as uuid) is null or id = cast(:id as uuid))
    and (cast(:status as text) is null or status = any (string_to_array(:status, ',')))
    and (cast(:job as text) is null or job_type = :job)
    and (
      cast(:before as uuid) is null
      or (started_at, id) < (select started_at, id from sync_task where id = cast(:before as uuid))
    )
  order by started_at desc, id desc
  limit :limit
)
select cast(chosen.id as text) as id, job_type, chosen.status, reason, request_key,
  cast(case when octet_length(cast(config as text)) > :config_bytes then config - 'codes' else config end as text) as config,
  total_units, current_offset, pending_units + pruned_others as pending_units, sent_units,
  done_units + pruned_done as done_units, not_due_units, failed_units, parked_units + pruned_parked as parked_units,
  stored_rows + pruned_rows as stored_rows, done_lately,
  extract(epoch from least(first_sent_at, pruned_sent_at)) as first_sent_at,
  extract(epoch from started_at) as started_at,
  extract(epoch from updated_at) as updated_at,
  extract(epoch from completed_at) as completed_at,
  extract(epoch from next_attempt_at) as next_attempt_at,
  extract(epoch from now()) as read_at
from chosen
cross join lateral (
  select count(*) filter (where status = 'pending') as pending_units,
    count(*) filter (where status = 'sent') as sent_units,
    count(*) filter (where status in ('done', 'compared')) as done_units,
    count(*) filter (where status = 'not_due') as not_due_units,
    count(*) filter (where status = 'failed') as failed_units,
    count(*) filter (where status = 'parked') as parked_units,
    coalesce(sum(rows) filter (where status in ('done', 'compared')), 0) as stored_rows,
    count(*) filter (
      where status in ('done', 'compared') and settled_at > now() - cast(:rate_minutes as integer) * interval '1 minute'
    ) as done_lately,
    min(sent_at) as first_sent_at
  from sync_unit
  where task_id = chosen.id
) as unit
left join lateral (
  select max(record.next_attempt_at) as next_attempt_at
  from sync_failure_record as record
  join sync_unit as failed on failed.task_id = record.task_id and failed.sequence = record.sequence
  where record.task_id = chosen.id and record.resolved_at is null and failed.status = 'failed'
) as failure on true
order by chosen.started_at desc, chosen.id desc`,
    { ...chosen, rate_minutes: rateMinutes, config_bytes: configBytesMax },
  );
  return rows.map(asProgress);
}

function asProgress(row: SqlRow): TaskProgress {
  const byStatus = Object.fromEntries(
    unitStatuses.map((status) => [status, Number(row[`${status}_units`])]),
  ) as Record<UnitStatus, number>;
  const total = Number(row.total_units);
  const status = row.status as TaskStatus;
  const startedAt = instant(row.started_at) ?? new Date(0);
  const completedAt = instant(row.completed_at);
  const settled = byStatus.done + byStatus.parked;
  const times = {
    firstSentAt: instant(row.first_sent_at) ?? startedAt,
    now: instant(row.read_at) ?? startedAt,
    completedAt,
    nextAttemptAt: instant(row.next_attempt_at),
  };
  const unitsAMinute = rateOf({ done: byStatus.done, doneLately: Number(row.done_lately) }, times);
  return {
    id: String(row.id),
    job_type: row.job_type as JobType,
    status,
    reason: text(row.reason),
    config: String(row.config),
    request_key: text(row.request_key),
    units: { total, done: byStatus.done, confirmed: Number(row.current_offset), byStatus },
    rows: Number(row.stored_rows),
    share: total === 0 ? (status === "COMPLETED" ? 1 : 0) : settled / total,
    unitsAMinute,
    startedAt,
    updatedAt: instant(row.updated_at) ?? startedAt,
    completedAt,
    estimatedEnd: status === "RUNNING" ? estimateEnd(total - settled, unitsAMinute, times) : undefined,
  };
}

type Times = {
  readonly firstSentAt: Date;
  readonly now: Date;
  readonly completedAt: Date | undefined;
  readonly nextAttemptAt: Date | undefined;
};

function rateOf(
  units: { done: number; doneLately: number },
  { firstSentAt, now, completedAt }: Times,
): number | undefined {
  const minutes = ((completedAt ?? now).getTime() - firstSentAt.getTime()) / 60_000;
  const [done, over] =
    completedAt === undefined ? [units.doneLately, Math.min(rateMinutes, minutes)] : [units.done, minutes];
  return done === 0 || over <= 0 ? undefined : done / over;
}

function estimateEnd(
  left: number,
  unitsAMinute: number | undefined,
  { now, nextAttemptAt }: Times,
): Date | undefined {
  if (unitsAMinute === undefined) return undefined;
  const end = now.getTime() + (left / unitsAMinute) * 60_000;
  return new Date(Math.max(end, nextAttemptAt?.getTime() ?? 0));
}

export type FailureRecord = {
  /** The id for the retry command. */
  readonly id: number;
  /** UNKNOWN where the message could not be read. */
  readonly job_type: string;
  readonly unit_key: string;
  readonly task_id: string | null;
  /** The stock, where the unit is one stock. */
  readonly third_code: string | null;
  readonly kind: ErrorKind;
  readonly error_message: string;
  readonly retry_count: number;
  readonly max_retries: number;
  /** Open, and not retried automatically. */
  readonly needsPerson: boolean;
  /** Its task was cancelled: only another task will fetch its unit. */
  readonly isCancelled: boolean;
  readonly createdAt: Date;
  readonly lastAttemptAt: Date;
  /** Undefined when no attempt is planned, while its task is paused, and once the attempt has begun. */
  readonly nextAttemptAt: Date | undefined;
  readonly resolvedAt: Date | undefined;
  /** Why it was resolved although its unit did not succeed. */
  readonly dismissed: string | null;
};

export type FailureFilter = {
  readonly job?: string | undefined;
  readonly kind?: ErrorKind | undefined;
  readonly resolved?: boolean | undefined;
  readonly needsPerson?: boolean | undefined;
  readonly id?: number | undefined;
  /** The id of the last record on the previous page. */
  readonly before?: number | undefined;
  readonly limit: number;
};

/** Failure records, the newest first, at most `limit`. */
export async function readFailures(database: Database, filter: FailureFilter): Promise<FailureRecord[]> {
  const rows = await database.run(
    `select id, job_type, unit_key, cast(task_id as text) as task_id, third_code, kind, error_message, retry_count,
  max_retries, needs_person, is_dropped, extract(epoch from created_at) as created_at,
  extract(epoch from last_attempt_at) as last_attempt_at,
  extract(epoch from case when awaits_retry and next_attempt_at > now() then next_attempt_at end) as next_attempt_at,
  extract(epoch from resolved_at) as resolved_at, dismissed
from sync_failure
where (cast(:id as bigint) is null or id = :id)
  and (cast(:before as bigint) is null or id < :before)
  and (cast(:job as text) is null or job_type = :job)
  and (cast(:kind as text) is null or kind = :kind)
  and (cast(:resolved as boolean) is null or (resolved_at is not null) = :resolved)
  and (cast(:needs_person as boolean) is null or needs_person = :needs_person)
order by id desc
limit :limit`,
    {
      id: filter.id ?? null,
      before: filter.before ?? null,
      job: filter.job ?? null,
      kind: filter.kind ?? null,
      resolved: filter.resolved ?? null,
      needs_person: filter.needsPerson ?? null,
      limit: Math.min(filter.limit, pageMax),
    },
  );
  return rows.map((row) => ({
    id: Number(row.id),
    job_type: String(row.job_type),
    unit_key: String(row.unit_key),
    task_id: text(row.task_id),
    third_code: text(row.third_code),
    kind: row.kind as ErrorKind,
    error_message: String(row.error_message),
    retry_count: Number(row.retry_count),
    max_retries: Number(row.max_retries),
    needsPerson: row.needs_person === true,
    isCancelled: row.is_dropped === true,
    createdAt: instant(row.created_at) ?? new Date(0),
    lastAttemptAt: instant(row.last_attempt_at) ?? new Date(0),
    nextAttemptAt: instant(row.next_attempt_at),
    resolvedAt: instant(row.resolved_at),
    dismissed: text(row.dismissed),
  }));
}

/** Number of open failure records that need action, and of those that are retried automatically. */
export async function countFailures(database: Database): Promise<{ needPerson: number; planned: number }> {
  const [row] = await database.run(
    `select count(*) filter (where needs_person) as need_person,
  count(*) filter (where awaits_retry and next_attempt_at > now()) as planned
from sync_failure
where resolved_at is null`,
  );
  return { needPerson: Number(row?.need_person), planned: Number(row?.planned) };
}

/** From seconds with microseconds, as SQL returns them; rounded, because floating point turns 0.567 into 0.566. */
function instant(seconds: SqlRow[string] | undefined): Date | undefined {
  if (seconds === null || seconds === undefined) return undefined;
  return new Date(Math.floor(Math.round(Number(seconds) * 1e6) / 1e3));
}

function text(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
