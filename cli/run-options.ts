// What a run may be given, the same for `plan` and `run`, and the command it makes.
import type { InferredOptionTypes, Options } from "yargs";
import { jobTypes } from "../shared/jobs.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";

export function runOptions(t: Messages) {
  return {
    job: { type: "string", choices: jobTypes, demandOption: true, describe: t.options.job },
    from: { type: "string", describe: t.options.from },
    to: { type: "string", describe: t.options.to },
    days: { type: "number", describe: t.options.days },
    codes: { type: "string", describe: t.options.codes },
    refresh: { type: "boolean", describe: t.options.refresh },
    "by-period": { type: "boolean", describe: t.options.byPeriod },
  } as const satisfies Record<string, Options>;
}

type RunValues = InferredOptionTypes<ReturnType<typeof runOptions>>;

/** The fields of a run beside its job. What they may hold is the stack's to say. */
export function runFields(values: RunValues, t: Messages): Record<string, unknown> {
  const { from, to, days, codes, refresh } = values;
  if (days !== undefined && !Number.isInteger(days)) {
    throw new CommandError(exitCodes.usage, t.usage.notANumber("--days"));
  }
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(days !== undefined && { days }),
    ...(codes !== undefined && { codes: readCodes(codes) }),
    ...(refresh !== undefined && { refresh }),
    ...(values["by-period"] !== undefined && { byPeriod: values["by-period"] }),
  };
}

export function readCodes(text: string): string[] {
  return text
    .split(",")
    .map((code) => code.trim().toUpperCase())
    .filter((code) => code !== "");
}

/** The same run as a person would write it. */
export function writeRun(job: string, fields: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(fields).flatMap(([name, value]) => {
    if (name === "byPeriod") return value === false ? ["--no-by-period"] : ["--by-period"];
    if (value === true) return [`--${name}`];
    return value === false ? [] : [`--${name}`, Array.isArray(value) ? value.join(",") : String(value)];
  });
  return [`tushare-sync run ${job}`, ...words].join(" ");
}
