// Further queries of the ledger, besides progress.ts; one named function for each statement.
import { type JobType, jobTypes } from "../catalogue/jobs.ts";
import { liveStatuses } from "../catalogue/status.ts";
import type { Database } from "../ports.ts";
import { readTask, readTasks, type TaskProgress } from "./progress.ts";

/** The newest task of each job that has one. */
export async function newestTasks(database: Database): Promise<TaskProgress[]> {
  const rows = await database.run(
    `select cast(newest.id as text) as id
from unnest(string_to_array(:jobs, ',')) as job (job_type)
cross join lateral (
  select id
  from sync_task
  where sync_task.job_type = job.job_type
  order by started_at desc
  limit 1
) as newest`,
    { jobs: jobTypes.join(",") },
  );
  const tasks = await Promise.all(rows.map(({ id }) => readTask(database, String(id))));
  return tasks.filter((task) => task !== undefined);
}

/** Tasks that have not ended, then the newest of the others; at most `limit`. */
export async function currentTasks(database: Database, limit: number): Promise<TaskProgress[]> {
  const open = await readTasks(database, { limit, status: [...liveStatuses, "PAUSED"] });
  const recent = await readTasks(database, { limit });
  const others = recent.filter(({ id }) => !open.some((task) => task.id === id));
  return [...open, ...others].slice(0, limit);
}

/** Number of failure records that "retry all" sends for these jobs; same rule as unresolvedUnits in ledger/failures.ts. */
export async function countOpenFailures(database: Database, jobs: readonly JobType[]): Promise<number> {
  const [row] = await database.run(
    `select count(*) as failures
from sync_failure
where resolved_at is null and unit_status not in ('done', 'compared') and not is_dropped
  and (
    unit_status = 'parked'
    or not exists (select 1 from sync_task as task where task.id = sync_failure.task_id and task.status = 'PAUSED')
  )
  and job_type = any (string_to_array(:jobs, ','))`,
    { jobs: jobs.join(",") },
  );
  return Number(row?.failures);
}
