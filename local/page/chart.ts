// Prices of one code as a chart, and the same numbers as a table, for screen readers.
import { addDays, formatDay } from "../../shared/catalogue/dates.ts";
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
import { lineChart } from "../../shared/widget/line-chart.ts";
import { renderTable } from "../../shared/widget/table.ts";
import { type Range, ranges } from "./range.ts";
import { search } from "./search.ts";
import type { PageWords } from "./words.ts";

export type ChartChoice = {
  /** A code, a name or pinyin initials, of which the first match is drawn; if empty, a stored code is chosen. */
  readonly typed: string;
  readonly adjust: Adjustment;
  readonly range: Range;
  /** Width in pixels. */
  readonly width: number;
};

const height = 240;
const widths = { least: 260, most: 1_400, usual: 640 };
const tableRowsMax = 250;
const typedCharactersMax = 50;

export function readChoice(query: URLSearchParams): ChartChoice {
  const width = Math.round(Number(query.get("width") ?? widths.usual)) || widths.usual;
  return {
    typed: (query.get("code") ?? "").trim().slice(0, typedCharactersMax),
    adjust: adjustments.find((name) => name === query.get("adjust")) ?? "none",
    range: (Object.keys(ranges) as Range[]).find((name) => name === query.get("range")) ?? "1y",
    width: Math.min(widths.most, Math.max(widths.least, width)),
  };
}

/** The chart as markup, and its code; no code while nothing is stored. */
export async function drawChart(
  database: Database,
  choice: ChartChoice,
  words: PageWords,
): Promise<{ code: string; html: string }> {
  const [match] = choice.typed === "" ? [] : await search(database, choice.typed);
  const isUnknown = choice.typed !== "" && match === undefined;
  const found = isUnknown ? undefined : await chartedCode(database, match?.ts_code ?? "");
  if (found === undefined) {
    const text = isUnknown
      ? words.noMatch(choice.typed)
      : match === undefined
        ? words.nothingStored
        : words.noPrices(`${match.ts_code} ${match.name}`.trim());
    return { code: match?.ts_code ?? "", html: html`<p class="ts-quiet">${text}</p>`.markup };
  }
  const { code, name, newest } = found;
  const span = ranges[choice.range];
  const from = span === undefined ? undefined : addDays(newest, -span);
  const rows = await readWhole(dailyRowsMax, (last?: DailyRow) =>
    dailyOfCode(
      database,
      code,
      { from: last === undefined ? from : addDays(last.trade_date, 1) },
      { adjust: choice.adjust },
      dailyRowsMax,
    ),
  );
  const title = [code, name, words.adjustments[choice.adjust]].filter((part) => part !== "").join(" · ");
  const chart = lineChart({
    title,
    labels: rows.map(({ trade_date }) => formatDay(trade_date)),
    series: [{ name: words.close, values: rows.map((row) => numberOf(row, "close")) }],
    fromZero: false,
    width: choice.width,
    height,
    words: words.widget,
  });
  return {
    code,
    html: html`${headline(rows, words)}${{ markup: chart }}${table(rows, title, words)}`.markup,
  };
}

/** The newest price, and its change over the range. */
function headline(rows: readonly DailyRow[], words: PageWords): Markup | undefined {
  const closes = rows.map((row) => numberOf(row, "close")).filter((close) => close !== null);
  const [first, last] = [closes.at(0), closes.at(-1)];
  const newest = rows.at(-1);
  if (first === undefined || last === undefined || newest === undefined) return undefined;
  const percent = first === 0 ? 0 : (100 * (last - first)) / first;
  const sign = percent > 0 ? "+" : percent < 0 ? "−" : "±";
  const moved = `${sign}${formatNumber(Math.abs(percent))} %`;
  return html`<p class="price"><strong>${formatNumber(last, 2)}</strong> ${words.priceOn(formatDay(newest.trade_date), moved)}</p>`;
}

function table(rows: readonly DailyRow[], title: string, words: PageWords): Markup {
  const shown = rows.slice(-tableRowsMax).reverse();
  const numbers = (["open", "high", "low", "close", "vol"] as const).map((column) => ({
    name: words.columns[column],
    isNumber: true,
    cell: (row: DailyRow) => {
      const value = numberOf(row, column);
      return value === null ? "–" : formatNumber(value, column === "vol" ? 0 : 3);
    },
  }));
  const day = { name: words.day, cell: ({ trade_date }: DailyRow) => formatDay(trade_date) };
  return html`<details><summary>${words.asTable(shown.length)}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${title}">${renderTable({ columns: [day, ...numbers], rows: shown, isPlain: true, caption: title })}</div></details>`;
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
