// A command: its arguments and options as data, and the function that runs it.
import type { InferredOptionTypes, Options } from "yargs";
import { pageMax } from "../shared/reads/progress.ts";
import type { Messages } from "./messages/en.ts";
import type { Output } from "./output.ts";
import type { Target } from "./target.ts";

/** Passed to every command. */
export type Session = {
  readonly t: Messages;
  readonly json: boolean;
  readonly output: Output;
  /** Name of a deployed stack; undefined for the local one. */
  readonly stack: string | undefined;
  readonly region: string | undefined;
  readonly dataDir: string;
  /** The same, where the line names it. */
  readonly namedDataDir?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /** Where commands are sent. @throws CommandError saying how to get one */
  target(): Promise<Target>;
};

/** Checks of texts and numbers that yargs does not have. */
export type Kind =
  | "day"
  | "codes"
  | { readonly least: number; readonly most: number }
  | { readonly pattern: RegExp; readonly allowed: string };

/** The number of newest items to show: at most a page of the API, `usual` by default. */
export function limitOption(usual: number, describe: string) {
  return { type: "number", kind: { least: 1, most: pageMax }, default: usual, describe } as const;
}

export type OptionSpec = Options & {
  readonly kind?: Kind;
  /** Words that completion offers among others that are taken. */
  readonly suggests?: readonly string[];
};

type OptionSet = Readonly<Record<string, OptionSpec>>;

export type CommandSpec<Given extends OptionSet> = {
  /** As yargs has it: the name, then <required> and [optional] words, which are described among the options. */
  readonly usage: string;
  readonly about: string;
  readonly options: Given;
  /** Command lines without the program's name, and what they do. */
  readonly examples: readonly (readonly [string, string])[];
  /** It asks a person, or draws the screen itself: no line says that an answer is awaited. */
  readonly talks?: true;
  /** Ctrl-C leaves it time to end what runs elsewhere; other commands end within a second. */
  readonly endsSlowly?: true;
  run(session: Session, values: InferredOptionTypes<Given>): Promise<number>;
};

/** A command with any options. */
export type Command = CommandSpec<OptionSet>;

/** Types the options for `run`, and hides these types outside. */
export function command<const Given extends OptionSet>(spec: CommandSpec<Given>): Command {
  return spec as unknown as Command;
}
