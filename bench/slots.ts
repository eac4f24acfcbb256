// Controls the slots: threads that process a list together; measures elapsed seconds and CPU time.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Round, SlotMessage } from "./slot-loop.ts";

export type SlotOptions = {
  /** The slot's file in this folder, and its argument. */
  readonly entry: "slot.ts" | "baseline-slot.ts";
  readonly argument: string;
  readonly environment: Readonly<Record<string, string>>;
};

export type Measured = { readonly seconds: number; readonly cpuSeconds: number };

export type Slots = {
  /** Processes the items with the first `count` slots. Rejects when one of them fails. */
  run(items: readonly string[], count: number): Promise<Measured>;
  close(): Promise<void>;
};

/** Starts threads and waits until their code is loaded. They stay warm between rounds, as Lambda environments do. */
export async function startSlots(countMax: number, options: SlotOptions): Promise<Slots> {
  const threads = Array.from({ length: countMax }, () => {
    const thread = new Worker(join(import.meta.dirname, options.entry), {
      argv: [options.argument],
      env: options.environment,
      stdout: true, // the function's log
    });
    thread.stdout.resume();
    return thread;
  });
  await Promise.all(threads.map((thread) => once(thread, "message")));
  return {
    async run(items, count) {
      const round: Round = { items, next: new SharedArrayBuffer(4) };
      const used = threads.slice(0, count);
      const before = await Promise.all(used.map((thread) => thread.cpuUsage()));
      const startedAt = performance.now();
      const done = used.map((thread) => once(thread, "message"));
      for (const thread of used) thread.postMessage(round);
      await Promise.all(done);
      const seconds = (performance.now() - startedAt) / 1000;
      const spent = await Promise.all(used.map((thread, at) => thread.cpuUsage(before[at])));
      return { seconds, cpuSeconds: spent.reduce((sum, { user, system }) => sum + (user + system) / 1e6, 0) };
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.terminate()))),
  };
}

/** The largest resident memory, in bytes, of a process that is one slot and processes the items. */
export async function peakMemory(
  items: readonly string[],
  options: SlotOptions,
  memoryMegabytes: number,
): Promise<number> {
  const child = fork(join(import.meta.dirname, options.entry), [options.argument], {
    env: options.environment,
    execArgv: heapOptions(memoryMegabytes),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the slot's process ended with code ${code}`);
  });
  failed.catch(() => undefined);
  const next = async () => ((await Promise.race([once(child, "message"), failed])) as [SlotMessage])[0];
  await next();
  child.send({ items } satisfies Round);
  const message = await next();
  child.kill();
  return message.is === "done" ? message.peakRssBytes : Number.NaN;
}

/** The heap as Lambda's own start script sizes it. Node's default on a large machine would only keep more garbage. */
export function heapOptions(memoryMegabytes: number): string[] {
  return [
    `--max-semi-space-size=${Math.floor(memoryMegabytes / 20)}`,
    `--max-old-space-size=${Math.floor(memoryMegabytes * 0.9)}`,
  ];
}
