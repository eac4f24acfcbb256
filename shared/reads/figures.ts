// Rows of many numbers, returned by SQL as one text for each row: a reply of the Data API has at most 1 MiB, and a separate
// cell for each number would double its size.

/** Rows returned by one statement. A row of daily figures has at most 700 bytes. */
export const dailyRowsMax = 1_400;

/** The same for financial reports, with at most 5,000 bytes in a row. */
export const reportRowsMax = 200;

/** SQL that joins the numeric columns of a row into one text. A null becomes empty text. */
export function figuresSql(columns: readonly string[], from: string): string {
  return `array_to_string(array[${columns.map((column) => `${from}.${column}`).join(", ")}], ',', '') as figures`;
}

/** The same as members of a JSON object, each after a comma: numbers with all stored digits, and nulls. */
export function figureMembersSql(columns: readonly string[], from: string): string {
  const members = columns.map(
    (column) => `',"${column}":', coalesce(cast(${from}.${column} as text), 'null')`,
  );
  return `concat(${members.join(", ")}) as figures`;
}

/** Splits such a text into numbers, each with all stored digits. */
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
