// Rows that the database writes as lines of CSV, or as JSON: the function handles some twenty texts instead of thousands of
// cells.
import type { Database, SqlParameters } from "../ports.ts";
import { defuseSql } from "./formula.ts";

/** Rows that one statement may look at; how many come is decided by their bytes. */
export const linesMax = 10_000;

/** Of one answer of the Data API, which has at most 1 MiB with what JSON adds. */
const answerBytesMax = 800_000;

/** Of one text: a row of the answer has at most 64 KB. */
const textBytesMax = 40_000;

export type Lines = {
  /** Of CSV each ended by a line feed; of JSON objects with commas between them. */
  readonly text: string;
  readonly count: number;
  /** The key of the last line; undefined when no row follows. */
  readonly last: string | undefined;
};

/** The expression of a row's line. */
export type Line = { readonly sql: string; readonly end: "line feed" | "comma" };

/** @param cells expressions on `row`, of which none needs quotes */
export function csvLine(cells: readonly string[]): Line {
  return { sql: `concat(${cells.join(", ',', ")}, chr(10))`, end: "line feed" };
}

/**
 * Runs a statement, and answers its rows as lines in the order of a key.
 * @param statement has the parameter `limit`; its columns are named `row.` in `line`
 */
export async function runAsLines(
  database: Database,
  { statement, parameters }: { readonly statement: string; readonly parameters: SqlParameters },
  key: string,
  line: Line,
  limit = linesMax,
): Promise<Lines> {
  const rows = await database.run(
    `with page as (
${statement}
), sized as (
  select row.${key} as key, line, row_number() over in_order as place,
    sum(octet_length(line)) over in_order as bytes
  from page as row
  cross join lateral (select ${line.sql} as line) as written
  window in_order as (order by row.${key} rows unbounded preceding)
), kept as (
  select * from sized where bytes <= ${answerBytesMax}
)
select string_agg(line, '' order by place) as text, count(*) as lines, max(key) as key,
  (select count(*) from page) as found
from kept
group by bytes / ${textBytesMax}
order by min(place)`,
    { ...parameters, limit },
  );
  const count = rows.reduce((sum, { lines }) => sum + Number(lines), 0);
  const found = Number(rows[0]?.found ?? 0);
  const isAll = count === found && found < limit;
  const text = rows.map((row) => row.text).join("");
  return {
    text: line.end === "comma" ? text.slice(0, -1) : text,
    count,
    last: isAll || rows.length === 0 ? undefined : String(rows.at(-1)?.key),
  };
}

/** RFC 4180 for a text: null is an empty cell, an empty text is "", and no text is a formula. */
export function textCell(text: string): string {
  const defused = defuseSql(text);
  return `case when ${text} is null then null
  when ${text} = '' then '""'
  when ${text} ~ '[",\\r\\n]' then '"' || replace(${defused}, '"', '""') || '"'
  else ${defused} end`;
}
