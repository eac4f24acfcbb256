// The dispatcher's use case: opens or continues a task, plans its units into the ledger, and fans them out. It never calls
// TuShare. It may crash at any point: the next dispatcher continues from the ledger.

import { type Dataset, datasets, isDatasetName } from "../catalogue/datasets.ts";
import { type JobType, jobs } from "../catalogue/jobs.ts";
import { hasEnded } from "../catalogue/status.ts";
import { answersTo, splitConfig } from "../commands/asked.ts";
import {
  type Command,
  parseCommand,
  type RunCommand,
  type StartCommand,
  type VerifyCommand,
  verificationAsked,
} from "../commands/command.ts";
import type { Freshness } from "../coverage/stored-days.ts";
import { SyncError } from "../errors.ts";
import { unresolvedUnits } from "../ledger/failures.ts";
import { checkOrigin } from "../ledger/origin.ts";
import * as ledger from "../ledger/tasks.ts";
import { failVerification, noteRepair, openVerification } from "../ledger/verifications.ts";
import { planComparison } from "../plan/plan-job.ts";
import { type PricedPlan, priceOfPlan, priceRun } from "../plan/price-run.ts";
import type { Database, DispatchServices } from "../ports.ts";
import { readVerification, type Verification } from "../reads/verifications.ts";
import { reportFreshness, reportParked } from "../sync/unit-metrics.ts";
import { beginComparison, jobThatFetches, rangeToVerify, verifyDataset } from "../verify/verify.ts";
import { say } from "../words/say.ts";
import { continueTask } from "./continue-task.ts";
import { keepWholeDays } from "./keep-days.ts";
import { prune } from "./prune.ts";
import { sweep } from "./sweep.ts";
import { tellDigest } from "./tell-digest.ts";

export type DispatchAnswer = {
  /**
   * started: by this command. continued: the rest of a live task was sent. running: the live task had nothing left to send.
   * repeated: the same start was requested before, and its task has ended. busy: nothing was started, because the job has
   * a live or paused task of another command, which is named. planned: nothing was started. verifying: another invocation
   * continues. Others: as the command says.
   */
  readonly outcome:
    | "started"
    | "continued"
    | "running"
    | "repeated"
    | "busy"
    | "planned"
    | "paused"
    | "cancelled"
    | "retried"
    | "checked"
    | "verifying"
    | "verified";
  readonly tasks: readonly ledger.Task[];
  /** When the outcome is busy: the command of the other task. */
  readonly inTheWay?: Readonly<Record<string, unknown>>;
  /** Units sent to the work queue by this command. */
  readonly sent: number;
  /** For a plan command: what the run would fetch and cost. */
  readonly plan?: PricedPlan;
  /** For the evening check: how far behind the data is. */
  readonly freshness?: readonly Freshness[];
  /** For a verification: as it is now. */
  readonly verification?: Verification;
};

/** Tries to open a task while other tasks of the job keep starting and ending. */
const looksMax = 5;

/** @throws SyncError permanent when the command cannot be carried out; nothing was started then */
export async function dispatch(services: DispatchServices, input: unknown): Promise<DispatchAnswer> {
  const command = parseCommand(input);
  const answer = await carryOut(services, command);
  if ("job" in command || "start" in command || "resume" in command || "check" in command) {
    await sweep(services, (verification) => carryOut(services, { verification }));
    await prune(services);
  }
  if ("check" in command) await keepWholeDays(services);
  return answer;
}

async function carryOut(services: DispatchServices, command: Command): Promise<DispatchAnswer> {
  // Pausing and cancelling must work even when the origin is wrong.
  if (!("pause" in command || "cancel" in command)) await checkOrigin(services.database, services.origin);
  if ("job" in command) return await runOrEnd(services, command);
  if ("start" in command) return await start(services, command);
  if ("plan" in command)
    return { outcome: "planned", tasks: [], sent: 0, plan: await price(services, command.plan) };
  if ("check" in command) return await check(services);
  if ("verify" in command || "verification" in command) return await verify(services, command);
  if ("pause" in command) return await pause(services, command.pause);
  if ("resume" in command) return await resume(services, command.resume, command.timed ?? false);
  if ("cancel" in command) return await cancel(services, command.cancel);
  return await retry(services, command.retry, command.jobs);
}

async function price(services: DispatchServices, command: RunCommand | VerifyCommand): Promise<PricedPlan> {
  if ("job" in command) return await priceRun(services, command);
  const dataset = datasets[command.verify];
  const job = jobThatFetches(dataset);
  const range = await rangeToVerify(services, dataset, {
    from: command.from ?? null,
    to: command.to ?? null,
  });
  return await priceOfPlan(services, job, await planComparison(services, dataset, { job, ...range }));
}

/** Runs a job. A verification for which it was to compare has failed when the job has another task. */
async function runOrEnd(services: DispatchServices, command: RunCommand): Promise<DispatchAnswer> {
  const answer = await run(services, command.job, command);
  const [task] = answer.tasks;
  if (answer.outcome === "busy" && command.compares !== undefined) {
    const why = say("comparisonWaits", { job: command.job, id: task?.id ?? "" });
    await failVerification(services.database, { id: command.compares }, why);
  }
  return answer;
}

/** Planning a job takes seconds; none begins with less time than this left. */
const startMillisecondsMin = 120_000;

/**
 * Starts jobs one after another. A repetition of the command continues with those that are not started. A job that cannot
 * be started does not stop the others.
 * @throws SyncError permanent, at the end, with the first reason
 */
async function start(
  services: DispatchServices,
  { start: jobTypes, requestKey }: StartCommand,
): Promise<DispatchAnswer> {
  const { another, log } = services;
  const tasks: ledger.Task[] = [];
  let sent = 0;
  let refusal: SyncError | undefined;
  for (const [at, job] of jobTypes.entries()) {
    if (at > 0 && another !== undefined && another.remainingMilliseconds() < startMillisecondsMin) {
      await another.start({ start: jobTypes.slice(at), requestKey });
      break;
    }
    try {
      const answer = await run(services, job, { job, requestKey: `${requestKey}/${job}` });
      tasks.push(...answer.tasks);
      sent += answer.sent;
    } catch (error) {
      if (!(error instanceof SyncError) || error.kind !== "permanent") throw error;
      log.error("a job of the schedule could not be started", { job, error });
      refusal ??= error;
    }
  }
  if (refusal !== undefined) throw refusal;
  return { outcome: "started", tasks, sent };
}

async function run(
  services: DispatchServices,
  jobType: JobType,
  command: RunCommand,
): Promise<DispatchAnswer> {
  for (let look = 1; ; look += 1) {
    const { task, opened } = await ledger.openTask(services.database, {
      job_type: jobType,
      batch_size: services.settings[jobs[jobType].batchSize],
      config: command,
      request_key: command.requestKey,
    });
    if (opened || answersTo(task.config, command)) return await carryOn(services, task, opened);
    if (command.requestKey !== undefined && task.request_key === command.requestKey) {
      throw refuseKey(command.requestKey, task);
    }
    const busy = await meet(services, task).catch((error: unknown) => {
      // The other task failed because it could not be planned. That error is not about this command, so try again.
      if (look < looksMax && error instanceof SyncError && error.kind === "permanent") return undefined;
      throw error;
    });
    if (busy !== undefined) return busy;
    if (look === looksMax) throw new SyncError("transient", say("tasksComeAndGo", { job: jobType }));
  }
}

/** Continues the command's own task: a new one, or one that another dispatcher has left unfinished. */
async function carryOn(
  services: DispatchServices,
  task: ledger.Task,
  opened: boolean,
): Promise<DispatchAnswer> {
  if (hasEnded(task.status)) return { outcome: "repeated", tasks: [task], sent: 0 };
  if (task.status === "PAUSED") return { outcome: "paused", tasks: [task], sent: 0 };
  const { task: after, sent } = await continueTask(services, task);
  if (jobs[task.job_type].mode === "incremental") await reportFreshness(services, false);
  return { outcome: opened ? "started" : sent > 0 ? "continued" : "running", tasks: [after], sent };
}

/**
 * Continues a task of another command, in case its dispatcher has died: else whoever waits for that task would wait for
 * ever. Undefined when the task has ended meanwhile.
 */
async function meet(services: DispatchServices, task: ledger.Task): Promise<DispatchAnswer | undefined> {
  const { task: after, sent } =
    task.status === "PAUSED" ? { task, sent: 0 } : await continueTask(services, task);
  if (hasEnded(after.status)) return undefined;
  const { requestKey: _, ...inTheWay } = splitConfig(task.config).asked;
  services.log.warn("the job has a task that answers to another command", { task: task.id, inTheWay });
  return { outcome: "busy", tasks: [after], sent, inTheWay };
}

function refuseKey(key: string, task: ledger.Task): SyncError {
  const { requestKey, ...asked } = splitConfig(task.config).asked;
  return new SyncError(
    "permanent",
    say("requestKeyUsed", { key, command: JSON.stringify(asked).slice(0, 200) }),
  );
}

async function check(services: DispatchServices): Promise<DispatchAnswer> {
  await reportParked(services);
  const freshness = await reportFreshness(services, true);
  await tellDigest(services);
  return { outcome: "checked", tasks: [], sent: 0, freshness };
}

/** A step of a verification takes seconds; none begins with less time than this left. */
const verifyMillisecondsMin = 120_000;

/** Verifies a dataset, or continues to; at the end, starts the job that fetches what is missing, if that was asked. */
async function verify(
  services: DispatchServices,
  command: VerifyCommand | { readonly verification: string },
): Promise<DispatchAnswer> {
  const { database, another } = services;
  const begun =
    "verify" in command
      ? await openVerification(database, verificationAsked(command))
      : await readVerification(database, command.verification);
  if (begun === undefined || !isDatasetName(begun.dataset)) {
    const id = "verify" in command ? command.verify : command.verification;
    throw new SyncError("permanent", say("noVerification", { id }));
  }
  if (begun.how === "upstream") return await compare(services, datasets[begun.dataset], begun);
  const hasTime = () => another === undefined || another.remainingMilliseconds() > verifyMillisecondsMin;
  const done = await verifyDataset(services, datasets[begun.dataset], begun, hasTime);
  if (done.isOutOfTime) await another?.start({ verification: begun.id });
  const verification = await repair(services, datasets[begun.dataset], done.verification);
  return {
    outcome: verification.status === "RUNNING" ? "verifying" : "verified",
    ...{ tasks: [], sent: 0, verification },
  };
}

/**
 * Starts the task that compares a dataset with TuShare, or continues it. The verification ends with its task; then, if that
 * was asked, the job that fetches what is missing or different is started.
 */
async function compare(
  services: DispatchServices,
  dataset: Dataset,
  begun: Verification,
): Promise<DispatchAnswer> {
  const { database } = services;
  const { id } = begun;
  let tasks: DispatchAnswer["tasks"] = [];
  if (begun.status === "RUNNING") {
    try {
      const { from, to } = await beginComparison(services, dataset, begun);
      const job = jobThatFetches(dataset);
      const days = { ...(from !== null && { from }), ...(to !== null && { to }) };
      ({ tasks } = await runOrEnd(services, { job, ...days, compares: id, requestKey: `compare/${id}` }));
    } catch (error) {
      if (!(error instanceof SyncError) || error.kind !== "permanent") throw error;
      await failVerification(database, begun, error.message);
    }
  }
  const ended = (await readVerification(database, id)) ?? begun;
  const verification = await repair(services, dataset, ended);
  const outcome = verification.status === "RUNNING" ? "verifying" : "verified";
  return { outcome, tasks, sent: 0, verification };
}

/** Starts the job that fetches what is missing, once. Its plan has only what is missing, or was found different. */
async function repair(
  services: DispatchServices,
  dataset: Dataset,
  verification: Verification,
): Promise<Verification> {
  const { id, how, repairs, verdict, taskId, reason, from, to } = verification;
  const isWanted = verdict === "missing" || verdict === "different";
  if (!repairs || !isWanted || taskId !== null || reason !== null) return verification;
  const job = jobThatFetches(dataset);
  const range = how === "upstream" ? { repairs: id } : from !== null && to !== null && { from, to };
  const note = (found: Parameters<typeof noteRepair>[2]) =>
    noteRepair(services.database, verification, found);
  try {
    const answer = await run(services, job, { job, ...range, requestKey: `verification/${id}` });
    const [task] = answer.tasks;
    if (task === undefined) return verification;
    const isBusy = answer.inTheWay !== undefined;
    return await note(isBusy ? { why: say("repairWaits", { job, id: task.id }) } : { taskId: task.id });
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== "permanent") throw error;
    return await note({ why: say("repairRefused", { why: error.message }) });
  }
}

async function pause({ database }: DispatchServices, id: string): Promise<DispatchAnswer> {
  const task = await ledger.holdTask(database, id);
  return { outcome: "paused", tasks: [task ?? (await refuse(database, id, "pause"))], sent: 0 };
}

async function cancel({ database }: DispatchServices, id: string): Promise<DispatchAnswer> {
  const cancelled = await ledger.cancelTask(database, id, say("cancelledByCommand"));
  const task = cancelled ?? (await ledger.readTask(database, id)); // cancelled by an earlier call whose answer was lost
  if (task?.status !== "CANCELLED") return await refuse(database, id, "cancel");
  return { outcome: "cancelled", tasks: [task], sent: 0 };
}

/** "all" sends live tasks again, after the queue was lost; an id also resumes a paused task. */
async function resume(services: DispatchServices, which: string, timed: boolean): Promise<DispatchAnswer> {
  const ids = which === "all" ? (await ledger.liveTasks(services.database)).map(({ id }) => id) : [which];
  const tasks: ledger.Task[] = [];
  let sent = 0;
  for (const id of ids) {
    const task =
      (await ledger.resumeTask(services.database, id, timed ? ledger.pausedByCommand : undefined)) ??
      (timed ? await liveTask(services.database, id) : undefined);
    if (task === undefined && (timed || which === "all")) continue; // paused by a person, or already ended
    const done = await continueTask(services, task ?? (await refuse(services.database, id, "resume")));
    tasks.push(done.task);
    sent += done.sent;
  }
  return { outcome: "continued", tasks, sent };
}

/** A timed wake-up comes again when its dispatcher died or its answer was lost: the task is live then, and half sent. */
async function liveTask(database: Database, id: string): Promise<ledger.Task | undefined> {
  const task = await ledger.readTask(database, id);
  return task?.status === "PENDING" || task?.status === "RUNNING" ? task : undefined;
}

/** Sends each unit as the next retry of its failure record. The record does not change until the message is received. */
async function retry(
  { database, queue }: DispatchServices,
  which: number | "all",
  jobTypes?: readonly JobType[],
): Promise<DispatchAnswer> {
  let sent = 0;
  if (which !== "all") {
    const { units } = await unresolvedUnits(database, { id: which });
    if (units.length === 0) {
      throw new SyncError("permanent", say("failureNotOpen", { id: which }));
    }
    await queue.send(units);
    return { outcome: "retried", tasks: [], sent: units.length };
  }
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { units, last } = await unresolvedUnits(database, { after, jobTypes });
    await queue.send(units);
    sent += units.length;
    after = last;
  }
  return { outcome: "retried", tasks: [], sent };
}

async function refuse(database: Database, id: string, change: "pause" | "resume" | "cancel"): Promise<never> {
  const verb = say(change);
  const task = await ledger.readTask(database, id);
  if (task === undefined) throw new SyncError("permanent", say("noTaskTo", { verb, id }));
  if (change === "resume" && task.status === "PAUSED") {
    throw new SyncError("permanent", say("otherLiveTo", { verb, id }));
  }
  throw new SyncError("permanent", say("taskStateTo", { verb, id, status: task.status }));
}
