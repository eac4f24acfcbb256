// SQS on this machine: fauxqs holds the queues, in memory and without a listener of its own. What it does unlike
// AWS is answered here instead (sending, receiving, counts, dead-letter moves); every other action is fauxqs's.
import { buildApp } from "fauxqs";
import { type SqsQueue, SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  accountId,
  jsonBody,
  region,
} from "./endpoint.ts";
import {
  encodeReceived,
  enqueue,
  integer,
  missing,
  type Outgoing,
  type QueuedMessage,
  sendBatch,
  sendOne,
} from "./queue-messages.ts";
import { makeMoveTasks } from "./queue-moves.ts";

/** A message in hand: the stored one and the handle that deletes it. */
export type HeldMessage = { message: QueuedMessage; receiptHandle: string };

export type QueueCounts = { visible: number; inFlight: number; delayed: number };

export type Queues = {
  service: AwsService;
  create(name: string, attributes: Record<string, string>): void;
  /** Names, in alphabetical order. */
  names(): string[];
  has(name: string): boolean;
  attribute(name: string, attribute: string): string | undefined;
  counts(name: string): QueueCounts;
  send(name: string, message: Outgoing): Promise<{ messageId: string }>;
  /** Waits until a message is there, the time is over or the signal fires; empty in the last two cases. */
  receive(
    name: string,
    options: { max: number; waitSeconds: number; visibilitySeconds?: number; signal?: AbortSignal },
  ): Promise<HeldMessage[]>;
  delete(name: string, receiptHandle: string): void;
  close(): Promise<void>;
};

export function makeQueues(endpoint: string): Queues {
  const store = new SqsStore();
  type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;
  // Only the queues are ours to see; fauxqs makes the stores that are left out.
  const app = buildApp({ logger: false, defaultRegion: region, stores: { sqsStore: store } as Stores });
  const moves = makeMoveTasks(store);
  const urlOf = (name: string) => `${endpoint}/${accountId}/${name}`;

  function queueByName(name: string): SqsQueue {
    const queue = store.getQueueByName(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  const queueOf = (body: Record<string, unknown>) => {
    if (typeof body.QueueUrl !== "string") throw missing("QueueUrl");
    return queueByName(body.QueueUrl.split("/").at(-1) ?? "");
  };

  async function receive(
    queue: SqsQueue,
    options: { max: number; waitSeconds: number; visibilitySeconds?: number; signal?: AbortSignal },
  ) {
    const deadline = Date.now() + options.waitSeconds * 1000;
    for (;;) {
      if (options.signal?.aborted) return [];
      dropExpired(queue);
      const taken = queue.dequeue(options.max, options.visibilitySeconds, (arn) =>
        deadLetterQueue(store, queue, arn),
      );
      const waitMilliseconds = deadline - Date.now();
      if (taken.length > 0 || waitMilliseconds <= 0) return taken;
      // fauxqs wakes every waiter for one message; the ones that come too late wait on, as on AWS.
      await waitForMessage(queue, waitMilliseconds, options.signal);
    }
  }

  const actions: Record<string, (body: Record<string, unknown>) => unknown | Promise<unknown>> = {
    SendMessage: (body) => sendOne(queueOf(body), body),
    SendMessageBatch: (body) => sendBatch(queueOf(body), body),
    async ReceiveMessage(body) {
      const queue = queueOf(body);
      const waitSeconds =
        integer(body, "WaitTimeSeconds", 0, 20) ??
        Number(queue.getAttribute("ReceiveMessageWaitTimeSeconds"));
      const visibilitySeconds = integer(body, "VisibilityTimeout", 0, 43_200);
      const received = await receive(queue, {
        max: integer(body, "MaxNumberOfMessages", 1, 10) ?? 1,
        waitSeconds,
        ...(visibilitySeconds === undefined ? {} : { visibilitySeconds }),
      });
      const messages = received.map((taken) => encodeReceived(queue, taken, body));
      return messages.length === 0 ? {} : { Messages: messages };
    },
    GetQueueAttributes(body) {
      const queue = queueOf(body);
      queue.processTimers(); // else messages whose visibility is over still count as in flight
      const names = body.AttributeNames;
      return { Attributes: queue.getAllAttributes(Array.isArray(names) ? names.map(String) : []) };
    },
    ListDeadLetterSourceQueues: (body) => ({
      queueUrls: moves.sourcesOf(queueOf(body).arn).map(({ name }) => urlOf(name)),
    }),
    StartMessageMoveTask: (body) => moves.start(body),
    ListMessageMoveTasks: (body) => moves.list(body),
    CancelMessageMoveTask: (body) => moves.cancel(body),
  };

  async function handle(request: AwsRequest): Promise<AwsResponse> {
    const action = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
    const headers = { "content-type": "application/x-amz-json-1.0" };
    try {
      const body = jsonBody(request);
      const own = actions[action];
      if (own !== undefined) return { status: 200, headers, body: JSON.stringify(await own(body)) };
      checkReceiptHandles(body);
      // Without the authorization header: fauxqs would look for the queue in the region the client signs for.
      const reply = await app.inject({
        method: "POST",
        url: "/",
        headers: { "content-type": headers["content-type"], "x-amz-target": `AmazonSQS.${action}` },
        payload: request.body,
      });
      // A handle whose message became visible again is unknown to fauxqs; AWS takes the late change.
      if (action === "ChangeMessageVisibility" && reply.body.includes("MessageNotInflight")) {
        return { status: 200, headers, body: "{}" };
      }
      const query = reply.headers["x-amzn-query-error"];
      return {
        status: reply.statusCode,
        headers: query === undefined ? headers : { ...headers, "x-amzn-query-error": String(query) },
        body: withOurUrls(reply.body, urlOf),
      };
    } catch (error) {
      if (error instanceof AwsError) throw inSqsShape(error);
      throw error;
    }
  }

  return {
    service: {
      name: "sqs",
      accepts: ({ headers }) => String(headers["x-amz-target"]).startsWith("AmazonSQS."),
      handle,
    },
    create(name, attributes) {
      store.createQueue(name, urlOf(name), `arn:aws:sqs:${region}:${accountId}:${name}`, attributes);
    },
    names: () => store.listQueues().queues.map(({ name }) => name),
    has: (name) => store.getQueueByName(name) !== undefined,
    attribute: (name, attribute) => queueByName(name).attributes[attribute],
    counts(name) {
      const queue = queueByName(name);
      queue.processTimers();
      return {
        visible: Number(queue.getAttribute("ApproximateNumberOfMessages")),
        inFlight: Number(queue.getAttribute("ApproximateNumberOfMessagesNotVisible")),
        delayed: Number(queue.getAttribute("ApproximateNumberOfMessagesDelayed")),
      };
    },
    async send(name, message) {
      return { messageId: enqueue(queueByName(name), message).messageId };
    },
    async receive(name, options) {
      const queue = queueByName(name);
      return (await receive(queue, options)).flatMap(({ ReceiptHandle }) => {
        const entry = queue.inflightMessages.get(ReceiptHandle);
        return entry === undefined ? [] : [{ message: entry.message, receiptHandle: ReceiptHandle }];
      });
    },
    delete: (name, receiptHandle) => {
      queueByName(name).deleteMessage(receiptHandle);
    },
    async close() {
      moves.close();
      store.shutdown();
      await app.close();
    },
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

/** What fauxqs hands a spent message to: the real queue, plus where it came from and a receive count of its own. */
function deadLetterQueue(store: SqsStore, source: SqsQueue, arn: string): SqsQueue | undefined {
  const queue = store.getQueueByArn(arn);
  if (queue === undefined) return undefined;
  const enqueueMoved = (message: QueuedMessage) => {
    message.deadLetterSourceArn = source.arn;
    message.approximateReceiveCount = 0;
    delete message.approximateFirstReceiveTimestamp;
    queue.enqueue(message);
  };
  return { enqueue: enqueueMoved } as SqsQueue;
}

/** fauxqs takes any text for a handle; its own are UUIDs. */
function checkReceiptHandles(body: Record<string, unknown>): void {
  if (body.ReceiptHandle === undefined) return;
  if (!/^[0-9a-f-]{36}$/.test(String(body.ReceiptHandle))) {
    const message = `The input receipt handle "${body.ReceiptHandle}" is not a valid receipt handle.`;
    throw new AwsError("ReceiptHandleIsInvalid", message, { status: 404 });
  }
}

function withOurUrls(body: string, urlOf: (name: string) => string): string {
  if (!body.includes("QueueUrl")) return body;
  const value = JSON.parse(body) as { QueueUrl?: string; QueueUrls?: string[] };
  const ours = (url: string) => urlOf(url.split("/").at(-1) ?? "");
  if (value.QueueUrl !== undefined) value.QueueUrl = ours(value.QueueUrl);
  if (value.QueueUrls !== undefined) value.QueueUrls = value.QueueUrls.map(ours);
  return JSON.stringify(value);
}

function queueDoesNotExist(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
}

/** SQS keeps the names of its old protocol in a header, which SDKs prefer. */
function inSqsShape(error: AwsError): AwsError {
  const old: Record<string, string> = {
    QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
    BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
    TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
    BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  };
  return new AwsError(error.code, error.message, {
    status: error.status,
    headers: { "x-amzn-query-error": `${old[error.code] ?? error.code};Sender` },
    fields: { __type: `com.amazonaws.sqs#${error.code}` },
  });
}
