// How long a client of the AWS SDK waits. The SDK itself waits for ever, and warns of a slow answer unless told to throw.

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
