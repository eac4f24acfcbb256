// Why a row may be absent although no evidence says so: interfaces that agree, a code that has another name now, days without
// trades. judge-cells.ts decides what is believed of it. Pure.
import { type CellNames, type CellQuestion, type Lack, placesOf } from "./cells.ts";

/**
 * Whether the joined interfaces agree that a member had nothing on a day: none of them has a row of it, although every one
 * of them (or some) has rows.
 */
export function agreement({ details }: CellQuestion, { column }: CellNames) {
  let held: ReadonlySet<string>[] | undefined; // most answers lack nothing
  return ({ name }: Lack, having: "every" | "some"): boolean => {
    held ??= details.map((table) => new Set((table.columns[column] ?? []).map(String)));
    const have =
      having === "every"
        ? held.length > 0 && held.every(({ size }) => size > 0)
        : held.some(({ size }) => size > 0);
    return have && held.every((names) => !names.has(name));
  };
}

/** Of a code of which nobody knows when it was listed: whether a day is before its first row. */
export function leadingOf({ table, cells }: CellQuestion, { column }: CellNames) {
  const answered = (table.columns[column] ?? []).map(String).sort()[0] ?? "9";
  const { firstStored, hasListing } = cells;
  return {
    /** Before its first answered row, or before its first stored row. */
    isBefore: ({ name }: Lack, row: "answered" | "stored") =>
      !hasListing &&
      (row === "answered"
        ? table.size > 0 && name < answered && name < (firstStored ?? "9")
        : name < (firstStored ?? "")),
  };
}

/** Of a code that became another one: TuShare may serve its days only under the later code. */
export function movedOf({ selector, table, cells }: CellQuestion, names: CellNames) {
  const laterCodes = ({ name }: Lack) =>
    cells.laterCodes?.get(selector.by === "code" ? selector.ts_code : name) ?? [];
  const places = cells.laterCodes?.size ? placesOf(table, names) : new Map<string, number>();
  return {
    isOldCode: (lack: Lack) => laterCodes(lack).length > 0,
    /** Whether a later code has a row on that day, stored or in this answer. */
    hasNewerRow: (lack: Lack) => lack.letter === "m" || laterCodes(lack).some((code) => places.has(code)),
  };
}

/**
 * Old days on which a security probably did not trade, although no suspension is recorded: the joined interfaces that have
 * rows only of trades lack it too. Of a day those count that have a row in an interface with idle days: an answer that was
 * cut would lack that too. Of a code a run of days counts once, between two rows or if each day has such a row: a suspension
 * may last years, while a cut answer lacks its beginning or its end.
 * @returns how many cells these are, and as how many they count
 */
export function idleOf(
  { dataset, selector, table, details, cells }: CellQuestion,
  names: CellNames,
  lacks: readonly Lack[],
): { readonly cells: number; readonly counted: number } {
  const none = { cells: 0, counted: 0 };
  if (lacks.length === 0) return none;
  const held = dataset.details.map((spec, at) => ({
    hasIdleDays: spec.hasIdleDays === true,
    names: new Set((details[at]?.columns[names.column] ?? []).map(String)),
  }));
  const ofTrades = held.filter(({ hasIdleDays }) => !hasIdleDays);
  if (ofTrades.length === 0) return none;
  const isListed = (name: string) => held.some((one) => one.hasIdleDays && one.names.has(name));
  const isQuiet = ({ name }: Lack) =>
    ofTrades.every((one) => !one.names.has(name)) &&
    (isListed(name) || ofTrades.every(({ names: { size } }) => size > 0));
  const quiet = lacks.filter(isQuiet);
  if (selector.by === "date") {
    const listed = quiet.filter(({ name }) => isListed(name));
    return { cells: listed.length, counted: listed.length };
  }
  const rows = new Set((table.columns[names.column] ?? []).map(String));
  for (const [name, state] of cells.states) if (state.startsWith("s")) rows.add(name);
  const runs = runsBetween([...rows].sort(), quiet.map(({ name }) => name).sort());
  const believed = runs.filter(({ isBetween, run }) => isBetween || run.every(isListed));
  return { cells: believed.flatMap(({ run }) => run).length, counted: believed.length };
}

/** Groups ascending days by the rows between them. `isBetween`: there is a row before the run and one after it. */
function runsBetween(rows: readonly string[], days: readonly string[]) {
  const runs = new Map<number, string[]>();
  let before = 0;
  for (const day of days) {
    while ((rows[before] ?? "~") < day) before += 1;
    runs.set(before, [...(runs.get(before) ?? []), day]);
  }
  return [...runs].map(([at, run]) => ({ run, isBetween: at > 0 && at < rows.length }));
}
