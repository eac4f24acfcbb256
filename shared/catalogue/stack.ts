// What the stack and those who use it must agree on: its name, the names of its outputs, and the names of the variables
// that its functions find in their environment.
import type { Settings } from "./settings.ts";

const firstName = "TushareSync";

/** What a stage may be called: it becomes part of the stack's name. */
export const stagePattern = /^[a-zA-Z][a-zA-Z0-9-]{0,19}$/;

/** The stack of a stage, or the one without a stage. */
export function stackName(stage: string | undefined): string {
  return stage === undefined ? firstName : `${firstName}-${stage}`;
}

/** The stage of a stack of ours, empty for the one without; undefined for a name that no stack of ours has. */
export function stageIn(stack: string): string | undefined {
  if (stack === firstName) return "";
  const stage = stack.startsWith(`${firstName}-`) ? stack.slice(firstName.length + 1) : "";
  return stage === "" ? undefined : stage;
}

/** What `cloudformation describe-stacks` lists of the stack, beside what was chosen for it. */
export type StackOutput =
  | "ApiUrl"
  | "DispatcherName"
  | "WorkQueueUrl"
  | "DeadLetterQueueUrl"
  | "DashboardName"
  | "AlarmTopicArn"
  | "MissedRunsQueueUrl"
  | "DatabaseArn"
  | "DatabaseName"
  | "DatabaseSecretArn"
  | "TushareTokenSecretArn"
  | "MirrorOrigin"
  | "EgressAddress";

/** Outputs as they are read: of a stack that is older, one may be missing. */
export type StackOutputs = Readonly<Partial<Record<StackOutput, string>>>;

/** The resource of the template by whose making the schema is brought up to date. */
export const migrationsType = "Custom::SchemaMigrations";

/** Whom a function talks to, as its environment says. */
export type FunctionVariable =
  | "DATABASE_RESOURCE_ARN"
  | "DATABASE_SECRET_ARN"
  | "DATABASE_NAME"
  | "WORK_QUEUE_URL"
  | "DISPATCHER_ARN"
  | "DISPATCHER_NAME"
  | "MIRROR_ORIGIN"
  | "SCHEDULE_GROUP_NAME"
  | "SCHEDULE_ROLE_ARN"
  | "TUSHARE_URL"
  | "TUSHARE_TOKEN_SECRET_ARN"
  | "WEBHOOK_SECRET_ID";

export type FunctionEnvironment = Readonly<Partial<Record<FunctionVariable | keyof Settings, string>>>;
