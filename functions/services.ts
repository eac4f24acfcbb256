// The composition root: adapters from the environment, once for each execution environment.
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { makeChatRobot } from "../shared/adapters/chat-robot.ts";
import { type DataApiOptions, makeDataApi } from "../shared/adapters/data-api.ts";
import { makeTokenCheck } from "../shared/adapters/endpoint-tokens.ts";
import { makeDispatcher } from "../shared/adapters/lambda.ts";
import { makeQueryApi, type QueryApi, type QueryService, sumOfMetric } from "../shared/adapters/query-api.ts";
import { makeScheduler } from "../shared/adapters/scheduler.ts";
import { makeSecretSource, makeTokenSource } from "../shared/adapters/secrets.ts";
import { makeSqsQueue } from "../shared/adapters/sqs.ts";
import { makeTushare } from "../shared/adapters/tushare.ts";
import { metrics as catalogue, type Metric } from "../shared/catalogue/metrics.ts";
import { decodeOrigin } from "../shared/catalogue/origin.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import type { FunctionVariable } from "../shared/catalogue/stack.ts";
import { SyncError } from "../shared/errors.ts";
import { loggedDetails } from "../shared/logged-error.ts";
import type {
  Clock,
  Database,
  DigestPost,
  Dimensions,
  Dispatcher,
  Log,
  LongStatements,
  Meter,
  Planner,
  Upstream,
  WorkQueue,
} from "../shared/ports.ts";
import type { HealthServices, healthCall } from "../shared/sync/health.ts";
import { makePacer } from "../shared/sync/pacer.ts";
import { type Language, languages } from "../shared/words/language.ts";
import { say } from "../shared/words/say.ts";

/** Of the project, in every log line and, as a property that costs nothing, in every printed metric. */
const version = process.env.RELEASE_VERSION ?? "unknown";

export const logger = new Logger({ persistentKeys: { version } });
const metrics = /* @__PURE__ */ new Metrics(); // left out of bundles that emit no metrics
export const settings = readSettings(process.env);

export const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export const random = Math.random;

export const log: Log = {
  info: (message, details = {}) => logger.info(message, { ...loggedDetails(details) }),
  warn: (message, details = {}) => logger.warn(message, { ...loggedDetails(details) }),
  error: (message, details = {}) => logger.error(message, { ...loggedDetails(details) }),
};

export const meter: Meter = { count: emit, measure: emit };

/** Prints a metric with a dimension at once; the others are printed together when the invocation ends. */
function emit(metric: Metric, value: number, dimensions?: Dimensions): void {
  const target = dimensions === undefined ? metrics : metrics.singleMetric();
  if (dimensions !== undefined) target.addDimensions({ ...dimensions });
  target.addMetadata("version", version); // not a dimension: each version would be a new series, and cost as one
  target.addMetric(metric, MetricUnit[catalogue[metric].unit], value);
}

/**
 * Middleware that prints the metrics after an invocation. The library's own middleware logs a warning when there are none,
 * but an invocation for a unit that is no longer wanted rightly has none.
 */
export const printMetrics = { after: printCounted, onError: printCounted };

function printCounted(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/**
 * @param resumeSecondsMax how long to wait for a paused cluster, within the function's timeout
 * @param answerSecondsMax how long to wait for an answer, for a function with less time than a statement may take
 * @param remainingMilliseconds time left of the invocation, where a statement that would be cut is to be handed on
 */
export function database(
  resumeSecondsMax: number,
  answerSecondsMax?: number,
  remainingMilliseconds?: () => number,
): Database & LongStatements {
  return databaseAs("DATABASE_SECRET_ARN", { resumeSecondsMax, answerSecondsMax, remainingMilliseconds });
}

/** The same database, as the user that cannot change a row. */
export function databaseForReads(resumeSecondsMax: number, answerSecondsMax?: number): Database {
  return databaseAs("DATABASE_READER_SECRET_ARN", { resumeSecondsMax, answerSecondsMax });
}

function databaseAs(
  secret: FunctionVariable,
  times: Pick<DataApiOptions, "resumeSecondsMax" | "answerSecondsMax" | "remainingMilliseconds">,
): Database & LongStatements {
  return makeDataApi({
    resourceArn: required("DATABASE_RESOURCE_ARN"),
    secretArn: required(secret),
    database: required("DATABASE_NAME"),
    clock,
    ...times,
  });
}

/** The password of that user; undefined where the database has no such user, as someone's own server. */
export async function readerPassword(): Promise<string | undefined> {
  const secretArn = process.env.READER_PASSWORD_SECRET_ARN;
  if (!secretArn) return undefined;
  const { password } = JSON.parse(await makeSecretSource(secretArn)()) as { password?: string };
  if (!password || !/^[\x21-\x7e]{20,}$/.test(password))
    throw new SyncError("permanent", say("readerPassword"));
  return password;
}

export function workQueue(): WorkQueue {
  return makeSqsQueue({ queueUrl: required("WORK_QUEUE_URL") });
}

export function dispatcher(): Dispatcher {
  return functionNamed(required("DISPATCHER_NAME"));
}

/** Invokes this function itself again, for work that takes longer than one invocation. */
export function itself(): Dispatcher {
  return functionNamed(required("AWS_LAMBDA_FUNCTION_NAME"));
}

function functionNamed(functionName: string): Dispatcher {
  return makeDispatcher({
    functionName,
    endpoint: process.env.AWS_ENDPOINT_URL_LAMBDA ?? `https://lambda.${required("AWS_REGION")}.amazonaws.com`,
    ...account(),
  });
}

/** An AWS service for which the bundle has no SDK client. */
export function queryApi(service: QueryService): QueryApi {
  const endpoint =
    process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ??
    process.env.AWS_ENDPOINT_URL ??
    `https://${service}.${required("AWS_REGION")}.amazonaws.com`;
  return makeQueryApi(service, endpoint, account());
}

function account() {
  return {
    region: required("AWS_REGION"),
    accessKeyId: required("AWS_ACCESS_KEY_ID"),
    secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
    ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
  };
}

/** ARN of the dispatcher, for buttons that invoke it. */
export const dispatcherArn = (): string => required("DISPATCHER_ARN");

/** Origin of the data from this stack's upstream. */
export const origin = () => decodeOrigin(required("MIRROR_ORIGIN"));

/** Whether a token is one with which this stack may be asked in TuShare's protocol. */
export function endpointTokens(): (token: string) => Promise<boolean> {
  return makeTokenCheck({ read: makeSecretSource(required("ENDPOINT_TOKENS_SECRET_ARN")), clock });
}

/** The language of what a chat is told that is no alarm. */
export const alarmLanguage = (): Language =>
  languages.find((each) => each === required("ALARM_LANGUAGE")) ?? "en";

/** Publishes a line to the alarms' topic, where a deployment wants one each evening. */
export function digest(): DigestPost | undefined {
  const TopicArn = process.env["DIGEST_TOPIC_ARN" satisfies FunctionVariable];
  if (!TopicArn) return undefined;
  const Subject = process.env.POWERTOOLS_SERVICE_NAME ?? "tushare-sync"; // the stack's name; a subject is ASCII
  const namespace = process.env.POWERTOOLS_METRICS_NAMESPACE ?? "";
  const calls = { namespace, service: Subject, name: "Calls" satisfies Metric, by: catalogue.Calls.by };
  return {
    language: alarmLanguage(),
    send: async (Message) => void (await queryApi("sns")("Publish", { TopicArn, Subject, Message })),
    callsIn: (interfaces, range) => sumOfMetric(queryApi("monitoring"), calls, interfaces, range),
  };
}

/** Sends alarms to the chat robot. */
export function chatRobot() {
  return makeChatRobot({ webhook: makeSecretSource(required("WEBHOOK_SECRET_ID")), clock });
}

export function planner(): Planner {
  return makeScheduler({
    groupName: required("SCHEDULE_GROUP_NAME"),
    roleArn: required("SCHEDULE_ROLE_ARN"),
    deadLettersArn: required("SCHEDULE_DEAD_LETTERS_ARN"),
    queueUrl: required("WORK_QUEUE_URL"),
    dispatcherArn: required("DISPATCHER_ARN"),
    now: clock.now,
  });
}

export function upstream(): Upstream {
  const token = makeTokenSource({ secretArn: required("TUSHARE_TOKEN_SECRET_ARN"), clock });
  return makeTushare({ url: required("TUSHARE_URL"), token, clock });
}

const addressTimeoutMilliseconds = 5_000;

/** For one health unit: the token is read anew, also from an environment that has kept an old one. */
export function healthServices({ spec, params }: ReturnType<typeof healthCall>): HealthServices {
  const url = required("TUSHARE_URL");
  const whereAmI = process.env["OWN_ADDRESS_URL" satisfies FunctionVariable];
  return {
    token: makeTokenSource({ secretArn: required("TUSHARE_TOKEN_SECRET_ARN"), clock }),
    call: (token) => makeTushare({ url, token: () => Promise.resolve(token), clock }).fetchPage(spec, params),
    async ownAddress() {
      if (!whereAmI) throw new Error("nobody to ask");
      const answer = await fetch(whereAmI, { signal: AbortSignal.timeout(addressTimeoutMilliseconds) });
      return await answer.text();
    },
  };
}

export function pacer() {
  return makePacer({
    slots: settings.WORKER_SLOTS,
    minIntervalSeconds: settings.TUSHARE_MIN_INTERVAL,
    clock,
  });
}

/** Variables that Lambda sets. */
type AwsVariable = "AWS_LAMBDA_FUNCTION_NAME" | "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY";

function required(name: FunctionVariable | AwsVariable): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
  return value;
}
