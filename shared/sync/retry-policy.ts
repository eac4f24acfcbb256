// When something is tried again. Pure; waits of the rate limit are elsewhere, in pacer.ts.
import { shanghaiInstant } from "../catalogue/dates.ts";
import { queueDelaySecondsMax } from "../catalogue/queue-limits.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { Unit } from "../unit.ts";

/** Seconds a message stays hidden after its nth failed receipt: 5, 10, 20 ... with up to half as much again. */
export function backoffSeconds(receiveCount: number, random: number): number {
  const base = Math.min(queueDelaySecondsMax / 2, 5 * 2 ** (receiveCount - 1));
  return Math.round(base * (1 + random / 2));
}

/** When the nth retry of a failed unit is due: 2, 10, 50 ... minutes after now, with up to half as much again. */
export function nextAttemptAt(retry: number, now: Date, random: number): Date {
  const minutes = Math.min(24 * 60, 2 * 5 ** retry) * (1 + random / 2);
  return new Date(now.getTime() + minutes * 60_000);
}

/** The next look at a day that is not published, on a whole multiple of the interval; undefined after the last. */
export function lookAgainAt(unit: Unit, now: Date, settings: Settings): Date | undefined {
  if (unit.selector.by !== "date") return undefined;
  const interval = settings.SYNC_NOT_DUE_RETRY_MINUTES * 60_000;
  const at = new Date((Math.floor(now.getTime() / interval) + 1) * interval);
  const last = shanghaiInstant(unit.selector.trade_date, settings.SYNC_NOT_DUE_UNTIL_HOUR);
  return at <= last ? at : undefined;
}
