// The metrics of units, in one place. Every outcome counts 1 for its own metric and 0 for the others: without zeros a graph
// has gaps and an alarm does not return to OK.

import { choiceOf } from "../catalogue/chosen-datasets.ts";
import { isByTradingDay } from "../catalogue/dataset.ts";
import type { Settings } from "../catalogue/settings.ts";
import { readFreshness } from "../coverage/stored-days.ts";
import type { Clock, Database, Meter } from "../ports.ts";
import { countFailures } from "../reads/progress.ts";
import type { Unit } from "../unit.ts";

const outcomes = ["UnitsDone", "UnitsNotDue", "UnitsReturned", "UnitsFailed", "UnitsParked"] as const;

/** Metrics that a stored unit sets to 0: the refusals are over. */
const refusals = ["AccountRefused", "RightMissing", "QuotaUsed", "TooFast", "DeadLetters"] as const;

export function meterOutcome(meter: Meter, outcome: (typeof outcomes)[number]): void {
  for (const each of outcomes) meter.count(each, each === outcome ? 1 : 0);
}

export type Stored = {
  readonly rows: number;
  readonly changed: number;
  readonly fetchMilliseconds: number;
  readonly storeMilliseconds: number;
  /** Since its message was sent. */
  readonly ageMilliseconds: number | undefined;
  /** Settled units of its task, percent. */
  readonly taskPercent: number | undefined;
};

export function meterStored(meter: Meter, unit: Unit, stored: Stored): void {
  meter.count("RowsStored", stored.rows);
  meter.count("RowsChanged", stored.changed);
  meter.count("RowsUnchanged", Math.max(0, stored.rows - stored.changed));
  meter.measure("StoreTime", stored.storeMilliseconds);
  meterFetched(meter, unit, stored);
}

/** A unit that was stored or compared. */
export function meterFetched(
  meter: Meter,
  unit: Unit,
  stored: Pick<Stored, "fetchMilliseconds" | "ageMilliseconds" | "taskPercent">,
): void {
  meterOutcome(meter, "UnitsDone");
  for (const each of refusals) meter.count(each, 0);
  meter.measure("FetchTime", stored.fetchMilliseconds);
  if (stored.ageMilliseconds !== undefined) meter.measure("UnitAge", stored.ageMilliseconds);
  if (stored.taskPercent !== undefined)
    meter.measure("TaskProgress", stored.taskPercent, { job: unit.job_type });
}

/** Reports how many failures need action. Called when that number may have changed. */
export async function reportParked({ database, meter }: { database: Database; meter: Meter }): Promise<void> {
  const { needPerson } = await countFailures(database);
  meter.measure("FailuresParked", needPerson);
}

/**
 * Reports how far behind the data is. Only the evening check decides whether that is too late, at an hour when everything
 * should be stored; when the data arrives later, DaysLate goes back to 0.
 */
export async function reportFreshness(
  {
    database,
    clock,
    meter,
    settings,
  }: { database: Database; clock: Clock; meter: Meter; settings: Settings },
  isEveningCheck: boolean,
) {
  const chosen = choiceOf(settings).datasets.filter(isByTradingDay);
  const freshness = await readFreshness(database, clock.now(), chosen);
  const worst = Math.max(0, ...freshness.map(({ daysBehind }) => daysBehind));
  for (const { dataset, daysBehind } of freshness) meter.measure("DaysBehind", daysBehind, { dataset });
  if (isEveningCheck || worst === 0) meter.measure("DaysLate", worst);
  return freshness;
}
