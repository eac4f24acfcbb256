// The job catalogue: what a schedule or a person can start. It is made from the datasets; infra makes the schedules from
// it.
import { say } from "../words/say.ts";
import { cadences } from "./cadences.ts";
import { canAskBy, needsCalendar } from "./dataset.ts";
import type { specs } from "./dataset-files.ts";
import { calendarDataset, type Dataset, type DatasetName, datasets, listOf } from "./datasets.ts";
import { type Settings, settingTable } from "./settings.ts";

/** Options of a run. */
export const runOptions = ["from", "to", "days", "codes", "refresh", "acceptChanges", "byPeriod"] as const;
export type RunOption = (typeof runOptions)[number];

export type Job = {
  readonly mode: "reference" | "history" | "incremental";
  /** Datasets in the order they are planned. */
  readonly datasets: readonly DatasetName[];
  /** The options that the job takes. Command line, API and page refuse the others, because they would have no effect. */
  readonly takes: readonly RunOption[];
  /** EventBridge Scheduler expressions, read in Asia/Shanghai. */
  readonly schedules: readonly string[];
  /** The setting with the number of units in one fan-out step. */
  readonly batchSize: keyof Settings & `${string}BATCH_SIZE`;
  /** Jobs that fetch the data its plan needs. */
  readonly after: readonly JobType[];
  /** What it does, for a person. */
  readonly about: string;
};

type JobOf<Name extends string, Spec> = Spec extends { jobs: { list: infer Own extends string } }
  ? Own
  : Spec extends { jobs: { history: infer History extends string; incremental: infer New extends string } }
    ? History | New
    : Spec extends { slices: "lists" }
      ? Uppercase<Name>
      : `${Uppercase<Name>}_${"HISTORY" | "INCREMENTAL"}`;

/** Names from a dataset's file, or made from its name: a list has one job, others have a history and an incremental job. */
export type JobType = { [Name in DatasetName]: JobOf<Name, (typeof specs)[Name]> }[DatasetName];

type JobPart = readonly [name: JobType, mode: Job["mode"], dataset: Dataset];

const parts = Object.values(datasets).flatMap((dataset): JobPart[] => {
  const own = dataset.jobs;
  const name = dataset.name.toUpperCase();
  const named = (text: string) => text as JobType; // as: built by the rule of JobOf
  if (dataset.slices === "lists") {
    return [[named(own && "list" in own ? own.list : name), "reference", dataset]];
  }
  const { history, incremental } =
    own && "history" in own ? own : { history: `${name}_HISTORY`, incremental: `${name}_INCREMENTAL` };
  return [
    [named(history), "history", dataset],
    [named(incremental), "incremental", dataset],
  ];
});

export const jobs = Object.fromEntries(
  [...Map.groupBy(parts, ([name]) => name)].map(([name, of]) => [name, jobOf(of)]),
) as Readonly<Record<JobType, Job>>; // as: of its own entries

export const jobTypes = Object.keys(jobs) as [JobType, ...JobType[]];

function jobOf(of: readonly JobPart[]): Job {
  const [first] = of;
  if (first === undefined) throw new Error("a job without a dataset");
  const [, mode, dataset] = first;
  const cadence: readonly string[] = cadences[dataset.cadence];
  return {
    mode,
    datasets: of.map(([, , { name }]) => name),
    takes: takenBy(dataset, mode),
    schedules: mode === "history" ? [] : cadence,
    batchSize:
      dataset.slices === "periods" ? "SYNC_FINANCE_HISTORY_BATCH_SIZE" : "SYNC_DAILY_HISTORY_BATCH_SIZE",
    after: mode === "reference" ? [] : neededBy(dataset),
    about: aboutOf(
      mode,
      of.map(([, , one]) => one),
    ),
  };
}

/** What a job with these datasets does, for a person. */
export function aboutOf(mode: Job["mode"], of: readonly Dataset[]): string {
  const titles = of.map(({ title }) => title.en).join(", ");
  const [first] = of;
  if (mode === "reference" || first === undefined) return say("jobOfLists", { datasets: titles });
  if (mode === "history") return say(historyOf(first), { datasets: titles });
  if (first.slices === "periods") return say("jobOfNewReports", { datasets: titles });
  return say("jobOfNews", { datasets: titles, past: lookBackOf(first) });
}

function historyOf(dataset: Dataset) {
  const { slices, byPeriod } = dataset;
  if (slices === "periods") return byPeriod === undefined ? "jobOfPeriods" : "jobOfPeriodsOrCodes";
  return slices === "days" && canAskBy(dataset, "code") ? "jobOfDaysOrCodes" : "jobOfHistory";
}

/** How far an increment looks back by default; plan/slices.ts has the rules. */
function lookBackOf({ slices, rangeDays = 0 }: Dataset): string {
  const days = settingTable.SYNC_DAILY_LOOKBACK_DAYS.default;
  switch (slices) {
    case "announcements":
      return say("lastDays", { days });
    case "months":
      return say("lastMonths", { months: 2 });
    case "ranges":
      return say("lastDays", { days: rangeDays });
    default:
      return say("lastOpenDays", { days });
  }
}

function takenBy(dataset: Dataset, mode: Job["mode"]): RunOption[] {
  if (mode === "reference") return ["refresh", "acceptChanges"];
  const byCode = mode === "history" && canAskBy(dataset, "code");
  // Such an increment fetches only what was filed, and codes in turn: nothing of it would be fetched again.
  const isInTurn = mode === "incremental" && dataset.slices === "periods" && dataset.expects !== "members";
  return [
    "from",
    "to",
    ...(dataset.slices === "days" || dataset.slices === "codes" ? (["days"] as const) : []),
    ...(byCode ? (["codes"] as const) : []),
    ...(isInTurn ? [] : (["refresh"] as const)),
    "acceptChanges",
    ...(dataset.byPeriod === undefined ? [] : (["byPeriod"] as const)),
  ];
}

/** The jobs that fetch the lists from which a dataset is planned. */
function neededBy(dataset: Dataset): JobType[] {
  const calendar = needsCalendar(dataset) ? calendarDataset() : undefined;
  const lists = [calendar, listOf(dataset)].map((list) => list?.name);
  return [...new Set(parts.filter(([, , { name }]) => lists.includes(name)).map(([job]) => job))];
}

/** The jobs that fetch a dataset. */
export function jobsOf(dataset: DatasetName): JobType[] {
  return jobTypes.filter((job) => jobs[job].datasets.includes(dataset));
}

/** The options that a job takes. */
export function optionsOf(job: JobType): readonly RunOption[] {
  return jobs[job].takes;
}

/** Whether its codes are those of securities: their digits determine the exchange. Those of an index do not. */
export function isOfSecurities(job: JobType): boolean {
  return jobs[job].datasets.every((name) => listOf(datasets[name]) !== undefined);
}

/** Options that were given although the job does not take them. */
export function notTaken(job: JobType, given: object): RunOption[] {
  const taken = optionsOf(job);
  return runOptions.filter((option) => Object.hasOwn(given, option) && !taken.includes(option));
}

/** The options of a command as text for a person, and for which verification it is; empty when it has none. */
export function describeAsked(command: Readonly<Record<string, unknown>>): string {
  return ["compares", "repairs", ...runOptions]
    .filter((option) => command[option] !== undefined)
    .map((option) => `${option} ${command[option]}`)
    .join(", ");
}
