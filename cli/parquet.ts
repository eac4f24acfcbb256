// Writes a Parquet file with typed columns, one row group at a time, so that memory holds only one group.
import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { encodeOrigin, type Origin } from "../shared/catalogue/origin.ts";
import { warnOfOrigin } from "../shared/words/origin.ts";
import type { TableColumn } from "./export-table.ts";
import type { Value } from "./sql.ts";

/** exact: a numeric as text with all digits. double: a number for any tool, exact to 15 digits. */
export type Numbers = "double" | "exact";

export type ParquetOptions = {
  readonly numbers: Numbers;
  /** Goes into the file's own metadata: the file travels further than what was said when it was made. */
  readonly origin: Origin;
};

export type RowFile = {
  write(rows: readonly (readonly Value[])[]): Promise<void>;
  /** The file is whole when this returns. */
  finish(): Promise<void>;
};

/** Cells of one row group: some 37,000 rows of stock_daily, 6,000 of fina_indicator. */
const groupCells = 1_000_000;

export function openParquet(
  file: string,
  columns: readonly TableColumn[],
  { numbers, origin }: ParquetOptions,
): RowFile {
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.map((column) => elementOf(column, numbers)),
  ];
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema,
    createdBy: "tushare-sync",
    kvMetadata: metadataOf(origin),
  });
  const groupRows = Math.max(1, Math.floor(groupCells / columns.length));
  let group: (readonly Value[])[] = [];

  async function flush(): Promise<void> {
    if (group.length === 0) return;
    const rows = group;
    group = [];
    await writer.write({
      columnData: columns.map((column, at) => ({
        name: column.name,
        data: rows.map((row) => asStored(row[at] ?? null, column, numbers)),
      })),
      rowGroupSize: rows.length,
    });
  }

  return {
    async write(rows) {
      group.push(...rows);
      if (group.length >= groupRows) await flush();
    },
    async finish() {
      await flush();
      await writer.finish();
    },
  };
}

function metadataOf(origin: Origin): { key: string; value: string }[] {
  const warning = warnOfOrigin(origin);
  return [
    { key: "origin", value: encodeOrigin(origin) },
    ...(warning === undefined ? [] : [{ key: "warning", value: warning }]),
  ];
}

function elementOf({ name, type, nullable }: TableColumn, numbers: Numbers): SchemaElement {
  const named = { name, repetition_type: nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const) };
  if (isDecimal(type) && numbers === "double") return { ...named, type: "DOUBLE" };
  if (type === "date") return { ...named, type: "INT32", converted_type: "DATE" };
  if (isInstant(type)) return { ...named, type: "INT64", converted_type: "TIMESTAMP_MILLIS" };
  if (type === "smallint" || type === "integer") return { ...named, type: "INT32" };
  if (type === "bigint") return { ...named, type: "INT64" };
  if (type === "boolean") return { ...named, type: "BOOLEAN" };
  return { ...named, type: "BYTE_ARRAY", converted_type: "UTF8" };
}

function asStored(value: Value, { type }: TableColumn, numbers: Numbers): unknown {
  if (value === null) return null;
  if (isDecimal(type)) return numbers === "double" ? Number(value) : String(value);
  if (type === "date") return new Date(`${value}T00:00:00Z`);
  // The Data API writes timestamps in UTC, without zone or T.
  if (isInstant(type)) return new Date(`${String(value).replace(" ", "T")}Z`);
  if (type === "bigint") return BigInt(String(value));
  return typeof value === "object" ? JSON.stringify(value) : value;
}

const isDecimal = (type: string): boolean => ["numeric", "double precision", "real"].includes(type);
const isInstant = (type: string): boolean => type.startsWith("timestamp");
