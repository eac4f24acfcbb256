// Rows as text: CSV as spreadsheets and pandas read it, JSON with every number's own digits, or a table for a person.
import { asTable } from "./output.ts";
import type { Column, Page, Value } from "./sql.ts";

export const rowFormats = ["table", "csv", "json"] as const;

/** Rows a table waits for before it knows its widths; more than anybody reads. */
export const tableRowsMax = 1_000;

/** Types of PostgreSQL that are JSON numbers. */
const numberTypes = new Set(["numeric", "int2", "int4", "int8", "float4", "float8"]);

export function csvLine(values: readonly (Value | undefined)[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

/** RFC 4180; null is an empty cell, an empty text a quoted one. */
function csvCell(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  const text = Array.isArray(value) ? JSON.stringify(value) : String(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One object a row. A column whose name another has already gets a number behind it. */
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

/** Digits stay as they are stored: a double would round what is longer than it can hold. */
function asJson(value: Value, column: Column | undefined): unknown {
  const isDigits = typeof value === "string" && numberTypes.has(column?.type ?? "");
  return isDigits && /^-?\d+(\.\d+)?$/.test(value) ? rawJson(value) : value;
}

/** In every engine this runs on, and not yet in TypeScript's library. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
