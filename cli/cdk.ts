// The CDK command line as `deploy` and `destroy` call it: options to context, and one place that starts it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { InferredOptionTypes } from "yargs";
import { root } from "../infra/deployment-file.ts";
import { type ChosenValues, egressWays, isKept, sourceKey } from "../shared/catalogue/chosen-context.ts";
import { settingTable } from "../shared/catalogue/settings.ts";
import { slotSeconds, slotSecondsWithin, slotsMin } from "../shared/catalogue/slot.ts";
import { stackName, stageIn, stagePattern } from "../shared/catalogue/stack.ts";
import type { OptionSpec } from "./command.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";

/** The options of `deploy`, also taken by `destroy`. infra/context.ts checks the values. */
export function deployOptions(t: Messages) {
  const { TUSHARE_CALLS_A_MINUTE: calls, WORKER_SLOTS: slots } = settingTable;
  return {
    stage: { type: "string", describe: t.deploy.stageOption },
    tier: { type: "number", kind: { least: calls.min, most: calls.max }, describe: t.deploy.tierOption },
    slots: { type: "number", kind: { least: slotsMin, most: slots.max }, describe: t.deploy.slotsOption },
    egress: { type: "string", choices: egressWays, describe: t.deploy.egressOption },
    reserve: { type: "boolean", describe: t.deploy.reserveOption },
    schedules: { type: "string", describe: t.deploy.schedulesOption },
    "alarm-email": { type: "string", describe: t.deploy.alarmEmailOption },
    context: { alias: "c", type: "string", array: true, describe: t.deploy.contextOption },
    forget: { type: "boolean", default: false, describe: t.deploy.forgetOption },
    yes: { alias: "y", type: "boolean", default: false, describe: t.deploy.yesOption },
  } as const satisfies Record<string, OptionSpec>;
}

/** Options that set a key of the context. */
const optionKeys = [
  ["slots", "slots"],
  ["egress", "egress"],
  ["reserve", "reserveConcurrency"],
  ["schedules", "schedules"],
  ["alarm-email", "alarmEmail"],
] as const;

export type DeployValues = InferredOptionTypes<ReturnType<typeof deployOptions>>;

/**
 * The stage that a command names, by --stack, --stage or -c stage=, otherwise by cdk.json.
 * @throws CommandError when two of these name different stacks, or the name cannot be one of this project
 */
export function stageOf(
  values: Pick<DeployValues, "stage" | "context">,
  stack: string | undefined,
  defaults: Readonly<Record<string, unknown>>,
  t: Messages,
): string | undefined {
  const named = stack === undefined ? undefined : stageIn(stack);
  if (stack !== undefined && named === undefined) {
    throw new CommandError(exitCodes.usage, t.deploy.noSuchName(stack));
  }
  const inContext = values.context?.findLast((text) => text.startsWith("stage="))?.slice("stage=".length);
  const said = [named, values.stage, inContext].filter((stage) => stage !== undefined);
  const stages = said.map((stage) => stage || undefined);
  const [first] = stages;
  const other = stages.find((stage) => stage !== first);
  if (new Set(stages).size > 1) {
    throw new CommandError(exitCodes.usage, t.deploy.twoStacks(stackName(first), stackName(other)));
  }
  const stage = stages.length > 0 ? first : textOrNothing(defaults.stage);
  if (stage !== undefined && !stagePattern.test(stage)) {
    throw new CommandError(exitCodes.usage, t.deploy.badStage(stage));
  }
  return stage;
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The context values of a command, by key; an empty value removes the key. --context overrides the other options.
 * `before` has the values of earlier deployments: a tier's interval is computed from the number of slots.
 */
export function contextOf(values: DeployValues, t: Messages, before: ChosenValues = {}): ChosenValues {
  const { tier, slots } = values;
  const context: Record<string, string> = {};
  if (tier !== undefined) {
    context.callsAMinute = String(tier);
    context.tushareMinInterval = String(intervalFor(tier, slots ?? slotsOf(before)));
  }
  for (const [option, key] of optionKeys) {
    if (values[option] !== undefined) context[key] = String(values[option]);
  }
  for (const text of values.context ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new CommandError(exitCodes.usage, t.deploy.badContext(text));
    }
    if (key !== "stage") context[key] = value;
  }
  return context;
}

/**
 * Refuses values early that the app would refuse later, after the account was checked.
 * @throws CommandError usage, with a line for each bad key or value
 */
export async function checkContext(context: ChosenValues, t: Messages): Promise<void> {
  const { refuseContext } = await import("../infra/context.ts"); // imported here, so that other commands start faster
  const wrong = refuseContext(
    Object.fromEntries(Object.entries(context).filter(([, value]) => value !== "")),
  );
  if (wrong.length > 0) throw new CommandError(exitCodes.usage, wrong.map(t.said).join("\n"));
}

/** The number of slots in a context. The app refuses bad values. */
export function slotsOf(context: Readonly<Record<string, unknown>>): number {
  const slots = Number(context.slots);
  return Number.isInteger(slots) && slots > 0 ? slots : settingTable.WORKER_SLOTS.default;
}

/** The number of slots that a context reserves from the account's concurrency. */
export function reservedSlots(context: Readonly<Record<string, unknown>>): number {
  return String(context.reserveConcurrency ?? true) === "true" ? slotsOf(context) : 0;
}

/** Leaves room for calls that arrive bunched (shared/catalogue/slot.ts), and a tenth for a person's own calls. */
const shareUsed = 0.9;

/** The shortest interval between two calls that keeps all slots together within a tier: seconds, in steps of 0.01. */
export function intervalFor(callsAMinute: number, slots: number): number {
  const held = slotSecondsWithin(callsAMinute * shareUsed, slots);
  return (Math.floor((held / slotSeconds(slots, 1)) * 100) + 1) / 100;
}

/** The arguments for the CDK: values that the stack stores, and values for this command only. */
export function cdkArguments(
  action: "diff" | "deploy" | "destroy",
  stack: string,
  context: ChosenValues,
  ...flags: readonly string[]
): string[] {
  const all = {
    stage: stageIn(stack) ?? "",
    ...context,
    [sourceKey]: Object.keys(keptOf(context)).join(","),
  };
  return [
    action,
    stack,
    ...flags,
    ...Object.entries(all).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ];
}

/** The values of a context that later deployments reuse. */
export function keptOf(context: ChosenValues): ChosenValues {
  return Object.fromEntries(Object.entries(context).filter(([key]) => isKept(key)));
}

export type RunCdk = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
) => Promise<number>;

/** Runs it with this terminal, and resolves with its exit code. */
export const runCdk: RunCdk = async (args, environment) => {
  const { TUSHARE_TOKEN: _, ...rest } = environment; // a deployed token is in its secret, and in no template
  const child = spawn(process.execPath, [join(root, "node_modules", ".bin", "cdk"), ...args], {
    cwd: root,
    stdio: "inherit",
    env: rest,
  });
  return await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
};

/** The SDK and the CDK both take the region from here. */
export function withRegion(
  environment: Readonly<Record<string, string | undefined>>,
  region: string | undefined,
): Record<string, string | undefined> {
  return region === undefined
    ? { ...environment }
    : { ...environment, AWS_REGION: region, AWS_DEFAULT_REGION: region, CDK_DEFAULT_REGION: region };
}
