// The command `tushare-sync`: reads the line, runs the one command, and turns what happens into the documented exit code.
import { join } from "node:path";
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

process.stdout.on("error", (error) => {
  if (!isReaderGone(error)) throw error;
});
process.exitCode = await main(process.argv.slice(2));
process.disconnect?.();

async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  const output = makeOutput({ out: process.stdout, error: process.stderr }, json);
  const t = messagesFor(process.env);
  const parser = makeParser(t, async (command, globals, values) => {
    const { stack, region } = globals;
    const dataDir = globals.dataDir ?? defaultDataDir;
    const session: Session = {
      ...{ t, json, output, stack, region, dataDir },
      environment: process.env,
      stop: stopSignal(),
      target: async () =>
        stack === undefined
          ? localTarget(dataDir, { wantsReal: globals.dataDir === undefined && hasToken(process.env) }, t)
          : await deployedTarget(stack, region, t),
    };
    return await command.run(session, values as never);
  });
  try {
    return await parser(argv);
  } catch (error) {
    return isReaderGone(error) ? exitCodes.done : report(error, json, t);
  }
}

function hasToken({ TUSHARE_TOKEN }: NodeJS.ProcessEnv): boolean {
  return TUSHARE_TOKEN !== undefined && TUSHARE_TOKEN.trim() !== "";
}

/** A reader such as head has seen enough. What was begun for it is ended first: a transaction would keep others waiting. */
function isReaderGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

function report(error: unknown, json: boolean, t: Messages): number {
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
  if (json) process.stderr.write(`${JSON.stringify({ error: { exitCode, message, details } })}\n`);
  else process.stderr.write(`${message}\n`);
  return exitCode;
}

/** The first Ctrl-C lets a command end well, a second one ends it at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}
