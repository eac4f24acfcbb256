// Parses a `tushare-sync` command line, runs the command, and maps the result to the documented exit code.
import { join } from "node:path";
import type { Stream } from "../local/terminal.ts";
import type { Command, Session } from "./command.ts";
import { completionScript } from "./completion.ts";
import { CommandError, exitCodes } from "./failure.ts";
import { messagesFor } from "./messages/choose.ts";
import type { Messages } from "./messages/en.ts";
import { makeOutput } from "./output.ts";
import { makeParser, ParseError } from "./parser.ts";
import { deployedTarget, localTarget } from "./target.ts";

const root = join(import.meta.dirname, "..");

/** The default data folder of `npm start`, with a subfolder for each origin. */
const defaultDataDir = join(root, ".local");

/** What a command line needs from its process. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: Stream;
  readonly error: Stream;
  /** Asked for when a command begins; aborted to end it early. @param command the one that is ended */
  stop(command: Pick<Command, "endsSlowly">): AbortSignal;
};

/** @returns the exit code; output goes to the streams */
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
      ...{ t, json, output, stack, region, dataDir, namedDataDir: globals.dataDir },
      environment,
      stop: stop(command),
      target: async () =>
        stack === undefined
          ? localTarget(dataDir, { wantsReal: globals.dataDir === undefined && hasToken(environment) }, t)
          : await deployedTarget(stack, region, t),
    };
    const waiting = command.talks ? undefined : output.wait((seconds) => t.program.waits(String(seconds)));
    try {
      return await command.run(session, values as never);
    } finally {
      waiting?.end();
    }
  });
  const script = completionScript(argv, environment);
  if (script !== undefined) {
    out.write(`${script}\n`);
    return exitCodes.done;
  }
  try {
    return await parser(argv);
  } catch (failure) {
    return isReaderGone(failure) ? exitCodes.done : report(failure, error, json, t);
  }
}

function hasToken({ TUSHARE_TOKEN }: Surroundings["environment"]): boolean {
  return TUSHARE_TOKEN !== undefined && TUSHARE_TOKEN.trim() !== "";
}

/** A reader such as head closed the pipe. Open work is ended first: a transaction would block others. */
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
  // Any other error comes from a library or the system; its message is shown as it is.
  const message = error instanceof CommandError || error instanceof ParseError ? said : t.said(said);
  const details = error instanceof CommandError ? error.details : undefined;
  if (json) stream.write(`${JSON.stringify({ error: { exitCode, message, details } })}\n`);
  else stream.write(`${message}\n`);
  return exitCode;
}
