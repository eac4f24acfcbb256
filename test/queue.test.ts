// One queue on a clock that the test moves: what is visible when, what a receipt handle is good for, what is too old.
import { expect, test } from "vitest";
import { type Message, Queue, type Queues } from "../local/aws/queue.ts";

function makeWorld(attributes: Record<string, string> = {}) {
  let now = Date.parse("2026-11-22T06:00:00Z");
  const queues: Queues = new Map();
  const make = (name: string, given: Record<string, string>) => {
    const queue = new Queue(`arn:${name}`, given, queues, () => now);
    queues.set(name, queue);
    return queue;
  };
  const dead = make("dead", { MessageRetentionPeriod: "1209600" });
  const queue = make("work", attributes);
  return {
    queue,
    dead,
    send: (body: string, groupId?: string) => queue.send({ body, groupId }),
    take: (max = 1, visibilitySeconds?: number) => queue.take(max, visibilitySeconds),
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

const bodies = (messages: readonly Message[]) => messages.map(({ body }) => body);
const handle = ([message]: readonly Message[]) => message?.receiptHandle ?? "";
const redrive = (maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: "arn:dead", maxReceiveCount }),
});

test("a message is hidden for its visibility timeout, to the millisecond", () => {
  const { queue, send, take, pass } = makeWorld({ VisibilityTimeout: "60" });
  send("a");
  expect(bodies(take())).toEqual(["a"]);
  pass(59.999);
  expect(take()).toEqual([]);
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  pass(0.001);
  expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(take()).toMatchObject([{ body: "a", receives: 2 }]);
});

test("a visibility timeout changed while a message is in flight counts from the change", () => {
  const { queue, send, take, pass } = makeWorld({ VisibilityTimeout: "30" });
  send("a");
  const held = handle(take());
  pass(29);
  queue.changeVisibility(held, 30); // a heartbeat
  pass(29);
  expect(take()).toEqual([]);
  pass(1);
  expect(bodies(take())).toEqual(["a"]);
});

test("a delayed message becomes visible when its delay is over, the shortest delay first", () => {
  const { queue, pass, take } = makeWorld({ DelaySeconds: "20" });
  queue.send({ body: "as the queue says" });
  queue.send({ body: "sooner", delaySeconds: 10 });
  queue.send({ body: "now", delaySeconds: 0 });
  expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 2 });
  expect(bodies(take(10))).toEqual(["now"]);
  pass(25);
  expect(bodies(take(10))).toEqual(["sooner", "as the queue says"]);
});

test("the handle of the latest receive deletes a message, in flight or visible again; an earlier handle does not", () => {
  const { queue, send, take, pass } = makeWorld({ VisibilityTimeout: "30" });
  send("a");
  const earlier = handle(take());
  pass(30);
  const latest = handle(take());
  expect(latest).not.toBe(earlier);
  queue.delete(earlier);
  expect(queue.counts().inFlight).toBe(1);
  pass(30);
  queue.delete(latest);
  queue.delete(latest);
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("an earlier handle does not change the visibility of a message that was received again", () => {
  const { queue, send, take, pass } = makeWorld({ VisibilityTimeout: "30" });
  send("a");
  const earlier = handle(take());
  pass(30);
  const latest = handle(take());
  expect(queue.changeVisibility(earlier, 0)).toBe(true);
  expect(take()).toEqual([]);
  queue.delete(latest);
  expect(queue.changeVisibility(latest, 0)).toBe(false);
});

test("a message older than the retention period is deleted, in flight, delayed or visible", () => {
  const { queue, send, take, pass } = makeWorld({ MessageRetentionPeriod: "60" });
  send("in hand");
  take(1, 600);
  queue.send({ body: "delayed", delaySeconds: 600 });
  send("waiting");
  pass(59);
  send("young");
  expect(queue.counts()).toEqual({ visible: 2, inFlight: 1, delayed: 1 });
  pass(1);
  expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(bodies(take(10))).toEqual(["young"]);
});

test("a shorter retention period also applies to messages already in the queue", () => {
  const { queue, send, pass } = makeWorld();
  send("a");
  pass(3600);
  queue.setAttributes({ MessageRetentionPeriod: "60" });
  expect(queue.counts().visible).toBe(0);
});

test("age counts from the first enqueue, in the dead-letter queue too", () => {
  const { queue, dead, send, take, pass } = makeWorld(redrive(1));
  const { sentAt } = send("a");
  pass(86_400);
  take(1, 0);
  expect(take()).toEqual([]);
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  expect(dead.take(1)).toMatchObject([{ body: "a", sentAt, receives: 2, deadLetterSourceArn: "arn:work" }]);
  pass(1_209_600 - 86_400);
  expect(dead.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("a message moved to the dead-letter queue does not count toward the maximum of a receive", () => {
  const { dead, send, take, pass } = makeWorld({ ...redrive(2), VisibilityTimeout: "10" });
  for (const body of ["a", "b", "c"]) send(body);
  for (let receive = 0; receive < 2; receive += 1) {
    take(2);
    pass(10);
    if (receive === 0) take(1, 1000); // c stays in flight
  }
  send("d");
  expect(bodies(take(2))).toEqual(["d"]);
  expect(bodies(dead.take(10))).toEqual(["a", "b"]);
});

test("purging removes visible, delayed and in-flight messages, and no handle brings one back", () => {
  const { queue, send, take } = makeWorld();
  send("in hand", "A");
  const held = handle(take());
  queue.send({ body: "delayed", delaySeconds: 60 });
  send("waiting", "A");
  queue.purge();
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  expect(queue.changeVisibility(held, 0)).toBe(false);
  queue.delete(held);
  send("after", "A");
  expect(bodies(take(10))).toEqual(["after"]);
});

test("setting the clock back loses no message", () => {
  const { queue, send, take, pass } = makeWorld({ VisibilityTimeout: "30" });
  send("a", "A");
  send("b", "B");
  take();
  pass(-3600);
  expect(bodies(take(10))).toEqual(["b"]);
  pass(3600);
  expect(queue.counts()).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
  pass(30);
  expect(bodies(take(10)).toSorted()).toEqual(["a", "b"]);
});

test("after any sequence of calls, every message is deleted, dead, expired or still counted", () => {
  let state = 7;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const { queue, dead, take, pass } = makeWorld({ ...redrive(3), VisibilityTimeout: "20" });
  const held: Message[] = [];
  let sent = 0;
  let deleted = 0;
  for (let step = 0; step < 20_000; step += 1) {
    const act = random(6);
    const [message] = held.splice(random(held.length + 1), 1);
    const before = queue.counts();
    if (act < 2) {
      queue.send({
        body: String(sent),
        groupId: random(3) === 0 ? undefined : `g${random(4)}`,
        delaySeconds: random(2),
      });
      sent += 1;
    } else if (act === 2) held.push(...take(1 + random(10)));
    else if (act === 3 && message !== undefined) queue.changeVisibility(message.receiptHandle, random(30));
    else if (act === 4 && message !== undefined) {
      queue.delete(message.receiptHandle);
      const after = queue.counts();
      deleted += before.visible + before.inFlight - after.visible - after.inFlight;
    } else pass(random(5));
  }
  const { visible, inFlight, delayed } = queue.counts();
  expect(visible + inFlight + delayed + dead.counts().visible + deleted).toBe(sent);
  // Every message left is received exactly once: the fair order of groups and the counts agree.
  pass(1000);
  const rest: string[] = [];
  for (let taken = take(10, 43_200); taken.length > 0; taken = take(10, 43_200)) rest.push(...bodies(taken));
  expect(new Set(rest).size).toBe(rest.length);
  expect(rest.length + dead.counts().visible + deleted).toBe(sent);
  expect(Math.min(deleted, dead.counts().visible, rest.length)).toBeGreaterThan(0);
});

test.each([
  [{ VisibilityTimeout: "43201" }, "InvalidAttributeValue"],
  [{ DelaySeconds: "-1" }, "InvalidAttributeValue"],
  [{ MessageRetentionPeriod: "soon" }, "InvalidAttributeValue"],
  [{ RedrivePolicy: "{" }, "InvalidAttributeValue"],
  [{ RedrivePolicy: '{"deadLetterTargetArn":"arn:dead","maxReceiveCount":0}' }, "InvalidAttributeValue"],
  [{ FifoQueue: "true" }, "InvalidAttributeValue"],
  [{ Colour: "red" }, "InvalidAttributeName"],
])("%j is refused, and nothing changes", (attributes, code) => {
  const { queue } = makeWorld();
  const before = queue.attributes;
  expect(() => queue.setAttributes(attributes)).toThrow(expect.objectContaining({ code }));
  expect(queue.attributes).toEqual(before);
});
