// The worker's use case: one message in, one outcome out. A unit is claimed, fetched, judged and stored. The kind of a
// failure decides what happens next.

import { isByTradingDay } from "../catalogue/dataset.ts";
import { type Dataset, datasetsExplainedBy } from "../catalogue/datasets.ts";
import { shanghaiDay } from "../catalogue/dates.ts";
import { asSyncError, SyncError } from "../errors.ts";
import { recordOrphan } from "../ledger/failures.ts";
import { type Around, marksAround } from "../ledger/list-answers.ts";
import { classFactors, explainRefusal, settleEmptied } from "../ledger/revisions.ts";
import { type Claim, claimUnit, markNotDue, mergeRows, type StoredUnit, storeUnit } from "../ledger/units.ts";
import type { Delivery, Outcome, SyncServices } from "../ports.ts";
import { absencesOver } from "../rows/cells.ts";
import { type Answer, type Facts, judge, type Settled, type Verdict } from "../rows/completeness.ts";
import type { Reviser } from "../rows/revise.ts";
import type { Table } from "../rows/rows.ts";
import { decodeUnit, type Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { compareUnit, startRepair, withoutStored } from "./compare-unit.ts";
import { fetchUnit } from "./fetch-unit.ts";
import { settleFailure } from "./settle-failure.ts";
import { meterOutcome, meterStored, reportFreshness, reportParked } from "./unit-metrics.ts";

/** Time to leave for the end of an invocation. */
const endMilliseconds = 2_000;

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
    await services.pacer.hold(delivery.remainingMilliseconds() - endMilliseconds);
  }
}

async function sync(services: SyncServices, delivery: Delivery, unit: Unit): Promise<Outcome> {
  const { database, origin, clock, settings, meter } = services;
  const dataset = services.datasets[unit.dataset];
  const claim = await claimUnit(database, unit, dataset, origin);
  if (claim.is !== "wanted") return await leave(services, unit, claim);
  const { compares } = claim;
  const facts = compares === undefined ? claim.facts : withoutStored(claim.facts);

  const startedAt = clock.monotonic();
  const answer = await fetchUnit(services, delivery, dataset, unit, facts);
  const fetchedAt = clock.monotonic();
  const verdict = judge(dataset, unit, answer, facts, {
    ...{ now: clock.now(), settings },
    deliveries: delivery.receiveCount,
  });
  const changes = changesOf(dataset, unit, answer, facts);
  const reviser = { taskId: unit.task_id, shareMax: settings.SYNC_REVISION_SHARE_MAX };
  const orRefusal = async <Result>(storing: Promise<Result>): Promise<Result> => {
    try {
      return await storing;
    } catch (error) {
      throw await explainRefusal(database, unit, dataset, answer.table, reviser.shareMax, error);
    }
  };
  if (verdict.is === "not due") await planLook(services, unit, verdict);
  if (verdict.is !== "whole" && facts.cells !== undefined && compares === undefined) {
    const merging = mergeRows(database, unit, dataset, answer.table, reviser.shareMax, changes);
    meter.count("RowsChanged", await orRefusal(merging));
  }
  if (verdict.is === "not whole") throw new SyncError("transient", verdict.why);
  if (verdict.is === "not due") return await lookAgain(services, delivery, unit, verdict);

  const { settled } = verdict;
  const fetchMilliseconds = Math.round(fetchedAt - startedAt);
  if (compares !== undefined) {
    const compared = await compareUnit(services, delivery, dataset, unit, {
      ...{ verification: compares, answer, cells: claim.facts.cells, absences: settled?.absences ?? [] },
      ...{ fetchMilliseconds },
    });
    await reportSettled(services, dataset, unit, compared.taskStatus);
    return "settled";
  }
  const more = {
    changes: { ...changes, settled },
    explained: datasetsExplainedBy(services.datasets, dataset),
    around: marksOf(services, dataset, unit, answer),
    isNew: isNothingStored(facts),
  };
  const stored = await orRefusal(
    storeUnit(database, unit, dataset, answer.table, delivery.receiveCount, reviser.shareMax, more),
  );
  await settleRevisions(services, unit, dataset, answer.table, reviser, stored);
  const storeMilliseconds = Math.round(clock.monotonic() - fetchedAt);
  await report(
    services,
    delivery,
    dataset,
    unit,
    { ...stored, fetchMilliseconds, storeMilliseconds },
    settled,
  );
  return "settled";
}

function changesOf(dataset: Dataset, { selector }: Unit, { table, evidence }: Answer, { cells }: Facts) {
  return { evidence, over: cells && absencesOver(dataset, selector, table, cells) };
}

/** False where nobody knows. */
function isNothingStored({ cells }: Facts): boolean {
  return cells !== undefined && ![...cells.states.values()].some((state) => state.startsWith("s"));
}

/** For a list of securities: marks the codes that are in none of its slices any more. */
function marksOf(
  { datasets, clock, settings }: SyncServices,
  dataset: Dataset,
  unit: Unit,
  { table }: Answer,
): Around | undefined {
  const answer = {
    codes: (table.columns.ts_code ?? []).map(String),
    slices: dataset.lists?.(shanghaiDay(clock.now())) ?? [],
    mirrored: Object.values(datasets).filter(({ list }) => list?.name === dataset.name),
  };
  return marksAround(unit, dataset, answer, settings);
}

/** The unit is done even if this fails: the next answer of the slice does it. */
async function settleRevisions(
  { database, log }: SyncServices,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  reviser: Reviser,
  { revised, factors, emptied }: StoredUnit,
): Promise<void> {
  try {
    if (factors > 0) await classFactors(database, unit, dataset);
    if (emptied > 0 || revised > 0) await settleEmptied(database, unit, dataset, table, reviser);
  } catch (error) {
    log.warn("revisions were recorded but not settled", { unit: unit.unit_key, error: asSyncError(error) });
  }
}

/** Leaves a unit that is no longer wanted, or is not in the ledger, without fetching it. */
async function leave(
  services: SyncServices,
  unit: Unit,
  claim: Exclude<Claim, { readonly is: "wanted" }>,
): Promise<Outcome> {
  const { database, log } = services;
  const named = { unit: unit.unit_key, task: unit.task_id };
  if (claim.is === "unwanted") {
    // The worker that ended the verification may have died before it started the repair.
    if (claim.repairs !== undefined) await startRepair(services, claim.repairs);
    log.info("unit not wanted any more", named);
  } else {
    await recordOrphan(database, `unit/${unit.task_id}/${unit.sequence}`, say("notInLedger", named));
    log.error("unit not in the ledger", named);
  }
  return "settled";
}

/** Schedules another attempt. This comes first: one attempt too many is harmless, without one the day would stay open. */
async function planLook(
  { planner }: SyncServices,
  unit: Unit,
  { lookAgainAt }: Verdict & { is: "not due" },
): Promise<void> {
  const name = `look-${unit.task_id}-${unit.sequence}-${lookAgainAt.getTime() / 60_000}`;
  await planner.sendUnitAt(name, lookAgainAt, unit);
}

/** Settles a unit of which more may still be published. */
async function lookAgain(
  { database, log, meter }: SyncServices,
  delivery: Delivery,
  unit: Unit,
  { why, lookAgainAt }: Verdict & { is: "not due" },
): Promise<Outcome> {
  await markNotDue(database, unit, delivery.receiveCount, lookAgainAt);
  meterOutcome(meter, "UnitsNotDue");
  log.info("unit not due yet", {
    unit: unit.unit_key,
    task: unit.task_id,
    reason: why,
    lookAgainAt: lookAgainAt.toISOString(),
  });
  return "settled";
}

async function report(
  services: SyncServices,
  delivery: Delivery,
  dataset: Dataset,
  unit: Unit,
  done: StoredUnit & { readonly fetchMilliseconds: number; readonly storeMilliseconds: number },
  settled: Settled | undefined,
): Promise<void> {
  const { clock, meter, log } = services;
  const { taskStatus, taskPercent, ...figures } = done;
  const ageMilliseconds = delivery.sentAt && clock.now().getTime() - delivery.sentAt.getTime();
  meterStored(meter, unit, { ...figures, ageMilliseconds, taskPercent });
  if (settled !== undefined) {
    const unexplained = settled.absences.filter(({ reason }) => reason === "unexplained").length;
    meter.count("AbsencesUnexplained", unexplained);
    if (unexplained > 0)
      log.warn("unit done without rows that nothing explains", {
        ...{ unit: unit.unit_key, task: unit.task_id },
        lacks: settled.partial,
      });
  }
  const hasEnded = taskStatus !== undefined && taskStatus !== "RUNNING";
  log.info("unit done", {
    unit: unit.unit_key,
    task: unit.task_id,
    ...figures,
    ...(hasEnded && { taskStatus }),
  });
  await reportSettled(services, dataset, unit, taskStatus);
}

/** Reports what may have changed with the last unit of a task, or with a retry. */
async function reportSettled(
  services: SyncServices,
  dataset: Dataset,
  unit: Unit,
  taskStatus: StoredUnit["taskStatus"],
): Promise<void> {
  const { log } = services;
  const hasEnded = taskStatus !== undefined && taskStatus !== "RUNNING";
  if (!hasEnded && unit.retry === 0) return;
  // The unit is done even if this fails: the evening check reports the same metric later.
  try {
    await reportParked(services);
    if (isByTradingDay(dataset)) await reportFreshness(services, false);
  } catch (error) {
    log.warn("how far the data is could not be reported", { error: asSyncError(error) });
  }
}
