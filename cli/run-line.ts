// Reads a line of the command `tushare-sync`, runs the one command, and turns what happens into the documented exit code.
import { join } from "node:path";
import type { Stream } from "../local/terminal.ts";
import type { Session } from "./command.ts";
import { CommandError, exitCodes } from "./failure.ts";
import { messagesFor } from "./messages/choose.ts";
import type { Messages } from "./messages/en.ts";
import { makeOutput } from "./output.ts";
import { makeParser, ParseError } from "./parser.ts";
import { deployedTarget, localTarget } from "./target.ts";

const root = join(import.meta.dirname, "..");

/** Where `npm start` keeps its data when it is told nothing, in a folder for each origin. */
const defaultDataDir = join(root, ".local");

/** What a line takes from its process, and gives to it. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: Stream;
  readonly error: Stream;
  /** Asked for when a command begins; aborted to end it early. */
  stop(): AbortSignal;
};

/** @returns the exit code; what is said goes to the streams */
export async function runLine(
  argv: readonly string[],
  { environment, out, error, stop }: Surroundings,
): Promise<number> {
  const json = argv.includes("--json");
  const output = makeOutput({ out, error }, json);
  const t = messagesFor(environment);
  const parser = makeParser(t, async (command, globals, values) => {
    const { stack, region } = globals;
    const dataDir = globals.dataDir ?? defaultDataDir;
    const session: Session = {
      ...{ t, json, output, stack, region, dataDir },
      environment,
      stop: stop(),
      target: async () =>
        stack === undefined
          ? localTarget(dataDir, { wantsReal: globals.dataDir === undefined && hasToken(environment) }, t)
          : await deployedTarget(stack, region, t),
    };
    return await command.run(session, values as never);
  });
  try {
    return await parser(argv);
  } catch (failure) {
    return isReaderGone(failure) ? exitCodes.done : report(failure, error, json, t);
  }
}

function hasToken({ TUSHARE_TOKEN }: Surroundings["environment"]): boolean {
  return TUSHARE_TOKEN !== undefined && TUSHARE_TOKEN.trim() !== "";
}

/** A reader such as head has seen enough. What was begun for it is ended first: a transaction would keep others waiting. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

function report(error: unknown, stream: Stream, json: boolean, t: Messages): number {
  const exitCode =
    error instanceof CommandError
      ? error.exitCode
      : error instanceof ParseError
        ? exitCodes.usage
        : exitCodes.failed;
  const said = error instanceof Error ? error.message : String(error);
  // What is neither is said by a library or the system, in its own words.
  const message = error instanceof CommandError || error instanceof ParseError ? said : t.said(said);
  const details = error instanceof CommandError ? error.details : undefined;
  if (json) stream.write(`${JSON.stringify({ error: { exitCode, message, details } })}\n`);
  else stream.write(`${message}\n`);
  return exitCode;
}
