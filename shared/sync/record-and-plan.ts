// Records a failed unit and schedules its next retry; when its retries are spent, it needs action.
import { type Failure, recordFailure } from "../ledger/failures.ts";
import type { RetryServices } from "../ports.ts";
import type { Unit } from "../unit.ts";
import { meterOutcome, reportParked } from "./unit-metrics.ts";

/**
 * Records first, then schedules: after a crash in between, the message is delivered again and both steps are idempotent.
 * @param failure its `nextAttemptAt` is undefined when only a person can help
 */
export async function recordAndPlan(
  services: RetryServices,
  unit: Unit,
  failure: Omit<Failure, "maxRetries">,
): Promise<void> {
  const { database, planner, settings, log, meter } = services;
  const maxRetries = settings.SYNC_FAILURE_MAX_RETRIES;
  const { recorded, nextAttemptAt: at } = await recordFailure(database, unit, {
    ...failure,
    nextAttemptAt: unit.retry < maxRetries ? failure.nextAttemptAt : undefined,
    maxRetries,
  });
  if (!recorded) return;
  const named = { unit: unit.unit_key, task: unit.task_id };
  if (at === undefined) {
    meterOutcome(meter, "UnitsParked");
    await reportParked(services);
    log.error("unit parked: its retries are spent, or only a person can help", named);
    return;
  }
  const next = { ...unit, retry: unit.retry + 1 };
  await planner.sendUnitAt(`retry-${unit.task_id}-${unit.sequence}-${next.retry}`, at, next);
  meterOutcome(meter, "UnitsFailed");
  log.warn("unit failed; next attempt planned", { ...named, retry: next.retry, at: at.toISOString() });
}
