// The queue and schedule adapters when AWS refuses: responses that a local queue cannot be made to give.
import { ConflictException, CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, describe, expect, test } from "vitest";
import { makeScheduler } from "../shared/adapters/scheduler.ts";
import { makeSqsQueue } from "../shared/adapters/sqs.ts";
import { decodeUnit, encodeUnit } from "../shared/unit.ts";
import { aUnit } from "./support/a-unit.ts";

process.env.AWS_REGION = "us-east-1";

const sqs = mockClient(SQSClient);
const scheduler = mockClient(SchedulerClient);
afterEach(() => {
  sqs.reset();
  scheduler.reset();
});

const units = Array.from({ length: 23 }, (_, at) => ({ ...aUnit, sequence: at + 1 }));

describe("the work queue", () => {
  const queue = makeSqsQueue({ queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/work" });
  const sent = () => sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? []);

  test("sends at most ten units in a batch, each once, in the group of its job", async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    await queue.send(units);
    expect(sent().map(({ length }) => length)).toEqual([10, 10, 3]);
    const bodies = sent()
      .flat()
      .map(({ MessageBody = "" }) => decodeUnit(MessageBody).sequence);
    expect(bodies.sort((a, b) => a - b)).toEqual(units.map(({ sequence }) => sequence));
    expect(
      new Set(
        sent()
          .flat()
          .map(({ MessageGroupId }) => MessageGroupId),
      ),
    ).toEqual(new Set(["DAILY_HISTORY"]));
  });

  test("sends again only the entries that a 200 response lists as failed", async () => {
    const refused = { Id: "3", SenderFault: false, Code: "InternalError" };
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Failed: [refused] })
      .resolves({});
    await queue.send(units.slice(0, 10));
    expect(sent().map((entries) => entries.map(({ Id }) => Id))).toEqual([
      ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
      ["3"],
    ]);
  });

  test("fails with a transient error when entries are refused again and again", async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolves({ Failed: [{ Id: "0", SenderFault: false, Code: "InternalError" }] });
    await expect(queue.send([aUnit])).rejects.toMatchObject({ kind: "transient" });
  });
});

describe("the work queue's count", () => {
  test("has the messages that wait, are delayed, and are in hand", async () => {
    sqs.on(GetQueueAttributesCommand).resolves({
      Attributes: {
        ApproximateNumberOfMessages: "3",
        ApproximateNumberOfMessagesNotVisible: "20",
        ApproximateNumberOfMessagesDelayed: "100",
      },
    });
    expect(await makeSqsQueue({ queueUrl: "https://sqs.us-east-1.amazonaws.com/0/work" }).count()).toBe(123);
  });
});

describe("one-time schedules", () => {
  const now = new Date("2026-11-20T10:00:00Z");
  const options = {
    groupName: "group",
    roleArn: "arn:aws:iam::000000000000:role/one-time",
    queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/work",
    dispatcherArn: "arn:aws:lambda:us-east-1:000000000000:function:dispatcher",
    deadLettersArn: "arn:aws:sqs:us-east-1:000000000000:missed",
    now: () => now,
  };
  const planner = makeScheduler(options);
  const created = () => scheduler.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input);

  test("send the unit to the work queue and are deleted after firing", async () => {
    scheduler.on(CreateScheduleCommand).resolves({});
    await planner.sendUnitAt("retry-1", new Date("2026-11-20T10:30:00Z"), aUnit);
    expect(created()[0]).toMatchObject({
      Name: "retry-1",
      ScheduleExpression: "at(2026-11-20T10:30:00)",
      ActionAfterCompletion: "DELETE",
      Target: { Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage" },
    });
    expect(JSON.parse(created()[0]?.Target?.Input ?? "")).toEqual({
      QueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/work",
      MessageBody: encodeUnit(aUnit),
      MessageGroupId: aUnit.job_type,
    });
  });

  test("call the service of the partition their role is in", async () => {
    scheduler.on(CreateScheduleCommand).resolves({});
    const roleArn = "arn:aws-cn:iam::000000000000:role/one-time";
    const china = makeScheduler({ ...options, roleArn });
    await china.sendUnitAt("retry-1", new Date("2026-11-20T10:30:00Z"), aUnit);
    expect(created()[0]?.Target?.Arn).toBe("arn:aws-cn:scheduler:::aws-sdk:sqs:sendMessage");
  });

  test("are never created for a time in the past, which AWS refuses", async () => {
    scheduler.on(CreateScheduleCommand).resolves({});
    await planner.invokeDispatcherAt("resume-1", new Date("2026-11-20T09:00:00Z"), { resume: aUnit.task_id });
    expect(created()[0]).toMatchObject({ ScheduleExpression: "at(2026-11-20T10:01:00)" });
  });

  test("leave what they cannot deliver in a dead-letter queue", async () => {
    scheduler.on(CreateScheduleCommand).resolves({});
    await planner.sendUnitAt("retry-1", now, aUnit);
    await planner.invokeDispatcherAt("resume-1", now, { resume: aUnit.task_id });
    for (const { Target } of created())
      expect(Target?.DeadLetterConfig).toEqual({ Arn: "arn:aws:sqs:us-east-1:000000000000:missed" });
  });

  test("created twice with one name are one schedule", async () => {
    const conflict = new ConflictException({ message: "exists", Message: "exists", $metadata: {} });
    scheduler.on(CreateScheduleCommand).rejects(conflict);
    await expect(planner.sendUnitAt("retry-1", now, aUnit)).resolves.toBeUndefined();
  });
});
