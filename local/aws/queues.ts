// SQS on this machine: fauxqs holds the queues, in memory and without a listener of its own. What it does unlike
// AWS is answered here instead (sending, receiving in fair order, counts, dead-letter moves); every other action is
// fauxqs's.
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
import { makeReceive, type ReceiveOptions } from "./queue-receive.ts";

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
  receive(name: string, options: ReceiveOptions): Promise<HeldMessage[]>;
  delete(name: string, receiptHandle: string): void;
  close(): Promise<void>;
};

export function makeQueues(endpoint: string): Queues {
  const store = new SqsStore();
  type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;
  // Only the queues are ours to see; fauxqs makes the stores that are left out.
  const app = buildApp({ logger: false, defaultRegion: region, stores: { sqsStore: store } as Stores });
  const moves = makeMoveTasks(store);
  const receive = makeReceive(store);
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
