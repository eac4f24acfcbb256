// Queues, dispatcher, worker, retry, their rights, and the one setting that limits the calls to TuShare.

import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Duration, SecretValue, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import {
  deadLetterRetentionDays,
  functionSeconds,
  receivesMax,
  visibilitySeconds,
  workRetentionDays,
} from "../shared/catalogue/queue-limits.ts";
import { callsAMinuteMax, slotSeconds, slotSecondsMax } from "../shared/catalogue/slot.ts";
import type { FunctionEnvironment } from "../shared/catalogue/stack.ts";
import { type Context, type SettingKey, settingsIn } from "./context.ts";
import type { Database } from "./database.ts";
import type { Egress } from "./egress.ts";
import { NodeFunction } from "./node-function.ts";
import { allow, allowPolling, allowSending } from "./rights.ts";
import { OneTimeSchedules } from "./schedules.ts";

export type PipelineProps = Pick<Context, "reserveConcurrency" | "tushareUrl" | "settings" | SettingKey> & {
  readonly database: Database;
  readonly egress: Egress | undefined;
  /** Origin of the rows: the server at TuShare's address. */
  readonly origin: string;
};

/** A service of AWS that answers with the caller's address; only the health unit asks it. */
const ownAddressUrl = "https://checkip.amazonaws.com";

export class Pipeline extends Construct {
  readonly workQueue: Queue;
  readonly deadLetterQueue: Queue;
  readonly dispatcher: NodeFunction;
  readonly worker: NodeFunction;
  readonly retry: NodeFunction;
  readonly token: Secret;
  readonly oneTime: OneTimeSchedules;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    checkRate(props);

    this.deadLetterQueue = new Queue(this, "DeadLetters", {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(deadLetterRetentionDays),
      visibilityTimeout: Duration.seconds(visibilitySeconds("retry")),
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: "Serverless::Serverless-SQSRedrivePolicy",
      reason:
        "It is a dead-letter queue itself: the retry function consumes it, and an alarm tells when it does not.",
    });
    this.workQueue = new Queue(this, "Work", {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(workRetentionDays),
      visibilityTimeout: Duration.seconds(visibilitySeconds("worker")),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: receivesMax },
    });
    this.token = tokenSecret(this);

    const environment: FunctionEnvironment = {
      ...props.settings,
      ...settingsIn(props),
      WORK_QUEUE_URL: this.workQueue.queueUrl,
      MIRROR_ORIGIN: props.origin,
    };
    this.dispatcher = new NodeFunction(this, "Dispatcher", {
      entry: "dispatcher",
      description: "Opens or resumes a task, plans its units and sends them to the work queue",
      timeout: Duration.seconds(functionSeconds.dispatcher),
      memoryMiB: 256,
      environment,
    });
    allowSending(this.dispatcher.role, this.workQueue);
    // The sweep compares what waits with what the queue has.
    allow(this.dispatcher.role, ["sqs:GetQueueAttributes"], this.workQueue.queueArn);
    // A long verification is continued by another invocation. A separate policy, as it names the function.
    new Policy(this, "GoOn", {
      roles: [this.dispatcher.role],
      statements: [
        new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [this.dispatcher.functionArn] }),
      ],
    });
    const dispatcherArn = { DISPATCHER_ARN: this.dispatcher.functionArn };

    const worker = new NodeFunction(this, "Worker", {
      entry: "worker",
      description: "Fetches one unit from TuShare, proves it complete and stores it",
      timeout: Duration.seconds(functionSeconds.worker),
      memoryMiB: 512,
      placement: props.egress?.placement,
      reservedConcurrency: props.reserveConcurrency ? props.slots : undefined,
      environment: {
        ...environment,
        ...dispatcherArn,
        TUSHARE_URL: props.tushareUrl,
        TUSHARE_TOKEN_SECRET_ARN: this.token.secretArn,
        OWN_ADDRESS_URL: ownAddressUrl,
      },
    });
    allow(worker.role, ["secretsmanager:GetSecretValue"], this.token.secretArn);
    allowSending(worker.role, this.workQueue); // a unit that waits for the rate limit is sent again as a new message
    allow(worker.role, ["sqs:ChangeMessageVisibility"], this.workQueue.queueArn); // it returns what it cannot do yet
    // One unit for each invocation and one invocation for each slot, so that the poller receives only messages it can
    // deliver.
    consume(this.workQueue, worker, { batchSize: 1, maxConcurrency: props.slots });

    const retry = new NodeFunction(this, "Retry", {
      entry: "retry",
      description: "Records why a unit failed, and plans its next attempt or leaves it to a person",
      timeout: Duration.seconds(functionSeconds.retry),
      memoryMiB: 256,
      environment: { ...environment, ...dispatcherArn },
    });
    consume(this.deadLetterQueue, retry, { batchSize: 10, maxConcurrency: 2 });

    this.oneTime = new OneTimeSchedules(this, "OneTime");
    allowSending(this.oneTime.role, this.workQueue);
    allow(this.oneTime.role, ["lambda:InvokeFunction"], this.dispatcher.functionArn);
    for (const user of [this.dispatcher, worker, retry]) props.database.connect(user);
    props.database.allowTransactions(worker); // rows of a unit that need several statements
    for (const maker of [worker, retry]) this.oneTime.allow(maker);
    this.worker = worker;
    this.retry = retry;
  }
}

/** @throws Error when the slots could call an interface more often than the account allows, or be held too long. */
function checkRate({ slots, tushareMinInterval, callsAMinute }: PipelineProps): void {
  const held = slotSeconds(slots, tushareMinInterval);
  if (held > slotSecondsMax) {
    throw new Error(
      `${slots} slots with a call every ${tushareMinInterval} s hold each slot for ${held} s; ` +
        `the worker's time allows ${slotSecondsMax} s. Lower slots, for example: -c slots=2`,
    );
  }
  const most = callsAMinuteMax(slots, tushareMinInterval);
  if (most <= callsAMinute) return;
  throw new Error(
    `${slots} slots with a call every ${tushareMinInterval} s can make ${most} calls to one interface in a minute; ` +
      `the account allows ${callsAMinute}. Raise tushareMinInterval, lower slots, or set callsAMinute to the ` +
      "account's own limit, for example: -c tushareMinInterval=0.35",
  );
}

function consume(queue: Queue, target: NodeFunction, limits: { batchSize: number; maxConcurrency: number }) {
  allowPolling(target.role, queue);
  const source = new lambda.EventSourceMapping(target, "Source", {
    target,
    eventSourceArn: queue.queueArn,
    reportBatchItemFailures: true,
    ...limits,
  });
  Validations.of(source).acknowledge({
    id: "Serverless::Serverless-LambdaEventSourceMappingDestination",
    reason:
      "Only sources of streams can have a destination; what fails stays in the queue, with its redrive policy.",
  });
}

/**
 * The secret, with a placeholder: a person sets the token after the deployment. The placeholder must never change,
 * because a deployment that changes it would overwrite the token.
 */
function tokenSecret(scope: Construct): Secret {
  const secret = new Secret(scope, "TushareToken", {
    description: "The TuShare token, as plain text",
    secretStringValue: SecretValue.unsafePlainText("put the TuShare token here"),
  });
  Validations.of(secret).acknowledge({
    id: "AwsSolutions::AwsSolutions-SMG4",
    reason: "TuShare has no interface to change a token; a person renews it on its site.",
  });
  return secret;
}
