// Writes rows as CSV for spreadsheets and pandas, as JSON with all digits of numbers, or as a table for a person.
import { defuse } from "../shared/words/formula.ts";
import { asTable } from "./output.ts";
import type { Column, Page, Value } from "./sql.ts";

export const rowFormats = ["table", "csv", "json"] as const;

/** Rows read before a table's column widths are set; more than a person reads. */
export const tableRowsMax = 1_000;

/** PostgreSQL types written as JSON numbers. */
const numberTypes = new Set(["numeric", "int2", "int4", "int8", "float4", "float8"]);

/** Types that are never a spreadsheet's formula and never quoted, as the Data API or the information schema names them. */
const plainTypes =
  /^(numeric|int\d|float\d|integer|bigint|smallint|real|double|date|time|interval|bool|uuid)/;

export const isPlain = ({ type }: { readonly type: string }): boolean => plainTypes.test(type);

/** Names of columns, as the first line. */
export function csvHead(columns: readonly { readonly name: string }[]): string {
  return csvLine(
    columns.map(({ name }) => name),
    [],
  );
}

export function csvLine(
  values: readonly (Value | undefined)[],
  columns: readonly { readonly type: string }[],
): string {
  const cells = values.map((value, at) => csvCell(value, !isPlain(columns[at] ?? { type: "text" })));
  return `${cells.join(",")}\r\n`;
}

/** RFC 4180. A null is an empty cell, an empty text is "". */
function csvCell(value: Value | undefined, isText: boolean): string {
  if (value === null || value === undefined) return "";
  const exact = Array.isArray(value) ? JSON.stringify(value) : String(value);
  const text = isText ? defuse(exact) : exact;
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One object a row. A repeated column name gets a number appended. */
export function asObjects({ columns, rows }: Omit<Page, "bytes">): Record<string, unknown>[] {
  const names = uniqueNames(columns);
  return rows.map((row) =>
    Object.fromEntries(row.map((value, at) => [names[at], asJson(value, columns[at])])),
  );
}

export function tableLines({ columns, rows }: Omit<Page, "bytes">): string[] {
  return asTable(
    columns.map(({ name }) => name),
    rows.map((row) =>
      row.map((value) =>
        value === null ? "" : Array.isArray(value) ? JSON.stringify(value) : String(value),
      ),
    ),
  );
}

function uniqueNames(columns: readonly Column[]): string[] {
  const seen = new Map<string, number>();
  return columns.map(({ name }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}

/** Keeps all stored digits: a double would round long numbers. */
function asJson(value: Value, column: Column | undefined): unknown {
  const isDigits = typeof value === "string" && numberTypes.has(column?.type ?? "");
  return isDigits && /^-?\d+(\.\d+)?$/.test(value) ? rawJson(value) : value;
}

/** Supported by every engine used here, but missing from TypeScript's library. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
