// The client of the HTTP API for a target. Requests to a deployed API are signed with the caller's own credentials.
import { setTimeout as sleep } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { AwsClient } from "aws4fetch";
import { type Client, makeClient, type Send } from "../client/client.ts";
import { optionDoor, sayRefusal } from "../shared/words/refusal.ts";
import { CommandError, type ExitCode, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { sentence, type Target } from "./target.ts";

/** An error answer. Its HTTP status decides the exit code. */
type Refusal = {
  error?: string;
  message?: string;
  field?: string;
  value?: unknown;
  allowed?: string;
  suggestion?: string;
  task?: { id: string };
};

export type Api = Client;

/** A name for the API to check: the stack may be newer than this command line, and know others. */
export const asNamed = <Name extends string>(name: string): Name => name as Name;

/** A paused database wakes within a minute; until then the API answers 503. */
const tries = 12;
const betweenTriesMilliseconds = 5_000;
const requestTimeoutMilliseconds = 35_000;

/** @param pause waits between two tries */
export async function openApi(
  target: Target,
  t: Messages,
  pause = () => sleep(betweenTriesMilliseconds),
): Promise<Api> {
  const send = target.stack === undefined ? fetch : await signedFetch(target);
  const patiently: Send = async (url, init) => {
    for (let tried = 1; ; tried += 1) {
      let response: Response;
      try {
        response = await send(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMilliseconds) });
      } catch (error) {
        const said = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        throw new CommandError(exitCodes.unreachable, t.target.noAnswer(target.name, sentence(said)));
      }
      if (response.ok) return response;
      const said = await response.text();
      if (![502, 503, 504].includes(response.status) || tried >= tries)
        throw refusal(response.status, said, target, t);
      await pause();
    }
  };
  return makeClient({ url: target.apiUrl, fetch: patiently });
}

function refusal(status: number, text: string, target: Target, t: Messages): CommandError {
  let answer: Refusal = {};
  try {
    answer = JSON.parse(text) as Refusal;
  } catch {
    // API Gateway may answer without JSON; then the status is all there is
  }
  const message = t.said(sayAnswer(answer) ?? `HTTP ${status}`);
  if (status === 403)
    return new CommandError(exitCodes.unreachable, t.target.forbidden(target.name, message));
  return new CommandError(exitCodeOf(status), message, { details: answer });
}

/** Names the option instead of the API field, without the explanation that the help already gives. */
function sayAnswer({ message, field, value, allowed, suggestion }: Refusal): string | undefined {
  if (field === undefined || allowed === undefined) return message;
  const [path = "", plain = ""] = [field, allowed.split(": ")[0]];
  const name = path.split(".")[0] ?? "";
  return sayRefusal({ why: "value", field: name, path, value, allowed: plain, suggestion }, optionDoor);
}

function exitCodeOf(status: number): ExitCode {
  if (status === 400 || status === 404) return exitCodes.usage;
  if (status === 409) return exitCodes.conflict;
  return status === 500 ? exitCodes.failed : exitCodes.unreachable;
}

/** The usual AWS credentials: environment, profile, single sign-on, role. */
async function signedFetch(target: Target): Promise<Send> {
  const { config } = new LambdaClient(target.clients);
  const region = await config.region();
  return async (url, init) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
    const client = new AwsClient({
      ...{ accessKeyId, secretAccessKey, region, service: "execute-api", retries: 0 },
      ...(sessionToken !== undefined && { sessionToken }),
    });
    return await client.fetch(url, init);
  };
}
