// Slot arithmetic: worker concurrency stands in for a token bucket. Pure; the pacing itself is in pacer.ts.

/** Lowest concurrency limit of an event source mapping (docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). */
export const slotsMin = 2;

/** Longest hold of a slot, so that holds and calls fit into the worker's timeout. */
export const slotSecondsMax = 30;

/** Parts of an invocation of the worker, in seconds. test/budget.test.ts adds them up. */
export const workerSeconds = {
  /** To read what the unit needs, with a database that answers. */
  claim: 10,
  /** Timeout of a call to TuShare. */
  call: 30,
  /** To store an answer, or to settle the unit without one: the Data API stops a statement after 45 s. */
  store: 50,
} as const;

/** Seconds a slot is held for each call, so that `slots` of them together call once every `minIntervalSeconds`. */
export function slotSeconds(slots: number, minIntervalSeconds: number): number {
  return slots * minIntervalSeconds;
}

/**
 * The most calls to one interface that can reach TuShare in any 60 seconds.
 * A slot sends its calls at least T apart, so it sends at most floor(60/T) + 1 in a minute. One more call for each slot
 * may have been sent before the minute, delayed by the network, and arrive within it.
 */
export function callsAMinuteMax(slots: number, minIntervalSeconds: number): number {
  return slots * (Math.floor(60 / slotSeconds(slots, minIntervalSeconds)) + 2);
}

/**
 * Seconds between two calls of a slot to an interface with a lower limit than configured, so that callsAMinuteMax stays
 * within that limit.
 */
export function slotSecondsWithin(callsAMinute: number, slots: number): number {
  const callsOfASlot = Math.floor(callsAMinute / slots) - 2;
  // Fewer than two calls a minute for each slot: they take turns over several minutes.
  if (callsOfASlot < 0) return (120 * slots) / callsAMinute;
  return 60.001 / (callsOfASlot + 1);
}
