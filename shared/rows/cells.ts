// The cells of a unit's slice: of a day each member, of a code each open day. What was known of them before the unit was
// fetched, and what its answer adds. Pure.
import { dayColumnOf, type InterfaceSpec } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { Table } from "./rows.ts";

/**
 * The known cells of a slice, from coverage/claimed-cells.ts. A state has a letter for the row: s stored, e explained by
 * evidence, m stored under a later code of the security, n known to have no data, u looked for often enough, 0 to 2 looked for so often, w nothing known, - not
 * expected; then one for each joined interface, where + means that the stored row has it.
 */
export type Cells = {
  /** By the member's code, or by the day. */
  readonly states: ReadonlyMap<string, string>;
  readonly expected: number;
  /** Of a day: a sum over the expected codes. */
  readonly expectedKey: string;
  /** The first stored day of a code of which nobody knows when it was listed. */
  readonly firstStored?: Day | undefined;
  /** The code's listing is known, or the slice is a day. */
  readonly hasListing: boolean;
  /** The codes that a security had later, by the code it had before. */
  readonly laterCodes?: ReadonlyMap<string, readonly string[]>;
};

/** A row of sync_absence. ts_code is empty when the interface had no row at all for that day. */
export type Absence = { readonly trade_date: Day; readonly ts_code: string; readonly interface: string };

/** What a selector's cells are named by, and the place of each cell. */
export type CellNames = {
  readonly column: string;
  absence(name: string, spec: InterfaceSpec): Absence;
};

/** An answer, and what is known about its slice. */
export type CellQuestion = {
  readonly dataset: Dataset;
  readonly selector: Selector;
  /** The rows, joined. */
  readonly table: Table;
  /** The rows of each joined interface. */
  readonly details: readonly Table[];
  /** Rows that explain absences; undefined when there is no such interface, or no right to it. */
  readonly evidence: Table | undefined;
  readonly cells: Cells;
  readonly today: Day;
  /** How often the unit's message was received. */
  readonly deliveries: number;
};

/** A row that did not come, or the values of a joined interface that a row lacks. */
export type Lack = {
  readonly name: string;
  readonly spec: InterfaceSpec;
  /** What was known of it: a letter of its state. */
  readonly letter: string;
};

/** Undefined for slices without cells. */
export function cellNames(dataset: Dataset, selector: Selector): CellNames | undefined {
  if (selector.by === "date") {
    const { trade_date } = selector;
    return {
      column: "ts_code",
      absence: (ts_code, spec) => ({ trade_date, ts_code, interface: spec.name }),
    };
  }
  if (selector.by === "code") {
    const { ts_code } = selector;
    return {
      column: dayColumnOf(dataset),
      absence: (trade_date, spec) => ({ trade_date, ts_code, interface: spec.name }),
    };
  }
  return undefined;
}

/** Reads the texts of the claim, such as `600519.SH w+n`. */
export function readStates(texts: readonly string[]): Map<string, string> {
  const states = new Map<string, string>();
  for (const text of texts) {
    for (const cell of text.split(",")) {
      const at = cell.indexOf(" ");
      states.set(cell.slice(0, at), cell.slice(at + 1));
    }
  }
  return states;
}

/** Reads the pairs of codes of the claim, such as `300114.SZ 302132.SZ`. */
export function readMoves(pairs: unknown): Map<string, string[]> {
  const moves = new Map<string, string[]>();
  if (typeof pairs !== "string") return moves;
  for (const pair of pairs.split(",")) {
    const [code = "", later = ""] = pair.split(" ");
    moves.set(code, [...(moves.get(code) ?? []), later]);
  }
  return moves;
}

/** The rows of an answer by the names of their cells, and which joined interfaces each of them has. */
export function placesOf(table: Table, { column }: CellNames): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  table.columns[column]?.forEach((name, row) => {
    places.set(String(name), row);
  });
  return places;
}

/** Whether a row of the answer has the values of a joined interface. */
export function hasDetail(table: Table, row: number, { shownBy }: InterfaceSpec): boolean {
  return shownBy === undefined || (table.columns[shownBy]?.[row] ?? "") !== "";
}

/** The letters of recorded absences. */
const recorded = /[nu012]/;

/** The recorded absences that are over: the row has come, or the values of a joined interface. */
export function absencesOver(dataset: Dataset, selector: Selector, table: Table, cells: Cells): Absence[] {
  const names = cellNames(dataset, selector);
  const sought: [name: string, state: string][] = [];
  cells.states.forEach((state, name) => {
    if (recorded.test(state)) sought.push([name, state]);
  });
  if (names === undefined || sought.length === 0) return [];
  const places = placesOf(table, names);
  const over: Absence[] = [];
  const days = new Map<string, Absence>(); // days of which an interface had no row at all
  for (const [name, state] of sought) {
    const row = places.get(name);
    if (row === undefined) continue;
    if (recorded.test(state.charAt(0))) over.push(names.absence(name, dataset.main));
    for (const [at, spec] of dataset.details.entries()) {
      if (!recorded.test(state.charAt(at + 1)) || !hasDetail(table, row, spec)) continue;
      const absence = names.absence(name, spec);
      over.push(absence);
      days.set(`${absence.trade_date} ${spec.name}`, { ...absence, ts_code: "" });
    }
  }
  return [...over, ...days.values()];
}
