// An operation of the HTTP API: its path, its fields, its answers, and the function that runs it. The handler, the OpenAPI
// description and the documentation all use this data.
import type * as z from "zod/mini";
import type { Origin } from "../catalogue/origin.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { Clock, Database, Dispatcher, Log } from "../ports.ts";
import { jsonDoor, type Refusal, sayRefusal } from "../words/refusal.ts";
import { say } from "../words/say.ts";
import { ErrorAnswer } from "./answers.ts";

export type ApiServices = {
  readonly database: Database;
  readonly dispatcher: Dispatcher;
  readonly origin: Origin;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
};

/** Fields by name; each has a description of its allowed values. */
export type Fields = Readonly<Record<string, z.ZodMiniType>>;
type Values<Given extends Fields> = { readonly [Name in keyof Given]: z.output<Given[Name]> };

/** Instead of a body, `json` is one that is a text already, and `csv` is a table. */
export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly json?: string;
  readonly csv?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type AnswerSpec = {
  readonly about: string;
  readonly schema: z.ZodMiniType;
  /** The answer may also be text/csv. */
  readonly csv?: true;
};

export type Inputs<Path extends Fields, Query extends Fields, Body extends Fields> = {
  readonly path: Values<Path>;
  readonly query: Values<Query>;
  readonly body: Values<Body>;
  /** The header Idempotency-Key, if the operation takes one. */
  readonly idempotencyKey: string | undefined;
  /** Unique for each request. */
  readonly requestId: string;
};

export type RouteSpec<Path extends Fields, Query extends Fields, Body extends Fields> = {
  readonly method: "GET" | "POST";
  /** The path, with its fields in braces. */
  readonly at: string;
  /** Its operationId in the description; generated clients use it as the method's name. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly about?: string;
  readonly path?: Path;
  readonly query?: Query;
  /** Old names of query fields; the refusal of an old name gives the new one. */
  readonly renamed?: Readonly<Record<string, keyof Query & string>>;
  readonly body?: Body;
  /** Takes an Idempotency-Key: a second start with the same key does nothing. */
  readonly idempotent?: true;
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  handle(services: ApiServices, inputs: Inputs<Path, Query, Body>): Promise<Answer>;
};

/** A route with any fields. */
export type Route = RouteSpec<Fields, Fields, Fields>;

export const tags = {
  Jobs: "Start what the schedules start",
  Tasks: "Follow a run, pause, resume and cancel it",
  Failures: "Why a unit did not succeed, and retries",
  Instruments: "Stocks and ETFs",
  Prices: "Daily prices and valuation",
  Finance: "Financial indicators",
  Datasets: "Every mirrored dataset, and its rows",
  Coverage: "What is stored, what is missing, and proof of it",
} as const;
export type Tag = keyof typeof tags;

/** Checks a route against the types of its own fields, and returns it as a Route. */
export function route<Path extends Fields, Query extends Fields, Body extends Fields>(
  spec: RouteSpec<Path, Query, Body>,
): Route {
  return spec as unknown as Route;
}

export function notFound(message: string): Answer {
  return { status: 404, body: { error: "not_found", message } };
}

export function conflict(message: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { status: 409, body: { error: "conflict", message, ...more } };
}

/** @param allowed the allowed values, as in the field's description */
export function badInput(field: string, value: unknown, allowed: string, suggestion?: string): Answer {
  const message = sayRefusal({ why: "value", field, path: field, value, allowed, suggestion }, jsonDoor);
  return {
    status: 400,
    body: {
      ...{ error: "bad_input", message, field, value: value ?? null, allowed },
      ...(suggestion !== undefined && { suggestion }),
    },
  };
}

/** The answer to a refused command; for two fields that exclude each other, it names one. */
export function refused(refusal: Refusal): Answer {
  switch (refusal.why) {
    case "value":
      return badInput(refusal.path, refusal.value, refusal.allowed, refusal.suggestion);
    case "not taken": {
      const { field, value, job, taken } = refusal;
      return badInput(field, value, say("allowedTaken", { job, taken: taken.join(", ") }));
    }
    case "beside": {
      const { field, value, other } = refusal;
      return badInput(field, value, say("allowedNotBeside", { other }));
    }
    case "both": {
      const [one, { field, value }] = refusal.fields;
      return badInput(field, value, say("allowedAlone", { other: one.field }));
    }
    case "order": {
      const [{ field, value }, to] = refusal.fields;
      return badInput(field, value, say("allowedNotAfter", { to: to.field, last: to.value }));
    }
    case "unknown":
      return badInput(refusal.field, undefined, refusal.known.join(", "), refusal.suggestion);
    case "no command":
      return badInput("body", refusal.value, refusal.fields.join(", "));
  }
}

/** The 404 answer of an operation. */
export const unknown = (about: string): AnswerSpec => ({ about, schema: ErrorAnswer });
