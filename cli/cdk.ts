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

/** What a deployment may be given; the same again to `destroy`. What other values may be, infra/context.ts says. */
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

/** Options that are a key of the context, and which. */
const optionKeys = [
  ["slots", "slots"],
  ["egress", "egress"],
  ["reserve", "reserveConcurrency"],
  ["schedules", "schedules"],
  ["alarm-email", "alarmEmail"],
] as const;

export type DeployValues = InferredOptionTypes<ReturnType<typeof deployOptions>>;

/**
 * The stage that a line is about, by whichever way it says so: --stack, --stage, -c stage=, or else cdk.json.
 * @throws CommandError when two ways name two stacks, or what is named can be none of this project
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
 * What a line says of the context, by key; no value means that the key is to be forgotten. Given last wins: --context
 * says what no option of ours does. `before` is what was chosen earlier: a tier is reckoned for the slots there are.
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
 * Refuses at the door what the app would refuse after the account was asked.
 * @throws CommandError usage, a line for each key or value that cannot be
 */
export async function checkContext(context: ChosenValues, t: Messages): Promise<void> {
  const { refuseContext } = await import("../infra/context.ts"); // only here: other commands need not wait for it
  const wrong = refuseContext(
    Object.fromEntries(Object.entries(context).filter(([, value]) => value !== "")),
  );
  if (wrong.length > 0) throw new CommandError(exitCodes.usage, wrong.map(t.said).join("\n"));
}

/** The slots that a context asks for; a value that cannot be is refused by the app. */
export function slotsOf(context: Readonly<Record<string, unknown>>): number {
  const slots = Number(context.slots);
  return Number.isInteger(slots) && slots > 0 ? slots : settingTable.WORKER_SLOTS.default;
}

/** The slots that a context takes from the account's concurrency. */
export function reservedSlots(context: Readonly<Record<string, unknown>>): number {
  return String(context.reserveConcurrency ?? true) === "true" ? slotsOf(context) : 0;
}

/** Calls may bunch on their way (shared/catalogue/slot.ts), and a tenth is left for a person's own calls. */
const shareUsed = 0.9;

/** The least seconds between two calls, in hundredths, with which all slots together stay within a tier. */
export function intervalFor(callsAMinute: number, slots: number): number {
  const held = slotSecondsWithin(callsAMinute * shareUsed, slots);
  return (Math.floor((held / slotSeconds(slots, 1)) * 100) + 1) / 100;
}

/** A line for the CDK that says everything: what the stack is to remember, and what counts this time alone. */
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

/** What of a context later deployments start from. */
export function keptOf(context: ChosenValues): ChosenValues {
  return Object.fromEntries(Object.entries(context).filter(([key]) => isKept(key)));
}

export type RunCdk = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
) => Promise<number>;

/** Runs it with this terminal, and resolves with its exit code. */
export const runCdk: RunCdk = async (args, environment) => {
  const child = spawn(process.execPath, [join(root, "node_modules", ".bin", "cdk"), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...environment },
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
