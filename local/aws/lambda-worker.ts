// One execution environment: a worker thread that runs one invocation at a time, ended at the function's timeout
// or memory size. Which environment gets which invocation is decided in lambda.ts.
import { randomBytes, randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import {
  type FunctionSettings,
  type InvocationResult,
  type InvokeOptions,
  type LogLine,
  payloadBytesMax,
} from "./invocation.ts";
import type { EnvironmentData, EnvironmentMessage, FunctionError, Invocation } from "./lambda-environment.ts";

/** The init phase may take 10 seconds; after that it counts against the function's timeout. */
const initSeconds = 10;
/** A large heap is collected later than Lambda's small one, so it may hold this many times the memory size. */
const memoryTolerance = 1.5;
const memoryCheckMilliseconds = 100;
const logTailBytes = 4096;

/** How an invocation ended: the handler's answer, an error of the handler, or the end of the environment. */
type Outcome =
  | { type: "result"; payload: string }
  | { type: "error"; error: FunctionError }
  | { type: "gone"; error: FunctionError };

const outOfMemory: FunctionError = {
  errorType: "Runtime.OutOfMemory",
  errorMessage: "Error: Runtime exited with error: signal: killed",
};

export class Environment {
  alive = true;
  private readonly settings: FunctionSettings;
  private readonly onLog: (line: LogLine) => void;
  private readonly worker: Worker;
  private readonly ready: Promise<Outcome | undefined>;
  private settle: (outcome: Outcome) => void = () => {};
  private tail = "";
  private crash: FunctionError | undefined;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(settings: FunctionSettings, onLog: (line: LogLine) => void) {
    this.settings = settings;
    this.onLog = onLog;
    const { bundle, handler, name, memoryMegabytes } = settings;
    const started = Promise.withResolvers<Outcome | undefined>();
    this.ready = started.promise;
    this.settle = started.resolve;
    this.worker = new Worker(new URL("./lambda-environment.ts", import.meta.url), {
      name,
      // Node options of this process (a test runner's, for example) must not apply to the function.
      execArgv: [],
      env: { ...settings.environment, AWS_LAMBDA_LOG_STREAM_NAME: logStreamName() },
      // Only a backstop: V8 ends the whole process when one allocation passes its limit, hence `watchMemory`.
      resourceLimits: { maxOldGenerationSizeMb: 2 * memoryMegabytes + 512 },
      workerData: { bundle, handler, functionName: name } satisfies EnvironmentData,
    });
    this.worker.on("message", (message: EnvironmentMessage) => {
      if (message.type === "ready") started.resolve(undefined);
      else if (message.type === "log") this.log(message.text, message.requestId);
      else if (message.type === "crashed") this.crash = message.error;
      else this.settle(message);
    });
    this.worker.on("error", (error: NodeJS.ErrnoException) => {
      this.crash ??=
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? outOfMemory
          : {
              errorType: error.name,
              errorMessage: error.message,
              trace: (error.stack ?? "").split("\n"),
            };
    });
    this.worker.on("exit", (code) => {
      this.alive = false;
      const reason = code === 0 ? "without providing a reason" : `with error: exit status ${code}`;
      const exit = { errorType: "Runtime.ExitError", errorMessage: `Error: Runtime exited ${reason}` };
      this.settle({ type: "gone", error: this.crash ?? exit });
    });
  }

  async invoke(payload: string, options: InvokeOptions): Promise<InvocationResult> {
    const requestId = options.requestId ?? randomUUID();
    this.tail = `START RequestId: ${requestId} Version: ${options.version ?? "$LATEST"}\n`;
    const begun = performance.now();
    const stopWatching = this.watchMemory();
    const outcome = (await this.initialise(requestId)) ?? (await this.call(requestId, payload, options));
    stopWatching();
    if (outcome.type === "gone") await this.end();
    const milliseconds = (performance.now() - begun).toFixed(2);
    const report = `END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${milliseconds} ms\tMemory Size: ${this.settings.memoryMegabytes} MB\n`;
    return {
      requestId,
      payload: encodeOutcome(outcome, requestId),
      failed: outcome.type !== "result" || Buffer.byteLength(outcome.payload) > payloadBytesMax,
      logTail: Buffer.from(this.tail + report)
        .subarray(-logTailBytes)
        .toString("utf8"),
    };
  }

  /** Ends the thread when heap and buffers pass the function's memory size. Returns a function that stops watching. */
  private watchMemory(): () => void {
    const bytesMax = this.settings.memoryMegabytes * 1024 * 1024 * memoryTolerance;
    let asking = false;
    const timer = setInterval(async () => {
      if (asking) return;
      asking = true;
      const heap = await this.worker.getHeapStatistics().catch(() => undefined);
      asking = false;
      if (heap === undefined || heap.used_heap_size + heap.external_memory <= bytesMax) return;
      this.crash ??= outOfMemory;
      await this.worker.terminate();
    }, memoryCheckMilliseconds);
    return () => clearInterval(timer);
  }

  keep(): void {
    clearTimeout(this.idleTimer);
  }

  endAfter(milliseconds: number, onEnd: () => void): void {
    this.idleTimer = setTimeout(() => {
      onEnd();
      void this.end();
    }, milliseconds).unref();
  }

  async end(): Promise<void> {
    this.keep();
    this.alive = false;
    await this.worker.terminate();
  }

  /** Waits for the module to load. Undefined when it has loaded, else the error. */
  private async initialise(requestId: string): Promise<Outcome | undefined> {
    const seconds = initSeconds + this.settings.timeoutSeconds;
    return this.within(seconds * 1000, this.ready, () => this.timedOut(seconds, requestId));
  }

  private async call(requestId: string, payload: string, options: InvokeOptions): Promise<Outcome> {
    const { timeoutSeconds, arn } = this.settings;
    const version = options.version ?? "$LATEST";
    const answered = Promise.withResolvers<Outcome>();
    this.settle = answered.resolve;
    this.worker.postMessage({
      requestId,
      payload,
      deadline: Date.now() + timeoutSeconds * 1000,
      functionArn: options.version === undefined ? arn : `${arn}:${version}`,
      functionVersion: version,
      traceId: traceId(),
      ...(options.clientContext === undefined ? {} : { clientContext: options.clientContext }),
    } satisfies Invocation);
    return this.within(timeoutSeconds * 1000, answered.promise, () =>
      this.timedOut(timeoutSeconds, requestId),
    );
  }

  private async within<T>(milliseconds: number, work: Promise<T>, late: () => T): Promise<T> {
    const over = Promise.withResolvers<T>();
    const timer = setTimeout(() => over.resolve(late()), milliseconds);
    try {
      return await Promise.race([work, over.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private timedOut(seconds: number, requestId: string): Outcome {
    const errorMessage = `Error: Task timed out after ${seconds.toFixed(2)} seconds`;
    this.log(errorMessage.replace("Error: ", ""), requestId);
    return { type: "gone", error: { errorType: "Sandbox.Timedout", errorMessage } };
  }

  private log(text: string, requestId?: string): void {
    this.tail = `${this.tail}${text}\n`.slice(-logTailBytes);
    this.onLog({ function: this.settings.name, ...(requestId === undefined ? {} : { requestId }), text });
  }
}

function encodeOutcome(outcome: Outcome, requestId: string): string {
  if (outcome.type === "result") {
    const bytes = Buffer.byteLength(outcome.payload);
    if (bytes <= payloadBytesMax) return outcome.payload;
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${payloadBytesMax} bytes).`;
    return JSON.stringify({ errorType: "Function.ResponseSizeTooLarge", errorMessage });
  }
  const { error } = outcome;
  // Lambda's own error about an ended environment contains the request id.
  const own = outcome.type === "gone" && error.trace === undefined;
  return JSON.stringify(
    own ? { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` } : error,
  );
}

function logStreamName(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}
