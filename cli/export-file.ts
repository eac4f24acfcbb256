// The files of an export: CSV or Parquet, under a temporary name until they are whole.
import { createWriteStream, renameSync, rmSync } from "node:fs";
import { finished } from "node:stream/promises";
import { csvHead } from "../shared/reads/csv.ts";
import type { TableColumn } from "./export-table.ts";
import { openParquet, type ParquetOptions, type TextFile } from "./parquet.ts";

export const exportFormats = ["csv", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Writes to a temporary name until complete, so that nobody mistakes half a table for a whole one. */
export function openExportFile(
  path: string,
  format: ExportFormat,
  columns: readonly TableColumn[],
  options: ParquetOptions,
): TextFile & { discard(): void } {
  const part = `${path}.part`;
  const file = format === "parquet" ? openParquet(part, columns, options) : openCsv(part, csvHead(columns));
  const remove = () => rmSync(part, { force: true });
  process.on("exit", remove); // Ctrl-C ends the process after a second, whatever is being written
  return {
    write: file.write,
    async finish() {
      await file.finish();
      renameSync(part, path);
      process.off("exit", remove);
    },
    discard() {
      remove();
      process.off("exit", remove);
    },
  };
}

function openCsv(path: string, heading: string): TextFile {
  const stream = createWriteStream(path);
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
  const headed = write(heading);
  headed.catch(() => undefined); // reported by the first write
  return {
    async write(text) {
      await headed;
      await write(text);
    },
    async finish() {
      await headed;
      stream.end();
      await finished(stream);
    },
  };
}
