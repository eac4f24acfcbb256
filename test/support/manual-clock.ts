// A clock that stands still until a test moves it: waits end in the order of their time.
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../local/aws/lambda.ts";

export type ManualClock = Clock & {
  /** Moves on to that time, an ISO text, letting everything that becomes due meanwhile run. */
  moveTo(time: string): Promise<void>;
  /** Whether a wait ends at that time. Another thread starts its wait at an unknown moment: move on only after that. */
  isAwaited(time: string): boolean;
};

type Wait = { until: number; resolve: () => void };

export function manualClock(start: string): ManualClock {
  let now = Date.parse(start);
  const waits = new Set<Wait>();
  return {
    now: () => now,
    isAwaited: (time) => [...waits].some(({ until }) => until === Date.parse(time)),
    wait(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const wait = { until: now + milliseconds, resolve };
        waits.add(wait);
        signal.addEventListener("abort", () => waits.delete(wait) && reject(signal.reason), { once: true });
      });
    },
    async moveTo(time) {
      const target = Date.parse(time);
      for (;;) {
        await settle();
        const [next] = [...waits].sort((a, b) => a.until - b.until);
        if (next === undefined || next.until > target) break;
        now = Math.max(now, next.until);
        waits.delete(next);
        next.resolve();
      }
      now = target;
      await settle();
    },
  };
}

/** Lets promises and the messages of in-process queues run. */
async function settle(): Promise<void> {
  for (let index = 0; index < 5; index += 1) await turn();
}
