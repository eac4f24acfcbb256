// When schedules are due and what happens then, on a clock that the tests move by hand.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from "@aws-sdk/client-scheduler";
import { afterEach, describe, expect, test } from "vitest";
import type { ScheduleInput, SchedulerOptions } from "../local/aws/schedule.ts";
import { parseExpression } from "../local/aws/schedule-expression.ts";
import { makeScheduler } from "../local/aws/scheduler.ts";
import { startStack } from "../local/aws/stack.ts";
import { type CadenceName, cadences, freshDays } from "../shared/catalogue/cadences.ts";
import { aFunction, aQueue, aSchedule, writeAssembly } from "./support/assembly.ts";
import { manualClock } from "./support/manual-clock.ts";
import { until } from "./support/until.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()?.();
});

test.each(Object.entries(cadences) as [CadenceName, readonly string[]][])(
  "what is updated each %s counts as fresh for twice the longest time between two starts",
  (name, expressions) => {
    const first = Date.UTC(2026, 0, 1);
    const starts = expressions.flatMap((text) => {
      const expression = parseExpression(text, "Asia/Shanghai", first);
      const found: number[] = [];
      for (let at = first; at < Date.UTC(2026, 2, 1); at = found.at(-1) ?? Number.POSITIVE_INFINITY) {
        found.push(expression?.next(at) ?? Number.POSITIVE_INFINITY);
      }
      return found;
    });
    const days = [...new Set(starts.map((at) => Math.floor(at / 86_400_000)))].sort((a, b) => a - b);
    const apart = days.slice(1).map((day, at) => day - (days[at] ?? day));
    expect(freshDays(name)).toBe(2 * Math.max(...apart));
  },
);

describe("an expression is due next", () => {
  test.each([
    ["cron(30 17 ? * MON-FRI *)", "Asia/Shanghai", "2026-11-20T09:29:59Z", "2026-11-20T09:30:00Z"],
    ["cron(30 17 ? * MON-FRI *)", "Asia/Shanghai", "2026-11-20T09:30:00Z", "2026-11-23T09:30:00Z"],
    ["cron(30 17 ? * 2-6 *)", "UTC", "2026-11-20T18:00:00Z", "2026-11-23T17:30:00Z"],
    ["cron(0 10 ? * 1 *)", "UTC", "2026-11-20T00:00:00Z", "2026-11-22T10:00:00Z"], // 1 is Sunday
    ["cron(0 10 ? * 2#1 *)", "UTC", "2026-11-20T00:00:00Z", "2026-12-07T10:00:00Z"], // first Monday
    ["cron(0 10 ? * 6L *)", "UTC", "2026-11-20T11:00:00Z", "2026-11-27T10:00:00Z"], // last Friday
    ["cron(0 10 L * ? *)", "UTC", "2026-11-20T00:00:00Z", "2026-11-30T10:00:00Z"],
    ["cron(0 10 15W * ? *)", "UTC", "2026-11-01T00:00:00Z", "2026-11-16T10:00:00Z"], // the 15th is a Sunday
    ["cron(0/5 * * * ? *)", "UTC", "2026-11-20T00:01:00Z", "2026-11-20T00:05:00Z"],
    ["cron(0-10/5,40 9 * * ? *)", "UTC", "2026-11-20T09:10:30Z", "2026-11-20T09:40:00Z"],
    ["cron(0 0 31 * ? *)", "UTC", "2026-11-20T00:00:00Z", "2026-12-31T00:00:00Z"],
    ["cron(0 0 29 2 ? *)", "UTC", "2026-11-20T00:00:00Z", "2028-02-29T00:00:00Z"],
    ["cron(0 0 1 1 ? 2030)", "UTC", "2026-11-20T00:00:00Z", "2030-01-01T00:00:00Z"],
    ["cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T02:00:00Z", "2026-03-30T00:30:00Z"], // 02:30 is skipped on the 29th
    ["cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"], // 02:30 comes twice
    ["cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    ["at(2026-11-21T00:05:00)", "Asia/Shanghai", "2026-11-20T00:00:00Z", "2026-11-20T16:05:00Z"],
    ["rate(5 minutes)", "UTC", "2026-11-20T00:00:00Z", "2026-11-20T00:05:00Z"],
    ["rate(1 day)", "UTC", "2026-11-19T12:00:00Z", "2026-11-20T00:00:00Z"], // its start
  ])("%s %s after %s: %s", (text, zone, from, due) => {
    const next = parseExpression(text, zone, Date.parse("2026-11-20T00:00:00Z"))?.next(Date.parse(from));
    expect(next === undefined ? next : new Date(next).toISOString()).toBe(due.replace("Z", ".000Z"));
  });

  test.each([["at(2026-11-19T00:00:00)"], ["cron(0 0 1 1 ? 2020)"]])("%s: never again", (text) => {
    expect(parseExpression(text, "UTC", 0)?.next(Date.parse("2026-11-20T00:00:00Z"))).toBeUndefined();
  });
});

// The refused ones are recorded against AWS.
test.each([
  ["cron(0 1 * * * *)"],
  ["cron(7 20 * * NOT *)"],
  ["cron(INVALID)"],
  ["cron(0 dummy ? * MON-FRI *)"],
  ["cron(71 8 1 * ? *)"],
  ["cron()"],
  ["rate(10 seconds)"],
  ["rate(10 years)"],
  ["rate()"],
  ["rate(10)"],
  ["rate(10 minutess)"],
  ["rate(foo minutes)"],
  ["rate(-10 minutes)"],
  ["rate(0 minutes)"],
  ["rate( 10 minutes )"],
  [" rate(10 minutes)"],
  ["at(2021-12-31T23:59:59Z)"],
  ["at(2021-12-31)"],
  ["at(2021-02-30T00:00:00)"],
])("%s is not an expression", (text) => {
  expect(parseExpression(text, "UTC", 0)).toBeUndefined();
});

function aScheduler(options: Partial<SchedulerOptions> & { start?: string } = {}) {
  const clock = manualClock(options.start ?? "2026-11-20T00:00:00Z");
  const delivered: string[] = [];
  const dead: { input: string; attributes: Record<string, string> }[] = [];
  const scheduler = makeScheduler({
    clock,
    deliver: async (_, input) =>
      void delivered.push(`${new Date(clock.now()).toISOString().slice(0, 19)} ${input}`),
    deadLetter: async (_, input, attributes) => void dead.push({ input, attributes }),
    log: () => {},
    ...options,
  });
  cleanups.push(() => scheduler.stop());
  return { clock, scheduler, delivered, dead };
}

function input(changes: Partial<ScheduleInput> = {}): ScheduleInput {
  return {
    Name: "unit-1",
    GroupName: "default",
    ScheduleExpression: "at(2026-11-20T00:10:00)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: "arn:aws:sqs:us-east-1:000000000000:work",
      RoleArn: "arn:aws:iam::000000000000:role/r",
      Input: "unit",
    },
    ...changes,
  };
}

test("a one-time schedule fires once at its time and is deleted afterwards if asked", async () => {
  const { clock, scheduler, delivered } = aScheduler();
  scheduler.create(input({ ActionAfterCompletion: "DELETE" }));
  scheduler.create(input({ Name: "stays", Target: { ...input().Target, Input: "stays" } }));
  scheduler.start();
  await clock.moveTo("2026-11-20T00:09:59Z");
  expect(delivered).toEqual([]);
  await clock.moveTo("2026-11-21T00:00:00Z");
  expect(delivered).toEqual(["2026-11-20T00:10:00 unit", "2026-11-20T00:10:00 stays"]);
  expect(scheduler.list().map(({ Name }) => Name)).toEqual(["stays"]);
});

test("a recurring schedule fires at each of its times, also when it was created at run time", async () => {
  const { clock, scheduler, delivered } = aScheduler();
  scheduler.start();
  await clock.moveTo("2026-11-20T01:00:00Z");
  scheduler.create(
    input({ ScheduleExpression: "cron(0 18 * * ? *)", ScheduleExpressionTimezone: "Asia/Shanghai" }),
  );
  await clock.moveTo("2026-11-22T10:00:00Z");
  expect(delivered.map((line) => line.slice(0, 16))).toEqual([
    "2026-11-20T10:00",
    "2026-11-21T10:00",
    "2026-11-22T10:00",
  ]);
});

test("a disabled schedule does not fire until it is enabled, a changed one follows its new time", async () => {
  const { clock, scheduler, delivered } = aScheduler();
  scheduler.create(input({ ScheduleExpression: "rate(1 hour)", State: "DISABLED" }));
  scheduler.create(input({ Name: "moved", Target: { ...input().Target, Input: "moved" } }));
  scheduler.start();
  scheduler.update(
    input({
      Name: "moved",
      ScheduleExpression: "at(2026-11-20T03:00:00)",
      Target: { ...input().Target, Input: "moved" },
    }),
  );
  await clock.moveTo("2026-11-20T02:30:00Z");
  expect(delivered).toEqual([]);
  scheduler.update(input({ ScheduleExpression: "rate(1 hour)" }));
  await clock.moveTo("2026-11-20T03:30:00Z");
  expect(delivered).toEqual(["2026-11-20T03:00:00 unit", "2026-11-20T03:00:00 moved"]);
});

test("the input tells the target when and by what it was called", async () => {
  const { clock, scheduler, delivered } = aScheduler();
  const text =
    '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>","try":"<aws.scheduler.attempt-number>"}';
  scheduler.create(input({ Target: { ...input().Target, Input: text } }));
  scheduler.start();
  await clock.moveTo("2026-11-20T00:11:00Z");
  expect(JSON.parse(delivered[0]?.slice(20) ?? "")).toEqual({
    at: "2026-11-20T00:10:00Z",
    by: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/unit-1",
    try: "1",
  });
});

test("a failing target is retried by its retry policy, then the input goes to the dead-letter queue", async () => {
  let attempts = 0;
  const { clock, scheduler, dead } = aScheduler({
    deliver: async () => {
      attempts += 1;
      throw new Error("no such queue");
    },
  });
  const RetryPolicy = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 };
  const DeadLetterConfig = { Arn: "arn:aws:sqs:us-east-1:000000000000:dead" };
  scheduler.create(
    input({ Target: { ...input().Target, RetryPolicy, DeadLetterConfig }, ActionAfterCompletion: "DELETE" }),
  );
  scheduler.start();
  await clock.moveTo("2026-11-20T02:00:00Z");
  expect(attempts).toBe(3);
  expect(dead).toMatchObject([
    { input: "unit", attributes: { ERROR_MESSAGE: "no such queue", RETRY_ATTEMPTS: "2" } },
  ]);
  expect(scheduler.list()).toEqual([]);
});

test("schedules made at run time survive a restart, and those that became due meanwhile fire at the start", async () => {
  const folder = mkdtempSync(join(tmpdir(), "schedules-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "schedules.jsonl");
  const first = aScheduler({ file });
  first.scheduler.create(
    input({ Name: "of-the-template", ScheduleExpression: "rate(1 day)", State: "DISABLED" }),
    true,
  );
  first.scheduler.create(input({ ActionAfterCompletion: "DELETE" }));
  first.scheduler.create(input({ Name: "later", ScheduleExpression: "at(2026-11-23T00:00:00)" }));
  first.scheduler.create(input({ Name: "removed" }));
  first.scheduler.delete("default", "removed");
  first.scheduler.create(input({ Name: "fired", ScheduleExpression: "at(2026-11-20T00:01:00)" }));
  first.scheduler.start();
  await first.clock.moveTo("2026-11-20T00:05:00Z");
  await first.scheduler.stop();

  const second = aScheduler({ file, start: "2026-11-22T00:00:00Z" });
  expect(second.scheduler.list().map(({ Name }) => Name)).toEqual(["fired", "later", "unit-1"]);
  second.scheduler.start();
  await second.clock.moveTo("2026-11-24T00:00:00Z");
  expect(second.delivered).toEqual(["2026-11-22T00:00:00 unit", "2026-11-23T00:00:00 unit"]);
});

/** A stack with one schedule of its template, a function that prints its event, and a queue. */
async function aStack(options: { schedulesEnabled?: boolean } = {}) {
  const clock = manualClock("2026-11-20T00:00:00Z");
  const { directory, remove } = writeAssembly({
    resources: {
      Dispatcher: aFunction(),
      Live: { Type: "AWS::Lambda::Alias", Properties: { Name: "live", FunctionName: { Ref: "Dispatcher" } } },
      Work: aQueue(),
      Group: { Type: "AWS::Scheduler::ScheduleGroup", Properties: { Name: "sync" } },
      Daily: aSchedule({ Ref: "Live" }, { GroupName: { Ref: "Group" } }),
    },
    code: { Dispatcher: "export const handler = async (event) => { console.log(JSON.stringify(event)); };" },
  });
  const lines: string[] = [];
  const stack = await startStack({
    assembly: directory,
    endpoints: { rdsData: "http://127.0.0.1:1" },
    clock,
    onLog: ({ text }) => lines.push(text),
    ...options,
  });
  const client = new SchedulerClient({
    region: "ap-southeast-1",
    endpoint: stack.endpoint,
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
  });
  cleanups.push(
    remove,
    () => stack.close(),
    () => client.destroy(),
  );
  return { clock, stack, lines, client };
}

const onto = (
  arn: string,
  changes: Partial<CreateScheduleCommandInput> = {},
): CreateScheduleCommandInput => ({
  Name: "later",
  GroupName: "sync",
  ScheduleExpression: "at(2026-11-20T01:00:00)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: { Arn: arn, RoleArn: "arn:aws:iam::000000000000:role/r", Input: '{"unit":"20261119"}' },
  ActionAfterCompletion: "DELETE",
  ...changes,
});

const workQueue = "arn:aws:sqs:us-east-1:000000000000:test-Work";

test("the template's schedule invokes its function, through the alias it names", async () => {
  const { clock, lines } = await aStack();
  await clock.moveTo("2026-11-20T09:31:00Z");
  await until(() => lines.includes('{"job":"DAILY"}'));
});

test("with schedules switched off, the template's exist but are disabled, and those made at run time still fire", async () => {
  const { clock, stack, client, lines } = await aStack({ schedulesEnabled: false });
  await client.send(new CreateScheduleCommand(onto(workQueue)));
  await clock.moveTo("2026-11-20T12:00:00Z");
  await until(() => stack.queues.counts("test-Work").visible === 1);
  expect(lines).toEqual([]);
  expect(stack.scheduler.get("sync", "test-Daily").State).toBe("DISABLED");
});

test("a universal target sends a message and invokes a function", async () => {
  const { clock, stack, client, lines } = await aStack();
  const send = onto("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", { Name: "send" });
  const queueUrl = `${stack.sqsEndpoint}/000000000000/test-Work`;
  const target = (Input: unknown) => ({
    RoleArn: "arn:aws:iam::000000000000:role/r",
    Input: JSON.stringify(Input),
  });
  await client.send(
    new CreateScheduleCommand({
      ...send,
      Target: {
        ...target({ QueueUrl: queueUrl, MessageBody: "hello", MessageGroupId: "g" }),
        Arn: send.Target?.Arn,
      },
    }),
  );
  await client.send(
    new CreateScheduleCommand({
      ...onto("", { Name: "invoke" }),
      Target: {
        ...target({ FunctionName: "test-Dispatcher", Payload: { job: "ETF_LIST" } }),
        Arn: "arn:aws:scheduler:::aws-sdk:lambda:invoke",
      },
    }),
  );
  await clock.moveTo("2026-11-20T01:00:00Z");
  await until(() => stack.queues.counts("test-Work").visible === 1 && lines.includes('{"job":"ETF_LIST"}'));
});

test("the SDK creates, reads, lists, changes and deletes schedules, with AWS's errors", async () => {
  const { client } = await aStack();
  const { ScheduleArn } = await client.send(new CreateScheduleCommand(onto(workQueue)));
  expect(ScheduleArn).toBe("arn:aws:scheduler:us-east-1:000000000000:schedule/sync/later");
  await expect(client.send(new CreateScheduleCommand(onto(workQueue)))).rejects.toThrow(ConflictException);

  const read = await client.send(new GetScheduleCommand({ Name: "later", GroupName: "sync" }));
  expect(read).toMatchObject({
    ScheduleExpressionTimezone: "UTC",
    State: "ENABLED",
    ActionAfterCompletion: "DELETE",
  });
  expect(read.CreationDate).toEqual(new Date("2026-11-20T00:00:00Z"));

  await client.send(new UpdateScheduleCommand(onto(workQueue, { Description: "again" })));
  const { Schedules } = await client.send(new ListSchedulesCommand({ GroupName: "sync", NamePrefix: "la" }));
  expect(Schedules?.map(({ Name, Target }) => [Name, Target?.Arn])).toEqual([["later", workQueue]]);

  await client.send(new DeleteScheduleCommand({ Name: "later", GroupName: "sync" }));
  const gone = client.send(new GetScheduleCommand({ Name: "later", GroupName: "sync" }));
  await expect(gone).rejects.toThrow(ResourceNotFoundException);

  const refused = [
    onto(workQueue, { ScheduleExpression: "cron(0 1 * * * *)" }),
    onto(workQueue, { ScheduleExpressionTimezone: "Asia/Shangai" }),
    onto(workQueue, { Name: "has spaces" }),
    onto(""),
  ];
  for (const bad of refused) {
    await expect(client.send(new CreateScheduleCommand(bad))).rejects.toThrow(ValidationException);
  }
  const elsewhere = client.send(new CreateScheduleCommand(onto(workQueue, { GroupName: "nowhere" })));
  await expect(elsewhere).rejects.toThrow(ResourceNotFoundException);
});
