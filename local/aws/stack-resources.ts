// Turns each resource of the template into settings for the part that runs it here. Starts nothing. Refuses, by name, a
// resource that could not run on AWS either.
import { devNull } from "node:os";
import * as z from "zod";
import { isLoopback } from "../loopback.ts";
import { localClients } from "../running.ts";
import type { Resource } from "./assembly.ts";
import { region } from "./endpoint.ts";
import { defaultConcurrency, type EventSource, makeEventSource } from "./event-source.ts";
import type { FunctionSettings, LogLine } from "./invocation.ts";
import { checkBatch, type FunctionRegistry } from "./lambda-api.ts";
import { Queue, type Queues } from "./queue.ts";
import { attributeNames, encodeAttributes, nameOfArn } from "./queue-attributes.ts";
import type { ScheduleInput } from "./schedule.ts";
import { generateSecret, type SecretSettings } from "./secrets.ts";
import type { ResolvedTemplate } from "./template.ts";

export function makeTemplateQueues(resources: readonly Resource[]): Queues {
  const queues: Queues = new Map();
  for (const { logicalId, properties, attribute } of resources) {
    const given = Object.fromEntries(attributeNames.map((name) => [name, properties[name]]));
    try {
      const queue = new Queue(attribute("Arn"), encodeAttributes(given), queues);
      queues.set(attribute("QueueName"), queue);
    } catch (cause) {
      throw new Error(`${logicalId}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  for (const { logicalId, attribute } of resources) {
    const target = queues.get(attribute("QueueName"))?.attributes.RedrivePolicy?.deadLetterTargetArn;
    if (target !== undefined && !queues.has(nameOfArn(target))) {
      throw new Error(`${logicalId}: its dead-letter queue ${target} is not in the template`);
    }
  }
  return queues;
}

const functionProperties = z.object({
  Handler: z.string(),
  Runtime: z.string(),
  Description: z.string().default(""),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  LoggingConfig: z
    .object({
      LogFormat: z.string().optional(),
      ApplicationLogLevel: z.string().optional(),
      LogGroup: z.string().optional(),
    })
    .optional(),
});

const asyncProperties = z.object({
  MaximumRetryAttempts: z.coerce.number().default(2),
  MaximumEventAgeInSeconds: z.coerce.number().default(21_600),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
});

export function functionSettings(
  resource: Resource,
  template: ResolvedTemplate,
  { overrides, endpoint, rdsData }: { overrides: Record<string, string>; endpoint: string; rdsData: string },
): FunctionSettings {
  const name = resource.id;
  const properties = read(functionProperties, resource);
  const asyncConfig = template.resources.find(
    ({ type, properties: other }) => type === "AWS::Lambda::EventInvokeConfig" && other.FunctionName === name,
  );
  const events = asyncProperties.parse(asyncConfig?.properties ?? {});
  const failureQueueArn = events.DestinationConfig?.OnFailure?.Destination;
  const variables = { ...properties.Environment?.Variables };
  for (const [key, value] of Object.entries(overrides)) if (key in variables) variables[key] = value;
  const bundle = template.bundle(resource);
  const environment: Record<string, string> = {
    ...variables,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: name, // so that the endpoint knows who calls
    AWS_SECRET_ACCESS_KEY: localClients.credentials.secretAccessKey,
    // A person's own profile (endpoints, retries, regions) must not affect the functions.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_FORMAT: properties.LoggingConfig?.LogFormat ?? "Text",
    ...(properties.LoggingConfig?.ApplicationLogLevel === undefined
      ? {}
      : { AWS_LAMBDA_LOG_LEVEL: properties.LoggingConfig.ApplicationLogLevel }),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    LAMBDA_TASK_ROOT: bundle,
    _HANDLER: properties.Handler,
    TZ: ":UTC",
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_ENDPOINT_URL_SCHEDULER: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL_LAMBDA: endpoint,
    AWS_ENDPOINT_URL_RDS_DATA: rdsData,
  };
  refuseFarAddresses(name, environment);
  return {
    name,
    arn: resource.attribute("Arn"),
    bundle,
    handler: properties.Handler,
    runtime: properties.Runtime,
    description: properties.Description,
    timeoutSeconds: properties.Timeout,
    memoryMegabytes: properties.MemorySize,
    ...(properties.ReservedConcurrentExecutions === undefined
      ? {}
      : { reservedConcurrency: properties.ReservedConcurrentExecutions }),
    variables,
    environment,
    asyncRetries: events.MaximumRetryAttempts,
    asyncAgeSecondsMax: events.MaximumEventAgeInSeconds,
    ...(failureQueueArn === undefined ? {} : { failureQueueArn }),
  };
}

/** The SDK prefers the host of a queue URL to any endpoint variable, so one real URL would call the real AWS. */
function refuseFarAddresses(name: string, environment: Record<string, string>): void {
  for (const [variable, value] of Object.entries(environment)) {
    if (variable === "TUSHARE_URL" || !/^https?:\/\//i.test(value)) continue;
    const hostname = URL.canParse(value) ? new URL(value).hostname : value;
    if (!isLoopback(hostname)) {
      throw new Error(`${name}: ${variable}=${value} is not an address of this machine`);
    }
  }
}

const mappingProperties = z.object({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().default(10),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number().optional() }).optional(),
  FunctionResponseTypes: z.array(z.string()).default([]),
});

export function templateEventSource(
  resource: Resource,
  functions: FunctionRegistry,
  queues: Queues,
  onLog: (line: LogLine) => void,
): { source: EventSource; enabled: boolean } {
  const properties = read(mappingProperties, resource);
  const lambda = functions.find(properties.FunctionName)?.lambda;
  const queueName = nameOfArn(properties.EventSourceArn);
  const queue = queues.get(queueName);
  if (lambda === undefined || queue === undefined) {
    const what = `${properties.EventSourceArn} -> ${properties.FunctionName}`;
    throw new Error(`${resource.logicalId}: queue or function is not in the template: ${what}`);
  }
  checkBatch(properties.BatchSize, properties.MaximumBatchingWindowInSeconds);
  const visibilitySeconds = queue.attributes.VisibilityTimeout;
  if (visibilitySeconds < lambda.settings.timeoutSeconds) {
    throw new Error(
      `${resource.logicalId}: Queue visibility timeout: ${visibilitySeconds} seconds is less than ` +
        `Function timeout: ${lambda.settings.timeoutSeconds} seconds`,
    );
  }
  const settings = {
    uuid: resource.id,
    queueName,
    queueArn: properties.EventSourceArn,
    batchSize: properties.BatchSize,
    batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
    maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? defaultConcurrency,
    partialBatchResponse: properties.FunctionResponseTypes.includes("ReportBatchItemFailures"),
  };
  const onError = (text: string) => onLog({ function: lambda.settings.name, text: `event source: ${text}` });
  return { source: makeEventSource(settings, lambda, queue, onError), enabled: properties.Enabled };
}

export function templateSchedule({ id, properties }: Resource, enabled: boolean): ScheduleInput {
  const { StartDate, EndDate, ...rest } = properties as Record<string, unknown>;
  const seconds = (date: unknown) => Date.parse(String(date)) / 1000;
  return {
    ...(rest as ScheduleInput),
    Name: id,
    GroupName: String(properties.GroupName ?? "default"),
    ...(enabled ? {} : { State: "DISABLED" }),
    ...(StartDate === undefined ? {} : { StartDate: seconds(StartDate) }),
    ...(EndDate === undefined ? {} : { EndDate: seconds(EndDate) }),
  };
}

export function templateSecrets(
  resources: readonly Resource[],
  given: Record<string, string>,
): SecretSettings[] {
  const givenFor = (logicalId: string, name: string) =>
    Object.entries(given).find(([key]) => key === name || logicalId.startsWith(key))?.[1];
  return resources.flatMap(({ type, logicalId, id, properties, attribute }): SecretSettings[] => {
    if (type === "AWS::SecretsManager::Secret") {
      const name = id.split(":secret:").at(-1)?.slice(0, -7) ?? logicalId;
      const { SecretString, GenerateSecretString, Description } = properties as Record<
        string,
        string | undefined
      >;
      const value =
        givenFor(logicalId, name) ??
        SecretString ??
        (GenerateSecretString === undefined
          ? undefined
          : generateSecret(properties.GenerateSecretString as object));
      return [
        {
          arn: id,
          name,
          ...(Description === undefined ? {} : { description: Description }),
          ...(value === undefined ? {} : { value }),
        },
      ];
    }
    if (type === "AWS::RDS::DBCluster" && properties.ManageMasterUserPassword === true) {
      const arn = attribute("MasterUserSecret.SecretArn");
      const username = String(properties.MasterUsername ?? "postgres");
      const value = givenFor(logicalId, id) ?? JSON.stringify({ username, password: "local" });
      return [{ arn, name: arn.split(":secret:").at(-1)?.slice(0, -7) ?? id, value }];
    }
    return [];
  });
}

function read<T>(schema: z.ZodType<T>, { logicalId, type, properties }: Resource): T {
  const result = schema.safeParse(properties);
  if (!result.success) throw new Error(`${logicalId} (${type}): ${z.prettifyError(result.error)}`);
  return result.data;
}
