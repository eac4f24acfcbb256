// Timeouts of the functions and limits of the queues, shared by the stack, the use cases, the tests and the documents.

/** Timeout of each function, in seconds. */
export const functionSeconds = {
  /** Plans and fans out a whole history in batches, after waking the database: Lambda's maximum. */
  dispatcher: 900,
  /** A few pages of at most 30 s each, the slot's hold after each of them, then a statement of at most 45 s. */
  worker: 150,
  /** A batch of small statements and schedules, after a wait of up to 30 s for the database to wake. */
  retry: 60,
} as const;

/** Visibility timeout of a queue that Lambda consumes (docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html). */
export function visibilitySeconds(consumer: keyof typeof functionSeconds): number {
  return 6 * functionSeconds[consumer];
}

/** Number of receives after which a message becomes a dead letter. */
export const receivesMax = 5;

/** Maximum delay of an SQS message, in seconds (SendMessage, DelaySeconds). */
export const queueDelaySecondsMax = 900;

/** Days that the work queue keeps a message; it is lost then. */
export const workRetentionDays = 7;

/** Days that the dead-letter queue keeps a message. A dead letter keeps its age, so these are more. */
export const deadLetterRetentionDays = 14;
