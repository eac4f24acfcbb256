// EventBridge schedules: one for each time at which jobs of the chosen datasets start, and the group and role for those that
// the functions make at run time. What a job does is the dispatcher's business.

import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Duration, RemovalPolicy, Stack, TimeZone, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { readChoice, scheduledJobs } from "../shared/catalogue/chosen-datasets.ts";
import { type JobType, jobs, jobTypes } from "../shared/catalogue/jobs.ts";
import type { Context } from "./context.ts";
import type { NodeFunction } from "./node-function.ts";
import { allow, allowSending } from "./rights.ts";

/** A run that cannot start within the hour is skipped; the next run catches up. */
const startWithin = Duration.hours(1);
const startAttempts = 3;

export type SchedulesProps = Pick<Context, "datasets" | "callsAMinute" | "schedules" | "freshnessCheckAt"> & {
  readonly dispatcher: NodeFunction;
};

export class Schedules extends Construct {
  /** Starts and one-time schedules that failed for good. Nothing consumes it; a person should look at them. */
  readonly missedRuns: Queue;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    const { dispatcher } = props;

    this.missedRuns = new Queue(this, "MissedRuns", {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.missedRuns).acknowledge({
      id: "AwsSolutions::AwsSolutions-SQS3",
      reason: "It is the dead-letter queue of the schedules and of the dispatcher's invocations.",
    });
    Validations.of(this.missedRuns).acknowledge({
      id: "Serverless::Serverless-SQSRedrivePolicy",
      reason: "It is a dead-letter queue itself: a person reads it, and an alarm tells at its first message.",
    });
    // Scheduler invokes asynchronously, so Lambda retries errors of the dispatcher itself.
    dispatcher.configureAsyncInvoke({
      maxEventAge: startWithin,
      retryAttempts: 2,
      // The library's destination would let the dispatcher look the queue up, too.
      onFailure: { bind: () => ({ destination: this.missedRuns.queueArn }) },
    });
    allowSending(dispatcher.role, this.missedRuns);

    const group = new ScheduleGroup(this, "Group", { removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, "Role", { assumedBy: schedulerOf(group) });
    allow(role, ["lambda:InvokeFunction"], dispatcher.functionArn);
    allowSending(role, this.missedRuns);

    const schedule = (scheduleId: string, expression: string, description: string, command: object) =>
      new Schedule(this, scheduleId, {
        description,
        scheduleGroup: group,
        schedule: ScheduleExpression.expression(expression, TimeZone.ASIA_SHANGHAI),
        target: new LambdaInvoke(dispatcher, {
          // Otherwise the target would grant this role every version, by a wildcard.
          role: role.withoutPolicyUpdates(),
          input: ScheduleTargetInput.fromObject(command),
          maxEventAge: startWithin,
          retryAttempts: startAttempts,
          deadLetterQueue: this.missedRuns,
        }),
      });
    for (const [expression, start] of startsOf(props)) {
      // A schedule may fire twice; the key makes both one start.
      const requestKey = `schedule/${ContextAttribute.scheduledTime}`;
      schedule(idOf(expression), expression, describe(start), { start, requestKey });
    }
    const [hour, minute] = props.freshnessCheckAt.split(":").map(Number);
    // Every day: the invocation also shows that schedules and dispatcher work.
    schedule(
      "FreshnessCheck",
      `cron(${minute} ${hour} * * ? *)`,
      "Is the data of the last due trading day here?",
      {
        check: "freshness",
      },
    );
  }
}

/** The jobs of each time, in the order of the catalogue: lists before what is planned from them. */
function startsOf({
  datasets,
  callsAMinute,
  schedules,
}: Pick<SchedulesProps, "datasets" | "callsAMinute" | "schedules">): Map<string, JobType[]> {
  const chosen = new Set(scheduledJobs(readChoice(datasets, callsAMinute).datasets));
  const starts = new Map<string, JobType[]>();
  for (const job of jobTypes) {
    const usual = chosen.has(job) ? jobs[job].schedules : [];
    for (const expression of schedules[job] ?? usual) {
      starts.set(expression, [...(starts.get(expression) ?? []), job]);
    }
  }
  return starts;
}

/** Of letters and digits: cron(30 17 ? * MON-FRI *) -> At3017MonFri */
function idOf(expression: string): string {
  const words = expression.replace(/^cron/, "at").match(/[\dA-Za-z]+/g) ?? [];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join("");
}

/** EventBridge allows 512 characters (docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html). */
const descriptionMax = 512;

function describe(start: readonly JobType[]): string {
  const text = start.join(", ");
  return text.length <= descriptionMax ? text : `${text.slice(0, descriptionMax - 1)}…`;
}

/**
 * A group for schedules that fire once and are then deleted, and their role. Rights to call targets are granted to the
 * role.
 */
export class OneTimeSchedules extends Construct {
  readonly role: Role;
  private readonly group: ScheduleGroup;
  private readonly makers: NodeFunction[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.group = new ScheduleGroup(this, "Group", { removalPolicy: RemovalPolicy.DESTROY });
    this.role = new Role(this, "Role", { assumedBy: schedulerOf(this.group) });
  }

  /** Lets a function create schedules in this group, and gives it the names. */
  allow(maker: NodeFunction): void {
    const schedules = Stack.of(this).formatArn({
      ...{ service: "scheduler", resource: "schedule" },
      resourceName: `${this.group.scheduleGroupName}/*`,
    });
    allow(maker.role, ["scheduler:CreateSchedule"], schedules);
    Validations.of(maker.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/${this.group.scheduleGroupName}/*]`,
      reason: "The schedules are named at run time; the group holds nothing but those.",
    });
    maker.addToRolePolicy(
      new PolicyStatement({
        ...{ actions: ["iam:PassRole"], resources: [this.role.roleArn] },
        conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
      }),
    );
    maker.addEnvironment("SCHEDULE_GROUP_NAME", this.group.scheduleGroupName);
    maker.addEnvironment("SCHEDULE_ROLE_ARN", this.role.roleArn);
    this.makers.push(maker);
  }

  /** Sends what a schedule could not deliver to a queue. */
  giveUpTo(queue: Queue): void {
    allowSending(this.role, queue);
    for (const maker of this.makers) maker.addEnvironment("SCHEDULE_DEAD_LETTERS_ARN", queue.queueArn);
  }
}

/** Scheduler, acting for the schedules of one group and no other (the confused deputy). */
function schedulerOf(group: ScheduleGroup): ServicePrincipal {
  return new ServicePrincipal("scheduler.amazonaws.com", {
    conditions: {
      StringEquals: {
        "aws:SourceAccount": Stack.of(group).account,
        "aws:SourceArn": group.scheduleGroupArn,
      },
    },
  });
}
