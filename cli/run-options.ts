// The options of a run, the same for `plan` and `run`, and the command made from them.
import type { InferredOptionTypes } from "yargs";
import { jobTypes, runOptions as runOptionNames } from "../shared/catalogue/jobs.ts";
import { daysMax, type RunCommand, readCommand } from "../shared/commands/command.ts";
import { readAnyCode, splitCodes } from "../shared/words/codes.ts";
import { optionDoor, sayRefusal } from "../shared/words/refusal.ts";
import type { OptionSpec } from "./command.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";

export function runOptions(t: Messages) {
  return {
    job: { type: "string", choices: jobTypes, demandOption: true, describe: t.options.job },
    ...fieldOptions(t),
  } as const satisfies Record<string, OptionSpec>;
}

/** The options of a run in addition to its job. */
export function fieldOptions(t: Messages) {
  return {
    from: { type: "string", kind: "day", describe: t.options.from },
    to: { type: "string", kind: "day", describe: t.options.to },
    days: { type: "number", kind: { least: 1, most: daysMax }, describe: t.options.days },
    codes: { type: "string", kind: "codes", describe: t.options.codes },
    refresh: { type: "boolean", describe: t.options.refresh },
    "accept-changes": { type: "boolean", describe: t.options.acceptChanges },
    "by-period": { type: "boolean", describe: t.options.byPeriod },
  } as const satisfies Record<string, OptionSpec>;
}

type RunValues = InferredOptionTypes<ReturnType<typeof runOptions>>;

/**
 * The fields of a run in addition to its job, as the dispatcher expects them.
 * @throws CommandError usage, naming the options
 */
export function runFields(values: RunValues, t: Messages): Record<string, unknown> {
  const { job, from, to, days, codes, refresh } = values;
  const command = {
    job,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(days !== undefined && { days }),
    ...(codes !== undefined && { codes: readCodes(codes) }),
    ...(refresh !== undefined && { refresh }),
    ...(values["accept-changes"] !== undefined && { acceptChanges: values["accept-changes"] }),
    ...(values["by-period"] !== undefined && { byPeriod: values["by-period"] }),
  };
  const read = readCommand(command);
  if ("refusal" in read) {
    throw new CommandError(exitCodes.usage, t.said(sayRefusal(read.refusal, optionDoor)));
  }
  const { job: _, ...fields } = read.command as RunCommand;
  return fields;
}

export function readCodes(text: string): string[] {
  return splitCodes(text).map((code) => readAnyCode(code) ?? code);
}

/** The run as a command line. */
export function writeRun(job: string, fields: Readonly<Record<string, unknown>>): string {
  return ["tushare-sync run", job, writeFields(fields)].join(" ").trim();
}

/** The options of a run as typed on the command line. */
export function writeFields(fields: Readonly<Record<string, unknown>>): string {
  return runOptionNames
    .flatMap((name) => {
      const value = fields[name];
      if (value === undefined) return [];
      if (name === "byPeriod") return value === false ? ["--no-by-period"] : ["--by-period"];
      if (name === "acceptChanges") return value === true ? ["--accept-changes"] : [];
      if (value === true) return [`--${name}`];
      return value === false ? [] : [`--${name}`, Array.isArray(value) ? value.join(",") : String(value)];
    })
    .join(" ");
}
