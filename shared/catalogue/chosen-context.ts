// The context keys and values that a person chose for a deployed stack. They are stored in an output of the stack. A file
// beside cdk.json has a copy, which the CDK app reads.
import * as z from "zod/mini";
import type { Settings } from "./settings.ts";

/** The output of the stack that holds the choice. */
export const chosenOutput = "ChosenContext";

/** The context key that says where the choice comes from (infra/chosen-context.ts has its values). */
export const sourceKey = "chosen";

/** Not stored: the stage is in the stack's name, and the other two are permissions for one deployment only. */
const neverKept = ["stage", "keepData", "olderRelease"];

/** Whether a context key is stored for later deployments. */
export function isKept(key: string): boolean {
  return !neverKept.includes(key);
}

/** How the workers get one fixed address: a NAT instance, a NAT gateway, or none. */
export const egressWays = ["instance", "gateway", "none"] as const;
export type EgressWay = (typeof egressWays)[number];

/** Context keys that are settings under another name. */
export const contextSettings = [
  ["slots", "WORKER_SLOTS"],
  ["tushareMinInterval", "TUSHARE_MIN_INTERVAL"],
  ["callsAMinute", "TUSHARE_CALLS_A_MINUTE"],
  ["datasets", "SYNC_DATASETS"],
] as const satisfies readonly (readonly [string, keyof Settings])[];

/** Values as the command line gives them: an object is JSON text. */
export type ChosenValues = Readonly<Record<string, string>>;

export type Chosen = {
  /** Where the stack is, so that the file is not used for a stack in another account. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly context: ChosenValues;
  /** Context of a deployment that was started and whose result is not known. */
  readonly begun?: ChosenValues | undefined;
};

/** One file for each stage: the stage is part of the stack's name. */
export function chosenFile(stack: string): string {
  return `deployment.${stack}.json`;
}

const value = z.pipe(
  z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  z.transform((given) => (typeof given === "object" ? JSON.stringify(given) : String(given))),
);
const values = z.record(z.string(), value);

const schema = z.object({
  account: z.optional(z.string()),
  region: z.optional(z.string()),
  context: values,
  begun: z.optional(values),
});

/** The file's text. @throws Error that says what is wrong with it */
export function readChosen(text: string): Chosen {
  const parsed = z.safeParse(schema, JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
  throw new Error(`${path.join(".") || "it"}: ${message}`);
}

/** The values in the stack's output; undefined when the text cannot be read. */
export function readChosenValues(text: string | undefined): ChosenValues | undefined {
  try {
    const parsed = z.safeParse(values, JSON.parse(text ?? ""));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Merges the values given now over the stored ones; an empty value removes its key. */
export function layOver(before: ChosenValues, said: ChosenValues): ChosenValues {
  return Object.fromEntries(Object.entries({ ...before, ...said }).filter(([, text]) => text !== ""));
}
