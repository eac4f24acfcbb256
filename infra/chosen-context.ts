// Where the app's context comes from: what is said now, over what was chosen for the stack at earlier deployments, over
// what cdk.json says for every stack.
import { isDeepStrictEqual } from "node:util";
import { type Chosen, chosenFile, isKept, layOver, sourceKey } from "../shared/catalogue/chosen-context.ts";
import { contextKeys, sayUnknown } from "./context.ts";
import { readDeployment, root } from "./deployment-file.ts";

const keptKeys = contextKeys.filter(isKept);

export type Given = {
  readonly stack: string;
  /** By key: the command line's over cdk.json's, which cannot be told apart. */
  readonly look: (key: string) => unknown;
  /** All keys that are given, those of the library and of other apps among them. */
  readonly keys: readonly string[];
  /** The "context" of cdk.json. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly file: Chosen | undefined;
  /** Where the CDK is about to deploy to, as far as it knows. */
  readonly account: string | undefined;
  readonly region: string | undefined;
};

export type Choice = {
  readonly look: (key: string) => unknown;
  /** What the stack is to remember. */
  readonly chosen: Readonly<Record<string, unknown>>;
  /** Why this may be looked at and not deployed. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
};

/**
 * Reads the choice from where the key `chosen` says. `file`, which is what cdk.json says: the stack's file, which has to
 * be there, and to be right, where there is an account to deploy to. `file-if-any`: as that, to be looked at and not
 * deployed (`npm run synth`). A list of keys: these are the chosen ones, their values are given, and no file is read; so
 * the deploy command calls. Nothing: all that is given is the choice, and no file is read; so the local stack and the
 * tests call.
 * @throws Error on a key that this version does not know
 */
export function chooseContext(given: Given): Choice {
  const isGiven = (key: string) => orNothing(given.look(key)) !== undefined;
  const source = given.look(sourceKey);
  if (source === "file" || source === "file-if-any") return fromFile(given, source === "file");
  const keys =
    typeof source === "string" ? source.split(",").filter((key) => key !== "") : keptKeys.filter(isGiven);
  refuseUnknown(keys, given.stack, "what was chosen");
  const chosen = Object.fromEntries(keys.map((key) => [key, given.look(key)]));
  return { look: (key) => orNothing(given.look(key)), chosen, refusals: [], warnings: [] };
}

function fromFile(given: Given, isNeeded: boolean): Choice {
  const { stack, look, keys, defaults, file, account, region } = given;
  const name = chosenFile(stack);
  const before = file?.context ?? {};
  refuseUnknown(Object.keys(before), stack, name);
  const refusals = [
    ...misspelt(keys.filter((key) => !(key in defaults))),
    ...(isNeeded ? refuse({ stack, file, account, region }) : []),
  ];
  const said: Record<string, string> = {};
  const warnings: string[] = [];
  for (const key of contextKeys) {
    const value = look(key);
    const kept = before[key];
    if (value === undefined) continue;
    // What cdk.json says is nobody's word of today; the same text said on the command line looks the same from here.
    if (!isDeepStrictEqual(value, defaults[key])) said[key] = textOf(value);
    if (!keptKeys.includes(key) || (kept ?? "") === textOf(value)) continue;
    if (key in said && file !== undefined) {
      warnings.push(
        `${key}=${textOf(value)} is for this time alone, ${name} has ${kept ?? "nothing"}; ` +
          `to keep it: npm run deploy -- --stack ${stack} -c '${key}=${textOf(value)}'`,
      );
    } else if (!(key in said) && kept !== undefined) {
      warnings.push(`${key}=${kept} of ${name} counts, not ${textOf(value)}, which cdk.json has`);
    }
  }
  const chosen = layOver(before, said);
  return {
    look: (key) => (key in said || key in before ? chosen[key] : orNothing(look(key))),
    chosen: Object.fromEntries(Object.entries(chosen).filter(([key]) => keptKeys.includes(key))),
    refusals,
    warnings,
  };
}

/** Words of a person that nobody would read. What libraries are told has a colon, a slash or a hyphen in its name. */
function misspelt(keys: readonly string[]): string[] {
  return keys
    .filter((key) => /^[a-zA-Z]+$/.test(key) && !contextKeys.includes(key) && key !== sourceKey)
    .map(sayUnknown);
}

function refuse({ stack, file, account, region }: Pick<Given, "stack" | "file" | "account" | "region">) {
  // Without an account nothing can be deployed, and the region is the CDK's guess.
  if (account === undefined) return [];
  const name = chosenFile(stack);
  const remedy = `npm run deploy -- --stack ${stack} --only-diff reads it from the stack`;
  if (file === undefined) {
    return [
      `there is no ${name} here, so nobody knows what was chosen for ${stack}: ${remedy}, ` +
        "and npm run deploy makes a first deployment",
    ];
  }
  const isElsewhere = (known: string | undefined, now: string | undefined) =>
    known !== undefined && now !== undefined && known !== now;
  return [
    ...(isElsewhere(file.account, account) || isElsewhere(file.region, region)
      ? [
          `${name} is of a stack in account ${file.account ?? "?"} and region ${file.region ?? "?"}, ` +
            `and this would be ${account} and ${region ?? "?"}: ${remedy}`,
        ]
      : []),
    ...(file.begun === undefined
      ? []
      : [`a deployment of ${stack} was begun and nobody saw its end: ${remedy}, as it is now`]),
  ];
}

function refuseUnknown(keys: readonly string[], stack: string, where: string): void {
  const unknown = keys.filter((key) => !keptKeys.includes(key));
  if (unknown.length === 0) return;
  throw new Error(
    `${where} for ${stack} has ${unknown.map((key) => `"${key}"`).join(" and ")}, which this version does not know; ` +
      `it knows ${keptKeys.join(", ")}. Correct it, deploy with the version that wrote it, or forget it: ` +
      `npm run deploy -- --stack ${stack} ${unknown.map((key) => `-c ${key}=`).join(" ")}`,
  );
}

/** The file of a stack. @throws Error that says how to get a good one */
export function readChosenFile(stack: string, folder = root): Chosen | undefined {
  const name = chosenFile(stack);
  const { chosen, damage } = readDeployment(folder, stack);
  if (damage === undefined) return chosen;
  throw new Error(
    `${name} is damaged (${damage}): remove it, then ` +
      `npm run deploy -- --stack ${stack} --only-diff writes it again from the stack`,
  );
}

/** A key said without a value is as if it were not there. */
function orNothing(value: unknown): unknown {
  return value === "" ? undefined : value;
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
