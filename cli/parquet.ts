// Writes a Parquet file with typed columns, one row group at a time, so that memory holds only one group.
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
      for (const row of text.split(marks.row)) {
        if (row === "") continue; // after the last row
        const cells = row.split(marks.cell);
        if (cells.length !== columns.length)
          throw new Error(`a row has ${cells.length} cells, not ${columns.length}`);
        for (let at = 0; at < cells.length; at += 1) group[at]?.push(readers[at]?.(cells[at] ?? ""));
      }
      if ((group[0]?.length ?? 0) >= groupRows) await flush();
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

/** Reads a cell of a column: chosen once, because choosing for each cell takes as long as reading it. */
function readerOf({ type }: TableColumn, numbers: Numbers): (cell: string) => unknown {
  const orNull = (read: (cell: string) => unknown) => (cell: string) => (cell === "" ? null : read(cell));
  if (isDecimal(type)) return orNull(numbers === "double" ? Number : String);
  if (type === "date") return orNull((cell) => dayOf(cell));
  if (isInstant(type)) return orNull((cell) => new Date(`${cell.replace(" ", "T")}Z`));
  if (type === "bigint") return orNull(BigInt);
  if (type === "smallint" || type === "integer") return orNull(Number);
  if (type === "boolean") return orNull((cell) => cell === "true");
  return (cell) => (cell === marks.none ? null : cell);
}

/** A table repeats few days thousands of times. */
const days = new Map<string, Date>();
function dayOf(text: string): Date {
  const known = days.get(text);
  if (known !== undefined) return known;
  const day = new Date(`${text}T00:00:00Z`);
  if (days.size < 50_000) days.set(text, day);
  return day;
}

const isDecimal = (type: string): boolean => ["numeric", "double precision", "real"].includes(type);
const isInstant = (type: string): boolean => type.startsWith("timestamp");
