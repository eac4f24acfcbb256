// What is stored of each dataset, and pages of its rows: made from the catalogue, the same for all of them.
import { type Column, type ColumnType, columnsOf, isByTradingDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { isOwnRow } from "../coverage/members.ts";
import { nothingWhole, readReach } from "../coverage/reach.ts";
import type { Database, SqlParameters } from "../ports.ts";
import { csvLine, type Line, type Lines, runAsLines, textCell } from "./lines.ts";

/** Up to so many rows are counted; the number of more is the database's own estimate. */
export const countedRowsMax = 100_000;

export type StoredDataset = {
  readonly name: Dataset["name"];
  /** Null when there are many and the database has no estimate yet, or another dataset shares the table. */
  readonly rows: number | null;
  /** Whether the rows were counted one by one. */
  readonly isCounted: boolean;
  readonly firstDay: Day | null;
  readonly lastDay: Day | null;
};

export type DatasetState = StoredDataset & {
  /** The newest whole day, and the last before the first that is not whole; null where its days are not counted. */
  readonly newestWhole: Day | null;
  readonly completeThrough: Day | null;
};

/** Days that are counted from their rows, where no earlier question has kept them as whole. */
const countedDaysMax = 20;

/** What is stored of these datasets, and how far those by trading day are whole. */
export async function readStates(
  database: Database,
  among: readonly Dataset[],
  now: Date,
  daysMax = countedDaysMax,
): Promise<DatasetState[]> {
  const states: DatasetState[] = [];
  for (const [at, stored] of (await readStored(database, among)).entries()) {
    const dataset = among[at];
    const isDated = dataset !== undefined && isByTradingDay(dataset) && stored.lastDay !== null;
    const reach = isDated ? await readReach(database, dataset, now, { daysMax }) : nothingWhole;
    const { newestWhole = null, completeThrough = null } = reach;
    states.push({ ...stored, newestWhole, completeThrough });
  }
  return states;
}

/** Rows and days of these datasets, in their order. @param countedMax up to so many rows are counted */
export async function readStored(
  database: Database,
  among: readonly Dataset[],
  countedMax = countedRowsMax,
): Promise<StoredDataset[]> {
  const rows = await database.run(
    among.map((dataset) => storedSql(dataset, countedMax)).join("\nunion all\n"),
  );
  const found = new Map(rows.map((row) => [String(row.name), row]));
  return among.map(({ name, sharesTable }) => {
    const row = found.get(name);
    const counted = row?.counted == null ? undefined : Number(row.counted); // not counted where the estimate is higher
    const isCounted = counted !== undefined && counted <= countedMax;
    const estimate = Number(row?.estimated ?? 0);
    const estimated = sharesTable === true || estimate <= countedMax ? null : estimate;
    return {
      ...{ name, isCounted, rows: isCounted ? counted : estimated },
      ...{ firstDay: textOf(row?.first), lastDay: textOf(row?.last) },
    };
  });
}

function storedSql(dataset: Dataset, countedMax: number): string {
  const { name, table, dayColumn, slices } = dataset;
  const own = isOwnRow(dataset, "stored");
  const dayOf = (pick: "min" | "max") =>
    dayColumn === undefined || slices === "lists" || dataset.sharesTable === true
      ? dayByScan(dataset, pick)
      : `(select ${asDay(dataset, `${pick}(${dayColumn})`)} from ${table})`;
  const few = `select 1 from ${table} as stored where ${own} order by ${dataset.key.map((column) => `stored.${column}`).join(", ")} limit ${countedMax + 1}`;
  return `select cast('${name}' as text) as name, cast(reltuples as bigint) as estimated,
  case when reltuples <= ${countedMax} then (select count(*) from (${few}) as few) end as counted,
  ${dayOf("min")} as first, ${dayOf("max")} as last
from pg_class
where oid = cast('${table}' as regclass)`;
}

/** Of a list there is no day. Where datasets share a table, the days are looked for in the order of the index. */
function dayByScan(dataset: Dataset, pick: "min" | "max"): string {
  const { table, dayColumn, slices } = dataset;
  if (dayColumn === undefined || slices === "lists") return "cast(null as text)";
  const order = pick === "min" ? "asc" : "desc";
  return `(select ${asDay(dataset, `stored.${dayColumn}`)} from ${table} as stored where ${isOwnRow(dataset, "stored")} order by stored.${dayColumn} ${order} limit 1)`;
}

/** Days are YYYYMMDD; months and other texts stay as they are. */
function asDay(dataset: Dataset, sql: string): string {
  const type = columnsOf(dataset).find(({ name }) => name === dataset.dayColumn)?.type;
  return type === "day" ? `to_char(${sql}, 'YYYYMMDD')` : `cast(${sql} as text)`;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export type RowsWanted = {
  readonly code?: string | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  /** Rows before this page. */
  readonly offset: number;
};

/** A column of the table, with the value as it is written. */
export type ShownColumn = { readonly name: string; readonly type: ColumnType };

/** The columns of a dataset's rows: the key first. */
export function shownColumns(dataset: Dataset): ShownColumn[] {
  const columns = columnsOf(dataset);
  const isKey = ({ name }: Column) => dataset.key.includes(name);
  return [...columns.filter(isKey), ...columns.filter((column) => !isKey(column))];
}

/** The column that `code` selects by: the first code of the key; undefined where rows have none. */
export function codeColumnOf(dataset: Dataset): string | undefined {
  return shownColumns(dataset).find(({ name, type }) => type === "code" && dataset.key.includes(name))?.name;
}

/** Rows of a dataset as JSON objects or lines of CSV, the newest day first, then in the order of the key. */
export function linesOfDataset(
  database: Database,
  dataset: Dataset,
  wanted: RowsWanted,
  form: "json" | "csv",
  limit?: number,
): Promise<Lines> {
  return runAsLines(
    database,
    askOfDataset(dataset, wanted),
    "place",
    lineOf(shownColumns(dataset), form),
    limit,
  );
}

function askOfDataset(
  dataset: Dataset,
  { code, from, to, offset }: RowsWanted,
): { statement: string; parameters: SqlParameters } {
  const { table, dayColumn, key, replacesSlice } = dataset;
  const day = columnsOf(dataset).find(({ name }) => name === dayColumn);
  const dayBound = (parameter: string) =>
    day?.type === "day" ? `to_date(:${parameter}, 'YYYYMMDD')` : `left(:${parameter}, 6)`; // months are texts
  const conditions = [
    isOwnRow(dataset, "stored"),
    ...(code === undefined ? [] : [`stored.${codeColumnOf(dataset)} = :code`]),
    ...(from === undefined ? [] : [`stored.${dayColumn} >= ${dayBound("from")}`]),
    ...(to === undefined ? [] : [`stored.${dayColumn} <= ${dayBound("to")}`]),
  ].filter((condition) => condition !== "true");
  const rest = key.filter((name) => name !== dayColumn).map((name) => `stored.${name}`);
  // Rows with the same key keep their order over the pages by their place in the table.
  const place = replacesSlice === true ? ["stored.ctid"] : [];
  const order = [...(day === undefined ? [] : [`stored.${day.name} desc`]), ...rest, ...place].join(", ");
  return {
    statement: `select stored.*, row_number() over (order by ${order}) as place
from ${table} as stored
where ${conditions.join("\n  and ") || "true"}
order by ${order}
limit :limit offset :offset`,
    parameters: {
      offset,
      ...(code !== undefined && { code }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    },
  };
}

/** A function takes at most 100 arguments; a cell of JSON has two. */
const cellsInCall = 40;

function lineOf(columns: readonly ShownColumn[], form: "json" | "csv"): Line {
  if (form === "csv") return inCalls(columns.map(csvCell));
  const objects: string[] = [];
  for (let at = 0; at < columns.length; at += cellsInCall) {
    const cells = columns.slice(at, at + cellsInCall);
    objects.push(
      `concat_ws(',', ${cells.map(({ name, type }) => `concat('"${name}":', ${jsonCell(name, type)})`).join(", ")})`,
    );
  }
  return { sql: `concat('{', ${objects.join(", ',', ")}, '},')`, end: "comma" };
}

function inCalls(cells: readonly string[]): Line {
  const calls: string[] = [];
  for (let at = 0; at < cells.length; at += cellsInCall) {
    calls.push(`concat(${cells.slice(at, at + cellsInCall).join(", ',', ")})`);
  }
  return csvLine(calls);
}

function csvCell({ name, type }: ShownColumn): string {
  const cell = `row.${name}`;
  if (type === "text") return textCell(cell);
  return type === "day" ? `to_char(${cell}, 'YYYYMMDD')` : `cast(${cell} as text)`;
}

/** Numbers with every stored digit. Codes need no escapes. */
function jsonCell(name: string, type: ColumnType): string {
  const cell = `row.${name}`;
  switch (type) {
    case "number":
    case "flag":
      return `coalesce(cast(${cell} as text), 'null')`;
    case "day":
      return `coalesce('"' || to_char(${cell}, 'YYYYMMDD') || '"', 'null')`;
    case "code":
      return `coalesce('"' || ${cell} || '"', 'null')`;
    case "text":
      return `coalesce(cast(to_json(${cell}) as text), 'null')`;
  }
}
