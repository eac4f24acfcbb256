// Plans a job from what is stored and what is due: asks coverage.ts what is missing, and plan.ts for the units.
import type { RunCommand } from "./command.ts";
import * as coverage from "./coverage.ts";
import { type Dataset, datasets } from "./datasets.ts";
import { addDays, type Day, earlier, later, shanghaiDay, shanghaiInstant } from "./dates.ts";
import { SyncError } from "./errors.ts";
import { type Job, jobs } from "./jobs.ts";
import { areFresh } from "./list-coverage.ts";
import type { Plan } from "./plan.ts";
import * as plan from "./plan.ts";
import { planFinanceHistory, planFinanceIncrement } from "./plan-finance.ts";
import type { Database, DispatchServices } from "./ports.ts";
import { say } from "./words/say.ts";

/** @throws SyncError permanent, saying what is wrong and what to do */
export async function planJob(services: DispatchServices, command: RunCommand): Promise<Plan> {
  const job = jobs[command.job];
  const plans: Plan[] = [];
  for (const name of job.datasets) plans.push(await planDataset(services, datasets[name], job.mode, command));
  const reasons = plans.flatMap(({ reason }) => reason ?? []);
  const range = plans.find((each) => each.range !== undefined)?.range;
  return {
    units: plans.flatMap(({ units }) => units),
    reason: reasons.join("; ") || null,
    ...(range !== undefined && { range }),
  };
}

async function planDataset(
  services: DispatchServices,
  dataset: Dataset,
  mode: Job["mode"],
  command: RunCommand,
): Promise<Plan> {
  if (dataset.slices === "lists") return await planLists(services, dataset, command);
  if (dataset.slices === "days") {
    return mode === "history"
      ? await planHistory(services, dataset, command)
      : await planIncrement(services, dataset, command);
  }
  return mode === "history"
    ? await planFinanceHistory(services, dataset, command, await codesOf(services, dataset, command))
    : await planFinanceIncrement(services, dataset, command);
}

/** Whole lists: fetched once a day unless refreshed. */
async function planLists(
  { database, clock, settings }: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
): Promise<Plan> {
  const today = shanghaiDay(clock.now());
  const units = plan.planLists(dataset, earlier(today, settings.SYNC_UPSTREAM_ENDS));
  const since = shanghaiInstant(today, 0);
  const fresh = !command.refresh && (await areFresh(database, dataset, units, since));
  return { units: fresh ? [] : units, reason: null };
}

async function planHistory(services: DispatchServices, dataset: Dataset, command: RunCommand): Promise<Plan> {
  const { database, settings } = services;
  const due = plan.lastDueDay(dataset, services.clock.now());
  const to = command.to === undefined || command.to > due ? due : command.to;
  const reason =
    command.to !== undefined && command.to > due ? say("plannedTo", { asked: command.to, due }) : null;
  const start = command.codes === undefined ? settings.SYNC_DAILY_HISTORY_START_DATE : plan.firstTradingDay;
  const from =
    command.days === undefined
      ? (command.from ?? start)
      : await coverage.openDayBack(database, to, command.days);
  const range = { from: later(from, plan.firstTradingDay), to };
  if (from > to) return { units: [], reason: say("notDueYet", { day: from }), range };
  await checkCalendar(database, range);

  const refresh = command.refresh ?? false;
  const byCode = async (codes: readonly string[]) =>
    plan.planByCode(
      dataset,
      await coverage.missingRanges(database, dataset, codes, range, refresh),
      await coverage.openDays(database, range),
      settings,
    );
  const codes = await codesOf(services, dataset, command);
  if (command.codes !== undefined) return { units: await byCode(codes), reason, range };
  const days = refresh
    ? await coverage.openDays(database, range)
    : await coverage.missingDays(database, dataset, range);
  const byDate = { units: plan.planByDate(dataset, days), reason, range };
  if (days.length <= codes.length || codes.length === 0) return byDate;
  const units = await byCode(codes);
  return units.length < days.length ? { units, reason, range } : byDate;
}

/** What is missing since the newest stored day, and of the last open days before it. */
async function planIncrement(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
): Promise<Plan> {
  const { database, settings } = services;
  const due = plan.lastDueDay(dataset, services.clock.now());
  const newest = await coverage.newestStoredDay(database, dataset);
  if (newest === undefined) {
    await checkCalendar(database, { from: due, to: due });
    const day = await coverage.openDayBack(database, due, 1);
    const reason = say("onlyNewestDay", { dataset: dataset.name, day, job: historyOf(dataset) });
    services.log.warn(reason);
    return { units: plan.planByDate(dataset, [day]), reason, range: { from: day, to: day } };
  }
  const back = await coverage.openDayBack(database, due, Math.max(1, settings.SYNC_DAILY_LOOKBACK_DAYS));
  const range = { from: earlier(addDays(newest, 1), back), to: due };
  await checkCalendar(database, range);
  const days = command.refresh
    ? await coverage.openDays(database, range)
    : await coverage.missingDays(database, dataset, range);
  return { units: plan.planByDate(dataset, days), reason: null, range };
}

/** A calendar that is missing is an alarm, not a holiday. */
async function checkCalendar(database: Database, range: { from: Day; to: Day }): Promise<void> {
  const { firstDay, lastDay, hole } = await coverage.calendarFacts(database, range);
  if (firstDay === undefined || lastDay === undefined) throw new SyncError("permanent", say("calendarEmpty"));
  if (firstDay > range.from) {
    throw new SyncError("permanent", say("calendarBegins", { firstDay, needed: range.from }));
  }
  if (lastDay < range.to) {
    throw new SyncError("permanent", say("calendarEnds", { lastDay, needed: range.to }));
  }
  if (hole !== undefined) throw new SyncError("permanent", say("calendarLacks", { day: hole }));
}

/** The codes a command names, or all that are listed. */
async function codesOf(
  { database }: DispatchServices,
  dataset: Dataset,
  { codes }: RunCommand,
): Promise<string[]> {
  if (codes === undefined) return await coverage.listedCodes(database, dataset);
  const asked = [...new Set(codes)];
  const unknown = await coverage.unknownCodes(database, dataset, asked);
  if (unknown.length === 0) return asked;
  const shown = unknown.slice(0, 5).join(", ");
  const names = unknown.length > 5 ? say("andMore", { shown, count: unknown.length - 5 }) : shown;
  const kind = dataset.instruments === "etf" ? say("etf") : say("stock");
  const list = dataset.instruments === "etf" ? "ETF_LIST" : "REFERENCE";
  throw new SyncError("permanent", say("unknownCodes", { kind, codes: names, list }));
}

function historyOf(dataset: Dataset): string {
  const found = Object.entries<Job>(jobs).find(
    ([, job]) => job.mode === "history" && job.datasets.includes(dataset.name),
  );
  return found?.[0] ?? say("itsHistoryJob");
}
