// The sources of the app's context, in order of precedence: given now, chosen for the stack at earlier deployments,
// cdk.json for every stack.
import { isDeepStrictEqual } from "node:util";
import { type Chosen, chosenFile, isKept, layOver, sourceKey } from "../shared/catalogue/chosen-context.ts";
import { contextKeys, sayUnknown } from "./context.ts";
import { readDeployment, root } from "./deployment-file.ts";

const keptKeys = contextKeys.filter(isKept);

export type Given = {
  readonly stack: string;
  /** The value of a key. The command line overrides cdk.json; the CDK does not say which of the two a value is from. */
  readonly look: (key: string) => unknown;
  /** All given keys, including those of the library and of other apps. */
  readonly keys: readonly string[];
  /** The "context" of cdk.json. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly file: Chosen | undefined;
  /** The account and region that the CDK deploys to, if it knows them. */
  readonly account: string | undefined;
  readonly region: string | undefined;
};

export type Choice = {
  readonly look: (key: string) => unknown;
  /** The context that the stack keeps for its next deployment. */
  readonly chosen: Readonly<Record<string, unknown>>;
  /** Reasons why this may be synthesised but not deployed. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
};

/**
 * Reads the choice from the source that the key `chosen` names. `file` (the value in cdk.json): the stack's file, which
 * must exist and be valid when there is an account to deploy to. `file-if-any`: the same, but only to synthesise (`npm
 * run synth`). A list of keys: these are chosen, with the given values, and no file is read; the deploy command uses
 * this. Absent: everything given is the choice, and no file is read; the local stack and the tests use this.
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
    // A value equal to cdk.json's does not count as given now: the same value on the command line looks the same here.
    if (!isDeepStrictEqual(value, defaults[key])) said[key] = textOf(value);
    if (!keptKeys.includes(key) || (kept ?? "") === textOf(value)) continue;
    if (key in said && file !== undefined) {
      warnings.push(
        `${key}=${textOf(value)} applies to this deployment only, ${name} has ${kept ?? "nothing"}; ` +
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

/** Unknown keys that a person gave. Keys of libraries have a colon, a slash or a hyphen in their names. */
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
      `there is no ${name} here, so the values set in earlier deployments of ${stack} are unknown: ${remedy}, ` +
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
      : [`a deployment of ${stack} was started, and its result is unknown: ${remedy}`]),
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

/** A key without a value counts as absent. */
function orNothing(value: unknown): unknown {
  return value === "" ? undefined : value;
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
