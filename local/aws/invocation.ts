// What a Lambda function is made from, and what an invocation of it is given and gives back.

/** What a function may be given by a caller who waits, and answer (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
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
  /** Those, and what every environment on Lambda has. */
  environment: Record<string, string>;
  asyncRetries: number;
  asyncAgeSecondsMax: number;
  /** ARN of the queue that takes the events given up (the on-failure destination). */
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
