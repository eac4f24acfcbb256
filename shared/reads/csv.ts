// Rows as CSV, for spreadsheets and pandas.
import { defuse } from "./formula.ts";

export type CsvValue = string | number | boolean | null | readonly CsvValue[];

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
  values: readonly (CsvValue | undefined)[],
  columns: readonly { readonly type: string }[],
): string {
  const cells = values.map((value, at) => csvCell(value, !isPlain(columns[at] ?? { type: "text" })));
  return `${cells.join(",")}\r\n`;
}

/** RFC 4180. A null is an empty cell, an empty text is "". */
function csvCell(value: CsvValue | undefined, isText: boolean): string {
  if (value === null || value === undefined) return "";
  const exact = Array.isArray(value) ? JSON.stringify(value) : String(value);
  const text = isText ? defuse(exact) : exact;
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
