// What runs inside the worker thread of one Lambda execution environment: loads the bundle, calls its handler for each
// invocation the parent posts, and reports result, error and log lines. The parent enforces the time and memory limits.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

export type EnvironmentData = { bundle: string; handler: string; functionName: string };

export type Invocation = {
  requestId: string;
  /** JSON text. */
  payload: string;
  /** Milliseconds since the epoch at which the parent ends the thread. */
  deadline: number;
  functionArn: string;
  functionVersion: string;
  traceId: string;
  clientContext?: unknown;
};

/** An error as Lambda answers it. */
export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] };

export type EnvironmentMessage =
  | { type: "ready" }
  | { type: "result"; payload: string }
  | { type: "error"; error: FunctionError }
  /** The environment cannot go on; it exits after this. */
  | { type: "crashed"; error: FunctionError }
  | { type: "log"; requestId?: string; text: string };

type Handler = (event: unknown, context: unknown) => unknown;

/** Id of the running or the last invocation, for log lines. */
let requestId: string | undefined;
const parent = parentPort;
if (parent !== null) await start(workerData as EnvironmentData);

async function start(data: EnvironmentData): Promise<void> {
  const flush = captureOutput();
  process.on("uncaughtException", (error) => crash(describe(error), 129));
  process.on("unhandledRejection", (reason) => {
    const { errorMessage, trace } = describe(reason);
    const text = reason instanceof Error ? `${reason.name}: ${errorMessage}` : errorMessage;
    crash(
      { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: text, ...(trace ? { trace } : {}) },
      128,
    );
  });
  try {
    const handler = await load(data);
    parent?.on("message", (invocation: Invocation) => void invoke(handler, data, invocation, flush));
    post({ type: "ready" });
  } catch (error) {
    crash(describe(error), 1);
  }

  function crash(error: FunctionError, code: number): void {
    console.error(
      `${new Date().toISOString()}\t${requestId ?? "undefined"}\tERROR\t${JSON.stringify(error)}`,
    );
    flush();
    post({ type: "crashed", error });
    process.exit(code);
  }
}

async function invoke(handler: Handler, data: EnvironmentData, invocation: Invocation, flush: () => void) {
  requestId = invocation.requestId;
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  let answer: EnvironmentMessage;
  try {
    const result = await handler(JSON.parse(invocation.payload), context(data, invocation));
    answer = { type: "result", payload: encode(result) };
  } catch (error) {
    const described = describe(error);
    console.error(
      `${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error\t${JSON.stringify(described)}`,
    );
    answer = { type: "error", error: described };
  }
  flush();
  post(answer);
}

function encode(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "null";
  } catch (error) {
    const marshal = new Error(`Unable to stringify response body as json: ${(error as Error).message}`);
    marshal.name = "Runtime.MarshalError";
    throw marshal;
  }
}

function context(data: EnvironmentData, invocation: Invocation) {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: data.functionName,
    functionVersion: invocation.functionVersion,
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: invocation.requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    ...(invocation.clientContext === undefined ? {} : { clientContext: invocation.clientContext }),
    getRemainingTimeInMillis: () => invocation.deadline - Date.now(),
  };
}

/** `index.handler` is the export `handler` of index.js, index.mjs or index.cjs, as Lambda's own runtime looks. */
async function load({ bundle, handler }: EnvironmentData): Promise<Handler> {
  const dot = handler.lastIndexOf(".");
  const [module, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = [".js", ".mjs", ".cjs"].map((extension) => join(bundle, module + extension)).find(existsSync);
  if (file === undefined) {
    throw named("Runtime.ImportModuleError", `Error: Cannot find module '${module}' in ${bundle}`);
  }
  const exported = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    if (error instanceof SyntaxError) throw named("Runtime.UserCodeSyntaxError", String(error), error);
    throw error;
  })) as Record<string, unknown> & { default?: Record<string, unknown> };
  const found = exported[name] ?? exported.default?.[name];
  if (typeof found !== "function") {
    throw named("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (found.length >= 3) {
    const rule =
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.";
    throw named("Runtime.CallbackHandlerDeprecated", `ERROR: ${rule}`);
  }
  return found as Handler;
}

function named(errorType: string, message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  error.name = errorType;
  return error;
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

/**
 * Sends stdout and stderr to the parent line by line over the port that carries the results, so that the lines of an
 * invocation always arrive before its result. Returns a function that sends an unfinished last line.
 */
function captureOutput(): () => void {
  let rest = "";
  const emit = (text: string) =>
    post({ type: "log", ...(requestId === undefined ? {} : { requestId }), text });
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const lines = (rest + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"))).split(
      "\n",
    );
    rest = lines.pop() ?? "";
    for (const line of lines) emit(line);
    const callback = typeof encoding === "function" ? encoding : done;
    if (typeof callback === "function") queueMicrotask(() => callback());
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
  return () => {
    if (rest !== "") emit(rest);
    rest = "";
  };
}

function post(message: EnvironmentMessage): void {
  parent?.postMessage(message);
}
