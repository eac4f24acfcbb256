// Which rows of an interface a query selects, and the interface that a source of rows must implement.
import type { Moment } from "./clock.ts";
import type { UpstreamAbout } from "./handle.ts";
import type { Interface, Query, Row } from "./interfaces.ts";

/** Where rows come from: a generated market or captured files. */
export type Source = {
  /** The rows a query selects at this moment, in the order of the reply; the cap is not applied yet. */
  rows(name: string, query: Query, now: Moment): Iterable<Row>;
  about(now: Moment): Pick<UpstreamAbout, "source" | "firstDate" | "lastDate" | "listed">;
};

/** The codes a query asks for; undefined when it names none. */
export function wantedCodes(face: Interface, query: Query): ReadonlySet<string> | undefined {
  const text = query.ts_code;
  if (text === undefined) return undefined;
  const codes = text.split(",").map((code) => code.trim());
  return new Set(codes.length > 1 && face.codes === "one" ? [] : codes);
}

/** A test for single rows; compares as text, as the upstream does, so a dashed date selects the wrong days. */
export function selector(face: Interface, query: Query): (row: Row) => boolean {
  const tests: ((row: Row) => boolean)[] = [];
  const place = (field: string) => face.fields.findIndex(({ name }) => name === field);
  for (const [param, value] of Object.entries({ ...face.defaults, ...query })) {
    const field = face.aliases?.[param] ?? param;
    const isFilter = face.filters.includes(param) || face.aliases?.[param] !== undefined;
    if (!isFilter) continue;
    const at = place(field);
    const codes = param === "ts_code" ? wantedCodes(face, query) : undefined;
    tests.push(codes ? (row) => codes.has(String(row[at])) : (row) => String(row[at] ?? "") === value);
  }
  for (const [param, field] of Object.entries(face.prefixes ?? {})) {
    const [at, start] = [place(field), query[param]];
    if (start !== undefined) tests.push((row) => String(row[at] ?? "").startsWith(start));
  }
  if (face.dateField !== undefined) {
    const at = place(face.dateField);
    const { start_date: start, end_date: end } = query;
    if (start !== undefined) tests.push((row) => String(row[at] ?? "") >= start);
    if (end !== undefined) tests.push((row) => String(row[at] ?? "") <= end);
  }
  return (row) => tests.every((test) => test(row));
}
