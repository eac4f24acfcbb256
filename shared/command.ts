// What a person or a schedule may say to the dispatcher, and what it answers.
import * as z from "zod/mini";
import { isDay } from "./dates.ts";
import { SyncError } from "./errors.ts";
import { jobTypes } from "./jobs.ts";
import { codePattern } from "./unit.ts";

/** Codes one command may name. */
export const codesMax = 2_000;

/** More than there have been trading days. */
export const daysMax = 10_000;

const requestKeyCharactersMax = 200;

/** YYYYMMDD, also written YYYY-MM-DD. */
const day = z.pipe(
  z.pipe(
    z.string(),
    z.transform((text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text.replaceAll("-", "") : text)),
  ),
  z.string().check(z.refine(isDay)),
);

const runSchema = z.strictObject({
  job: z.enum(jobTypes),
  /** First and last day, both included. */
  from: z.optional(day),
  to: z.optional(day),
  /** In place of from: the last so many open days that are due. */
  days: z.optional(z.int().check(z.minimum(1), z.maximum(daysMax))),
  codes: z.optional(
    z.array(z.string().check(z.regex(codePattern))).check(z.minLength(1), z.maxLength(codesMax)),
  ),
  /** Fetch also what is stored. */
  refresh: z.optional(z.boolean()),
  /** false: finance by stock, though the settings would have it by report period. */
  byPeriod: z.optional(z.boolean()),
  /** A start that comes again under the same key (a schedule's tick, a repeated request) starts nothing twice. */
  requestKey: z.optional(z.string().check(z.minLength(1), z.maxLength(requestKeyCharactersMax))),
});

const pauseSchema = z.strictObject({ pause: z.uuid() });
const resumeSchema = z.strictObject({
  resume: z.union([z.literal("all"), z.uuid()]),
  /** Said by the schedule that ends a quota pause; it leaves a person's pause alone. */
  timed: z.optional(z.boolean()),
});
const cancelSchema = z.strictObject({ cancel: z.uuid() });
const retrySchema = z.strictObject({
  retry: z.union([z.literal("all"), z.int()]),
  /** With "all": only the failures of these jobs. */
  jobs: z.optional(z.array(z.enum(jobTypes)).check(z.minLength(1))),
});

/** A run to be planned and priced, and not started. */
const planSchema = z.strictObject({ plan: runSchema });

/** The evening check: is the data of the last due trading day here? */
const checkSchema = z.strictObject({ check: z.literal("freshness") });

/** A command is known by its first field. */
const schemas = {
  job: runSchema,
  plan: planSchema,
  pause: pauseSchema,
  resume: resumeSchema,
  cancel: cancelSchema,
  retry: retrySchema,
  check: checkSchema,
};

/** What each field may hold, for the person whose value was refused. */
const allowed: Readonly<Record<string, string>> = {
  job: `one of ${jobTypes.join(", ")}`,
  plan: 'a run, such as {"job":"DAILY_HISTORY"}',
  from: "a day that exists, as YYYYMMDD or YYYY-MM-DD",
  to: "a day that exists, as YYYYMMDD or YYYY-MM-DD",
  days: `a whole number from 1 to ${daysMax}`,
  codes: `a list of 1 to ${codesMax} TuShare codes such as 600519.SH`,
  refresh: "true or false",
  byPeriod: "true or false",
  requestKey: `a text of 1 to ${requestKeyCharactersMax} characters`,
  pause: "the id of a task",
  resume: 'the id of a task, or "all"',
  timed: "true or false",
  cancel: "the id of a task",
  retry: 'the number of a failure record, or "all"',
  check: '"freshness"',
  jobs: `a list of jobs, each one of ${jobTypes.join(", ")}`,
};

const example = 'for example {"job":"DAILY_HISTORY","from":"20240101","to":"20240131"} or {"retry":"all"}';

export type RunCommand = z.infer<typeof runSchema>;
export type Command =
  | RunCommand
  | z.infer<typeof planSchema>
  | z.infer<typeof pauseSchema>
  | z.infer<typeof resumeSchema>
  | z.infer<typeof cancelSchema>
  | z.infer<typeof retrySchema>
  | z.infer<typeof checkSchema>;

/** @throws SyncError permanent, naming the field, its value, what is allowed and an example. */
export function parseCommand(value: unknown): Command {
  const verb = isObject(value) ? keysOf(schemas).find((key) => key in value) : undefined;
  if (verb === undefined)
    throw refuse(
      `${show(value)} is no such command, expected one of the fields ${keysOf(schemas).join(", ")}`,
    );
  const parsed = z.safeParse(schemas[verb] as z.ZodMiniType<Command>, value);
  if (!parsed.success) throw explain(value, parsed.error.issues);
  const command = parsed.data;
  if ("job" in command) checkRange(command);
  if ("plan" in command) checkRange(command.plan);
  return command;
}

function checkRange({ from, to, days }: RunCommand): void {
  if (from !== undefined && days !== undefined) {
    throw refuse(`from is ${from} and days is ${days}: give one of them`);
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw refuse(`from is ${from}, which is after to, ${to}`);
  }
}

function explain(value: unknown, [issue]: readonly z.core.$ZodIssue[]): SyncError {
  if (issue?.code === "unrecognized_keys") {
    return refuse(`unknown field ${issue.keys.join(", ")}, expected ${Object.keys(allowed).join(", ")}`);
  }
  const path = issue?.path ?? [];
  const field = path[0] === "plan" && path.length > 1 ? path[1] : path[0];
  const found = path.reduce<unknown>((at, step) => (isObject(at) ? at[String(step)] : undefined), value);
  return refuse(`${path.join(".")} is ${show(found)}, expected ${allowed[String(field)]}`);
}

function refuse(what: string): SyncError {
  return new SyncError("permanent", `${what}; ${example}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 200);
}
