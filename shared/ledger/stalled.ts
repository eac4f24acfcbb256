// What nobody brings on any more, in SQL: units without a message or a schedule, and tasks without a dispatcher.
import type { JobType } from "../catalogue/jobs.ts";
import { functionSeconds, visibilitySeconds, workRetentionDays } from "../catalogue/queue-limits.ts";
import type { Database } from "../ports.ts";
import type { Unit } from "../unit.ts";
import { asUnit, readTask, type Task } from "./tasks.ts";

/** Units of one step of the sweep. */
export const stepUnitsMax = 1_000;

/**
 * A unit that should have a message for less than this may still be on its way: between the queues, or from a schedule.
 * The queue's counts have settled by then too.
 */
const silenceSecondsMin = visibilitySeconds("worker");

/** After this a message is lost, whatever the queue holds: a schedule may come a day late, then the retention counts. */
const messageDaysMax = workRetentionDays + 1;

/** No dispatcher is still at work on a task that has not changed for so long. */
const dispatchSecondsMax = functionSeconds.dispatcher;

/** Units that must have a message in the work queue by now. unitsToSend sends those after the task's offset. */
const waitingSql = `from sync_unit as unit
join sync_task as task on task.id = unit.task_id
where unit.status in ('sent', 'not_due', 'failed')
  and (
    (task.status = 'RUNNING' and unit.sequence <= task.current_offset)
    or (task.status in ('FAILED', 'CANCELLED') and unit.status in ('not_due', 'failed'))
  )`;

export async function countWaiting(database: Database): Promise<number> {
  const [row] = await database.run(
    `select count(*) as units
${waitingSql}
  and unit.delivery_at <= now()`,
  );
  return Number(row?.units);
}

export type SilentUnit = {
  readonly unit: Unit;
  /** Its message would have expired. */
  readonly isExpired: boolean;
};

/** Units that have waited so long that their message may be lost, the oldest first. */
export async function silentUnits(database: Database): Promise<SilentUnit[]> {
  const rows = await database.run(
    `select cast(unit.task_id as text) as task_id, unit.sequence, unit.dataset, unit.unit_key,
  cast(unit.selector as text) as selector, task.job_type,
  unit.delivery_at < now() - cast(:message_days as integer) * interval '1 day' as is_expired,
  coalesce(
    (
      select record.retry_count + 1
      from sync_failure_record as record
      where record.job_type = task.job_type and record.unit_key = unit.unit_key and record.resolved_at is null
        and record.task_id = unit.task_id and unit.status <> 'sent'
    ),
    unit.retry
  ) as retry
${waitingSql}
  and unit.delivery_at < now() - cast(:silence_seconds as integer) * interval '1 second'
order by unit.delivery_at, unit.task_id, unit.sequence
limit ${stepUnitsMax}`,
    { message_days: messageDaysMax, silence_seconds: silenceSecondsMin },
  );
  return rows.map((row) => ({
    unit: asUnit(row, row.job_type as JobType),
    isExpired: row.is_expired === true,
  }));
}

/** Notes that units were sent again, unless they were settled meanwhile. */
export async function noteSentAgain(database: Database, units: readonly Unit[]): Promise<void> {
  await database.run(
    `with locked as (
  select unit.task_id, unit.sequence
  from unnest(string_to_array(:tasks, ','), string_to_array(:sequences, ',')) as again (task_id, sequence)
  join sync_unit as unit
    on unit.task_id = cast(again.task_id as uuid) and unit.sequence = cast(again.sequence as integer)
  where unit.status in ('sent', 'not_due', 'failed')
  order by unit.task_id, unit.sequence
  for update of unit
)
update sync_unit as unit
set sent_at = now(), delivery_at = now()
from locked
where unit.task_id = locked.task_id and unit.sequence = locked.sequence`,
    {
      tasks: units.map(({ task_id }) => task_id).join(","),
      sequences: units.map(({ sequence }) => sequence).join(","),
    },
  );
}

/** Live tasks that no dispatcher continues: without a plan, not sent to the end, or without a unit to wait for. */
export async function tasksLeft(database: Database): Promise<Task[]> {
  const rows = await database.run(
    `select cast(id as text) as id
from sync_task as task
where status in ('PENDING', 'RUNNING')
  and updated_at < now() - cast(:dispatch_seconds as integer) * interval '1 second'
  and (
    status = 'PENDING'
    or current_offset < total_units
    or not exists (
      select 1
      from sync_unit as unit
      where unit.task_id = task.id and unit.status in ('sent', 'not_due', 'failed')
    )
  )
order by updated_at
limit 100`,
    { dispatch_seconds: dispatchSecondsMax },
  );
  const tasks = await Promise.all(rows.map(({ id }) => readTask(database, String(id))));
  return tasks.flatMap((task) => task ?? []);
}

/** Ids of paused tasks that a schedule should have resumed. */
export async function pausesOver(database: Database): Promise<string[]> {
  const rows = await database.run(
    `select cast(id as text) as id
from sync_task
where status = 'PAUSED' and resume_at < now() - cast(:silence_seconds as integer) * interval '1 second'
order by resume_at
limit 100`,
    { silence_seconds: silenceSecondsMin },
  );
  return rows.map(({ id }) => String(id));
}
