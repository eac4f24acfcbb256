// Verifies from the stored rows whether a dataset is whole in a range of days, without a call upstream. What was kept
// about the days is forgotten first and found again. It goes step by step, and continues where it was when it is stopped.
// Comparing with upstream is the work of a task: sync/compare-unit.ts.
import { hasMembersEachDay, type Slices } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier, shanghaiDay } from "../catalogue/dates.ts";
import { type Job, type JobType, jobs, jobsOf } from "../catalogue/jobs.ts";
import { newestDuePeriod } from "../catalogue/periods.ts";
import type { RunCommand } from "../commands/command.ts";
import { type DayRange, readCalendar } from "../coverage/calendar.ts";
import { knowsMembers } from "../coverage/coverage.ts";
import { firstDayAsked } from "../coverage/stored-days.ts";
import { SyncError } from "../errors.ts";
import {
  advanceVerification,
  beginVerification,
  type Found,
  failVerification,
} from "../ledger/verifications.ts";
import { refuseWithoutList } from "../plan/decide.ts";
import { scopeOf } from "../plan/scope.ts";
import type { DispatchServices } from "../ports.ts";
import { findingsMax, readVerification, type Verification } from "../reads/verifications.ts";
import { say } from "../words/say.ts";
import { type Look, lookAtDays, lookAtLists, lookAtSlices } from "./look.ts";

export type Verified = {
  readonly verification: Verification;
  /** Its time is over before it has ended: another invocation has to continue it. */
  readonly isOutOfTime: boolean;
};

/** Continues a verification to its end, or until it has no more time. @param hasTime whether another step may begin */
export async function verifyDataset(
  services: DispatchServices,
  dataset: Dataset,
  begun: Verification,
  hasTime: () => boolean = () => true,
): Promise<Verified> {
  let verification = begun;
  try {
    while (verification.status === "RUNNING") {
      if (!hasTime()) return { verification, isOutOfTime: true };
      const after = await step(services, dataset, verification);
      if (after === undefined) break; // another run does it
      verification = after;
    }
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== "permanent") throw error;
    verification = (await failVerification(services.database, verification, error.message)) ?? verification;
  }
  return { verification, isOutOfTime: false };
}

/** Undefined when another run has taken the step. */
async function step(
  services: DispatchServices,
  dataset: Dataset,
  verification: Verification,
): Promise<Verification | undefined> {
  const { database } = services;
  const room = findingsMax - verification.findings;
  const { slices } = dataset;
  if (slices === "lists") {
    return await advanceVerification(database, verification, await lookAtLists(services, dataset), undefined);
  }
  const { from, next: at, to: last } = verification;
  if (at === null || last === null) {
    const range = await rangeOf(services, dataset, slices, verification.asked);
    return await beginVerification(database, verification, range);
  }
  const to = earlier(addDays(at, daysOfStep(dataset) - 1), last);
  const found: Found = await lookFor(dataset)(
    services,
    dataset,
    { from: at, to },
    {
      ...{ room, isFirst: at === from, job: jobThatFetches(dataset) },
    },
  );
  return await advanceVerification(database, verification, found, to < last ? addDays(to, 1) : undefined);
}

/** Sets the days of a verification that compares with upstream, unless they are set. A list has none. */
export async function beginComparison(
  services: DispatchServices,
  dataset: Dataset,
  verification: Verification,
): Promise<Verification> {
  const range = verification.from === null && (await rangeToVerify(services, dataset, verification.asked));
  if (!range) return verification;
  const begun = await beginVerification(services.database, verification, range);
  return begun ?? (await readVerification(services.database, verification.id)) ?? verification;
}

/** The days to verify; undefined for a list. @throws SyncError permanent, as rangeOf */
export async function rangeToVerify(
  services: DispatchServices,
  dataset: Dataset,
  asked: Verification["asked"],
): Promise<DayRange | undefined> {
  const { slices } = dataset;
  return slices === "lists" ? undefined : await rangeOf(services, dataset, slices, asked);
}

function lookFor(dataset: Dataset): Look {
  return hasMembersEachDay(dataset) ? lookAtDays : lookAtSlices;
}

/** Calendar days of one step, so that each of its statements ends within five seconds. */
function daysOfStep(dataset: Dataset): number {
  if (hasMembersEachDay(dataset)) return 31;
  return dataset.slices === "periods" ? 5 * 366 : 366;
}

/** The job that fetches what is missing: a history, or the job of a list. */
export function jobThatFetches({ name, slices }: Dataset): JobType {
  const mode: Job["mode"] = slices === "lists" ? "reference" : "history";
  // as: a dataset of a test has no job, and no plan of it names one
  return (jobsOf(name).find((job) => jobs[job].mode === mode) ?? "") as JobType;
}

/**
 * The days to verify: those of the command that are due. By default from the first day that a task was to fetch.
 * @throws SyncError permanent when there is no such day, or when the calendar or a list does not suffice
 */
async function rangeOf(
  services: DispatchServices,
  dataset: Dataset,
  slices: Exclude<Slices, "lists">,
  asked: Verification["asked"],
): Promise<DayRange> {
  const { database, settings, clock } = services;
  const first = asked.from ?? (await firstDayAsked(database, dataset));
  if (slices === "periods") return periodsIn(services, { from: first, to: asked.to });
  const command: RunCommand = {
    job: jobThatFetches(dataset),
    ...(first !== undefined && { from: first }),
    ...(asked.to !== null && { to: asked.to }),
  };
  const calendar = await readCalendar(database);
  const now = clock.now();
  const scope = scopeOf({ dataset, mode: "history", command, settings, now }, slices, { calendar });
  if ("units" in scope) throw new SyncError("permanent", scope.reason ?? scope.nothing);
  if (hasMembersEachDay(dataset) && !(await knowsMembers(database, dataset))) refuseWithoutList(dataset);
  return scope.range;
}

/** Report periods whose deadline has passed: a report may be filed until then. */
function periodsIn(
  { settings, clock }: DispatchServices,
  { from = settings.SYNC_FINANCE_HISTORY_START_DATE, to }: { from: Day | undefined; to: Day | null },
): DayRange {
  const due = newestDuePeriod(shanghaiDay(clock.now())).end;
  const last = to === null ? due : earlier(to, due);
  if (from > last) throw new SyncError("permanent", say("periodNotDue", { first: from, due }));
  return { from, to: last };
}
