// What a person chose for a deployed stack: context keys and their values. The stack itself keeps it, as an output, and a
// file beside cdk.json is a copy of that, which the CDK app reads.
import * as z from "zod/mini";
import type { Settings } from "./settings.ts";

/** The output of the stack that holds it. */
export const chosenOutput = "ChosenContext";

/** The context key that says where the choice is from (infra/chosen-context.ts has its values). */
export const sourceKey = "chosen";

/** Not remembered: the stage is in the stack's name, and what one deployment may do, later ones may not. */
const neverKept = ["stage", "keepData", "olderRelease"];

/** Whether later deployments start from a key of the context. */
export function isKept(key: string): boolean {
  return !neverKept.includes(key);
}

/** How the workers get one fixed address: a NAT instance, a NAT gateway, or not at all. */
export const egressWays = ["instance", "gateway", "none"] as const;
export type EgressWay = (typeof egressWays)[number];

/** Keys of the context that are settings under another name. */
export const contextSettings = [
  ["slots", "WORKER_SLOTS"],
  ["tushareMinInterval", "TUSHARE_MIN_INTERVAL"],
  ["callsAMinute", "TUSHARE_CALLS_A_MINUTE"],
] as const satisfies readonly (readonly [string, keyof Settings])[];

/** Values as the command line gives them: an object is JSON text. */
export type ChosenValues = Readonly<Record<string, string>>;

export type Chosen = {
  /** Where the stack is, so that the file of one account is not taken for another's. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly context: ChosenValues;
  /** With what a deployment was begun whose end nobody saw. */
  readonly begun?: ChosenValues | undefined;
};

/** One for each stage, which is part of the stack's name. */
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

/** The text of the stack's output; undefined for what is none. */
export function readChosenValues(text: string | undefined): ChosenValues | undefined {
  try {
    const parsed = z.safeParse(values, JSON.parse(text ?? ""));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What is said now laid over what was chosen before; a key said without a value is forgotten. */
export function layOver(before: ChosenValues, said: ChosenValues): ChosenValues {
  return Object.fromEntries(Object.entries({ ...before, ...said }).filter(([, text]) => text !== ""));
}
