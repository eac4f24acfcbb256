// Compares the answer of a unit with the stored rows, for a verification. Nothing of the mirror is written.
import type { Dataset } from "../catalogue/datasets.ts";
import { type ComparedUnit, compareRows, settleComparison } from "../ledger/comparisons.ts";
import type { Delivery, SyncServices } from "../ports.ts";
import type { Cells } from "../rows/cells.ts";
import type { Answer, Facts } from "../rows/completeness.ts";
import { countCells } from "../rows/count-cells.ts";
import type { NewAbsence } from "../rows/judge-cells.ts";
import type { Unit } from "../unit.ts";
import { meterFetched } from "./unit-metrics.ts";

/** Findings of one unit that are kept; the counts include all of them. */
const findingsOfUnitMax = 2_000;

/** Facts to judge an answer by itself: what is stored does not stand for what the answer lacks. */
export function withoutStored(facts: Facts): Facts {
  const { cells } = facts;
  if (cells === undefined) return facts;
  const states = new Map([...cells.states].map(([name, state]) => [name, state.replaceAll(/[s+]/g, "w")]));
  return { ...facts, cells: { ...cells, states, firstStored: undefined } };
}

type ToCompare = {
  readonly verification: string;
  /** Whole, judged without the stored rows. */
  readonly answer: Answer;
  /** As they were claimed. */
  readonly cells: Cells | undefined;
  readonly absences: readonly NewAbsence[];
  readonly fetchMilliseconds: number;
};

export async function compareUnit(
  services: SyncServices,
  delivery: Delivery,
  dataset: Dataset,
  unit: Unit,
  { verification, answer, cells, absences, fetchMilliseconds }: ToCompare,
): Promise<ComparedUnit> {
  const { database, clock, log, meter } = services;
  const { table } = answer;
  const { findings, missing, different, held } = await compareRows(database, dataset, unit.selector, table);
  const counted = cells && countCells(dataset, unit.selector, answer, cells, absences);
  const compared = {
    ...{ rows: table.size, missing, different },
    expected: counted?.expected ?? table.size,
    stored: counted?.stored ?? held,
    explained: counted?.explained ?? 0,
    unexplained: counted?.unexplained.length ?? 0,
    findings: [...findings, ...(counted?.unexplained ?? [])].slice(0, findingsOfUnitMax),
  };
  const ended = await settleComparison(database, unit, verification, compared, delivery.receiveCount);
  if (ended.repairs) await startRepair(services, verification);
  const { taskStatus, taskPercent, verdict } = ended;
  const ageMilliseconds = delivery.sentAt && clock.now().getTime() - delivery.sentAt.getTime();
  meterFetched(meter, unit, { fetchMilliseconds, ageMilliseconds, taskPercent });
  log.info("unit compared", {
    ...{ unit: unit.unit_key, task: unit.task_id, rows: table.size, missing, different },
    ...(verdict !== undefined && { taskStatus, verdict }),
  });
  return ended;
}

/** Lets the dispatcher start what fetches the differences that a verification found. It starts them once. */
export async function startRepair({ planner, clock }: SyncServices, verification: string): Promise<void> {
  await planner.invokeDispatcherAt(`repair-${verification}`, clock.now(), { verification });
}
