// The commands of the dispatcher: their schemas, and why one is refused.
import * as z from "zod/mini";
import { type DatasetName, datasets } from "../catalogue/datasets.ts";
import { type Day, isDay } from "../catalogue/dates.ts";
import { isOfSecurities, jobTypes, notTaken, optionsOf } from "../catalogue/jobs.ts";
import { SyncError } from "../errors.ts";
import type { VerificationAsked } from "../ledger/verifications.ts";
import { readAnyCode, readCode, suggestCode } from "../words/codes.ts";
import { nearest } from "../words/nearest.ts";
import { jsonDoor, type Refusal, sayRefusal } from "../words/refusal.ts";
import { say } from "../words/say.ts";

/** Most codes in one command. */
export const codesMax = 2_000;

/** More than there have been trading days. */
export const daysMax = 10_000;

/** The datasets that can be verified: all of them. */
export const datasetNames = Object.keys(datasets) as [DatasetName, ...DatasetName[]]; // as: of the catalogue's own keys

const requestKeyCharactersMax = 200;

/** YYYYMMDD, also written YYYY-MM-DD. */
const day = z.pipe(
  z.pipe(
    z.string(),
    z.transform((text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text.replaceAll("-", "") : text)),
  ),
  z.string().check(z.refine(isDay)),
);

/** A code as people write it, converted to TuShare's format. */
const code = z.pipe(
  z.pipe(
    z.string(),
    z.transform((text: string) => readAnyCode(text) ?? text),
  ),
  z.string().check(z.refine((text) => readAnyCode(text) === text)),
);

const runSchema = z.strictObject({
  job: z.enum(jobTypes),
  /** First and last day, both included. */
  from: z.optional(day),
  to: z.optional(day),
  /** Instead of from: the last so many due open days. */
  days: z.optional(z.int().check(z.minimum(1), z.maximum(daysMax))),
  codes: z.optional(z.array(code).check(z.minLength(1), z.maxLength(codesMax))),
  /** Also fetch what is already stored. */
  refresh: z.optional(z.boolean()),
  /** Store an answer however much it changes (SYNC_REVISION_SHARE_MAX). */
  acceptChanges: z.optional(z.boolean()),
  /** Fetch finance by report period (true) or by stock (false), overriding the settings. */
  byPeriod: z.optional(z.boolean()),
  /** A verification: the answers are compared with the stored rows for it, and not stored. */
  compares: z.optional(z.uuid()),
  /** A verification: the slices in which it found a difference are fetched and stored. */
  repairs: z.optional(z.uuid()),
  /** Makes a start idempotent: a second start with the same key (a schedule's tick, a repeated request) starts nothing. */
  requestKey: z.optional(z.string().check(z.minLength(1), z.maxLength(requestKeyCharactersMax))),
});

/** What a schedule starts: the jobs of its time, one after another. A job that cannot be started does not stop the others. */
const startSchema = z.strictObject({
  start: z.array(z.enum(jobTypes)).check(z.minLength(1)),
  /** As of a run; each job's start has its own, made from this. */
  requestKey: z.string().check(z.minLength(1), z.maxLength(requestKeyCharactersMax / 2)),
});

const pauseSchema = z.strictObject({ pause: z.uuid() });
const resumeSchema = z.strictObject({
  resume: z.union([z.literal("all"), z.uuid()]),
  /** Set by the schedule that ends a quota pause; it does not end a pause by a person. */
  timed: z.optional(z.boolean()),
});
const cancelSchema = z.strictObject({ cancel: z.uuid() });
const retrySchema = z.strictObject({
  retry: z.union([z.literal("all"), z.int()]),
  /** With "all": only the failures of these jobs. */
  jobs: z.optional(z.array(z.enum(jobTypes)).check(z.minLength(1))),
});

/** Whether a dataset is whole, counted from its rows; without `from` from the first day that a task was to fetch. */
const verifySchema = z.strictObject({
  verify: z.enum(datasetNames),
  from: z.optional(day),
  to: z.optional(day),
  /** Also fetch what is missing or different. */
  repair: z.optional(z.boolean()),
  /** Compared with what TuShare has now, instead of counted. */
  upstream: z.optional(z.boolean()),
});

/** A run or a comparison to plan and price, without starting it. */
const planSchema = z.strictObject({ plan: runSchema });
const planVerifySchema = z.strictObject({ plan: verifySchema });

/** Continues a verification. */
const continueSchema = z.strictObject({ verification: z.uuid() });

/** The evening check: whether the data of the last due trading day is stored. */
const checkSchema = z.strictObject({ check: z.literal("freshness") });

/** The kind of a command is known by this field. */
const schemas = {
  job: runSchema,
  start: startSchema,
  plan: planSchema,
  pause: pauseSchema,
  resume: resumeSchema,
  cancel: cancelSchema,
  retry: retrySchema,
  check: checkSchema,
  verify: verifySchema,
  verification: continueSchema,
};

/** The allowed values of each field, for refusals. */
const allowed: Readonly<Record<string, string>> = {
  job: say("allowedChoice", { choices: jobTypes.join(", ") }),
  start: say("allowedJobs", { choices: jobTypes.join(", ") }),
  plan: say("allowedRun", { example: '{"job":"DAILY_HISTORY"}' }),
  from: say("allowedDay"),
  to: say("allowedDay"),
  days: say("allowedWhole", { least: 1, most: daysMax }),
  codes: say("allowedCodes", { most: codesMax }),
  refresh: say("allowedTruth"),
  acceptChanges: say("allowedTruth"),
  byPeriod: say("allowedTruth"),
  requestKey: say("allowedText", { most: requestKeyCharactersMax }),
  pause: say("allowedTask"),
  resume: say("allowedTaskOrAll"),
  timed: say("allowedTruth"),
  cancel: say("allowedTask"),
  retry: say("allowedFailureOrAll"),
  check: say("allowedFreshness"),
  verify: say("allowedChoice", { choices: datasetNames.join(", ") }),
  repair: say("allowedTruth"),
  upstream: say("allowedTruth"),
  compares: say("allowedVerification"),
  repairs: say("allowedVerification"),
  verification: say("allowedVerification"),
  jobs: say("allowedJobs", { choices: jobTypes.join(", ") }),
};

const example = say("forExample", {
  example: '{"job":"DAILY_HISTORY","from":"20240101","to":"20240131"} or {"retry":"all"}',
});

export type RunCommand = z.infer<typeof runSchema>;
export type StartCommand = z.infer<typeof startSchema>;
export type VerifyCommand = z.infer<typeof verifySchema>;
export type Command =
  | RunCommand
  | StartCommand
  | z.infer<typeof planSchema>
  | z.infer<typeof planVerifySchema>
  | z.infer<typeof pauseSchema>
  | z.infer<typeof resumeSchema>
  | z.infer<typeof cancelSchema>
  | z.infer<typeof retrySchema>
  | z.infer<typeof checkSchema>
  | VerifyCommand
  | z.infer<typeof continueSchema>;

/** @throws SyncError permanent, naming the field of the JSON, its value, what is allowed and an example. */
export function parseCommand(value: unknown): Command {
  const read = readCommand(value);
  if ("command" in read) return read.command;
  throw new SyncError("permanent", [sayRefusal(read.refusal, jsonDoor), example].join("; "));
}

/** What a command wants to be verified. */
export function verificationAsked({
  verify: dataset,
  from,
  to,
  repair = false,
  upstream = false,
}: VerifyCommand): VerificationAsked {
  const how = upstream ? "upstream" : "rows";
  return { dataset, ...(from && { from }), ...(to && { to }), repairs: repair, how };
}

/** A command, or why it is refused, for callers with their own wording (see Door in words/refusal.ts). */
export function readCommand(value: unknown): { command: Command } | { refusal: Refusal } {
  const verb = isObject(value) ? keysOf(schemas).find((key) => key in value) : undefined;
  if (verb === undefined) return { refusal: { why: "no command", value, fields: keysOf(schemas) } };
  const { plan } = value as { plan?: unknown };
  const schema = verb === "plan" && isObject(plan) && "verify" in plan ? planVerifySchema : schemas[verb];
  const parsed = z.safeParse(schema as z.ZodMiniType<Command>, value);
  if (!parsed.success) return { refusal: explain(value, parsed.error.issues) };
  const command = parsed.data;
  const refusal =
    "plan" in command
      ? refusalOf(command.plan, ["plan"])
      : "job" in command || "verify" in command
        ? refusalOf(command, [])
        : undefined;
  return refusal === undefined ? { command } : { refusal };
}

function refusalOf(command: RunCommand | VerifyCommand, path: readonly string[]): Refusal | undefined {
  return "verify" in command ? refusalOfVerify(command) : refusalOfRun(command, path);
}

/** Checks fields against each other, and against the options of their job. */
function refusalOfRun(command: RunCommand, path: readonly string[]): Refusal | undefined {
  const { job, from, days, codes, byPeriod } = command;
  const [option] = notTaken(job, command);
  if (option !== undefined)
    return { why: "not taken", field: option, value: command[option], job, taken: optionsOf(job) };
  const wrong = isOfSecurities(job) ? (codes ?? []).findIndex((each) => readCode(each) === undefined) : -1;
  if (wrong !== -1) return refusalOfValue(codes?.[wrong], [...path, "codes", String(wrong)]);
  if (codes !== undefined && byPeriod === true)
    return { why: "beside", field: "byPeriod", value: byPeriod, other: "codes" };
  if (from !== undefined && days !== undefined) {
    return {
      why: "both",
      fields: [
        { field: "from", value: from },
        { field: "days", value: days },
      ],
    };
  }
  return refusalOfOrder(command);
}

function refusalOfVerify(command: VerifyCommand): Refusal | undefined {
  const { verify: dataset, from, to } = command;
  if (datasets[dataset].slices !== "lists") return refusalOfOrder(command);
  const [field = "to", value] = from === undefined ? ["to", to] : ["from", from];
  if (value === undefined) return undefined;
  return { why: "not taken", field, value, job: dataset, taken: ["repair", "upstream"] };
}

function refusalOfOrder({ from, to }: { from?: Day | undefined; to?: Day | undefined }): Refusal | undefined {
  if (from === undefined || to === undefined || from <= to) return undefined;
  return {
    why: "order",
    fields: [
      { field: "from", value: from },
      { field: "to", value: to },
    ],
  };
}

function explain(value: unknown, [issue]: readonly z.core.$ZodIssue[]): Refusal {
  const path = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys") {
    const known = Object.keys(allowed);
    const [field = ""] = issue.keys;
    return { why: "unknown", field: issue.keys.join(", "), known, suggestion: nearest(field, known) };
  }
  const found = path.reduce<unknown>((at, step) => (isObject(at) ? at[String(step)] : undefined), value);
  return refusalOfValue(found, path.map(String));
}

function refusalOfValue(value: unknown, path: readonly string[]): Refusal {
  const [field = "", place] = path[0] === "plan" && path.length > 1 ? path.slice(1) : path;
  return {
    why: "value",
    field,
    path: path.join("."),
    value,
    allowed: allowed[field] ?? "",
    suggestion: typeof value === "string" ? suggestionFor(field, place, value) : undefined,
  };
}

function suggestionFor(field: string, place: string | undefined, typed: string): string | undefined {
  if (field === "codes" && place !== undefined) return suggestCode(typed);
  if (field === "verify") return nearest(typed, datasetNames);
  return field === "job" || field === "jobs" || field === "start" ? nearest(typed, jobTypes) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}
