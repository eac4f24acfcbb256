// The job catalogue: what a schedule or a person can start. Data only; infra makes a schedule of each entry.
import type { DatasetName } from "./datasets.ts";
import type { Settings } from "./settings.ts";

export type Job = {
  readonly mode: "reference" | "history" | "incremental";
  /** Datasets in the order they are planned. */
  readonly datasets: readonly DatasetName[];
  /** EventBridge Scheduler expressions, read in Asia/Shanghai. */
  readonly schedules: readonly string[];
  /** The setting that holds the units of one fan-out step. */
  readonly batchSize: keyof Settings & `${string}BATCH_SIZE`;
  readonly about: string;
};

export const jobs = {
  REFERENCE: {
    mode: "reference",
    datasets: ["trading_calendar", "stock_list"],
    schedules: ["cron(30 7 ? * MON-FRI *)"],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    about: "trading calendar and stock list",
  },
  DAILY_HISTORY: {
    mode: "history",
    datasets: ["stock_daily"],
    schedules: [],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    about: "stock daily data of a range, resumable",
  },
  DAILY_INCREMENTAL: {
    mode: "incremental",
    datasets: ["stock_daily"],
    // daily_basic may come as late as 19:00; the second look heals what the first found unpublished.
    schedules: ["cron(30 17 ? * MON-FRI *)", "cron(30 20 ? * MON-FRI *)"],
    batchSize: "SYNC_DAILY_HISTORY_BATCH_SIZE",
    about: "new trading days, and holes of the last 60",
  },
} as const satisfies Record<string, Job>;

export type JobType = keyof typeof jobs;

export const jobTypes = Object.keys(jobs) as [JobType, ...JobType[]];
