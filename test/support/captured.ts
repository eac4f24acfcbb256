// Real TuShare answers, from folders beside the project: files named <interface>__<slice>.csv or .csv.gz, and of further
// interfaces also whole replies, envelopes/<interface>.json.
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseCsv } from "../../local/tushare/csv.ts";
import type { InterfaceSpec } from "../../shared/catalogue/dataset.ts";
import type { Page } from "../../shared/ports.ts";
import type { Row } from "./small-market.ts";

export const capturedFolder = join(import.meta.dirname, "..", "..", "..", "shared", "data");
export const hasCaptured = existsSync(join(capturedFolder, "daily__trade_date_20250403.csv"));
if (!hasCaptured) console.warn("skipped: the captured answers are not beside the project");

const furtherFolder = join(capturedFolder, "..", "tushare-interfaces", "captured");

/** Files with further answers of an interface; none where their folder is not beside the project. */
export function furtherFilesOf({ name }: InterfaceSpec): string[] {
  const files = globSync([`${name}__*.csv`, `envelopes/${name}.json`], { cwd: furtherFolder });
  return files.sort().map((file) => join(furtherFolder, file));
}

/** The rows of a file, numbers as numbers where the interface has them. A column the file lacks is null. */
export function capturedRows(file: string, spec: InterfaceSpec): Row[] {
  const [header = [], ...records] = linesOf(resolve(capturedFolder, file));
  return records.map((record) =>
    Object.fromEntries(
      spec.columns.map(({ name, from = name, type }) => {
        const cell = record[header.indexOf(from)] ?? "";
        return [from, cell === "" ? null : type === "number" ? Number(cell) : cell];
      }),
    ),
  );
}

/** Its fields, then its rows. */
function linesOf(path: string): string[][] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  if (!path.endsWith(".json")) return parseCsv(text);
  const { data } = JSON.parse(text) as { data: { fields: string[]; items: (string | number | null)[][] } };
  return [data.fields, ...data.items.map((item) => item.map((cell) => String(cell ?? "")))];
}

/** The same rows as one reply. */
export function capturedPage(file: string, spec: InterfaceSpec): Page {
  const rows = capturedRows(file, spec);
  const fields = Object.keys(rows[0] ?? {});
  return { fields, items: rows.map((row) => fields.map((name) => row[name] ?? null)), hasMore: false };
}
