// One Lambda function: its execution environments (a worker thread each, reused warm), reserved concurrency,
// timeout, memory limit, and the queue of asynchronous invocations. The Invoke API over HTTP is lambda-api.ts.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { AwsError } from "./endpoint.ts";
import type { FunctionSettings, InvocationResult, InvokeOptions, LogLine } from "./invocation.ts";
import { Environment } from "./lambda-worker.ts";

/** Time for the stack: the real clock, or a test's. */
export type Clock = { now(): number; wait(milliseconds: number, signal: AbortSignal): Promise<void> };

/** An AWS account has 1,000; a laptop has no room for so many threads. */
const unreservedConcurrency = 50;
/**
 * Lambda ends an environment "some minutes" after its last invocation. Here it is half a minute: an idle environment holds
 * 30 to 60 MB of a laptop, and the next one starts in a tenth of a second.
 */
const idleMilliseconds = 30_000;

export type LambdaParts = {
  clock: Clock;
  onLog(line: LogLine): void;
  /** Sends the record of an event that failed for good to the function's failure queue. */
  sendFailure(queueArn: string, record: string): Promise<void>;
};

export class LambdaFunction {
  readonly settings: FunctionSettings;
  private readonly parts: LambdaParts;
  /** Idle environments, the last used one at the end. */
  private readonly idle: Environment[] = [];
  private readonly busy = new Set<Environment>();
  private readonly starting = new AbortController();
  private released = Promise.withResolvers<void>();

  constructor(settings: FunctionSettings, parts: LambdaParts) {
    this.settings = settings;
    this.parts = parts;
  }

  get concurrency(): { running: number; limit: number } {
    const limit = this.settings.reservedConcurrency ?? unreservedConcurrency;
    return { running: this.busy.size, limit };
  }

  /**
   * Runs the handler once and waits for it.
   * @throws AwsError TooManyRequestsException when the concurrency limit is reached
   */
  async invoke(payload: string, options: InvokeOptions = {}): Promise<InvocationResult> {
    const { running, limit } = this.concurrency;
    if (this.starting.signal.aborted)
      throw new AwsError("ServiceException", "The local stack is stopping.", { status: 500 });
    if (running >= limit) throw throttled(this.settings);
    const environment = this.takeIdle() ?? new Environment(this.settings, this.parts.onLog);
    this.busy.add(environment);
    environment.keep();
    try {
      return await environment.invoke(payload, options);
    } finally {
      this.busy.delete(environment);
      if (environment.alive) this.rest(environment);
      this.released.resolve();
      this.released = Promise.withResolvers();
    }
  }

  /** Resolves when an invocation ends, so that a throttled caller may try again. */
  whenReleased(): Promise<void> {
    return this.released.promise;
  }

  /**
   * Accepts an event and returns at once. A failed invocation is retried after one and after two minutes, as on Lambda.
   */
  invokeEvent(payload: string, options: InvokeOptions = {}): string {
    const requestId = options.requestId ?? randomUUID();
    void this.runEvent(payload, { ...options, requestId }).catch((error: unknown) => {
      if (!this.starting.signal.aborted) this.log(`event invocation failed: ${error}`, requestId);
    });
    return requestId;
  }

  /** Lets running invocations end for up to `graceMilliseconds`, then ends the threads. */
  async close(graceMilliseconds: number): Promise<void> {
    this.starting.abort();
    const deadline = AbortSignal.timeout(graceMilliseconds);
    while (this.busy.size > 0 && !deadline.aborted) {
      await Promise.race([this.whenReleased(), once(deadline, "abort")]);
    }
    await Promise.all([...this.idle, ...this.busy].map((environment) => environment.end()));
  }

  private async runEvent(payload: string, options: InvokeOptions & { requestId: string }): Promise<void> {
    const { asyncRetries, asyncAgeSecondsMax } = this.settings;
    const { clock } = this.parts;
    const { signal } = this.starting;
    const oldest = clock.now() + asyncAgeSecondsMax * 1000;
    let throttles = 0;
    let outcome: InvocationResult | undefined;
    for (let attempt = 0; ; ) {
      const result = await this.invoke(payload, options).catch((error: unknown) => {
        if (error instanceof AwsError && error.code === "TooManyRequestsException") return undefined;
        throw error;
      });
      if (result !== undefined) {
        if (!result.failed) return;
        outcome = result;
        attempt += 1;
        if (attempt > asyncRetries) {
          await this.giveUp("RetriesExhausted", payload, options.requestId, attempt, outcome);
          return;
        }
        await clock.wait(attempt * 60_000, signal);
      } else {
        // A throttled event is retried with backoff, from 1 second up to 5 minutes, until it is too old.
        await clock.wait(Math.min(1000 * 2 ** throttles, 300_000), signal);
        throttles += 1;
      }
      if (clock.now() > oldest) {
        await this.giveUp("EventAgeExceeded", payload, options.requestId, attempt, outcome);
        return;
      }
    }
  }

  private async giveUp(
    condition: string,
    payload: string,
    requestId: string,
    attempts: number,
    outcome?: InvocationResult,
  ): Promise<void> {
    const { arn, failureQueueArn } = this.settings;
    this.log(
      `event given up (${condition}) after ${attempts} attempts: ${outcome?.payload ?? "throttled"}`,
      requestId,
    );
    if (failureQueueArn === undefined) return;
    const answered = {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: JSON.parse(outcome?.payload ?? "null") as unknown,
    };
    const record = {
      version: "1.0",
      timestamp: new Date(this.parts.clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${arn}:$LATEST`,
        condition,
        approximateInvokeCount: attempts,
      },
      requestPayload: JSON.parse(payload) as unknown,
      ...(outcome === undefined ? {} : answered),
    };
    await this.parts.sendFailure(failureQueueArn, JSON.stringify(record));
  }

  /** The last used warm environment whose thread still runs. */
  private takeIdle(): Environment | undefined {
    let environment = this.idle.pop();
    while (environment !== undefined && !environment.alive) environment = this.idle.pop();
    return environment;
  }

  private rest(environment: Environment): void {
    if (this.starting.signal.aborted) {
      void environment.end();
      return;
    }
    this.idle.push(environment);
    environment.endAfter(idleMilliseconds, () => {
      const index = this.idle.indexOf(environment);
      if (index >= 0) this.idle.splice(index, 1);
    });
  }

  private log(text: string, requestId?: string): void {
    this.parts.onLog({
      function: this.settings.name,
      ...(requestId === undefined ? {} : { requestId }),
      text,
    });
  }
}

function throttled({ reservedConcurrency }: FunctionSettings): AwsError {
  const Reason =
    reservedConcurrency === undefined
      ? "ConcurrentInvocationLimitExceeded"
      : "ReservedFunctionConcurrentInvocationLimitExceeded";
  return new AwsError("TooManyRequestsException", "Rate Exceeded.", {
    status: 429,
    fields: { Reason, Type: "User", retryAfterSeconds: "1" },
  });
}
