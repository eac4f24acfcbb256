// Slot arithmetic: worker concurrency stands in for a token bucket. Pure; the pacing itself is in pacer.ts.

/** The least an event source mapping takes as its maximum (docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). */
export const slotsMin = 2;

/** What a slot may be held for a unit, so that it fits the worker's time beside the calls. */
export const slotSecondsMax = 30;

/** Seconds a slot is held for each call, so that `slots` of them together call once every `minIntervalSeconds`. */
export function slotSeconds(slots: number, minIntervalSeconds: number): number {
  return slots * minIntervalSeconds;
}

/**
 * The most calls to one interface that can reach TuShare in any 60 seconds.
 * Calls of a slot leave at least T apart, so at most floor(60/T) + 1 leave in a minute. A call may also have
 * left before the minute and arrive inside it, held up on the way: one more for each slot.
 */
export function callsAMinuteMax(slots: number, minIntervalSeconds: number): number {
  return slots * (Math.floor(60 / slotSeconds(slots, minIntervalSeconds)) + 2);
}

/**
 * Seconds a slot must leave between two calls to an interface that allows fewer calls a minute than configured, so that
 * the bound above keeps to them.
 */
export function slotSecondsWithin(callsAMinute: number, slots: number): number {
  const callsOfASlot = Math.floor(callsAMinute / slots) - 2;
  // Fewer than two calls a minute for each slot: they take turns over several minutes.
  if (callsOfASlot < 0) return (120 * slots) / callsAMinute;
  return 60.001 / (callsOfASlot + 1);
}
