// Real TuShare answers, where they lie beside the project: files named <interface>__<slice>.csv or .csv.gz.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseCsv } from "../../local/tushare/csv.ts";
import type { InterfaceSpec } from "../../shared/catalogue/dataset.ts";
import type { Page } from "../../shared/ports.ts";
import type { Row } from "./small-market.ts";

export const capturedFolder = join(import.meta.dirname, "..", "..", "..", "shared", "data");
export const hasCaptured = existsSync(join(capturedFolder, "daily__trade_date_20250403.csv"));
if (!hasCaptured) console.warn("skipped: the captured answers are not beside the project");

/** The rows of a file, numbers as numbers where the interface has them. A column the file lacks is null. */
export function capturedRows(file: string, spec: InterfaceSpec): Row[] {
  const bytes = readFileSync(join(capturedFolder, file));
  const [header = [], ...records] = parseCsv(
    (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"),
  );
  return records.map((record) =>
    Object.fromEntries(
      spec.columns.map(({ name, from = name, type }) => {
        const cell = record[header.indexOf(from)] ?? "";
        return [from, cell === "" ? null : type === "number" ? Number(cell) : cell];
      }),
    ),
  );
}

/** The same rows as one reply. */
export function capturedPage(file: string, spec: InterfaceSpec): Page {
  const rows = capturedRows(file, spec);
  const fields = Object.keys(rows[0] ?? {});
  return { fields, items: rows.map((row) => fields.map((name) => row[name] ?? null)), hasMore: false };
}
