// The SQL that stores a table of rows, made from the dataset catalogue. Rows travel as one text parameter a column.
import { type Column, columnsOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { SqlParameters } from "../ports.ts";
import { type Cell, pick, type Table } from "./rows.ts";

/** Bytes of parameters in one statement; the Data API takes 4 MiB a request, JSON and SQL included. */
const statementBytesMax = 3_000_000;

/**
 * CTEs `incoming` and `stored_rows`, the latter with a row for each row inserted or changed.
 * A null never overwrites a value; a row that would not change is not rewritten.
 */
export function upsertSql(dataset: Dataset): string {
  const columns = columnsOf(dataset);
  const names = columns.map(({ name }) => name);
  const constants = Object.entries(dataset.constants ?? {});
  const values = columns.filter(({ name }) => !dataset.key.includes(name));
  const stored = [...values.map(({ name }) => name), ...constants.map(([name]) => name)];
  const merged = [...values.map(mergedValue), ...constants.map(([name]) => `excluded.${name}`)];
  return `incoming (${names.join(", ")}) as (
  select ${columns.map(typedCell).join(", ")}
  from (
    -- In the select list the arrays are walked in step; as a table, each would be copied first.
    select ${columns
      .map(
        (column) => `unnest(string_to_array(:${column.name}, ${separatorSql(column)}, '')) as ${column.name}`,
      )
      .join(",\n      ")}
  ) as cell
),
stored_rows as (
  insert into ${dataset.table} as stored (${[...names, ...constants.map(([name]) => name)].join(", ")})
  select ${[...names, ...constants.map(([, value]) => `'${value}'`)].join(", ")}
  from incoming
  order by ${dataset.key.join(", ")}
  on conflict (${dataset.key.join(", ")}) do update
  set ${stored.map((name, at) => `${name} = ${merged[at]}`).join(", ")}, stored_at = now()
  where (${stored.map((name) => `stored.${name}`).join(", ")})
    is distinct from (${merged.join(", ")})
  returning 1
)`;
}

/** The parameters of upsertSql for a table, in as many statements as its bytes need; nearly always one. */
export function upsertParameters(dataset: Dataset, table: Table): [...SqlParameters[], SqlParameters] {
  const parameters = parametersOf(dataset, table);
  const bytes = Object.values(parameters).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes <= statementBytesMax || table.size < 2) return [parameters];
  const half = Math.ceil(table.size / 2);
  const rows = Array.from({ length: table.size }, (_, row) => row);
  return [
    ...upsertParameters(dataset, pick(table, rows.slice(0, half))),
    ...upsertParameters(dataset, pick(table, rows.slice(half))),
  ];
}

function parametersOf(dataset: Dataset, table: Table): Record<string, string> {
  const texts = columnsOf(dataset).map((column) => [
    column.name,
    joined(column, table.columns[column.name] ?? []),
  ]);
  return Object.fromEntries(texts);
}

/** JSON writes a list of numbers several times faster than join does; the quotes are those of nulls and exact numbers. */
function joined(column: Column, cells: readonly Cell[]): string {
  if (column.type === "number") return JSON.stringify(cells).slice(1, -1).replaceAll('"', "");
  return cells.join(separator(column));
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
