// What a move has to do: the slices that differ, and of these the days, blocks and rows to write. It reads, and changes nothing.
import type { Database } from "../../shared/ports.ts";
import { type MovedTable, readSizes, type Sizes } from "./layout.ts";
import { compareMarks, inHalves, marksOfPage, pageBytes, type RowDifference, readMarks } from "./rows.ts";
import {
  countsByDay,
  type Digest,
  type Digests,
  differing,
  digestsByDay,
  digestsByYear,
  empty,
  isEqual,
  type Piece,
  total,
} from "./slices.ts";

/** A year of a table, or all rows of a table without days, that is not the same on both sides. */
export type SliceDifference = {
  readonly table: MovedTable;
  /** "" for rows without a day, "all" in a table without days. */
  readonly year: string;
  /** Of which the target has no row. */
  readonly absent: readonly Piece[];
  /** Of which both have rows, and not the same. */
  readonly mixed: readonly { readonly piece: Piece; readonly rows: RowDifference }[];
  /** Of which the source has no row. */
  readonly foreign: readonly Piece[];
  /** To be written; and their bytes as text. */
  readonly rows: number;
  readonly bytes: number;
  readonly widest: number;
  /** Rows that only the target has, and rows that are newer there: a move only takes these away when it is told to. */
  readonly foreignRows: number;
  readonly newerRows: number;
};

export type Comparison = {
  readonly tables: readonly MovedTable[];
  /** Of all slices of the source. */
  readonly source: { readonly rows: number; readonly bytes: number; readonly sum: bigint };
  readonly target: { readonly rows: number };
  readonly slices: number;
  readonly differences: readonly SliceDifference[];
};

/** By its tasks a stack shows that it has gone on by itself. */
const tasksTable = "sync_task";

/**
 * Rows of a slice that only the target has or that are newer there, and that a move takes away only when it is told to. Where the
 * target has no task of its own, its ledger is an older state of the source's, which has removed some rows since.
 */
export function lostRows(slice: SliceDifference, differences: readonly SliceDifference[]): number {
  return isDecisive(slice) || !ledgerFollows(differences) ? ownRows(slice) : 0;
}

const ownRows = ({ foreignRows, newerRows }: SliceDifference): number => foreignRows + newerRows;
const isTasks = ({ table }: SliceDifference): boolean => table.name === tasksTable;
const isDecisive = (slice: SliceDifference): boolean => slice.table.isOfDataset || isTasks(slice);

/** Whether rows that only the target has go from the ledger, too. */
export const ledgerFollows = (differences: readonly SliceDifference[]): boolean =>
  !differences.some((each) => isTasks(each) && ownRows(each) > 0);

export type Both = { readonly source: Database; readonly target: Database };

export type Watch = { readonly stop: AbortSignal; onTable(name: string, at: number, tables: number): void };

export async function compareMirrors(
  both: Both,
  tables: readonly MovedTable[],
  watch: Watch,
): Promise<Comparison> {
  const differences: SliceDifference[] = [];
  const all: Digest[] = [];
  let [targetRows, slices] = [0, 0];
  const sizes = await sizesOf(both);
  for (const [at, table] of tables.entries()) {
    watch.stop.throwIfAborted();
    watch.onTable(table.name, at, tables.length);
    const [source, target] = await bothDigests(both, table, sizes);
    all.push(...source.values());
    targetRows += total(target.values()).rows;
    slices += new Set([...source.keys(), ...target.keys()]).size;
    for (const year of differing(source, target)) {
      watch.stop.throwIfAborted();
      differences.push(await differenceOf(both, table, year, source.get(year), target.get(year)));
    }
  }
  return { tables, source: total(all), target: { rows: targetRows }, slices, differences };
}

/** Of one table, as it is now. */
export async function differencesOf(both: Both, table: MovedTable): Promise<SliceDifference[]> {
  const [source, target] = await bothDigests(both, table, await sizesOf(both));
  const differences: SliceDifference[] = [];
  for (const year of differing(source, target))
    differences.push(await differenceOf(both, table, year, source.get(year), target.get(year)));
  return differences;
}

type BothSizes = readonly [source: Sizes, target: Sizes];

async function sizesOf({ source, target }: Both): Promise<BothSizes> {
  return [await readSizes(source), await readSizes(target)];
}

async function bothDigests(
  { source, target }: Both,
  table: MovedTable,
  [ours, theirs]: BothSizes,
): Promise<[Digests, Digests]> {
  return await Promise.all([
    digestsByYear(source, table, ours.get(table.name)?.bytes ?? 0),
    digestsByYear(target, table, theirs.get(table.name)?.bytes ?? 0),
  ]);
}

async function differenceOf(
  both: Both,
  table: MovedTable,
  year: string,
  inSource: Digest = empty,
  inTarget: Digest = empty,
): Promise<SliceDifference> {
  const [source, target] =
    table.day === undefined
      ? [new Map([["all", inSource]]), new Map([["all", inTarget]])]
      : await Promise.all([
          daysOfSlice(both.source, table, year, inSource, inTarget.rows > 0),
          daysOfSlice(both.target, table, year, inTarget, inSource.rows > 0),
        ]);
  const days = [...new Set([...source.keys(), ...target.keys()])].sort();
  const of = (digests: Digests, day: string) => digests.get(day) ?? empty;
  const isForeign = (day: string) => of(source, day).rows === 0 && of(target, day).rows > 0;
  const isAbsent = (day: string) => of(source, day).rows > 0 && of(target, day).rows === 0;
  const isMixed = (day: string) =>
    !isForeign(day) && !isAbsent(day) && !isEqual(source.get(day), target.get(day));
  const absent = piecesOf(table, days, isAbsent, (day) => of(source, day).bytes, pageBytes);
  const foreign = piecesOf(table, days, isForeign, () => 0, 1);
  const marks = (day: string) => Math.max(of(source, day).rows, of(target, day).rows);
  const mixed: { piece: Piece; rows: RowDifference }[] = [];
  for (const { piece, weight } of piecesOf(table, days, isMixed, marks, marksOfPage)) {
    const [ours, theirs] = await Promise.all([
      readAllMarks(both.source, table, piece, weight),
      readAllMarks(both.target, table, piece, weight),
    ]);
    mixed.push({ piece, rows: compareMarks(ours, theirs, table) });
  }
  const copied = total(days.filter(isAbsent).map((day) => of(source, day)));
  const sum = (count: (rows: RowDifference) => number) =>
    mixed.reduce((all, { rows }) => all + count(rows), 0);
  const mended = sum(({ wanted }) => wanted.length);
  return {
    ...{ table, year, mixed, widest: inSource.widest },
    absent: (
      await Promise.all(
        absent.map(({ piece, weight }) => partsOf(both.source, table, piece, weight / pageBytes)),
      )
    ).flat(),
    foreign: foreign.map(({ piece }) => piece),
    rows: copied.rows + mended,
    bytes: copied.bytes + Math.round((mended * inSource.bytes) / Math.max(1, inSource.rows)),
    foreignRows:
      total(days.filter(isForeign).map((day) => of(target, day))).rows + sum(({ foreign }) => foreign.length),
    newerRows: sum(({ newer }) => newer),
  };
}

async function daysOfSlice(
  database: Database,
  table: MovedTable,
  year: string,
  all: Digest,
  isCompared: boolean,
): Promise<Digests> {
  if (all.rows === 0) return new Map();
  return await (isCompared ? digestsByDay(database, table, year) : countsByDay(database, table, year, all));
}

async function readAllMarks(database: Database, table: MovedTable, piece: Piece, rows: number) {
  const marks = [];
  for (const part of await partsOf(database, table, piece, rows / marksOfPage))
    marks.push(...(await inHalves(part, (half) => readMarks(database.run, table, half))));
  return marks;
}

type Weighed = { readonly piece: Piece; readonly weight: number };

/** Chosen days that follow each other, together up to a weight; a day alone may weigh more. */
function piecesOf(
  table: MovedTable,
  days: readonly string[],
  isChosen: (day: string) => boolean,
  weigh: (day: string) => number,
  weightMax: number,
): Weighed[] {
  const pieces: Weighed[] = [];
  let open: { first: string; last: string; weight: number } | undefined;
  const close = () => {
    if (open !== undefined) pieces.push({ piece: { days: [open.first, open.last] }, weight: open.weight });
    open = undefined;
  };
  for (const day of days) {
    const weight = weigh(day);
    if (!isChosen(day)) {
      close();
    } else if (table.day === undefined) {
      pieces.push({ piece: {}, weight });
    } else if (day === "") {
      pieces.push({ piece: { withoutDay: true }, weight });
    } else if (open !== undefined && open.weight + weight <= weightMax) {
      open = { ...open, last: day, weight: open.weight + weight };
    } else {
      close();
      open = { first: day, last: day, weight };
    }
  }
  close();
  return pieces;
}

/** A piece in so many parts: of blocks where a table has no days, which reads each block once. */
async function partsOf(
  database: Database,
  table: MovedTable,
  piece: Piece,
  weight: number,
): Promise<Piece[]> {
  const parts = Math.ceil(weight);
  if (parts <= 1) return [piece];
  if (table.day !== undefined)
    return Array.from({ length: parts }, (_, part): Piece => ({ ...piece, parts, part }));
  const [size] = await database.run(
    `select cast(ceil(pg_relation_size('${table.name}') / cast(current_setting('block_size') as numeric)) as text) as blocks`,
  );
  const blocks = Number(size?.blocks ?? 0);
  const each = Math.max(1, Math.floor(blocks / parts));
  const begins = Array.from({ length: Math.ceil(blocks / each) }, (_, at) => at * each);
  return begins.map((from, at): Piece => ({ blocks: [from, begins[at + 1] ?? blockMax] }));
}

/** The last number that a block may have: the last part also has the rows that come meanwhile. */
const blockMax = 4_294_967_294;
