// Which datasets are kept up to date: a choice of sets and of single datasets. The others have tables and jobs too, but no
// schedule, and nothing waits for their days.
import { nearest } from "../words/nearest.ts";
import { say } from "../words/say.ts";
import { datasetSets, type InterfaceSpec, interfacesOf, needsCalendar } from "./dataset.ts";
import { type Catalogue, calendarDataset, type Dataset, datasets } from "./datasets.ts";
import { type JobType, jobs, jobsOf, jobTypes } from "./jobs.ts";
import type { Settings } from "./settings.ts";
import { tierOfCalls } from "./tiers.ts";

/** What the system exists for: always tried, and missing points are reported as errors. */
const core = "core";
const everything = "all";

/** The words of a choice: sets, everything, and single datasets. `finance` is both a set and a dataset. */
export function wordsOfChoice(all: Catalogue = datasets): string[] {
  return [...new Set([...datasetSets, everything, ...Object.keys(all)])];
}

export type Choice = {
  /** What is kept up to date, in the order of the catalogue, with the lists and the evidence that it needs. */
  readonly datasets: readonly Dataset[];
  /** Chosen by a set, but the account's points are too few. They are not tried; naming one by itself tries it. */
  readonly beyondPoints: readonly Dataset[];
};

/**
 * Reads a choice such as `core,index,shibor`.
 * @param callsAMinute the account's limit, from which its points follow
 * @throws Error that names the word that is neither a set nor a dataset
 */
export function readChoice(text: string, callsAMinute: number, all: Catalogue = datasets): Choice {
  const words = text.split(",").map((word) => word.trim());
  const unknown = words.find((word) => !wordsOfChoice(all).includes(word));
  if (unknown !== undefined) throw new Error(sayUnknown(unknown, all));
  const { points } = tierOfCalls(callsAMinute);
  const chosen = Object.values(all).filter(
    ({ name, set }) => words.includes(everything) || words.includes(set) || words.includes(name),
  );
  const isTried = (dataset: Dataset) =>
    dataset.set === core || words.includes(dataset.name) || pointsFor(dataset) <= points;
  const kept = new Set(chosen.filter(isTried).flatMap((dataset) => [dataset, ...neededBy(dataset, all)]));
  return {
    datasets: Object.values(all).filter((dataset) => kept.has(dataset)),
    beyondPoints: chosen.filter((dataset) => !kept.has(dataset)),
  };
}

/** The choice in the settings. @throws Error as readChoice */
export function choiceOf({
  SYNC_DATASETS,
  TUSHARE_CALLS_A_MINUTE,
}: Pick<Settings, "SYNC_DATASETS" | "TUSHARE_CALLS_A_MINUTE">): Choice {
  return readChoice(SYNC_DATASETS, TUSHARE_CALLS_A_MINUTE);
}

/** The jobs that keep these datasets up to date, by schedule. */
export function scheduledJobs(chosen: readonly Dataset[]): JobType[] {
  return jobsAmong(chosen).filter((job) => jobs[job].mode !== "history");
}

/** All jobs that fetch one of these datasets. */
export function jobsAmong(chosen: readonly Dataset[]): JobType[] {
  const names = new Set(chosen.map(({ name }) => name));
  return jobTypes.filter((job) => jobs[job].datasets.some((name) => names.has(name)));
}

/** Points that an account needs to fetch a dataset. */
export function pointsFor(dataset: Dataset): number {
  return Math.max(...interfacesOf(dataset).map(pointsOf));
}

function pointsOf({ points, optional, fallback }: InterfaceSpec): number {
  if (optional === true) return 0;
  return Math.min(points, fallback?.points ?? points);
}

/** The calendar, and the lists and the evidence of a dataset. */
function neededBy(dataset: Dataset, all: Catalogue): Dataset[] {
  const { list, schedule, explainedBy } = dataset;
  const calendar = needsCalendar(dataset) ? calendarDataset() : undefined;
  const names = [calendar, list, schedule, explainedBy].flatMap((each) => (each ? [each.name] : []));
  return names.map((name) => all[name]);
}

/** Those that an account with so many points can keep up to date with all that they need, and by jobs that fetch nothing else. */
export function affordableWith(points: number): Dataset[] {
  const isPaid = (dataset: Dataset) => pointsFor(dataset) <= points;
  return Object.values(datasets).filter((dataset) => {
    const together = jobsOf(dataset.name).flatMap((job) => jobs[job].datasets.map((name) => datasets[name]));
    return [dataset, ...neededBy(dataset, datasets), ...together].every(isPaid);
  });
}

/** The jobs that fill these datasets for the first time: histories, and lists. */
export function fillingJobs(kept: readonly Dataset[]): JobType[] {
  return jobsAmong(kept).filter((job) => jobs[job].mode !== "incremental");
}

function sayUnknown(word: string, all: Catalogue): string {
  const known = wordsOfChoice(all);
  const values = {
    field: "SYNC_DATASETS",
    value: `'${word}'`,
    allowed: say("allowedDatasets", { known: known.join(", ") }),
  };
  const suggestion = nearest(word, known);
  const sentence = say("valueIs", values);
  return suggestion === undefined ? sentence : `${sentence}; ${say("didYouMean", { suggestion })}`;
}
