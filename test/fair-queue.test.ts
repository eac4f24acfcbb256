// Fair queues on the local stack: one group's backlog does not delay another group's messages; nothing else changes.
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, expect, test } from "vitest";
import { Queue } from "../local/aws/queue.ts";
import { aQueue, getAtt } from "./support/assembly.ts";
import { cleanUp, cleanUpAll, start } from "./support/local-stack.ts";
import { until } from "./support/until.ts";

afterEach(cleanUpAll);

/** The stack's work queue: a message may be received twice, then it moves to the dead-letter queue. */
async function makeWorld() {
  const { stack, client } = await start({
    resources: {
      Work: aQueue({
        VisibilityTimeout: 900,
        RedrivePolicy: { deadLetterTargetArn: getAtt("Dead"), maxReceiveCount: 2 },
      }),
      Dead: aQueue(),
    },
  });
  const sqs = new SQSClient(client);
  cleanUp(() => sqs.destroy());
  const urlOf = (name: string) => `${stack.sqsEndpoint}/000000000000/test-${name}`;
  const QueueUrl = urlOf("Work");
  return {
    stack,
    counts: () => stack.queues.counts("test-Work"),
    async send(bodies: readonly string[], group?: string) {
      for (let at = 0; at < bodies.length; at += 10) {
        const Entries = bodies.slice(at, at + 10).map((MessageBody, index) => ({
          Id: String(index),
          MessageBody,
          ...(group !== undefined && { MessageGroupId: group }),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    later: (body: string, group: string, DelaySeconds: number) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageGroupId: group, DelaySeconds })),
    async receive(max = 1, options: { visibilitySeconds?: number; queue?: string } = {}): Promise<Message[]> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(options.queue ?? "Work"),
          MaxNumberOfMessages: max,
          MessageSystemAttributeNames: ["All"],
          ...(options.visibilitySeconds !== undefined && { VisibilityTimeout: options.visibilitySeconds }),
        }),
      );
      return Messages;
    },
    delete: (message: Message | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle })),
    async drain(): Promise<Message[]> {
      const drained: Message[] = [];
      for (;;) {
        const messages = await this.receive(10);
        if (messages.length === 0) return drained;
        for (const message of messages) await this.delete(message);
        drained.push(...messages);
      }
    },
    attributes: async () =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes,
  };
}

const named = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at}`);
const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

test("three messages behind another group's backlog of 500 come with the next receives, and none is lost", async () => {
  const world = await makeWorld();
  await world.send(named("a", 500), "A");
  // Two slots are at work on the backlog when the others come, as in a running backfill.
  const inHand = [...(await world.receive()), ...(await world.receive())];
  expect(bodies(inHand)).toEqual(["a0", "a1"]);
  await world.send(named("b", 3), "B");
  expect(world.counts()).toEqual({ visible: 501, inFlight: 2, delayed: 0 });

  const next: Message[] = [];
  for (let receives = 0; receives < 4; receives += 1) {
    const [message] = await world.receive();
    await world.delete(message);
    next.push(...(message === undefined ? [] : [message]));
  }
  expect(bodies(next)).toEqual(["b0", "b1", "b2", "a2"]);

  for (const message of inHand) await world.delete(message);
  const rest = await world.drain();
  expect(bodies([...inHand, ...next, ...rest]).toSorted()).toEqual(
    [...named("a", 500), ...named("b", 3)].toSorted(),
  );
  const counts = [...next, ...rest].map(({ Attributes }) => Attributes?.ApproximateReceiveCount);
  expect(new Set(counts)).toEqual(new Set(["1"]));
  expect(world.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("without groups, and within one group, messages come in the order they were sent", async () => {
  for (const group of [undefined, "A"]) {
    const world = await makeWorld();
    await world.send(named("a", 100), group);
    await world.receive();
    await world.send(named("b", 3), group);
    const order = bodies(await world.drain());
    expect(order).toEqual([...named("a", 100).slice(1), ...named("b", 3)]);
  }
});

test("a message without a group counts as its own group, and comes before a backlog", async () => {
  const world = await makeWorld();
  await world.send(named("a", 50), "A");
  await world.receive();
  await world.send(["planned"]); // as a one-time schedule delivers it
  expect(bodies(await world.receive())).toEqual(["planned"]);
});

test("a delayed message of a quiet group comes first, but only after its delay", async () => {
  const world = await makeWorld();
  await world.send(named("a", 20), "A");
  await world.receive();
  await world.later("b", "B", 1);
  expect(bodies(await world.receive())).toEqual(["a1"]);
  await until(() => world.counts().delayed === 0);
  expect(bodies(await world.receive())).toEqual(["b"]);
});

test("a quiet group's message that keeps failing uses up its receives and becomes a dead letter", async () => {
  const world = await makeWorld();
  await world.send(named("a", 20), "A");
  await world.receive();
  await world.send(["poison"], "B");
  const [first] = await world.receive(1, { visibilitySeconds: 0 });
  const order = [first?.Body];
  // After its first receive its group is noisy too; it still comes again before the backlog is finished.
  for (;;) {
    const [message] = await world.receive(1, { visibilitySeconds: 0 });
    if (message === undefined) break;
    order.push(message.Body);
    if (message.Body !== "poison") await world.delete(message);
  }
  expect(order).toHaveLength(21); // nineteen from the backlog, and this message twice
  expect(order.filter((body) => body === "poison")).toHaveLength(2);
  const dead = await world.receive(10, { queue: "Dead" });
  expect(dead).toMatchObject([
    { Body: "poison", Attributes: { ApproximateReceiveCount: "3", MessageGroupId: "B" } },
  ]);
});

test("message counts and attributes are those of one queue", async () => {
  const world = await makeWorld();
  await world.send(named("a", 5), "A");
  await world.receive(2);
  await world.send(["b"], "B");
  expect(await world.attributes()).toMatchObject({
    ApproximateNumberOfMessages: "4",
    ApproximateNumberOfMessagesNotVisible: "2",
  });
});

/** A queue on a clock that the test moves. */
function makeClockedQueue() {
  let now = 1_000;
  const taken: string[] = [];
  const queue = new Queue("arn:work", { VisibilityTimeout: "43200" }, new Map(), () => now);
  return {
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    send: (body: string, groupId: string) => queue.send({ body, groupId }),
    take() {
      const [{ body, receiptHandle } = { body: "", receiptHandle: "" }] = queue.take(1);
      taken.push(body);
      return { body, done: () => queue.delete(receiptHandle) };
    },
    /** All that was taken. */
    order: () => taken,
  };
}

test("a group at work stays noisy when the machine's clock is set back by a few milliseconds", () => {
  for (let aheadMilliseconds = 0; aheadMilliseconds < 12; aheadMilliseconds += 1) {
    let now = 1_000;
    const setBack = () => {
      now -= 1;
      return now;
    };
    const queue = new Queue("arn:work", { VisibilityTimeout: "43200" }, new Map(), setBack);
    for (const body of named("a", 3)) queue.send({ body, groupId: "A" });
    queue.take(1);
    queue.send({ body: "b", groupId: "B" });
    now += aheadMilliseconds;
    expect(queue.take(1)[0]?.body, `${aheadMilliseconds} ms`).toBe("b");
  }
});

test("a group that has used more than its share stays noisy until its backlog is consumed", () => {
  const world = makeClockedQueue();
  for (const body of named("a", 4)) world.send(body, "A");
  const first = world.take();
  world.pass(60);
  first.done();
  world.send("b0", "B");
  const second = world.take();
  expect(second.body).toBe("b0");
  second.done();
  for (const body of ["a1", "a2", "a3"]) {
    const next = world.take();
    expect(next.body).toBe(body);
    world.pass(60);
    next.done();
  }
  // Without a backlog A is quiet again: first come, first served.
  world.send("a4", "A");
  world.send("b1", "B");
  expect(world.take().body).toBe("a4");
});

test("a group without a message in flight for five minutes is quiet again", () => {
  for (const [idleSeconds, expected] of [
    [299, "b"],
    [301, "a1"],
  ] as const) {
    const world = makeClockedQueue();
    for (const body of named("a", 3)) world.send(body, "A");
    const first = world.take();
    world.pass(60);
    first.done();
    world.pass(idleSeconds);
    world.send("b", "B");
    expect(world.take().body).toBe(expected);
  }
});

test("before any group has used processing time, messages in flight decide which group is noisy", () => {
  const world = makeClockedQueue();
  for (const body of named("a", 40)) world.send(body, "A");
  world.send("b", "B");
  const taken = Array.from({ length: 3 }, () => world.take().body);
  expect(taken).toEqual(["a0", "b", "a1"]);
});

test("two backlogs share the slots: the group with fewer messages in flight is next", () => {
  const world = makeClockedQueue();
  for (const body of named("a", 10)) world.send(body, "A");
  const inHand = [world.take(), world.take()];
  world.pass(10);
  for (const body of named("b", 10)) world.send(body, "B");
  for (let took = 0; took < 6; took += 1) {
    inHand.shift()?.done();
    inHand.push(world.take());
    world.pass(10);
  }
  expect(world.order()).toEqual(["a0", "a1", "b0", "a2", "b1", "a3", "b2", "a4"]);
});
