// How long a function may run, and how often and how long a message is tried: numbers that the stack, the use cases, the
// tests and the documents must agree on.

/** Seconds that an invocation of a function may take. */
export const functionSeconds = {
  /** Planning and fanning out a whole history in batches, after waking the database: Lambda's longest. */
  dispatcher: 900,
  /** A few pages of at most 30 s and the slot's hold after each, then a statement of at most 45 s. */
  worker: 150,
  /** A batch of small statements and schedules, after a wait of up to 30 s for the database to wake. */
  retry: 60,
} as const;

/** The visibility Lambda asks of a queue it consumes (docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html). */
export function visibilitySeconds(consumer: keyof typeof functionSeconds): number {
  return 6 * functionSeconds[consumer];
}

/** Receipts of a message after which it is a dead letter. */
export const receivesMax = 5;

/** Seconds for which SQS can hold a message back (SendMessage, DelaySeconds). */
export const queueDelaySecondsMax = 900;
