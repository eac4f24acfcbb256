// Reads a whole table or view, page by page in key order: each row once, as it is when its page is read.
// It holds no transaction open, so a long export does not block others.
import { type Dataset, datasets, listOf } from "../shared/catalogue/datasets.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { isTooLarge, nextPageRows, type Sql, type Value } from "./sql.ts";

type Exportable = {
  readonly key: readonly string[];
  /** Columns of the key that may be null. */
  readonly nullsIn: readonly string[];
  /** The column that a range selects on. */
  readonly day: string | undefined;
  /** What its codes are; undefined where it has none. */
  readonly codes: "securities" | "any" | undefined;
};

/** Every table of the catalogue, and the views on them. */
export const exportables: Readonly<Record<string, Exportable>> = {
  ...Object.fromEntries(Object.values(datasets).map((dataset) => [dataset.table, exportableOf(dataset)])),
  stock_daily_current: viewOf("trade_date"),
  stock_daily_hfq: viewOf("trade_date"),
  stock_daily_qfq: viewOf("trade_date"),
  fina_indicator_current: viewOf("end_date"),
};

export type TableColumn = { readonly name: string; readonly type: string; readonly nullable: boolean };

export type Selection = {
  readonly table: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly codes: readonly string[] | undefined;
};

const firstPageRows = 500;
const pageRowsMax = 10_000;

export async function readColumns(sql: Sql, table: string, t: Messages): Promise<TableColumn[]> {
  const { rows } = await sql.read(
    `select column_name, data_type, is_nullable
from information_schema.columns
where table_schema = current_schema() and table_name = :table_name
order by ordinal_position`,
    { table_name: table },
  );
  if (rows.length === 0) throw new CommandError(exitCodes.failed, t.export.noTable(table));
  return rows.map(([name, type, nullable]) => ({
    name: String(name),
    type: String(type),
    nullable: nullable === "YES",
  }));
}

export async function countRows(sql: Sql, selection: Selection): Promise<number> {
  const { where, parameters } = conditions(selection);
  const { rows } = await sql.read(`select count(*) from ${selection.table}${where([])}`, parameters);
  return Number(rows[0]?.[0]);
}

export async function* readTable(
  sql: Sql,
  selection: Selection,
  columns: readonly TableColumn[],
): AsyncGenerator<readonly (readonly Value[])[]> {
  const { key, nullsIn } = exportableNamed(selection.table);
  const keyColumns = key.map((name) => columns.findIndex((column) => column.name === name));
  const order = keyColumns.map((at) => comparable(columns[at], nullsIn));
  const { where, parameters } = conditions(selection);
  let after: readonly (string | null)[] | undefined;
  for (let rows = firstPageRows; ; ) {
    const { conditions: later, values } = afterKey(order, columns, keyColumns, after);
    const text = `select ${columns.map(({ name }) => `"${name}"`).join(", ")}
from ${selection.table}${where(later)}
order by ${order.join(", ")}
limit :page_rows`;
    let page: Awaited<ReturnType<Sql["read"]>>;
    try {
      page = await sql.read(text, { ...parameters, ...values, page_rows: rows });
    } catch (error) {
      if (!isTooLarge(error) || rows === 1) throw error;
      rows = Math.ceil(rows / 4);
      continue;
    }
    if (page.rows.length > 0) yield page.rows;
    const last = page.rows.at(-1);
    if (last === undefined || page.rows.length < rows) return;
    after = keyColumns.map((at) => (last[at] === null || last[at] === undefined ? null : String(last[at])));
    rows = Math.min(pageRowsMax, nextPageRows(rows, page));
  }
}

function exportableOf(dataset: Dataset): Exportable {
  const { key, dayColumn, main } = dataset;
  const days = main.columns.filter(({ type, name }) => type === "day" && key.includes(name));
  return {
    key,
    nullsIn: main.columns
      .filter(({ name, required }) => key.includes(name) && !required)
      .map(({ name }) => name),
    day: dayColumn ?? days.at(-1)?.name,
    codes: !key.includes("ts_code") ? undefined : listOf(dataset) === undefined ? "any" : "securities",
  };
}

function viewOf(day: string): Exportable {
  return { key: ["ts_code", day], nullsIn: [], day, codes: "securities" };
}

export function exportableNamed(table: string): Exportable {
  const found = exportables[table];
  if (found === undefined) throw new Error(`${table} is not among ${Object.keys(exportables).join(", ")}`);
  return found;
}

function conditions({ table, from, to, codes }: Selection) {
  const { day } = exportableNamed(table);
  const fixed: string[] = [];
  const parameters: Record<string, string> = {};
  for (const [name, value, sign] of [
    ["from_day", from, ">="],
    ["to_day", to, "<="],
  ] as const) {
    if (value === undefined) continue;
    fixed.push(`${day} ${sign} to_date(:${name}, 'YYYYMMDD')`);
    parameters[name] = value;
  }
  if (codes !== undefined) {
    fixed.push("ts_code = any (string_to_array(:codes, ','))");
    parameters.codes = codes.join(",");
  }
  const where = (more: readonly string[]) => {
    const all = [...fixed, ...more];
    return all.length === 0 ? "" : `\nwhere ${all.join("\n  and ")}`;
  };
  return { where, parameters };
}

/** Rows after the last one read. Also compares the first column alone, so that an index on it can be used. */
function afterKey(
  order: readonly string[],
  columns: readonly TableColumn[],
  keyColumns: readonly number[],
  after: readonly (string | null)[] | undefined,
): { conditions: string[]; values: Record<string, string> } {
  if (after === undefined) return { conditions: [], values: {} };
  const given = keyColumns.map((at, place) => `cast(:key${place} as ${columns[at]?.type ?? "text"})`);
  const values = Object.fromEntries(
    after.map((value, place) => [`key${place}`, value ?? absent(columns[keyColumns[place] ?? 0])]),
  );
  return {
    conditions: [`${order[0]} >= ${given[0]}`, `(${order.join(", ")}) > (${given.join(", ")})`],
    values,
  };
}

/** In a key column with nulls, a null sorts as the smallest value. */
function comparable(column: TableColumn | undefined, nullsIn: readonly string[]): string {
  if (column === undefined) throw new Error("a key column is not in its table");
  if (!nullsIn.includes(column.name)) return column.name;
  return `coalesce(${column.name}, cast('${absent(column)}' as ${column.type}))`;
}

function absent(column: TableColumn | undefined): string {
  return column?.type === "date" ? "0001-01-01" : "";
}
