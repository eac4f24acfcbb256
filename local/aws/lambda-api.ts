// The HTTP side of Lambda: the Invoke API, and an operator's calls about functions and event source mappings.
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type AwsService,
  accountId,
  json,
  jsonBody,
  region,
} from "./endpoint.ts";
import type { EventSource } from "./event-source.ts";
import { payloadBytesMax } from "./invocation.ts";
import type { LambdaFunction } from "./lambda.ts";

export type FunctionRegistry = {
  all(): LambdaFunction[];
  /** By name, ARN or partial ARN, with or without a version or alias at the end. */
  find(reference: string): { lambda: LambdaFunction; qualifier: string | undefined } | undefined;
};

const arnStart = `arn:aws:lambda:${region}:${accountId}`;
const bytesMax = { RequestResponse: payloadBytesMax, Event: 1_048_576 };

export function makeFunctionRegistry(functions: readonly LambdaFunction[]): FunctionRegistry {
  return {
    all: () => [...functions],
    find(reference) {
      const tail = reference.split("function:").at(-1) ?? reference;
      const [name, qualifier] = tail.split(":");
      const lambda = functions.find(({ settings }) => settings.name === name);
      return lambda === undefined ? undefined : { lambda, qualifier };
    },
  };
}

export function makeLambdaApi(functions: FunctionRegistry, eventSources: readonly EventSource[]): AwsService {
  function found(reference: string) {
    const result = functions.find(reference);
    if (result !== undefined) return result;
    const arn = `${arnStart}:function:${reference}`;
    throw notFound(`Function not found: ${reference.startsWith("arn:") ? reference : arn}`);
  }

  async function invoke(reference: string, request: AwsRequest): Promise<AwsResponse> {
    const { lambda, qualifier } = found(reference);
    const type = String(request.headers["x-amz-invocation-type"] ?? "RequestResponse");
    const payload = request.body.length === 0 ? "{}" : request.body.toString("utf8");
    checkPayload(payload, type);
    const version = request.query.get("Qualifier") ?? qualifier;
    const clientContext = decodeContext(request.headers["x-amz-client-context"]);
    const options = {
      ...(version === undefined || version === "$LATEST" ? {} : { version }),
      ...(clientContext === undefined ? {} : { clientContext }),
    };
    if (type === "DryRun") return { status: 204, body: "" };
    if (type === "Event") {
      const requestId = lambda.invokeEvent(payload, options);
      return { status: 202, headers: { "x-amzn-requestid": requestId }, body: "" };
    }
    const result = await lambda.invoke(payload, options);
    const tail = request.headers["x-amz-log-type"] === "Tail";
    return {
      status: 200,
      headers: {
        "content-type": "application/json",
        "x-amzn-requestid": result.requestId,
        "x-amz-executed-version": "$LATEST",
        ...(result.failed ? { "x-amz-function-error": "Unhandled" } : {}),
        ...(tail ? { "x-amz-log-result": Buffer.from(result.logTail).toString("base64") } : {}),
      },
      body: result.payload,
    };
  }

  const mapping = (uuid: string): EventSource => {
    const source = eventSources.find(({ settings }) => settings.uuid === uuid);
    if (source === undefined) throw notFound("The resource you requested does not exist.");
    return source;
  };

  function reserve(reference: string, request: AwsRequest) {
    const { lambda } = found(reference);
    const { ReservedConcurrentExecutions: wanted } = jsonBody(request);
    if (!Number.isInteger(wanted) || Number(wanted) < 0) {
      throw invalid("ReservedConcurrentExecutions must be a whole number.");
    }
    lambda.settings.reservedConcurrency = Number(wanted);
    return concurrency(lambda);
  }

  function listMappings(query: URLSearchParams) {
    const [sourceArn, reference] = [query.get("EventSourceArn"), query.get("FunctionName")];
    const lambda = reference === null ? undefined : found(reference).lambda;
    const chosen = eventSources
      .filter((source) => sourceArn === null || source.settings.queueArn === sourceArn)
      .filter((source) => lambda === undefined || source.lambda === lambda);
    return { EventSourceMappings: chosen.map((source) => encodeMapping(source)) };
  }

  const routes: [string, RegExp, (reference: string, request: AwsRequest) => unknown | Promise<unknown>][] = [
    ["GET", /^\/2015-03-31\/functions\/?$/, () => ({ Functions: functions.all().map(encodeFunction) })],
    ["GET", /^\/2015-03-31\/functions\/([^/]+)$/, (id) => describe(found(id).lambda)],
    ["GET", /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, (id) => encodeFunction(found(id).lambda)],
    ["GET", /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/, (id) => concurrency(found(id).lambda)],
    ["PUT", /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/, (id, request) => reserve(id, request)],
    ["GET", /^\/2016-08-19\/account-settings\/?$/, () => accountSettings(functions.all())],
    ["GET", /^\/2015-03-31\/event-source-mappings\/?$/, (_, { query }) => listMappings(query)],
    ["GET", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, (uuid) => encodeMapping(mapping(uuid))],
    [
      "PUT",
      /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
      (uuid, request) => update(mapping(uuid), request),
    ],
  ];
  const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
  const match = ({ method, path }: AwsRequest) =>
    routes.find(([routeMethod, pattern]) => routeMethod === method && pattern.test(path));

  return {
    name: "lambda",
    accepts: (request) =>
      match(request) !== undefined || (request.method === "POST" && invocation.test(request.path)),
    async handle(request) {
      const [, invoked] = (request.method === "POST" ? invocation.exec(request.path) : null) ?? [];
      if (invoked !== undefined) return invoke(decodeURIComponent(invoked), request);
      const [, pattern, answer] = match(request) ?? [];
      const [, id = ""] = pattern?.exec(request.path) ?? [];
      const status = request.method === "PUT" && request.path.includes("event-source-mappings") ? 202 : 200;
      return json(await answer?.(decodeURIComponent(id), request), status);
    },
  };
}

/** A person on call pauses a queue with `Enabled`. The batch settings may change as well. */
function update(source: EventSource, request: AwsRequest): unknown {
  const body = jsonBody(request);
  const { settings } = source;
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig } = body as {
    BatchSize?: number;
    MaximumBatchingWindowInSeconds?: number;
    ScalingConfig?: { MaximumConcurrency?: number };
  };
  const batchSize = BatchSize ?? settings.batchSize;
  const windowSeconds = MaximumBatchingWindowInSeconds ?? settings.batchingWindowSeconds;
  const maximumConcurrency = ScalingConfig?.MaximumConcurrency ?? settings.maximumConcurrency;
  checkBatch(batchSize, windowSeconds);
  if (maximumConcurrency < 2 || maximumConcurrency > 1000) {
    throw invalid("MaximumConcurrency must be from 2 to 1000.");
  }
  Object.assign(settings, { batchSize, batchingWindowSeconds: windowSeconds, maximumConcurrency });
  if (body.Enabled === true && source.state === "Disabled") {
    source.start();
    return encodeMapping(source, "Enabling");
  }
  if (body.Enabled === false && source.state === "Enabled") {
    void source.stop();
    return encodeMapping(source, "Disabling");
  }
  return encodeMapping(source, "Updating");
}

/** @throws AwsError as CreateEventSourceMapping does. */
export function checkBatch(batchSize: number, windowSeconds: number): void {
  if (batchSize < 1 || batchSize > 10_000 || windowSeconds < 0 || windowSeconds > 300) {
    throw invalid("BatchSize must be from 1 to 10000 and MaximumBatchingWindowInSeconds from 0 to 300.");
  }
  if (batchSize > 10 && windowSeconds < 1) {
    throw invalid(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
}

function checkPayload(payload: string, type: string): void {
  const max = type === "Event" ? bytesMax.Event : bytesMax.RequestResponse;
  const bytes = Buffer.byteLength(payload);
  if (bytes > max) {
    const message = `Request must be smaller than ${max} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestEntityTooLargeException", message, { status: 413, fields: { Type: "User" } });
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError("InvalidRequestContentException", message, { fields: { Type: "User" } });
  }
}

function decodeContext(header: string | string[] | undefined): unknown {
  if (typeof header !== "string") return undefined;
  try {
    return JSON.parse(Buffer.from(header, "base64").toString("utf8"));
  } catch {
    throw new AwsError(
      "InvalidRequestContentException",
      "Client context must be a valid Base64-encoded JSON object.",
    );
  }
}

function encodeFunction({ settings }: LambdaFunction) {
  return {
    FunctionName: settings.name,
    FunctionArn: settings.arn,
    Runtime: settings.runtime,
    Handler: settings.handler,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memoryMegabytes,
    Version: "$LATEST",
    PackageType: "Zip",
    State: "Active",
    LastUpdateStatus: "Successful",
    Environment: { Variables: settings.variables },
  };
}

function describe(lambda: LambdaFunction) {
  return {
    Configuration: encodeFunction(lambda),
    Code: { RepositoryType: "S3", Location: lambda.settings.bundle },
    Concurrency: concurrency(lambda),
  };
}

function concurrency({ settings: { reservedConcurrency } }: LambdaFunction) {
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

/** The quota of an account that AWS has not limited (Lambda developer guide, quotas). */
const concurrencyOfAccount = 1_000;

function accountSettings(functions: readonly LambdaFunction[]) {
  const reserved = functions.reduce((sum, { settings }) => sum + (settings.reservedConcurrency ?? 0), 0);
  return {
    AccountLimit: {
      ConcurrentExecutions: concurrencyOfAccount,
      UnreservedConcurrentExecutions: concurrencyOfAccount - reserved,
    },
    AccountUsage: { FunctionCount: functions.length },
  };
}

function encodeMapping({ settings, lambda, ...source }: EventSource, state: string = source.state) {
  return {
    UUID: settings.uuid,
    EventSourceMappingArn: `${arnStart}:event-source-mapping:${settings.uuid}`,
    EventSourceArn: settings.queueArn,
    FunctionArn: lambda.settings.arn,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.batchingWindowSeconds,
    ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency },
    FunctionResponseTypes: settings.partialBatchResponse ? ["ReportBatchItemFailures"] : [],
    State: state,
    StateTransitionReason: "USER_INITIATED",
    LastModified: source.modifiedAt / 1000,
  };
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, { status: 404, fields: { Type: "User" } });
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, { fields: { Type: "User" } });
}
