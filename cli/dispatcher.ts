// Invokes the dispatcher like `aws lambda invoke`, for commands that the HTTP API does not have.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { functionSeconds } from "../shared/catalogue/queue-limits.ts";
import type { DispatchAnswer } from "../shared/dispatch/dispatch.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { outputOf, sentence, type Target } from "./target.ts";

/** The timeout of the function itself. */
const requestTimeoutMilliseconds = 1000 * functionSeconds.dispatcher;

/** @throws CommandError with the dispatcher's message when it refuses */
export async function dispatch(target: Target, command: object, t: Messages): Promise<DispatchAnswer> {
  const client = new LambdaClient({
    ...target.clients,
    maxAttempts: 1,
    requestHandler: { requestTimeout: requestTimeoutMilliseconds },
  });
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({
        FunctionName: outputOf(target, "DispatcherName", t),
        Payload: Buffer.from(JSON.stringify(command)),
      }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || "{}") as { errorMessage?: string };
    if (FunctionError === undefined) return answer as DispatchAnswer;
    throw new CommandError(exitCodes.failed, t.said(answer.errorMessage ?? FunctionError));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(exitCodes.unreachable, t.target.noAnswer(target.name, sentence(error)));
  } finally {
    client.destroy();
  }
}
