// The settings at synth time: `npm run deploy -- -c slots=4`, or "context" in cdk.json. Read once and checked here; the
// constructs get plain values.

import * as z from "zod";
import { contextSettings, egressWays } from "../shared/catalogue/chosen-context.ts";
import { readChoice, wordsOfChoice } from "../shared/catalogue/chosen-datasets.ts";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { isSafeAddress, tushareUrl } from "../shared/catalogue/origin.ts";
import { type NumberSetting, readSettings, settingTable } from "../shared/catalogue/settings.ts";
import { slotsMin } from "../shared/catalogue/slot.ts";
import { stackName, stagePattern } from "../shared/catalogue/stack.ts";
import { languages } from "../shared/words/language.ts";
import { nearest } from "../shared/words/nearest.ts";
import { say } from "../shared/words/say-here.ts";

/** Numbers and booleans come as text from the command line, and as JSON values from cdk.json. */
const number = z.union([z.number(), z.string().trim().min(1)]).pipe(z.coerce.number());
const boolean = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

const scheduleExpression = z.string().regex(/^(cron|rate)\([^()]+\)$/);

/** Settings with a context key of their own are not among the other settings. */
const ownKeys: readonly string[] = contextSettings.map(([, name]) => name);
const settingName = z
  .string()
  .refine((name) => name.startsWith("SYNC_") && name in settingTable && !ownKeys.includes(name));
const settingValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A number that is also a setting, with the setting's default and bounds. */
function aSetting(key: string, { default: usual, min, max: most, whole }: NumberSetting, least = min) {
  const bounded = (whole ? z.int() : z.number()).min(least).max(most);
  const example = `-c ${key}=${usual}`;
  return number
    .pipe(bounded)
    .default(usual)
    .describe(say(whole ? "contextWhole" : "contextSeconds", { least, most, example }));
}

const schema = z.object({
  /** Distinguishes a second environment in one account: part of the stack's name, and used nowhere else. */
  stage: z
    .string()
    .regex(stagePattern)
    .optional()
    .describe(say("contextStage", { example: "-c stage=test" })),
  /** Concurrent executions of the worker. */
  slots: aSetting("slots", settingTable.WORKER_SLOTS, slotsMin),
  /** Seconds between two calls to one interface, over all slots together. */
  tushareMinInterval: aSetting("tushareMinInterval", settingTable.TUSHARE_MIN_INTERVAL),
  /** Calls a minute to one interface that the TuShare account's tier allows. */
  callsAMinute: aSetting("callsAMinute", settingTable.TUSHARE_CALLS_A_MINUTE),
  /** Which datasets the schedules keep up to date: sets and single datasets with commas. */
  datasets: z
    .string()
    .refine((text) => isChoice(text))
    .default(settingTable.SYNC_DATASETS.default)
    .describe(
      say("contextDatasets", { known: wordsOfChoice().join(", "), example: "-c datasets=core,index" }),
    ),
  /**
   * Whether the worker reserves its slots. A new account may have too little concurrency to reserve any. Then only the
   * event source's maximum limits the rate, and the worker must not be invoked by hand.
   */
  reserveConcurrency: boolean
    .default(true)
    .describe(say("contextTruth", { example: "-c reserveConcurrency=false" })),
  /** How the worker gets one fixed address, or none, which leaves it outside any network of ours. */
  egress: z
    .enum(egressWays)
    .default("instance")
    .describe(say("contextEgress", { example: "-c egress=gateway" })),
  /**
   * The NAT instance is made from Amazon's newest image of this day or before: no other deployment replaces it. Each
   * release sets a newer day here; a deployment may set its own.
   */
  egressImagesUntil: z.iso
    .date()
    .default("2026-11-15")
    .describe(say("contextDay", { example: "-c egressImagesUntil=2026-11-15" })),
  /** The token is sent to this address, so plain http is only for a simulated TuShare on the same machine. */
  tushareUrl: z
    .url()
    .refine(isSafeAddress)
    .default(tushareUrl)
    .describe(say("contextTushareUrl", { example: `-c tushareUrl=${tushareUrl}` })),
  /** Aurora capacity units the database may grow to; one is about 2 GiB of memory. */
  databaseMaxCapacity: number
    .pipe(z.number().min(1).max(256).multipleOf(0.5))
    .default(4)
    .describe(say("contextCapacity", { least: 1, most: 256, example: "-c databaseMaxCapacity=4" })),
  /** Whether database and network outlive the stack. Only `destroy --delete-data` sets it to false. */
  keepData: boolean.default(true).describe(say("contextTruth", { example: "-c keepData=true" })),
  /** Whether this release may be deployed over a newer release's schema. Only if the newer release's notes allow it. */
  olderRelease: boolean.default(false).describe(say("contextTruth", { example: "-c olderRelease=true" })),
  /**
   * Schedules that replace those of the catalogue, by job: expressions of EventBridge Scheduler in Asia/Shanghai, or
   * none.
   */
  schedules: z
    .preprocess(parseText, z.partialRecord(z.enum(jobTypes), z.array(scheduleExpression).max(10)))
    .default({})
    .describe(
      say("contextSchedules", {
        jobs: jobTypes.join(", "),
        example: `-c schedules='{"ETF_LIST":[],"REFERENCE":["cron(0 6 ? * MON-FRI *)"]}'`,
      }),
    ),
  /** Whether the HTTP API also answers in TuShare's protocol, for callers with a token of the stack's own. */
  tushareEndpoint: boolean
    .default(false)
    .describe(say("contextTruth", { example: "-c tushareEndpoint=true" })),
  /** Mail address for alarms; its owner must confirm the subscription. */
  alarmEmail: z
    .email()
    .optional()
    .describe(say("contextEmail", { example: "-c alarmEmail=oncall@example.com" })),
  /**
   * Name of an existing secret in Secrets Manager that holds the URL of a chat robot. Anybody with the URL can post
   * there, so it is in no template.
   */
  alarmWebhookSecret: z
    .string()
    .regex(/^[\w/+=.@-]{1,200}$/)
    .optional()
    .describe(say("contextSecret", { example: "-c alarmWebhookSecret=tushare/alarm-webhook" })),
  /** Language of alarms, in mails and chats. */
  alarmLanguage: z
    .enum(languages)
    .default("en")
    .describe(say("contextLanguage", { example: "-c alarmLanguage=zh" })),
  /** Whether those who get the alarms also get a line each evening: whether the day is whole, and what failed. */
  dailyDigest: boolean.default(false).describe(say("contextTruth", { example: "-c dailyDigest=true" })),
  /** URL of the runbook in alarms: one that the person on call can open, in a language they read. */
  runbookUrl: z
    .string()
    .regex(/^(https:\/\/[^\s#]{1,200}|docs\/runbook(\.zh)?\.md)$/)
    .default("docs/runbook.md")
    .describe(
      say("contextRunbook", {
        example: "-c runbookUrl=https://git.example.com/tushare-sync/docs/runbook.md",
      }),
    ),
  /** Time of day in Shanghai at which a due trading day that is not complete becomes an alarm. */
  freshnessCheckAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default("22:00")
    .describe(say("contextTime", { example: "-c freshnessCheckAt=22:00" })),
  /** Settings that the functions read from their environment, passed on unchanged. */
  settings: z
    .preprocess(parseText, z.record(settingName, settingValue))
    .default({})
    .describe(say("contextSettings", { example: `-c settings='{"SYNC_FAILURE_MAX_RETRIES":"3"}'` })),
});

export type Context = z.infer<typeof schema>;

/** Keys that are settings under another name. */
export type SettingKey = (typeof contextSettings)[number][0];

/** Those keys as the functions read them. */
export function settingsIn(context: Pick<Context, SettingKey>): Record<string, string> {
  return Object.fromEntries(contextSettings.map(([key, name]) => [name, String(context[key])]));
}

export const contextKeys: readonly string[] = Object.keys(schema.shape);

/** The stack of a stage. @throws Error when the stage cannot be part of a name */
export function stackNameOf(stage: unknown): string {
  const read = schema.shape.stage.safeParse(stage === "" ? undefined : stage);
  if (!read.success) throw new Error(complain("stage", stage));
  return stackName(read.data);
}

/**
 * The context, checked, with its defaults.
 * @throws Error that names each wrong value, what is allowed and an example.
 */
export function readContext(look: (key: string) => unknown): Context {
  const given = Object.fromEntries(contextKeys.map((key) => [key, look(key)]));
  const read = schema.safeParse(given);
  if (read.success) {
    readSettings(read.data.settings);
    return read.data;
  }
  throw new Error(complaints(read.error, given).join("\n"));
}

/** The errors in a context, one sentence each: an unknown key, or a value that is not allowed. */
export function refuseContext(given: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(given).filter((key) => !contextKeys.includes(key));
  const { error } = schema.safeParse(given);
  return [...unknown.map(sayUnknown), ...(error === undefined ? [] : complaints(error, given))];
}

/** The error for an unknown key. */
export function sayUnknown(key: string): string {
  const suggestion = nearest(key, contextKeys);
  const sentence = say("contextUnknown", { key, known: contextKeys.join(", ") });
  return suggestion === undefined ? sentence : `${sentence}; ${say("didYouMean", { suggestion })}`;
}

function complaints({ issues }: z.ZodError, given: Readonly<Record<string, unknown>>): string[] {
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  return [...wrong].map((key) => complain(key, given[key]));
}

function complain(key: string, value: unknown): string {
  const allowed = Object.entries(schema.shape).find(([name]) => name === key)?.[1].description ?? "";
  return say("contextIs", { key, value: JSON.stringify(value), allowed });
}

function isChoice(text: string): boolean {
  try {
    readChoice(text, settingTable.TUSHARE_CALLS_A_MINUTE.default);
    return true;
  } catch {
    return false;
  }
}

/** The command line can only give an object as JSON text. Text that is not JSON stays text, and is refused later. */
function parseText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
