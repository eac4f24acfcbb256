// `export`: a table and a range to a CSV or Parquet file.
import { accessSync, constants, createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { isNoSpace } from "../../local/no-space.ts";
import { readCode, suggestCode } from "../../shared/words/codes.ts";
import { optionDoor, type Refusal, sayRefusal } from "../../shared/words/refusal.ts";
import { command, type Session } from "../command.ts";
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
import { openParquet, type ParquetOptions, type TextFile } from "../parquet.ts";
import { readCodes } from "../run-options.ts";
import { openSql } from "../sql.ts";
import { csvHead } from "../write-rows.ts";
import { readTimeout, timeoutOption } from "./query.ts";

const formats = ["csv", "parquet"] as const;

export const exportCommand = (t: Messages) =>
  command({
    usage: "export <table>",
    about: t.export.about,
    options: {
      table: {
        type: "string",
        choices: Object.keys(exportables),
        demandOption: true,
        describe: t.export.tableOption,
      },
      from: { type: "string", kind: "day", describe: t.export.fromOption },
      to: { type: "string", kind: "day", describe: t.export.toOption },
      codes: { type: "string", kind: "codes", describe: t.options.codes },
      out: { alias: "o", type: "string", describe: t.export.outOption },
      format: { alias: "f", type: "string", choices: formats, describe: t.export.formatOption },
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
    ],
    async run(session, values) {
      const { output } = session;
      const selection = readSelection(values, t);
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

function readFormat(
  asked: (typeof formats)[number] | undefined,
  out: string | undefined,
  t: Messages,
): (typeof formats)[number] {
  const format = asked ?? (extname(out ?? "").toLowerCase() === ".parquet" ? "parquet" : "csv");
  if (format === "parquet" && out === undefined) throw new CommandError(exitCodes.usage, t.export.needsFile);
  return format;
}

/** Writes to a temporary name until complete, so that nobody mistakes half a table for a whole one. */
function openFile(
  session: Session,
  out: string | undefined,
  format: (typeof formats)[number],
  columns: readonly TableColumn[],
  options: ParquetOptions,
): TextFile & { discard(): void } {
  const heading = csvHead(columns);
  if (out === undefined) {
    let head = heading;
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
  const part = `${out}.part`;
  const file = format === "parquet" ? openParquet(part, columns, options) : openCsv(part, heading);
  return {
    write: file.write,
    async finish() {
      await file.finish();
      renameSync(part, out);
    },
    discard: () => rmSync(part, { force: true }),
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
