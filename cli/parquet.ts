// Writes a Parquet file with typed columns, one row group at a time, so that memory holds only one group.
import { constants, zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { encodeOrigin, type Origin } from "../shared/catalogue/origin.ts";
import { warnOfOrigin } from "../shared/words/origin.ts";
import { marks } from "./export-lines.ts";
import type { TableColumn } from "./export-table.ts";

/** exact: a numeric as text with all digits. double: a number for any tool, exact to 15 digits. */
export type Numbers = "double" | "exact";

export type ParquetOptions = {
  readonly numbers: Numbers;
  /** Goes into the file's own metadata: the file travels further than what was said when it was made. */
  readonly origin: Origin;
};

export type TextFile = {
  /** Whole rows, in the form that the file wants. */
  write(text: string): Promise<void>;
  /** The file is whole when this returns. */
  finish(): Promise<void>;
};

/** Cells of one row group: some 37,000 rows of stock_daily, 6,000 of fina_indicator. */
const groupCells = 1_000_000;

export function openParquet(
  file: string,
  columns: readonly TableColumn[],
  { numbers, origin }: ParquetOptions,
): TextFile {
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.map((column) => elementOf(column, numbers)),
  ];
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema,
    createdBy: "tushare-sync",
    codec: "ZSTD",
    compressors: { ZSTD: compressed },
    kvMetadata: metadataOf(origin),
  });
  const groupRows = Math.max(1, Math.floor(groupCells / columns.length));
  const readers = columns.map((column) => readerOf(column, numbers));
  let group = columns.map((): unknown[] => []);

  async function flush(): Promise<void> {
    const [first = []] = group;
    if (first.length === 0) return;
    const columnData = columns.map(({ name }, at) => ({ name, data: group[at] ?? [] }));
    group = columns.map(() => []);
    await writer.write({ columnData, rowGroupSize: first.length });
  }

  return {
    async write(text) {
      const rows = text.split(marks.row).map((row) => row.split(marks.cell));
      rows.pop(); // after the last mark
      const uneven = rows.find(({ length }) => length !== columns.length);
      if (uneven !== undefined) throw new Error(`a row has ${uneven.length} cells, not ${columns.length}`);
      for (const [at, read] of readers.entries()) read(rows, at, group[at] ?? []);
      if ((group[0]?.length ?? 0) >= groupRows) await flush();
    },
    async finish() {
      await flush();
      await writer.finish();
    },
  };
}

/** Node's own Zstandard, at its quickest: the writer's Snappy is JavaScript, and took a quarter of an export. */
function compressed(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
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

/** Reads the cells of a column of some rows: a loop with one kind of cell takes half the time of one with all kinds. */
type ColumnReader = (rows: readonly (readonly string[])[], at: number, into: unknown[]) => void;

function readerOf({ type }: TableColumn, numbers: Numbers): ColumnReader {
  if (isDecimal(type)) return numbers === "double" ? readNumbers : reading((cell) => cell);
  if (type === "smallint" || type === "integer") return readNumbers;
  if (type === "date") return reading(remembering((cell) => new Date(`${cell}T00:00:00Z`)));
  if (isInstant(type)) return reading(remembering((cell) => new Date(`${cell.replace(" ", "T")}Z`)));
  if (type === "bigint") return reading(BigInt);
  if (type === "boolean") return reading((cell) => cell === "true");
  return readTexts;
}

const readNumbers: ColumnReader = (rows, at, into) => {
  for (const row of rows) {
    const cell = row[at] ?? "";
    into.push(cell === "" ? null : Number(cell));
  }
};

const readTexts: ColumnReader = (rows, at, into) => {
  for (const row of rows) into.push(row[at] === marks.none ? null : row[at]);
};

function reading(read: (cell: string) => unknown): ColumnReader {
  return (rows, at, into) => {
    for (const row of rows) {
      const cell = row[at] ?? "";
      into.push(cell === "" ? null : read(cell));
    }
  };
}

/** A table repeats few days, and few moments of storing, thousands of times. */
function remembering<Value>(read: (cell: string) => Value): (cell: string) => Value {
  const known = new Map<string, Value>();
  return (cell) => {
    let value = known.get(cell);
    if (value === undefined) {
      value = read(cell);
      if (known.size < 50_000) known.set(cell, value);
    }
    return value;
  };
}

const isDecimal = (type: string): boolean => ["numeric", "double precision", "real"].includes(type);
const isInstant = (type: string): boolean => type.startsWith("timestamp");
