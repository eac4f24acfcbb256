// One step of a verification: what is missing of some days, of some slices, or of a list, by count and by name.
import { isByTradingDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { earlier, shanghaiDay } from "../catalogue/dates.ts";
import type { JobType } from "../catalogue/jobs.ts";
import { daysOf } from "../catalogue/selector.ts";
import type { DayRange } from "../coverage/calendar.ts";
import { countFailedChecks, readChecks } from "../coverage/data-checks.ts";
import { type DayState, forgetDays, readDays } from "../coverage/days.ts";
import { codesLost, readLists } from "../coverage/list-coverage.ts";
import { missingCells } from "../coverage/missing.ts";
import type { Found } from "../ledger/verifications.ts";
import { planLists } from "../plan/plan.ts";
import { planDataset } from "../plan/plan-job.ts";
import type { DispatchServices } from "../ports.ts";
import type { Counts, Finding } from "../reads/verifications.ts";
import { unitKey } from "../unit.ts";

/** Names read in one statement: an answer of the Data API holds at most 1 MiB. */
const namesMax = 2_000;

export type Step = {
  /** Findings that are still kept. */
  readonly room: number;
  /** The range is the first of the verification. */
  readonly isFirst: boolean;
  /** The job that fetches the dataset. */
  readonly job: JobType;
};

export type Look = (
  services: DispatchServices,
  dataset: Dataset,
  range: DayRange,
  step: Step,
) => Promise<Found>;

const none: Counts = {
  ...{ expected: null, stored: null },
  ...{ explained: 0, unexplained: 0, missing: 0, different: 0, failedChecks: 0 },
};

/** Days of which each member has a row: counted again from the rows. */
export const lookAtDays: Look = async (services, dataset, range, { room }) => {
  const { database } = services;
  await forgetDays(database, dataset, range);
  const states = await readDays(database, dataset, range, true);
  const sum = (of: (state: DayState) => number) => states.reduce((total, state) => total + of(state), 0);
  const isEmpty = ({ stored, missing }: DayState) => stored === 0 && missing > 0;
  const partly = states.filter((state) => !isEmpty(state) && state.missing + state.unexplained > 0);
  const cells = await missingCells(
    database,
    dataset,
    partly.map(({ day }) => day),
    Math.min(room, namesMax),
  );
  const named = cells.map(
    ({ day, ts_code, interface: part, isUnexplained }): Finding => ({
      ...{ finding: isUnexplained ? "unexplained" : "missing", day, ts_code, part },
      ...{ stored: null, upstream: null },
    }),
  );
  const wholeDays = states
    .filter(isEmpty)
    .map(({ day }): Finding => ({ ...aFinding("missing"), day, part: dataset.main.name }));
  const failed = await failedChecks(services, dataset, range, room);
  const inOrder = [...named, ...wholeDays].sort((a, b) => (String(a.day) < String(b.day) ? -1 : 1));
  return {
    counts: {
      ...none,
      expected: sum(({ expected }) => expected),
      stored: sum(({ stored }) => stored),
      explained: sum(({ explained }) => explained),
      unexplained: sum(({ unexplained }) => unexplained),
      missing: sum(({ missing }) => missing),
      failedChecks: failed.count,
    },
    findings: [...inOrder, ...failed.findings],
  };
};

/** Slices of which no list says which rows they have: what a history would fetch is missing. */
export const lookAtSlices: Look = async (services, dataset, range, { room, isFirst, job }) => {
  const { units } = await planDataset(services, dataset, "history", { job, ...range });
  // A month or a range of days that began before was found by the step before.
  const missing = units.filter(({ selector }) => isFirst || (daysOf(selector)?.from ?? "") >= range.from);
  const named = missing.map((unit): Finding => {
    const { selector } = unit;
    return {
      ...aFinding("missing"),
      day: daysOf(selector)?.from ?? null,
      ts_code: "ts_code" in selector ? selector.ts_code : null,
      part: unitKey(unit),
    };
  });
  const failed = await failedChecks(services, dataset, range, room);
  return {
    counts: { ...none, missing: missing.length, failedChecks: failed.count },
    findings: [...named, ...failed.findings],
  };
};

/** A list: each of its parts must have the rows that its last answer had. Codes of it that were lost are named. */
export async function lookAtLists(
  { database, clock, settings }: DispatchServices,
  dataset: Dataset,
): Promise<Found> {
  const units = planLists(dataset, earlier(shanghaiDay(clock.now()), settings.SYNC_UPSTREAM_ENDS));
  const lists = await readLists(database, dataset, units);
  const short = lists.filter(({ rows, stored }) => rows === undefined || stored < rows);
  const parts = short.map(
    ({ key, rows, stored }): Finding => ({
      ...{ ...aFinding("missing"), part: key },
      ...{ stored: String(stored), upstream: rows === undefined ? null : String(rows) },
    }),
  );
  const isOfSecurities = dataset.securities !== undefined;
  const lost = short.length > 0 && isOfSecurities ? await codesLost(database, dataset) : [];
  const codes = lost.map((ts_code): Finding => ({ ...aFinding("missing"), ts_code }));
  const missing = short.reduce((sum, { rows, stored }) => sum + (rows === undefined ? 1 : rows - stored), 0);
  return { counts: { ...none, missing }, findings: [...parts, ...codes] };
}

async function failedChecks(
  { database }: DispatchServices,
  dataset: Dataset,
  range: DayRange,
  room: number,
): Promise<{ count: number; findings: Finding[] }> {
  const count = isByTradingDay(dataset) ? await countFailedChecks(database, dataset, range) : 0;
  if (count === 0 || room === 0) return { count, findings: [] };
  const failed = await readChecks(database, dataset, range, Math.min(room, namesMax));
  const findings = failed.map(({ check, day, ts_code, found, expected }) => ({
    ...{ finding: check, day, ts_code, part: null, stored: found, upstream: expected },
  }));
  return { count, findings };
}

function aFinding(finding: string): Finding {
  return { finding, day: null, ts_code: null, part: null, stored: null, upstream: null };
}
