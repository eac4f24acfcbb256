// Options of the AWS SDK's clients: how long they wait (the SDK itself waits for ever, and warns of a slow answer unless told
// to throw), and that they log nothing.

/** TCP asks again after one second and after three; what is not there by then is not coming. */
const connectionMilliseconds = 3_500;

/** Tries of one request to a service that answers at once, the first included. */
const triesMax = 3;

/** The request handler's options. All three kinds of silence end as a TimeoutError, which counts as transient. */
export function requestLimits(answerSecondsMax: number) {
  const milliseconds = answerSecondsMax * 1_000;
  return {
    connectionTimeout: connectionMilliseconds,
    requestTimeout: milliseconds, // until the answer begins
    throwOnRequestTimeout: true,
    socketTimeout: milliseconds, // of silence inside an answer
  };
}

/** For services that answer in milliseconds; a quarter of a minute at most with all tries, which fits every function. */
export const quickService = { requestHandler: requestLimits(5), maxAttempts: triesMax };

const nothing = () => undefined;

/** An SDK logger, of which every method may be missing. */
type Logger = Readonly<Record<"trace" | "debug" | "info" | "warn" | "error", () => void>>;

/**
 * The SDK's own silent logger still gets a copy of each input and output, filtered for secrets: a third of the CPU of a call
 * with a large answer. Without `info` nothing is copied. The other methods stay, as parts of the SDK call them unasked.
 */
// as: the SDK asks whether there is an `info`; its type does not say so.
export const silentLogger = {
  trace: nothing,
  debug: nothing,
  warn: nothing,
  error: nothing,
} as unknown as Logger;
