// Handles a request of a route: checks its fields with the route's schemas, runs the route and encodes the answer. The
// router finds the route.
import * as z from "zod/mini";
import { asSyncError, SyncError } from "../errors.ts";
import { suggestCode } from "../words/codes.ts";
import { nearest } from "../words/nearest.ts";
import { say } from "../words/say.ts";
import { descriptionOf } from "./fields.ts";
import { idempotencyKeyCharactersMax, originHeader, problemType } from "./openapi.ts";
import { type Answer, type ApiServices, badInput, type Fields, type Inputs, type Route } from "./route.ts";

export type ApiRequest = {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly idempotencyKey: string | undefined;
  /** Undefined when there is none. */
  readonly body: string | undefined;
  readonly requestId: string;
};

export type ApiResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Never throws: an error becomes an answer. */
export async function handle(route: Route, services: ApiServices, request: ApiRequest): Promise<ApiResponse> {
  try {
    const read = readInputs(route, request);
    if ("refusal" in read) return told(read.refusal, services);
    return withNext(told(await route.handle(services, read.inputs), services), route, request);
  } catch (thrown) {
    return told(trouble(services, route, thrown), services);
  }
}

/** Every answer has the header with the origin of the data, including CSV tables. */
function told(answer: Answer, { origin }: ApiServices): ApiResponse {
  return encode({ ...answer, headers: { [originHeader]: origin.kind, ...answer.headers } });
}

/** The address of the next page as a Link (RFC 8288), for clients that follow links. */
function withNext(response: ApiResponse, { at: path }: Route, request: ApiRequest): ApiResponse {
  const [, cursor] = /"next_cursor":("(?:[^"\\]|\\.)*")\}$/.exec(response.body.slice(-400)) ?? [];
  if (cursor === undefined) return response;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(request.path[name] ?? ""),
  );
  const query = new URLSearchParams(request.query);
  query.set("cursor", String(JSON.parse(cursor)));
  return { ...response, headers: { ...response.headers, link: `<${filled}?${query}>; rel="next"` } };
}

/** A database that is resuming is "unavailable", so the client may retry; an unexpected error is "internal". */
function trouble(services: ApiServices, { id }: Route, thrown: unknown): Answer {
  const error = asSyncError(thrown);
  services.log.error("request failed", { operation: id, error });
  if (thrown instanceof SyncError && thrown.kind !== "permanent") {
    return {
      status: 503,
      headers: { "retry-after": "10" },
      body: {
        error: "unavailable",
        message: say("unavailable"),
      },
    };
  }
  return {
    status: 500,
    body: { error: "internal", message: say("internal") },
  };
}

export function encode({ status, body, json, csv, headers }: Answer): ApiResponse {
  if (status >= 400) return encodeProblem(status, body as ErrorBody, headers);
  return {
    status,
    headers: {
      "content-type": csv === undefined ? "application/json" : "text/csv; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
    body: csv ?? json ?? JSON.stringify(body),
  };
}

type ErrorBody = { readonly error: string; readonly message: string };

/** The phrases of RFC 9110 for the statuses that errors have. */
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** RFC 9457. The kind of an error says no more than its status, which is what `about:blank` means. */
function encodeProblem(status: number, body: ErrorBody, headers: Answer["headers"]): ApiResponse {
  const problem = { type: "about:blank", title: titles[status] ?? body.error, status, detail: body.message };
  return {
    status,
    headers: { "content-type": problemType, "cache-control": "no-store", ...headers },
    body: JSON.stringify({ ...problem, ...body }),
  };
}

type Read = { inputs: Inputs<Fields, Fields, Fields> } | { refusal: Answer };

function readInputs(route: Route, request: ApiRequest): Read {
  const { idempotencyKey, requestId } = request;
  if (route.idempotent && idempotencyKey !== undefined && !isKey(idempotencyKey)) {
    const allowed = `1 to ${idempotencyKeyCharactersMax} printable ASCII characters`;
    return { refusal: badInput("Idempotency-Key", idempotencyKey, allowed) };
  }
  const json = route.body === undefined ? {} : parseBody(request.body);
  if (json === undefined) return { refusal: badInput("body", request.body, "a JSON object") };
  const path = check(route.path, request.path);
  const query = check(route.query, fieldsOf(request.query), route.renamed);
  const body = check(route.body, json);
  for (const each of [path, query, body]) if ("refusal" in each) return each;
  return { inputs: { ...valuesIn({ path, query, body }), idempotencyKey, requestId } };
}

type Checked = { values: Record<string, unknown> } | { refusal: Answer };

function valuesIn(checked: Record<"path" | "query" | "body", Checked>) {
  const values = Object.entries(checked).map(([place, each]) => [place, "values" in each ? each.values : {}]);
  return Object.fromEntries(values) as Pick<Inputs<Fields, Fields, Fields>, "path" | "query" | "body">;
}

const noFields: Fields = {};
const objects = new WeakMap<Fields, z.ZodMiniType<Record<string, unknown>>>();

/** Cached for each route, because zod compiles a schema when it is first used. */
function objectOf(fields: Fields): z.ZodMiniType<Record<string, unknown>> {
  const made = objects.get(fields) ?? z.strictObject({ ...fields });
  objects.set(fields, made);
  return made;
}

function check(fields: Fields = noFields, given: object, renamed: Route["renamed"] = {}): Checked {
  const parsed = z.safeParse(objectOf(fields), given);
  if (parsed.success) return { values: parsed.data };
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const [field = ""] = issue.keys;
    const allowed = fieldsAllowed(fields, renamed, field);
    const meant = Object.hasOwn(renamed, field) ? undefined : nearest(field, Object.keys(fields));
    return { refusal: badInput(field, at(given, [field]), allowed, meant) };
  }
  const path = issue?.path ?? [];
  const field = fields[String(path[0])];
  const value = at(given, path);
  const allowed = field === undefined ? "" : descriptionOf(field);
  return { refusal: badInput(path.join("."), value, allowed, suggestionFor(issue, value)) };
}

/** What was probably meant: for a code by its digits, for a choice by its spelling. */
function suggestionFor(issue: z.core.$ZodIssue | undefined, value: unknown): string | undefined {
  if (typeof value !== "string" || issue === undefined) return undefined;
  if (issue.code === "invalid_value") return nearest(value, issue.values.map(String));
  const place = issue.path.at(-1);
  const isCode = issue.path[0] === "codes" ? typeof place === "number" : place === "ts_code";
  return isCode ? suggestCode(value) : undefined;
}

/** The allowed fields, for the refusal of an unknown one. */
function fieldsAllowed(fields: Fields, renamed: NonNullable<Route["renamed"]>, field: string): string {
  const name = Object.hasOwn(renamed, field) ? renamed[field] : undefined;
  const schema = name === undefined ? undefined : fields[name];
  if (schema !== undefined) return `the field ${name} in its place, ${descriptionOf(schema)}`;
  const known = Object.keys(fields);
  return known.length === 0 ? "no field at all" : `one of the fields ${known.join(", ")}`;
}

/** Fields of a query; a field given twice becomes a list, which is then refused. */
function fieldsOf(query: URLSearchParams): object {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function parseBody(body: string | undefined): object | undefined {
  if (body === undefined || body.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, step) =>
      typeof found === "object" && found !== null ? (found as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

function isKey(text: string): boolean {
  return new RegExp(`^[!-~]{1,${idempotencyKeyCharactersMax}}$`).test(text);
}
