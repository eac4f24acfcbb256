// Rows that the database wrote. Tables returned whole, as CSV, are read in answers, each within the limit of the database's replies.
import type { Lines } from "../reads/lines.ts";

/** Answers in one table. Lambda's response has at most 6 MB, and an answer is below 800 kB. */
const answersMax = 7;

/** More rows than one answer can have. */
export class TooManyRows extends Error {
  override readonly name = "TooManyRows";
}

/**
 * CSV of lines that the database writes, with a header.
 * @param read reads the lines after a key, or the first ones
 * @throws TooManyRows
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
  throw new TooManyRows(`more than ${count} rows in one table`);
}

/** A body with a page of rows that the database wrote, after other fields. */
export function pageAsJson(head: object, { text, last }: Lines): string {
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${text}],"next_cursor":${JSON.stringify(last ?? null)}}`;
}
