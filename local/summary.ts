// What a run has done, for a person and for a program.
import { type Dataset, datasets } from "../shared/datasets.ts";
import { jobs as catalogue } from "../shared/jobs.ts";
import type { Origin } from "../shared/origin.ts";
import { readSettings } from "../shared/settings.ts";
import { warnOfOrigin } from "../shared/words/origin.ts";
import type { Environment } from "./environment.ts";
import type { JobRun, Jobs } from "./job.ts";
import type { Options } from "./options.ts";

export type Summary = {
  readonly lines: readonly string[];
  readonly json: {
    job: string;
    /** The days and codes it is about: as asked for, else as planned; null for all. */
    from: string | null;
    to: string | null;
    codes: readonly string[] | null;
    /** started, or continued or running when an earlier start asked the same; busy when a paused task is in the way. */
    outcome: string;
    task_id: string;
    status: string;
    /** Whether anything was fetched for it since this start. */
    fetched: boolean;
    units: number;
    /** Rows stored or already complete for what was asked. */
    rows: number;
    calls: Record<string, number>;
    seconds: number;
    /** Where the rows come from. */
    origin: Origin;
  };
};

export async function summarise(
  options: Options,
  environment: Environment,
  jobs: Jobs,
  run: JobRun,
): Promise<Summary> {
  const rows = await countRows(jobs, run);
  const json = {
    job: run.job,
    from: run.from ?? null,
    to: run.to ?? null,
    codes: run.codes ?? null,
    outcome: run.outcome,
    task_id: run.taskId,
    status: run.status,
    fetched: run.fetched,
    units: run.units,
    rows,
    calls: run.calls,
    seconds: run.seconds,
    origin: environment.origin,
  };
  return { json, lines: options.json ? [] : await describe(options, environment, jobs, run, rows) };
}

async function countRows(jobs: Jobs, run: JobRun): Promise<number> {
  let rows = 0;
  for (const name of catalogue[run.job].datasets) rows += await countDataset(jobs, datasets[name], run);
  return rows;
}

async function countDataset(
  jobs: Jobs,
  { table, slices, dayColumn, instruments, constants = {} }: Dataset,
  { from, to, codes }: JobRun,
): Promise<number> {
  const conditions = Object.entries(constants).map(([name, value]) => `${name} = '${value}'`);
  const values: unknown[] = [];
  if (slices !== "lists") {
    conditions.push(
      `${dayColumn} between to_date($1, 'YYYYMMDD') and to_date($2, 'YYYYMMDD')`,
      "($3::text[] is null or ts_code = any ($3))",
      `(left(ts_code, 1) in ('1', '5')) = $4`,
    );
    values.push(from ?? "19900101", to ?? "29991231", codes ?? null, instruments === "etf");
  }
  const [row] = await jobs.query(
    `select count(*) as rows from ${table} where ${conditions.join(" and ") || "true"}`,
    values,
  );
  return Number(row?.rows);
}

async function describe(
  options: Options,
  environment: Environment,
  jobs: Jobs,
  run: JobRun,
  rows: number,
): Promise<string[]> {
  const [stored] = await jobs.query(`select
  (select count(*) from stock_daily) as bars,
  (select to_char(min(trade_date), 'YYYY-MM-DD') from stock_daily) as first,
  (select to_char(max(trade_date), 'YYYY-MM-DD') from stock_daily) as last,
  (select count(*) from stock_info where is_etf = 'N') as stocks,
  (select count(*) from stock_info where is_etf = 'Y') as etfs,
  (select count(*) from fina_indicator) as reports,
  (select count(*) from trade_cal) as days`);
  const number = (text: string | null | undefined) => Number(text ?? 0).toLocaleString("en-US");
  const range = run.from === undefined ? "" : `, ${run.from} to ${run.to}`;
  const said = run.outcome === "busy" ? "NOT STARTED, a paused task is in the way" : run.status;
  const warning = warnOfOrigin(environment.origin);
  return [
    "",
    ...(warning === undefined ? [] : [warning]),
    `${run.job} ${said}${run.nothing === undefined ? "" : ", nothing to do"}${range}${run.reason === null ? "" : ` (${run.reason})`}`,
    `  rows       ${rows.toLocaleString("en-US")} stored or already complete for what was asked, ${run.units} units in ${run.seconds} s`,
    `  calls      ${describeCalls(run)}`,
    ...(await describeLimit(environment)),
    ...(await jobs.failures(run.taskId)).map((failure) => `  failure    ${failure}`),
    `  stored     stock_daily ${number(stored?.bars)} rows (${stored?.first ?? "none"} to ${stored?.last ?? "none"}), stock_info ${number(stored?.stocks)} stocks and ${number(stored?.etfs)} ETFs, fina_indicator ${number(stored?.reports)}, trade_cal ${number(stored?.days)}`,
    "",
    ...(options.once ? [] : describeAccess(environment)),
    "Try next:",
    ...(options.once
      ? ["  npm start     stays up: SQL, HTTP API, command line and page, with its schedules running"]
      : []),
    "  npm start -- --codes 600519.SH,000001.SZ     the whole life of two stocks",
    "  npm start -- --job DAILY_INCREMENTAL         what is new, and holes of the last 60 days",
    "  npm start -- --job ETF_HISTORY               prices of exchange-traded funds",
    "  npm start -- --job FINANCE_HISTORY --codes 600519.SH     financial indicators",
    ...(options.once
      ? []
      : [`  ${environment.pageUrl}     tasks, failures, coverage and charts in your browser`]),
    `  the functions' logs are in ${environment.logFile}`,
  ];
}

/** What works for as long as the stack is up. */
function describeAccess(environment: Environment): string[] {
  const { stack } = environment;
  const dispatcher = stack.functionName("PipelineDispatcher");
  return [
    "Query it:",
    `  psql ${withoutPassword(environment.databaseUrl)} -c "select * from stock_daily where ts_code = '600519.SH' order by trade_date desc limit 5"`,
    "",
    "Start a backfill, exactly as on AWS (version 2 of the aws command also wants --cli-binary-format raw-in-base64-out):",
    `  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 \\`,
    `  aws lambda invoke --endpoint-url ${stack.endpoint} --function-name ${dispatcher} --payload '{"job":"DAILY_HISTORY","from":"20240101","to":"20240131"}' out.json`,
    "",
    "The same and the data over HTTP (docs/api.md):",
    `  curl -s ${stack.apiUrl}/api/tasks`,
    "",
    ...describeFaults(environment),
  ];
}

function describeCalls(run: JobRun): string {
  const calls = Object.entries(run.calls);
  if (calls.length === 0) return `none${whyNone(run)}`;
  const busiest = Math.max(...calls.map(([, count]) => count));
  const perMinute = Math.round((busiest / Math.max(run.seconds, 1)) * 60);
  const configured = 60 / readSettings(process.env).TUSHARE_MIN_INTERVAL;
  const use = Math.min(100, Math.round((perMinute / configured) * 100));
  return `${calls.map(([name, count]) => `${name} ${count}`).join(", ")}; ${perMinute} a minute to the busiest, ${use} % of the configured pace`;
}

/** Only a plan knows that nothing was missing; it says as well what was not due, or never was. */
function whyNone({ nothing, reason }: JobRun): string {
  if (nothing === "stored") return ": everything asked for was here already";
  if (nothing === "fresh") return ": it was fetched today already";
  return nothing === undefined || reason === null ? "" : `: ${reason}`;
}

/** The simulated upstream can be given trouble while it runs. */
function describeFaults({ upstream }: Environment): string[] {
  if (upstream === undefined) return [];
  const order = `-d '"storm"'`;
  return [
    "Trouble for the simulated TuShare:",
    `  curl -s -X POST ${upstream.url}/control/faults ${order}`,
    "",
  ];
}

/** What the simulated upstream counted itself. */
async function describeLimit({ upstream }: Environment): Promise<string[]> {
  if (upstream === undefined) return [];
  const { interfaces } = await upstream.stats();
  const all = Object.values(interfaces);
  const refusals = all.reduce((sum, { refusals }) => sum + refusals, 0);
  const peak = Math.max(0, ...all.map(({ peakCallsPerMinute }) => peakCallsPerMinute));
  const allowed = readSettings(process.env).TUSHARE_CALLS_A_MINUTE;
  return [
    `  limit      ${refusals} refusals; at most ${peak} of ${allowed} calls to one interface in any 60 s, counted upstream`,
  ];
}

function withoutPassword(url: string): string {
  const address = new URL(url);
  if (address.password !== "") address.password = "***";
  return address.href;
}
