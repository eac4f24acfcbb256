// Replies (fields and items) -> checked columns, joined over a dataset's interfaces. Pure.
import { type Column, columnsOf, type InterfaceSpec } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { isDay } from "../catalogue/dates.ts";
import { SyncError } from "../errors.ts";
import type { Page } from "../ports.ts";
import { codePattern } from "../words/codes.ts";
import { say } from "../words/say.ts";
import { isExact, type ScannedRows } from "./scan.ts";

/** A JSON number in its original text, where a double would lose digits. */
export class ExactNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A number is a double only where the reply was not scanned (scan.ts). */
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
  const columns: Record<string, readonly Cell[]> = Object.fromEntries(
    spec.columns.map(({ name }) => [name, []]),
  );
  let size = 0;
  for (const page of pages) {
    if (page.items.length === 0) continue;
    const width = page.fields.length;
    const uneven = unevenRow(page.items, width);
    if (uneven !== undefined) {
      throw refused(say("rowWidth", { what, row: size + uneven.row + 1, count: uneven.count, width }));
    }
    for (const column of spec.columns) {
      const cells = readColumn(spec, column, page, size, what);
      columns[column.name] = size === 0 ? cells : [...(columns[column.name] ?? []), ...cells];
    }
    size += page.items.length;
  }
  if (rule !== undefined) checkRows(spec, columns, size, what, rule);
  return { columns, size };
}

const isScanned = (items: Page["items"]): items is ScannedRows => !Array.isArray(items);

/** The first row with another number of cells than the header. */
function unevenRow(items: Page["items"], width: number): { row: number; count: number } | undefined {
  if (isScanned(items))
    return items.columns.length === width ? undefined : { row: 0, count: items.columns.length };
  const row = items.findIndex(({ length }) => length !== width);
  return row === -1 ? undefined : { row, count: items[row]?.length ?? 0 };
}

/** The cells of a page at a position of its rows, as JSON has them. */
function valuesAt(items: Page["items"], position: number): (row: number) => unknown {
  if (!isScanned(items)) return (row) => items[row]?.[position];
  const { kind, cells } = items.columns[position] ?? { kind: "text", cells: [] };
  return (row) => {
    const cell = cells[row] ?? "";
    if (cell === "") return null;
    if (kind === "text") return cell;
    return isExact(Number(cell), cell) ? Number(cell) : new ExactNumber(cell);
  };
}

/** The rows of a page, with cells as JSON has them; null for the empty text too. */
export function rowsOf({ items, fields }: Page): unknown[][] {
  const columns = fields.map((_, position) => valuesAt(items, position));
  const orNull = (value: unknown) => (value === "" ? null : value);
  return Array.from({ length: items.length }, (_, row) => columns.map((valueAt) => orNull(valueAt(row))));
}

/** Column by column, which is several times faster than row by row: a loop with a single reader stays fast. */
function readColumn(
  spec: InterfaceSpec,
  column: Column,
  page: Page,
  before: number,
  what: string,
): readonly Cell[] {
  const theirName = column.from ?? column.name;
  const position = page.fields.indexOf(theirName);
  if (position === -1) {
    if (column.mayLack) return new Array<Cell>(page.items.length).fill("");
    throw refused(say("noColumn", { what, column: theirName, columns: page.fields.join(",") }));
  }
  const isAsIs = column.part === undefined && column.words === undefined && !column.dashes;
  const valueAt = valuesAt(page.items, position);
  const refuse = (row: number, isMissing: boolean) => {
    const why = isMissing
      ? say("cellMissing", { column: column.name })
      : say("valueIs", { field: column.name, value: show(valueAt(row)), allowed: expectations[column.type] });
    const identity = identityOf(spec, (key) => valuesAt(page.items, page.fields.indexOf(key))(row));
    return refused(say("rowRefused", { what, row: before + row + 1, identity, why }));
  };
  const scanned = isScanned(page.items) ? page.items.columns[position] : undefined;
  if (scanned?.kind === "number" && column.type === "number" && isAsIs) {
    const missing = column.required ? scanned.cells.indexOf("") : -1;
    if (missing !== -1) throw refuse(missing, true);
    return scanned.cells;
  }
  const read = isAsIs ? cellReaders[column.type] : readerOf(column);
  const cells: Cell[] = [];
  for (let row = 0; row < page.items.length; row += 1) {
    const value = valueAt(row);
    const cell = value === null || value === "" ? "" : read(value);
    if (cell === undefined || (cell === "" && column.required)) throw refuse(row, cell === "");
    cells.push(cell);
  }
  return cells;
}

/** Reads a cell, keeps the configured part of its text, and maps it to our value. */
function readerOf({ type, part, words = {}, dashes }: Column): (value: unknown) => Cell | undefined {
  return (value) => {
    const plain = dashes && typeof value === "string" ? withoutDashes(value) : value;
    const cell = cellReaders[type](plain);
    if (typeof cell !== "string") return cell;
    const kept = part === undefined ? cell : (part.exec(cell)?.[1] ?? "");
    return words[kept] ?? kept;
  };
}

function withoutDashes(text: string): string {
  return text.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$1$2$3");
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
  if (tests.every(({ cells, fits }) => cells.every((cell) => fits(String(cell))))) return table;
  const rows = Array.from({ length: table.size }, (_, row) => row);
  return pick(
    table,
    rows.filter((row) => tests.every(({ cells, fits }) => fits(String(cells[row])))),
  );
}

/** The rows of several answers, one after the other. */
export function concat(tables: readonly Table[]): Table {
  const [first] = tables;
  if (first === undefined || tables.length === 1) return first ?? { columns: {}, size: 0 };
  const columns = Object.keys(first.columns).map((name) => [
    name,
    tables.flatMap((table) => table.columns[name] ?? []),
  ]);
  return {
    columns: Object.fromEntries(columns),
    size: tables.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Keeps the fullest row of each key, the first among equals: an upsert accepts a key only once. */
export function foldByKey(table: Table, key: readonly string[]): Table {
  const keys = keysOf(table, varyingOf(key, [table]));
  if (isSorted(keys) || new Set(keys).size === keys.length) return table;
  const kept = new Map<string, number>();
  for (const [row, text] of keys.entries()) {
    const earlier = kept.get(text);
    if (earlier === undefined || fullness(table, row) > fullness(table, earlier)) kept.set(text, row);
  }
  return pick(table, [...kept.values()]);
}

/** Each text once, in either order: as TuShare answers, mostly. */
function isSorted(texts: readonly string[]): boolean {
  const [first = "", second = ""] = texts;
  const rises = first < second;
  for (let at = 1; at < texts.length; at += 1) {
    const [before = "", text = ""] = [texts[at - 1], texts[at]];
    if (rises ? before >= text : before <= text) return false;
  }
  return true;
}

/** Share of the main rows that a detail must have for its nulls to mean anything. */
const detailShareMin = 0.9;

/** The main rows with the details' columns; null where a detail has no row with that key. */
export function join(dataset: Dataset, main: Table, details: readonly Table[]): Table {
  const columns: Record<string, readonly Cell[]> = { ...main.columns };
  const unsaid = { columns: [] as string[], rows: new Set<number>() };
  for (const detail of details) {
    const places = placesIn(detail, main, dataset.key);
    places?.forEach((place, row) => {
      if (place === undefined) unsaid.rows.add(row);
    });
    const isShort = detail.size < main.size * detailShareMin;
    for (const [name, cells] of Object.entries(detail.columns)) {
      if (dataset.key.includes(name)) continue;
      columns[name] = places?.map((place) => (place === undefined ? "" : (cells[place] ?? ""))) ?? cells;
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

/** Where the detail has the row of each main row; undefined where both have the same keys in the same order. */
function placesIn(
  detail: Table,
  main: Table,
  key: readonly string[],
): readonly (number | undefined)[] | undefined {
  const varying = varyingOf(key, [main, detail]);
  const [keys, theirs] = [keysOf(main, varying), keysOf(detail, varying)];
  if (keys.length === theirs.length && keys.every((text, row) => text === theirs[row])) return undefined;
  const rowOf = new Map(theirs.map((text, row) => [text, row]));
  return keys.map((text) => rowOf.get(text));
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
  // Control characters would break the store's separator, and NUL cannot be stored at all. Long texts have lines.
  text: (value) =>
    typeof value === "string" && !/[^\P{Cc}\t\n\r]|\p{Surrogate}/u.test(value) ? value : undefined,
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

/** The columns of a key without those that are the same in all rows: of a day's rows, the code. */
function varyingOf(key: readonly string[], tables: readonly Table[]): readonly string[] {
  const varying = key.filter((name) => {
    const columns = tables.map(({ columns }) => columns[name] ?? []);
    const one = columns.find(({ length }) => length > 0)?.[0];
    return !columns.every((cells) => cells.every((cell) => cell === one));
  });
  return varying.length > 0 ? varying : key.slice(0, 1);
}

/** The key of each row as one text. */
function keysOf(table: Table, key: readonly string[]): string[] {
  const [first = [], ...others] = key.map((name) => table.columns[name] ?? []);
  if (others.length === 0) return first.map(String);
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
