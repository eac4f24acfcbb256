// A picture of a statement's rows: lines over days or numbers, or bars of what has a name; none where the rows have neither shape.
import { renderBar } from "../../shared/widget/bar.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { colours } from "../../shared/widget/style.ts";
import {
  describeSeries,
  fractionDigits,
  gridLine,
  legend,
  line,
  margin,
  round,
  type Series,
} from "./axis.ts";
import type { PageWords } from "./words.ts";

export type Column = { readonly name: string; readonly type: string };

export type Rows = {
  readonly columns: readonly Column[];
  /** As PostgreSQL writes values. */
  readonly rows: readonly (readonly (string | null)[])[];
};

/** Of a result: its rows, whether there are more, and the width of its place in pixels. */
export type Result = Rows & { readonly isCut: boolean; readonly width: number };

const linesMax = 4;
const barsMax = 30;

/** Of a bar's name; its title has more. */
const nameCharactersMax = { shown: 60, title: 500 };

/** Columns whose greatest values are further apart get a drawing of their own: the smaller one would be a flat line. */
const apart = 10;

const heights = { single: 220, several: 130 };

export function drawResult(result: Result, words: PageWords): Markup | undefined {
  const [first] = result.columns;
  if (first === undefined || result.rows.length < 2) return undefined;
  return isNumber(first) || isTime(first) ? drawLines(result, words) : drawBars(result, words);
}

export function isNumber({ type }: Column): boolean {
  return /^(int|float|numeric)/.test(type);
}

function isTime({ type }: Column): boolean {
  return /^(date|timestamp)/.test(type);
}

type Unit = { readonly size: number; readonly name: string };

/** Ascending by the first column. Where a value of it repeats, the rows are several series below each other: no picture. */
function drawLines({ columns, rows, isCut, width }: Result, words: PageWords): Markup | undefined {
  const [axis] = columns;
  if (axis === undefined) return undefined;
  const at = (text: string | null | undefined) => (isTime(axis) ? timeOf(text) : numberOf(text));
  const points = rows
    .flatMap((row) => {
      const x = at(row[0]);
      return x === null ? [] : [{ x, row }];
    })
    .sort((a, b) => a.x - b.x);
  const [start, end] = [points[0], points.at(-1)];
  const isRepeated = points.some(({ x }, index) => x === points[index - 1]?.x);
  const numbers = columns.flatMap((column, index) =>
    index > 0 && isNumber(column) ? [{ name: column.name, index }] : [],
  );
  const series = numbers.slice(0, linesMax).map(({ name, index }) => ({
    name,
    values: points.map(({ row }) => numberOf(row[index])),
  }));
  const known = series.filter(({ values }) => values.some((value) => value !== null));
  if (start === undefined || end === undefined || start === end || isRepeated || known.length === 0) {
    return undefined;
  }
  const inner = width - margin.left - margin.right;
  const xs = points.map(({ x }) => margin.left + ((x - start.x) / (end.x - start.x)) * inner);
  const panels = together(known);
  const height = panels.length === 1 ? heights.single : heights.several;
  const ends = [start, end].map(({ row }) => (row[0] ?? "").slice(0, 16)) as [string, string];
  const drawings = panels.map((panel) => {
    const unit = unitOf(panel, words);
    const scaled = panel.map(({ name, values }) => ({
      name: named(name, unit),
      values: values.map((value) => (value === null ? null : value / unit.size)),
    }));
    const label = `${axis.name}, ${words.widget.between(...ends)}: ${scaled.map((each) => describeSeries(each, words.widget)).join("; ")}`;
    return html`<p class="ts-quiet">${scaled.map(({ name }, place) => html`<span>${legend(name, place)}</span>`)}</p>
<svg class="ts-chart" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" font-size="11" fill="currentColor">
<title>${label}</title>
${plot(scaled, xs, height, width)}<text x="${margin.left}" y="${height - 6}">${ends[0]}</text>
<text x="${width - margin.right}" y="${height - 6}" text-anchor="end">${ends[1]}</text>
</svg>`;
  });
  const notes = [
    isCut ? words.sql.drawnRows(formatNumber(rows.length)) : "",
    numbers.length > linesMax
      ? words.sql.drawnColumns(formatNumber(linesMax), formatNumber(numbers.length))
      : "",
  ];
  return inFigure(html`${drawings}`, notes);
}

function plot(series: readonly Series[], xs: readonly number[], height: number, width: number): Markup {
  const values = series.flatMap((each) => each.values).filter((value) => value !== null);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const y = (value: number) =>
    high === low ? (top + bottom) / 2 : bottom - ((value - low) / (high - low)) * (bottom - top);
  const x = (index: number) => xs[index] ?? 0;
  const grid = high === low ? [low] : [low, (low + high) / 2, high];
  return html`${grid.map((value) => gridLine(value, y(value), width, fractionDigits(high - low || Math.abs(high))))}${series.map(
    (each, at) => html`${line(each.values, at, x, y)}${dots(each.values, x, y)}`,
  )}`;
}

/** A value between two nulls has no line to be seen by. */
function dots(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): Markup[] {
  return values.flatMap((value, at) => {
    const isAlone = (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
    if (value === null || !isAlone) return [];
    return [html`<circle cx="${round(x(at))}" cy="${round(y(value))}" r="2" fill="${colours.active}" />\n`];
  });
}

/** Series of the same magnitude share a drawing. */
function together(series: readonly Series[]): Series[][] {
  const panels: { readonly greatest: number; readonly series: Series[] }[] = [];
  for (const each of series) {
    const greatest = greatestOf(each.values);
    const panel = panels.find(
      (other) => greatest <= other.greatest * apart && other.greatest <= greatest * apart,
    );
    if (panel === undefined) panels.push({ greatest, series: [each] });
    else panel.series.push(each);
  }
  return panels.map((panel) => panel.series);
}

/** So that the numbers beside the drawing are short, and not all zero. */
function unitOf(series: readonly Series[], { sql }: PageWords): Unit {
  const greatest = greatestOf(series.flatMap(({ values }) => values));
  if (greatest > 0 && greatest < 0.01) return { size: 1e-6, name: "10⁻⁶" };
  return sql.units.find(({ size }) => greatest >= size * apart) ?? { size: 1, name: "" };
}

function greatestOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
}

/** A bar for each row, as long as its first number; its name is what stands before that. */
function drawBars({ columns, rows, isCut }: Result, words: PageWords): Markup | undefined {
  const first = columns.findIndex(isNumber);
  if (first < 1) return undefined;
  // What the rows are sorted by is what was asked for.
  const sorted = columns.findIndex(
    (column, place) => isNumber(column) && isSorted(rows.map((row) => row[place])),
  );
  const at = sorted === -1 ? first : sorted;
  const bars = rows.slice(0, barsMax).map((row) => ({
    name: row
      .slice(0, first)
      .map((cell) => cell ?? "null")
      .join(" · "),
    value: numberOf(row[at]),
  }));
  const known = bars.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  if (known.length === 0) return undefined;
  const unit = unitOf([{ name: "", values: bars.map(({ value }) => value) }], words);
  const low = Math.min(0, ...known.map(({ value }) => value));
  const whole = Math.max(0, ...known.map(({ value }) => value)) - low || 1;
  const figure = (value: number) => formatNumber(value / unit.size, whole < unit.size ? 3 : 2);
  const drawn = bars.map(({ name, value }) => {
    // A bar below zero ends where the others begin.
    const parts =
      value === null
        ? []
        : [
            { name: "sql-before", length: ((Math.min(0, value) - low) / whole) * 100, fill: "none" },
            {
              ...{ name: "sql-bar", length: (Math.abs(value) / whole) * 100 },
              fill: value < 0 ? colours.bad : colours.active,
            },
          ];
    return html`<span class="sql-name" title="${name.slice(0, nameCharactersMax.title)}">${name.slice(0, nameCharactersMax.shown)}</span>${renderBar({ name: "sql-track", width: 100, height: 12, whole: 100, parts })}<span class="ts-number">${value === null ? "null" : figure(value)}</span>
`;
  });
  const column = named(columns[at]?.name ?? "", unit);
  const written = ({ name, value }: { name: string; value: number }) =>
    `${name.slice(0, nameCharactersMax.shown)} ${figure(value)}`;
  const highest = known.reduce((a, b) => (b.value > a.value ? b : a));
  const lowest = known.reduce((a, b) => (b.value < a.value ? b : a));
  const label = words.sql.bars(column, formatNumber(bars.length), written(highest), written(lowest));
  const notes = [
    column,
    rows.length > bars.length || isCut ? words.sql.drawnRows(formatNumber(bars.length)) : "",
  ];
  return inFigure(html`<div class="sql-bars" role="img" aria-label="${label}">${drawn}</div>`, notes);
}

/** Whether the values rise or fall from row to row, and are not all the same. */
function isSorted(cells: readonly (string | null | undefined)[]): boolean {
  const steps = cells
    .slice(1)
    .map((cell, at) => Math.sign(Number(cell ?? Number.NaN) - Number(cells[at] ?? Number.NaN)));
  return (
    steps.some((step) => step !== 0) && (steps.every((step) => step >= 0) || steps.every((step) => step <= 0))
  );
}

const named = (column: string, { name }: Unit) => (name === "" ? column : `${column} (${name})`);

function inFigure(drawing: Markup, notes: readonly string[]): Markup {
  const text = notes.filter((note) => note !== "").join(" · ");
  return html`<figure class="sql-picture">${drawing}${text === "" ? undefined : html`<figcaption class="ts-quiet">${text}</figcaption>`}</figure>`;
}

/** Null where it cannot be drawn: PostgreSQL knows NaN and Infinity too. */
function numberOf(text: string | null | undefined): number | null {
  const value = text === null || text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** PostgreSQL writes a day as 2024-01-02, a time as 2024-01-02 10:00:00 or, with its zone, 2024-01-02 10:00:00+08. */
function timeOf(text: string | null | undefined): number | null {
  const [day = "", clock] = (text ?? "").split(" ");
  const zoned = clock?.replace(/([+-]\d\d)$/, "$1:00").replace(/^[^+-]*$/, "$&Z");
  const time = Date.parse(clock === undefined ? day : `${day}T${zoned}`);
  return Number.isNaN(time) ? null : time;
}
