// Plans a job: for each of its datasets it reads the facts, then decides what to fetch.
import type { Slices } from "../catalogue/dataset.ts";
import { type Dataset, datasets, isDatasetName } from "../catalogue/datasets.ts";
import { earlier, shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { type Job, jobs } from "../catalogue/jobs.ts";
import type { RunCommand } from "../commands/command.ts";
import { areFresh } from "../coverage/list-coverage.ts";
import { SyncError } from "../errors.ts";
import { differingUnits } from "../ledger/comparisons.ts";
import type { Database, DispatchServices } from "../ports.ts";
import { readVerification } from "../reads/verifications.ts";
import { say } from "../words/say.ts";
import { withDaysAgain, withPeriodsAgain } from "./add-reread.ts";
import { decide } from "./decide.ts";
import { decidePeriods } from "./decide-periods.ts";
import { readFacts } from "./facts.ts";
import { readPeriodFacts } from "./period-facts.ts";
import { type Plan, planLists } from "./plan.ts";
import type { Request } from "./scope.ts";
import type { TimedSlices } from "./slices.ts";

/** @throws SyncError permanent, with what is wrong and what to do */
export async function planJob(services: DispatchServices, command: RunCommand): Promise<Plan> {
  const verification = command.compares ?? command.repairs;
  if (verification !== undefined) return await planForVerification(services, command, verification);
  const job = jobs[command.job];
  const plans: Plan[] = [];
  for (const name of job.datasets) plans.push(await planDataset(services, datasets[name], job.mode, command));
  const units = plans.flatMap(({ units }) => units);
  const rereads = plans.flatMap(({ rereads = [] }) => rereads);
  const reasons = plans.flatMap(({ reason }) => reason ?? []);
  const range = plans.find((each) => each.range !== undefined)?.range;
  const nothing = units.length > 0 ? undefined : plans.find((each) => each.nothing !== undefined)?.nothing;
  return {
    units,
    reason: reasons.join("; ") || null,
    ...(rereads.length > 0 && { rereads }),
    ...(range !== undefined && { range }),
    ...(nothing !== undefined && { nothing }),
  };
}

/** What a verification compares, or what it found different. */
async function planForVerification(
  services: DispatchServices,
  command: RunCommand,
  id: string,
): Promise<Plan> {
  const verification = await readVerification(services.database, id);
  const { how, status, dataset = "" } = verification ?? {};
  const isOpen = how === "upstream" && (command.repairs !== undefined || status === "RUNNING");
  if (!isOpen || !isDatasetName(dataset) || !jobs[command.job].datasets.includes(dataset)) {
    throw new SyncError("permanent", say("verificationEnded", { id }));
  }
  if (command.repairs === undefined) return await planComparison(services, datasets[dataset], command);
  const units = await differingUnits(services.database, id);
  return { units, reason: null, ...(units.length === 0 && { nothing: "stored" as const }) };
}

/**
 * The fewest units that cover a range, whether or not its rows are stored.
 * @throws SyncError permanent, also when there is no such unit
 */
export async function planComparison(
  services: DispatchServices,
  dataset: Dataset,
  { from, to, byPeriod, job }: Pick<RunCommand, "from" | "to" | "byPeriod" | "job">,
): Promise<Plan> {
  const mode = dataset.slices === "lists" ? "reference" : "history";
  const command: RunCommand = {
    ...{ job, refresh: true },
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(byPeriod !== undefined && { byPeriod }),
  };
  const plan = await planDataset(services, dataset, mode, command);
  if (plan.units.length === 0) {
    const why = plan.reason ?? plan.nothing ?? "";
    throw new SyncError("permanent", say("nothingToCompare", { why }));
  }
  return { ...plan, units: plan.units.map((unit) => ({ ...unit, compares: true as const })) };
}

type Planner = (database: Database, request: Request) => Promise<Plan>;

/** The planner for each kind of slice: reads the facts, then decides. */
const planners: Readonly<Record<Slices, Planner>> = {
  lists: planWholeLists,
  days: inTime("days"),
  codes: inTime("codes"),
  announcements: inTime("announcements"),
  months: inTime("months"),
  ranges: inTime("ranges"),
  async periods(database, request) {
    const facts = await readPeriodFacts(database, request);
    return await withPeriodsAgain(database, request, decidePeriods(request, facts), facts.scope);
  },
};

/** What a run of one dataset would fetch. @throws SyncError permanent, with what is wrong and what to do */
export async function planDataset(
  { database, settings, clock, log }: DispatchServices,
  dataset: Dataset,
  mode: Job["mode"],
  command: RunCommand,
): Promise<Plan> {
  const request = { dataset, mode, command, settings, now: clock.now() };
  const planned = await planners[dataset.slices](database, request);
  if (planned.warns) log.warn(planned.reason ?? "");
  return planned;
}

function inTime(slices: TimedSlices): Planner {
  return async (database, request) => {
    const plan = decide(request, await readFacts(database, request, slices));
    return await withDaysAgain(database, request, plan);
  };
}

/** Whole lists: fetched once a day unless refreshed. */
async function planWholeLists(database: Database, request: Request): Promise<Plan> {
  const { dataset, command, settings, now } = request;
  const today = shanghaiDay(now);
  const units = planLists(dataset, earlier(today, settings.SYNC_UPSTREAM_ENDS));
  const fresh = !command.refresh && (await areFresh(database, dataset, units, shanghaiInstant(today, 0)));
  return fresh ? { units: [], reason: null, nothing: "fresh" } : { units, reason: null };
}
