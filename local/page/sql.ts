// The SQL box: one reading statement, as the user that may only read, in a transaction that cannot write, for a limited time. Its
// rows come as a picture and a table, or as CSV to download.
import pg from "pg";
import { words as datasetWords } from "../../shared/catalogue/dataset-files.ts";
import { csvHead, csvLine } from "../../shared/reads/csv.ts";
import { firstWord, isReading } from "../../shared/reads/statement.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { renderTable } from "../../shared/widget/table.ts";
import { type Column, drawResult, isNumber, type Result, type Rows } from "./picture.ts";
import { type Question, questionLimits, type Saved } from "./questions.ts";
import type { PageWords } from "./words.ts";

/** More are for the CSV. */
const tableRowsMax = 200;

/** The text of a CSV is held here and in the browser before it is saved; `npx tushare-sync query` has no such limit. */
const csvRowsMax = 100_000;

/** A cell of the table; the CSV has all of it. */
const cellCharactersMax = 500;

/** Of all cells that are held here. */
const bytesMax = 20_000_000;

/** Wide rows come a few at a time. */
const [firstRows, pageRowsMax, pageBytes] = [10, 5_000, 5_000_000];

const statementSeconds = 15;

export type SqlAnswer =
  | { readonly text: string; readonly html: string }
  | { readonly text: string; readonly csv: string }
  | { readonly refusal: string };

/** Types that the page aligns as numbers, and CSV leaves unquoted, by PostgreSQL's number of them (pg_type). */
const plainTypes: Readonly<Record<number, string>> = {
  16: "bool",
  20: "int8",
  21: "int2",
  23: "int4",
  700: "float4",
  701: "float8",
  1082: "date",
  1114: "timestamp",
  1184: "timestamptz",
  1700: "numeric",
};

/** Pixels of the picture. */
const widths = { least: 260, most: 1_400, usual: 640 };

/** @param given the statement as `sql`, and `csv: true` for a file or the `width` of the place of the picture */
export async function askSql(
  url: string,
  given: object,
  words: PageWords,
  secondsMax = statementSeconds,
): Promise<SqlAnswer> {
  const { sql, csv, width }: { sql?: unknown; csv?: unknown; width?: unknown } = given;
  const text = typeof sql === "string" ? sql.trim().replace(/;\s*$/, "") : "";
  if (text === "") return { refusal: words.sql.empty };
  if (!isReading(text)) return { refusal: words.sql.readsOnly(firstWord(text)) };
  try {
    const begun = performance.now();
    const { columns, rows, isCut } = await read(url, text, {
      rowsMax: csv === true ? csvRowsMax : tableRowsMax,
      secondsMax,
    });
    const seconds = formatNumber((performance.now() - begun) / 1_000, 2);
    const count = formatNumber(rows.length);
    if (csv === true) {
      const lines = rows.map((row) => csvLine(row, columns));
      return { text: words.sql.saved(count, isCut), csv: csvHead(columns) + lines.join("") };
    }
    return {
      text: words.sql.shown(count, seconds, isCut),
      html: show({ columns, rows, isCut, width: fitting(width) }, words),
    };
  } catch (error) {
    return { refusal: explain(error, secondsMax, words) };
  }
}

function fitting(width: unknown): number {
  const pixels = Math.round(Number(width ?? widths.usual)) || widths.usual;
  return Math.min(widths.most, Math.max(widths.least, pixels));
}

async function read(
  url: string,
  text: string,
  { rowsMax, secondsMax }: { readonly rowsMax: number; readonly secondsMax: number },
): Promise<Rows & { readonly isCut: boolean }> {
  const client = new pg.Client({
    connectionTimeoutMillis: 5_000,
    connectionString: url,
    types: { getTypeParser: () => String },
  });
  client.on("error", () => undefined); // the statement under way reports it
  await client.connect();
  // A prepared statement is one statement: a second one behind a semicolon is refused.
  const run = async (sql: string) =>
    await client.query<(string | null)[]>({
      text: sql,
      rowMode: "array",
      queryMode: "extended",
    } as pg.QueryArrayConfig);
  try {
    await run("begin transaction read only");
    await run(`set local statement_timeout = '${secondsMax}s'`);
    if (/^(explain|show)$/i.test(firstWord(text))) {
      const { fields, rows } = await run(text); // short, and a cursor cannot run them
      return { columns: fields.map(asColumn), rows, isCut: false };
    }
    await run(`${cursor}${text}`);
    const rows: (string | null)[][] = [];
    for (let [wanted, bytes] = [firstRows, 0]; ; ) {
      const page = await run(`fetch forward ${wanted} from page`);
      rows.push(...page.rows);
      for (const row of page.rows) for (const cell of row) bytes += cell?.length ?? 0;
      const isWhole = page.rows.length < wanted && rows.length <= rowsMax;
      if (isWhole || rows.length > rowsMax || bytes > bytesMax) {
        return { columns: page.fields.map(asColumn), rows: rows.slice(0, rowsMax), isCut: !isWhole };
      }
      const fitting = Math.floor(pageBytes / Math.max(1, bytes / rows.length));
      wanted = Math.max(1, Math.min(fitting, pageRowsMax, rowsMax + 1 - rows.length));
    }
  } finally {
    await client.end(); // ends the transaction too
  }
}

function asColumn({ name, dataTypeID }: pg.FieldDef): Column {
  return { name, type: plainTypes[dataTypeID] ?? "text" };
}

const cursor = "declare page no scroll cursor for ";

function show(result: Result, words: PageWords): string {
  return html`${drawResult(result, words)}${tableOf(result, words)}`.markup;
}

function tableOf({ columns, rows }: Rows, words: PageWords): Markup {
  if (columns.length === 0) return html``;
  const table = renderTable<Rows["rows"][number]>({
    isPlain: true,
    columns: columns.map((column, at) => ({
      ...{ name: column.name, isNumber: isNumber(column), cell: (row) => cellOf(row[at] ?? null) },
    })),
    rows,
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.sql.result}">${table}</div>`;
}

function cellOf(value: string | null): Markup | string {
  if (value === null) return html`<span class="ts-quiet">null</span>`;
  return value.length > cellCharactersMax ? `${value.slice(0, cellCharactersMax)} …` : value;
}

/** PostgreSQL's code for a cancelled statement. */
const stopped = "57014";

function explain(error: unknown, secondsMax: number, { sql, widget }: PageWords): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof pg.DatabaseError)) return widget.said(error.message);
  const { code, position, hint } = error;
  if (code === stopped) return sql.timedOut(String(secondsMax));
  const at = Number(position) - cursor.length;
  return [widget.said(error.message), at > 0 ? sql.position(String(at)) : "", hint ?? ""]
    .filter((part) => part !== "")
    .join(" · ");
}

/** @param saved a person's own questions, or why they cannot be read */
export function sqlForm({ sql, language, closeNames }: PageWords, saved: Saved): Markup {
  const examples = Object.values(datasetWords).flatMap(({ example }) => example ?? []);
  const options = examples.map(
    ({ asks, sql: text }) => html`<option value="${text}">${language === "en" ? asks.en : asks.zh}</option>`,
  );
  const [own, trouble] = "refusal" in saved ? [[], saved.refusal] : [saved, undefined];
  return html`<form id="sql-form" data-waiting="${sql.running}">
<div class="sql-questions"><label>${sql.questions}<select id="sql-example"><option value="">${sql.choose}</option><optgroup label="${sql.examples}">${options}</optgroup><optgroup id="sql-own" label="${sql.own}"${own.length === 0 ? html` hidden` : undefined}>${questionOptions(own)}</optgroup></select></label>
<button type="button" id="question-drop" data-act="${sql.deleteQuestion}" data-ask="${sql.askDelete("{name}")}" hidden>${sql.deleteQuestion} …</button>
<button type="button" id="question-keep" data-act="${sql.saveQuestion}" data-ask="${sql.saveQuestion}">${sql.saveQuestion} …</button></div>
<label>${sql.statement}<textarea name="sql" rows="5" spellcheck="false" autocapitalize="off" aria-describedby="sql-hint"></textarea></label>
<p id="sql-hint" class="ts-quiet">${sql.hint(String(tableRowsMax), String(statementSeconds))}</p>
<div class="answers"><button type="button" id="sql-save" class="plain">${sql.save}</button><button class="main">${sql.run}</button></div>
</form>
<p id="sql-said" class="sql-said${trouble === undefined ? "" : " trouble"}" role="status">${trouble}</p>
<div id="sql-result"></div>
<dialog id="question-ask" aria-labelledby="question-ask-title">
<form method="dialog">
<p id="question-ask-title"></p>
<label id="question-ask-name">${sql.name}<input type="text" required maxlength="${questionLimits.nameCharacters}" autocomplete="off" aria-describedby="question-ask-hint"><span id="question-ask-hint" class="ts-quiet">${sql.nameHint}</span></label>
<div class="answers"><button type="button" id="question-ask-no" class="plain">${closeNames}</button><button id="question-ask-yes" value="yes" class="main"></button></div>
</form>
</dialog>`;
}

/** A person's own questions, to choose from. */
export function questionOptions(questions: readonly Question[]): Markup {
  return html`${questions.map(({ name, sql }) => html`<option value="${sql}" data-name="${name}">${name}</option>`)}`;
}
