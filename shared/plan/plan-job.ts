// Plans a job from what is stored and what is due: asks coverage.ts what is missing, and plan.ts for the units.

import { type Dataset, datasets, listOf, securityOf } from "../catalogue/datasets.ts";
import {
  addDays,
  type Day,
  earlier,
  firstTradingDay,
  later,
  shanghaiDay,
  shanghaiInstant,
} from "../catalogue/dates.ts";
import { type Job, jobs, jobTypes } from "../catalogue/jobs.ts";
import * as coverage from "../coverage/coverage.ts";
import { areFresh } from "../coverage/list-coverage.ts";
import type { RunCommand } from "../dispatch/command.ts";
import { SyncError } from "../errors.ts";
import type { Database, DispatchServices } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import { say } from "../words/say.ts";
import type { Nothing } from "./nothing.ts";
import type { Plan } from "./plan.ts";
import * as plan from "./plan.ts";
import { planFinanceHistory, planFinanceIncrement } from "./plan-finance.ts";

/** @throws SyncError permanent, saying what is wrong and what to do */
export async function planJob(services: DispatchServices, command: RunCommand): Promise<Plan> {
  const job = jobs[command.job];
  const plans: Plan[] = [];
  for (const name of job.datasets) plans.push(await planDataset(services, datasets[name], job.mode, command));
  const units = plans.flatMap(({ units }) => units);
  const reasons = plans.flatMap(({ reason }) => reason ?? []);
  const range = plans.find((each) => each.range !== undefined)?.range;
  const nothing = units.length > 0 ? undefined : plans.find((each) => each.nothing !== undefined)?.nothing;
  return {
    units,
    reason: reasons.join("; ") || null,
    ...(range !== undefined && { range }),
    ...(nothing !== undefined && { nothing }),
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
  return fresh ? { units: [], reason: null, nothing: "fresh" } : { units, reason: null };
}

async function planHistory(services: DispatchServices, dataset: Dataset, command: RunCommand): Promise<Plan> {
  const { database, settings } = services;
  const start = command.codes === undefined ? settings.SYNC_DAILY_HISTORY_START_DATE : firstTradingDay;
  const days = await findDays(services, dataset, command, async () => start);
  if ("nothing" in days) return days;
  if (command.codes === undefined) {
    const codes = await coverage.listedCodes(database, dataset);
    return await planDays(services, dataset, command, days, codes);
  }
  const codes = await codesOf(services, dataset, command);
  const units = await planCodes(services, dataset, command, days.range, codes);
  const unlisted = await coverage.unlistedCodes(database, codes, days.range);
  const { from, to } = days.range;
  const remark = unlisted.length === 0 ? [] : [say("notListed", { codes: few(unlisted), from, to })];
  const reason = [...(days.reason === null ? [] : [days.reason]), ...remark].join("; ") || null;
  if (units.length > 0) return { units, reason, range: days.range };
  const nothing = unlisted.length === codes.length ? "not_listed" : storedOf(days);
  return { units, reason, range: days.range, nothing };
}

/** A range by date, or by stock where that takes fewer calls. */
async function planDays(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
  { range, reason }: Days,
  codes: readonly string[],
): Promise<Plan> {
  const { database } = services;
  const days = command.refresh
    ? await coverage.openDays(database, range)
    : await coverage.missingDays(database, dataset, range);
  if (days.length === 0) return { units: [], range, reason, nothing: storedOf({ reason }) };
  const byDate = { units: plan.planByDate(dataset, days), range, reason };
  if (days.length <= codes.length || codes.length === 0) return byDate;
  const units = await planCodes(services, dataset, command, range, codes);
  return units.length < days.length ? { ...byDate, units } : byDate;
}

async function planCodes(
  { database, settings }: DispatchServices,
  dataset: Dataset,
  { refresh = false }: RunCommand,
  range: Days["range"],
  codes: readonly string[],
): Promise<PlannedUnit[]> {
  const missing = await coverage.missingRanges(database, dataset, codes, range, refresh);
  return plan.planByCode(dataset, missing, await coverage.openDays(database, range), settings);
}

type Days = { readonly range: { readonly from: Day; readonly to: Day }; readonly reason: string | null };

function storedOf({ reason }: { reason: string | null }): Nothing {
  return reason === null ? "stored" : "stored_so_far";
}

/** The days of a command that are due and on which there was a market; or why there are none. */
async function findDays(
  { database, clock }: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
  start: (to: Day) => Promise<Day>,
): Promise<Days | (Plan & { nothing: Nothing })> {
  const due = plan.lastDueDay(dataset, clock.now());
  const isCut = command.to !== undefined && command.to > due;
  const to = earlier(command.to ?? due, due);
  const first =
    command.from ??
    (command.days === undefined ? await start(to) : await coverage.openDayBack(database, to, command.days));
  const nothing = (why: Nothing, reason: string) => ({
    ...{ units: [], reason, nothing: why, range: { from: first, to: command.to ?? later(first, to) } },
  });
  if (first > due)
    return nothing("not_due", say("notDueUntil", { day: first, time: plan.dueAt(dataset, first) }));
  if (first > to) {
    throw new SyncError("permanent", say("toBeforeFirst", { to, first }));
  }
  if (to < firstTradingDay)
    return nothing("before_first_day", say("noTradingBefore", { day: firstTradingDay }));
  const range = { from: later(first, firstTradingDay), to };
  await checkCalendar(database, range);
  if ((await coverage.openDays(database, range)).length === 0) {
    if (isCut) return nothing("not_due", say("notDueYet", { day: command.to ?? to }));
    return nothing("no_open_day", say("noTradingDays", range));
  }
  return { range, reason: isCut ? say("plannedTo", { asked: command.to ?? to, due }) : null };
}

/** The days asked for, or what is missing since the newest stored day and of the last open days before it. */
async function planIncrement(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
): Promise<Plan> {
  const { database, settings } = services;
  const back = (to: Day) =>
    coverage.openDayBack(database, to, Math.max(1, settings.SYNC_DAILY_LOOKBACK_DAYS));
  if ((command.from ?? command.to ?? command.days) !== undefined) {
    const days = await findDays(services, dataset, command, back);
    return "nothing" in days ? days : await planDays(services, dataset, command, days, []);
  }
  const due = plan.lastDueDay(dataset, services.clock.now());
  const newest = await coverage.newestStoredDay(database, dataset);
  if (newest === undefined) {
    await checkCalendar(database, { from: due, to: due });
    const day = await coverage.openDayBack(database, due, 1);
    const reason = say("onlyNewestDay", { dataset: dataset.name, day, job: historyOf(dataset) });
    services.log.warn(reason);
    return { units: plan.planByDate(dataset, [day]), reason, range: { from: day, to: day } };
  }
  const range = { from: earlier(addDays(newest, 1), await back(due)), to: due };
  await checkCalendar(database, range);
  return await planDays(services, dataset, command, { range, reason: null }, []);
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
  const kind = say(securityOf(dataset) ?? "stock");
  const list = listJobOf(dataset);
  throw new SyncError("permanent", say("unknownCodes", { kind, codes: few(unknown), list }));
}

/** Some of a list that may be long. */
function few(codes: readonly string[]): string {
  const shown = codes.slice(0, 5).join(", ");
  return codes.length > 5 ? say("andMore", { shown, count: codes.length - 5 }) : shown;
}

function historyOf(dataset: Dataset): string {
  const found = Object.entries<Job>(jobs).find(
    ([, job]) => job.mode === "history" && job.datasets.includes(dataset.name),
  );
  return found?.[0] ?? say("itsHistoryJob");
}

function listJobOf(dataset: Dataset): string {
  const list = listOf(dataset)?.name;
  return jobTypes.find((job) => jobs[job].datasets.some((name) => name === list)) ?? say("itsListJob");
}
