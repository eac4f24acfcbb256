// Rows of many numbers, carried out of SQL as one text each: a reply of the Data API may hold 1 MiB, and a cell of its
// own costs a number twice its size.

/** Rows of one statement. A row of daily figures has at most 700 bytes however long its numbers are. */
export const dailyRowsMax = 1_400;

/** The same for financial reports, of at most 5,000 bytes. */
export const reportRowsMax = 200;

/** The numeric columns of a row as one text, in SQL. Nulls are empty: no number is. */
export function figuresSql(columns: readonly string[], from: string): string {
  return `array_to_string(array[${columns.map((column) => `${from}.${column}`).join(", ")}], ',', '') as figures`;
}

/** The numbers of such a text, each with the digits that are stored. */
export function splitFigures<Column extends string>(
  columns: readonly Column[],
  figures: unknown,
): Record<Column, string | null> {
  const cells = String(figures).split(",");
  return Object.fromEntries(columns.map((column, at) => [column, cells[at] || null])) as Record<
    Column,
    string | null
  >;
}
