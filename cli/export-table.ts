// Reads a whole table or view in key order, as text that the database writes: each row once, as it is when its page is read.
// It holds no transaction open, so a long export does not block others.
import { type Dataset, datasets, listOf } from "../shared/catalogue/datasets.ts";
import { type Form, lineOf, pageOfLines } from "./export-lines.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import { isTooLarge, type Sql } from "./sql.ts";

type Exportable = {
  readonly key: readonly string[];
  /** Columns of the key that may be null. */
  readonly nullsIn: readonly string[];
  /** The column that a range selects on. */
  readonly day: string | undefined;
  /** The table whose index lists the codes of the key. */
  readonly listed: string | undefined;
  /** What its codes are; undefined where it has none. */
  readonly codes: "securities" | "any" | undefined;
};

/** A row's place in its table: tells rows with the same key apart, where no key is unique. */
const placeColumn: TableColumn = { name: "ctid", type: "tid", nullable: false };

/** Every table of the catalogue, and the views on them. */
export const exportables: Readonly<Record<string, Exportable>> = {
  ...Object.fromEntries(Object.values(datasets).map((dataset) => [dataset.table, exportableOf(dataset)])),
  ...viewOf("stock_daily_current", "trade_date"),
  ...viewOf("stock_daily_hfq", "trade_date"),
  ...viewOf("stock_daily_qfq", "trade_date"),
  ...viewOf("fina_indicator_current", "end_date"),
  ...viewOf("income_current", "end_date"),
  ...viewOf("balancesheet_current", "end_date"),
  ...viewOf("cashflow_current", "end_date"),
};

export type TableColumn = { readonly name: string; readonly type: string; readonly nullable: boolean };

export type Selection = {
  readonly table: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly codes: readonly string[] | undefined;
  /** Only rows whose day is not known. */
  readonly withoutDay?: true;
};

const firstPageRows = 500;
const pageRowsMax = 50_000;

/** Below the 1 MiB limit, also when the rows of the next page are a third longer. */
const pageBytesWanted = 700_000;

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
  const { from, parameters } = selectionSql(selection);
  const { rows } = await sql.read(`select count(*) from ${from}`, parameters);
  return Number(rows[0]?.[0]);
}

/** The table with the condition of a selection. */
export function selectionSql(selection: Selection): { from: string; parameters: Record<string, string> } {
  const { where, parameters } = conditions(selection);
  return { from: `${selection.table}${where([])}`, parameters };
}

/** Lines of whole rows. */
export type Chunk = { readonly text: string; readonly lines: number };

/**
 * All rows of a selection in the order of the key, as text.
 * @param total the number of rows, from which the pages of a large table are laid out; several of these are read at once
 */
export async function* readLines(
  sql: Sql,
  selection: Selection,
  columns: readonly TableColumn[],
  form: Form,
  total: number,
): AsyncGenerator<Chunk> {
  const source: Source = { sql, selection, columns, form, pageRows: firstPageRows };
  const first = await readPage(source, {}, undefined);
  if (first.chunk !== undefined) yield first.chunk;
  if (first.last === undefined) return;
  source.pageRows = first.fitting;
  const parts = await partsOf(source, first.last, total);
  yield* inOrder(parts.map((part) => () => readPart(source, part)));
}

/** What is read, and how many rows the next page may have. */
type Source = {
  readonly sql: Sql;
  readonly selection: Selection;
  readonly columns: readonly TableColumn[];
  readonly form: Form;
  pageRows: number;
};

/** Rows after a key, of codes below another one. */
type Part = { readonly after?: Key; readonly from?: string; readonly below?: string };
type Key = readonly string[];

/** Parts read at once: the round trips of a deployed stack take longer than its statements. */
const partsAtOnce = 4;

/** Of the order of one page each, so that what is read ahead stays a few megabytes. */
async function partsOf(source: Source, after: Key, total: number): Promise<Part[]> {
  const { sql, selection, pageRows } = source;
  const { key, listed } = exportableNamed(selection.table);
  if (key[0] !== "ts_code" || listed === undefined || total < pageRows * partsAtOnce) return [{ after }];
  // In the database's own order: its collation need not be that of this process.
  const all = await codesOf(sql, listed);
  const codes = selection.codes === undefined ? all : all.filter((code) => selection.codes?.includes(code));
  const place = codes.indexOf(after[0] ?? "");
  if (place === -1) return [{ after }];
  const left = codes.slice(place + 1);
  const codesAtOnce = Math.max(1, Math.floor(pageRows / (total / Math.max(1, codes.length))));
  const starts = left.filter((_, at) => at % codesAtOnce === 0);
  const [second] = starts;
  if (second === undefined) return [{ after }];
  return [
    { after, below: second }, // the rest of the first page's code
    ...starts.map((from, at) => {
      const below = starts[at + 1];
      return below === undefined ? { from } : { from, below };
    }),
  ];
}

/** The codes of a table, by one look into its index for each. */
async function codesOf(sql: Sql, table: string): Promise<string[]> {
  const { rows } = await sql.read(`with recursive code (ts_code) as (
  (select ts_code from ${table} order by ts_code limit 1)
  union all
  select (select ts_code from ${table} as next where next.ts_code > code.ts_code order by next.ts_code limit 1)
  from code
  where code.ts_code is not null
)
select string_agg(ts_code, ',' order by ts_code)
from (select ts_code, row_number() over (order by ts_code) as place from code where ts_code is not null) as each
group by place / 4000
order by min(place)`);
  return rows.flatMap(([text]) => String(text).split(","));
}

async function readPart(source: Source, part: Part): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (let { after } = part; ; ) {
    const { chunk, last, fitting } = await readPage(source, part, after);
    if (chunk !== undefined) chunks.push(chunk);
    if (last === undefined) return chunks;
    source.pageRows = fitting;
    after = last;
  }
}

/** Some parts are read ahead; what they read is yielded in their order. */
async function* inOrder(parts: readonly (() => Promise<Chunk[]>)[]): AsyncGenerator<Chunk> {
  const reading: Promise<Chunk[]>[] = [];
  for (const part of parts) {
    const begun = part();
    begun.catch(() => undefined); // thrown when its turn comes
    reading.push(begun);
    if (reading.length === partsAtOnce) yield* (await reading.shift()) ?? [];
  }
  for (const begun of reading) yield* await begun;
}

type Page = {
  readonly chunk: Chunk | undefined;
  /** The key of the last row; undefined when no row follows. */
  readonly last: Key | undefined;
  /** Rows as long as these that fit into the next page. */
  readonly fitting: number;
};

async function readPage(source: Source, part: Part, after: Key | undefined): Promise<Page> {
  const { sql, selection, columns, form } = source;
  const { key, nullsIn } = exportableNamed(selection.table);
  const keyColumns = key.map((name) => [...columns, placeColumn].find((column) => column.name === name));
  const order = keyColumns.map((column) => comparable(column, nullsIn));
  const { where, parameters } = conditions(selection);
  const later = afterKey(order, keyColumns, part, after);
  const text = pageOfLines(lineOf(columns, form), order, `${selection.table}${where(later.conditions)}`);
  for (let { pageRows } = source; ; pageRows = Math.ceil(pageRows / 4)) {
    try {
      const page = await sql.read(text, { ...parameters, ...later.values, page_rows: pageRows });
      const lines = page.rows.reduce((sum, [, count]) => sum + Number(count), 0);
      const last = page.rows[0]?.slice(2).map(String);
      return {
        chunk: lines === 0 ? undefined : { text: page.rows.map(([some]) => some).join(""), lines },
        last: lines < pageRows ? undefined : last,
        fitting: Math.max(
          1,
          Math.min(pageRowsMax, Math.floor((pageBytesWanted * lines) / Math.max(1, page.bytes))),
        ),
      };
    } catch (error) {
      if (!isTooLarge(error) || pageRows === 1) throw error;
    }
  }
}

export function exportableOf(dataset: Dataset): Exportable {
  const { key, dayColumn, main, table, replacesSlice } = dataset;
  const days = main.columns.filter(({ type, name }) => type === "day" && key.includes(name));
  return {
    key: replacesSlice === true ? [...key, placeColumn.name] : key,
    nullsIn: main.columns
      .filter(({ name, required }) => key.includes(name) && !required)
      .map(({ name }) => name),
    day: dayColumn ?? days.at(-1)?.name,
    listed: key[0] === "ts_code" ? table : undefined,
    codes: !key.includes("ts_code") ? undefined : listOf(dataset) === undefined ? "any" : "securities",
  };
}

/** A view is named after the table that it shows. */
function viewOf(name: string, day: string): Record<string, Exportable> {
  const listed = Object.values(datasets).find(({ table }) => name.startsWith(`${table}_`))?.table;
  return { [name]: { key: ["ts_code", day], nullsIn: [], day, listed, codes: "securities" } };
}

export function exportableNamed(table: string): Exportable {
  const found = exportables[table];
  if (found === undefined) throw new Error(`${table} is not among ${Object.keys(exportables).join(", ")}`);
  return found;
}

function conditions({ table, from, to, codes, withoutDay }: Selection) {
  const { day } = exportableNamed(table);
  const fixed: string[] = withoutDay === true ? [`${day} is null`] : [];
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

/** Also compares the first column alone, so that an index on it can be used. */
function afterKey(
  order: readonly string[],
  keyColumns: readonly (TableColumn | undefined)[],
  { from, below }: Part,
  after: Key | undefined,
): { conditions: string[]; values: Record<string, string> } {
  const given = keyColumns.map((column, at) => `cast(:key${at} as ${column?.type ?? "text"})`);
  return {
    conditions: [
      ...(after === undefined
        ? []
        : [`${order[0]} >= ${given[0]}`, `(${order.join(", ")}) > (${given.join(", ")})`]),
      ...(from === undefined ? [] : [`${order[0]} >= :first_code`]),
      ...(below === undefined ? [] : [`${order[0]} < :next_code`]),
    ],
    values: {
      ...(after && Object.fromEntries(after.map((value, at) => [`key${at}`, value]))),
      ...(from !== undefined && { first_code: from }),
      ...(below !== undefined && { next_code: below }),
    },
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
