// Plans the finance jobs: what has been reported and is not stored, by stock or, for accounts that may, by period.

import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier, shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { newestDuePeriod, newestPeriods, type Period, periodsBetween } from "../catalogue/periods.ts";
import { wasAsked } from "../coverage/coverage.ts";
import * as finance from "../coverage/finance-coverage.ts";
import type { RunCommand } from "../dispatch/command.ts";
import type { DispatchServices } from "../ports.ts";
import { type PlannedUnit, unitKey } from "../unit.ts";
import { say } from "../words/say.ts";
import type { Nothing } from "./nothing.ts";
import { type MissingRange, type Plan, planByCode } from "./plan.ts";

/** Calls a minute from which the account's tier has the right to the answers by period. */
const callsAMinuteByPeriod = 500;

/** Periods an increment asks a stock for: two years, as restatements reach back. */
const periodsOfIncrement = 8;

/** Days after a filing in which its stock is still asked for. */
const filingDaysMax = 120;

export async function planFinanceHistory(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
  codes: readonly string[],
): Promise<Plan> {
  const { database, settings, clock } = services;
  const today = shanghaiDay(clock.now());
  const range = { from: command.from ?? settings.SYNC_FINANCE_HISTORY_START_DATE, to: command.to ?? today };
  const all = periodsBetween(range.from, range.to);
  const periods = all.filter(({ end }) => end < today);
  if (range.from > today || (all.length > 0 && periods.length === 0)) {
    const [first] = all;
    const reason =
      first === undefined
        ? say("dayNotCome", { day: range.from })
        : say("periodNotEnded", { period: first.end });
    return { units: [], reason, range, nothing: "not_due" };
  }
  if (periods.length === 0) {
    return { units: [], reason: say("noPeriodEnded"), range, nothing: "no_period" };
  }
  const refresh = command.refresh ?? false;
  if (command.codes === undefined && (await mayAskByPeriod(services, command))) {
    const missing = refresh
      ? periods
      : await finance.missingPeriods(database, dataset, periods, shanghaiInstant(today, 0));
    return {
      units: missing.map((period) => unitOf(dataset, period)),
      reason: null,
      range,
      nothing: "stored",
    };
  }
  // A period whose deadline has not passed may be filed any day: its absence is nothing to look for.
  const due = periods.filter(({ deadline }) => deadline < today);
  const missing = refresh
    ? codes.map((ts_code) => ({ ts_code, ...range }))
    : (await finance.missingPeriodRanges(database, dataset, codes, due)).map((one) =>
        toNewest(one, due, periods),
      );
  const ends = periods.map(({ end }) => end);
  const units = planByCode(dataset, missing, ends, settings);
  return { units, range, ...(await whyNothing(services, command, codes, due, all)) };
}

/** What to say of a history without units: periods whose reports are not due yet are left to the increment. */
async function whyNothing(
  { database }: DispatchServices,
  { codes: named, to: last }: RunCommand,
  codes: readonly string[],
  due: readonly Period[],
  all: readonly Period[],
): Promise<{ reason: string | null; nothing: Nothing }> {
  const waiting = last === undefined && due.length > 0 ? undefined : all[due.length];
  const [first] = all;
  if (named !== undefined && first !== undefined) {
    const gone = await finance.delistedBefore(database, codes, first.end);
    if (gone.length === codes.length)
      return {
        reason: say("delistedBefore", { day: first.end, codes: gone.slice(0, 5).join(", ") }),
        nothing: "not_listed",
      };
  }
  if (waiting === undefined) return { reason: null, nothing: "stored" };
  return {
    reason: say("reportsNotDue", { period: waiting.end, deadline: waiting.deadline }),
    nothing: due.length === 0 ? "not_due" : "stored_so_far",
  };
}

/**
 * Failed units first, then the stocks that have filed, then some of those whose newest due report is missing. Of a range:
 * the stocks that filed on its days, and nothing else.
 */
export async function planFinanceIncrement(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
): Promise<Plan> {
  return (command.from ?? command.to) === undefined
    ? await planNewReports(services, dataset, command)
    : await planFilings(services, dataset, command);
}

async function planNewReports(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
): Promise<Plan> {
  const { database, settings, clock, log } = services;
  const today = shanghaiDay(clock.now());
  const { retried, left } = await finance.failedUnits(database, command.job);
  const wasNeverRun = !(await wasAsked(database, dataset));
  const days = { from: addDays(today, wasNeverRun ? -1 : -filingDaysMax), to: addDays(today, -1) };
  const filings = await finance.filings(database, dataset, days, command.refresh ?? false);
  const duePeriod = newestDuePeriod(today).end;
  const missing = await finance.stocksWithout(
    database,
    dataset,
    duePeriod,
    settings.SYNC_INCREMENTAL_MISSING_LIMIT,
  );
  const reason = wasNeverRun
    ? say("financeNeverAsked")
    : !(await finance.knowsSchedule(database))
      ? say("scheduleEmpty")
      : null;
  if (reason !== null) log.warn(reason);

  const periods = newestPeriods(today, periodsOfIncrement);
  const newest = { from: periods.at(-1)?.end ?? duePeriod, to: periods[0]?.end ?? duePeriod };
  const asked = (await mayAskByPeriod(services, command))
    ? periodsOf(dataset, [
        ...filings.map(({ end_date }) => end_date),
        ...(missing.length > 0 ? [duePeriod] : []),
      ])
    : planByCode(
        dataset,
        spansOf([...filings, ...missing.map((ts_code) => ({ ts_code, end_date: duePeriod }))]).map(
          (span) => ({
            ...span,
            from: earlier(span.from, newest.from), // a report of before is asked for too, or it would be every evening
            to: newest.to,
          }),
        ),
        periods.map(({ end }) => end).reverse(),
        settings,
      );
  const taken = new Set([...retried.map(unitKey), ...left]);
  const units = [...retried, ...asked.filter((unit) => !taken.has(unitKey(unit)))];
  return { units, reason, nothing: "stored" };
}

/** The reports filed on the days of a command: of each stock the periods it filed then. */
async function planFilings(services: DispatchServices, dataset: Dataset, command: RunCommand): Promise<Plan> {
  const { database, settings, clock } = services;
  const last = addDays(shanghaiDay(clock.now()), -1); // indicators come the day after the filing
  const to = earlier(command.to ?? last, last);
  const from = command.from ?? addDays(to, 1 - filingDaysMax);
  if (from > last) {
    const range = { from, to: command.to ?? from };
    const reason = say("filingsNotDue", { day: from, next: addDays(from, 1) });
    return { units: [], reason, range, nothing: "not_due" };
  }
  const range = { from, to };
  const reason =
    command.to !== undefined && command.to > last ? say("plannedTo", { asked: command.to, due: last }) : null;
  const known = await finance.filings(database, dataset, range, true);
  if (known.length === 0) {
    const empty = say("noFiling", { from, to });
    return { units: [], reason: empty, range, nothing: "no_filing" };
  }
  const filings = command.refresh ? known : await finance.filings(database, dataset, range, false);
  const units = (await mayAskByPeriod(services, command))
    ? periodsOf(
        dataset,
        filings.map(({ end_date }) => end_date),
      )
    : planByCode(dataset, spansOf(filings), [], settings);
  return { units, reason, range, nothing: reason === null ? "stored" : "stored_so_far" };
}

/** Of each stock, from the oldest period it filed to the newest. */
function spansOf(filings: readonly finance.Filing[]): MissingRange[] {
  return [...Map.groupBy(filings, ({ ts_code }) => ts_code)].map(([ts_code, own]) => {
    const ends = own.map(({ end_date }) => end_date).sort();
    return { ts_code, from: ends[0] ?? "", to: ends.at(-1) ?? "" };
  });
}

function periodsOf(dataset: Dataset, ends: readonly Day[]): PlannedUnit[] {
  return [...new Set(ends)].map((end) => unitOf(dataset, { end }));
}

/** A range to the newest due period goes on to the newest of all: a report may be filed before its deadline. */
function toNewest(missing: MissingRange, due: readonly Period[], periods: readonly Period[]): MissingRange {
  const newest = periods.at(-1);
  return newest && missing.to === due.at(-1)?.end ? { ...missing, to: newest.end } : missing;
}

async function mayAskByPeriod(
  { database, settings, clock }: DispatchServices,
  command: RunCommand,
): Promise<boolean> {
  if (command.byPeriod !== undefined) return command.byPeriod;
  if (settings.SYNC_FINANCE_BY_PERIOD === "never") return false;
  if (settings.SYNC_FINANCE_BY_PERIOD === "always") return true;
  if (settings.TUSHARE_CALLS_A_MINUTE < callsAMinuteByPeriod) return false;
  return !(await finance.wasRefusedByPeriod(database, clock.now()));
}

function unitOf(dataset: Dataset, { end }: { end: Day }): PlannedUnit {
  return { dataset: dataset.name, selector: { by: "period", period: end } };
}
