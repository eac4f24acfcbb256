// The summary of a run, as text and as JSON.
import { makeClient } from "../client/client.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { jobs as catalogue } from "../shared/catalogue/jobs.ts";
import type { Origin } from "../shared/catalogue/origin.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { isOwnRow } from "../shared/coverage/members.ts";
import { warnOfOrigin } from "../shared/words/origin.ts";
import { say } from "../shared/words/say-here.ts";
import type { Environment } from "./environment.ts";
import { hintsFor } from "./hints.ts";
import type { JobRun, Jobs } from "./job.ts";
import { type Options, readOptions } from "./options.ts";
import { describePartialDays, type PartialDay, readPartialDays } from "./partial-days.ts";

export type Summary = {
  readonly lines: readonly string[];
  readonly json: {
    job: string;
    /** The days and codes: as asked for, else as planned; null for all. */
    from: string | null;
    to: string | null;
    codes: readonly string[] | null;
    /** started; continued or running when an earlier start asked the same; busy when a paused task blocks it. */
    outcome: string;
    task_id: string;
    status: string;
    /** Whether anything was fetched for it since this start. */
    fetched: boolean;
    units: number;
    /** Why the plan had no unit, such as stored or not_due; null when it had some. */
    nothing: string | null;
    /** Message of the planner, or of the task's end. */
    reason: string | null;
    /** Rows stored or already complete for what was asked. */
    rows: number;
    /** The newest days of its range on which rows are absent and nobody knows why. */
    partial: readonly PartialDay[];
    calls: Record<string, number>;
    seconds: number;
    /** Origin of the rows. */
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
    nothing: run.nothing ?? null,
    reason: run.reason,
    rows,
    partial: await partialDays(environment, run),
    calls: run.calls,
    seconds: run.seconds,
    origin: environment.origin,
  };
  return { json, lines: options.json ? [] : await describe(options, environment, jobs, run, json) };
}

/** A run for some codes says nothing of whole days. */
async function partialDays({ stack }: Environment, { job, from, to, codes }: JobRun): Promise<PartialDay[]> {
  const { apiUrl } = stack;
  if (apiUrl === undefined || from === undefined || to === undefined || codes !== undefined) return [];
  return await readPartialDays(makeClient({ url: apiUrl }), catalogue[job].datasets, { from, to });
}

async function countRows(jobs: Jobs, run: JobRun): Promise<number> {
  let rows = 0;
  for (const name of catalogue[run.job].datasets) rows += await countDataset(jobs, datasets[name], run);
  return rows;
}

async function countDataset(jobs: Jobs, dataset: Dataset, { from, to, codes }: JobRun): Promise<number> {
  const { table, slices, dayColumn } = dataset;
  const conditions = [isOwnRow(dataset, table)];
  const values: unknown[] = [];
  if (slices !== "lists" && dayColumn !== undefined) {
    conditions.push(`${dayColumn} between to_date($1, 'YYYYMMDD') and to_date($2, 'YYYYMMDD')`);
    values.push(from ?? "19900101", to ?? "29991231");
  }
  if (codes !== undefined) {
    conditions.push(`ts_code = any ($${values.length + 1})`);
    values.push(codes);
  }
  const [row] = await jobs.query(
    `select count(*) as rows from ${table} where ${conditions.join(" and ")}`,
    values,
  );
  return Number(row?.rows);
}

/** Number of rows and range of days of each dataset that has rows. @param among the datasets to check */
export async function describeStored(
  query: Jobs["query"],
  among: readonly Dataset[] = Object.values(datasets),
): Promise<string[]> {
  const lines: string[] = [];
  for (const dataset of among) {
    const { table, dayColumn = "null::date", title } = dataset;
    const [stored] = await query(`select count(*) as rows, to_char(min(${dayColumn}), 'YYYY-MM-DD') as first,
  to_char(max(${dayColumn}), 'YYYY-MM-DD') as last
from ${table}
where ${isOwnRow(dataset, table)}`);
    const rows = Number(stored?.rows ?? 0);
    if (rows === 0) continue;
    const values = { title: title.en, rows: rows.toLocaleString("en-US") };
    const [first, last] = [stored?.first, stored?.last];
    lines.push(
      typeof first === "string" && typeof last === "string"
        ? say("summaryStoredDays", { ...values, first, last })
        : say("summaryStored", values),
    );
  }
  return lines;
}

async function describe(
  options: Options,
  environment: Environment,
  jobs: Jobs,
  run: JobRun,
  { rows, partial }: Pick<Summary["json"], "rows" | "partial">,
): Promise<string[]> {
  const warning = warnOfOrigin(environment.origin);
  return [
    "",
    ...(warning === undefined ? [] : [warning]),
    headline(run),
    ...(run.from === undefined ? [] : [`  ${say("summaryRange", { from: run.from, to: run.to ?? "–" })}`]),
    ...(run.reason === null ? [] : [`  ${say("summaryReason", { reason: run.reason })}`]),
    `  ${say("summaryRows", { rows: rows.toLocaleString("en-US"), units: run.units, seconds: run.seconds })}`,
    `  ${say("summaryCalls", { calls: describeCalls(run) })}`,
    ...(await describeLimit(environment)),
    ...(await jobs.failures(run.taskId)).map((failure) => `  ${say("summaryFailure", { failure })}`),
    ...describePartialDays(partial).map((day) => `  ${say("summaryPartial", { day })}`),
    ...(await describeStored(jobs.query)).map((line) => `  ${line}`),
    "",
    ...(options.once ? [] : describeAccess(environment, run)),
    say("tryNext"),
    ...hintsFor(options, readOptions([])).map((hint) => `  ${say("hint", hint)}`),
    ...(options.once ? [] : [`  ${say("hint", { command: environment.pageUrl, about: say("hintPage") })}`]),
    `  ${say("logsAreIn", { file: environment.logFile })}`,
  ];
}

function headline({ job, outcome, status, nothing }: JobRun): string {
  if (outcome === "busy") return say("headlineBusy", { job });
  return nothing === undefined ? `${job} ${status}` : say("headlineNothing", { job, status });
}

/** Commands and addresses that work while the stack is up. */
function describeAccess(environment: Environment, { job }: JobRun): string[] {
  const { stack } = environment;
  const psql = `psql ${withoutPassword(environment.databaseUrl)}`;
  const dispatcher = stack.functionName("PipelineDispatcher");
  return [
    say("queryIt"),
    ...catalogue[job].datasets.slice(0, 1).map((name) => `  ${psql} -c "${newestOf(datasets[name])}"`),
    "",
    say("startAsOnAws", { flag: "--cli-binary-format raw-in-base64-out" }),
    `  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1 \\`,
    `  aws lambda invoke --endpoint-url ${stack.endpoint} --function-name ${dispatcher} --payload '{"job":"DAILY_HISTORY","from":"20240101","to":"20240131"}' out.json`,
    "",
    say("overHttp"),
    `  curl -s ${stack.apiUrl}/api/tasks`,
    "",
    ...describeFaults(environment),
  ];
}

function newestOf({ table, dayColumn }: Dataset): string {
  return `select * from ${table}${dayColumn === undefined ? "" : ` order by ${dayColumn} desc`} limit 5`;
}

function describeCalls(run: JobRun): string {
  const calls = Object.entries(run.calls);
  if (calls.length === 0) return whyNone(run);
  const busiest = Math.max(...calls.map(([, count]) => count));
  const perMinute = Math.round((busiest / Math.max(run.seconds, 1)) * 60);
  const configured = 60 / readSettings(process.env).TUSHARE_MIN_INTERVAL;
  const use = Math.min(100, Math.round((perMinute / configured) * 100));
  return say("callsOfRun", {
    calls: calls.map(([name, count]) => `${name} ${count}`).join(", "),
    perMinute,
    use,
  });
}

/** Why there was no unit. Only the plan knows whether nothing was missing, was not due yet, or never existed. */
function whyNone({ nothing, reason }: JobRun): string {
  if (nothing === "stored") return say("callsNone");
  if (nothing === "fresh") return say("callsNoneToday");
  return nothing === undefined || reason === null
    ? say("callsNoneAtAll")
    : say("callsNoneBecause", { why: reason });
}

/** How to change the simulated upstream's faults while it runs. */
function describeFaults({ upstream }: Environment): string[] {
  if (upstream === undefined) return [];
  const order = `-d '"storm"'`;
  return [say("makeTrouble"), `  curl -s -X POST ${upstream.url}/control/faults ${order}`, ""];
}

/** The simulated upstream's own counts. */
async function describeLimit({ upstream }: Environment): Promise<string[]> {
  if (upstream === undefined) return [];
  const { interfaces } = await upstream.stats();
  const all = Object.values(interfaces);
  const refusals = all.reduce((sum, { refusals }) => sum + refusals, 0);
  const peak = Math.max(0, ...all.map(({ peakCallsPerMinute }) => peakCallsPerMinute));
  const allowed = readSettings(process.env).TUSHARE_CALLS_A_MINUTE;
  return [`  ${say("summaryLimit", { refusals, peak, allowed })}`];
}

function withoutPassword(url: string): string {
  const address = new URL(url);
  if (address.password !== "") address.password = "***";
  return address.href;
}
