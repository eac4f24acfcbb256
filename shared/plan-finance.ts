// Plans the finance jobs: what has been reported and is not stored, by stock or, for accounts that may, by period.
import type { RunCommand } from "./command.ts";
import type { Dataset } from "./datasets.ts";
import { type Day, shanghaiDay, shanghaiInstant } from "./dates.ts";
import * as finance from "./finance-coverage.ts";
import { newestDuePeriod, newestPeriods, type Period, periodsBetween } from "./periods.ts";
import { type MissingRange, type Plan, planByCode } from "./plan.ts";
import type { DispatchServices } from "./ports.ts";
import { type PlannedUnit, unitKey } from "./unit.ts";
import { say } from "./words/say.ts";

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
  const periods = periodsBetween(range.from, range.to).filter(({ end }) => end < today);
  if (periods.length === 0) return { units: [], reason: say("noPeriodEnded"), range };
  const refresh = command.refresh ?? false;
  if (command.codes === undefined && (await mayAskByPeriod(services, command))) {
    const missing = refresh
      ? periods
      : await finance.missingPeriods(database, dataset, periods, shanghaiInstant(today, 0));
    return { units: missing.map((period) => unitOf(dataset, period)), reason: null, range };
  }
  // A period whose deadline has not passed may be filed any day: its absence is nothing to look for.
  const due = periods.filter(({ deadline }) => deadline < today);
  const missing = refresh
    ? codes.map((ts_code) => ({ ts_code, ...range }))
    : (await finance.missingPeriodRanges(database, dataset, codes, due)).map((one) =>
        toNewest(one, due, periods),
      );
  const ends = periods.map(({ end }) => end);
  return { units: planByCode(dataset, missing, ends, settings), reason: null, range };
}

/** Failed units first, then the stocks that have filed, then some of those whose newest due report is missing. */
export async function planFinanceIncrement(
  services: DispatchServices,
  dataset: Dataset,
  command: RunCommand,
): Promise<Plan> {
  const { database, settings, clock, log } = services;
  const today = shanghaiDay(clock.now());
  const { retried, left } = await finance.failedUnits(database, command.job);
  const wasNeverRun = !(await finance.wasAsked(database, dataset));
  const daysBack = wasNeverRun ? 1 : filingDaysMax;
  const filings = await finance.filingsNotAsked(database, dataset, today, daysBack);
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
  const asked = (await mayAskByPeriod(services, command))
    ? [
        ...new Set([...filings.map(({ end_date }) => end_date), ...(missing.length > 0 ? [duePeriod] : [])]),
      ].map((end) => unitOf(dataset, { end }))
    : planByCode(
        dataset,
        [...new Set([...filings.map(({ ts_code }) => ts_code), ...missing])].map((ts_code) => ({
          ts_code,
          from: periods.at(-1)?.end ?? duePeriod,
          to: periods[0]?.end ?? duePeriod,
        })),
        periods.map(({ end }) => end).reverse(),
        settings,
      );
  const taken = new Set([...retried.map(unitKey), ...left]);
  return { units: [...retried, ...asked.filter((unit) => !taken.has(unitKey(unit)))], reason };
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
  if (command.byPeriod === false || settings.SYNC_FINANCE_BY_PERIOD === "never") return false;
  if (settings.SYNC_FINANCE_BY_PERIOD === "always") return true;
  if (settings.TUSHARE_CALLS_A_MINUTE < callsAMinuteByPeriod) return false;
  return !(await finance.wasRefusedByPeriod(database, clock.now()));
}

function unitOf(dataset: Dataset, { end }: { end: Day }): PlannedUnit {
  return { dataset: dataset.name, selector: { by: "period", period: end } };
}
