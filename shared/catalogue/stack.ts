// Names shared by the stack and its users: of the stack, of its outputs, and of the environment variables of its
// functions.
import type { Settings } from "./settings.ts";

const firstName = "TushareSync";

/** Name of the database in the cluster, by which the Data API is called. */
export const databaseName = "tushare";

/** The database user of everything that only reads. It may read every table, and change none. */
export const readerUser = "tushare_reader";

/** Allowed names of a stage, which becomes part of the stack's name. */
export const stagePattern = /^[a-zA-Z][a-zA-Z0-9-]{0,19}$/;

/** The stack of a stage, or the one without a stage. */
export function stackName(stage: string | undefined): string {
  return stage === undefined ? firstName : `${firstName}-${stage}`;
}

/** The stage in a stack's name, empty when it has none; undefined when the name is not one of our stacks. */
export function stageIn(stack: string): string | undefined {
  if (stack === firstName) return "";
  const stage = stack.startsWith(`${firstName}-`) ? stack.slice(firstName.length + 1) : "";
  return stage === "" ? undefined : stage;
}

/** Outputs of the stack besides the chosen context, as `cloudformation describe-stacks` lists them. */
export type StackOutput =
  | "ApiUrl"
  | "DispatcherName"
  | "WorkerName"
  | "WorkQueueUrl"
  | "DeadLetterQueueUrl"
  | "DashboardName"
  | "AlarmTopicArn"
  | "MissedRunsQueueUrl"
  | "DatabaseArn"
  | "DatabaseName"
  | "DatabaseSecretArn"
  | "DatabaseReaderSecretArn"
  | "TushareTokenSecretArn"
  | "MirrorOrigin"
  | "TushareEndpointUrl"
  | "EndpointTokensSecretArn"
  | "EgressAddress";

/** Outputs as read from a stack: an older stack may lack some. */
export type StackOutputs = Readonly<Partial<Record<StackOutput, string>>>;

/** An alarm's name, as a notification on a phone shows it. */
export const alarmName = (stack: string, name: string): string => `${stack}: ${name}`;

/** The alarm that a person raises to see that alarms arrive. */
export const drillAlarm = (stack: string): string => alarmName(stack, "Drill");

/** Where the HTTP API answers in TuShare's protocol. */
export const endpointPath = "/tushare";

/** Type of the NAT instance. Not every zone has it. */
export const natInstanceType = "t4g.nano";

/** Type of the custom resource that runs the migrations. */
export const migrationsType = "Custom::SchemaMigrations";

/** Environment variables of the functions: the services they call. */
export type FunctionVariable =
  | "DATABASE_RESOURCE_ARN"
  | "DATABASE_SECRET_ARN"
  | "DATABASE_READER_SECRET_ARN"
  | "READER_PASSWORD_SECRET_ARN"
  | "DATABASE_NAME"
  | "WORK_QUEUE_URL"
  | "DISPATCHER_ARN"
  | "DISPATCHER_NAME"
  | "MIRROR_ORIGIN"
  | "SCHEDULE_GROUP_NAME"
  | "SCHEDULE_ROLE_ARN"
  | "SCHEDULE_DEAD_LETTERS_ARN"
  | "TUSHARE_URL"
  | "TUSHARE_TOKEN_SECRET_ARN"
  | "OWN_ADDRESS_URL"
  | "ENDPOINT_TOKENS_SECRET_ARN"
  | "WEBHOOK_SECRET_ID"
  | "ALARM_LANGUAGE"
  | "DIGEST_TOPIC_ARN";

export type FunctionEnvironment = Readonly<Partial<Record<FunctionVariable | keyof Settings, string>>>;
