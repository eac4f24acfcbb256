// Long polling: the only place where a queue waits in real time.
import type { Message, Queue } from "./queue.ts";

export type ReceiveOptions = {
  max: number;
  waitSeconds: number;
  visibilitySeconds?: number | undefined;
  signal?: AbortSignal | undefined;
};

/** Waits for messages, until the timeout or the signal; then the list is empty. */
export async function receive(queue: Queue, options: ReceiveOptions): Promise<Message[]> {
  const { max, waitSeconds, visibilitySeconds, signal } = options;
  const deadline = Date.now() + waitSeconds * 1000;
  while (signal?.aborted !== true) {
    const taken = queue.take(max, visibilitySeconds);
    const now = Date.now();
    if (taken.length > 0 || now >= deadline) return taken;
    // Every waiter checks again after a change; one that finds nothing keeps waiting, as on AWS.
    await changed(queue, Math.min(deadline, queue.nextChangeAt) - now, signal);
  }
  return [];
}

function changed(queue: Queue, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const lookAgain = () => {
      clearTimeout(timer);
      queue.watchers.delete(lookAgain);
      signal?.removeEventListener("abort", lookAgain);
      resolve();
    };
    const timer = setTimeout(lookAgain, milliseconds);
    queue.watchers.add(lookAgain);
    signal?.addEventListener("abort", lookAgain);
  });
}
