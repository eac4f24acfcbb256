// The command `tushare-sync`: runs one command line and exits with the documented exit code.
import { withSettings } from "../local/settings-file.ts";
import type { Command } from "./command.ts";
import { exitCodes } from "./failure.ts";
import { messagesFor } from "./messages/choose.ts";
import { isReaderGone, runLine } from "./run-line.ts";

/** Cleaning up takes milliseconds; an answer that nobody sends would be awaited for a minute. */
const cleanUpMilliseconds = 900;

process.stdout.on("error", (error) => {
  if (!isReaderGone(error)) throw error;
});
const environment = readEnvironment();
process.exitCode =
  environment === undefined
    ? exitCodes.usage
    : await runLine(process.argv.slice(2), {
        environment,
        out: process.stdout,
        error: process.stderr,
        stop: stopSignal,
      });
process.disconnect?.();

/** Undefined, after saying why, when the file that `setup` wrote cannot be used. */
function readEnvironment(): Readonly<Record<string, string | undefined>> | undefined {
  try {
    return withSettings(process.env);
  } catch (error) {
    const message = messagesFor(process.env).said(error instanceof Error ? error.message : String(error));
    const isJson = process.argv.includes("--json");
    console.error(isJson ? JSON.stringify({ error: { exitCode: exitCodes.usage, message } }) : message);
    return undefined;
  }
}

/** The first Ctrl-C lets a command clean up, for less than a second; the second one ends it at once. */
function stopSignal({ endsSlowly }: Pick<Command, "endsSlowly">): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      controller.abort();
      if (endsSlowly) return;
      setTimeout(() => {
        console.error(messagesFor(process.env).query.interrupted);
        process.exit(exitCodes.interrupted);
      }, cleanUpMilliseconds).unref();
    });
  }
  return controller.signal;
}
