// Fetches a unit: all its interfaces in parallel, each whole, with every row checked. Every call goes through the pacer.

import { type InterfaceSpec, isByTradingDay, mainFor, rowCapOf } from "../catalogue/dataset.ts";
import { type Dataset, evidenceFor } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { functionSeconds } from "../catalogue/queue-limits.ts";
import type { Selector } from "../catalogue/selector.ts";
import { workerSeconds } from "../catalogue/slot.ts";
import { asSyncError, lacksRight, SyncError } from "../errors.ts";
import type { Delivery, Page, SyncServices } from "../ports.ts";
import type { Answer, Facts } from "../rows/completeness.ts";
import { concat, foldByKey, join, readRows, type Table } from "../rows/rows.ts";
import { checksOf } from "../rows/slice.ts";
import type { Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { fetchWhole } from "./fetch-whole.ts";

/** Tries of one call within an invocation; after that the unit goes back to the queue. */
const callTriesMax = 3;

/** What a call and what follows it may take. A call that does not fit is not begun: the unit is handed on. */
const callAndStoreMilliseconds = 1000 * (workerSeconds.call + workerSeconds.store);

/** A longer wait fits into no invocation. */
const waitMillisecondsMax = 1000 * (functionSeconds.worker - workerSeconds.claim) - callAndStoreMilliseconds;

/** Fetches all interfaces in parallel. Every call has ended when this returns, even when one has failed. */
export async function fetchUnit(
  services: SyncServices,
  delivery: Delivery,
  dataset: Dataset,
  unit: Unit,
  { openDays, cells }: Facts,
): Promise<Answer> {
  const { selector } = unit;
  const main = mainFor(dataset, selector.by);
  if (main === undefined) {
    throw new SyncError("permanent", say("noInterface", { dataset: dataset.name, by: selector.by }));
  }
  const tradingDays = isByTradingDay(dataset) ? new Set(openDays) : undefined;
  const key = dataset.replacesSlice ? undefined : dataset.key;
  const called = new Set<string>();
  const fetchTable = async (spec: InterfaceSpec, days?: ReadonlySet<Day>): Promise<Table> => {
    const capped = { ...spec, rowCap: rowCapOf(spec, services.settings) };
    const ask = (params: Readonly<Record<string, string>>) =>
      callPaced(services, delivery, unit, spec, params, called);
    const parts: Table[] = [];
    for (const part of partsOf(capped)) {
      const pages = await fetchWhole(part, selector, ask, dataset.replacesSlice);
      const checks = checksOf(dataset, selector, part, days);
      parts.push(readRows(part, pages, `${spec.name} ${unit.unit_key}`, checks, key));
    }
    return key === undefined || parts.length === 1 ? concat(parts) : foldByKey(concat(parts), key);
  };
  const emptyOf = (spec: InterfaceSpec) =>
    readRows(spec, [], spec.name, { rule: () => undefined, keeps: [] }, key);
  const evidence = cells && fetchEvidence(services, delivery, dataset, unit, openDays, called);
  const results = await Promise.allSettled([
    orOtherwise(main, selector, (spec) => fetchTable(spec, tradingDays), emptyOf),
    ...dataset.details.map((spec) => fetchTable(spec)),
    ...(evidence === undefined ? [] : [evidence]),
  ]);
  const errors = results.flatMap((result) =>
    result.status === "rejected" ? [asSyncError(result.reason)] : [],
  );
  const worst = errors.sort((a, b) => severity(b) - severity(a))[0];
  if (worst !== undefined) throw worst;
  const [mainTable, ...others] = results.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : [],
  );
  if (mainTable === undefined) throw new Error("a fetch that did not fail has a main table");
  const details = others.slice(0, dataset.details.length).flatMap((table) => table ?? []);
  return { table: join(dataset, mainTable, details), details, evidence: others[dataset.details.length] };
}

/** The interface as it is called for each of its values, or itself. */
function partsOf(spec: InterfaceSpec): readonly InterfaceSpec[] {
  const { each } = spec;
  if (each === undefined) return [spec];
  return each.values.map((value) => ({ ...spec, always: { ...spec.always, [each.parameter]: value } }));
}

/** Environments that were told that they go on without evidence. */
const toldWithout = new WeakSet<object>();

/**
 * The rows that explain absences in the same slice, checked like those of their own dataset. Undefined when the dataset has
 * no evidence, and when the account has no right to it or the upstream does not know it.
 */
function fetchEvidence(
  services: SyncServices,
  delivery: Delivery,
  dataset: Dataset,
  unit: Unit,
  openDays: Facts["openDays"],
  called: Set<string>,
): Promise<Table | undefined> | undefined {
  const { selector } = unit;
  const { explainedBy } = dataset;
  if (explainedBy === undefined || evidenceFor(dataset, selector.by) === undefined) return undefined;
  const { main, key } = explainedBy;
  const fetchTable = async (): Promise<Table | undefined> => {
    const spec = { ...main, rowCap: rowCapOf(main, services.settings) };
    try {
      const pages = await fetchWhole(spec, selector, (params) =>
        callPaced(services, delivery, unit, main, params, called),
      );
      const checks = checksOf(explainedBy, selector, main, new Set(openDays));
      return readRows(main, pages, `${main.name} ${unit.unit_key}`, checks, key);
    } catch (thrown) {
      const error = asSyncError(thrown);
      if (!lacksRight(error)) throw error;
      if (!toldWithout.has(services.pacer)) {
        toldWithout.add(services.pacer);
        services.log.warn("absences are judged without evidence", { interface: main.name, error });
      }
      return undefined;
    }
  };
  return fetchTable();
}

/**
 * Without the right to an interface, calls its fallback, which has nearly the same data. An optional interface without a
 * fallback then has no rows.
 */
async function orOtherwise(
  spec: InterfaceSpec,
  { by }: Selector,
  fetchTable: (spec: InterfaceSpec) => Promise<Table>,
  emptyOf: (spec: InterfaceSpec) => Table,
): Promise<Table> {
  try {
    return await fetchTable(spec);
  } catch (thrown) {
    const { fallback, optional } = spec;
    if (!lacksRight(asSyncError(thrown))) throw thrown;
    if (fallback?.answers.includes(by)) return await fetchTable(fallback);
    if (optional) return emptyOf(spec);
    throw thrown;
  }
}

/**
 * One call, paced by the slot. While the invocation has time, it waits here after a short "too fast" and repeats a call
 * after a transient error, so that the unit's other interfaces need not be called again.
 * @param called interfaces that were called for the unit in this invocation
 */
async function callPaced(
  services: SyncServices,
  delivery: Delivery,
  unit: Unit,
  spec: InterfaceSpec,
  params: Readonly<Record<string, string>>,
  called: Set<string>,
): Promise<Page> {
  const { pacer, upstream, meter, log, clock } = services;
  const named = { unit: unit.unit_key, task: unit.task_id, interface: spec.name };
  const hasTime = (waitMilliseconds: number) =>
    waitMilliseconds + callAndStoreMilliseconds <= delivery.remainingMilliseconds();
  for (let tries = 1; ; ) {
    const askedAt = clock.monotonic();
    const wait = pacer.waitFor(spec.name);
    if (!hasTime(wait)) throw handOn(spec, unit, wait, called);
    called.add(spec.name);
    try {
      const page = await pacer.call(spec.name, async () => {
        meter.measure("SlotWait", clock.monotonic() - askedAt);
        meter.count("Calls", 1, { interface: spec.name });
        return await upstream.fetchPage(spec, params);
      });
      meter.count("RateLimited", 0, { interface: spec.name });
      return page;
    } catch (thrown) {
      const error = asSyncError(thrown);
      if (error.kind === "rate-limited") {
        meter.count("RateLimited", 1, { interface: spec.name });
        meter.count("TooFast", 1);
        const seconds = error.retryAfterSeconds ?? 60;
        if (error.scope !== "unit") throw error;
        pacer.rest(spec.name, seconds);
        const slower = error.callsAMinute && pacer.learn(spec.name, error.callsAMinute);
        if (slower) {
          const { callsAMinute } = error;
          log.warn("upstream allows less than configured; slowed down", {
            interface: spec.name,
            callsAMinute,
            slower,
          });
        }
        if (!hasTime(Math.max(seconds * 1000, pacer.waitFor(spec.name)))) throw error;
        log.warn("upstream says too fast; waiting in the slot", {
          ...named,
          seconds,
          said: error.message,
        });
      } else {
        if (error.kind !== "transient" || tries === callTriesMax || !hasTime(pacer.waitFor(spec.name)))
          throw error;
        tries += 1;
        log.warn("call failed; calling again in the slot's pace", { ...named, tries, error });
      }
    }
  }
}

/**
 * Why a call is not begun. A wait that fits into no invocation is spent in the queue, without an attempt; but between two calls
 * of one unit it would come again in each delivery. What is short of time for another reason is an attempt that failed.
 */
function handOn(
  { name }: InterfaceSpec,
  { unit_key }: Unit,
  waitMilliseconds: number,
  called: ReadonlySet<string>,
): SyncError {
  const seconds = Math.ceil(waitMilliseconds / 1000);
  const told = { unit: unit_key, interface: name, seconds };
  if (waitMilliseconds <= waitMillisecondsMax) return new SyncError("transient", say("callDoesNotFit", told));
  if (called.has(name)) return new SyncError("permanent", say("callsDoNotFit", told));
  return new SyncError("rate-limited", say("waitTooLong", told), { retryAfterSeconds: seconds });
}

function severity({ scope, kind }: SyncError): number {
  const scopes = { account: 100, task: 10, unit: 0 };
  const kinds = { permanent: 3, "rate-limited": 2, transient: 1 };
  return scopes[scope] + kinds[kind];
}
