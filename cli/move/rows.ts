// Reads and writes rows as the text that PostgreSQL itself makes of a row: every digit, null and character stays as it is.
import type { Database } from "../../shared/ports.ts";
import type { MovedTable } from "./layout.ts";
import { conditionOf, halvesOf, type Piece, row, textOfRow } from "./slices.ts";

type Run = Database["run"];

/** What a row is about, what it holds, and when it was last written: in microseconds, 0 where nobody notes that. */
type Mark = { readonly key: string; readonly hash: string; readonly writtenAt: number };

/** Rows by their hashes. */
export type RowDifference = {
  /** To be written, as they are at the source. */
  readonly wanted: readonly string[];
  /** Other versions of these, which the target has. */
  readonly outdated: readonly string[];
  /** Rows that only the target has. */
  readonly foreign: readonly string[];
  /** How many of the outdated are not older than the source's. */
  readonly newer: number;
};

/** A result row of the Data API has at most 64 KB, and a character up to 4 bytes. */
const rowBytesMax = 60_000;
const charactersOfPart = 15_000;

/** About as many bytes of rows as fit into a reply of 1 MiB with what JSON puts around and into them. */
export const pageBytes = 600_000;

/** As many marks as fit into a reply. */
export const marksOfPage = 6_000;

const keyLength = 16;
const hashLength = 32;

export async function readMarks(run: Run, table: MovedTable, piece: Piece): Promise<Mark[]> {
  const { where, parameters } = conditionOf(table, piece);
  const { about } = table;
  const keyText =
    about.length === 0 ? textOfRow : `cast(row(${about.map((name) => `${row}.${name}`)}) as text)`;
  const writtenAt =
    table.writtenAt === undefined
      ? "'0'"
      : `cast(cast(extract(epoch from ${row}.${table.writtenAt}) * 1000000 as bigint) as text)`;
  const rows = await run(
    `select substr(md5(${keyText}), 1, ${keyLength}) || md5(${textOfRow}) || ${writtenAt} as mark
from ${table.name} as ${row}
where ${where}`,
    parameters,
  );
  return rows.map(({ mark }) => {
    const text = String(mark);
    return {
      key: text.slice(0, keyLength),
      hash: text.slice(keyLength, keyLength + hashLength),
      writtenAt: Number(text.slice(keyLength + hashLength)),
    };
  });
}

/** Pure: what is to be done so that the target's rows become the source's. */
export function compareMarks(
  source: readonly Mark[],
  target: readonly Mark[],
  { key }: Pick<MovedTable, "key">,
): RowDifference {
  const [here, there] = [countsOf(source), countsOf(target)];
  const wanted = [...here].filter(([hash, count]) => there.get(hash) !== count).map(([hash]) => hash);
  const written = new Map<string, number>();
  for (const mark of source) written.set(mark.key, Math.max(written.get(mark.key) ?? 0, mark.writtenAt));
  const [outdated, foreign] = [new Set<string>(), new Set<string>()];
  let newer = 0;
  for (const mark of target) {
    const [count, counted] = [here.get(mark.hash) ?? 0, there.get(mark.hash) ?? 0];
    if (count === counted) continue;
    const sourceAt = written.get(mark.key);
    const isNewer = mark.writtenAt !== 0 && mark.writtenAt >= (sourceAt ?? 0);
    // Equal rows of a table without a key: some of them have come, and all are written again.
    if (count > counted) outdated.add(mark.hash);
    else if (sourceAt === undefined || (key.length === 0 && isNewer)) foreign.add(mark.hash);
    else {
      outdated.add(mark.hash);
      if (isNewer) newer += 1;
    }
  }
  return { wanted, outdated: [...outdated], foreign: [...foreign], newer };
}

function countsOf(marks: readonly Mark[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { hash } of marks) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
}

/**
 * The rows of a piece, or those with one of the hashes.
 * @param widest bytes of the table's widest row; a wide one comes in several parts
 */
export async function readLines(
  run: Run,
  table: MovedTable,
  piece: Piece,
  widest: number,
  hashes?: readonly string[],
): Promise<string[]> {
  const { where, parameters } = conditionOf(table, piece);
  const chosen =
    hashes === undefined ? "" : ` and md5(${textOfRow}) in (select unnest(string_to_array(:hashes, ',')))`;
  const lines = `select ${textOfRow} as line from ${table.name} as ${row} where ${where}${chosen}`;
  const given = { ...parameters, ...(hashes !== undefined && { hashes: hashes.join(",") }) };
  if (widest <= rowBytesMax) return (await run(lines, given)).map(({ line }) => String(line));
  const parts = await run(
    `select number, substr(line, 1 + ${charactersOfPart} * part, ${charactersOfPart}) as text
from (select line, row_number() over () as number from (${lines}) as read) as numbered
cross join lateral generate_series(0, (length(line) - 1) / ${charactersOfPart}) as part
order by number, part`,
    given,
  );
  return [...Map.groupBy(parts, ({ number }) => Number(number)).values()].map((texts) =>
    texts.map(({ text }) => String(text)).join(""),
  );
}

/**
 * Writes rows. A row with the same key takes the new values; where a table has no key, rows that are there are not written
 * again, so a repetition changes nothing.
 * @param piece what the lines were read from
 */
export async function writeLines(
  run: Run,
  table: MovedTable,
  lines: readonly string[],
  piece: Piece,
): Promise<void> {
  const columns = table.columns.filter(({ isGenerated }) => !isGenerated).map(({ name }) => name);
  const others = columns.filter((name) => !table.key.includes(name));
  const { blocks: _, parts: __, part: ___, ...days } = piece; // the target has other blocks
  const { where, parameters } = conditionOf(table, days);
  const hasKey = table.key.length > 0;
  const conflict =
    others.length === 0
      ? "on conflict do nothing"
      : `on conflict (${table.key}) do update set ${others.map((name) => `${name} = excluded.${name}`)}`;
  await run(
    `insert into ${table.name} (${columns})
overriding system value
select ${columns.map((name) => `(given.line_row).${name}`)}
from (
  select cast(line as ${table.name}) as line_row, line
  from json_array_elements_text(cast(:page as json)) as line
  offset 0
) as given
${hasKey ? conflict : `where md5(line) not in (select md5(${textOfRow}) from ${table.name} as ${row} where ${where})`}`,
    { page: JSON.stringify(lines), ...(!hasKey && parameters) },
  );
}

/** Removes the rows with these hashes, or all of a piece. */
export async function removeRows(
  run: Run,
  table: MovedTable,
  piece: Piece,
  hashes?: readonly string[],
): Promise<void> {
  const { where, parameters } = conditionOf(table, piece);
  const chosen =
    hashes === undefined ? "" : ` and md5(${textOfRow}) in (select unnest(string_to_array(:hashes, ',')))`;
  await run(`delete from ${table.name} as ${row} where ${where}${chosen}`, {
    ...parameters,
    ...(hashes !== undefined && { hashes: hashes.join(",") }),
  });
}

/** So that the next value that the database gives comes after the moved ones. */
export async function moveIdentity(run: Run, table: MovedTable): Promise<void> {
  for (const { name } of table.columns.filter(({ isIdentity }) => isIdentity)) {
    await run(
      `select cast(setval(pg_get_serial_sequence('${table.name}', '${name}'), max(${name})) as text) as last
from ${table.name}
having max(${name}) >= coalesce((select last_value from pg_sequences
  where schemaname = current_schema()
    and sequencename = split_part(pg_get_serial_sequence('${table.name}', '${name}'), '.', 2)), 0)`,
    );
  }
}

/** Reads a piece in halves, and these in halves, while the answer is too large for the Data API. */
export async function inHalves<Item>(piece: Piece, read: (piece: Piece) => Promise<Item[]>): Promise<Item[]> {
  try {
    return await read(piece);
  } catch (error) {
    if (!isTooLarge(error) || (piece.parts ?? 1) >= partsMax) throw error;
    const [one, other] = halvesOf(piece);
    return [...(await inHalves(one, read)), ...(await inHalves(other, read))];
  }
}

const partsMax = 4_096;

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /exceeded size limit/.test(error.message);
}
