// Runs a synthesised template on this machine: turns its resources into queues, functions, event sources, secrets
// and schedules behind one loopback endpoint. The database and the upstream are started by the caller.

import { setTimeout as sleep } from "node:timers/promises";
import { migrationsType } from "../../shared/catalogue/stack.ts";
import { type Resource, readAssembly } from "./assembly.ts";
import { makeCustomResources } from "./custom-resource.ts";
import { type Admit, type AwsService, forward, startAwsEndpoint } from "./endpoint.ts";
import { startHttpApi } from "./http-api.ts";
import type { LogLine } from "./invocation.ts";
import { type Clock, LambdaFunction } from "./lambda.ts";
import { makeFunctionRegistry, makeLambdaApi } from "./lambda-api.ts";
import { makeLogs } from "./logs-api.ts";
import { makeMetricPoints } from "./metric-points.ts";
import { makeMetricsApi } from "./metrics-api.ts";
import type { QueueCounts } from "./queue.ts";
import { makeQueueApi } from "./queue-api.ts";
import { nameOfArn } from "./queue-attributes.ts";
import { makeScheduler, type Scheduler } from "./scheduler.ts";
import { makeSchedulerApi } from "./scheduler-api.ts";
import { makeTargets } from "./scheduler-targets.ts";
import { makeSecrets, type SecretSettings } from "./secrets.ts";
import { makeStackApi } from "./stack-api.ts";
import {
  functionSettings,
  makeTemplateQueues,
  templateEventSource,
  templateSchedule,
  templateSecrets,
} from "./stack-resources.ts";
import { resolveTemplate } from "./template.ts";

export type StackOptions = {
  /** The `cdk.out` folder. */
  assembly: string;
  /** The Data API server, already running on loopback. */
  endpoints: { rdsData: string };
  /** Environment variables to replace in every function that has them. */
  overrides?: Record<string, string>;
  /** Values of secrets, by name or by the beginning of a logical id. */
  secrets?: Record<string, string>;
  /** Learns the secrets of the template before a function runs. */
  onSecrets?: (secrets: readonly SecretSettings[]) => void;
  /** Port to prefer for the endpoint; any free one when it is taken or absent. */
  port?: number;
  /** Port to prefer for the HTTP API. */
  apiPort?: number;
  /** False: the template's schedules are there but disabled. Those made at run time always fire. */
  schedulesEnabled?: boolean;
  /** File that keeps the schedules made at run time over a restart. */
  schedulesFile?: string;
  /** Time for invocations to come to their end when the stack is closed; five seconds by default. */
  closeGraceMilliseconds?: number;
  clock?: Clock;
  /** Called before each request is answered; the Data API is then called through the endpoint, too. */
  admit?: Admit;
  /** Each line the functions print, as CloudWatch Logs would get it, and the stack's own messages about them. */
  onLog?: (line: LogLine) => void;
};

export type LocalStack = {
  /** Serves Lambda, SQS, Scheduler, Secrets Manager, the stack's description, logs and metrics, and (forwarded) the Data API. */
  endpoint: string;
  sqsEndpoint: string;
  /** Where the template's HTTP API listens; undefined when it has none. */
  apiUrl: string | undefined;
  outputs: Record<string, string>;
  /** Names of the functions, in the template's order. */
  functions: string[];
  /** By the beginning of a logical id, or a part of it. Throws when none or several match. */
  functionName(logicalId: string): string;
  queueName(logicalId: string): string;
  /** Invokes and waits, with payload and result as values; `failed` when the function threw. */
  invoke(name: string, payload: unknown): Promise<{ payload: unknown; failed: boolean; requestId: string }>;
  queues: { names(): string[]; counts(name: string): QueueCounts };
  scheduler: Scheduler;
  /** Stops and starts the event sources of a function, as `update-event-source-mapping` does. */
  pauseEventSource(functionName: string): Promise<void>;
  resumeEventSource(functionName: string): void;
  /** Stops taking work, lets running invocations end for a few seconds, ends threads and listeners. */
  close(): Promise<void>;
};

const dataApiPaths = [
  "Execute",
  "BatchExecute",
  "BeginTransaction",
  "CommitTransaction",
  "RollbackTransaction",
].map((action) => `/${action}`);

/** What runs may come to its end, so that nothing of it is done twice. */
const closeGraceMilliseconds = 5000;

const realClock: Clock = {
  now: () => Date.now(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/**
 * @throws Error naming the resource when the template cannot run here, when an address in a function's
 * environment is not on this machine, or when the migrations fail.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const services: AwsService[] = [];
  const server = await startAwsEndpoint(services, options.port ?? 0, options.admit);
  const closers: (() => Promise<void>)[] = [() => server.close()];
  const close = async () => {
    while (closers.length > 0) await closers.pop()?.();
  };
  try {
    return await start(options, server.url, services, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: StackOptions,
  endpoint: string,
  services: AwsService[],
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<LocalStack> {
  const clock = options.clock ?? realClock;
  const httpApi = hasHttpApi(options.assembly) ? await startHttpApi(options.apiPort) : undefined;
  if (httpApi !== undefined) closers.push(() => httpApi.close());
  const template = resolveTemplate(options.assembly, endpoint, httpApi?.url);
  const ofType = (type: string) => template.resources.filter((resource) => resource.type === type);

  const groupOf = new Map<string, string>();
  const metrics = makeMetricPoints();
  const onLog = (line: LogLine) => {
    logs.add(groupOf.get(line.function) ?? "", line.text);
    metrics.add(line.text);
    options.onLog?.(line);
  };
  const queues = makeTemplateQueues(ofType("AWS::SQS::Queue"));
  const queueNamed = (name: string) => {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`no queue ${name} in ${template.stackName}`);
    return queue;
  };
  const sendFailure = async (queueArn: string, body: string) => {
    queueNamed(nameOfArn(queueArn)).send({ body });
  };
  const overrides = { OWN_ADDRESS_URL: "", ...options.overrides }; // no function here asks the internet
  const addresses = {
    overrides,
    endpoint,
    rdsData: options.admit === undefined ? options.endpoints.rdsData : endpoint,
  };
  const lambdas = ofType("AWS::Lambda::Function").map(
    (resource) =>
      new LambdaFunction(functionSettings(resource, template, addresses), { onLog, clock, sendFailure }),
  );
  for (const { settings } of lambdas) {
    groupOf.set(settings.name, settings.environment.AWS_LAMBDA_LOG_GROUP_NAME ?? "");
  }
  const groups = [...groupOf.values(), ...ofType("AWS::Logs::LogGroup").map(({ id }) => id)];
  const logs = makeLogs(groups, () => clock.now());
  const functions = makeFunctionRegistry(lambdas);
  const eventSources = ofType("AWS::Lambda::EventSourceMapping").map((resource) =>
    templateEventSource(resource, functions, queues, onLog),
  );
  const sources = eventSources.map(({ source }) => source);
  closers.push(async () => {
    const stopped = sources.map((source) => source.stop());
    await Promise.all(
      lambdas.map((lambda) => lambda.close(options.closeGraceMilliseconds ?? closeGraceMilliseconds)),
    );
    await Promise.all(stopped);
  });
  const scheduler = makeScheduler({
    clock,
    ...makeTargets({ functions, queues, eventSources: sources }),
    log: (text) => onLog({ function: "scheduler", text }),
    ...(options.schedulesFile === undefined ? {} : { file: options.schedulesFile }),
  });
  closers.push(() => scheduler.stop());
  for (const { id } of ofType("AWS::Scheduler::ScheduleGroup")) scheduler.createGroup(id);
  for (const resource of ofType("AWS::Scheduler::Schedule")) {
    scheduler.create(templateSchedule(resource, options.schedulesEnabled ?? true), true);
  }

  const secrets = templateSecrets(template.resources, options.secrets ?? {});
  options.onSecrets?.(secrets);
  const customResources = makeCustomResources(endpoint, template.stackName, clock);
  services.push(
    customResources.service,
    makeQueueApi(queues, endpoint),
    makeSecrets(secrets),
    makeSchedulerApi(scheduler),
    makeLambdaApi(functions, sources),
    makeStackApi(template, new Date(clock.now())),
    logs.service,
    makeMetricsApi(metrics),
    forward("rds-data", options.endpoints.rdsData, dataApiPaths),
  );

  // A deployment brings the schema up to date before anything that could call the functions.
  for (const resource of ofType(migrationsType)) await customResources.create(resource, functions);
  for (const { source, enabled } of eventSources) if (enabled) source.start();
  scheduler.start();
  httpApi?.serve(template.resources, functions);

  const named = (type: string, kind: string) => (logicalId: string) => oneOf(ofType(type), kind, logicalId);
  const sourcesOf = (name: string) => sources.filter(({ lambda }) => lambda.settings.name === name);
  const queueOf = named("AWS::SQS::Queue", "queue");
  const functionOf = named("AWS::Lambda::Function", "function");
  return {
    endpoint,
    sqsEndpoint: endpoint,
    apiUrl: httpApi?.url,
    outputs: template.outputs,
    functions: lambdas.map(({ settings }) => settings.name),
    functionName: (logicalId) => functionOf(logicalId).id,
    queueName: (logicalId) => queueOf(logicalId).attribute("QueueName"),
    async invoke(name, payload) {
      const found = functions.find(name);
      if (found === undefined) throw new Error(`no function ${name} in ${template.stackName}`);
      const result = await found.lambda.invoke(JSON.stringify(payload));
      return {
        payload: JSON.parse(result.payload) as unknown,
        failed: result.failed,
        requestId: result.requestId,
      };
    },
    queues: { names: () => [...queues.keys()].sort(), counts: (name) => queueNamed(name).counts() },
    scheduler,
    async pauseEventSource(name) {
      await Promise.all(sourcesOf(name).map((source) => source.stop()));
    },
    resumeEventSource(name) {
      for (const source of sourcesOf(name)) source.start();
    },
    close,
  };
}

function hasHttpApi(assembly: string): boolean {
  const { template } = readAssembly(assembly);
  return Object.values(template.Resources).some(({ Type }) => Type === "AWS::ApiGatewayV2::Api");
}

function oneOf(resources: readonly Resource[], kind: string, logicalId: string): Resource {
  const exact = resources.filter((resource) => resource.logicalId === logicalId);
  const beginning = resources.filter((resource) => resource.logicalId.startsWith(logicalId));
  const part = resources.filter((resource) => resource.logicalId.includes(logicalId));
  const [found, ...others] = [exact, beginning, part].find(({ length }) => length > 0) ?? [];
  if (found === undefined || others.length > 0) {
    const known = (others.length > 0 ? [found, ...others] : resources).map((resource) => resource?.logicalId);
    throw new Error(
      `${others.length > 0 ? "several" : "no"} ${kind} named ${logicalId}: ${known.join(", ")}`,
    );
  }
  return found;
}
