// Receiving from a queue as SQS does it, where fauxqs does it otherwise: in fair order, without what is too old, with
// long polls that wait on, and with dead letters that say where they come from.
import type { SqsQueue, SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import { type Fairness, makeFairness } from "./queue-fairness.ts";
import type { QueuedMessage } from "./queue-messages.ts";

export type ReceiveOptions = {
  max: number;
  waitSeconds: number;
  visibilitySeconds?: number;
  signal?: AbortSignal;
};

type Received = ReturnType<SqsQueue["dequeue"]>;

/** Waits until a message is there, the time is over or the signal fires; empty in the last two cases. */
export type Receive = (queue: SqsQueue, options: ReceiveOptions) => Promise<Received>;

export function makeReceive(store: SqsStore): Receive {
  const fairness = new WeakMap<SqsQueue, Fairness>();

  function take(queue: SqsQueue, max: number, visibilitySeconds: number | undefined) {
    const takeNext = (count: number) =>
      queue.dequeue(count, visibilitySeconds, (arn) => deadLetterQueue(store, queue, arn));
    if (queue.isFifo()) return takeNext(max);
    const fair = fairness.get(queue) ?? makeFairness(queue, () => performance.now());
    fairness.set(queue, fair);
    queue.processTimers(); // what is visible again takes part in the order
    const taken: Received = [];
    while (taken.length < max) {
      fair.bringForward();
      const [next] = takeNext(1);
      if (next === undefined) break;
      taken.push(next);
    }
    return taken;
  }

  return async (queue, options) => {
    const deadline = Date.now() + options.waitSeconds * 1000;
    for (;;) {
      if (options.signal?.aborted) return [];
      dropExpired(queue);
      const taken = take(queue, options.max, options.visibilitySeconds);
      const waitMilliseconds = deadline - Date.now();
      if (taken.length > 0 || waitMilliseconds <= 0) return taken;
      // fauxqs wakes every waiter for one message; the ones that come too late wait on, as on AWS.
      await waitForMessage(queue, waitMilliseconds, options.signal);
    }
  };
}

/** One waiter of fauxqs's own, taken back when the signal fires so that it cannot hold the process or a message. */
async function waitForMessage(queue: SqsQueue, milliseconds: number, signal?: AbortSignal): Promise<void> {
  const waiting = queue.waitForMessages(milliseconds / 1000);
  const waiter = queue.pollWaiters.at(-1);
  const stop = () => {
    if (waiter === undefined) return;
    queue.pollWaiters = queue.pollWaiters.filter((other) => other !== waiter);
    clearTimeout(waiter.timer);
    waiter.resolve();
  };
  signal?.addEventListener("abort", stop, { once: true });
  await waiting;
  signal?.removeEventListener("abort", stop);
}

/** Age counts from the first enqueue, in a dead-letter queue too. */
function dropExpired(queue: SqsQueue): void {
  const oldest = Date.now() - Number(queue.attributes.MessageRetentionPeriod) * 1000;
  if ((queue.messages[0]?.sentTimestamp ?? Number.POSITIVE_INFINITY) < oldest) {
    queue.messages = queue.messages.filter((message) => message.sentTimestamp >= oldest);
  }
}

/**
 * What fauxqs hands a spent message to: the real queue, plus where it came from. Its receives are counted "across all
 * queues" (API reference, ReceiveMessage), but those before do not count against this queue's own redrive policy.
 */
function deadLetterQueue(store: SqsStore, source: SqsQueue, arn: string): SqsQueue | undefined {
  const queue = store.getQueueByArn(arn);
  if (queue === undefined) return undefined;
  const enqueueMoved = (message: QueuedMessage) => {
    message.deadLetterSourceArn = source.arn;
    // fauxqs has counted the receive that moves it, which gave it to nobody.
    message.earlierReceives = (message.earlierReceives ?? 0) + message.approximateReceiveCount - 1;
    message.approximateReceiveCount = 0;
    delete message.approximateFirstReceiveTimestamp;
    queue.enqueue(message);
  };
  return { enqueue: enqueueMoved } as SqsQueue;
}
