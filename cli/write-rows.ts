// Writes rows as JSON with all digits of numbers, or as a table for a person; CSV is in shared/reads/csv.ts.
import { asTable } from "./output.ts";
import type { Column, Page, Value } from "./sql.ts";

export const rowFormats = ["table", "csv", "json"] as const;

/** Rows read before a table's column widths are set; more than a person reads. */
export const tableRowsMax = 1_000;

/** PostgreSQL types written as JSON numbers. */
const numberTypes = new Set(["numeric", "int2", "int4", "int8", "float4", "float8"]);

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
