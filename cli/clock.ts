// The system clock, for the core functions that the command line uses.
import type { Clock } from "../shared/ports.ts";

export const realClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
