// How often and how long a message is tried: numbers that the stack, the use cases and the documents must agree on.

/** Receipts of a message after which it is a dead letter. */
export const receivesMax = 5;

/** Seconds for which SQS can hold a message back (SendMessage, DelaySeconds). */
export const queueDelaySecondsMax = 900;
