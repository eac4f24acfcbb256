// The settings of a Lambda function, and the input and the result of an invocation.

/**
 * Largest payload and response of a synchronous invocation
 * (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export const payloadBytesMax = 6 * 1024 * 1024;

export type FunctionSettings = {
  name: string;
  arn: string;
  bundle: string;
  handler: string;
  runtime: string;
  description: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  /** Absent: the function shares the account's concurrency. */
  reservedConcurrency?: number;
  /** The variables the template gives it. */
  variables: Record<string, string>;
  /** `variables`, and those that every environment on Lambda has. */
  environment: Record<string, string>;
  asyncRetries: number;
  asyncAgeSecondsMax: number;
  /** ARN of the on-failure destination: the queue for events that failed for good. */
  failureQueueArn?: string;
};

export type LogLine = { function: string; requestId?: string; text: string };

export type InvocationResult = {
  requestId: string;
  /** JSON text: the handler's answer, or the error when `failed`. */
  payload: string;
  failed: boolean;
  /** The invocation's last log lines, at most 4 KB, as the Tail option of the Invoke API gives them. */
  logTail: string;
};

export type InvokeOptions = { version?: string; clientContext?: unknown; requestId?: string };
