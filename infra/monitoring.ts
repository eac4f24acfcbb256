// Alarms and notifications: one alarm for each entry of the catalogue, one topic, and its subscriptions. The dashboard
// is in dashboard.ts.
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { CfnSubscription, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Duration, Stack, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Dimension, Metric as OurMetric } from "../shared/catalogue/metrics.ts";
import { alarmName } from "../shared/catalogue/stack.ts";
import { type AlarmSpec, alarms, describeAlarm, type Part } from "./alarms.ts";
import type { Context } from "./context.ts";
import type { Database } from "./database.ts";
import { metricNamespace, NodeFunction } from "./node-function.ts";
import { allow } from "./rights.ts";

export type Watched = {
  /** By their names on the dashboard. */
  readonly functions: Readonly<Record<string, NodeFunction>>;
  readonly workQueue: Queue;
  readonly deadLetters: Queue;
  readonly missedRuns: Queue;
  readonly database: Database;
  /** The NAT instance's id; undefined without one. */
  readonly egressMachine: string | undefined;
  /** The HTTP API's id. */
  readonly apiId: string;
};

export type MonitoringProps = Watched & { readonly dispatcher: NodeFunction } & Pick<
    Context,
    | "alarmEmail"
    | "alarmWebhookSecret"
    | "alarmLanguage"
    | "dailyDigest"
    | "runbookUrl"
    | "databaseMaxCapacity"
  >;

export class Monitoring extends Construct {
  /** Every alarm and every return to OK is published here. */
  readonly topic: Topic;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { stackName, region, account } = Stack.of(this);

    this.topic = new Topic(this, "Topic", { displayName: `Alarms of ${stackName}`, enforceSSL: true });
    // This policy replaces the default one, which lets the account's alarms publish to its topics.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsOfThisAccount",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    if (props.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(props.alarmEmail));
    if (props.alarmWebhookSecret !== undefined) this.notify(props.alarmWebhookSecret, props.alarmLanguage);
    if (props.dailyDigest) this.digest(props.dispatcher, props.alarmLanguage);
    for (const subscription of this.node.findAll().filter((each) => each instanceof CfnSubscription)) {
      Validations.of(subscription).acknowledge({
        id: "Serverless::Serverless-SNSRedrivePolicy",
        reason:
          "Nobody would read that queue: the alarm stays on in CloudWatch, and a drill shows whether messages arrive.",
      });
    }

    const action = new SnsAction(this.topic);
    const present = Object.entries<AlarmSpec>(alarms).filter(([, spec]) => isPresent(spec, props));
    this.alarms = present.map(([name, spec]) => {
      const alarm = new Alarm(this, name.replaceAll(" ", ""), {
        alarmName: alarmName(stackName, name),
        alarmDescription: describeAlarm(name, spec, props, { stack: stackName, region }),
        metric: metricOf(this, spec, props),
        threshold: spec.threshold === "databaseMaxCapacity" ? props.databaseMaxCapacity : spec.threshold,
        comparisonOperator: comparisons[spec.when],
        evaluationPeriods: spec.periods,
        datapointsToAlarm: spec.periods,
        treatMissingData: missing[spec.missing],
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }

  /** The evening check tells whether the day is whole, to whoever gets the alarms. */
  private digest(dispatcher: NodeFunction, language: Context["alarmLanguage"]): void {
    dispatcher.addEnvironment("DIGEST_TOPIC_ARN", this.topic.topicArn);
    dispatcher.addEnvironment("ALARM_LANGUAGE", language);
    allow(dispatcher.role, ["sns:Publish"], this.topic.topicArn);
    allow(dispatcher.role, ["cloudwatch:GetMetricData"], "*");
    Validations.of(dispatcher.role).acknowledge({
      id: "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
      reason: "Reading metrics knows no resource to be named; the digest counts the day's calls with it.",
    });
  }

  /** A function between the topic and a chat robot: each kind of robot needs its own format. */
  private notify(secretName: string, language: Context["alarmLanguage"]): void {
    const notify = new NodeFunction(this, "Notify", {
      entry: "notify",
      description: "Passes alarms on to a chat robot",
      timeout: Duration.seconds(30),
      memoryMiB: 128,
      environment: { WEBHOOK_SECRET_ID: secretName, ALARM_LANGUAGE: language },
    });
    // A person made the secret: its ARN ends with six characters that the stack does not know.
    const webhook = Secret.fromSecretNameV2(this, "Webhook", secretName);
    allow(notify.role, ["secretsmanager:GetSecretValue"], `${webhook.secretArn}-??????`);
    this.topic.addSubscription(new LambdaSubscription(notify));
  }
}

/** Our own metric, as this stack emits it. */
export function ourMetric(
  scope: Construct,
  name: OurMetric,
  options: MetricOptions = {},
  by: Partial<Record<Dimension, string>> = {},
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName: name,
    dimensionsMap: { service: Stack.of(scope).stackName, ...by },
    ...options,
  });
}

/** Whether the stack has the part that an alarm watches. */
function isPresent({ of }: AlarmSpec, watched: Watched): boolean {
  return typeof of === "string" || placeOf(of.part, watched).dimensions.length > 0;
}

function metricOf(scope: Construct, spec: AlarmSpec, watched: Watched): IMetric {
  const options = { statistic: spec.statistic, period: Duration.minutes(spec.periodMinutes) };
  if (typeof spec.of === "string") return ourMetric(scope, spec.of, options);
  const { namespace, dimensions } = placeOf(spec.of.part, watched);
  const { metric: metricName } = spec.of;
  const each = dimensions.map(
    (dimensionsMap) => new Metric({ namespace, metricName, dimensionsMap, ...options }),
  );
  const [only] = each;
  if (each.length === 1 && only !== undefined) return only;
  return new MathExpression({
    // SUM over a list: with +, one series without data would leave the sum without data.
    expression: `SUM([${each.map((_, at) => `m${at}`)}])`,
    usingMetrics: Object.fromEntries(each.map((metric, at) => [`m${at}`, metric])),
    label: metricName,
    period: options.period,
  });
}

/** Namespace and dimensions of AWS's metrics for a part of the stack. */
export function placeOf(
  part: Part,
  watched: Watched,
): { namespace: string; dimensions: Record<string, string>[] } {
  const queue = ({ queueName }: Queue) => ({ namespace: "AWS/SQS", dimensions: [{ QueueName: queueName }] });
  switch (part) {
    case "workQueue":
      return queue(watched.workQueue);
    case "deadLetters":
      return queue(watched.deadLetters);
    case "missedRuns":
      return queue(watched.missedRuns);
    case "functions":
      return {
        namespace: "AWS/Lambda",
        dimensions: Object.values(watched.functions).map(({ functionName }) => ({
          FunctionName: functionName,
        })),
      };
    case "egress": {
      const { egressMachine: machine } = watched;
      return { namespace: "AWS/EC2", dimensions: machine === undefined ? [] : [{ InstanceId: machine }] };
    }
    case "database":
      return {
        namespace: "AWS/RDS",
        dimensions: [{ DBClusterIdentifier: watched.database.identifier }],
      };
    case "api":
      return { namespace: "AWS/ApiGateway", dimensions: [{ ApiId: watched.apiId }] };
  }
}

const comparisons = {
  ">=": ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  ">": ComparisonOperator.GREATER_THAN_THRESHOLD,
  "<": ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const missing = {
  ignore: TreatMissingData.IGNORE,
  notBreaching: TreatMissingData.NOT_BREACHING,
  breaching: TreatMissingData.BREACHING,
} as const;
