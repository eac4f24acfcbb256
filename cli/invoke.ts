// Invokes a function of the stack like `aws lambda invoke`, and resolves with its answer.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { StackOutput } from "../shared/catalogue/stack.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { outputOf, sentence, type Target } from "./target.ts";

/**
 * @param name the output of the stack with the function's name
 * @param seconds the timeout of the function itself
 * @throws CommandError with the function's message when it refuses; unreachable when it does not answer
 */
export async function invoke<Answer>(
  target: Target,
  name: StackOutput,
  payload: object,
  seconds: number,
  t: Messages,
): Promise<Answer> {
  const client = new LambdaClient({
    ...target.clients,
    maxAttempts: 1,
    requestHandler: { requestTimeout: seconds * 1_000 },
  });
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({
        FunctionName: outputOf(target, name, t),
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || "{}") as { errorMessage?: string };
    if (FunctionError === undefined) return answer as Answer;
    throw new CommandError(exitCodes.failed, t.said(answer.errorMessage ?? FunctionError));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(exitCodes.unreachable, t.target.noAnswer(target.name, sentence(error)), {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}
