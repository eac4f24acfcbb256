// One-time schedules on EventBridge Scheduler. The only place that reads its errors.
import {
  ConflictException,
  CreateScheduleCommand,
  SchedulerClient,
  type Target,
} from "@aws-sdk/client-scheduler";
import { quickService } from "../catalogue/request-limits.ts";
import type { Planner } from "../ports.ts";
import { encodeUnit } from "../unit.ts";

/** The service refuses an at() in the past, and fires with a precision of one minute. */
const aheadMillisecondsMin = 60_000;

export function makeScheduler(options: {
  groupName: string;
  roleArn: string;
  /** The queue for what could not be delivered. */
  deadLettersArn: string;
  queueUrl: string;
  dispatcherArn: string;
  now: () => Date;
}): Planner {
  const client = new SchedulerClient(quickService);
  const partition = options.roleArn.split(":")[1] ?? "aws";

  async function create(name: string, at: Date, target: Target): Promise<void> {
    const time = new Date(Math.max(at.getTime(), options.now().getTime() + aheadMillisecondsMin));
    try {
      await client.send(
        new CreateScheduleCommand({
          Name: name,
          GroupName: options.groupName,
          ScheduleExpression: `at(${time.toISOString().slice(0, 19)})`,
          ScheduleExpressionTimezone: "UTC",
          FlexibleTimeWindow: { Mode: "OFF" },
          ActionAfterCompletion: "DELETE",
          Target: { ...target, DeadLetterConfig: { Arn: options.deadLettersArn } },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error; // it exists: already scheduled
    }
  }

  return {
    sendUnitAt: (name, at, unit) =>
      create(name, at, {
        // The universal target, because the SQS target supports a message group only for FIFO queues. Without a group, many
        // retries at once would each count as a quiet group and go before an increment's units.
        Arn: `arn:${partition}:scheduler:::aws-sdk:sqs:sendMessage`,
        RoleArn: options.roleArn,
        Input: JSON.stringify({
          QueueUrl: options.queueUrl,
          MessageBody: encodeUnit(unit),
          MessageGroupId: unit.job_type,
        }),
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      }),
    invokeDispatcherAt: (name, at, command) =>
      create(name, at, {
        Arn: options.dispatcherArn,
        RoleArn: options.roleArn,
        Input: JSON.stringify(command),
        RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 10 },
      }),
  };
}
