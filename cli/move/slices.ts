// Slices of a table and how they are compared: a year of rows, or all rows of a table without days. A slice's digest does not
// depend on the order of rows, and is the same on every version of PostgreSQL.
import type { Database, SqlParameters } from "../../shared/ports.ts";
import type { MovedTable } from "./layout.ts";

export type Digest = {
  readonly rows: number;
  /** The sum of the first 60 bits of the MD5 of each row's text. */
  readonly sum: string;
  /** Of the rows as text; and of the widest of them. */
  readonly bytes: number;
  readonly widest: number;
};

/** Digests by year or day; "" has the rows without one, "all" those of a table without days. */
export type Digests = ReadonlyMap<string, Digest>;

export const empty: Digest = { rows: 0, sum: "0", bytes: 0, widest: 0 };

/** Larger tables are read a year at a time: a statement may take 45 seconds. A million rows take about four. */
const bytesAtOnce = 100_000_000;

/** The name by which statements read a row. */
export const row = "moved_row";

export const textOfRow = `cast(${row} as text)`;

/** 60 bits as a positive number. */
export const hashOf = (text: string) => `cast(cast('x' || substr(md5(${text}), 1, 15) as bit(60)) as bigint)`;

/** Part of a table: days, rows without a day, or blocks; and of these the `part`th of `parts`, by the rows' hashes. */
export type Piece = {
  readonly days?: readonly [first: string, last: string];
  readonly withoutDay?: true;
  readonly blocks?: readonly [from: number, before: number];
  readonly parts?: number;
  readonly part?: number;
};

/** @param bytes of the table in this database */
export async function digestsByYear(database: Database, table: MovedTable, bytes: number): Promise<Digests> {
  if (bytes === 0) return new Map();
  const part = table.day === undefined ? "'all'" : textOfYear(table.day);
  if (table.day === undefined || bytes <= bytesAtOnce) return await digests(database, table, part, {});
  const [range] = await database.run(
    `select cast(extract(year from min(${table.day})) as text) as first, cast(extract(year from max(${table.day})) as text) as last
from ${table.name}`,
  );
  const all = new Map<string, Digest>();
  const [first, last] = [Number(range?.first ?? 0), Number(range?.last ?? -1)];
  const years = Array.from(
    { length: last - first + 1 },
    (_, at): Piece => ({ days: daysOfYear(first + at) }),
  );
  for (const piece of [...years, { withoutDay: true } as const])
    for (const [name, digest] of await digests(database, table, part, piece)) all.set(name, digest);
  return all;
}

/** Of the days of one year, in their order. */
export async function digestsByDay(database: Database, table: MovedTable, year: string): Promise<Digests> {
  const { day, piece } = daysOf(table, year);
  return await digests(database, table, day, piece);
}

/** The rows of each day, with their bytes as they are on average: enough for days that are not compared. */
export async function countsByDay(
  database: Database,
  table: MovedTable,
  year: string,
  all: Digest,
): Promise<Digests> {
  const { day, piece } = daysOf(table, year);
  const { where, parameters } = conditionOf(table, piece);
  const rows = await database.run(
    `select ${day} as part, cast(count(*) as text) as rows
from ${table.name} as ${row}
where ${where}
group by part
order by part`,
    parameters,
  );
  return new Map(
    rows.map((each) => {
      const count = Number(each.rows);
      const bytes = Math.ceil((count * all.bytes) / Math.max(1, all.rows));
      return [String(each.part), { rows: count, bytes, sum: "0", widest: all.widest }];
    }),
  );
}

function daysOf({ name, day }: MovedTable, year: string): { day: string; piece: Piece } {
  if (day === undefined) throw new Error(`${name} has no days`);
  return {
    day: `coalesce(cast(${day} as text), '')`,
    piece: year === "" ? { withoutDay: true } : { days: daysOfYear(Number(year)) },
  };
}

async function digests(database: Database, table: MovedTable, part: string, piece: Piece): Promise<Digests> {
  const { where, parameters } = conditionOf(table, piece);
  const rows = await database.run(
    `select part, cast(count(*) as text) as rows, cast(sum(${hashOf("line")}) as text) as sum,
  cast(sum(octet_length(line)) as text) as bytes, cast(max(octet_length(line)) as text) as widest
from (select ${part} as part, ${textOfRow} as line from ${table.name} as ${row} where ${where} offset 0) as read
group by part
order by part`,
    parameters,
  );
  return new Map(
    rows.map((each) => [
      String(each.part),
      {
        rows: Number(each.rows),
        sum: String(each.sum),
        bytes: Number(each.bytes),
        widest: Number(each.widest),
      },
    ]),
  );
}

/** The condition of a piece, on a table that is read as `row`. */
export function conditionOf(
  { day }: MovedTable,
  { days, withoutDay, blocks, parts = 1, part = 0 }: Piece,
): { readonly where: string; readonly parameters: SqlParameters } {
  const conditions: string[] = [];
  const parameters: Record<string, string> = {};
  if (days !== undefined) {
    conditions.push(`${row}.${day} between cast(:first_day as date) and cast(:last_day as date)`);
    Object.assign(parameters, { first_day: days[0], last_day: days[1] });
  }
  if (withoutDay === true) conditions.push(`${row}.${day} is null`);
  if (blocks !== undefined) {
    conditions.push(`${row}.ctid >= cast(:from_block as tid) and ${row}.ctid < cast(:before_block as tid)`);
    Object.assign(parameters, { from_block: `(${blocks[0]},0)`, before_block: `(${blocks[1]},0)` });
  }
  if (parts > 1) conditions.push(`mod(${hashOf(textOfRow)}, ${parts}) = ${part}`);
  return { where: conditions.length === 0 ? "true" : conditions.join(" and "), parameters };
}

/** The same rows in two pieces of about the same size. */
export function halvesOf(piece: Piece): [Piece, Piece] {
  const { parts = 1, part = 0 } = piece;
  return [
    { ...piece, parts: parts * 2, part },
    { ...piece, parts: parts * 2, part: part + parts },
  ];
}

export const isEqual = (one: Digest = empty, other: Digest = empty): boolean =>
  one.rows === other.rows && (one.rows === 0 || one.sum === other.sum);

/** The parts of two digests that differ, in order. */
export function differing(source: Digests, target: Digests): string[] {
  return [...new Set([...source.keys(), ...target.keys()])]
    .filter((name) => !isEqual(source.get(name), target.get(name)))
    .sort();
}

/** The rows of all, with one checksum of them. */
export function total(all: Iterable<Digest>): { rows: number; bytes: number; sum: bigint } {
  let [rows, bytes, sum] = [0, 0, 0n];
  for (const digest of all) {
    rows += digest.rows;
    bytes += digest.bytes;
    sum += BigInt(digest.sum);
  }
  return { rows, bytes, sum };
}

function textOfYear(day: string): string {
  return `coalesce(cast(extract(year from ${day}) as text), '')`;
}

function daysOfYear(year: number): [string, string] {
  const text = String(year).padStart(4, "0");
  return [`${text}-01-01`, `${text}-12-31`];
}
