// What `npm start` starts, in this process, so that one start can run several jobs. Each call of a function is refused where the
// template's role for it would refuse it.
import { join } from "node:path";
import { startEnvironment } from "../../local/environment.ts";
import { openJobs } from "../../local/job.ts";
import { readOptions } from "../../local/options.ts";
import { readAsked } from "../../local/origin.ts";
import { type Summary, summarise } from "../../local/summary.ts";
import type { Terminal } from "../../local/terminal.ts";
import { jobs as catalogue } from "../../shared/catalogue/jobs.ts";
import { guardOf } from "./roles.ts";

const silent: Terminal = {
  line() {},
  steps: () => () => {},
  progress: () => ({ update() {}, note() {}, finish() {} }),
};

export type Mirror = {
  readonly databaseUrl: string;
  /** Runs what these options ask for, as a start with them does, and answers its JSON line. */
  ask(args: readonly string[]): Promise<Summary["json"]>;
  close(): Promise<void>;
};

/** @param args of the start, with --data-dir; each job's own are given when it is run */
export async function openMirror(args: readonly string[]): Promise<Mirror> {
  const options = readOptions(args);
  const asked = await readAsked(options, process.env);
  const { signal } = new AbortController();
  const dataDir = options.dataDir ?? "";
  const { admit, refuse } = guardOf(join(dataDir, "cdk.out"));
  const begun = { ...asked, looked: true, admit };
  const environment = await startEnvironment(options, begun, dataDir, silent, signal);
  const jobs = await openJobs(environment, silent, signal);
  return {
    databaseUrl: environment.databaseUrl,
    async ask(more) {
      const own = readOptions([...args, ...more]);
      for (const job of catalogue[own.job].after) await jobs.run({ job });
      const run = await jobs.run(environment.commandFor(own));
      return (await summarise(own, environment, jobs, run)).json;
    },
    async close() {
      await jobs.close();
      await environment.close();
      await refuse();
    },
  };
}
