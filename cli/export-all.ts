// A whole mirror as a folder of files: one folder a table, one file a year, and a manifest that says what is in them. A file is
// written again only when its rows have changed since: each row has the time at which it was last stored.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import type { DatasetAnswer } from "../shared/api/answers.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { encodeOrigin, type Origin } from "../shared/catalogue/origin.ts";
import { exportFormats, openExportFile } from "./export-file.ts";
import {
  exportableNamed,
  readColumns,
  readLines,
  type Selection,
  selectionSql,
  type TableColumn,
} from "./export-table.ts";
import { CommandError, exitCodes } from "./failure.ts";
import type { Messages } from "./messages/en.ts";
import type { ParquetOptions } from "./parquet.ts";
import type { Sql } from "./sql.ts";

const manifestName = "manifest.json";

const fileEntry = z.object({
  table: z.string(),
  rows: z.int(),
  /** When the newest of its rows was stored or changed. */
  stored_at: z.string(),
  bytes: z.int(),
});
export type FileEntry = z.infer<typeof fileEntry>;

const manifestSchema = z.object({
  format: z.enum(exportFormats),
  /** Of Parquet. */
  numbers: z.enum(["double", "exact"]),
  origin: z.string(),
  /** The newest revision that the database had recorded. */
  revision: z.nullable(z.string()),
  exported_at: z.string(),
  rows: z.int(),
  /** Of each dataset with rows: its newest day, and the day through which it was complete. */
  datasets: z.record(
    z.string(),
    z.object({
      table: z.string(),
      newest_day: z.nullable(z.string()),
      complete_through: z.nullable(z.string()),
    }),
  ),
  files: z.record(z.string(), fileEntry),
});
export type Manifest = z.infer<typeof manifestSchema>;

export type AllOptions = Pick<ParquetOptions, "numbers"> & {
  readonly folder: string;
  readonly format: Manifest["format"];
  readonly origin: Origin;
  /** What the API says of each dataset. */
  readonly states: readonly DatasetAnswer[];
  readonly stop: AbortSignal;
  /** Called when a file is begun, while it grows, and when it is kept as it is. */
  readonly onProgress: (file: string, done: number, total: number) => void;
};

export type AllDone = { readonly manifest: Manifest; readonly written: number; readonly kept: number };

/**
 * Writes what has changed since the manifest of the folder. Each file is whole or absent, and the manifest names a file once it is whole, so a
 * repetition goes on where this one stopped.
 * @throws CommandError usage when the folder has an export of another origin or form
 */
export async function exportAll(sql: Sql, options: AllOptions, t: Messages): Promise<AllDone> {
  const { folder, format, numbers, origin, states } = options;
  const before = readManifest(folder, options, t);
  const files: Record<string, FileEntry> = { ...before?.files };
  const revision = await newestRevision(sql);
  const known = Object.fromEntries(
    states
      .filter(({ rows }) => rows !== 0)
      .map(({ dataset, table, last_day: newest_day, complete_through }) => [
        dataset,
        { table, newest_day, complete_through },
      ]),
  );
  const keep = () => {
    const rows = Object.values(files).reduce((sum, file) => sum + file.rows, 0);
    const exported_at = new Date().toISOString();
    const named = { format, numbers, origin: encodeOrigin(origin), revision, exported_at, rows };
    const manifest: Manifest = { ...named, datasets: known, files };
    writeWhole(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
    return manifest;
  };
  mkdirSync(folder, { recursive: true });
  const wanted = new Set<string>();
  let [written, kept] = [0, 0];
  for (const table of new Set(Object.values(datasets).map((dataset) => dataset.table))) {
    const columns = await readColumns(sql, table, t);
    for (const part of await partsOf(sql, table, columns, format)) {
      options.stop.throwIfAborted();
      const { rows, storedAt } = await readMark(sql, part.selection);
      if (rows === 0) continue;
      wanted.add(part.path);
      const path = join(folder, part.path);
      const entry = files[part.path];
      if (entry?.rows === rows && entry.stored_at === storedAt && sizeOf(path) === entry.bytes) {
        kept += 1;
        options.onProgress(part.path, rows, rows);
        continue;
      }
      mkdirSync(dirname(path), { recursive: true });
      const done = await writePart(sql, part.selection, columns, path, rows, options, part.path);
      files[part.path] = { table, rows: done, stored_at: storedAt, bytes: statSync(path).size };
      written += 1;
      keep();
    }
  }
  for (const path of Object.keys(files).filter((each) => !wanted.has(each))) {
    rmSync(join(folder, path), { force: true }); // its rows are gone
    delete files[path];
  }
  return { manifest: keep(), written, kept };
}

async function writePart(
  sql: Sql,
  selection: Selection,
  columns: readonly TableColumn[],
  path: string,
  total: number,
  { format, numbers, origin, stop, onProgress }: AllOptions,
  name: string,
): Promise<number> {
  const file = openExportFile(path, format, columns, { numbers, origin });
  let done = 0;
  try {
    const form = format === "csv" ? "csv" : "cells";
    for await (const { text, lines } of readLines(sql, selection, columns, form, total)) {
      stop.throwIfAborted();
      await file.write(text);
      done += lines;
      onProgress(name, done, total);
    }
    stop.throwIfAborted();
    await file.finish();
    return done;
  } catch (error) {
    file.discard();
    throw error;
  }
}

type Part = { readonly path: string; readonly selection: Selection };

/** The name by which readers of such folders know rows without a value. */
const noYear = "__HIVE_DEFAULT_PARTITION__";

/** A file for each year, where rows have a day; else one file. */
async function partsOf(
  sql: Sql,
  table: string,
  columns: readonly TableColumn[],
  format: Manifest["format"],
): Promise<Part[]> {
  const { day } = exportableNamed(table);
  const whole: Selection = { table, from: undefined, to: undefined, codes: undefined };
  const column = columns.find(({ name }) => name === day);
  if (column?.type !== "date") return [{ path: `${table}/data.${format}`, selection: whole }];
  const { rows } = await sql.read(
    `select extract(year from min(${day})), extract(year from max(${day})) from ${table}`,
  );
  const [first, last] = (rows[0] ?? []).map((year) => (year === null ? undefined : Number(year)));
  const years =
    first === undefined || last === undefined
      ? []
      : Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
  const inYear = (year: string): Part => ({
    path: `${table}/year=${year}/data.${format}`,
    selection: { ...whole, from: `${year}0101`, to: `${year}1231` },
  });
  const without: Part = {
    path: `${table}/year=${noYear}/data.${format}`,
    selection: { ...whole, withoutDay: true },
  };
  return [...years.map(inYear), ...(column.nullable ? [without] : [])];
}

/** Changes whenever a row of the selection comes, changes or goes. */
async function readMark(sql: Sql, selection: Selection): Promise<{ rows: number; storedAt: string }> {
  const { from, parameters } = selectionSql(selection);
  const { rows } = await sql.read(`select count(*), cast(max(stored_at) as text) from ${from}`, parameters);
  return { rows: Number(rows[0]?.[0]), storedAt: String(rows[0]?.[1] ?? "") };
}

async function newestRevision(sql: Sql): Promise<string | null> {
  const { rows } = await sql.read("select cast(max(id) as text) from data_revision");
  const newest = rows[0]?.[0];
  return typeof newest === "string" ? newest : null;
}

/** @throws CommandError usage when it is not one of ours, or of another origin or form */
function readManifest(
  folder: string,
  { format, numbers, origin }: AllOptions,
  t: Messages,
): Manifest | undefined {
  const path = join(folder, manifestName);
  if (!existsSync(path)) return undefined;
  const parsed = z.safeParse(manifestSchema, readJson(path));
  if (!parsed.success) throw new CommandError(exitCodes.usage, t.export.otherManifest(path));
  const manifest = parsed.data;
  const isSame =
    manifest.format === format && manifest.numbers === numbers && manifest.origin === encodeOrigin(origin);
  if (!isSame)
    throw new CommandError(exitCodes.usage, t.export.otherExport(folder, manifest.format, manifest.numbers));
  return manifest;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
