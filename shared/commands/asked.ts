// Separates a task's command from what its plan added, and compares commands.

import type { Day } from "../catalogue/dates.ts";
import { runOptions } from "../catalogue/jobs.ts";
import type { Nothing } from "../catalogue/nothing.ts";
import { parseCommand, type RunCommand } from "./command.ts";

/** What a plan adds to the command of its task. */
export type Planned = {
  /** The planned days, where the plan is by day. */
  readonly planned?: { readonly from: Day; readonly to: Day };
  /** Why the plan has no unit. */
  readonly nothing?: Nothing;
};

/** Splits a task's config into its original command and what its plan added. */
export function splitConfig(config: string): { asked: Readonly<Record<string, unknown>>; plan: Planned } {
  const { planned, nothing, ...asked } = JSON.parse(config) as Planned & Record<string, unknown>;
  return { asked, plan: { ...(planned && { planned }), ...(nothing && { nothing }) } };
}

/** The command that opened a task. @throws SyncError permanent when the config is not a command */
export function askedOf(config: string): RunCommand {
  return parseCommand(splitConfig(config).asked) as RunCommand;
}

/** Whether a task was opened by an equal command; request keys and the order of codes do not count. */
export function answersTo(config: string, command: RunCommand): boolean {
  return essenceOf(splitConfig(config).asked) === essenceOf(command);
}

/** Options of which false equals none. */
const isSwitch: ReadonlySet<string> = new Set(["refresh", "acceptChanges"]);

/** A normal form for comparison: `refresh: false` equals no refresh, and a list of codes is a set. */
function essenceOf(command: Readonly<Record<string, unknown>>): string {
  const fields = runOptions.map((option) => {
    const value = command[option];
    return Array.isArray(value) ? [...new Set(value)].sort() : isSwitch.has(option) ? value === true : value;
  });
  return JSON.stringify([command.job, command.compares, command.repairs, ...fields]);
}
