// The SQL that stores the rows of a slice, made from the dataset's file. Rows travel as one text parameter a column. Where
// a key tells rows apart they are inserted or updated; where none does, an answer takes the place of its whole slice.
import { type Column, columnsOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { SqlParameters } from "../ports.ts";
import { type Cell, pick, type Table } from "./rows.ts";
import { type Slice, sliceOf } from "./slice.ts";

/** Bytes of parameters in one statement; the Data API takes 4 MiB a request, JSON and SQL included. */
const statementBytesMax = 3_000_000;

/** CTEs of a statement, the last of them `written`: one row, `changed` counts the rows inserted, changed or removed. */
export type Write = { readonly sql: string; readonly parameters: SqlParameters };

/** How an answer is stored: `last` alone, or all in this order in one transaction. */
export type Writes = { readonly before: readonly Write[]; readonly last: Write };

export function writesOf(dataset: Dataset, selector: Selector, table: Table): Writes {
  const { before, last } = piecesOf(dataset, table);
  if (!dataset.replacesSlice) {
    const sql = upsertSql(dataset);
    return { before: before.map((parameters) => ({ sql, parameters })), last: { sql, parameters: last } };
  }
  const slice = sliceOf(dataset, selector);
  const lock = { sql: lockSql(dataset), parameters: {} };
  if (before.length === 0) {
    const parameters = { ...last, ...sliceParameters(slice) };
    return { before: [lock], last: { sql: replaceSql(dataset, slice), parameters } };
  }
  // Too large to be compared in one statement: all rows are written anew.
  const empty = { sql: emptySql(dataset, slice), parameters: sliceParameters(slice) };
  const sql = insertSql(dataset);
  return {
    before: [lock, empty, ...before.map((parameters) => ({ sql, parameters }))],
    last: { sql, parameters: last },
  };
}

/** A null never overwrites a value; a row that would not change is not rewritten. */
function upsertSql(dataset: Dataset): string {
  const values = columnsOf(dataset).filter(({ name }) => !dataset.key.includes(name));
  const constants = constantsOf(dataset).map(([name]) => name);
  const stored = [...values.map(({ name }) => name), ...constants];
  const merged = [...values.map(mergedValue), ...constants.map((name) => `excluded.${name}`)];
  const update = `update
  set ${stored.map((name, at) => `${name} = ${merged[at]}`).join(", ")}, stored_at = now()
  where (${stored.map((name) => `stored.${name}`).join(", ")})
    is distinct from (${merged.join(", ")})`;
  return `${incomingSql(dataset)},
stored_rows as (
  insert into ${dataset.table} as stored (${storedNames(dataset)})
  select ${storedValues(dataset)}
  from incoming
  ${orderSql(dataset)}
  on conflict (${dataset.key.join(", ")}) do ${stored.length === 0 ? "nothing" : update}
  returning 1
),
written as (select count(*) as changed from stored_rows)`;
}

/** One after the other: two that began with the same rows would both add theirs. */
function lockSql({ table }: Dataset): string {
  return `written as (select 0 as changed from pg_advisory_xact_lock(hashtext('${table}')))`;
}

/**
 * Removes the rows of the slice that the answer does not hold, and adds those that only it holds. Rows that are the same in
 * every column are counted: as many as in the answer stay. The others are not rewritten.
 */
function replaceSql(dataset: Dataset, slice: Slice): string {
  const names = columnsOf(dataset).map(({ name }) => name);
  return `${incomingSql(dataset)},
wanted as (
  select ${names.join(", ")}, content, row_number() over (partition by content) as copy
  from (select ${names.join(", ")}, cast(row(${names.join(", ")}) as text) as content from incoming) as typed
),
held as (
  select place, content, row_number() over (partition by content) as copy
  from (
    select stored.ctid as place, cast(row(${names.map((name) => `stored.${name}`).join(", ")}) as text) as content
    from ${dataset.table} as stored
    where ${sliceConditions(dataset, slice)}
  ) as found
),
removed as (
  delete from ${dataset.table}
  where ctid = any (array(
    select place
    from held
    where not exists (select 1 from wanted where wanted.content = held.content and wanted.copy = held.copy)
  ))
  returning 1
),
added as (
  insert into ${dataset.table} (${storedNames(dataset)})
  select ${storedValues(dataset)}
  from wanted
  where not exists (select 1 from held where held.content = wanted.content and held.copy = wanted.copy)
  ${orderSql(dataset)}
  returning 1
),
written as (select greatest((select count(*) from added), (select count(*) from removed)) as changed)`;
}

function emptySql(dataset: Dataset, slice: Slice): string {
  return `removed as (
  delete from ${dataset.table} as stored
  where ${sliceConditions(dataset, slice)}
  returning 1
),
written as (select 0 as changed)`;
}

function insertSql(dataset: Dataset): string {
  return `${incomingSql(dataset)},
added as (
  insert into ${dataset.table} (${storedNames(dataset)})
  select ${storedValues(dataset)}
  from incoming
  ${orderSql(dataset)}
  returning 1
),
written as (select count(*) as changed from added)`;
}

function incomingSql(dataset: Dataset): string {
  const columns = columnsOf(dataset);
  return `incoming (${columns.map(({ name }) => name).join(", ")}) as (
  select ${columns.map(typedCell).join(", ")}
  from (
    -- In the select list the arrays are walked in step; as a table, each would be copied first.
    select ${columns
      .map(
        (column) =>
          `unnest(string_to_array(:${parameterOf(column)}, ${separatorSql(column)}, '')) as ${column.name}`,
      )
      .join(",\n      ")}
  ) as cell
)`;
}

function sliceConditions(dataset: Dataset, { fixed, days }: Slice): string {
  const conditions = [
    ...constantsOf(dataset).map(([name, value]) => `stored.${name} = '${value}'`),
    ...fixed.map(({ column, orEmpty }) =>
      orEmpty
        ? `coalesce(stored.${column}, :slice_${column}) = :slice_${column}`
        : `stored.${column} = :slice_${column}`,
    ),
  ];
  if (days !== undefined) {
    const isDay = columnsOf(dataset).some(({ name, type }) => name === days.column && type === "day");
    const [from, to] = isDay
      ? ["to_date(:slice_from, 'YYYYMMDD')", "to_date(:slice_to, 'YYYYMMDD')"]
      : [":slice_from", ":slice_to"];
    conditions.push(`stored.${days.column} between ${from} and ${to}`);
  }
  return conditions.join("\n      and ") || "true";
}

function sliceParameters({ fixed, days }: Slice): SqlParameters {
  const values = fixed.map(({ column, value }) => [`slice_${column}`, value]);
  return { ...Object.fromEntries(values), ...(days && { slice_from: days.from, slice_to: days.to }) };
}

/** The rows as parameters, in as many statements as their bytes need; nearly always one. */
function piecesOf(dataset: Dataset, table: Table): { before: SqlParameters[]; last: SqlParameters } {
  const parameters = parametersOf(dataset, table);
  if (fits(parameters, table)) return { before: [], last: parameters };
  const pieces = halved(dataset, inKeyOrder(dataset, table));
  return { before: pieces.slice(0, -1), last: pieces.at(-1) ?? parameters };
}

function halved(dataset: Dataset, table: Table): SqlParameters[] {
  const parameters = parametersOf(dataset, table);
  if (fits(parameters, table)) return [parameters];
  const half = Math.ceil(table.size / 2);
  const rows = Array.from({ length: table.size }, (_, row) => row);
  return [
    ...halved(dataset, pick(table, rows.slice(0, half))),
    ...halved(dataset, pick(table, rows.slice(half))),
  ];
}

function fits(parameters: Readonly<Record<string, string>>, table: Table): boolean {
  const bytes = Object.values(parameters).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes <= statementBytesMax || table.size < 2;
}

function parametersOf(dataset: Dataset, table: Table): Record<string, string> {
  const texts = columnsOf(dataset).map((column) => [
    parameterOf(column),
    joined(column, table.columns[column.name] ?? []),
  ]);
  return Object.fromEntries(texts);
}

/** A name of its own: the ledger's part of the statement has parameters too. */
function parameterOf({ name }: Column): string {
  return `cells_${name}`;
}

/** JSON writes a list of numbers several times faster than join does; the quotes are those of nulls and exact numbers. */
function joined(column: Column, cells: readonly Cell[]): string {
  if (column.type === "number") return JSON.stringify(cells).slice(1, -1).replaceAll('"', "");
  return cells.join(separator(column));
}

/** One order for every writer, within a statement and from one to the next, or two of them could wait for each other. */
function orderSql(dataset: Dataset): string {
  if (dataset.key.length === 0) return "";
  const order = keyColumns(dataset).map(({ name, type, required }) => {
    const isText = type === "code" || type === "text";
    return `${name}${isText ? ' collate "C"' : ""}${required ? "" : " nulls first"}`;
  });
  return `order by ${order.join(", ")}`;
}

/** In the order of orderSql. */
function inKeyOrder(dataset: Dataset, table: Table): Table {
  const keys = keyColumns(dataset).map(({ name, type }) => {
    const cells = table.columns[name] ?? [];
    return type === "number"
      ? cells.map((cell) => (cell === "" ? Number.NEGATIVE_INFINITY : Number(cell)))
      : cells.map((cell) => Buffer.from(String(cell)));
  });
  const rows = Array.from({ length: table.size }, (_, row) => row);
  rows.sort((a, b) => {
    for (const cells of keys) {
      const [first, second] = [cells[a], cells[b]];
      const order =
        Buffer.isBuffer(first) && Buffer.isBuffer(second)
          ? Buffer.compare(first, second)
          : Number(first) - Number(second) || 0;
      if (order !== 0) return order;
    }
    return 0;
  });
  return pick(table, rows);
}

function keyColumns(dataset: Dataset): Column[] {
  const columns = columnsOf(dataset);
  return dataset.key.flatMap((key) => columns.filter(({ name }) => name === key));
}

/** Columns that are the same in all rows, and are not in the answers. */
function constantsOf(dataset: Dataset): [name: string, value: string][] {
  const columns = columnsOf(dataset);
  return Object.entries(dataset.constants ?? {}).filter(
    ([constant]) => !columns.some(({ name }) => name === constant),
  );
}

function storedNames(dataset: Dataset): string {
  const names = columnsOf(dataset).map(({ name }) => name);
  return [...names, ...constantsOf(dataset).map(([name]) => name)].join(", ");
}

function storedValues(dataset: Dataset): string {
  const names = columnsOf(dataset).map(({ name }) => name);
  return [...names, ...constantsOf(dataset).map(([, value]) => `'${value}'`)].join(", ");
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

/** Free text may hold commas; readPages refuses control characters, so U+001F cannot stand in it. */
function separator({ type }: Column): string {
  return type === "text" ? "\u001f" : ",";
}

function separatorSql({ type }: Column): string {
  return type === "text" ? "chr(31)" : "','";
}
