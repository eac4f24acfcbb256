// A client of the HTTP API. Requests to a deployed API are signed with the caller's own credentials.
import { setTimeout as sleep } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { AwsClient } from "aws4fetch";
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

export type Api = {
  get<Body>(
    path: string,
    query?: Readonly<Record<string, string | number | boolean | undefined>>,
  ): Promise<Body>;
  post<Body>(path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Body>;
};

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

  async function ask<Body>(path: string, init: RequestInit): Promise<Body> {
    for (let tried = 1; ; tried += 1) {
      let response: Response;
      try {
        const signal = AbortSignal.timeout(requestTimeoutMilliseconds);
        response = await send(`${target.apiUrl.replace(/\/$/, "")}${path}`, { ...init, signal });
      } catch (error) {
        const said = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        throw new CommandError(exitCodes.unreachable, t.target.noAnswer(target.name, sentence(said)));
      }
      const said = await response.text();
      if (response.ok) return JSON.parse(said) as Body;
      if ([502, 503, 504].includes(response.status) && tried < tries) {
        await pause();
        continue;
      }
      throw refusal(response.status, said, target, t);
    }
  }

  return {
    get(path, query = {}) {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const search = new URLSearchParams(
        given.map(([name, value]): [string, string] => [name, String(value)]),
      ).toString();
      return ask(search === "" ? path : `${path}?${search}`, { method: "GET" });
    },
    post: (path, body, headers = {}) =>
      ask(path, {
        method: "POST",
        headers: { ...headers, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
      }),
  };
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
async function signedFetch(target: Target): Promise<typeof fetch> {
  const { config } = new LambdaClient(target.clients);
  const region = await config.region();
  return async (input, init) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
    const client = new AwsClient({
      ...{ accessKeyId, secretAccessKey, region, service: "execute-api", retries: 0 },
      ...(sessionToken !== undefined && { sessionToken }),
    });
    return await client.fetch(String(input), init);
  };
}
