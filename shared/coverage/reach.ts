// How far a dataset is whole: its newest whole day, and the day through which no day is missing.
import { hasMembersEachDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { jobsOf } from "../catalogue/jobs.ts";
import type { Database } from "../ports.ts";
import { countDays, type DayState, readKept } from "./days.ts";
import { askedDaysSql, readAnswered } from "./stored-days.ts";

export type Reach = {
  /** The newest day that is whole. */
  readonly newestWhole: Day | undefined;
  /** The last day of the unbroken run of whole days from the first requested day on; undefined when that is not whole. */
  readonly completeThrough: Day | undefined;
  /** The first day that was not counted in this question: the run may go further. */
  readonly uncountedFrom: Day | undefined;
};

export const nothingWhole: Reach = {
  newestWhole: undefined,
  completeThrough: undefined,
  uncountedFrom: undefined,
};

/** Days in one question; the newest days are the ones most often not kept as whole. */
const daysAtOnce = 20;

export type Counting = {
  /** Days that are counted in one question. */
  readonly daysMax?: number;
  /** Whether those that are whole are kept: the next question goes on from there. Only for callers that may write. */
  readonly keep?: boolean;
};

/** Days that are not kept as whole are counted from their rows. */
export async function readReach(
  database: Database,
  dataset: Dataset,
  now: Date,
  { daysMax = 200, keep = false }: Counting = {},
): Promise<Reach> {
  const due = lastDueDay(dataset, now);
  const from = await firstAskedDay(database, dataset);
  if (from === undefined || from > due) return nothingWhole;
  const range = { from, to: due };
  if (!hasMembersEachDay(dataset)) return reachOf(await readAnswered(database, dataset, range));
  const { whole, others } = await readKept(database, dataset, range);
  const known = [...whole].sort((a, b) => (a.day < b.day ? -1 : 1));
  const count = (days: readonly Day[]) => countDays(database, dataset, days, keep);
  return {
    newestWhole: await newestWhole(known, others, count, daysMax),
    ...(await completeThrough(known, others, count, daysMax)),
  };
}

type Count = (days: readonly Day[]) => Promise<DayState[]>;

async function newestWhole(
  known: readonly DayState[],
  others: readonly Day[],
  count: Count,
  daysMax: number,
): Promise<Day | undefined> {
  const newest = known.findLast(({ expected }) => expected > 0)?.day;
  const newer = others.filter((day) => newest === undefined || day > newest).slice(-daysMax);
  for (let end = newer.length; end > 0; end -= daysAtOnce) {
    const days = await count(newer.slice(Math.max(0, end - daysAtOnce), end));
    const found = days.findLast(isWhole);
    if (found !== undefined) return found.day;
  }
  return newest;
}

async function completeThrough(
  known: readonly DayState[],
  others: readonly Day[],
  count: Count,
  daysMax: number,
): Promise<Omit<Reach, "newestWhole">> {
  const run = [...known];
  for (let at = 0; at < others.length; at += daysAtOnce) {
    const uncountedFrom = at >= daysMax ? others[at] : undefined;
    if (uncountedFrom !== undefined)
      return { completeThrough: lastBefore(run, uncountedFrom), uncountedFrom };
    const days = await count(others.slice(at, at + daysAtOnce));
    const gap = days.find(({ wanted }) => wanted > 0)?.day;
    run.push(...days);
    if (gap !== undefined) return { completeThrough: lastBefore(run, gap), uncountedFrom: undefined };
  }
  return { completeThrough: lastBefore(run), uncountedFrom: undefined };
}

const isWhole = ({ wanted, expected }: DayState) => wanted === 0 && expected > 0;

/** The last whole day before a gap. A day on which nothing was listed is not one, and no gap either. */
function lastBefore(days: readonly DayState[], gap?: Day): Day | undefined {
  const before = days.filter((state) => isWhole(state) && (gap === undefined || state.day < gap));
  return before.reduce<Day | undefined>(
    (last, { day }) => (last === undefined || day > last ? day : last),
    undefined,
  );
}

function reachOf(days: readonly { readonly day: Day; readonly whole: boolean }[]): Reach {
  const gap = days.findIndex(({ whole }) => !whole);
  const run = gap === -1 ? days : days.slice(0, gap);
  return {
    newestWhole: days.findLast(({ whole }) => whole)?.day,
    completeThrough: run.at(-1)?.day,
    uncountedFrom: undefined,
  };
}

/** The first day that a task for the whole dataset covered. */
export async function firstAskedDay(database: Database, dataset: Dataset): Promise<Day | undefined> {
  const [row] = await database.run(
    `select to_char(min(lower(days)), 'YYYYMMDD') as day
from (${askedDaysSql}) as task
where job_type = any (string_to_array(:jobs, ','))`,
    { jobs: jobsOf(dataset.name).join(",") },
  );
  return typeof row?.day === "string" ? row.day : undefined;
}
