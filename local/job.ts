// Runs a job on the local stack the way anybody would: invoke the dispatcher, then read the ledger until it has ended.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { JobType } from "../shared/jobs.ts";
import type { Environment } from "./environment.ts";
import type { Terminal } from "./terminal.ts";

export type JobRun = {
  readonly job: JobType;
  readonly taskId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly units: number;
  /** The command of the task, with the days it was planned for. */
  readonly config: Record<string, unknown>;
  /** Calls to each interface in this run. */
  readonly calls: Record<string, number>;
  readonly seconds: number;
};

export type Jobs = {
  /** Sends on what was live when the queue was lost: the local one does not outlive its process. */
  continueLive(): Promise<void>;
  /** Runs a job until its task has ended or is paused. @throws Error with the dispatcher's words when it refuses. */
  run(command: Record<string, unknown>): Promise<JobRun>;
  /** Why units of a task need a person, a few of them. */
  failures(taskId: string): Promise<string[]>;
  /** For questions to the mirrored data. */
  query(sql: string, values?: unknown[]): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
};

const pollMilliseconds = 250;

export async function openJobs(
  environment: Environment,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<Jobs> {
  const pool = new pg.Pool({ connectionString: environment.databaseUrl, max: 1 });
  pool.on("error", () => undefined); // the next query says it

  async function query(sql: string, values: unknown[] = []): Promise<Record<string, string | null>[]> {
    const { rows } = await pool.query<Record<string, unknown>>(sql, values);
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
      ),
    );
  }

  async function follow(id: string, job: string): Promise<Record<string, string | null>> {
    const progress = terminal.progress(job);
    let trouble: string | null | undefined;
    for (;;) {
      stop.throwIfAborted();
      const [task = {}] = await query(
        `select status, reason, total_units, total_processed, total_failed, config::text as config,
  (select coalesce(sum(rows), 0) from sync_unit where task_id = sync_task.id) as rows,
  (
    select unit_key || ' is tried again: ' || last_error
    from sync_unit
    where task_id = sync_task.id and status <> 'done' and last_error is not null
    order by sequence
    limit 1
  ) as trouble
from sync_task where id = $1`,
        [id],
      );
      const done = Number(task.total_processed) + Number(task.total_failed);
      const rows = Number(task.rows).toLocaleString("en-US");
      if (task.trouble && task.trouble !== trouble) progress.note(task.trouble);
      trouble = task.trouble;
      const failed = Number(task.total_failed) > 0 ? `, ${task.total_failed} need a person` : "";
      if (task.status !== "RUNNING" && task.status !== "PENDING") {
        const settled = `${done}/${task.total_units} units, ${rows} rows${failed}`;
        progress.finish(`${task.status}: ${hadNothingToDo(task) ? "nothing to do" : settled}`);
        return task;
      }
      progress.update({ done, total: Number(task.total_units), note: `units, ${rows} rows${failed}` });
      await sleep(pollMilliseconds, undefined, { signal: stop });
    }
  }

  return {
    query,
    async continueLive() {
      const { tasks } = await environment.dispatch({ resume: "all" });
      for (const task of tasks) terminal.line(`continuing ${task.job_type} where it was left`);
    },
    async run(command) {
      const startedAt = performance.now();
      const callsBefore = environment.metrics.byInterface("Calls");
      const job = command.job as JobType;
      const answer = await environment.dispatch(command);
      const [task] = answer.tasks;
      if (task === undefined) throw new Error(`${job}: the dispatcher named no task`);
      const ended = await follow(task.id, job);
      return {
        job,
        taskId: task.id,
        status: String(ended.status),
        reason: ended.reason ?? null,
        units: Number(ended.total_units),
        config: JSON.parse(ended.config ?? "{}") as Record<string, unknown>,
        calls: difference(environment.metrics.byInterface("Calls"), callsBefore),
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
      };
    },
    async failures(taskId) {
      const rows = await query(
        `select id || ' ' || unit_key || ': ' || error_message as failure
from sync_failure_record where task_id = $1 and resolved_at is null order by id limit 5`,
        [taskId],
      );
      return rows.map(({ failure }) => String(failure));
    },
    close: () => pool.end(),
  };
}

function hadNothingToDo({ status, total_units }: Record<string, string | null>): boolean {
  return status === "COMPLETED" && total_units === "0";
}

function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  const changed = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
  return Object.fromEntries(changed.filter(([, value]) => value > 0));
}
