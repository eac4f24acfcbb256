// Settles a unit that did not succeed: only the error's kind and scope decide how.

import { queueDelaySecondsMax } from "../catalogue/queue-limits.ts";
import { hasEnded } from "../catalogue/status.ts";
import { askedOf } from "../commands/asked.ts";
import { lacksRight, type SyncError } from "../errors.ts";
import { noteComparison } from "../ledger/comparisons.ts";
import { recordFailure } from "../ledger/failures.ts";
import { cancelTask, pauseAllTasks, pauseTask, readTask } from "../ledger/tasks.ts";
import { noteAttempt } from "../ledger/units.ts";
import type { Delivery, Outcome, SyncServices } from "../ports.ts";
import type { Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { recordAndPlan } from "./record-and-plan.ts";
import { backoffSeconds } from "./retry-policy.ts";
import { meterOutcome, reportParked } from "./unit-metrics.ts";

export async function settleFailure(
  services: SyncServices,
  delivery: Delivery,
  unit: Unit | undefined,
  error: SyncError,
): Promise<Outcome> {
  const { database, queue, log, meter, settings } = services;
  // An unreadable message ends in the dead-letter queue without further action, and the retry function records it.
  if (unit === undefined) {
    log.error("message cannot be read", { error });
    return "redeliver";
  }
  // Each branch logs last: when an earlier step fails, the caller logs that error.
  const named = { unit: unit.unit_key, task: unit.task_id };
  if (error.scope === "account") {
    const paused = await pauseAllTasks(database, error.message);
    meter.count("AccountRefused", 1);
    log.error("everything is paused: the account is refused", { ...named, error, paused });
    await settleOfEnded(services, delivery, unit, error);
    return "settled";
  }
  if (error.scope === "task") {
    await settleTask(services, unit, error);
    await settleOfEnded(services, delivery, unit, error);
    return "settled";
  }
  if (error.kind === "rate-limited") {
    await queue.send([unit], Math.min(queueDelaySecondsMax, error.retryAfterSeconds ?? 60));
    meterOutcome(meter, "UnitsReturned");
    log.warn("unit goes back without spending an attempt", { ...named, error });
    return "settled";
  }
  if (error.kind === "permanent") {
    const failure = { kind: error.kind, message: error.message, attempts: delivery.receiveCount };
    await recordFailure(database, unit, {
      ...failure,
      nextAttemptAt: undefined,
      maxRetries: settings.SYNC_FAILURE_MAX_RETRIES,
    });
    meterOutcome(meter, "UnitsParked");
    await reportParked(services);
    log.error("unit parked: it needs action", { ...named, error });
    return "settled";
  }
  const seconds = backoffSeconds(delivery.receiveCount, services.random());
  await queue.returnAfter(delivery.receiptHandle, seconds);
  await noteAttempt(database, unit, delivery.receiveCount, error.message);
  meterOutcome(meter, "UnitsReturned");
  log.warn("unit failed and returns to the queue", { ...named, seconds, error });
  return "redeliver";
}

/** Pauses the task after a used-up quota or a missing right, with the reason; a schedule ends a quota pause. */
async function settleTask(services: SyncServices, unit: Unit, error: SyncError): Promise<void> {
  const { database, datasets, planner, clock, log, meter } = services;
  if (lacksRight(error) && unit.selector.by === "period" && datasets[unit.dataset].byPeriod !== undefined) {
    return await startByCode(services, unit, error);
  }
  const seconds = error.kind === "rate-limited" ? error.retryAfterSeconds : undefined;
  const at =
    seconds === undefined
      ? undefined
      : new Date(Math.ceil((clock.now().getTime() / 1000 + seconds) / 60) * 60_000);
  if (at !== undefined) {
    // The schedule first: a task paused without one would never resume. Units that hit the same limit share one schedule,
    // because it has the same name. The name contains the hour, because a fired schedule keeps its name for a while.
    await planner.invokeDispatcherAt(`resume-${unit.task_id}-${at.toISOString().slice(0, 13)}`, at, {
      resume: unit.task_id,
      timed: true,
    });
  }
  const paused = await pauseTask(database, unit.task_id, error.message, at);
  meter.count(error.kind === "rate-limited" ? "QuotaUsed" : "RightMissing", 1);
  if (paused !== undefined)
    log.error("task paused", { unit: unit.unit_key, task: unit.task_id, error, resumesInSeconds: seconds });
}

/** A task that has ended cannot be paused and resumed: its unit gets a retry of its own, or needs action. */
async function settleOfEnded(
  services: SyncServices,
  { receiveCount }: Delivery,
  unit: Unit,
  error: SyncError,
): Promise<void> {
  const task = await readTask(services.database, unit.task_id);
  if (task === undefined || !hasEnded(task.status)) return;
  const { kind, message } = error;
  const seconds = kind === "rate-limited" ? error.retryAfterSeconds : undefined;
  await recordAndPlan(services, unit, {
    ...{ kind, message, attempts: receiveCount },
    nextAttemptAt:
      seconds === undefined ? undefined : new Date(services.clock.now().getTime() + seconds * 1000),
  });
}

/** Without the right to requests by period, cancels the task and starts the job by stock: its plan is entirely different. */
async function startByCode(
  { database, planner, clock, log }: SyncServices,
  unit: Unit,
  error: SyncError,
): Promise<void> {
  const task = await readTask(database, unit.task_id);
  // A message that was being processed when a person cancelled or paused the task must not start the job again.
  if (task === undefined || task.status === "CANCELLED" || task.status === "PAUSED") return;
  const command = askedOf(task.config);
  // The schedule first: a task cancelled without one would not be started again. Units that get the same refusal share one
  // start, because it has the same name and key.
  const requestKey = `by-stock/${unit.task_id}`;
  await planner.invokeDispatcherAt(`by-stock-${unit.task_id}`, clock.now(), {
    ...command,
    byPeriod: false,
    requestKey,
  });
  // The verification goes on with the new task, so it must not end with this one.
  if (command.compares !== undefined) await noteComparison(database, command.compares, null);
  const reason = say("startedByStock", { why: error.message });
  if ((await cancelTask(database, unit.task_id, reason)) !== undefined)
    log.warn("no right to the answers by period", { unit: unit.unit_key, task: unit.task_id, error });
}
