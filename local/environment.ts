// Everything `npm start` starts, in order, and stops in reverse: database, Data API, upstream, the stack itself.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { contextSettings } from "../shared/catalogue/chosen-context.ts";
import { choiceOf } from "../shared/catalogue/chosen-datasets.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { jobs } from "../shared/catalogue/jobs.ts";
import { encodeOrigin, type Origin, tushareUrl } from "../shared/catalogue/origin.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { databaseName } from "../shared/catalogue/stack.ts";
import type { DispatchAnswer } from "../shared/dispatch/dispatch.ts";
import { say } from "../shared/words/say-here.ts";
import { tryAccount } from "./account.ts";
import type { Admit } from "./aws/endpoint.ts";
import { type LocalStack, startStack } from "./aws/stack.ts";
import { startDataApi } from "./data-api/server.ts";
import { startDatabase } from "./database/database.ts";
import { type MetricSums, sumMetrics } from "./emf.ts";
import { refuseOtherOrigin } from "./holding.ts";
import { makeLogFile } from "./log-file.ts";
import type { Options } from "./options.ts";
import { type Asked, marketSeed, stocksByDefault } from "./origin.ts";
import { startPage } from "./page/server.ts";
import { findReader } from "./reader.ts";
import { announce } from "./running.ts";
import { readRowsMax } from "./surroundings.ts";
import { synthesise } from "./synth.ts";
import type { Terminal } from "./terminal.ts";
import { lastCapturedDay } from "./tushare/captured.ts";
import type { Upstream } from "./tushare/handle.ts";
import { startUpstream } from "./tushare/upstream.ts";
import { startDoor } from "./tushare-door/server.ts";

export type Environment = {
  readonly stack: LocalStack;
  /** Address of the page with progress and prices. */
  readonly pageUrl: string;
  /** Address that answers as TuShare does, from what is mirrored. */
  readonly tushareUrl: string;
  /** postgres:// address, for psql and for reading the ledger. */
  readonly databaseUrl: string;
  readonly databaseKind: "pglite" | "postgres";
  /** Resolves with an error to show when the run cannot continue. */
  readonly lost: Promise<Error>;
  /** Undefined when the real TuShare is used. */
  readonly upstream: Upstream | undefined;
  /** Where the rows come from. */
  readonly origin: Origin;
  readonly metrics: MetricSums;
  readonly logFile: string;
  /** @throws Error with the dispatcher's message when it refuses */
  dispatch(command: object): Promise<DispatchAnswer>;
  /** The dispatcher's command for these options. */
  commandFor(options: Options): Record<string, unknown>;
  close(): Promise<void>;
};

const preferredPorts = { database: 54_320, aws: 45_660, api: 45_661, page: 45_670, tushare: 45_671 };

/** The page has the answer to its form by then. */
const answeredMilliseconds = 500;

/** Ctrl-C ends within a second: what is cut off is fetched again by the next start. */
const graceMilliseconds = 300;

/** Open days of history that a run fetches by default. */
const daysByDefault = 30;

/**
 * @param asked with `looked` false, the origin of the data folder's database is checked before anything else; `admit` is asked
 *   before each call of a function, which tests use
 * @param restart ends this start for one with the settings that the page has written
 * @throws Error of one sentence, after stopping what was started
 */
export async function startEnvironment(
  options: Options,
  asked: Asked & { readonly looked: boolean; readonly admit?: Admit },
  dataDir: string,
  terminal: Terminal,
  stop: AbortSignal,
  restart?: () => void,
): Promise<Environment> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const step = terminal.steps();
  try {
    const { account, origin } = asked;
    const settings = readSettings(process.env);
    const opening = started(closers, startDatabase(databaseOptions(dataDir, options)));
    const look = async () => {
      const { url: databaseUrl, kind } = await opening;
      const place = { databaseUrl, dataDir: kind === "pglite" ? dataDir : undefined };
      await refuseOtherOrigin(place, origin, options.adopt);
    };
    if (!asked.looked) {
      await look();
      if (account !== undefined) await tryAccount(account, { kept: choiceOf(settings).datasets });
    }
    step(say("starting"));
    const capturedDay = options.captured === undefined ? undefined : await lastCapturedDay(options.captured);
    // A calendar that ends before today is refused. A captured calendar ends in the past, so its last day counts as
    // today.
    const capturedUntil = capturedDay === undefined ? {} : { SYNC_UPSTREAM_ENDS: capturedDay };
    const assembly = join(dataDir, "cdk.out");
    const [database, upstream] = await together([
      opening,
      account === undefined
        ? started(
            closers,
            startUpstream({
              minuteLimit: settings.TUSHARE_CALLS_A_MINUTE,
              seed: marketSeed,
              stocks: options.stocks ?? stocksByDefault,
              faults: options.faults,
              ...(options.captured !== undefined && { captured: options.captured }),
            }),
          )
        : undefined,
      synthesise(assembly, contextFrom({ ...process.env, ...capturedUntil })),
    ]);
    stop.throwIfAborted();
    const upstreamUrl = account?.url ?? upstream?.url ?? tushareUrl;
    const reader = findReader(database);
    const dataApi = await started(closers, startDataApi({ databaseUrl: database.url, databaseName, reader }));

    const metrics = sumMetrics();
    mkdirSync(join(dataDir, "logs"), { recursive: true });
    const logFile = join(dataDir, "logs", "functions.log");
    const log = makeLogFile(logFile, (text) => terminal.line(text));
    const stack = await started(
      closers,
      startStack({
        assembly,
        endpoints: { rdsData: dataApi.url },
        overrides: {
          TUSHARE_URL: upstreamUrl,
          MIRROR_ORIGIN: encodeOrigin(origin),
          ...(upstream && { OWN_ADDRESS_URL: `${upstream.url}/control/address` }),
          ...reader.overrides,
        },
        onSecrets: reader.learn,
        secrets: { PipelineTushareToken: account?.token ?? "token-of-the-simulated-tushare" },
        port: preferredPorts.aws,
        apiPort: preferredPorts.api,
        closeGraceMilliseconds: graceMilliseconds,
        schedulesEnabled: options.captured === undefined && !options.once,
        schedulesFile: join(dataDir, "schedules.jsonl"),
        ...(asked.admit && { admit: asked.admit }),
        onLog(line) {
          if (metrics.add(line.text)) return; // shown as figures, as CloudWatch does
          log(`${line.function} ${line.text.trimEnd()}`);
        },
      }).catch(async (error: unknown) => {
        await look(); // another start may have stored rows of another origin meanwhile: prefer that error
        throw error;
      }),
    );
    const page = await started(
      closers,
      startPage({
        readerUrl: reader.databaseUrl,
        databaseUrl: database.url,
        dispatch: (command) => dispatch(stack, command),
        rates: () => callRates(upstream, metrics, settings.TUSHARE_CALLS_A_MINUTE),
        port: preferredPorts.page,
        origin,
        choice: choiceOf(settings),
        questionsFile: join(dataDir, "questions.json"),
        setUp: async (given, language) => {
          // Loaded when it is asked for: most starts do without it.
          const { setUpFromForm } = await import("../cli/setup-form.ts");
          const place = { environment: process.env, dataDir, language, restarts: restart !== undefined };
          const answer = await setUpFromForm(given, place);
          if (answer.outcome === "starts again") setTimeout(() => restart?.(), answeredMilliseconds);
          return answer;
        },
      }),
    );
    const door = await started(
      closers,
      startDoor({
        ...{ readerUrl: reader.databaseUrl, settings, rowsMax: readRowsMax(process.env) },
        port: preferredPorts.tushare,
      }),
    );
    const about = options.captured === undefined ? undefined : await upstream?.about();
    const withdraw = announce(dataDir, {
      endpoint: stack.endpoint,
      apiUrl: stack.apiUrl,
      databaseUrl: withoutPassword(database.url),
      readerUrl: withoutPassword(reader.databaseUrl),
      asksPassword: new URL(reader.databaseUrl).password !== "",
      upstreamUrl,
      tushareUrl: door.url,
      pageUrl: page.url,
      outputs: { ...stack.outputs, MirrorOrigin: encodeOrigin(origin) },
      functions: stack.functions,
      logFile,
    });
    closers.push(async () => withdraw());
    step(undefined);
    return {
      stack,
      pageUrl: page.url,
      tushareUrl: door.url,
      databaseUrl: database.url,
      databaseKind: database.kind,
      lost: database.lost,
      upstream,
      origin,
      metrics,
      logFile,
      dispatch: (command) => dispatch(stack, command),
      commandFor: (asked) => commandFor(asked, about),
      close,
    };
  } catch (error) {
    step(undefined);
    await close();
    throw error;
  }
}

/** Like Promise.all, but waits for all even if one fails, so that everything started can be closed. */
async function together<Things extends readonly unknown[]>(starting: readonly [...Things]) {
  await Promise.allSettled(starting);
  return await Promise.all(starting);
}

async function started<Thing extends { close(): Promise<void> }>(
  closers: (() => Promise<void>)[],
  starting: Promise<Thing>,
): Promise<Thing> {
  const thing = await starting;
  closers.push(() => thing.close());
  return thing;
}

async function dispatch(stack: LocalStack, command: object): Promise<DispatchAnswer> {
  const { payload, failed } = await stack.invoke(stack.functionName("PipelineDispatcher"), command);
  if (failed) throw new Error((payload as { errorMessage?: string }).errorMessage ?? JSON.stringify(payload));
  return payload as DispatchAnswer;
}

/** As counted by the simulated upstream; for the real one, by the functions' metrics. */
async function callRates(upstream: Upstream | undefined, metrics: MetricSums, minuteLimit: number) {
  if (upstream === undefined) {
    const calls = Object.entries(metrics.lastMinute("Calls", Date.now()));
    return calls.map(([name, callsLastMinute]) => ({ name, callsLastMinute, minuteLimit }));
  }
  const { interfaces } = await upstream.stats();
  return Object.entries(interfaces).map(([name, stats]) => ({ name, ...stats }));
}

function withoutPassword(url: string): string {
  const address = new URL(url);
  address.password = "";
  return address.href;
}

function databaseOptions(dataDir: string, { databaseHost: host }: Options) {
  const databaseUrl = process.env.DATABASE_URL;
  if (databaseUrl) return { dataDir: undefined, databaseUrl };
  // The stack's migrate function is invoked as ever; in a new database it finds its migrations applied.
  const password = host === undefined ? undefined : process.env.DATABASE_PASSWORD || undefined;
  const place = { port: preferredPorts.database, host, password };
  return { dataDir: join(dataDir, "postgres"), content: "schema", ...place } as const;
}

/** This process's settings as context of the CDK app, so that the template has them as on AWS. */
function contextFrom(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const own: readonly string[] = contextSettings.map(([, name]) => name);
  const names = Object.entries(environment).filter(
    ([name, value]) => name.startsWith("SYNC_") && value && !own.includes(name),
  );
  const context: Record<string, unknown> = { settings: Object.fromEntries(names), egress: "none" };
  for (const [key, name] of contextSettings) if (environment[name]) context[key] = environment[name];
  return context;
}

function commandFor(options: Options, about: { firstDate: string; lastDate: string } | undefined) {
  const command: Record<string, unknown> = { job: options.job };
  if (options.refresh) command.refresh = true;
  const job = jobs[options.job];
  if (job.mode === "incremental") {
    if (options.from !== undefined) command.from = options.from;
    if (options.to !== undefined) command.to = options.to;
  }
  if (job.mode !== "history") return command;
  // Captured answers end in the past, and a calendar that ends before today is an error.
  const from = options.from ?? (about?.firstDate || undefined);
  const to = options.to ?? (about?.lastDate || undefined);
  if (from !== undefined) command.from = from;
  else if (options.codes === undefined && job.datasets.some((name) => datasets[name].slices === "days"))
    command.days = daysByDefault;
  if (to !== undefined) command.to = to;
  if (options.codes !== undefined) command.codes = options.codes;
  return command;
}
