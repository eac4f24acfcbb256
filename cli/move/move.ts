// Makes the target's mirror equal to the source's: slices that differ are copied, and then all are compared once more. What is
// equal is the only thing remembered, so a repetition goes on where this one ended.
import type { Database } from "../../shared/ports.ts";
import {
  type Both,
  type Comparison,
  differencesOf,
  ledgerFollows,
  lostRows,
  type SliceDifference,
} from "./difference.ts";
import type { MovedTable } from "./layout.ts";
import { inHalves, moveIdentity, pageBytes, readLines, removeRows, writeLines } from "./rows.ts";
import type { Piece } from "./slices.ts";

export type Progress = {
  readonly stop: AbortSignal;
  /** Rows written since the last call, of this slice. */
  onRows(slice: Pick<SliceDifference, "table" | "year">, rows: number): void;
};

/** @param replaces whether rows that only the target has are removed */
export async function moveAll(
  both: Both,
  { tables, differences }: Comparison,
  replaces: boolean,
  progress: Progress,
): Promise<void> {
  for (const table of tables.filter(({ isOfDataset }) => isOfDataset)) {
    for (const slice of differences.filter((each) => each.table === table))
      await moveSlice(both, slice, replaces, progress);
  }
  // Writing rows of datasets forgets completeness, and removing a task its units: the ledger is compared when its turn comes.
  const isOlder = ledgerFollows(differences);
  for (const table of tables.filter(({ isOfDataset }) => !isOfDataset)) {
    progress.stop.throwIfAborted();
    for (const slice of await differencesOf(both, table)) {
      const removes = replaces || (isOlder && lostRows(slice, differences) === 0);
      await moveSlice(both, slice, removes, progress);
    }
  }
}

/** Also after a move that was killed before it: the next row that the target writes itself takes a number of its own. */
export async function moveIdentities(target: Database, tables: readonly MovedTable[]): Promise<void> {
  for (const table of tables) await moveIdentity(target.run, table);
}

async function moveSlice(both: Both, slice: SliceDifference, replaces: boolean, progress: Progress) {
  const removes = replaces && slice.foreignRows > 0;
  const rewrites = slice.table.key.length === 0 && slice.mixed.some(({ rows }) => rows.outdated.length > 0);
  const isWhole = removes || rewrites;
  const lanes = isWhole || !slice.table.isOfDataset ? 1 : lanesMax;
  const change = (run: Database["run"]) => changeSlice(both.source, run, slice, removes, lanes, progress);
  try {
    // A slice that loses rows is changed whole or not at all.
    await (isWhole ? both.target.transaction(change) : change(both.target.run));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    // A value that may occur once has gone from one row to another: the old versions leave before the new ones come.
    await both.target.transaction(async (run) => {
      for (const { piece, rows } of slice.mixed) await removeSome(run, slice.table, piece, rows.outdated);
      await changeSlice(both.source, run, slice, removes, 1, progress);
    });
  }
}

async function changeSlice(
  source: Database,
  target: Database["run"],
  slice: SliceDifference,
  removes: boolean,
  lanes: number,
  progress: Progress,
): Promise<void> {
  const { table } = slice;
  if (removes) {
    for (const piece of slice.foreign) await removeRows(target, table, piece);
    for (const { piece, rows } of slice.mixed) await removeSome(target, table, piece, rows.foreign);
  }
  if (table.key.length === 0)
    for (const { piece, rows } of slice.mixed) await removeSome(target, table, piece, rows.outdated);
  await copyPages(source, target, slice, pagesOf(slice), lanes, progress);
}

type Page = { readonly piece: Piece; readonly hashes?: readonly string[] };

function pagesOf({ absent, mixed, rows, bytes }: SliceDifference): Page[] {
  const rowsOfPage = Math.max(1, Math.floor((pageBytes * rows) / Math.max(1, bytes)));
  return [
    ...absent.map((piece) => ({ piece })),
    ...mixed.flatMap(({ piece, rows: { wanted } }) =>
      inGroups(wanted, rowsOfPage).map((hashes) => ({ piece, hashes })),
    ),
  ];
}

/** Pages that are on their way at once: an answer over a network is awaited while others are read and written. */
export const lanesMax = 4;

/** @param lanes one where statements follow each other: in a transaction, or where a value may go from row to row */
async function copyPages(
  source: Database,
  target: Database["run"],
  { table, year, widest }: SliceDifference,
  pages: readonly Page[],
  lanes: number,
  { stop, onRows }: Progress,
): Promise<void> {
  const waiting = [...pages];
  const copy = async () => {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
      stop.throwIfAborted();
      const { piece, hashes } = page;
      const lines = await inHalves(piece, (half) => readLines(source.run, table, half, widest, hashes));
      if (lines.length > 0) await writeLines(target, table, lines, piece);
      onRows({ table, year }, lines.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, copy));
  } finally {
    waiting.length = 0; // the other lanes end with their page when one has failed
  }
}

/** Hashes that one statement takes. */
const hashesMax = 10_000;

async function removeSome(
  run: Database["run"],
  table: MovedTable,
  piece: Piece,
  hashes: readonly string[],
): Promise<void> {
  for (const some of inGroups(hashes, hashesMax)) await removeRows(run, table, piece, some);
}

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

/** PostgreSQL's code for a second row where one may be: as the driver gives it, and as the Data API does. */
function isDuplicate(error: unknown): boolean {
  return (
    error instanceof Error &&
    (("code" in error && error.code === "23505") || ("isDuplicate" in error && error.isDuplicate === true))
  );
}
