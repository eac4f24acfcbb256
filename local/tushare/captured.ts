// Captured answers as a source of rows: a folder of `<interface>__<slice>.csv` or `.csv.gz` files, and beside them
// `envelopes/<interface>.json`, whole replies, used for interfaces without a CSV file. All files of an interface are
// joined; where two hold the same row, the file with more fields wins, then the one whose name sorts later, which is
// the later capture. Of a list that was captured several times only the latest capture counts, as with TuShare itself. A
// question by day is answered from files by day, and one by code from the others: some securities of a day would pass for
// the whole day, and one day of a security for its whole range.
// Numbers of a file stay the texts they were captured as.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { capturedOrigin, type Origin } from "../../shared/catalogue/origin.ts";
import { parseCsv } from "./csv.ts";
import { type Interfaces, known } from "./default-interfaces.ts";
import { mix, shuffle, textHash } from "./hash.ts";
import type { Cell, Interface, Row } from "./interfaces.ts";
import { type Source, selector } from "./select.ts";

const envelopesFolder = "envelopes";

type Captured = { file: string; header: string[]; records: string[][] };

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The origin of a folder: its name and a hash of all its answers, so that a changed answer is another origin. */
export async function originOfCaptured(folder: string, interfaces: Interfaces = known): Promise<Origin> {
  const hash = createHash("sha256");
  for (const file of await answersIn(folder, interfaces)) {
    hash.update(file).update(
      createHash("sha256")
        .update(await readFile(join(folder, file)))
        .digest(),
    );
  }
  const name = basename(resolve(folder)).replace(/[^\p{L}\p{N}._-]+/gu, "-");
  return capturedOrigin(name === "" ? "root" : name, hash.digest("hex").slice(0, 16));
}

/** Files of known interfaces; helper files of other kinds may lie beside them. */
async function answersIn(folder: string, interfaces: Interfaces): Promise<string[]> {
  const names = (await readdir(folder)).filter((file) => /^\w+?__.+\.csv(\.gz)?$/.test(file)).sort();
  const tables = names.filter((file) => interfaces.find(interfaceOf(file)));
  const held = new Set(tables.map(interfaceOf));
  const envelopes = (await readdir(folder)).includes(envelopesFolder)
    ? (await readdir(join(folder, envelopesFolder))).sort()
    : [];
  const others = envelopes
    .filter((file) => /^\w+\.json$/.test(file))
    .filter((file) => !held.has(interfaceOf(file)) && interfaces.find(interfaceOf(file)))
    .map((file) => join(envelopesFolder, file));
  if (tables.length + others.length === 0)
    throw new Error(`${folder} holds no captured answer such as daily__trade_date_20250403.csv`);
  return [...tables, ...others];
}

function interfaceOf(file: string): string {
  return basename(file).split(/__|\.json$/)[0] ?? "";
}

/** Reads the folder; rejects when it cannot be read or holds no file of a known interface. */
export async function readCaptured(
  folder: string,
  seed: number,
  interfaces: Interfaces = known,
): Promise<Source> {
  const files = new Map<string, Captured[]>();
  for (const file of await answersIn(folder, interfaces)) {
    const name = interfaceOf(file);
    files.set(name, [...(files.get(name) ?? []), await readAnswer(folder, file)]);
  }

  const tables = new Map<string, Row[]>();
  const parts = new Map<string, { readonly ofDays: Row[]; readonly others: Row[] }>();
  for (const [name, all] of files) {
    const face = interfaces.find(name);
    if (face === undefined) continue;
    const captures = latestOfLists(all);
    const rowsOf = (some: readonly Captured[]) => ordered(face, unite(face, some), mix(seed, textHash(name)));
    const [ofDays, others] = [captures.filter(isOfDay), captures.filter((capture) => !isOfDay(capture))];
    tables.set(name, rowsOf(captures));
    parts.set(name, { ofDays: rowsOf(ofDays), others: rowsOf(others) });
  }
  const dates = (tables.get("daily") ?? []).map((row) => String(row[1])).sort();
  return {
    *rows(name, query) {
      const face = interfaces.find(name);
      if (!face) return;
      const isWanted = selector(face, query);
      const { ofDays = [], others = [] } = parts.get(name) ?? {};
      const { trade_date: day, ts_code: code } = query;
      const isOneOf = (day === undefined) !== (code === undefined);
      const held = isOneOf ? (day === undefined ? others : ofDays) : tables.get(name);
      for (const row of held ?? []) if (isWanted(row)) yield row;
    },
    about: () => ({
      source: "captured",
      firstDate: dates[0] ?? "",
      lastDate: dates.at(-1) ?? "",
      listed: tables.get("stock_basic")?.length ?? 0,
    }),
  };
}

/**
 * The last day of the captured calendar, which is the last day the folder has data of. Undefined without a calendar.
 */
export async function lastCapturedDay(folder: string): Promise<string | undefined> {
  const calendars = (await answersIn(folder, known)).filter((file) => interfaceOf(file) === "trade_cal");
  const days: string[] = [];
  for (const file of calendars) {
    const { header, records } = await readAnswer(folder, file);
    days.push(...records.map((record) => record[header.indexOf("cal_date")] ?? ""));
  }
  return days.sort().at(-1) || undefined;
}

async function readAnswer(folder: string, file: string): Promise<Captured> {
  const bytes = await readFile(join(folder, file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").replace(/^\uFEFF/, "");
  if (file.endsWith(".json")) return { file, ...readEnvelope(text) };
  const [header = [], ...records] = parseCsv(text);
  return { file, header, records };
}

// A refusal has no rows.
function readEnvelope(text: string): Omit<Captured, "file"> {
  const reply = JSON.parse(text) as { data?: { fields?: string[]; items?: Cell[][] } | null };
  const { fields = [], items = [] } = reply.data ?? {};
  return { header: fields, records: items.map((item) => item.map((cell) => String(cell ?? ""))) };
}

function isOfDay({ file }: Captured): boolean {
  return /_trade_date_\d{8}/.test(file);
}

/** Without earlier captures of the same question, which the end of a name dates: `_captured_202504`. */
function latestOfLists(captures: readonly Captured[]): Captured[] {
  const questions = Map.groupBy(captures, ({ file }) => file.replace(/_captured_\d+/, ""));
  return [...questions.values()].flatMap(
    (same) => same.toSorted((a, b) => (a.file < b.file ? 1 : -1))[0] ?? [],
  );
}

// A key that repeats within one file is kept: fina_indicator really returns two versions of a report.
function unite(face: Interface, captures: readonly Captured[]): Row[] {
  const keyPlaces = face.key.map((key) => face.fields.findIndex(({ name }) => name === key));
  const ranked = captures.toSorted((a, b) => b.header.length - a.header.length || (a.file < b.file ? 1 : -1));
  const taken = new Set<string>();
  const rows: Row[] = [];
  for (const capture of ranked) {
    const read = rowReader(face, capture);
    const fresh = capture.records
      .map(read)
      .map((row) => ({ row, key: keyPlaces.map((place) => row[place]).join(",") }))
      .filter(({ key }) => !taken.has(key));
    for (const { row, key } of fresh) {
      taken.add(key);
      rows.push(row);
    }
  }
  return rows;
}

function rowReader(face: Interface, { file, header }: Captured): (record: string[]) => Row {
  const sliced = slicedBy(face, file);
  const columns = face.fields.map(({ name, type }) => ({
    at: header.indexOf(name),
    type,
    fixed: sliced[name] ?? null,
  }));
  return (record) =>
    columns.map(({ at, type, fixed }): Cell => {
      const cell = at < 0 ? fixed : (record[at] ?? "");
      if (cell === null || cell === "") return null;
      return type === "text" || number.test(cell) ? cell : JSON.stringify(cell);
    });
}

// Parameters of the call, from the file's name: the rows need not hold them. Such as list_status in
// stock_basic__list_status_L.
function slicedBy(face: Interface, file: string): Record<string, string> {
  const found: Record<string, string> = { ...face.defaults };
  for (const { name } of face.fields) {
    const value = new RegExp(`_${name}_([A-Za-z0-9.]+?)(?:_|\\.csv)`).exec(file)?.[1];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

// Newest first where there is a date; rows of the same day in a seeded order.
function ordered(face: Interface, rows: Row[], seed: number): Row[] {
  const { dateField } = face;
  if (dateField === undefined) return shuffle(rows, seed);
  const at = face.fields.findIndex(({ name }) => name === dateField);
  const days = Map.groupBy(rows, (row) => String(row[at]));
  return [...days.keys()]
    .sort()
    .reverse()
    .flatMap((day) =>
      face.key.includes("trade_date")
        ? shuffle(days.get(day) ?? [], mix(seed, Number(day)))
        : (days.get(day) ?? []),
    );
}
