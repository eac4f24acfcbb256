// What a task was asked to do, apart from what its plan filled in, and whether two commands ask for the same.

import type { Day } from "../catalogue/dates.ts";
import { runOptions } from "../catalogue/jobs.ts";
import type { Nothing } from "../plan/nothing.ts";
import { parseCommand, type RunCommand } from "./command.ts";

/** What a plan adds to the command of its task. */
export type Planned = {
  /** The days it was planned for, where it is by day. */
  readonly planned?: { readonly from: Day; readonly to: Day };
  /** Why it has no unit. */
  readonly nothing?: Nothing;
};

/** The command of a task as it was given, and what its plan added. */
export function splitConfig(config: string): { asked: Readonly<Record<string, unknown>>; plan: Planned } {
  const { planned, nothing, ...asked } = JSON.parse(config) as Planned & Record<string, unknown>;
  return { asked, plan: { ...(planned && { planned }), ...(nothing && { nothing }) } };
}

/** The command that opened a task. @throws SyncError permanent when it is none */
export function askedOf(config: string): RunCommand {
  return parseCommand(splitConfig(config).asked) as RunCommand;
}

/** Whether a task answers to a command: its key and the order of its codes aside, they ask for the same. */
export function answersTo(config: string, command: RunCommand): boolean {
  return essenceOf(splitConfig(config).asked) === essenceOf(command);
}

/** `refresh: false` says no more than nothing; a list of codes is a set. */
function essenceOf(command: Readonly<Record<string, unknown>>): string {
  const fields = runOptions.map((option) => {
    const value = command[option];
    return Array.isArray(value) ? [...new Set(value)].sort() : option === "refresh" ? value === true : value;
  });
  return JSON.stringify([command.job, ...fields]);
}
