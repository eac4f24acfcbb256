// A hundred thousand units from command to stored rows, with ten million rows stored before: the deployed dispatcher and
// workers, each in a process of its own, the template's queues in another one, over SQS's protocol, and an upstream that
// answers at once. Then what must be true of ledger, queues and rows.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import pg from "pg";
import type { FunctionSettings } from "../local/aws/invocation.ts";
import { functionSettings } from "../local/aws/stack-resources.ts";
import { resolveTemplate } from "../local/aws/template.ts";
import { synthesise } from "../local/synth.ts";
import { encodeOrigin } from "../shared/catalogue/origin.ts";
import type { DispatchAnswer } from "../shared/dispatch/dispatch.ts";
import { fillLargeMirror } from "../test/support/large-mirror.ts";
import type { Engine } from "./engines.ts";
import { benchOrigin } from "./functions.ts";
import { type FromChild, sampleMilliseconds, type ToChild } from "./load-process.ts";
import { heapOptions } from "./slots.ts";

export type LoadSize = {
  /** What is stored before: this many stocks over the last so many open days. */
  readonly stocks: number;
  readonly days: number;
  /** ETFs of one command, at most 2,000; and units of each, one for every 81 to 90 open days. */
  readonly etfs: number;
  readonly unitsOfEtf: number;
  /** Tasks one after the other, each of its own days. */
  readonly tasks: number;
  readonly workers: number;
};

export type LoadMeasurement = {
  readonly rowsBefore: number;
  readonly rowsStored: number;
  /** Messages that the workers received: as many as units, if none came twice. */
  readonly deliveries: number;
  readonly tasks: readonly TaskMeasurement[];
  readonly memory: readonly MemoryMeasurement[];
  /** What is not as it must be; empty when all is right. */
  readonly wrong: readonly string[];
};

export type TaskMeasurement = {
  readonly units: number;
  /** From the task's start to the first units sent, from then to the last ones sent, and to the last one settled. */
  readonly planSeconds: number;
  readonly dispatchSeconds: number;
  readonly drainSeconds: number;
};

/** Largest resident memory in the first and in the last quarter of the run. */
export type MemoryMeasurement = {
  readonly process: string;
  readonly firstBytes: number;
  readonly lastBytes: number;
  /** False for the bench's own process: its threads have no heap limit, so what a plan leaves behind stays for long. */
  readonly isJudged: boolean;
};

/** The largest growth from the first to the last quarter that is called flat. */
export const flatRatioMax = 1.1;

/**
 * ETFs by code: at this row cap, the lowest allowed, a unit has at most 90 rows, so that a command with 2,000 codes makes
 * 20,000 units, the most a task may hold. A market's day has 5,450 rows: here queue, ledger and processes are measured.
 * A worker is paced as a single slot with the shortest interval: it holds a unit for 10 ms, less than the unit takes. So
 * pacing is on and limits nothing.
 */
const settings = { SYNC_FUND_ROW_CAP: "100", TUSHARE_MIN_INTERVAL: "0.01", WORKER_SLOTS: "1" };
const openDaysMax = 90;

/** Without a settled unit for so long, the run ends with an error. */
const standstillSeconds = 120;

export async function measureLoad(engine: Engine, size: LoadSize): Promise<LoadMeasurement> {
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  await client.connect();
  const children: Child[] = [];
  const assembly = mkdtempSync(join(tmpdir(), "bench-load-"));
  process.once("exit", () => rmSync(assembly, { recursive: true, force: true }));
  await synthesise(assembly, { egress: "none" });
  const { days, codes, rowsBefore } = await fill(engine, client, size);
  const thread = new Worker(new URL("./load-upstream.ts", import.meta.url), { workerData: days });
  try {
    const [upstreamUrl] = (await once(thread, "message")) as [string];
    const stack = await startStackOf(assembly, engine.dataApiUrl, upstreamUrl, size.workers);
    children.push(...stack.children);
    const own = sampleOwnMemory();
    const begunAt = performance.now();
    const tasks: TaskMeasurement[] = [];
    const daysOfTask = days.length / size.tasks;
    for (let at = 0; at < size.tasks; at += 1) {
      const from = days[at * daysOfTask];
      const to = days[(at + 1) * daysOfTask - 1];
      const done = runTask(engine, client, stack.dispatcher, { job: "ETF_HISTORY", codes, from, to });
      tasks.push(await Promise.race([done, ...children.map(({ failed }) => failed)]));
    }
    const endedAt = performance.now();
    own.stop();
    const deliveries = (await Promise.all(stack.workers.map((worker) => worker.stop()))).reduce(
      (sum, count) => sum + count,
      0,
    );
    const { rowsStored, wrong } = await check(client, size, days, codes);
    return {
      ...{ rowsBefore, rowsStored, deliveries, tasks },
      memory: [...children, own].map((sampled) => ({
        ...largestOf(sampled, begunAt, endedAt),
        isJudged: sampled !== own,
      })),
      wrong: [...wrong, ...(await checkQueues(stack.queueUrls))],
    };
  } finally {
    for (const child of children) child.end();
    await thread.terminate();
    await client.end();
  }
}

/** A large mirror with ETFs that have no row yet, and an empty ledger. */
async function fill(
  engine: Engine,
  client: pg.Client,
  { stocks, days, etfs, unitsOfEtf, tasks }: LoadSize,
): Promise<{ days: string[]; codes: string[]; rowsBefore: number }> {
  const runs = { finance: 0, stocks: 0, days: 0 };
  await fillLargeMirror(engine.databaseUrl, { ...{ stocks, days, runs }, etfs: 0, periods: 0 });
  await client.query("truncate sync_task, sync_unit, sync_failure_record");
  const listed = await client.query<{ ts_code: string }>(
    `insert into stock_info (ts_code, symbol, name, market, exchange, is_etf, list_status, list_date)
     select (510000 + at)::text || '.SH', (510000 + at)::text, 'ETF ' || at, 'E', 'SSE', 'Y', 'L', date '2010-01-04'
     from generate_series(1, $1::int) as at
     returning ts_code`,
    [etfs],
  );
  await client.query("analyze stock_info");
  // All long past, so that no clock of this machine calls them not due.
  const open = await client.query<{ day: string }>(
    `select to_char(cal_date, 'YYYYMMDD') as day
     from trade_cal
     where is_open = 1 and cal_date >= date '2010-01-04'
     order by cal_date
     limit $1`,
    [tasks * ((unitsOfEtf - 1) * openDaysMax + 1)],
  );
  const { rows } = await client.query<{ rows: string }>("select count(*) as rows from stock_daily");
  return {
    days: open.rows.map(({ day }) => day),
    codes: listed.rows.map(({ ts_code }) => ts_code),
    rowsBefore: Number(rows[0]?.rows),
  };
}

type Stack = {
  readonly children: readonly Child[];
  readonly dispatcher: Child;
  readonly workers: readonly Child[];
  readonly queueUrls: readonly string[];
};

async function startStackOf(
  assembly: string,
  dataApiUrl: string,
  upstreamUrl: string,
  count: number,
): Promise<Stack> {
  const queue = await startChild("queues", "load-queue.ts", [assembly], process.env);
  const endpoint = queue.url;
  const template = resolveTemplate(assembly, endpoint);
  const settingsOf = (name: string): FunctionSettings => {
    const found = template.resources.find(
      ({ type, logicalId }) => type === "AWS::Lambda::Function" && logicalId.startsWith(name),
    );
    if (found === undefined) throw new Error(`the template has no ${name}`);
    const { environment, ...others } = functionSettings(found, template, {
      overrides: { TUSHARE_URL: upstreamUrl, MIRROR_ORIGIN: encodeOrigin(benchOrigin) },
      endpoint,
      rdsData: dataApiUrl,
    });
    return { ...others, environment: { ...environment, ...settings } };
  };
  const start = (name: string, of: FunctionSettings, ...more: string[]) => {
    const bundle = join(of.bundle, "index.mjs");
    const execArgv = heapOptions(of.memoryMegabytes);
    const args = [bundle, String(of.timeoutSeconds), ...more];
    return startChild(name, "load-function.ts", args, of.environment, execArgv);
  };
  const worker = settingsOf("PipelineWorker");
  const workQueueUrl = String(worker.variables.WORK_QUEUE_URL);
  const dispatcher = await start("dispatcher", settingsOf("PipelineDispatcher"));
  const workers = await Promise.all(
    Array.from({ length: count }, (_, at) => start(`worker ${at + 1}`, worker, workQueueUrl)),
  );
  return {
    ...{ dispatcher, workers, children: [queue, dispatcher, ...workers] },
    queueUrls: template.resources.filter(({ type }) => type === "AWS::SQS::Queue").map(({ id }) => id),
  };
}

/** Gives the command and waits until its task has ended. @throws Error when it stands still */
async function runTask(
  engine: Engine,
  client: pg.Client,
  dispatcher: Child,
  command: object,
): Promise<TaskMeasurement> {
  const { tasks } = (await dispatcher.ask(command)) as DispatchAnswer;
  const id = String(tasks[0]?.id);
  let settled = -1;
  let movedAt = performance.now();
  for (;;) {
    const [task] = await engine.database.run(
      "select status, total_processed + total_failed as settled, reason from sync_task where id = cast(:id as uuid)",
      { id },
    );
    if (task?.status !== "RUNNING") break;
    if (Number(task.settled) > settled) {
      settled = Number(task.settled);
      movedAt = performance.now();
    } else if (performance.now() - movedAt > 1000 * standstillSeconds) {
      throw new Error(`no unit was settled for ${standstillSeconds} s, after ${settled} of ${id}`);
    }
    await sleep(sampleMilliseconds);
  }
  const { rows } = await client.query<Record<"units" | "plan" | "dispatch" | "drain", string>>(
    `select count(*) as units,
       extract(epoch from min(sent_at) - min(task.started_at)) as plan,
       extract(epoch from max(sent_at) - min(sent_at)) as dispatch,
       extract(epoch from max(settled_at) - min(sent_at)) as drain
     from sync_unit
     join sync_task as task on task.id = task_id
     where task_id = $1`,
    [id],
  );
  const [times] = rows;
  return {
    units: Number(times?.units),
    planSeconds: Number(times?.plan),
    dispatchSeconds: Number(times?.dispatch),
    drainSeconds: Number(times?.drain),
  };
}

/** Each unit done once, each task whole, no failure, and each row with the values that the upstream has. */
async function check(
  client: pg.Client,
  { tasks, unitsOfEtf }: LoadSize,
  days: readonly string[],
  codes: readonly string[],
): Promise<{ rowsStored: number; wrong: string[] }> {
  const numbers = async (sql: string, parameters: readonly unknown[] = []) => {
    const { rows } = await client.query<Record<string, string>>(sql, [...parameters]);
    return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]));
  };
  const unitsOfTask = codes.length * unitsOfEtf;
  const expected = {
    tasks: { tasks, whole: tasks },
    units: { units: tasks * unitsOfTask, keys: tasks * unitsOfTask, done: tasks * unitsOfTask },
    unitRows: { rows: days.length * codes.length },
    failures: { failures: 0 },
    rows: { rows: days.length * codes.length, right: days.length * codes.length },
  };
  const found = {
    tasks: await numbers(
      `select count(*) as tasks, count(*) filter (where status = 'COMPLETED' and total_units = $1
         and total_processed = total_units and total_failed = 0 and current_offset = total_units) as whole
       from sync_task`,
      [unitsOfTask],
    ),
    units: await numbers(
      `select count(*) as units, count(distinct unit_key) as keys, count(*) filter (where status = 'done') as done
       from sync_unit`,
    ),
    unitRows: await numbers("select sum(rows) as rows from sync_unit"),
    failures: await numbers("select count(*) as failures from sync_failure_record"),
    rows: await numbers(
      `select count(*) as rows, count(*) filter (
         where open = close and close = to_char(trade_date, 'FMDD.MM')::numeric
           and vol = (left(ts_code, 6) || to_char(trade_date, '.MM'))::numeric
           and adj_factor = to_char(trade_date, '"1."YYYY')::numeric
           and trade_date = any ($1::date[])
       ) as right
       from stock_daily
       where ts_code = any ($2)`,
      [days, codes],
    ),
  };
  const wrong = (Object.keys(expected) as (keyof typeof expected)[]).flatMap((name) => {
    const [is, must] = [JSON.stringify(found[name]), JSON.stringify(expected[name])];
    return is === must ? [] : [`${name}: ${is}, expected ${must}`];
  });
  return { rowsStored: Number(found.rows.rows), wrong };
}

/** No queue of the stack, the dead letters' included, has a message. */
async function checkQueues(urls: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const QueueUrl of urls) {
    const sqs = new SQSClient({ endpoint: new URL(QueueUrl).origin });
    const { Attributes: counts = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const messages = Object.entries(counts)
      .filter(([name]) => name.startsWith("ApproximateNumberOfMessages"))
      .reduce((sum, [, count]) => sum + Number(count), 0);
    if (messages > 0) wrong.push(`${QueueUrl.split("/").at(-1)}: ${messages} messages, expected none`);
  }
  return wrong;
}

type Sampled = { readonly name: string; readonly samples: readonly { at: number; bytes: number }[] };

type Child = Sampled & {
  readonly url: string;
  /** Rejects when the process ends by itself. */
  readonly failed: Promise<never>;
  /** Has the function handle an event. */
  ask(event: unknown): Promise<unknown>;
  /** For a worker: resolves when it has handled what it received, with the number of messages. */
  stop(): Promise<number>;
  end(): void;
};

async function startChild(
  name: string,
  entry: "load-queue.ts" | "load-function.ts",
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  execArgv: string[] = [],
): Promise<Child> {
  const child = fork(join(import.meta.dirname, entry), args, {
    ...{ env, execArgv },
    stdio: ["ignore", "ignore", "inherit", "ipc"], // the function's log
  });
  const samples: { at: number; bytes: number }[] = [];
  child.on("message", (message: FromChild) => {
    if (message.is === "memory") samples.push({ at: performance.now(), bytes: message.rssBytes });
  });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`${name} ended with ${code}`);
  });
  failed.catch(() => undefined); // it is ended at last
  const ready = await Promise.race([next(child, "ready"), failed]);
  return {
    ...{ name, samples, failed, url: ready.url ?? "" },
    async ask(event) {
      child.send({ is: "event", event } satisfies ToChild);
      return (await Promise.race([next(child, "answer"), failed])).answer;
    },
    async stop() {
      child.send({ is: "stop" } satisfies ToChild);
      return (await Promise.race([next(child, "stopped"), failed])).deliveries;
    },
    end: () => void child.kill(),
  };
}

/** The next message of a kind. */
function next<Kind extends FromChild["is"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<FromChild & { is: Kind }> {
  return new Promise((resolve) => {
    const look = (message: FromChild) => {
      if (message.is !== kind) return;
      child.off("message", look);
      resolve(message as FromChild & { is: Kind }); // as: its `is` was compared
    };
    child.on("message", look);
  });
}

/** Of this process: the Data API and the upstream are threads of it. */
function sampleOwnMemory(): Sampled & { stop(): void } {
  const samples: { at: number; bytes: number }[] = [];
  const timer = setInterval(
    () => samples.push({ at: performance.now(), bytes: process.memoryUsage.rss() }),
    sampleMilliseconds,
  );
  return { name: "Data API and upstream", samples, stop: () => clearInterval(timer) };
}

function largestOf(
  { name, samples }: Sampled,
  begunAt: number,
  endedAt: number,
): Omit<MemoryMeasurement, "isJudged"> {
  const quarter = (endedAt - begunAt) / 4;
  const largest = (from: number, to: number) =>
    Math.max(...samples.filter(({ at }) => at >= from && at <= to).map(({ bytes }) => bytes));
  return {
    process: name,
    firstBytes: largest(begunAt, begunAt + quarter),
    lastBytes: largest(endedAt - quarter, endedAt),
  };
}
