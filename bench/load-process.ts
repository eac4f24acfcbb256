// What load.ts and its child processes say to each other, and how a child process reports its memory.

export type ToChild = { readonly is: "event"; readonly event: unknown } | { readonly is: "stop" };

export type FromChild =
  /** It can be used. The queue process has an address. */
  | { readonly is: "ready"; readonly url?: string }
  | { readonly is: "answer"; readonly answer: unknown }
  /** A worker took its last message; `deliveries` counts all messages that it received. */
  | { readonly is: "stopped"; readonly deliveries: number }
  | { readonly is: "memory"; readonly rssBytes: number };

/** Between two samples of a process's memory. */
export const sampleMilliseconds = 500;

export function tell(message: FromChild): void {
  process.send?.(message);
}

/** Sends the memory of this process to its parent until it ends, and ends with its parent. */
export function reportMemory(): void {
  const report = () => tell({ is: "memory", rssBytes: process.memoryUsage.rss() });
  setInterval(report, sampleMilliseconds).unref();
  process.once("disconnect", () => process.exit());
}
