// Waits for a condition that another thread or process will make true.
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves when `holds` does. Rejects after `seconds`, so that a test fails with what it waited for. */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so after ${seconds} s: ${holds}`);
    await sleep(20); // each look may be a statement or a question to a browser
  }
}
