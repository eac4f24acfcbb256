// Slot pacing, the only rate limit: N slots, each with at most one call to an interface in T seconds.
// The state lives as long as its execution environment; slot.ts has the arithmetic and the bound.

import { slotSeconds, slotSecondsWithin } from "../catalogue/slot.ts";
import type { Clock, Pacer } from "../ports.ts";

/** A new environment waits T before its first call: the previous one may have crashed right after a call. */
export function makePacer(options: { slots: number; minIntervalSeconds: number; clock: Clock }): Pacer {
  const { clock } = options;
  const intervalMilliseconds = slotSeconds(options.slots, options.minIntervalSeconds) * 1000;
  // Between two invocations there is always some time without calls (handover, claim). So `hold` ends this much early, and
  // the next invocation, in whichever environment, waits as long before its first call.
  const leadMilliseconds = Math.min(100, intervalMilliseconds / 10);
  const learned = new Map<string, number>();
  const startedAt = clock.monotonic();
  const freeAt = new Map<string, number>();
  let slotFreeAt = 0;
  let enteredAt = startedAt;

  function enter(): void {
    enteredAt = clock.monotonic();
  }

  function waitFor(interfaceName: string): number {
    const free = freeAt.get(interfaceName) ?? startedAt + intervalMilliseconds;
    return Math.max(0, Math.max(free, enteredAt + leadMilliseconds) - clock.monotonic());
  }

  async function call<Result>(interfaceName: string, send: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const wait = waitFor(interfaceName);
      if (wait <= 0) break;
      await clock.sleep(wait);
    }
    const next = clock.monotonic() + (learned.get(interfaceName) ?? intervalMilliseconds);
    freeAt.set(interfaceName, next);
    slotFreeAt = Math.max(slotFreeAt, next);
    return await send();
  }

  function rest(interfaceName: string, seconds: number): void {
    const until = clock.monotonic() + seconds * 1000;
    freeAt.set(interfaceName, Math.max(freeAt.get(interfaceName) ?? startedAt + intervalMilliseconds, until));
  }

  function learn(interfaceName: string, callsAMinute: number): number | undefined {
    const milliseconds = slotSecondsWithin(callsAMinute, options.slots) * 1000;
    if (milliseconds <= (learned.get(interfaceName) ?? intervalMilliseconds)) return undefined;
    learned.set(interfaceName, milliseconds);
    return milliseconds / 1000;
  }

  async function hold(millisecondsMax = Number.POSITIVE_INFINITY): Promise<void> {
    const endsAt = clock.monotonic() + millisecondsMax;
    for (;;) {
      const wait = Math.min(slotFreeAt - leadMilliseconds, endsAt) - clock.monotonic();
      if (wait <= 0) return;
      await clock.sleep(wait);
    }
  }

  return { enter, waitFor, call, rest, learn, hold };
}
