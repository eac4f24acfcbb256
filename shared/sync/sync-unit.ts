// The worker's use case: one message in, one outcome out. Fetch the unit's interfaces in parallel, prove the answer
// whole, join, store rows and ledger in one statement. Every failure has a kind, and the kind decides.

import type { Dataset } from "../catalogue/datasets.ts";
import { daysBetween, earlier, shanghaiDay } from "../catalogue/dates.ts";
import type { Selector } from "../catalogue/selector.ts";
import { asSyncError, SyncError } from "../errors.ts";
import { recordOrphan } from "../ledger/failures.ts";
import { requireOrigin } from "../ledger/origin.ts";
import * as units from "../ledger/units.ts";
import type { Clock, Delivery, Outcome, SyncServices } from "../ports.ts";
import { whyCalendarShort, whyListShort, whyNotDue } from "../rows/completeness.ts";
import { join, type Table } from "../rows/rows.ts";
import { decodeUnit, type Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { fetchUnit } from "./fetch-unit.ts";
import { lookAgainAt } from "./retry-policy.ts";
import { settleFailure } from "./settle-failure.ts";
import { meterOutcome, meterStored, reportFreshness, reportParked } from "./unit-metrics.ts";

/** Never throws. Holds the slot until its interval has passed, however the unit ends. */
export async function syncUnit(services: SyncServices, delivery: Delivery): Promise<Outcome> {
  let unit: Unit | undefined;
  services.pacer.enter();
  try {
    unit = decodeUnit(delivery.body, services.datasets);
    return await sync(services, delivery, unit);
  } catch (thrown) {
    const error = asSyncError(thrown);
    try {
      return await settleFailure(services, delivery, unit, error);
    } catch (second) {
      services.log.error("unit could not be settled", {
        unit: unit?.unit_key,
        task: unit?.task_id,
        error,
        second: asSyncError(second),
      });
      return "redeliver";
    }
  } finally {
    await services.pacer.hold();
  }
}

async function sync(services: SyncServices, delivery: Delivery, unit: Unit): Promise<Outcome> {
  const { database, clock, log, meter } = services;
  const dataset = services.datasets[unit.dataset];
  const claim = await units.claimUnit(database, unit, dataset, daysOf(dataset, unit.selector));
  if (claim === undefined) {
    const why = say("notInLedger", { unit: unit.unit_key, task: unit.task_id });
    await recordOrphan(database, `unit/${unit.task_id}/${unit.sequence}`, why);
    log.error("unit not in the ledger", { unit: unit.unit_key, task: unit.task_id });
    return "settled";
  }
  if (!claim.wanted) {
    log.info("unit not wanted any more", { unit: unit.unit_key, task: unit.task_id });
    return "settled";
  }
  requireOrigin(claim.origin, services.origin);

  const startedAt = clock.monotonic();
  const { main, details } = await fetchUnit(services, delivery, dataset, unit, claim.openDays);
  const fetchedAt = clock.monotonic();
  checkWhole(services, dataset, unit, main, claim);
  const late = lateReason(dataset, unit, main, details, claim, clock);
  if (late !== undefined) return await settleNotDue(services, delivery, unit, late);

  const table = join(dataset, main, details);
  const { changed, taskStatus, taskPercent } = await units.storeUnit(
    database,
    unit,
    dataset,
    table,
    delivery.receiveCount,
  );
  const figures = {
    rows: table.size,
    changed,
    fetchMilliseconds: Math.round(fetchedAt - startedAt),
    storeMilliseconds: Math.round(clock.monotonic() - fetchedAt),
  };
  const ageMilliseconds = delivery.sentAt && clock.now().getTime() - delivery.sentAt.getTime();
  meterStored(meter, unit, { ...figures, ageMilliseconds, taskPercent });
  log.info("unit done", {
    unit: unit.unit_key,
    task: unit.task_id,
    ...figures,
    ...(taskStatus !== undefined && taskStatus !== "RUNNING" && { taskStatus }),
  });
  const hasEnded = taskStatus !== undefined && taskStatus !== "RUNNING";
  if (hasEnded || unit.retry > 0) await report(services, dataset);
  return "settled";
}

/** The unit is done whatever becomes of this: the evening check says the same, later. */
async function report(services: SyncServices, { slices }: Dataset): Promise<void> {
  try {
    await reportParked(services);
    if (slices === "days") await reportFreshness(services, false);
  } catch (error) {
    services.log.warn("how far the data is could not be reported", { error: asSyncError(error) });
  }
}

/** @throws SyncError transient when a list or calendar cannot be whole. Days are judged by lateReason. */
function checkWhole(
  { clock, settings }: SyncServices,
  dataset: Dataset,
  { selector, unit_key }: Unit,
  main: Table,
  { rowsBefore }: units.Claim,
): void {
  if (dataset.slices !== "lists") return;
  const today = earlier(shanghaiDay(clock.now()), settings.SYNC_UPSTREAM_ENDS);
  const what = `${dataset.main.name} ${unit_key}`;
  const short =
    selector.by === "calendar"
      ? whyCalendarShort(what, main, selector, today)
      : whyListShort(what, dataset, selector, main.size, rowsBefore, settings.SYNC_LIST_SHARE_MIN);
  if (short !== undefined) throw new SyncError("transient", short);
}

function lateReason(
  dataset: Dataset,
  unit: Unit,
  main: Table,
  details: readonly Table[],
  claim: units.Claim,
  clock: Clock,
): string | undefined {
  if (unit.selector.by !== "date") return undefined;
  const day = unit.selector.trade_date;
  if (!claim.openDays.includes(day)) return undefined; // a day that was closed after all
  const ageDays = daysBetween(day, shanghaiDay(clock.now()));
  return whyNotDue(dataset, main, details, {
    day,
    rowsDayBefore: claim.rowsDayBefore,
    listed: claim.listed,
    ageDays,
  });
}

/** Looks again later while the day may still be published; after that its absence is a failure. */
async function settleNotDue(
  services: SyncServices,
  delivery: Delivery,
  unit: Unit,
  reason: string,
): Promise<Outcome> {
  const { clock, settings, planner, database, log, meter } = services;
  const at = lookAgainAt(unit, clock.now(), settings);
  if (at === undefined) throw new SyncError("transient", reason);
  // The schedule first: a look too many is harmless, a look too few would leave the day open.
  await planner.sendUnitAt(`look-${unit.task_id}-${unit.sequence}-${at.getTime() / 60_000}`, at, unit);
  await units.markNotDue(database, unit, delivery.receiveCount);
  meterOutcome(meter, "UnitsNotDue");
  log.info("unit not due yet", {
    unit: unit.unit_key,
    task: unit.task_id,
    reason,
    lookAgainAt: at.toISOString(),
  });
  return "settled";
}

function daysOf({ slices }: Dataset, selector: Selector): { from: string; to: string } | undefined {
  if (slices !== "days") return undefined;
  if (selector.by === "date") return { from: selector.trade_date, to: selector.trade_date };
  return selector.by === "code" ? selector : undefined;
}
