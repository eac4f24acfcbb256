// Invokes the dispatcher's Lambda function asynchronously, with one signed request. The SDK's Lambda client contains the
// schema of every operation and would be a sixth of the API's bundle.
import { AwsClient } from "aws4fetch";
import { SyncError } from "../errors.ts";
import type { Dispatcher } from "../ports.ts";
import { say } from "../words/say.ts";

export type LambdaOptions = {
  readonly functionName: string;
  /** Such as https://lambda.ap-southeast-1.amazonaws.com */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Lambda answers when it has accepted the event, not when it is processed. A caller of the API waits for this answer. */
const requestTimeoutMilliseconds = 5_000;

/** Retries after a 429 or a 5xx; after that the caller has to repeat the call. */
const retries = 2;

export function makeDispatcher({ functionName, endpoint, ...account }: LambdaOptions): Dispatcher {
  const client = new AwsClient({ ...account, service: "lambda", retries });
  // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, endpoint);
  return {
    async start(command) {
      let answer: Response;
      let said: string;
      try {
        answer = await client.fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", "x-amz-invocation-type": "Event" },
          body: JSON.stringify(command),
          signal: AbortSignal.timeout(requestTimeoutMilliseconds), // connecting and all tries included
        });
        said = await answer.text();
      } catch (error) {
        throw new SyncError("transient", say("dispatcherUnreached", { said: String(error) }), {
          cause: error,
        });
      }
      if (answer.status === 202) return;
      const what = answer.headers.get("x-amzn-errortype") ?? said.slice(0, 200);
      throw new SyncError("transient", say("dispatcherNotStarted", { status: answer.status, said: what }));
    },
  };
}
