// A typed client of the HTTP API, for Node, Deno and Bun: a function for each operation. It needs no package:
// this folder can be copied into another project.
import { type Operations, operations, type Problem } from "./operations.ts";

export type OperationId = keyof Operations;

export type ClientOptions = {
  /** Where the API is: `npx tushare-sync connect` prints it; the output `ApiUrl` of a deployed stack. */
  readonly url: string;
  /** Sends the requests. For a deployed API, one that signs them. The default gives up after 35 seconds. */
  readonly fetch?: Send;
};

/** What is needed of `fetch`. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

export type CallOptions<Id extends OperationId = OperationId> = {
  readonly signal?: AbortSignal;
} & (Operations[Id]["takesKey"] extends true
  ? {
      /** A start that comes again with the same key starts nothing twice, and gets the same task. */
      readonly idempotencyKey?: string;
    }
  : unknown);

type Input<Id extends OperationId> = Operations[Id]["input"];

/** Operations with a required field cannot be called without an input. */
type Call<Id extends OperationId> =
  Record<never, never> extends Input<Id>
    ? (input?: Input<Id>, options?: CallOptions<Id>) => Promise<Operations[Id]["answer"]>
    : (input: Input<Id>, options?: CallOptions<Id>) => Promise<Operations[Id]["answer"]>;

/** The same question, answered as text. */
type CsvCall<Id extends OperationId> = Operations[Id]["hasCsv"] extends true
  ? (input: Input<Id> & { readonly format: "csv" }, options?: CallOptions<Id>) => Promise<string>
  : unknown;

export type Client = { readonly [Id in OperationId]: CsvCall<Id> & Call<Id> };

/** An answer that is no success. `problem` is undefined when something before the API answered. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly operation: string;
  readonly status: number;
  readonly problem: Problem | undefined;
  constructor(operation: string, status: number, problem: Problem | undefined, message: string) {
    super(message);
    this.operation = operation;
    this.status = status;
    this.problem = problem;
  }
}

/** API Gateway answers within 30 seconds. */
const defaultTimeoutMilliseconds = 35_000;

const send: Send = (url, init) => {
  const timeout = AbortSignal.timeout(defaultTimeoutMilliseconds);
  return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
};

/**
 * A function for each operation of the API, by its `operationId`. Each rejects with ApiError for an error of the API, with
 * TypeError for a missing path field, and with the error of `fetch` when there is no answer.
 */
export function makeClient({ url, fetch: sender = send }: ClientOptions): Client {
  const base = url.replace(/\/+$/, "");
  const calls = Object.entries(operations).map(([id, operation]) => [
    id,
    async (input: Fields = {}, { signal, idempotencyKey }: AnyOptions = {}) => {
      const { path, query, body } = divide(id, operation, input);
      const search = query.size === 0 ? "" : `?${query}`;
      const response = await sender(`${base}${path}${search}`, {
        method: operation.method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      });
      return await read(id, response);
    },
  ]);
  return Object.fromEntries(calls) as Client;
}

/** The pages of a list, each with its rows: `for await (const page of pages(api.listInstruments, { q: "ETF" }))`. */
export async function* pages<Given extends { cursor?: string | undefined } | undefined, Page extends Paged>(
  call: (input: Given) => Promise<Page>,
  input?: NoInfer<Given>,
): AsyncGenerator<Page, void> {
  for (let cursor: string | null | undefined = input?.cursor; cursor !== null; ) {
    const page = await call({ ...input, cursor } as Given);
    yield page;
    if (page.next_cursor === cursor) throw new Error(`the API repeats the page at the cursor ${cursor}`);
    cursor = page.next_cursor;
  }
}

type Paged = { readonly next_cursor: string | null };
type Fields = Readonly<Record<string, unknown>>;
type AnyOptions = { readonly signal?: AbortSignal; readonly idempotencyKey?: string };
type Operation = { readonly method: string; readonly at: string };

/** Each field to its place: path, query or body. Fields that are undefined are left out. */
function divide(id: string, { method, at }: Operation, input: Fields) {
  const given = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = at.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(given.get(name) ?? "");
    given.delete(name);
    // A path with "" or ".." is that of another operation.
    if (["", ".", ".."].includes(value)) throw new TypeError(`${id} needs the field ${name}`);
    return encodeURIComponent(value);
  });
  if (method !== "GET") return { path, query: new URLSearchParams(), body: Object.fromEntries(given) };
  const query = new URLSearchParams(
    [...given].map(([name, value]): [string, string] => [name, String(value)]),
  );
  return { path, query, body: undefined };
}

async function read(id: string, response: Response): Promise<unknown> {
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok) {
    const problem = problemOf(text);
    const said = problem === undefined ? "" : `: ${problem.message}`;
    throw new ApiError(id, response.status, problem, `${id}: HTTP ${response.status}${said}`);
  }
  if (type.startsWith("text/csv")) return text;
  try {
    return JSON.parse(text);
  } catch {
    const said = `${id}: HTTP ${response.status} with ${type || "no content type"} instead of JSON: is ${response.url} the API?`;
    throw new ApiError(id, response.status, undefined, said);
  }
}

/** API Gateway and proxies answer without one. */
function problemOf(text: string): Problem | undefined {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === "object" && said !== null && "error" in said && "message" in said
      ? (said as Problem)
      : undefined;
  } catch {
    return undefined;
  }
}
