// The controls of the simulation: for each promise, code without the part that keeps it. A simulation that does not notice
// these proves nothing. The loader replaces the text in one process of its own (mutated.ts); no production code knows of it.
// Some parts are shown by tests of rules only, because 200 plans hold no moment in which they count: that a late failure of a
// done unit changes nothing, and the time of a second failure's attempt (retry-unit); that a cancelled task closes its failures
// (cancel); that a refusal in an ended task gets an attempt (sync-unit-failures); that what a queue refused in part is sent again
// (aws-adapters); and that failed units of ended tasks and tasks left half way are found (liveness). That a resume makes no second live
// task is kept by the unique index sync_task_one_live too; without the index, 200 plans do not show it.

export type Mutation = {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** Describes plans that are likely to notice it: they come first. */
  readonly likely?: RegExp;
  /** Run on the engine before: what would stop the mutation by itself. */
  readonly sql?: string;
};

const units = "shared/ledger/units.ts";
const tasks = "shared/ledger/tasks.ts";
const failures = "shared/ledger/failures.ts";
const stalled = "shared/ledger/stalled.ts";
const settle = "shared/sync/settle-failure.ts";
const sweep = "shared/dispatch/sweep.ts";

export const mutations: readonly Mutation[] = [
  // Counters, and the end of a task
  {
    name: "a unit that is delivered twice counts twice",
    file: units,
    from: "    and exists (select 1 from before where status <> '",
    to: "    and exists (select 1 from before where status <> 'never' or status = '",
  },
  {
    name: "a parked unit that succeeds stays counted as failed",
    likely: /some units refused.*retry all/s,
    file: units,
    from: "task.total_failed - before.parked as failed",
    to: "task.total_failed as failed",
  },
  {
    name: "the last stored unit does not end its task",
    file: units,
    from: "and after.processed + after.failed >= task.total_units as ends",
    to: "and after.processed + after.failed > task.total_units as ends",
  },
  {
    name: "a task with parked units is completed",
    likely: /some units refused/,
    file: failures,
    from: "case when not ending.ends then task.status when after.failed = 0 then 'COMPLETED' else 'FAILED' end",
    to: "case when not ending.ends then task.status else 'COMPLETED' end",
  },
  {
    name: "the last parked unit does not end its task",
    likely: /some units refused/,
    file: failures,
    from: "and task.total_processed + after.failed >= task.total_units as ends",
    to: "and task.total_processed + after.failed > task.total_units as ends",
  },
  {
    name: "a unit that is parked again counts again",
    likely: /some units refused.*retry all/s,
    file: failures,
    from: "- (case when unit.status = 'parked' then 1 else 0 end) as newly_parked",
    to: "as newly_parked",
    sql: "alter table sync_task drop constraint sync_task_counts",
  },
  {
    name: "a dismissed unit does not count",
    likely: /some units failing.*dismiss/s,
    file: failures,
    from: "set total_failed = total_failed + 1, updated_at = now(),",
    to: "set updated_at = now(),",
  },

  // Failure records
  {
    name: "a stored unit leaves its failure record open",
    likely: /some units failing/,
    file: units,
    from: "where job_type = :job_type and unit_key = :unit_key and resolved_at is null\n    and exists (select 1 from before)",
    to: "where false",
  },
  {
    name: "a resolved record keeps its next attempt",
    likely: /some units failing/,
    file: units,
    from: "set resolved_at = now(), next_attempt_at = null\n  where job_type",
    to: "set resolved_at = now()\n  where job_type",
  },
  {
    name: "a unit without another attempt is not parked",
    likely: /some units refused/,
    file: failures,
    from: 'status: failure.nextAttemptAt === undefined ? "parked" : "failed"',
    to: 'status: "failed"',
  },
  {
    name: "a cancelled task leaves its units as sent",
    likely: /cancel/,
    file: tasks,
    from: "  where unit.task_id = ended.id and unit.sequence = locked.sequence\n",
    to: "  where false\n",
  },

  // Delivery
  {
    name: "a failed unit gets no schedule",
    likely: /some units failing/,
    file: "shared/sync/record-and-plan.ts",
    from: "  await planner.sendUnitAt(",
    to: "  if (unit.retry < 0) await planner.sendUnitAt(",
  },
  {
    name: "a day that is not published gets no schedule",
    likely: /day late|day in part/,
    file: "shared/sync/sync-unit.ts",
    from: "  await planner.sendUnitAt(name, lookAgainAt, unit);",
    to: "  void [planner, name, lookAgainAt, unit];",
  },
  {
    name: "a unit beyond the limit is not sent back",
    likely: /minute limit lowered/,
    file: settle,
    from: "    await queue.send([unit], Math.min(queueDelaySecondsMax, error.retryAfterSeconds ?? 60));",
    to: "    void [queue, queueDelaySecondsMax];",
  },
  {
    name: "a failed unit is taken off the queue",
    likely: /some units failing/,
    file: settle,
    from: '  return "redeliver";\n}',
    to: '  return "settled";\n}',
  },
  {
    name: "a step of units is confirmed and not sent",
    file: "shared/dispatch/continue-task.ts",
    from: "    await services.queue.send(units);",
    to: "    if (current.current_offset === 0) await services.queue.send(units);",
  },
  {
    name: "a resumed task goes on where it was paused",
    likely: /pause.*resume/s,
    file: tasks,
    from: "current_offset = 0, resumes = resumes + 1",
    to: "resumes = resumes + 1",
  },
  {
    name: "a fan-out from before a resume still confirms",
    likely: /resume.*two dispatchers/s,
    file: tasks,
    from: "and status = 'RUNNING' and resumes = :resumes and current_offset = :offset",
    to: "and status = 'RUNNING' and cast(:resumes as integer) >= 0",
  },

  // Liveness
  {
    name: "nothing sweeps",
    likely: /message \d+ lost|purged/,
    file: "shared/dispatch/dispatch.ts",
    from: "await sweep(services, (verification) => carryOut(services, { verification }));",
    to: "void sweep;",
  },
  {
    name: "lost messages are not sent again",
    likely: /message \d+ lost|purged/,
    file: sweep,
    from: "    const units = await sendAgain(services);",
    to: "    const units = Math.min(0, sendAgain.length);",
  },
  {
    name: "a used-up day never ends",
    likely: /day limit|day used up/,
    file: settle,
    from: "    seconds === undefined\n      ? undefined\n      : new Date(Math.ceil(",
    to: "    seconds === undefined || seconds > 0\n      ? undefined\n      : new Date(Math.ceil(",
  },
  {
    name: "a wake-up that was lost is not made up for",
    likely: /(day used up|day limit).*dropped|dropped.*day used up/s,
    file: stalled,
    from: "where status = 'PAUSED' and resume_at < now()",
    to: "where false and resume_at < now()",
  },
  {
    name: "a dead letter is acknowledged unrecorded",
    likely: /some units failing/,
    file: "shared/sync/record-and-plan.ts",
    from: "  const { recorded, nextAttemptAt: at } = await recordFailure(",
    to: "  if (unit.retry === 0) return;\n  const { recorded, nextAttemptAt: at } = await recordFailure(",
  },

  // Rows
  {
    name: "a corrected value is not stored",
    likely: /day restated/,
    file: "shared/rows/write.ts",
    from: ", stored_at = now()\n  where (",
    to: ", stored_at = now()\n  where false and (",
  },
  {
    name: "what is done is fetched again",
    file: units,
    from: "when unit.status in ('done', 'compared') then false",
    to: "when unit.status in ('done', 'compared') then true",
  },
  {
    name: "an answer that lacks rows is whole",
    likely: /rows missing|cap lowered/,
    file: "shared/rows/judge-cells.ts",
    from: "const settles = problems.length === 0 ||",
    to: "const settles = problems.length >= 0 ||",
  },
  {
    name: "a reply that says there is more is whole",
    likely: /cap lowered/,
    file: "shared/sync/fetch-whole.ts",
    from: "return page.hasMore || page.items.length >= spec.rowCap;",
    to: "return page.items.length >= spec.rowCap;",
  },

  // Limits and errors
  {
    name: "calls do not wait for their slot",
    file: "shared/sync/pacer.ts",
    from: "      if (wait <= 0) break;\n      await clock.sleep(wait);\n    }\n    const next",
    to: "      if (wait <= 1e9) break;\n      await clock.sleep(wait);\n    }\n    const next",
  },
  {
    name: "a deadlock is for ever",
    likely: /deadlock/,
    file: "shared/adapters/data-api.ts",
    from: "40001|40P01|55P03",
    to: "40001|55P03",
  },
  {
    name: "a throttled statement is for ever",
    likely: /: throttled/,
    file: "shared/adapters/data-api.ts",
    from: '  "ThrottlingException",\n',
    to: "",
  },
  {
    name: "a call limit is for ever",
    likely: /minute limit/,
    file: "shared/adapters/tushare.ts",
    from: '  if (rate === "分钟") {',
    to: '  if (rate === "分钟") return refused("permanent", text);\n  if (rate === "minute") {',
  },
  {
    name: "a server error of TuShare is for ever",
    likely: /some units failing/,
    file: "shared/adapters/tushare.ts",
    from: '  return refused("transient", text);\n}',
    to: '  return refused("permanent", text);\n}',
  },

  // One task for a job
  {
    name: "a job may have two live tasks",
    file: tasks,
    from: "    or (job_type = :job_type and status in ('PENDING', 'RUNNING', 'PAUSED'))\n",
    to: "    or (job_type = :job_type and status = 'PENDING')\n",
    sql: "drop index sync_task_one_live",
  },
  {
    name: "a key starts as often as it comes",
    likely: /tick [1-3] fires twice/,
    file: tasks,
    from: "  where request_key = :request_key\n    or (job_type",
    to: "  where cast(:request_key as text) = '' or (job_type",
    sql: "drop index sync_task_one_start",
  },
  {
    name: "a plan replaces a plan",
    likely: /two dispatchers/,
    file: tasks,
    from: "where id = cast(:id as uuid) and status = 'PENDING'\n  returning id",
    to: "where id = cast(:id as uuid)\n  returning id",
    sql: "alter table sync_unit drop constraint sync_unit_key cascade; alter table sync_unit drop constraint sync_unit_once",
  },
];
