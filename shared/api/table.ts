// Tables returned whole, as CSV. They are read in pieces, so that each reply of the database stays within its limit.
import type { Lines } from "../reads/lines.ts";
import { defuse } from "../words/formula.ts";

/** Enough for all days of a code and for all codes of the market; Lambda's response has at most 6 MB. */
const piecesMax = 12;

/**
 * All rows of a selection.
 * @param read reads the piece after a row, or the first piece; a piece with fewer than `pieceRows` rows is the last
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

/** Answers of lines in one table. Lambda's response has at most 6 MB, and an answer is below 800 kB. */
const answersMax = 7;

/**
 * CSV of lines that the database writes, with a header.
 * @param read reads the lines after a key, or the first ones
 */
export async function linesAsCsv(
  columns: readonly string[],
  read: (after: string | undefined) => Promise<Lines>,
): Promise<{ csv: string; count: number }> {
  const texts = [`${columns.join(",")}\n`];
  let count = 0;
  for (let [after, answers] = [undefined as string | undefined, 0]; answers < answersMax; answers += 1) {
    const lines = await read(after);
    texts.push(lines.text);
    count += lines.count;
    after = lines.last;
    if (after === undefined) return { csv: texts.join(""), count };
  }
  throw new Error(`more than ${count} rows in one table`);
}

/** CSV as in RFC 4180, with a header; null is empty, numbers have all stored digits, and no text is a formula. */
export function asCsv(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => asCell(row[column])).join(","));
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

function asCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = defuse(String(value));
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
