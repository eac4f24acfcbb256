// `npm start`: runs the synthesised stack on this machine and one job to its end; then the stack stays up until Ctrl-C.
import { relative, resolve } from "node:path";
import { choiceOf, fillingJobs } from "../shared/catalogue/chosen-datasets.ts";
import { calendarDataset, type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { jobs as catalogue, type JobType } from "../shared/catalogue/jobs.ts";
import { isReal } from "../shared/catalogue/origin.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { languageOf } from "../shared/words/language.ts";
import { say } from "../shared/words/say-here.ts";
import { translate } from "../shared/words/translate.ts";
import { tryAccount } from "./account.ts";
import { takeDataDir } from "./data-dir.ts";
import { startDatabase } from "./database/database.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { discard, holdsDatabase, refuseOtherOrigin, requireOurs } from "./holding.ts";
import { introduce } from "./introduction.ts";
import { type JobRun, type Jobs, openJobs } from "./job.ts";
import { isLoopback } from "./loopback.ts";
import { exitCodeOfNoSpace, isNoSpace, NoSpaceError } from "./no-space.ts";
import { checkNpmKeptNothing, OptionError, type Options, readOptions, usageIn } from "./options.ts";
import { type Asked, dataDirOf, describeOldData, readAsked } from "./origin.ts";
import { holdsToken, withSettings } from "./settings-file.ts";
import { summarise } from "./summary.ts";
import { checkCaptured, checkDatabaseHost, checkVariables } from "./surroundings.ts";
import { makeTerminal } from "./terminal.ts";

const language = languageOf(process.env);

/** The same as the command line's exit code for a conflict. */
const inTheWayExitCode = 4;

/** The launcher starts again then; launch.mjs has the same. */
const againExitCode = 75;

/** Time of a start to close what it has opened, after Ctrl-C: the CDK alone would take ten seconds to come to its end. */
const closeMilliseconds = 900;

process.exitCode = await main().catch((error: unknown) => {
  console.error(translate(error instanceof Error ? error.message : String(error), language));
  return error instanceof OptionError ? 2 : error instanceof NoSpaceError ? exitCodeOfNoSpace : 1;
});
process.disconnect?.();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usageIn(language));
    return 0;
  }
  applySettings(options);
  checkSurroundings(options);
  const asked = await readAsked(options, process.env);
  const path = resolve(options.dataDir ?? dataDirOf(asked.origin));
  const looked = await lookFirst(options, asked, path);
  const dataDir = await takeDataDir(path);
  // Commands would look for the real mirror: those that are printed name this one.
  const isNamed = options.dataDir !== undefined || isReal(asked.origin) || !holdsToken(process.env);
  const said = isNamed ? options : { ...options, dataDir: relative("", path) };
  const stop = stopSignal();
  const again = new AbortController();
  const restart = canRestart(options) ? () => again.abort() : undefined;
  let environment: Environment | undefined;
  let isStarting = true;
  const leave = () => {
    if (!isStarting) return;
    sayStopped(dataDir.path);
    process.exit(130); // nothing is under way that the next start does not begin again
  };
  stop.signal.addEventListener("abort", () => void setTimeout(leave, closeMilliseconds).unref());
  try {
    const terminal = makeTerminal(process.stdout, language);
    if (options.discard) discard(dataDir.path);
    environment = await startEnvironment(
      options,
      { ...asked, looked },
      dataDir.path,
      terminal,
      stop.signal,
      restart,
    );
    isStarting = false;
    for (const line of introduce(said, environment, dataDir.path)) terminal.line(line);
    const { databaseHost: host } = options;
    if (host !== undefined && !isLoopback(host)) {
      const { port } = new URL(environment.databaseUrl);
      terminal.line(say("databaseIsOpen", { host, port }));
    }
    const lost = new AbortController();
    const ended = environment.lost.then((error) => {
      lost.abort(); // stops the wait for a signal
      throw error;
    });
    const run = runAndStay(
      said,
      jobsOfStart(options, asked),
      environment,
      terminal,
      AbortSignal.any([stop.signal, lost.signal, again.signal]),
    );
    const code = await Promise.race([ended, run]);
    return again.signal.aborted && !stop.signal.aborted ? againExitCode : code;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    if (again.signal.aborted) return againExitCode;
    throw isNoSpace(error) ? new NoSpaceError(dataDir.path, error) : error; // so the message names the data folder
  } finally {
    stop.closing();
    await environment?.close();
    dataDir.release();
    if (stop.signal.aborted) sayStopped(dataDir.path);
    else if (again.signal.aborted) console.error(translate(say("startsAgain"), language));
  }
}

/**
 * Whether the same line, started again, would use the settings that were written meanwhile, in a data folder of their own: nothing
 * on it or in the environment speaks against that, and there is a launcher.
 */
function canRestart({ dataDir, captured, stocks, faults, once, discard }: Options): boolean {
  const { DATABASE_URL, TUSHARE_TOKEN, TUSHARE_URL } = process.env;
  const isTrial = captured !== undefined || stocks !== undefined || faults.length > 0;
  const isFree = TUSHARE_TOKEN === undefined && TUSHARE_URL === undefined && !DATABASE_URL;
  return process.connected === true && dataDir === undefined && isFree && !isTrial && !once && !discard;
}

function sayStopped(path: string): void {
  console.error(translate(say("stopped", { path }), language));
}

function describeInTheWay({ job, taskId }: JobRun): string {
  return translate(say("pausedInTheWay", { job, id: taskId }), language);
}

/**
 * Checks data and token before the data folder is created or changed. If the folder has a database, startEnvironment
 * checks it after opening it.
 * @returns whether everything was checked
 */
async function lookFirst(options: Options, asked: Asked, path: string): Promise<boolean> {
  const databaseUrl = process.env.DATABASE_URL || undefined;
  if (options.discard) requireOurs(path, databaseUrl);
  if (options.dataDir === undefined) {
    const old = describeOldData();
    if (old !== undefined) console.error(translate(old, language));
  }
  if (databaseUrl !== undefined) {
    await startDatabase({ dataDir: undefined, databaseUrl }); // fails with a message when the server cannot be used
    await refuseOtherOrigin({ databaseUrl, dataDir: undefined }, asked.origin, options.adopt);
  } else if (holdsDatabase(path) && !options.discard) return false;
  if (asked.account !== undefined) await tryAccount(asked.account, { kept: keptDatasets() });
  return true;
}

function keptDatasets(): readonly Dataset[] {
  return choiceOf(readSettings(process.env)).datasets;
}

/**
 * The jobs of this start. An account without the right to the calendar can fetch no price: then every dataset that is kept is
 * fetched, by one job after the other.
 */
function jobsOfStart({ job, isJobNamed }: Options, { account }: Asked): JobType[] {
  const kept = keptDatasets();
  return account === undefined || isJobNamed || kept.includes(datasets[calendarDataset().name])
    ? [job]
    : fillingJobs(kept);
}

/** A line that asks for a simulated upstream has one, whoever's token the file holds. */
function applySettings({ captured, faults, stocks }: Options): void {
  const isTrial = captured !== undefined || stocks !== undefined || faults.length > 0;
  try {
    Object.assign(process.env, withSettings(process.env, { account: !isTrial }));
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

/** Checks that need nothing started. */
function checkSurroundings(options: Options): void {
  if (options.datasets !== undefined) process.env.SYNC_DATASETS = options.datasets;
  if (options.captured !== undefined) checkCaptured(options.captured, options.job);
  checkNpmKeptNothing(process.env);
  checkVariables(process.env);
  checkDatabaseHost(options.databaseHost, process.env);
}

type Ended = Pick<JobRun, "job" | "status" | "reason" | "taskId">;

/** Why a job before the last one was not completed. */
async function sayEnd(jobs: Jobs, { job, status, reason, taskId }: Ended): Promise<void> {
  const failures = await jobs.failures(taskId);
  const why = [say("jobEnded", { job, status, reason: reason ?? "" }), ...failures];
  console.error(why.map((text) => translate(text, language)).join("\n  "));
}

async function runAndStay(
  asked: Options,
  starts: readonly JobType[],
  environment: Environment,
  terminal: ReturnType<typeof makeTerminal>,
  stop: AbortSignal,
): Promise<number> {
  const jobs = await openJobs(environment, terminal, stop);
  const others = [...starts];
  const options = { ...asked, job: others.pop() ?? asked.job };
  try {
    await jobs.continueLive();
    for (const job of others) {
      const { status, reason, taskId } = await jobs.run(environment.commandFor({ ...options, job }));
      if (status !== "COMPLETED") await sayEnd(jobs, { job, status, reason, taskId });
    }
    for (const job of catalogue[options.job].after) {
      const { status, outcome, reason, taskId } = await jobs.run({ job });
      if (outcome !== "busy" && status === "COMPLETED") continue;
      await sayEnd(jobs, { job, status, reason, taskId });
      return outcome === "busy" ? inTheWayExitCode : 1;
    }
    const run = await jobs.run(environment.commandFor(options));
    if (run.outcome === "busy") console.error(describeInTheWay(run));
    const result = await summarise(options, environment, jobs, run);
    if (!options.json) for (const line of result.lines) terminal.line(line);
    if (options.json) console.log(JSON.stringify(result.json));
    if (!options.once) await untilStopped(stop, terminal, options.json);
    if (run.outcome === "busy") return inTheWayExitCode;
    return run.status === "COMPLETED" ? 0 : 1;
  } finally {
    await jobs.close();
  }
}

async function untilStopped(
  stop: AbortSignal,
  terminal: ReturnType<typeof makeTerminal>,
  quiet: boolean,
): Promise<void> {
  if (!quiet) terminal.line(`\n${say("stillUp")}`);
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
  clearInterval(alive);
}

/** The first signal stops cleanly, a second one at once. When the launcher dies, this process exits as if killed. */
function stopSignal(): { signal: AbortSignal; closing(): void } {
  const controller = new AbortController();
  let secondStopsAtOnce = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (secondStopsAtOnce) process.exit(130);
      controller.abort();
      setTimeout(() => {
        secondStopsAtOnce = true; // a terminal and npm may deliver one Ctrl-C twice
      }, 1_000).unref();
    });
  }
  const parentGone = () => process.exit(137);
  process.on("disconnect", parentGone);
  return {
    signal: controller.signal,
    closing: () => process.off("disconnect", parentGone),
  };
}
