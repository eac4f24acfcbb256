// The SQL that stores the rows of a slice, made from the dataset's file. Rows are sent as one text parameter for each
// column. With a unique key rows are inserted or updated; without one, an answer replaces its whole slice. The same
// statement records what changed (revise.ts).
import type { Column } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { SqlParameters } from "../ports.ts";
import {
  changesSql,
  earlierSql,
  pendingParameters,
  pendingSql,
  type Reviser,
  replacedSql,
  reviserParameters,
} from "./revise.ts";
import { pick, type Table } from "./rows.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { type Slice, sliceOf } from "./slice.ts";

/** Bytes of parameters in one statement; a request of the Data API has at most 4 MiB, JSON and SQL included. */
const statementBytesMax = 3_000_000;

/**
 * CTEs of a statement. The last one is `written`, one row: `changed` counts the rows inserted, changed or removed;
 * `revised` the revisions; `factors` those of an adjustment factor; `emptied` the rows in which only values are empty that
 * are stored.
 */
export type Write = { readonly sql: string; readonly parameters: SqlParameters };

/** The writes of an answer: only `last`, or `before` and `last` in this order in one transaction. */
export type Writes = { readonly before: readonly Write[]; readonly last: Write };

/** @param isNew no row of the answer is stored: the statement fails with a duplicate key if one is */
export function writesOf(
  dataset: Dataset,
  selector: Selector,
  table: Table,
  reviser: Reviser,
  isNew = false,
): Writes {
  const shape = shapeOf(dataset, selector, table);
  const pieces = piecesOf(shape, table).map(({ rows, cells }) => ({
    ...cells,
    ...(isNew ? pendingParameters(shape) : reviserParameters(shape, reviser, rows)),
  }));
  const before = pieces.slice(0, -1);
  const last = pieces.at(-1) ?? {};
  if (!dataset.replacesSlice) {
    const sql = isNew ? insertSql(shape, pendingSql(shape)) : upsertSql(shape);
    return { before: before.map((parameters) => ({ sql, parameters })), last: { sql, parameters: last } };
  }
  const slice = sliceOf(dataset, selector);
  const ofSlice = sliceParameters(slice);
  const lock = { sql: lockSql(shape), parameters: {} };
  if (before.length === 0) {
    return { before: [lock], last: { sql: replaceSql(shape, slice), parameters: { ...last, ...ofSlice } } };
  }
  // Too large to compare in one statement: all rows are deleted and inserted again.
  const empty = { sql: emptySql(shape, slice), parameters: ofSlice };
  const sql = insertSql(shape);
  return {
    before: [lock, empty, ...before.map((parameters) => ({ sql, parameters }))],
    last: { sql, parameters: last },
  };
}

/**
 * A null never overwrites a value here; ledger/revisions.ts removes one that is believed to be gone. A row that would not change is
 * not rewritten, except with the same values where the answer has a null for a stored value: so that it is noticed.
 */
function upsertSql(shape: Shape): string {
  const values = shape.columns.filter((column) => !shape.key.includes(column));
  const constants = shape.constants.map(([name]) => name);
  const stored = [...values.map(({ name }) => name), ...constants];
  const merged = [...values.map(mergedValue), ...constants.map((name) => `excluded.${name}`)];
  const said = [
    ...values.map((column) =>
      shape.unsaid.includes(column.name) ? mergedValue(column) : `excluded.${column.name}`,
    ),
    ...constants.map((name) => `excluded.${name}`),
  ];
  const update = `update
  set ${stored.map((name, at) => `${name} = ${merged[at]}`).join(", ")}, stored_at = now()
  where (${stored.map((name) => `stored.${name}`).join(", ")})
    is distinct from (${said.join(", ")})`;
  return `${incomingSql(shape)},
stored_rows as (
  insert into ${shape.table} as stored (${storedNames(shape)})
  select ${storedValues(shape)}
  from incoming
  ${orderSql(shape)}
  on conflict (${namesOf(shape.key)}) do ${stored.length === 0 ? "nothing" : update}
  ${earlierSql(shape)}
),
${changesSql(shape)}`;
}

/** Serialises writers of the table: two that replace the same slice at once would both insert their rows. */
function lockSql({ table }: Shape): string {
  return `written as (select 0 as changed, 0 as revised, 0 as factors, 0 as emptied from pg_advisory_xact_lock(hashtext('${table}')))`;
}

/**
 * Deletes the slice's rows that are not in the answer, and inserts those that are only in the answer. Identical rows are
 * counted, so that as many stay as the answer has. Unchanged rows are not rewritten.
 */
function replaceSql(shape: Shape, slice: Slice): string {
  const names = namesOf(shape.columns);
  return `${incomingSql(shape)},
wanted as (
  select ${names}, content, row_number() over (partition by content) as copy
  from (select ${names}, cast(row(${names}) as text) as content from incoming) as typed
),
held as (
  select place, content, row_number() over (partition by content) as copy
  from (
    select stored.ctid as place, cast(row(${namesOf(shape.columns, "stored.")}) as text) as content
    from ${shape.table} as stored
    where ${sliceConditions(shape, slice)}
  ) as found
),
removed as (
  delete from ${shape.table} as stored
  where ctid = any (array(
    select place
    from held
    where not exists (select 1 from wanted where wanted.content = held.content and wanted.copy = held.copy)
  ))
  returning to_jsonb(stored) - 'stored_at' as gone
),
added as (
  insert into ${shape.table} as stored (${storedNames(shape)})
  select ${storedValues(shape)}
  from wanted
  where not exists (select 1 from held where held.content = wanted.content and held.copy = wanted.copy)
  ${orderSql(shape)}
  returning case when exists (select 1 from removed) then to_jsonb(stored) - 'stored_at' end as come
),
${replacedSql(shape)}`;
}

function emptySql(shape: Shape, slice: Slice): string {
  return `removed as (
  delete from ${shape.table} as stored
  where ${sliceConditions(shape, slice)}
  returning 1
),
written as (select 0 as changed, 0 as revised, 0 as factors, 0 as emptied)`;
}

/** Without the search for a row with the same key, and without returning rows: a fifth of an upsert's time. */
function insertSql(shape: Shape, emptied = "0"): string {
  return `${incomingSql(shape)},
added as (
  insert into ${shape.table} (${storedNames(shape)})
  select ${storedValues(shape)}
  from incoming
  ${orderSql(shape)}
  returning 1
),
written as (select count(*) as changed, 0 as revised, 0 as factors, (${emptied}) as emptied from added)`;
}

export function incomingSql({ columns }: Shape): string {
  return `incoming (${namesOf(columns)}) as (
  select ${columns.map(typedCell).join(", ")}
  from (
    -- In the select list the arrays are read in parallel; in the from clause each would be copied first.
    select ${columns
      .map(
        (column) =>
          `unnest(string_to_array(:${parameterOf(column)}, ${separatorSql(column)}, '')) as ${column.name}`,
      )
      .join(",\n      ")}
  ) as cell
)`;
}

export function namesOf(columns: readonly Column[], of = ""): string {
  return columns.map(({ name }) => `${of}${name}`).join(", ");
}

function storedNames({ columns, constants }: Shape): string {
  return [namesOf(columns), ...constants.map(([name]) => name)].join(", ");
}

function storedValues({ columns, constants }: Shape): string {
  return [namesOf(columns), ...constants.map(([, value]) => `'${value}'`)].join(", ");
}

export function sliceConditions({ columns, constants }: Shape, { fixed, days }: Slice): string {
  const conditions = [
    ...constants.map(([name, value]) => `stored.${name} = '${value}'`),
    ...fixed.map(({ column, orEmpty }) =>
      orEmpty
        ? `coalesce(stored.${column}, :slice_${column}) = :slice_${column}`
        : `stored.${column} = :slice_${column}`,
    ),
  ];
  if (days !== undefined) {
    const isDay = columns.some(({ name, type }) => name === days.column && type === "day");
    const [from, to] = isDay
      ? ["to_date(:slice_from, 'YYYYMMDD')", "to_date(:slice_to, 'YYYYMMDD')"]
      : [":slice_from", ":slice_to"];
    conditions.push(`stored.${days.column} between ${from} and ${to}`);
  }
  return conditions.join("\n      and ") || "true";
}

export function sliceParameters({ fixed, days }: Slice): SqlParameters {
  const values = fixed.map(({ column, value }) => [`slice_${column}`, value]);
  return { ...Object.fromEntries(values), ...(days && { slice_from: days.from, slice_to: days.to }) };
}

/** Rows as the parameters of one statement. */
type Piece = { readonly rows: number; readonly cells: Readonly<Record<string, string>> };

/**
 * The rows as parameters, split into several statements when they are too large; nearly always one.
 * @param options `keysWhole`: rows with one key stay together
 */
export function piecesOf(shape: Shape, table: Table, { keysWhole = false } = {}): Piece[] {
  const whole = parametersOf(shape, table);
  if (fits(whole)) return [{ rows: table.size, cells: whole }];
  const order = keyOrder(shape, table);
  const halved = (rows: readonly number[]): Piece[] => {
    const cells = parametersOf(shape, pick(table, rows));
    if (rows.length < 2 || fits(cells)) return [{ rows: rows.length, cells }];
    const half = keysWhole ? betweenKeys(shape, table, rows) : Math.ceil(rows.length / 2);
    if (half === undefined) return [{ rows: rows.length, cells }];
    return [...halved(rows.slice(0, half)), ...halved(rows.slice(half))];
  };
  return halved(order);
}

/** The place nearest to the middle of ordered rows where another key begins; undefined when all have one key. */
function betweenKeys({ key }: Shape, table: Table, rows: readonly number[]): number | undefined {
  const keyOf = (row: number) => key.map(({ name }) => table.columns[name]?.[row]).join("\u001f");
  const middle = rows.length / 2;
  let best: number | undefined;
  let before = "";
  for (const [at, row] of rows.entries()) {
    const text = keyOf(row);
    if (at > 0 && text !== before && Math.abs(at - middle) < Math.abs((best ?? 0) - middle)) best = at;
    before = text;
  }
  return best;
}

function fits(parameters: Readonly<Record<string, string>>): boolean {
  return (
    Object.values(parameters).reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= statementBytesMax
  );
}

function parametersOf({ columns }: Shape, table: Table): Record<string, string> {
  const texts = columns.map((column) => [
    parameterOf(column),
    (table.columns[column.name] ?? []).join(separator(column)),
  ]);
  return Object.fromEntries(texts);
}

/** Prefixed, because the ledger's part of the statement has parameters too. */
function parameterOf({ name }: Column): string {
  return `cells_${name}`;
}

/** All writers lock rows in the same order, within and across statements, to avoid deadlocks. */
export function orderSql({ key }: Shape, of = ""): string {
  const order = key.map(({ name, type, required }) => {
    const isText = type === "code" || type === "text";
    return `${of}${name}${isText ? ' collate "C"' : ""}${required ? "" : " nulls first"}`;
  });
  return order.length === 0 ? "" : `order by ${order.join(", ")}`;
}

/** Row numbers of a table in the order of orderSql. */
function keyOrder({ key }: Shape, table: Table): number[] {
  const keys = key.map(({ name, type }) => {
    const cells = table.columns[name] ?? [];
    if (type !== "number")
      return comparing(
        cells.map((cell) => Buffer.from(String(cell))),
        Buffer.compare,
      );
    const numbers = cells.map((cell) => (cell === "" ? -Number.MAX_VALUE : Number(cell)));
    return comparing(numbers, (a, b) => a - b);
  });
  const rows = Array.from({ length: table.size }, (_, row) => row);
  return rows.sort((a, b) => keys.reduce((order, compare) => order || compare(a, b), 0));
}

/** A function that compares two rows by their values. */
function comparing<Value>(values: readonly Value[], compare: (a: Value, b: Value) => number) {
  return (a: number, b: number): number => {
    const [first, second] = [values[a], values[b]];
    return first === undefined || second === undefined ? 0 : compare(first, second);
  };
}

function typedCell({ name, type }: Column): string {
  switch (type) {
    case "day":
      return `to_date(cell.${name}, 'YYYYMMDD')`;
    case "number":
      return `cast(cell.${name} as numeric)`;
    case "flag":
      return `cast(cell.${name} as smallint)`;
    case "code":
    case "text":
      return `cell.${name}`;
  }
}

function mergedValue({ name, required }: Column): string {
  return required ? `excluded.${name}` : `coalesce(excluded.${name}, stored.${name})`;
}

/** Free text may contain commas. It never contains U+001F, because readPages refuses control characters. */
function separator({ type }: Column): string {
  return type === "text" ? "\u001f" : ",";
}

function separatorSql({ type }: Column): string {
  return type === "text" ? "chr(31)" : "','";
}
