// The event source mapping: receives messages, invokes the function with them and deletes those that succeeded. The
// others stay on the queue, under its visibility timeout and redrive policy, as on AWS.
import { AwsError, region } from "./endpoint.ts";
import type { LambdaFunction } from "./lambda.ts";
import type { Message, Queue } from "./queue.ts";
import { digest, md5, systemAttributes } from "./queue-messages.ts";
import { receive } from "./queue-receive.ts";

export type EventSourceSettings = {
  uuid: string;
  queueName: string;
  queueArn: string;
  batchSize: number;
  batchingWindowSeconds: number;
  maximumConcurrency: number;
  /** Whether the function's response lists the failed messages (ReportBatchItemFailures). */
  partialBatchResponse: boolean;
};

export type EventSource = {
  /** May change while it runs; a change applies from the next batch. */
  settings: EventSourceSettings;
  readonly state: "Enabled" | "Disabled";
  readonly lambda: LambdaFunction;
  /** When it was last started or stopped, in milliseconds since the epoch. */
  readonly modifiedAt: number;
  start(): void;
  /** Stops receiving. Resolves when the running invocations have ended. */
  stop(): Promise<void>;
};

/** Without a MaximumConcurrency, Lambda starts with five concurrent batches. It may scale up on AWS, but not here. */
export const defaultConcurrency = 5;

const receiveMax = 10;
const longPollSeconds = 20;
const throttleWaitMilliseconds = 1000;

export function makeEventSource(
  settings: EventSourceSettings,
  lambda: LambdaFunction,
  queue: Queue,
  onError: (text: string) => void,
): EventSource {
  const inFlight = new Set<Promise<void>>();
  let stopping = new AbortController();
  let polling: Promise<void> | undefined;
  let modifiedAt = Date.now();

  /** One poller for all slots: it asks the queue for a batch only when there is a slot to run it in. */
  async function poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (inFlight.size >= settings.maximumConcurrency) {
        await Promise.race(inFlight);
        continue;
      }
      const batch = await collect(signal);
      if (batch.length === 0) continue;
      const run = process(batch, signal)
        .catch((error: unknown) => onError(`${settings.queueName}: ${error}`))
        .finally(() => inFlight.delete(run));
      inFlight.add(run);
    }
  }

  async function collect(signal: AbortSignal): Promise<Message[]> {
    const batch = await receiveMore(settings.batchSize, longPollSeconds, signal);
    const closes = Date.now() + settings.batchingWindowSeconds * 1000;
    while (batch.length > 0 && batch.length < settings.batchSize && !signal.aborted) {
      const waitSeconds = Math.max(0, closes - Date.now()) / 1000;
      const more = await receiveMore(settings.batchSize - batch.length, waitSeconds, signal);
      batch.push(...more);
      if (more.length === 0) break;
      // Without a batching window, a batch is the result of one receive.
      if (settings.batchingWindowSeconds === 0) break;
    }
    return batch;
  }

  const receiveMore = (wanted: number, waitSeconds: number, signal: AbortSignal) =>
    receive(queue, { max: Math.min(wanted, receiveMax), waitSeconds, signal });

  async function process(batch: Message[], signal: AbortSignal): Promise<void> {
    const heldUntil = Date.now() + queue.attributes.VisibilityTimeout * 1000;
    const event = JSON.stringify({
      Records: batch.map((message) => encodeRecord(message, settings.queueArn)),
    });
    const failed = await invoke(event, batch, heldUntil, signal);
    for (const { messageId, receiptHandle } of batch) if (!failed.has(messageId)) queue.delete(receiptHandle);
  }

  /** Ids of the messages to leave on the queue. A throttled batch is tried again until its visibility ends. */
  async function invoke(event: string, batch: Message[], heldUntil: number, signal: AbortSignal) {
    const all = new Set(batch.map(({ messageId }) => messageId));
    while (Date.now() < heldUntil) {
      const released = lambda.whenReleased();
      try {
        const { failed, payload } = await lambda.invoke(event);
        if (failed) return all;
        return settings.partialBatchResponse ? failedItems(payload, all) : new Set<string>();
      } catch (error) {
        if (signal.aborted) return all;
        if (!(error instanceof AwsError && error.code === "TooManyRequestsException")) throw error;
        await Promise.race([released, pause(throttleWaitMilliseconds)]);
      }
    }
    return all;
  }

  return {
    settings,
    lambda,
    get state() {
      return polling === undefined ? "Disabled" : "Enabled";
    },
    get modifiedAt() {
      return modifiedAt;
    },
    start() {
      if (polling !== undefined) return;
      stopping = new AbortController();
      modifiedAt = Date.now();
      polling = poll(stopping.signal).catch((error: unknown) => onError(`${settings.queueName}: ${error}`));
    },
    async stop() {
      if (polling !== undefined) modifiedAt = Date.now();
      stopping.abort();
      const ended = polling;
      polling = undefined;
      await ended;
      await Promise.all(inFlight);
    },
  };
}

/** The SQS record of a Lambda event, as recorded against AWS. */
function encodeRecord(message: Message, queueArn: string) {
  const { messageId, receiptHandle, body, attributes = {} } = message;
  const messageAttributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    messageAttributes[name] = {
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    };
  }
  return {
    messageId,
    receiptHandle,
    body,
    attributes: systemAttributes(message),
    messageAttributes,
    ...digest("md5OfMessageAttributes", attributes),
    md5OfBody: md5(body),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/** Ids of the messages that the response lists as failed; a response in any other format fails the whole batch. */
function failedItems(payload: string, all: Set<string>): Set<string> {
  const answer: unknown = JSON.parse(payload);
  if (answer === null) return new Set();
  if (typeof answer !== "object") return all;
  const items = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(items)) return all;
  const failed = new Set<string>();
  for (const item of items) {
    const id: unknown = item?.itemIdentifier;
    if (typeof id !== "string" || !all.has(id)) return all;
    failed.add(id);
  }
  return failed;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
