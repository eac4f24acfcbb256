// Runs a job on the local stack as any client would: invokes the dispatcher, then polls the ledger until the task has
// ended.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { datasets } from "../shared/catalogue/datasets.ts";
import { describeAsked, type JobType, jobs } from "../shared/catalogue/jobs.ts";
import { liveStatuses } from "../shared/catalogue/status.ts";
import type { Planned } from "../shared/commands/asked.ts";
import type { DispatchAnswer } from "../shared/dispatch/dispatch.ts";
import { say } from "../shared/words/say-here.ts";
import type { Environment } from "./environment.ts";
import type { Terminal } from "./terminal.ts";

export type JobRun = {
  readonly job: JobType;
  /**
   * started: by this command. busy: not started, because of a paused task of another command. Others as the
   * dispatcher's.
   */
  readonly outcome: DispatchAnswer["outcome"];
  /** Its own task; when busy, the paused one. */
  readonly taskId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly units: number;
  /** The days and codes: as asked for, else as planned. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly codes: readonly string[] | undefined;
  /** Why it had no unit. */
  readonly nothing: string | undefined;
  /** Whether anything was fetched for it since this start. */
  readonly fetched: boolean;
  /** Calls to each interface in this run. */
  readonly calls: Record<string, number>;
  readonly seconds: number;
};

export type Jobs = {
  /** Continues the live tasks of an earlier process, as the local queue is lost with its process. */
  continueLive(): Promise<void>;
  /**
   * Runs a job until its task has ended or is paused. If a task of another command runs for the job, waits for its end
   * first.
   * @throws Error with the dispatcher's message when it refuses
   */
  run(command: Record<string, unknown>): Promise<JobRun>;
  /** Why units of a task need action; at most a few. */
  failures(taskId: string): Promise<string[]>;
  /** Queries the mirrored data. */
  query(sql: string, values?: unknown[]): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
};

const pollMilliseconds = 250;

/** Ten seconds in total, ten times what the engine needs. */
const reopenTries = 20;
const reopenMilliseconds = 500;

export async function openJobs(
  environment: Environment,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<Jobs> {
  const pool = new pg.Pool({ connectionString: environment.databaseUrl, max: 1 });
  pool.on("error", () => undefined); // the next query reports it

  // The clock of the database, which may be on another machine.
  const [opened] = (await pool.query<{ at: Date }>("select now() as at")).rows;
  const openedAt = opened?.at;

  async function query(sql: string, values: unknown[] = []): Promise<Record<string, string | null>[]> {
    const { rows } = await patiently(() => pool.query<Record<string, unknown>>(sql, values));
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
  exists (
    select 1 from sync_unit where task_id = sync_task.id and status = 'done' and settled_at >= $2
  ) as fetched,
  (select coalesce(sum(rows), 0) from sync_unit where task_id = sync_task.id) as rows,
  (
    select unit_key || chr(10) || last_error
    from sync_unit
    where task_id = sync_task.id and status <> 'done' and last_error is not null
    order by sequence
    limit 1
  ) as trouble
from sync_task where id = $1`,
        [id, openedAt],
      );
      const done = Number(task.total_processed) + Number(task.total_failed);
      const rows = Number(task.rows).toLocaleString("en-US");
      if (task.trouble && task.trouble !== trouble) {
        const [unit = "", ...why] = task.trouble.split("\n");
        progress.note(say("triedAgain", { unit, why: why.join(" ") }));
      }
      trouble = task.trouble;
      const count = { status: task.status ?? "", done, total: task.total_units ?? 0, rows };
      const needy = Number(task.total_failed);
      if (!liveStatuses.some((live) => live === task.status)) {
        const settled = needy > 0 ? say("settledNeedy", { ...count, needy }) : say("settledUnits", count);
        progress.finish(hadNothingToDo(task) ? say("endedWithoutUnits", count) : settled);
        return task;
      }
      progress.update({
        done,
        total: Number(task.total_units),
        note: needy > 0 ? say("unitsNeedy", { rows, needy }) : say("unitsRows", { rows }),
      });
      await sleep(pollMilliseconds, undefined, { signal: stop });
    }
  }

  return {
    query,
    async continueLive() {
      const { tasks } = await environment.dispatch({ resume: "all" });
      for (const task of tasks) terminal.line(say("continuing", { job: task.job_type }));
    },
    async run(command) {
      const job = command.job as JobType;
      for (;;) {
        const startedAt = performance.now();
        const callsBefore = environment.metrics.byInterface("Calls");
        const { outcome, tasks, inTheWay } = await environment.dispatch(command);
        const [task] = tasks;
        if (task === undefined) throw new Error(`${job}: the dispatcher named no task`);
        if (outcome === "busy") {
          const asked = describeAsked(inTheWay ?? {}) || say("byDefault");
          terminal.line(say("inTheWayFollowed", { job, asked }));
        }
        const ended = await follow(task.id, job);
        if (outcome === "busy" && ended.status !== "PAUSED") {
          terminal.line(say("nowAsAsked", { job, asked: describeAsked(command) || say("byDefault") }));
          continue;
        }
        const { planned, nothing } = JSON.parse(ended.config ?? "{}") as Planned;
        const { from, to, codes } = command as Partial<Pick<JobRun, "from" | "to" | "codes">>;
        const isOwn = outcome !== "busy";
        return {
          ...{ job, outcome, taskId: task.id, status: String(ended.status), codes },
          reason: ended.reason ?? null,
          units: isOwn ? Number(ended.total_units) : 0,
          from: from ?? (isOwn ? planned?.from : undefined),
          to: to ?? (isOwn ? planned?.to : undefined),
          nothing: isOwn ? nothing : undefined,
          fetched: isOwn && ended.fetched === "true",
          calls: isOwn ? ofJob(job, difference(environment.metrics.byInterface("Calls"), callsBefore)) : {},
          seconds: Math.round((performance.now() - startedAt) / 100) / 10,
        };
      }
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

/** Calls to the job's own interfaces only: units of an earlier start may run at the same time. */
function ofJob(job: JobType, calls: Record<string, number>): Record<string, number> {
  const own = jobs[job].datasets.flatMap((name) => {
    const { main, details, byPeriod, explainedBy } = datasets[name];
    return [main, ...details, byPeriod, main.fallback, explainedBy?.main].map((spec) => spec?.name);
  });
  return Object.fromEntries(Object.entries(calls).filter(([name]) => own.includes(name)));
}

/** Retries while the embedded engine is reopened: that closes its connections and takes about a second. */
async function patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      const isPassing = /^(57P|08|ECONN)/.test(code) || /connection terminated/i.test(message);
      if (!isPassing || tries === reopenTries) throw error;
      await sleep(reopenMilliseconds);
    }
  }
}

function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  const changed = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
  return Object.fromEntries(changed.filter(([, value]) => value > 0));
}
