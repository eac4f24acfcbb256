// The SQL that writes a page of an export: the database joins the cells of each row to a line and many lines to a text, so
// that neither the Data API nor this process handles single cells.

import { isPlain } from "../shared/reads/csv.ts";
import { textCell } from "../shared/reads/lines.ts";

export type LineColumn = { readonly name: string; readonly type: string };

/** csv: whole lines, as shared/reads/csv.ts writes them. cells: for a program, which tells a null from an empty text. */
export type Form = "csv" | "cells";

/** Between cells, after rows, and in the place of a text that is null. Checked texts have no control characters. */
export const marks = { cell: "\u001f", row: "\u001e", none: "\u001d" } as const;

/** A row of the Data API's answer has at most 64 KB; a text is longer than this by its last line at most. */
const textBytes = 40_000;

/** The expression of a row's line. */
export function lineOf(columns: readonly LineColumn[], form: Form): string {
  const cells = columns.map((column) => (form === "csv" ? csvCell(column) : plainCell(column)));
  const [between, end] = form === "csv" ? ["','", "E'\\r\\n'"] : [`'${marks.cell}'`, `'${marks.row}'`];
  // concat takes a null as an empty text. A function has at most 100 arguments.
  const parts = cells.flatMap((cell, at) => [cell, at === cells.length - 1 ? end : between]);
  const groups = Array.from({ length: Math.ceil(parts.length / 90) }, (_, at) =>
    parts.slice(at * 90, at * 90 + 90),
  );
  return groups.map((group) => `concat(${group.join(", ")})`).join(" || ");
}

/** As Data API names values: UTC without a zone, and words for truth. */
function asText({ name, type }: LineColumn): string {
  if (type === "timestamp with time zone") return `cast("${name}" at time zone 'UTC' as text)`;
  return /^(numeric|integer|smallint|bigint|text|date)$/.test(type) ? `"${name}"` : `cast("${name}" as text)`;
}

function csvCell(column: LineColumn): string {
  return isPlain(column) ? asText(column) : textCell(asText(column));
}

function plainCell(column: LineColumn): string {
  return isPlain(column) ? asText(column) : `coalesce(${asText(column)}, '${marks.none}')`;
}

/**
 * A page of lines in the order of the key: a row for each text, with its number of lines and the page's last key.
 * @param order the expressions of the key, in which no value is null
 * @param from the source with its condition
 */
export function pageOfLines(line: string, order: readonly string[], from: string): string {
  const keys = order.map((_, at) => `key${at}`);
  return `with page as (
  select ${order.map((expression, at) => `${expression} as ${keys[at]}`).join(", ")}, ${line} as line
  from ${from}
  order by ${order.join(", ")}
  limit :page_rows
), sized as (
  select *, row_number() over in_order as place, sum(octet_length(line)) over in_order as bytes
  from page
  window in_order as (order by ${keys.join(", ")} rows unbounded preceding)
), last as (
  select ${keys.map((key) => `cast(${key} as text) as ${key}`).join(", ")} from sized order by place desc limit 1
)
select string_agg(line, '' order by place) as text, count(*) as lines,
  ${keys.map((key) => `(select ${key} from last) as ${key}`).join(", ")}
from sized
group by bytes / ${textBytes}
order by min(place)`;
}
