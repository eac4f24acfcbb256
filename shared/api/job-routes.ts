// Jobs: listing and starting them, by job name, and by the fixed paths of some jobs.
import type * as z from "zod/mini";
import { choiceOf, scheduledJobs } from "../catalogue/chosen-datasets.ts";
import { type JobType, jobs, jobsOf, jobTypes, optionsOf, type RunOption } from "../catalogue/jobs.ts";
import { codesMax, daysMax } from "../commands/command.ts";
import { countOpenFailures, newestTasks } from "../reads/ledger.ts";
import { asTask, JobsAnswer, RetryAnswer, TaskAnswer, TaskConflict } from "./answers.ts";
import { codes, day, integer, oneOf, optional, truth } from "./fields.ts";
import { type Fields, type Route, route } from "./route.ts";
import { startJob } from "./start-job.ts";

/** All fields of a run. The catalogue says which of them a job takes. */
const fields = {
  from: optional(day("the first, included")),
  to: optional(day("the last, included", "20240131")),
  days: optional(integer(1, daysMax, "instead of from: the last so many due trading days", 30)),
  codes: optional(codes(codesMax, "only these")),
  refresh: optional(truth("also fetch what is already stored", false)),
  acceptChanges: optional(
    truth("store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding", false),
  ),
  byPeriod: optional(truth("by report period, or by stock; overrides the settings", false)),
} satisfies Record<RunOption, z.ZodMiniType>;

function fieldsOf(job: JobType): Fields {
  return Object.fromEntries(optionsOf(job).map((option) => [option, fields[option]]));
}

const started = {
  202: { about: "Accepted: the task; its progress is at Location", schema: TaskAnswer },
  409: {
    about: "A task of the job is live or paused: that task, and whether it was opened by the same command",
    schema: TaskConflict,
  },
};

/** A route that starts one job. */
function trigger(at: string, id: string, job: JobType, summary: string): Route {
  return route({
    method: "POST",
    at,
    id,
    tag: "Jobs",
    summary,
    about: `Runs ${job} (${jobs[job].about}).`,
    idempotent: true,
    body: fieldsOf(job),
    answers: started,
    handle: (services, { body: fields, idempotencyKey, requestId }) =>
      startJob(services, { job, fields, idempotencyKey, requestId }),
  });
}

export const jobRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/jobs",
    id: "listJobs",
    tag: "Jobs",
    summary: "All jobs, each with its newest task",
    answers: { 200: { about: "The job catalogue", schema: JobsAnswer } },
    async handle({ database, settings }) {
      const newest = await newestTasks(database);
      const scheduled = new Set(scheduledJobs(choiceOf(settings).datasets));
      const body = jobTypes.map((job_type) => {
        const last = newest.find((task) => task.job_type === job_type);
        const { mode, about, datasets, takes, after } = jobs[job_type];
        const schedules = scheduled.has(job_type) ? jobs[job_type].schedules : [];
        const last_task = last === undefined ? null : asTask(last);
        return { job_type, mode, about: about, datasets, takes, schedules, after, last_task };
      });
      return { status: 200, body: { jobs: body } };
    },
  }),
  route({
    method: "POST",
    at: "/api/jobs/{job_type}/run",
    id: "runJob",
    tag: "Jobs",
    summary: "Start a job",
    about:
      "A field that the job does not take is refused; the answer names those that it takes. Planning happens after the answer: a task that cannot be planned ends as FAILED, with the reason.",
    idempotent: true,
    path: { job_type: oneOf(jobTypes, "the job", "DAILY_HISTORY") },
    body: fields,
    answers: started,
    handle: (services, { path, body, idempotencyKey, requestId }) =>
      startJob(services, { job: path.job_type, fields: body, idempotencyKey, requestId }),
  }),
  trigger(
    "/api/stock-daily/sync/history",
    "syncStockDailyHistory",
    "DAILY_HISTORY",
    "Fetch the past of stocks",
  ),
  trigger(
    "/api/stock-daily/sync/increment",
    "syncStockDailyIncrement",
    "DAILY_INCREMENTAL",
    "Fetch new daily data of stocks",
  ),
  route({
    method: "POST",
    at: "/api/stock-daily/failures/retry",
    id: "retryStockDailyFailures",
    tag: "Failures",
    summary: "Retry every open failure of the stock daily jobs",
    answers: { 202: { about: "The retries, accepted", schema: RetryAnswer } },
    async handle({ database, dispatcher }) {
      const job_types = jobsOf("stock_daily");
      const failures = await countOpenFailures(database, job_types);
      if (failures > 0) await dispatcher.start({ retry: "all", jobs: job_types });
      return { status: 202, body: { job_types, failures } };
    },
  }),
  trigger("/api/etf/lists", "syncEtfLists", "ETF_LIST", "Fetch the list of ETFs"),
  trigger("/api/etf/prices", "syncEtfPrices", "ETF_HISTORY", "Fetch prices of ETFs that are not stored"),
  trigger(
    "/api/finance/sync/history",
    "syncFinanceHistory",
    "FINANCE_HISTORY",
    "Fetch all reports of the past",
  ),
  trigger(
    "/api/finance/sync/increment",
    "syncFinanceIncrement",
    "FINANCE_INCREMENTAL",
    "Fetch new and missing reports",
  ),
];
