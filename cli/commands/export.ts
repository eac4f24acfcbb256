// `export`: a table and a range to a CSV or Parquet file.
import { createWriteStream, renameSync, rmSync } from "node:fs";
import { extname } from "node:path";
import { finished } from "node:stream/promises";
import { isDay } from "../../shared/dates.ts";
import { command, type Session } from "../command.ts";
import {
  countRows,
  exportableNamed,
  exportables,
  readColumns,
  readTable,
  type Selection,
  type TableColumn,
} from "../export-table.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { openParquet, type RowFile } from "../parquet.ts";
import { readCodes } from "../run-options.ts";
import { openSql } from "../sql.ts";
import { csvLine } from "../write-rows.ts";

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
      from: { type: "string", describe: t.export.fromOption },
      to: { type: "string", describe: t.export.toOption },
      codes: { type: "string", describe: t.options.codes },
      out: { alias: "o", type: "string", describe: t.export.outOption },
      format: { alias: "f", type: "string", choices: formats, describe: t.export.formatOption },
      numbers: {
        type: "string",
        choices: ["double", "exact"] as const,
        default: "double" as const,
        describe: t.export.numbersOption,
      },
    },
    examples: [
      ["export stock_daily --from 20240101 --to 20241231 --out 2024.parquet", t.export.exampleParquet],
      ["export stock_info > stocks.csv", t.export.exampleCsv],
    ],
    async run(session, values) {
      const { output } = session;
      const selection = readSelection(values, t);
      const format = readFormat(values.format, values.out, t);
      const sql = openSql(await session.target(), t);
      const startedAt = performance.now();
      try {
        const columns = await readColumns(sql, selection.table, t);
        const total = await countRows(sql, selection);
        const file = openFile(session, values.out, format, columns, values.numbers);
        const progress = output.progress.progress(selection.table);
        let done = 0;
        try {
          for await (const rows of readTable(sql, selection, columns)) {
            session.stop.throwIfAborted();
            await file.write(rows);
            done += rows.length;
            const rate = done / Math.max(0.001, (performance.now() - startedAt) / 1000);
            progress.update({ done, total, note: t.export.rate(number(Math.round(rate))) });
          }
          await file.finish();
        } catch (error) {
          file.discard();
          throw session.stop.aborted ? new CommandError(exitCodes.interrupted, t.export.interrupted) : error;
        }
        progress.finish(t.export.done(number(done), values.out ?? "-"));
        if (values.out !== undefined)
          output.json({ table: selection.table, rows: done, format, file: values.out });
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
  const { day, hasCodes } = exportableNamed(values.table);
  const readDay = (name: "from" | "to") => {
    const text = values[name]?.replaceAll("-", "");
    if (text === undefined) return undefined;
    if (!isDay(text))
      throw new CommandError(exitCodes.usage, t.usage.notADay(`--${name}`, values[name] ?? ""));
    if (day === undefined) throw new CommandError(exitCodes.usage, t.export.noDays(values.table));
    return text;
  };
  const [from, to] = [readDay("from"), readDay("to")];
  if (from !== undefined && to !== undefined && from > to) {
    throw new CommandError(exitCodes.usage, t.usage.fromAfterTo(from, to));
  }
  if (values.codes !== undefined && !hasCodes)
    throw new CommandError(exitCodes.usage, t.export.noCodes(values.table));
  return {
    table: values.table,
    from,
    to,
    codes: values.codes === undefined ? undefined : readCodes(values.codes),
  };
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

/** Under another name until it is whole: nobody takes half a table for one. */
function openFile(
  session: Session,
  out: string | undefined,
  format: (typeof formats)[number],
  columns: readonly TableColumn[],
  numbers: "double" | "exact",
): RowFile & { discard(): void } {
  const heading = csvLine(columns.map(({ name }) => name));
  if (out === undefined) {
    let head = heading;
    return {
      async write(rows) {
        await session.output.write(head + rows.map(csvLine).join(""));
        head = "";
      },
      async finish() {
        if (head !== "") await session.output.write(head);
      },
      discard: () => undefined,
    };
  }
  const part = `${out}.part`;
  const file = format === "parquet" ? openParquet(part, columns, numbers) : openCsv(part, heading);
  return {
    write: file.write,
    async finish() {
      await file.finish();
      renameSync(part, out);
    },
    discard: () => rmSync(part, { force: true }),
  };
}

function openCsv(path: string, heading: string): RowFile {
  const stream = createWriteStream(path);
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
  const headed = write(heading);
  headed.catch(() => undefined); // the first write says it
  return {
    async write(rows) {
      await headed;
      await write(rows.map(csvLine).join(""));
    },
    async finish() {
      await headed;
      stream.end();
      await finished(stream);
    },
  };
}
