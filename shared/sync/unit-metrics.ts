// What units say in metrics, said in one place: every outcome counts one of its kind and nought of the others, because a
// graph without noughts has holes and an alarm without them never knows that it is over.

import { readFreshness } from "../coverage/stored-days.ts";
import type { Clock, Database, Meter } from "../ports.ts";
import { countFailures } from "../reads/progress.ts";
import type { Unit } from "../unit.ts";

const outcomes = ["UnitsDone", "UnitsNotDue", "UnitsReturned", "UnitsFailed", "UnitsParked"] as const;

/** What a unit that was stored takes back: whatever refused it before is over. */
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
  /** Units of its task that are settled, percent. */
  readonly taskPercent: number | undefined;
};

export function meterStored(meter: Meter, unit: Unit, stored: Stored): void {
  meterOutcome(meter, "UnitsDone");
  for (const each of refusals) meter.count(each, 0);
  meter.count("RowsStored", stored.rows);
  meter.count("RowsChanged", stored.changed);
  meter.count("RowsUnchanged", Math.max(0, stored.rows - stored.changed));
  meter.measure("FetchTime", stored.fetchMilliseconds);
  meter.measure("StoreTime", stored.storeMilliseconds);
  if (stored.ageMilliseconds !== undefined) meter.measure("UnitAge", stored.ageMilliseconds);
  if (stored.taskPercent !== undefined)
    meter.measure("TaskProgress", stored.taskPercent, { job: unit.job_type });
}

/** How many failures need a person. To be said when one begins to, or may have ceased to. */
export async function reportParked({ database, meter }: { database: Database; meter: Meter }): Promise<void> {
  const { needPerson } = await countFailures(database);
  meter.measure("FailuresParked", needPerson);
}

/**
 * How far behind the data is. Whether that is too late is for the evening check to say, at an hour by which all of it
 * should be here; what comes in later takes it back.
 */
export async function reportFreshness(
  { database, clock, meter }: { database: Database; clock: Clock; meter: Meter },
  isEveningCheck: boolean,
) {
  const freshness = await readFreshness(database, clock.now());
  const worst = Math.max(0, ...freshness.map(({ daysBehind }) => daysBehind));
  for (const { dataset, daysBehind } of freshness) meter.measure("DaysBehind", daysBehind, { dataset });
  if (isEveningCheck || worst === 0) meter.measure("DaysLate", worst);
  return freshness;
}
