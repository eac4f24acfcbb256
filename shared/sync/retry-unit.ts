// The retry function's use case: turns a dead letter into a failure record and a scheduled retry.
import { SyncError } from "../errors.ts";
import { recordOrphan } from "../ledger/failures.ts";
import type { RetryServices } from "../ports.ts";
import { decodeUnit, type Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { recordAndPlan } from "./record-and-plan.ts";
import { nextAttemptAt } from "./retry-policy.ts";
import { meterOutcome, reportParked } from "./unit-metrics.ts";

export type DeadLetter = {
  readonly messageId: string;
  readonly body: string;
  /** Number of receives, those from the work queue included. */
  readonly receiveCount: number;
};

/**
 * After a crash the dead letter is delivered again, and every step is idempotent.
 * @throws SyncError transient; the dead letter then stays in its queue
 */
export async function retryUnit(services: RetryServices, letter: DeadLetter): Promise<void> {
  const { database, clock, log, meter } = services;
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
  await recordAndPlan(services, unit, {
    ...{ kind: "transient", message: undefined, attempts: letter.receiveCount },
    nextAttemptAt: nextAttemptAt(unit.retry, clock.now(), services.random()),
  });
}
