// `export`: a table and a range to a CSV or Parquet file, or the whole mirror to a folder of them.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { isNoSpace } from "../../local/no-space.ts";
import { csvHead } from "../../shared/reads/csv.ts";
import { readCode, suggestCode } from "../../shared/words/codes.ts";
import { optionDoor, type Refusal, sayRefusal } from "../../shared/words/refusal.ts";
import { openApi } from "../api.ts";
import { command, type Session } from "../command.ts";
import { exportAll, type Manifest } from "../export-all.ts";
import { type ExportFormat, exportFormats, openExportFile } from "../export-file.ts";
import {
  countRows,
  exportableNamed,
  exportables,
  readColumns,
  readLines,
  type Selection,
  type TableColumn,
} from "../export-table.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import type { ParquetOptions, TextFile } from "../parquet.ts";
import { readCodes } from "../run-options.ts";
import { openSql } from "../sql.ts";
import { readTimeout, timeoutOption } from "./query.ts";

export const exportCommand = (t: Messages) =>
  command({
    usage: "export [table]",
    about: t.export.about,
    options: {
      table: {
        type: "string",
        choices: Object.keys(exportables),
        describe: t.export.tableOption,
      },
      all: { type: "boolean", default: false, describe: t.export.allOption },
      from: { type: "string", kind: "day", describe: t.export.fromOption },
      to: { type: "string", kind: "day", describe: t.export.toOption },
      codes: { type: "string", kind: "codes", describe: t.options.codes },
      out: { alias: "o", type: "string", describe: t.export.outOption },
      format: { alias: "f", type: "string", choices: exportFormats, describe: t.export.formatOption },
      numbers: {
        type: "string",
        choices: ["double", "exact"] as const,
        default: "double" as const,
        describe: t.export.numbersOption,
      },
      timeout: timeoutOption(t),
    },
    examples: [
      ["export stock_daily --from 20240101 --to 20241231 --out 2024.parquet", t.export.exampleParquet],
      ["export stock_info > stocks.csv", t.export.exampleCsv],
      ["export --all --format parquet --out mirror", t.export.exampleAll],
    ],
    async run(session, values) {
      const { output } = session;
      if (values.all && values.table !== undefined)
        throw new CommandError(exitCodes.usage, t.export.tableOrAll(values.table));
      if (values.all) return await exportMirror(session, values);
      const { table } = values;
      if (table === undefined) throw new CommandError(exitCodes.usage, t.export.needsTable);
      const selection = readSelection({ ...values, table }, t);
      const format = readFormat(values.format, values.out, t);
      const timeoutSeconds = readTimeout(values.timeout, t);
      if (values.out !== undefined) checkOut(values.out, t);
      const target = await session.target();
      sayOrigin(target, session);
      const sql = openSql(target, t, { stop: session.stop, timeoutSeconds });
      const startedAt = performance.now();
      try {
        const columns = await readColumns(sql, selection.table, t);
        const total = await countRows(sql, selection);
        const file = openFile(session, values.out, format, columns, {
          numbers: values.numbers,
          origin: target.origin,
        });
        const progress = output.progress.progress(selection.table);
        let done = 0;
        try {
          const form = format === "csv" ? "csv" : "cells";
          for await (const { text, lines } of readLines(sql, selection, columns, form, total)) {
            session.stop.throwIfAborted();
            await file.write(text);
            done += lines;
            const rate = done / Math.max(0.001, (performance.now() - startedAt) / 1000);
            progress.update({ done, total, note: t.export.rate(number(Math.round(rate))) });
          }
          await file.finish();
        } catch (error) {
          file.discard();
          if (session.stop.aborted) throw new CommandError(exitCodes.interrupted, t.export.interrupted);
          throw cannotWrite(error, values.out, t);
        }
        progress.finish(t.export.done(number(done), values.out ?? "-"));
        if (values.out !== undefined)
          output.json({
            table: selection.table,
            rows: done,
            format,
            file: values.out,
            origin: target.origin,
          });
      } finally {
        sql.close();
      }
      return exitCodes.done;
    },
  });

type AllValues = {
  readonly out: string | undefined;
  readonly format: ExportFormat | undefined;
  readonly numbers: ParquetOptions["numbers"];
  readonly timeout: number;
};

/** The table with the most rows, as an example. */
function largestOf({ files }: Manifest): string {
  const rows = new Map<string, number>();
  for (const file of Object.values(files)) rows.set(file.table, (rows.get(file.table) ?? 0) + file.rows);
  return [...rows].sort(([, one], [, other]) => other - one)[0]?.[0] ?? "TABLE";
}

/** The whole mirror into a folder. */
async function exportMirror(session: Session, { out, format = "parquet", numbers, ...values }: AllValues) {
  const { output, stop, t } = session;
  if (out === undefined) throw new CommandError(exitCodes.usage, t.export.needsFolder);
  const target = await session.target();
  sayOrigin(target, session);
  const api = await openApi(target, t);
  const { datasets: states } = await api.listDatasets();
  const sql = openSql(target, t, { stop, timeoutSeconds: readTimeout(values.timeout, t) });
  const startedAt = performance.now();
  const progress = output.progress.progress(t.export.mirror);
  const onProgress = (file: string, done: number, total: number) =>
    progress.update({ done, total, note: file });
  const asked = { folder: out, format, numbers, origin: target.origin, states, stop, onProgress };
  try {
    const { manifest, written, kept } = await exportAll(sql, asked, t);
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const files = Object.keys(manifest.files).length;
    progress.finish(
      t.export.allDone(number(manifest.rows), String(files), out, String(written), String(kept)),
    );
    output.json({ rows: manifest.rows, seconds, files, written, kept, folder: out, origin: target.origin });
    const open = format === "parquet" ? t.export.openParquet : t.export.openCsv;
    output.line(open(resolve(out), largestOf(manifest)));
  } catch (error) {
    if (stop.aborted) throw new CommandError(exitCodes.interrupted, t.export.allInterrupted);
    throw cannotWrite(error, out, t);
  } finally {
    sql.close();
  }
  return exitCodes.done;
}

function readSelection(
  values: { table: string; from: string | undefined; to: string | undefined; codes: string | undefined },
  t: Messages,
): Selection {
  const { day, codes: kind } = exportableNamed(values.table);
  const [from, to] = [values.from?.replaceAll("-", ""), values.to?.replaceAll("-", "")];
  if (day === undefined && (from ?? to) !== undefined) {
    throw new CommandError(exitCodes.usage, t.export.noDays(values.table));
  }
  if (values.codes !== undefined && kind === undefined)
    throw new CommandError(exitCodes.usage, t.export.noCodes(values.table));
  const codes = values.codes === undefined ? undefined : readCodes(values.codes);
  const wrong = kind === "securities" ? codes?.find((code) => readCode(code) === undefined) : undefined;
  if (wrong !== undefined)
    throw new CommandError(exitCodes.usage, t.said(sayRefusal(notASecurity(wrong), optionDoor)));
  return {
    table: values.table,
    from,
    to,
    codes,
  };
}

function notASecurity(value: string): Refusal {
  const suggestion = suggestCode(value);
  return { why: "value", field: "codes", path: "codes", value, allowed: "", suggestion };
}

/** Checked before anything is read: the folder exists, and the file is writable. */
function checkOut(out: string, t: Messages): void {
  const folder = dirname(resolve(out));
  const reason = !existsSync(folder)
    ? t.export.noFolder(folder)
    : !statSync(folder).isDirectory()
      ? t.export.notAFolder(folder)
      : existsSync(out) && statSync(out).isDirectory()
        ? t.export.isAFolder
        : !isWritable(folder)
          ? t.export.notAllowed
          : undefined;
  if (reason !== undefined) throw new CommandError(exitCodes.usage, t.export.badOut(out, reason));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Errors of the operating system while the file is written. */
function cannotWrite(error: unknown, out: string | undefined, t: Messages): unknown {
  if (out === undefined || !(error instanceof Error) || !("syscall" in error) || !("code" in error))
    return error;
  const exitCode = isNoSpace(error) ? exitCodes.noSpace : exitCodes.failed;
  const reason =
    exitCode === exitCodes.noSpace
      ? t.export.noSpace
      : error.code === "EACCES" || error.code === "EPERM"
        ? t.export.notAllowed
        : String(error.code);
  return new CommandError(exitCode, t.export.notWritten(out, reason), { cause: error });
}

function readFormat(asked: ExportFormat | undefined, out: string | undefined, t: Messages): ExportFormat {
  const format = asked ?? (extname(out ?? "").toLowerCase() === ".parquet" ? "parquet" : "csv");
  if (format === "parquet" && out === undefined) throw new CommandError(exitCodes.usage, t.export.needsFile);
  return format;
}

/** A file, or standard output. */
function openFile(
  session: Session,
  out: string | undefined,
  format: ExportFormat,
  columns: readonly TableColumn[],
  options: ParquetOptions,
): TextFile & { discard(): void } {
  if (out !== undefined) return openExportFile(out, format, columns, options);
  let head = csvHead(columns);
  return {
    async write(text) {
      await session.output.write(head + text);
      head = "";
    },
    async finish() {
      if (head !== "") await session.output.write(head);
    },
    discard: () => undefined,
  };
}
