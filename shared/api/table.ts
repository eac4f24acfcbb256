// Tables that an answer gives whole: read piece by piece, so that no reply of the database passes its limit, and
// written as CSV.

/** More than a code has days or the market has codes; Lambda answers at most 6 MB. */
const piecesMax = 12;

/**
 * All rows of a selection.
 * @param read the piece after a row, or the first; a piece shorter than `pieceRows` is the last
 */
export async function readWhole<Row>(
  pieceRows: number,
  read: (after: Row | undefined) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let pieces = 0; pieces < piecesMax; pieces += 1) {
    const piece = await read(rows.at(-1));
    rows.push(...piece);
    if (piece.length < pieceRows) return rows;
  }
  throw new Error(`more than ${piecesMax * pieceRows} rows in one table`);
}

/** CSV as RFC 4180 has it, with a header; null is empty and numbers have the digits that are stored. */
export function asCsv(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => asCell(row[column])).join(","));
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

function asCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
