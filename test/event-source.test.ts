// What a queue promises to the functions behind it, on the local stack: the real SDK, real threads, real queues.
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterEach, expect, test } from "vitest";
import { type LocalStack, type StackOptions, startStack } from "../local/aws/stack.ts";
import { aFunction, aMapping, aQueue, getAtt, writeAssembly } from "./support/assembly.ts";
import { gatedHandler, openGate } from "./support/gate.ts";
import { until } from "./support/until.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;
let world: World;
afterEach(() => world.close());

/** A work queue in front of one function, with a dead-letter queue; the function prints what it is given. */
async function makeWorld(options: {
  code?: string;
  lambda?: Record<string, unknown>;
  queue?: Record<string, unknown>;
  mapping?: Record<string, unknown>;
  stack?: Partial<StackOptions>;
}) {
  const gate = await openGate();
  const assembly = writeAssembly({
    resources: {
      Worker: aFunction({ Environment: { Variables: { GATE: gate.url } }, ...options.lambda }),
      Work: aQueue({
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 2 },
        ...options.queue,
      }),
      Dead: aQueue(),
      Mapping: aMapping("Work", "Worker", options.mapping),
    },
    code: {
      Worker: options.code ?? "export const handler = async (event) => console.log(JSON.stringify(event));",
    },
  });
  const lines: string[] = [];
  const stack: LocalStack = await startStack({
    assembly: assembly.directory,
    endpoints: { rdsData: "http://127.0.0.1:1" },
    onLog: ({ text }) => lines.push(text),
    ...options.stack,
  });
  const sqs = new SQSClient({
    region: "us-east-1",
    endpoint: stack.endpoint,
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
  });
  const url = `${stack.sqsEndpoint}/000000000000/test-Work`;
  return {
    stack,
    gate,
    sqs,
    url,
    lines,
    /** Events that the printing handler received. */
    events: () =>
      lines.filter((line) => line.startsWith('{"Records"')).map((line) => JSON.parse(line) as SQSEvent),
    counts: (name = "test-Work") => stack.queues.counts(name),
    send: (body: string) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body })),
    sendAll: (bodies: string[]) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: bodies.map((MessageBody, index) => ({ Id: `m${index}`, MessageBody })),
        }),
      ),
    async close() {
      sqs.destroy();
      gate.close();
      await stack.close();
      assembly.remove();
    },
  };
}

test("a message reaches the function as the record that Lambda builds, and leaves the queue", async () => {
  world = await makeWorld({});
  const sent = await world.sqs.send(
    new SendMessageCommand({
      QueueUrl: world.url,
      MessageBody: '{"unit":"一"}',
      MessageGroupId: "task-1",
      MessageAttributes: { kind: { DataType: "String", StringValue: "daily" } },
    }),
  );
  await until(() => world.events().length === 1);
  expect(world.events()[0]?.Records).toEqual([
    {
      messageId: sent.MessageId,
      receiptHandle: expect.any(String),
      body: '{"unit":"一"}',
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: "000000000000",
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        MessageGroupId: "task-1",
      },
      messageAttributes: {
        kind: { stringValue: "daily", stringListValues: [], binaryListValues: [], dataType: "String" },
      },
      md5OfMessageAttributes: sent.MD5OfMessageAttributes,
      md5OfBody: sent.MD5OfMessageBody,
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:test-Work",
      awsRegion: "us-east-1",
    },
  ]);
  await until(() => world.counts().inFlight === 0);
  expect(world.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("an idle queue hands a message on at once", async () => {
  world = await makeWorld({});
  await world.send("warm");
  await until(() => world.events().length === 1);
  const begun = performance.now();
  await world.send("now");
  await until(() => world.events().length === 2);
  expect(performance.now() - begun).toBeLessThan(500);
});

test("ten messages come as one batch, and only the ones named as failed stay", async () => {
  world = await makeWorld({
    code: `export const handler = async ({ Records }) => {
      console.log("batch of " + Records.length);
      return { batchItemFailures: Records.filter(({ body }) => body === "bad").map((r) => ({ itemIdentifier: r.messageId })) };
    };`,
    mapping: { BatchSize: 10 },
  });
  await world.sendAll(["a", "b", "bad", "c", "d", "e", "f", "g", "h", "i"]);
  await until(() => world.counts().visible + world.counts().inFlight === 1);
  expect(world.lines).toContain("batch of 10");
  expect(world.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
});

test.each([
  ["a failure without an identifier", 'return { batchItemFailures: [{ foo: "x" }] }', 2],
  ["an identifier that is not in the batch", 'return { batchItemFailures: [{ itemIdentifier: "x" }] }', 2],
  ["an empty identifier", 'return { batchItemFailures: [{ itemIdentifier: "" }] }', 2],
  ["a list that is none", 'return { batchItemFailures: "x" }', 2],
  ["an answer that is text", 'return "done"', 2],
  ["a thrown error", 'throw new Error("broken")', 2],
  ["an ended process", "process.exit(1)", 2],
  ["no answer", "return undefined", 0],
  ["an empty object", "return {}", 0],
  ["an empty list", "return { batchItemFailures: [] }", 0],
  ["a list that is null", "return { batchItemFailures: null }", 0],
])("%s: messages of a batch of two left on the queue: as on AWS", async (_, statement, left) => {
  world = await makeWorld({
    code: `export const handler = async () => { console.log("called"); ${statement}; };`,
    mapping: { BatchSize: 10 },
  });
  await world.sendAll(["a", "b"]);
  await until(() => world.lines.includes("called") && world.counts().inFlight === left);
  expect(world.counts()).toEqual({ visible: 0, inFlight: left, delayed: 0 });
});

test("without partial batch responses, any result except an error acknowledges the batch", async () => {
  world = await makeWorld({
    code: `export const handler = async () => ({ batchItemFailures: [{ itemIdentifier: "" }] });`,
    mapping: { FunctionResponseTypes: [] },
  });
  await world.send("a");
  await until(() => world.counts().visible + world.counts().inFlight === 0);
});

test("a message that keeps failing is received again with a higher count, then moves to the dead-letter queue", async () => {
  world = await makeWorld({
    code: "export const handler = async (event) => { console.log(JSON.stringify(event)); throw new Error('no'); };",
    lambda: { Timeout: 1 },
    queue: { VisibilityTimeout: 1 },
  });
  const { MessageId } = await world.send("poison");
  await until(() => world.counts("test-Dead").visible === 1);
  const records = world.events().map(({ Records: [record] }) => record);
  expect(records.map((record) => [record?.messageId, record?.attributes.ApproximateReceiveCount])).toEqual([
    [MessageId, "1"],
    [MessageId, "2"],
  ]);
  expect(records[0]?.receiptHandle).not.toBe(records[1]?.receiptHandle);
  const dead = await world.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${world.stack.sqsEndpoint}/000000000000/test-Dead`,
      MessageSystemAttributeNames: ["All"],
    }),
  );
  expect(dead.Messages).toMatchObject([
    {
      MessageId,
      Body: "poison",
      Attributes: {
        ApproximateReceiveCount: "3", // the two receives before count too
        DeadLetterQueueSourceArn: "arn:aws:sqs:us-east-1:000000000000:test-Work",
      },
    },
  ]);
});

test("no more batches run at once than the maximum concurrency, and no message is taken before there is a slot", async () => {
  world = await makeWorld({ code: gatedHandler(), mapping: { ScalingConfig: { MaximumConcurrency: 2 } } });
  await world.sendAll(["a", "b", "c", "d", "e"]);
  await until(() => world.gate.waiting().length === 2);
  expect(world.counts()).toEqual({ visible: 3, inFlight: 2, delayed: 0 });
  for (const name of ["a", "b", "c", "d", "e"]) await world.gate.release(name);
  await until(() => world.counts().inFlight === 0);
  expect(world.gate.most()).toBe(2);
  expect(world.gate.arrivals.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
});

test("a message throttled by a manual invocation is kept, and runs on its first receive", async () => {
  world = await makeWorld({
    code: gatedHandler(),
    lambda: { ReservedConcurrentExecutions: 2 },
    mapping: { ScalingConfig: { MaximumConcurrency: 2 } },
    queue: { RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 1 } },
  });
  const manual = ["by hand", "by hand too"].map((body) => world.stack.invoke("test-Worker", { body }));
  await until(() => world.gate.waiting().length === 2);
  await world.send("queued");
  await until(() => world.counts().inFlight === 1);
  expect(world.gate.arrivals).not.toContain("queued");
  await world.gate.release("by hand");
  await world.gate.release("queued");
  await world.gate.release("by hand too");
  await Promise.all(manual);
  await until(() => world.counts().inFlight === 0);
  expect(world.counts("test-Dead").visible).toBe(0);
});

test("a message throttled until its visibility timeout ends has used up one receive", async () => {
  world = await makeWorld({
    lambda: { ReservedConcurrentExecutions: 0, Timeout: 1 },
    queue: {
      VisibilityTimeout: 1,
      RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 2 },
    },
  });
  await world.send("starved");
  await until(() => world.counts("test-Dead").visible === 1);
  expect(world.events()).toEqual([]);
});

test("a batching window collects more messages than one receive can return", async () => {
  world = await makeWorld({ mapping: { BatchSize: 15, MaximumBatchingWindowInSeconds: 5 } });
  await world.sendAll(["1", "2", "3", "4", "5", "6", "7", "8"]);
  await world.sendAll(["9", "10", "11", "12", "13", "14", "15"]);
  await until(() => world.events().length > 0);
  expect(world.events().map(({ Records }) => Records.length)).toEqual([15]);
});

test("a paused event source receives nothing while its running batches finish, and continues when resumed", async () => {
  world = await makeWorld({ code: gatedHandler(), mapping: { ScalingConfig: { MaximumConcurrency: 2 } } });
  await world.sendAll(["a", "b", "c"]);
  await until(() => world.gate.waiting().length === 2);
  const paused = world.stack.pauseEventSource("test-Worker");
  await world.gate.release("a");
  await world.gate.release("b");
  await paused;
  expect(world.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(world.gate.arrivals.toSorted()).toEqual(["a", "b"]);
  world.stack.resumeEventSource("test-Worker");
  await world.gate.release("c");
});

test("with several long polls on one queue, one gets the message and the others keep waiting", async () => {
  world = await makeWorld({});
  await world.stack.pauseEventSource("test-Worker");
  const poll = () =>
    world.sqs
      .send(new ReceiveMessageCommand({ QueueUrl: world.url, WaitTimeSeconds: 2 }))
      .then(({ Messages }) => ({
        got: Messages?.length ?? 0,
        at: performance.now(),
      }));
  const begun = performance.now();
  const polls = Promise.all([poll(), poll(), poll()]);
  await world.send("one");
  const ended = await polls;
  expect(ended.map(({ got }) => got).sort()).toEqual([0, 0, 1]);
  for (const { got, at } of ended) if (got === 0) expect(at - begun).toBeGreaterThan(1900);
});

test("counts follow the visibility timeout without a receive in between", async () => {
  world = await makeWorld({ queue: { VisibilityTimeout: 10 } });
  await world.stack.pauseEventSource("test-Worker");
  await world.send("one");
  await world.sqs.send(new ReceiveMessageCommand({ QueueUrl: world.url, VisibilityTimeout: 1 }));
  expect(world.counts().inFlight).toBe(1);
  await until(async () => {
    const { Attributes } = await world.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: world.url, AttributeNames: ["All"] }),
    );
    return Attributes?.ApproximateNumberOfMessages === "1";
  });
});

test("a visibility timeout shorter than the function's own is refused as on AWS", async () => {
  world = await makeWorld({});
  const shorter = writeAssembly({
    resources: {
      Worker: aFunction({ Timeout: 60 }),
      Work: aQueue({ VisibilityTimeout: 30 }),
      Mapping: aMapping("Work", "Worker"),
    },
    code: { Worker: "export const handler = async () => {};" },
  });
  const starting = startStack({ assembly: shorter.directory, endpoints: { rdsData: "http://127.0.0.1:1" } });
  await expect(starting).rejects.toThrow(
    "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
  );
  shorter.remove();
});
