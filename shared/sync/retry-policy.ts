// Delays before retries. Pure; waits for the rate limit are in pacer.ts.
import { queueDelaySecondsMax } from "../catalogue/queue-limits.ts";

/** Seconds a message stays hidden after its nth failed receive: 5, 10, 20 ... plus up to 50 % jitter. */
export function backoffSeconds(receiveCount: number, random: number): number {
  const base = Math.min(queueDelaySecondsMax / 2, 5 * 2 ** (receiveCount - 1));
  return Math.round(base * (1 + random / 2));
}

/** When the nth retry of a failed unit is due: 2, 10, 50 ... minutes after now, plus up to 50 % jitter. */
export function nextAttemptAt(retry: number, now: Date, random: number): Date {
  const minutes = Math.min(24 * 60, 2 * 5 ** retry) * (1 + random / 2);
  return new Date(now.getTime() + minutes * 60_000);
}
