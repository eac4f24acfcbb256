// The loop of a slot, for every way to store: takes items one after the other until none are left. It runs in a thread,
// or in its own process to measure memory.
import { existsSync, readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";

export type Round = {
  readonly items: readonly string[];
  /**
   * One Int32, shared by the slots of the round: the index of the next free item. Absent in a process, which takes all.
   */
  readonly next?: SharedArrayBuffer;
};

/** `ready` once, then `done` after each round. */
export type SlotMessage = { readonly is: "ready" } | { readonly is: "done"; readonly peakRssBytes: number };

/** A failure of `work` ends the slot, and with it the run. */
export function serveSlot(work: (item: string) => Promise<void>): void {
  const tell = (message: SlotMessage) =>
    parentPort ? parentPort.postMessage(message) : process.send?.(message);
  const answer = async ({ items, next = new SharedArrayBuffer(4) }: Round) => {
    const taken = new Int32Array(next);
    for (;;) {
      const item = items[Atomics.add(taken, 0, 1)];
      if (item === undefined) break;
      await work(item);
    }
    tell({ is: "done", peakRssBytes: peakRss() });
  };
  if (parentPort) parentPort.on("message", answer);
  else process.on("message", answer);
  tell({ is: "ready" });
}

/** On Linux, getrusage's maximum includes the parent's memory at the fork, so read the process's own figure. */
function peakRss(): number {
  const status = "/proc/self/status";
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(existsSync(status) ? readFileSync(status, "utf8") : "") ?? [];
  return 1024 * Number(kilobytes ?? process.resourceUsage().maxRSS);
}
