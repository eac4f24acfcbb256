// `query`: SQL to a table, CSV or JSON. It runs in a read-only transaction, and reads page by page.

import { csvHead, csvLine } from "../../shared/reads/csv.ts";
import { firstWord, isReading } from "../../shared/reads/statement.ts";
import { command, type Session } from "../command.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { openSql, type Page } from "../sql.ts";
import { asObjects, rowFormats, tableLines, tableRowsMax } from "../write-rows.ts";

export const queryCommand = (t: Messages) =>
  command({
    usage: "query <sql>",
    about: t.query.about,
    options: {
      sql: { type: "string", demandOption: true, describe: t.query.sqlOption },
      format: { alias: "f", type: "string", choices: rowFormats, describe: t.query.formatOption },
      timeout: timeoutOption(t),
    },
    examples: [
      [
        `query "select trade_date, close from stock_daily where ts_code = '600519.SH' order by 1 desc limit 5"`,
        t.query.exampleTable,
      ],
      [`query "select * from stock_info" --format csv > stocks.csv`, t.query.exampleCsv],
    ],
    async run(session, { sql: text, format: asked, timeout }) {
      if (text.trim() === "") throw new CommandError(exitCodes.usage, t.query.empty);
      if (!isReading(text)) throw new CommandError(exitCodes.usage, t.query.readsOnly(firstWord(text)));
      const timeoutSeconds = readTimeout(timeout, t);
      const { output } = session;
      const format = asked ?? (session.json ? "json" : "table");
      const target = await session.target();
      sayOrigin(target, session);
      const sql = openSql(target, t, { stop: session.stop, timeoutSeconds });
      try {
        const pages = untilStopped(sql.readPages(text), session);
        if (format === "table") await printTable(pages, session.output, t);
        else await printPages(pages, format, output.write);
      } finally {
        sql.close();
      }
      return exitCodes.done;
    },
  });

/** The Data API ends a statement after 45 seconds. */
const timeoutSecondsMax = 45;

export const timeoutOption = (t: Messages) =>
  ({ type: "number", default: 30, describe: t.query.timeoutOption }) as const;

export function readTimeout(seconds: number, t: Messages): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= timeoutSecondsMax) return seconds;
  throw new CommandError(exitCodes.usage, t.query.badTimeout(String(seconds)));
}

/** Ends the transaction on Ctrl-C. */
async function* untilStopped(pages: AsyncGenerator<Page>, { stop, t }: Session): AsyncGenerator<Page> {
  for await (const page of pages) {
    if (stop.aborted) throw new CommandError(exitCodes.interrupted, t.query.interrupted);
    yield page;
  }
}

/** The row limit of a table; its columns are as wide as the widest row. */
async function printTable(
  pages: AsyncGenerator<Page>,
  output: { write(text: string): Promise<void>; note(text: string): void },
  t: Messages,
): Promise<void> {
  const shown: Page["rows"][number][] = [];
  let columns: Page["columns"] = [];
  for await (const page of pages) {
    columns = page.columns;
    shown.push(...page.rows);
    if (shown.length > tableRowsMax) break;
  }
  const isCut = shown.length > tableRowsMax;
  const rows = shown.slice(0, tableRowsMax);
  await output.write(`${tableLines({ columns, rows }).join("\n")}\n`);
  output.note(isCut ? t.query.cut(String(tableRowsMax)) : t.query.rows(String(rows.length)));
}

async function printPages(
  pages: AsyncGenerator<Page>,
  format: "csv" | "json",
  write: (text: string) => Promise<void>,
): Promise<void> {
  let isFirst = true;
  for await (const page of pages) {
    if (format === "csv") {
      const { columns, rows } = page;
      const head = isFirst ? csvHead(columns) : "";
      await write(head + rows.map((row) => csvLine(row, columns)).join(""));
    } else {
      const rows = asObjects(page).map((row) => JSON.stringify(row));
      await write(`${isFirst ? "[" : rows.length > 0 ? "," : ""}${rows.join(",\n")}`);
    }
    isFirst = false;
  }
  if (format === "json") await write(isFirst ? "[]\n" : "]\n");
}
