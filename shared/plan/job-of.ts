// The job that a sentence names when data is missing.
import type { Dataset } from "../catalogue/datasets.ts";
import { type Job, jobs, jobTypes } from "../catalogue/jobs.ts";
import { say } from "../words/say.ts";

/** The job that fetches a dataset in a mode. */
export function jobOfDataset({ name }: Dataset, mode: Job["mode"]): string {
  const found = jobTypes.find((job) => jobs[job].mode === mode && jobs[job].datasets.includes(name));
  return found ?? say(mode === "reference" ? "itsListJob" : "itsHistoryJob");
}
