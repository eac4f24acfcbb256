// The local stack answers SQS clients as AWS does; tested with the real SDK.
import { createHash } from "node:crypto";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { type AwsService, startAwsEndpoint } from "../local/aws/endpoint.ts";
import { Queue } from "../local/aws/queue.ts";
import { receive } from "../local/aws/queue-receive.ts";
import { aQueue, getAtt } from "./support/assembly.ts";
import { cleanUp, cleanUpAll, start } from "./support/local-stack.ts";
import { until } from "./support/until.ts";

afterEach(cleanUpAll);

test("the local SQS accepts and refuses the same requests as AWS", async () => {
  const { stack, client } = await start({ resources: { Work: aQueue({ DelaySeconds: 0 }) } });
  const sqs = new SQSClient(client);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: stack.queueName("Work") }));
  expect(QueueUrl).toBe(`${stack.sqsEndpoint}/000000000000/test-Work`);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "涨停 🚀", MessageGroupId: "daily" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 900 }));
  expect(stack.queues.counts("test-Work")).toEqual({ visible: 1, inFlight: 0, delayed: 1 });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["MessageGroupId"] }),
  );
  expect(Messages).toMatchObject([{ Body: "涨停 🚀", Attributes: { MessageGroupId: "daily" } }]);

  const send = (count: number, body: string) => {
    const Entries = Array.from({ length: count }, (_, index) => ({ Id: `m${index}`, MessageBody: body }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  const oversize = await send(1, "x".repeat(1_048_577));
  expect(oversize.Failed).toMatchObject([{ Code: "InvalidParameterValue", SenderFault: true }]);
  await expect(send(2, "x".repeat(600_000))).rejects.toMatchObject({
    name: "BatchRequestTooLong",
  });
  await expect(send(20, "x")).rejects.toMatchObject({ message: /You have sent 20/ });
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "" }))).rejects.toMatchObject({
    name: "MissingParameter",
  });
  const change = (ReceiptHandle: string) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  await change(Messages[0]?.ReceiptHandle ?? "");
  await change(Messages[0]?.ReceiptHandle ?? ""); // visible again already: AWS answers 200
  await expect(change("forged")).rejects.toMatchObject({ name: "ReceiptHandleIsInvalid" });
  const missing = sqs.send(new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-other` }));
  await expect(missing).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});

test("dead letters move back to the queue they came from", async () => {
  const { stack, client } = await start({
    resources: {
      Work: aQueue({ RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 1 } }),
      Dead: aQueue(),
    },
  });
  const sqs = new SQSClient(client);
  const QueueUrl = `${stack.sqsEndpoint}/000000000000/test-Work`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
  for (let receive = 0; receive < 2; receive += 1)
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  expect([stack.queues.counts("test-Work").visible, stack.queues.counts("test-Dead").visible]).toEqual([
    0, 1,
  ]);
  const SourceArn = "arn:aws:sqs:us-east-1:000000000000:test-Dead";
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  expect([stack.queues.counts("test-Work").visible, stack.queues.counts("test-Dead").visible]).toEqual([
    1, 0,
  ]);
  // Once more: a moved message starts with a new receive count.
  for (let receive = 0; receive < 2; receive += 1)
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  expect(stack.queues.counts("test-Dead").visible).toBe(1);
  const slowly = new StartMessageMoveTaskCommand({ SourceArn, MaxNumberOfMessagesPerSecond: 1 });
  await expect(sqs.send(slowly)).rejects.toMatchObject({ name: "UnsupportedOperation" });
  const wrong = sqs.send(new StartMessageMoveTaskCommand({ SourceArn: SourceArn.replace("Dead", "Work") }));
  await expect(wrong).rejects.toThrow("Source queue must be configured as a Dead Letter Queue.");
});

/** A queue with its client: `send` a command's input without the queue's address. */
async function makeWorld(properties: Record<string, unknown> = {}) {
  const { stack, client } = await start({ resources: { Work: aQueue(properties) } });
  const sqs = new SQSClient(client);
  cleanUp(() => sqs.destroy());
  const QueueUrl = `${stack.sqsEndpoint}/000000000000/test-Work`;
  return {
    sqs,
    QueueUrl,
    endpoint: stack.endpoint,
    counts: () => stack.queues.counts("test-Work"),
    send: (...bodies: string[]) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: bodies.map((MessageBody, index) => ({ Id: `m${index}`, MessageBody })),
        }),
      ),
    receive: (input: Partial<ReceiveMessageCommandInput> = {}, options: { abortSignal?: AbortSignal } = {}) =>
      sqs
        .send(new ReceiveMessageCommand({ QueueUrl, ...input }), options)
        .then(({ Messages = [] }) => Messages),
  };
}

test("a consumer can long-poll, extend visibility, delete messages and stop, as sqs-consumer does", async () => {
  const { sqs, QueueUrl, counts, send, receive } = await makeWorld({ VisibilityTimeout: 1 });
  const stop = new AbortController();
  const done: string[] = [];
  async function consume() {
    while (!stop.signal.aborted) {
      const messages = await receive(
        { MaxNumberOfMessages: 10, WaitTimeSeconds: 20, MessageSystemAttributeNames: ["All"] },
        { abortSignal: stop.signal },
      );
      const Entries = messages.map(({ MessageId: Id, ReceiptHandle }) => ({ Id, ReceiptHandle }));
      const longer = Entries.map((entry) => ({ ...entry, VisibilityTimeout: 600 }));
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: longer }));
      const { Successful } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      expect(Successful).toHaveLength(messages.length);
      done.push(...messages.map(({ Body = "" }) => Body));
    }
  }
  const consuming = consume();
  await send("a", "b", "c");
  await until(() => done.length === 3);
  await send("d");
  await until(() => done.length === 4);
  stop.abort();
  await expect(consuming).rejects.toMatchObject({ name: "AbortError" });
  expect(done).toEqual(["a", "b", "c", "d"]);
  expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("a long poll ends when its client disconnects, and the next message stays in the queue", async () => {
  const queue = new Queue("arn:work", {}, new Map());
  const polls: Promise<unknown>[] = [];
  const poll = (signal?: AbortSignal) => receive(queue, { max: 1, waitSeconds: 20, signal });
  const service: AwsService = {
    name: "poll",
    accepts: () => true,
    async handle({ gone }) {
      polls.push(poll(gone));
      return { status: 200, body: JSON.stringify(await polls[0]) };
    },
  };
  const endpoint = await startAwsEndpoint([service]);
  cleanUp(() => endpoint.close());
  const client = new AbortController();
  const asking = fetch(endpoint.url, { signal: client.signal });
  await until(() => polls.length === 1);
  client.abort();
  await expect(asking).rejects.toMatchObject({ name: "AbortError" });
  expect(await polls[0]).toEqual([]);
  queue.send({ body: "for somebody else" });
  expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(await poll()).toHaveLength(1);
  expect(await poll(AbortSignal.abort())).toEqual([]);
  expect(queue.watchers.size).toBe(0);
});

test("a message delayed or returned during a long poll reaches it in time", async () => {
  const { sqs, QueueUrl, receive } = await makeWorld({ ReceiveMessageWaitTimeSeconds: 20 });
  const waiting = receive(); // as long as the queue says
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "delayed", DelaySeconds: 1 }));
  const [delayed] = await waiting;
  expect(delayed?.Body).toBe("delayed");
  const again = receive();
  const { ReceiptHandle } = delayed ?? {};
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  expect(await again).toMatchObject([{ Body: "delayed" }]);
});

test("attributes of a message arrive as they were sent, with digests a client can check", async () => {
  const { sqs, QueueUrl, receive } = await makeWorld();
  const MessageAttributes = {
    "unit.kind": { DataType: "String", StringValue: "日线" },
    "unit.rows": { DataType: "Number", StringValue: "5400" },
    picture: { DataType: "Binary.png", BinaryValue: new Uint8Array([0, 255, 137]) },
  };
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", MessageAttributes }));
  const all = await receive({ MessageAttributeNames: ["All"], VisibilityTimeout: 0 });
  expect(all).toMatchObject([{ MessageAttributes, MD5OfMessageAttributes: sent.MD5OfMessageAttributes }]);
  // The documented digest, computed independently of the queue.
  const part = (text: string | Uint8Array) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const expected = createHash("md5")
    .update(
      Buffer.concat([part("picture"), part("Binary.png"), Buffer.of(2), part(new Uint8Array([0, 255, 137]))]),
    )
    .update(Buffer.concat([part("unit.kind"), part("String"), Buffer.of(1), part("日线")]))
    .update(Buffer.concat([part("unit.rows"), part("Number"), Buffer.of(1), part("5400")]))
    .digest("hex");
  expect(sent.MD5OfMessageAttributes).toBe(expected);
  const [some] = await receive({ MessageAttributeNames: ["unit.*"], VisibilityTimeout: 0 });
  expect(Object.keys(some?.MessageAttributes ?? {})).toEqual(["unit.kind", "unit.rows"]);
  expect((await receive())[0]).not.toHaveProperty("MessageAttributes");
});

test("a batch fails as a whole for an error of the batch, and per entry for an error of an entry", async () => {
  const { sqs, QueueUrl, counts, send, receive } = await makeWorld();
  await expect(send()).rejects.toMatchObject({ name: "EmptyBatchRequest" });
  const twins = [1, 2].map(() => ({ Id: "same", MessageBody: "x" }));
  const sending = sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: twins }));
  await expect(sending).rejects.toMatchObject({ name: "BatchEntryIdsNotDistinct" });
  const eleven = Array.from({ length: 11 }, (_, at) => ({ Id: `m${at}`, ReceiptHandle: "x" }));
  const deleting = sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: eleven }));
  await expect(deleting).rejects.toMatchObject({ name: "TooManyEntriesInBatchRequest" });
  expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });

  const { Successful, Failed } = await send("good", "bad \u0001", "x".repeat(1_048_577 - 20), "\uD800");
  expect(Successful?.map(({ Id }) => Id)).toEqual(["m0", "m2"]);
  expect(Failed).toMatchObject([
    { Id: "m1", Code: "InvalidMessageContents", SenderFault: true },
    { Id: "m3", Code: "InvalidMessageContents", SenderFault: true },
  ]);
  const [{ ReceiptHandle = "" } = {}] = await receive();
  const Entries = [
    { Id: "real", ReceiptHandle },
    { Id: "forged", ReceiptHandle: "forged" },
  ];
  expect(await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))).toMatchObject({
    Successful: [{ Id: "real" }],
    Failed: [{ Id: "forged", Code: "ReceiptHandleIsInvalid", SenderFault: true }],
  });
});

test("a deleted message's handle deletes again without an error, and no longer changes the visibility", async () => {
  const { sqs, QueueUrl, send, receive } = await makeWorld();
  await send("a");
  const [{ ReceiptHandle = "" } = {}] = await receive();
  const remove = () => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  await remove();
  await remove();
  const changing = sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 5 }),
  );
  await expect(changing).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: /Message does not exist or is not available for visibility timeout change/,
  });
});

test("queue attributes are set, read back by name or all at once, and take effect", async () => {
  const { sqs, QueueUrl, counts, send, receive } = await makeWorld();
  const set = (Attributes: Record<string, string>) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  const get = async (...AttributeNames: QueueAttributeName[]) =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
  await set({ VisibilityTimeout: "0", DelaySeconds: "5" });
  expect(await get("VisibilityTimeout", "RedrivePolicy")).toEqual({ VisibilityTimeout: "0" });
  expect(await get("All")).toEqual({
    VisibilityTimeout: "0",
    DelaySeconds: "5",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    ReceiveMessageWaitTimeSeconds: "0",
    SqsManagedSseEnabled: "true",
    QueueArn: "arn:aws:sqs:us-east-1:000000000000:test-Work",
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "0",
  });
  expect(await get()).toBeUndefined();
  await send("later");
  expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  await set({ DelaySeconds: "0" });
  await send("now");
  expect((await receive()).length + (await receive()).length).toBe(2); // it is never hidden
  const policy = { deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:test-Work", maxReceiveCount: 3 };
  await set({ RedrivePolicy: JSON.stringify(policy) });
  expect(JSON.parse((await get("RedrivePolicy"))?.RedrivePolicy ?? "")).toEqual(policy);
  await set({ RedrivePolicy: "" });
  expect(await get("RedrivePolicy")).toBeUndefined();
  await expect(set({ DelaySeconds: "901" })).rejects.toMatchObject({ name: "InvalidAttributeValue" });
  await expect(get("Colour" as QueueAttributeName)).rejects.toMatchObject({ name: "InvalidAttributeName" });
});

test("an error comes with the code of the old protocol in its header, which boto reads", async () => {
  const { endpoint, QueueUrl } = await makeWorld();
  const ask = async (action: string, body: object) => {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` };
    const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(body) });
    const { __type, message } = (await response.json()) as { __type: string; message: string };
    return [response.status, response.headers.get("x-amzn-query-error"), __type, message];
  };
  expect(await ask("GetQueueUrl", { QueueName: "none" })).toEqual([
    400,
    "AWS.SimpleQueueService.NonExistentQueue;Sender",
    "com.amazonaws.sqs#QueueDoesNotExist",
    "The specified queue does not exist.",
  ]);
  expect((await ask("SendMessageBatch", { QueueUrl, Entries: [] })).slice(0, 2)).toEqual([
    400,
    "AWS.SimpleQueueService.EmptyBatchRequest;Sender",
  ]);
  expect(await ask("DeleteMessage", { QueueUrl })).toContain(
    "The request must contain the parameter ReceiptHandle.",
  );
  expect(await ask("ReceiveMessage", {})).toContain("The request must contain the parameter QueueUrl.");
  expect(await ask("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 11 })).toContain(
    "InvalidParameterValue;Sender",
  );
  const typeless = { QueueUrl, MessageBody: "x", MessageAttributes: { kind: { StringValue: "daily" } } };
  expect(await ask("SendMessage", typeless)).toContain("InvalidParameterValue;Sender");
  expect(await ask("constructor", {})).toContain("UnknownOperationException;Sender");
  expect(await ask("CreateQueue", { QueueName: "new" })).toEqual([
    404,
    "UnknownOperationException;Sender",
    "com.amazonaws.sqs#UnknownOperationException",
    "The local stack does not support AmazonSQS.CreateQueue.",
  ]);
});

test("a template with a FIFO queue is refused by name", async () => {
  const starting = start({ resources: { Ordered: aQueue({ FifoQueue: true }) } });
  await expect(starting).rejects.toThrow(
    /^Ordered: .*FifoQueue: the local stack has standard queues only, not FIFO/,
  );
});
