// What an answer and the stored rows together say of the cells of a slice, in numbers. Pure.
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import { type CellNames, type Cells, cellNames, hasDetail, placesOf } from "./cells.ts";
import type { Answer } from "./completeness.ts";
import { explainedBy, type NewAbsence } from "./judge-cells.ts";

export type CellCounts = {
  readonly expected: number;
  readonly stored: number;
  /** Neither stored nor answered, for a known reason. */
  readonly explained: number;
  /** Neither stored nor answered, and nothing says why: rows, and values of joined interfaces. */
  readonly unexplained: readonly Unexplained[];
};

type Unexplained = {
  readonly finding: "unexplained";
  readonly day: string;
  readonly ts_code: string;
  readonly part: string;
  readonly stored: null;
  readonly upstream: null;
};

/** @param cells as they are stored  @param absences what the answer says of the cells that it lacks */
export function countCells(
  dataset: Dataset,
  selector: Selector,
  { table, evidence }: Answer,
  cells: Cells,
  absences: readonly NewAbsence[],
): CellCounts | undefined {
  const names = cellNames(dataset, selector);
  if (names === undefined) return undefined;
  const places = placesOf(table, names);
  const excused = explainedBy(dataset, selector, evidence);
  const noData = new Set(
    absences.flatMap((absence) => (absence.reason === "no_data" ? [nameOf(absence, names)] : [])),
  );
  const counts = { expected: 0, stored: 0, explained: 0 };
  const unexplained: Unexplained[] = [];
  for (const [name, state] of cells.states) {
    const letter = state.charAt(0);
    if (letter === "-") continue;
    counts.expected += 1;
    const row = places.get(name);
    const isStored = letter === "s";
    if (isStored) counts.stored += 1;
    else if (row === undefined) {
      if (letter === "e" || letter === "n" || excused.has(name) || noData.has(name)) counts.explained += 1;
      else unexplained.push(unexplainedOf(names, name, dataset.main));
    }
    if (row === undefined) continue;
    for (const [at, spec] of dataset.details.entries()) {
      const known = state.charAt(at + 1);
      if (known === "+" || known === "n" || hasDetail(table, row, spec)) continue;
      unexplained.push(unexplainedOf(names, name, spec));
    }
  }
  return { ...counts, unexplained };
}

function nameOf(absence: NewAbsence, { column }: CellNames): string {
  return column === "ts_code" ? absence.ts_code : absence.trade_date;
}

function unexplainedOf(names: CellNames, name: string, spec: Dataset["main"]): Unexplained {
  const { trade_date: day, ts_code, interface: part } = names.absence(name, spec);
  return { finding: "unexplained", day, ts_code, part, stored: null, upstream: null };
}
