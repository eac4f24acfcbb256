// Prices of one code, or of two as they moved, as a chart, and the same numbers as a table, for screen readers.
import { addDays, type Day, formatDay, isDay } from "../../shared/catalogue/dates.ts";
import type { Database } from "../../shared/ports.ts";
import {
  type Adjustment,
  adjustments,
  chartedCode,
  type DailyRow,
  dailyOfCode,
} from "../../shared/reads/daily.ts";
import { dailyRowsMax } from "../../shared/reads/figures.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { renderTable } from "../../shared/widget/table.ts";
import { type Bar, drawCandles, drawComparison, percent } from "./candles.ts";
import { type Mark, marksOfBars, readMarks } from "./marks.ts";
import { isWholeCode, readPlainBars, searchPlain } from "./plain-bars.ts";
import { type Range, ranges } from "./range.ts";
import { search } from "./search.ts";
import type { PageWords } from "./words.ts";

export type ChartChoice = {
  /** A code, a name or pinyin initials, of which the first match is drawn; if empty, a stored code is chosen. */
  readonly typed: string;
  /** A second code to compare, found in the same way; none if empty. */
  readonly compared: string;
  readonly adjust: Adjustment;
  readonly range: Range;
  /** Days that were chosen by hand; then the range does not count. */
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  /** Width in pixels. */
  readonly width: number;
};

const widths = { least: 260, most: 1_400, usual: 640 };
const tableRowsMax = 250;
const typedCharactersMax = 50;

export function readChoice(query: URLSearchParams): ChartChoice {
  const width = Math.round(Number(query.get("width") ?? widths.usual)) || widths.usual;
  return {
    typed: (query.get("code") ?? "").trim().slice(0, typedCharactersMax),
    compared: (query.get("compare") ?? "").trim().slice(0, typedCharactersMax),
    adjust: adjustments.find((name) => name === query.get("adjust")) ?? "none",
    range: (Object.keys(ranges) as Range[]).find((name) => name === query.get("range")) ?? "1y",
    ...readDays(query),
    width: Math.min(widths.most, Math.max(widths.least, width)),
  };
}

/** From and to as a date field sends them, in either order; anything else counts as not chosen. */
function readDays(query: URLSearchParams): { from?: Day | undefined; to?: Day | undefined } {
  const [from, to] = ["from", "to"].map((name) => {
    const day = (query.get(name) ?? "").replaceAll("-", "");
    return isDay(day) ? day : undefined;
  });
  return from !== undefined && to !== undefined && from > to ? { from: to, to: from } : { from, to };
}

type Found = {
  readonly code: string;
  readonly name: string;
  readonly newest: Day;
  /** Where its bars are, if they have no adjustment factor. */
  readonly table?: string;
};

/** The chart as markup, and its codes; no code while nothing is stored. */
export async function drawChart(
  database: Database,
  choice: ChartChoice,
  words: PageWords,
): Promise<{ code: string; compared: string; html: string }> {
  const found = await findPrices(database, choice.typed, words);
  if ("refusal" in found) return { ...found, compared: "", html: found.refusal.markup };
  const other = choice.compared === "" ? undefined : await findPrices(database, choice.compared, words);
  const isCompared = other !== undefined && !("refusal" in other) && other.code !== found.code;
  const span = ranges[choice.range];
  const isChosen = choice.from !== undefined || choice.to !== undefined;
  const range = isChosen
    ? { from: choice.from, to: choice.to }
    : { from: span === undefined ? undefined : addDays(found.newest, -span) };
  const rowsOf = (one: Found) => readPrices(database, one, range, choice.adjust);
  const [rows, otherRows] = [await rowsOf(found), isCompared ? await rowsOf(other) : undefined];
  const adjusted = words.adjustments[choice.adjust];
  const title = [titleOf(found), ...(isCompared ? [titleOf(other)] : []), adjusted].join(" · ");
  const { width } = choice;
  const marks = isCompared ? [] : await readMarks(database, found.code, rows, words);
  const bars = rows.flatMap(asBar);
  if (bars.length === 0) {
    return {
      code: found.code,
      compared: "",
      html: html`<p class="ts-quiet">${words.noPricesThen(titleOf(found))}</p>`.markup,
    };
  }
  const drawn =
    otherRows === undefined || !isCompared
      ? drawCandles({ title, width, bars, marks }, words)
      : drawComparison({ title, width, ...sideBySide([found, rows], [other, otherRows]) }, words);
  const refusal = other !== undefined && "refusal" in other ? other.refusal : undefined;
  return {
    code: found.code,
    compared: isCompared ? other.code : "",
    html: html`${refusal}${headline(rows, words)}${drawn}${table(rows, title, words, { others: otherRows, marks })}`
      .markup,
  };
}

/** The code of the first match that has prices, or why there is none. */
async function findPrices(
  database: Database,
  typed: string,
  words: PageWords,
): Promise<Found | { readonly code: string; readonly refusal: Markup }> {
  const [plain] = isWholeCode(typed) ? await searchPlain(database, typed) : [];
  if (plain !== undefined) return { ...plain, code: plain.ts_code };
  const [match] = typed === "" ? [] : await search(database, typed);
  const isUnknown = typed !== "" && match === undefined;
  const found = isUnknown ? undefined : await chartedCode(database, match?.ts_code ?? "");
  if (found !== undefined) return found;
  const [named] = await searchPlain(database, typed);
  if (named !== undefined) return { ...named, code: named.ts_code };
  const text = isUnknown
    ? words.noMatch(typed)
    : match === undefined
      ? words.nothingStored
      : words.noPrices(`${match.ts_code} ${match.name}`.trim());
  return { code: match?.ts_code ?? "", refusal: html`<p class="ts-quiet">${text}</p>` };
}

function readPrices(
  database: Database,
  { code, table }: Found,
  { from, to }: { readonly from?: Day | undefined; readonly to?: Day | undefined },
  adjust: Adjustment,
): Promise<DailyRow[]> {
  if (table !== undefined) return readPlainBars(database, { table, ts_code: code }, { from, to });
  return readWhole(dailyRowsMax, (last?: DailyRow) => {
    const range = { from: last === undefined ? from : addDays(last.trade_date, 1), to };
    return dailyOfCode(database, code, range, { adjust }, dailyRowsMax);
  });
}

function titleOf({ code, name }: Found): string {
  return name === "" ? code : `${code} · ${name}`;
}

/** None of a day without a close. */
function asBar(row: DailyRow): Bar[] {
  const close = numberOf(row, "close");
  if (close === null) return [];
  const [open, high, low] = [numberOf(row, "open"), numberOf(row, "high"), numberOf(row, "low")];
  const ends = [open ?? close, high ?? close, low ?? close, close];
  return [
    {
      ...{ day: formatDay(row.trade_date), open: open ?? close, close },
      ...{ high: Math.max(...ends), low: Math.min(...ends), vol: numberOf(row, "vol") ?? 0 },
    },
  ];
}

/** Closes of two codes, on all days of either. */
function sideBySide(...codes: readonly (readonly [Found, readonly DailyRow[]])[]) {
  const days = [...new Set(codes.flatMap(([, rows]) => rows.map((row) => row.trade_date)))].sort();
  const lines = codes.map(([found, rows]) => {
    const closes = new Map(rows.map((row) => [row.trade_date, numberOf(row, "close")]));
    return { name: titleOf(found), closes: days.map((day) => closes.get(day) ?? null) };
  });
  return { days: days.map(formatDay), lines };
}

/** The newest price, and its change over the range. */
function headline(rows: readonly DailyRow[], words: PageWords): Markup | undefined {
  const closes = rows.map((row) => numberOf(row, "close")).filter((close) => close !== null);
  const [first, last] = [closes.at(0), closes.at(-1)];
  const newest = rows.at(-1);
  if (first === undefined || last === undefined || newest === undefined) return undefined;
  const moved = percent(first === 0 ? 0 : last / first - 1);
  return html`<p class="price"><strong>${formatNumber(last, 2)}</strong> ${words.priceOn(formatDay(newest.trade_date), moved)}</p>`;
}

/** @param others closes of a second code get a column, as marks do */
function table(
  rows: readonly DailyRow[],
  title: string,
  words: PageWords,
  {
    others = [],
    marks,
  }: { readonly others?: readonly DailyRow[] | undefined; readonly marks: readonly Mark[] },
): Markup {
  const closes = new Map(others.map((row) => [row.trade_date, numberOf(row, "close")]));
  const shown = rows.slice(-tableRowsMax).reverse();
  const numbers = (["open", "high", "low", "close", "vol"] as const).map((column) => ({
    name: words.columns[column],
    isNumber: true,
    cell: (row: DailyRow) => figureOf(numberOf(row, column), column === "vol" ? 0 : 3),
  }));
  const [other] = others;
  const compared = other && {
    ...{ name: `${other.ts_code} ${words.columns.close}`, isNumber: true },
    cell: ({ trade_date }: DailyRow) => figureOf(closes.get(trade_date) ?? null, 3),
  };
  const ofDays = marksOfBars(
    marks,
    rows.map(({ trade_date }) => formatDay(trade_date)),
  );
  const told = new Map(
    rows.map(({ trade_date }, at) => [trade_date, ofDays[at]?.map(({ text }) => text).join("; ")]),
  );
  const events = {
    name: words.marks.column,
    cell: ({ trade_date }: DailyRow) => told.get(trade_date) ?? "",
  };
  const day = { name: words.day, cell: ({ trade_date }: DailyRow) => formatDay(trade_date) };
  return html`<details><summary>${words.asTable(shown.length)}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${title}">${renderTable({ columns: [day, ...numbers, ...(compared ? [compared] : []), ...(marks.length > 0 ? [events] : [])], rows: shown, isPlain: true, caption: title })}</div></details>`;
}

function figureOf(value: number | null, digits: 0 | 3): string {
  return value === null ? "–" : formatNumber(value, digits);
}

function numberOf({ figures }: DailyRow, column: string): number | null {
  const figure = figures[column];
  return figure === null || figure === undefined ? null : Number(figure);
}

/** Enough for all days of a code. */
const piecesMax = 12;

/** All rows of a selection, read in pieces: each after the last row of the one before. */
async function readWhole<Row>(
  pieceRows: number,
  read: (after: Row | undefined) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let pieces = 0; pieces < piecesMax; pieces += 1) {
    const piece = await read(rows.at(-1));
    rows.push(...piece);
    if (piece.length < pieceRows) return rows;
  }
  throw new Error(`more than ${piecesMax * pieceRows} rows in one chart`);
}
