// The CDK command line as `deploy` and `destroy` call it: options to context, and one place that starts it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { InferredOptionTypes, Options } from "yargs";
import { settingTable } from "../shared/settings.ts";
import { slotSeconds } from "../shared/slot.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";

const root = join(import.meta.dirname, "..");

/** What a deployment may be given; the same again to `destroy`. What the values may be, the app says at synth. */
export function deployOptions(t: Messages) {
  return {
    stage: { type: "string", describe: t.deploy.stageOption },
    tier: { type: "number", describe: t.deploy.tierOption },
    slots: { type: "number", describe: t.deploy.slotsOption },
    egress: {
      type: "string",
      choices: ["instance", "gateway", "none"] as const,
      describe: t.deploy.egressOption,
    },
    reserve: { type: "boolean", default: true, describe: t.deploy.reserveOption },
    schedules: { type: "string", describe: t.deploy.schedulesOption },
    "alarm-email": { type: "string", describe: t.deploy.alarmEmailOption },
    context: { alias: "c", type: "string", array: true, describe: t.deploy.contextOption },
    yes: { alias: "y", type: "boolean", default: false, describe: t.deploy.yesOption },
  } as const satisfies Record<string, Options>;
}

export type DeployValues = InferredOptionTypes<ReturnType<typeof deployOptions>>;

/** As infra/app.ts names it. */
export function stackName(stage: string | undefined): string {
  return stage === undefined ? "TushareSync" : `TushareSync-${stage}`;
}

/** Context for the app, by its key. Given last wins: --context says what no option of ours does. */
export function contextOf(values: DeployValues, t: Messages): Record<string, string> {
  const { stage, tier, slots, egress, reserve, schedules } = values;
  for (const [name, value] of Object.entries({ "--tier": tier, "--slots": slots })) {
    if (value !== undefined && !Number.isInteger(value)) {
      throw new CommandError(exitCodes.usage, t.usage.notANumber(name));
    }
  }
  const email = values["alarm-email"];
  const context: Record<string, string> = {
    ...(stage !== undefined && { stage }),
    ...(tier !== undefined && {
      callsAMinute: String(tier),
      tushareMinInterval: String(intervalFor(tier, slots ?? settingTable.WORKER_SLOTS.default)),
    }),
    ...(slots !== undefined && { slots: String(slots) }),
    ...(egress !== undefined && { egress }),
    ...(!reserve && { reserveConcurrency: "false" }),
    ...(schedules !== undefined && { schedules }),
    ...(email !== undefined && { alarmEmail: email }),
  };
  for (const text of values.context ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new CommandError(exitCodes.usage, t.deploy.badContext(text));
    }
    context[key] = value;
  }
  return context;
}

/** Calls may bunch on their way (shared/slot.ts), and a tenth is left for a person's own calls. */
const shareUsed = 0.9;

/** The least seconds between two calls, in hundredths, with which all slots together stay within a tier. */
export function intervalFor(callsAMinute: number, slots: number): number {
  const callsOfASlot = Math.floor((callsAMinute * shareUsed) / slots) - 2;
  const held = callsOfASlot > 0 ? 60 / (callsOfASlot + 1) : (120 * slots) / (callsAMinute * shareUsed);
  return (Math.floor((held / slotSeconds(slots, 1)) * 100) + 1) / 100;
}

export function cdkArguments(
  action: "diff" | "deploy" | "destroy",
  stack: string,
  context: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): string[] {
  const given = Object.entries(context).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  return [action, stack, ...flags, ...given];
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
