// The job catalogue: what a schedule or a person can start. Data only; infra makes a schedule of each entry.
import type { DatasetName } from "./datasets.ts";
import type { Settings } from "./settings.ts";

/** What a run may be told beside its job. */
export const runOptions = ["from", "to", "days", "codes", "refresh", "byPeriod"] as const;
export type RunOption = (typeof runOptions)[number];

export type Job = {
  readonly mode: "reference" | "history" | "incremental";
  /** Datasets in the order they are planned. */
  readonly datasets: readonly DatasetName[];
  /** What a run of it may be told. Everything else is refused at every door, because it would change nothing. */
  readonly takes: readonly RunOption[];
  /** EventBridge Scheduler expressions, read in Asia/Shanghai. */
  readonly schedules: readonly string[];
  /** The setting that holds the units of one fan-out step. */
  readonly batchSize: keyof Settings & `${string}BATCH_SIZE`;
  /** Jobs whose data its plan is made from. */
  readonly after: readonly string[];
  readonly about: string;
};

export const jobs = {
  REFERENCE: {
    mode: "reference",
    datasets: ["trading_calendar", "stock_list", "disclosure"],
    takes: ["refresh"],
    schedules: ["cron(30 7 ? * MON-FRI *)"],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: [],
    about: "trading calendar, stock list, reporting schedule",
  },
  DAILY_HISTORY: {
    mode: "history",
    datasets: ["stock_daily"],
    takes: ["from", "to", "days", "codes", "refresh"],
    schedules: [],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: ["REFERENCE"],
    about: "stock daily data of a range, resumable",
  },
  DAILY_INCREMENTAL: {
    mode: "incremental",
    datasets: ["stock_daily"],
    takes: ["from", "to", "days", "refresh"],
    // daily_basic may come as late as 19:00; the second look heals what the first found unpublished.
    schedules: ["cron(30 17 ? * MON-FRI *)", "cron(30 20 ? * MON-FRI *)"],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: ["REFERENCE"],
    about: "new trading days, and holes of the last 60; or the days of a range",
  },
  FINANCE_HISTORY: {
    mode: "history",
    datasets: ["finance"],
    takes: ["from", "to", "codes", "refresh", "byPeriod"],
    schedules: [],
    batchSize: "SYNC_FINANCE_HISTORY_BATCH_SIZE",
    after: ["REFERENCE"],
    about: "financial indicators of all report periods, resumable",
  },
  FINANCE_INCREMENTAL: {
    mode: "incremental",
    datasets: ["finance"],
    takes: ["from", "to", "refresh", "byPeriod"],
    // Indicators come the day after the filing; the reporting schedule was read in the morning.
    schedules: ["cron(30 21 ? * * *)"],
    batchSize: "SYNC_FINANCE_HISTORY_BATCH_SIZE",
    after: ["REFERENCE"],
    about: "failed units first, then new filings, then missing reports; or the filings of a range",
  },
  ETF_LIST: {
    mode: "reference",
    datasets: ["etf_list"],
    takes: ["refresh"],
    schedules: ["cron(0 8 ? * MON *)"],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: [],
    about: "list of exchange-traded funds",
  },
  ETF_HISTORY: {
    mode: "history",
    datasets: ["etf_daily"],
    takes: ["from", "to", "days", "codes", "refresh"],
    schedules: [],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: ["REFERENCE", "ETF_LIST"],
    about: "ETF prices of a range, resumable",
  },
  ETF_INCREMENTAL: {
    mode: "incremental",
    datasets: ["etf_daily"],
    takes: ["from", "to", "days", "refresh"],
    schedules: ["cron(50 17 ? * MON-FRI *)", "cron(50 20 ? * MON-FRI *)"],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: ["REFERENCE", "ETF_LIST"],
    about: "new trading days of ETFs, and holes of the last 60; or the days of a range",
  },
} as const satisfies Record<string, Job>;

export type JobType = keyof typeof jobs;

export const jobTypes = Object.keys(jobs) as [JobType, ...JobType[]];

/** What a run of a job may be told, whatever the job. */
export function optionsOf(job: JobType): readonly RunOption[] {
  return jobs[job].takes;
}

/** Options that were given and that the job has no use for. */
export function notTaken(job: JobType, given: object): RunOption[] {
  const taken = optionsOf(job);
  return runOptions.filter((option) => Object.hasOwn(given, option) && !taken.includes(option));
}

/** What a command asks for beside its job, for a person; empty when it leaves all to the job. */
export function describeAsked(command: Readonly<Record<string, unknown>>): string {
  return runOptions
    .filter((option) => command[option] !== undefined)
    .map((option) => `${option} ${command[option]}`)
    .join(", ");
}
