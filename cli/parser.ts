// The yargs parser, built from the commands' data.
import yargs, { type FallbackCompletionFunction, type Options } from "yargs";
import manifest from "../package.json" with { type: "json" };
import type { Command, OptionSpec } from "./command.ts";
import { allCommands, commandsFor } from "./commands.ts";
import { suggestedWords } from "./completion.ts";
import { exitCodes } from "./failure.ts";
import { idleOption } from "./idle-options.ts";
import { checkLine, forYargs, LineError, wordsOf } from "./line.ts";
import type { Messages } from "./messages/en.ts";

export type Globals = {
  readonly stack: string | undefined;
  readonly region: string | undefined;
  readonly dataDir: string | undefined;
};

/** A parse error: one sentence, and where to find help. */
export class ParseError extends Error {
  override readonly name = "ParseError";
}

type Perform = (command: Command, globals: Globals, values: Record<string, unknown>) => Promise<number>;

const helpColumns = 100;

/** Parses a line, runs its command and resolves with the exit code. @throws ParseError */
export function makeParser(t: Messages, perform: Perform): (argv: readonly string[]) => Promise<number> {
  return async (argv) => {
    let performed: Promise<number> | undefined;
    const commands = await commandsFor(argv[0], t);
    const parser = describe(commands, t, (command, values) => {
      const { stack, region } = values as { stack?: string; region?: string };
      const dataDir = values["data-dir"] as string | undefined;
      const idle = idleOption(command.usage.split(" ")[0] ?? "", values, argv);
      performed =
        idle === undefined
          ? perform(command, { stack, region, dataDir }, values)
          : Promise.reject(new ParseError(`${t.said(idle)}; ${whereHelpIs(argv, commands, t)}`));
      performed.catch(() => undefined); // awaited below, after yargs has returned
    });
    await parser.parseAsync([...readLine(argv, commands, t)]);
    return performed === undefined ? exitCodes.done : await performed;
  };
}

function readLine(argv: readonly string[], commands: readonly Command[], t: Messages): readonly string[] {
  try {
    return checkLine(argv, commands, globalOptions(t));
  } catch (error) {
    if (error instanceof LineError)
      throw new ParseError(`${t.said(error.message)}; ${whereHelpIs(argv, commands, t)}`);
    throw error;
  }
}

/** The help of the command that was named, else the one of all. */
function whereHelpIs([first]: readonly string[], commands: readonly Command[], t: Messages): string {
  const isCommand = first !== undefined && commands.some(({ usage }) => usage.split(" ")[0] === first);
  return isCommand ? t.usage.seeHelpOf(first) : t.usage.seeHelp;
}

function globalOptions(t: Messages) {
  return {
    stack: { type: "string", describe: t.program.stackOption, requiresArg: true },
    region: { type: "string", describe: t.program.regionOption, requiresArg: true },
    "data-dir": { type: "string", describe: t.program.dataDirOption, requiresArg: true },
    json: { type: "boolean", default: false, describe: t.program.jsonOption },
  } as const satisfies Record<string, OptionSpec>;
}

/** The printed help of one command, or of all. */
export async function helpOf(t: Messages, words: readonly string[]): Promise<string> {
  const parser = describe(await allCommands(t), t, () => undefined);
  return await new Promise((resolve, reject) => {
    void parser.parse([...words, "--help"], (error: Error | null | undefined, _: unknown, text: string) =>
      error ? reject(error) : resolve(text),
    );
  });
}

function describe(
  commands: readonly Command[],
  t: Messages,
  take: (command: Command, values: Record<string, unknown>) => void,
) {
  const parser = yargs()
    .scriptName("tushare-sync")
    .locale(t.yargsLocale)
    .updateStrings({
      // as: the library's types lack texts with a singular and a plural.
      "Not enough non-option arguments: got %s, need at least %s": {
        one: t.usage.tooFewWords,
        other: t.usage.tooFewWords,
      } as unknown as string,
    })
    .usage(`$0 <command>\n\n${t.program.about}`)
    .options(globalOptions(t))
    .example("$0 plan DAILY_HISTORY --from 20240101", t.program.examplePlan)
    .example("$0 status --watch", t.program.exampleStatus)
    .epilogue(t.program.exitCodes)
    .completion("completion", t.program.completion, moreThanDefault(commands))
    .version(manifest.version)
    .help()
    .strict()
    .demandCommand(1, t.usage.noCommand)
    .wrap(helpColumns)
    .parserConfiguration({ "camel-case-expansion": false, "duplicate-arguments-array": true })
    .exitProcess(false)
    .fail((message: string | null, error) => {
      // yargs reports its own errors as an error or only as a message; other errors are ours.
      if (error && error.name !== "YError") throw error;
      const lines = (message ?? error?.message ?? "").split("\n").map((line) => line.trim());
      throw new ParseError(`${lines.filter((line) => line !== "").join(" ")}; ${t.usage.seeHelp}`);
    });
  for (const command of commands) {
    parser.command(
      command.usage,
      command.about,
      (one) => {
        const words = wordsOf(command.usage);
        for (const [name, option] of Object.entries(command.options)) {
          if (words.includes(name)) one.positional(name, asPositional(option));
          else one.option(name, { ...forYargs(option), requiresArg: option.type !== "boolean" });
        }
        for (const [line, about] of command.examples) one.example(`$0 ${line}`, about);
        return one;
      },
      (values) => take(command, values as Record<string, unknown>),
    );
  }
  return parser;
}

/** yargs' own completion, and the words that a command takes among others. */
function moreThanDefault(commands: readonly Command[]): FallbackCompletionFunction {
  return (_current, line, byDefault, done) => {
    const { _: words } = line as { readonly _: readonly (string | number)[] };
    const more = suggestedWords(commands, words.slice(1).map(String));
    byDefault((_error, found) => done([...more, ...(found ?? [])]));
  };
}

function asPositional({ type, choices, describe }: Options) {
  return {
    ...(type === "string" && { type: "string" as const }),
    ...(choices !== undefined && { choices }),
    ...(describe !== undefined && { describe }),
  };
}
