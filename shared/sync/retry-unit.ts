// The retry function's use case: turns a dead letter into a failure record and a scheduled retry.
import { SyncError } from "../errors.ts";
import { recordFailure, recordOrphan } from "../ledger/failures.ts";
import type { RetryServices } from "../ports.ts";
import { decodeUnit, type Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { nextAttemptAt } from "./retry-policy.ts";
import { meterOutcome, reportParked } from "./unit-metrics.ts";

export type DeadLetter = {
  readonly messageId: string;
  readonly body: string;
  /** Number of receives, those from the work queue included. */
  readonly receiveCount: number;
};

/**
 * Records first, then schedules: after a crash in between, the dead letter is delivered again and both steps are idempotent.
 * @throws SyncError transient; the dead letter then stays in its queue
 */
export async function retryUnit(services: RetryServices, letter: DeadLetter): Promise<void> {
  const { database, planner, settings, clock, log, meter } = services;
  meter.count("DeadLetters", 1);
  let unit: Unit;
  try {
    unit = decodeUnit(letter.body);
  } catch (error) {
    const why = error instanceof SyncError ? error.message : say("unreadable");
    await recordOrphan(database, `message/${letter.messageId}`, why);
    meterOutcome(meter, "UnitsParked");
    log.error("unreadable message parked", { message: letter.messageId, why });
    await reportParked(services);
    return;
  }
  const mayRetry = unit.retry < settings.SYNC_FAILURE_MAX_RETRIES;
  const { recorded, nextAttemptAt: at } = await recordFailure(database, unit, {
    kind: "transient",
    message: undefined,
    nextAttemptAt: mayRetry ? nextAttemptAt(unit.retry, clock.now(), services.random()) : undefined,
    attempts: letter.receiveCount,
    maxRetries: settings.SYNC_FAILURE_MAX_RETRIES,
  });
  if (!recorded) return;
  if (at === undefined) {
    meterOutcome(meter, "UnitsParked");
    log.error("unit parked: its retries are spent", { unit: unit.unit_key, task: unit.task_id });
    await reportParked(services);
    return;
  }
  const next = { ...unit, retry: unit.retry + 1 };
  await planner.sendUnitAt(`retry-${unit.task_id}-${unit.sequence}-${next.retry}`, at, next);
  meterOutcome(meter, "UnitsFailed");
  log.warn("unit failed; next attempt planned", {
    unit: unit.unit_key,
    task: unit.task_id,
    retry: next.retry,
    at: at.toISOString(),
  });
}
