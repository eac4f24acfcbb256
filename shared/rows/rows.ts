// Replies (fields and items) -> checked columns, joined over a dataset's interfaces. Pure.
import { type Column, columnsOf, type InterfaceSpec } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { isDay } from "../catalogue/dates.ts";
import { SyncError } from "../errors.ts";
import type { Page } from "../ports.ts";
import { codePattern } from "../words/codes.ts";
import { say } from "../words/say.ts";

/** A JSON number in its original text, where a double would lose digits. */
export class ExactNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Numbers become text only when a whole column is joined: converting each cell takes a tenth of a unit's time. */
export type Cell = string | number;

/** Rows as one array for each column; the empty text is null. The arrays become the statement's parameters. */
export type Table = {
  readonly columns: Readonly<Record<string, readonly Cell[]>>;
  readonly size: number;
  /** Where a null does not mean that the upstream has no value; of joined tables. */
  readonly unsaid?: Unsaid;
};

/** Columns of which the answer says nothing, and rows that lack the row of an interface. */
export type Unsaid = { readonly columns: readonly string[]; readonly rows: ReadonlySet<number> };

/** Checks a row beyond its types: returns why the row is refused, or undefined. */
export type RowRule = (cell: (column: string) => string) => string | undefined;

/** A filter: rows whose cell does not fit were not requested, and are left out. */
export type Keep = { readonly column: string; readonly fits: (text: string) => boolean };

export type RowChecks = { readonly rule: RowRule; readonly keeps: readonly Keep[] };

/**
 * The rows of one interface after filters, each key once.
 * @param key undefined where several rows may be the same in every column
 * @throws SyncError permanent, naming the row and what was expected
 */
export function readRows(
  spec: InterfaceSpec,
  pages: readonly Page[],
  what: string,
  { rule, keeps }: RowChecks,
  key: readonly string[] | undefined,
): Table {
  const kept = keepRows(readPages(spec, pages, what, rule), keeps);
  return key === undefined ? kept : foldByKey(kept, key);
}

/**
 * Checks the pages of one interface and turns them into columns, by the names in the header and never by position.
 * @param what names the slice in errors, such as `daily 20240102`
 * @throws SyncError permanent, naming the row and what was expected
 */
export function readPages(spec: InterfaceSpec, pages: readonly Page[], what: string, rule?: RowRule): Table {
  const columns: Record<string, Cell[]> = Object.fromEntries(spec.columns.map(({ name }) => [name, []]));
  let size = 0;
  for (const page of pages) {
    if (page.items.length === 0) continue;
    const width = page.fields.length;
    const short = page.items.findIndex(({ length }) => length !== width);
    if (short !== -1) {
      throw refused(
        say("rowWidth", { what, row: size + short + 1, count: page.items[short]?.length ?? 0, width }),
      );
    }
    for (const column of spec.columns) readColumn(spec, column, page, size, what, columns[column.name] ?? []);
    size += page.items.length;
  }
  if (rule !== undefined) checkRows(spec, columns, size, what, rule);
  return { columns, size };
}

/** Column by column, which is several times faster than row by row: a loop with a single reader stays fast. */
function readColumn(
  spec: InterfaceSpec,
  column: Column,
  page: Page,
  before: number,
  what: string,
  cells: Cell[],
): void {
  const theirName = column.from ?? column.name;
  const position = page.fields.indexOf(theirName);
  if (position === -1) {
    throw refused(say("noColumn", { what, column: theirName, columns: page.fields.join(",") }));
  }
  const read = column.part || column.words ? readerOf(column) : cellReaders[column.type];
  for (let row = 0; row < page.items.length; row += 1) {
    const value = page.items[row]?.[position];
    const cell = value === null || value === "" ? "" : read(value);
    if (cell === undefined || (cell === "" && column.required)) {
      const why =
        cell === ""
          ? say("cellMissing", { column: column.name })
          : say("valueIs", { field: column.name, value: show(value), allowed: expectations[column.type] });
      const identity = identityOf(spec, (key) => page.items[row]?.[page.fields.indexOf(key)]);
      throw refused(say("rowRefused", { what, row: before + row + 1, identity, why }));
    }
    cells.push(cell);
  }
}

/** Reads a cell, keeps the configured part of its text, and maps it to our value. */
function readerOf({ type, part, words = {} }: Column): (value: unknown) => Cell | undefined {
  return (value) => {
    const cell = cellReaders[type](value);
    if (typeof cell !== "string") return cell;
    const kept = part === undefined ? cell : (part.exec(cell)?.[1] ?? "");
    return words[kept] ?? kept;
  };
}

function checkRows(
  spec: InterfaceSpec,
  columns: Table["columns"],
  size: number,
  what: string,
  rule: RowRule,
): void {
  let row = 0;
  const cell = (name: string) => String(columns[name]?.[row] ?? "");
  for (; row < size; row += 1) {
    const why = rule(cell);
    if (why === undefined) continue;
    throw refused(say("rowRefused", { what, row: row + 1, identity: identityOf(spec, cell), why }));
  }
}

/** The rows whose cells all fit. */
export function keepRows(table: Table, keeps: readonly Keep[]): Table {
  if (keeps.length === 0) return table;
  const tests = keeps.map(({ column, fits }) => ({ cells: table.columns[column] ?? [], fits }));
  const rows = Array.from({ length: table.size }, (_, row) => row);
  const kept = rows.filter((row) => tests.every(({ cells, fits }) => fits(String(cells[row]))));
  return kept.length === table.size ? table : pick(table, kept);
}

/** Keeps the fullest row of each key, the first among equals: an upsert accepts a key only once. */
export function foldByKey(table: Table, key: readonly string[]): Table {
  const kept = new Map<string, number>();
  for (const [row, text] of keysOf(table, key).entries()) {
    const earlier = kept.get(text);
    if (earlier === undefined || fullness(table, row) > fullness(table, earlier)) kept.set(text, row);
  }
  return kept.size === table.size ? table : pick(table, [...kept.values()]);
}

/** Share of the main rows that a detail must have for its nulls to mean anything. */
const detailShareMin = 0.9;

/** The main rows with the details' columns; null where a detail has no row with that key. */
export function join(dataset: Dataset, main: Table, details: readonly Table[]): Table {
  const keys = keysOf(main, dataset.key);
  const columns: Record<string, readonly Cell[]> = { ...main.columns };
  const unsaid = { columns: [] as string[], rows: new Set<number>() };
  for (const detail of details) {
    const rowOf = new Map(keysOf(detail, dataset.key).map((text, row) => [text, row]));
    const places = keys.map((text) => rowOf.get(text));
    for (const [row, place] of places.entries()) if (place === undefined) unsaid.rows.add(row);
    const isShort = detail.size < main.size * detailShareMin;
    for (const [name, cells] of Object.entries(detail.columns)) {
      if (dataset.key.includes(name)) continue;
      columns[name] = places.map((place) => (place === undefined ? "" : (cells[place] ?? "")));
      if (isShort) unsaid.columns.push(name);
    }
  }
  for (const { name } of columnsOf(dataset)) {
    if (columns[name] !== undefined) continue;
    columns[name] = new Array<Cell>(main.size).fill("");
    unsaid.columns.push(name);
  }
  return { columns, size: main.size, unsaid };
}

/** Some rows of a table. */
export function pick(table: Table, rows: readonly number[]): Table {
  const columns = Object.entries(table.columns).map(([name, cells]) => [
    name,
    rows.map((row) => cells[row] ?? ""),
  ]);
  return { columns: Object.fromEntries(columns), size: rows.length };
}

const cellReaders: Readonly<Record<Column["type"], (value: unknown) => Cell | undefined>> = {
  code: (value) => (typeof value === "string" && codePattern.test(value) ? value : undefined),
  day: (value) => (typeof value === "string" && isDayCached(value) ? value : undefined),
  number: (value) =>
    typeof value === "number" && Number.isFinite(value)
      ? value
      : value instanceof ExactNumber
        ? value.text
        : undefined,
  // Control characters would break the store's separator, and NUL cannot be stored at all.
  text: (value) => (typeof value === "string" && !/\p{Cc}|\p{Surrogate}/u.test(value) ? value : undefined),
  flag: (value) => (value === 0 || value === 1 || value === "0" || value === "1" ? String(value) : undefined),
};

const expectations: Readonly<Record<Column["type"], string>> = {
  code: say("cellCode"),
  day: say("cellDay"),
  number: say("cellNumber"),
  text: say("cellText"),
  flag: say("cellFlag"),
};

/** Cache of valid days: a reply repeats few days thousands of times. */
const knownDays = new Set<string>();
function isDayCached(value: string): boolean {
  if (knownDays.has(value)) return true;
  if (!isDay(value)) return false;
  if (knownDays.size < 20_000) knownDays.add(value);
  return true;
}

/** The key of each row as one text. */
function keysOf(table: Table, key: readonly string[]): string[] {
  const [first = [], ...others] = key.map((name) => table.columns[name] ?? []);
  return first.map((cell, row) => {
    let text = String(cell);
    for (const cells of others) text += `\u001f${cells[row]}`; // never inside a text: readPages refuses control characters
    return text;
  });
}

function fullness(table: Table, row: number): number {
  return Object.values(table.columns).filter((cells) => cells[row] !== "").length;
}

function identityOf(spec: InterfaceSpec, cell: (column: string) => unknown): string {
  return spec.columns
    .filter(({ required, type }) => required && (type === "code" || type === "day"))
    .map(({ name }) => show(cell(name)))
    .join(" ");
}

function show(value: unknown): string {
  const text =
    value instanceof ExactNumber
      ? value.text
      : typeof value === "number"
        ? String(value)
        : JSON.stringify(value);
  return text === undefined ? "absent" : text.slice(0, 60);
}

function refused(message: string): SyncError {
  return new SyncError("permanent", message);
}
