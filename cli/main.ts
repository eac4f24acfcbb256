// The command `tushare-sync`: runs one command line and exits with the documented exit code.
import { exitCodes } from "./failure.ts";
import { isReaderGone, runLine } from "./run-line.ts";

process.stdout.on("error", (error) => {
  if (!isReaderGone(error)) throw error;
});
process.exitCode = await runLine(process.argv.slice(2), {
  environment: process.env,
  out: process.stdout,
  error: process.stderr,
  stop: stopSignal,
});
process.disconnect?.();

/** The first Ctrl-C lets a command clean up, the second one ends it at once. */
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
