// Prices as SVG: candles with their volume, or two codes as lines that begin at 100. A slider over the drawing moves a crosshair
// by mouse, touch and keys, and says the figures of its day.
import { addDays, weekday } from "../../shared/catalogue/dates.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { describeSeries, fractionDigits, gridLine, legend, line, margin, round } from "./axis.ts";
import { type Mark, marksOfBars } from "./marks.ts";
import type { PageWords } from "./words.ts";

/** One trading day; of a suspended one there is no bar. */
export type Bar = {
  /** 2024-01-02 */
  readonly day: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly vol: number;
};

export type Candles = {
  readonly title: string;
  readonly width: number;
  readonly bars: readonly Bar[];
  /** Ascending by day. */
  readonly marks?: readonly Mark[];
};

export type Comparison = {
  readonly title: string;
  readonly width: number;
  readonly days: readonly string[];
  /** Closes of each day, null without one. */
  readonly lines: readonly { readonly name: string; readonly closes: readonly (number | null)[] }[];
};

const height = 300;
const volumeHeight = 52;
const gap = 12;

/** Of a day such as 2024-01-02; a merged bar ends with its last one. */
const dayCharacters = 10;

/** A narrower candle cannot be told from a line. */
const slotPixelsMin = 4;

export function drawCandles({ title, width, bars: days, marks = [] }: Candles, words: PageWords): Markup {
  const inner = width - margin.left - margin.right;
  const [bars, step] = merged(days, Math.floor(inner / slotPixelsMin));
  const slot = inner / bars.length;
  const [low, high] = [Math.min(...bars.map((bar) => bar.low)), Math.max(...bars.map((bar) => bar.high))];
  const most = Math.max(1, ...bars.map(({ vol }) => vol));
  const bottom = height - margin.bottom - volumeHeight - gap;
  const y = (value: number) => margin.top + (1 - (value - low) / (high - low || 1)) * (bottom - margin.top);
  const middle = (at: number) => margin.left + (at + 0.5) * slot;
  const body = Math.max(1, Math.min(14, slot * 0.7));
  const drawn = (isRise: boolean) => {
    const own = bars.flatMap((bar, at) => (bar.close >= bar.open === isRise ? [{ bar, x: middle(at) }] : []));
    const wicks = own.map(({ bar, x }) => wick(bar, x, y)).join("");
    const bodies = own.map(({ bar, x }) => {
      const [top, end] = [y(Math.max(bar.open, bar.close)), y(Math.min(bar.open, bar.close))];
      return box(x - body / 2, top, body, Math.max(1, end - top));
    });
    const volumes = own.map(({ bar, x }) => {
      const tall = (bar.vol / most) * volumeHeight;
      return box(x - body / 2, height - margin.bottom - tall, body, tall);
    });
    const name = isRise ? "rise" : "fall";
    return html`<path class="${name}" d="${wicks}" /><path class="${name} body" d="${bodies.join("")}" /><path class="${name} volume" d="${volumes.join("")}" />
`;
  };
  const { columns, close } = words;
  const digits = fractionDigits(high - low);
  const label = `${title}, ${span(days, words)}: ${describeSeries({ name: close, values: days.map((bar) => bar.close) }, words.widget)}`;
  const marked = marksOfBars(
    marks,
    bars.map(({ day }) => day.slice(-dayCharacters)),
  );
  const signs = marked.map((own, at) => signOf(own, middle(at), bottom + gap - 2));
  const readings = bars.map((bar, at) => {
    const before = bars[at - 1]?.close;
    const figures = (["open", "high", "low", "close"] as const).map(
      (name) => `${columns[name]} ${formatNumber(bar[name], 3)}`,
    );
    const moved = before === undefined || before === 0 ? [] : [percent(bar.close / before - 1)];
    const told = marked[at]?.map(({ text }) => text) ?? [];
    return [bar.day, ...figures, ...moved, `${columns.vol} ${formatNumber(bar.vol, 0)}`, ...told].join("  ");
  });
  return figure({
    ...{ title: `${title}${step === "day" ? "" : `, ${words.steps[step]}`}.`, label, width, readings, words },
    x: [middle(0), slot],
    labels: [bars[0]?.day, bars[Math.floor(bars.length / 2)]?.day, bars.at(-1)?.day],
    drawing: html`${[low, (low + high) / 2, high].map((value) => gridLine(value, y(value), width, digits))}<text x="${margin.left - 6}" y="${height - margin.bottom - volumeHeight + 8}" text-anchor="end">${words.lots(most)}</text>
${drawn(true)}${drawn(false)}${signs}`,
  });
}

export function drawComparison({ title, width, days, lines }: Comparison, words: PageWords): Markup {
  const first = days.findIndex((_, at) => lines.every(({ closes }) => (closes[at] ?? 0) > 0));
  if (first === -1) return html`<p class="ts-quiet">${words.noCommonDay}</p>`;
  const [shown, series] = [
    days.slice(first),
    lines.map(({ name, closes }) => {
      const base = closes[first] ?? 1;
      const values = closes.slice(first).map((close) => (close === null ? null : (100 * close) / base));
      return { name, values };
    }),
  ];
  const all = series.flatMap(({ values }) => values).filter((value) => value !== null);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const slot = (width - margin.left - margin.right) / shown.length;
  const y = (value: number) =>
    margin.top + (1 - (value - low) / (high - low || 1)) * (height - margin.bottom - margin.top);
  const middle = (at: number) => margin.left + (at + 0.5) * slot;
  const label = `${title}, ${words.widget.between(shown[0] ?? "", shown.at(-1) ?? "")}: ${series.map((each) => describeSeries(each, words.widget)).join("; ")}`;
  const readings = shown.map((day, at) => {
    const parts = series.map(({ name, values }) => {
      const value = values[at];
      return `${name} ${value === null || value === undefined ? "–" : `${formatNumber(value)} (${percent(value / 100 - 1)})`}`;
    });
    return [day, ...parts].join("  ");
  });
  return figure({
    ...{
      title: html`${words.rebased(shown[0] ?? "")} ${series.map(({ name }, at) => legend(name, at))}`,
      label,
    },
    ...{ width, readings, words, x: [middle(0), slot] },
    labels: [shown[0], shown[Math.floor(shown.length / 2)], shown.at(-1)],
    drawing: html`${[low, (low + high) / 2, high].map((value) => gridLine(value, y(value), width, 1))}${series.map(({ values }, at) => line(values, at, middle, y))}`,
  });
}

/** A share as a percentage with its sign. */
export function percent(share: number): string {
  const sign = share > 0 ? "+" : share < 0 ? "−" : "±";
  return `${sign}${formatNumber(Math.abs(100 * share), 2)} %`;
}

type Figure = {
  readonly title: Markup | string;
  readonly label: string;
  readonly width: number;
  /** The figures of each day or week as text. */
  readonly readings: readonly string[];
  /** Place of the first reading, and the distance between two. */
  readonly x: readonly [number, number];
  readonly labels: readonly (string | undefined)[];
  readonly drawing: Markup;
  readonly words: PageWords;
};

function figure({ title, label, width, readings, x, labels, drawing, words }: Figure): Markup {
  const [start = "", center = "", end = ""] = labels;
  const baseline = height - 6;
  const last = readings.length - 1;
  const names = html`<text x="${margin.left}" y="${baseline}">${start}</text>
<text x="${(margin.left + width - margin.right) / 2}" y="${baseline}" text-anchor="middle">${readings.length > 2 ? center : ""}</text>
<text x="${width - margin.right}" y="${baseline}" text-anchor="end">${end}</text>`;
  return html`<figure class="ts-figure">
<p id="reading" class="reading">${readings[last]}</p>
<div class="plot">
<svg class="ts-chart candles" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" font-size="11" fill="currentColor">
<title>${label}</title>
${drawing}${names}
<rect id="selection" class="selection" y="${margin.top}" width="0" height="${height - margin.top - margin.bottom}" visibility="hidden" />
<line id="crosshair" class="crosshair" x1="0" x2="0" y1="${margin.top}" y2="${height - margin.bottom}" visibility="hidden" />
</svg>
<input type="range" id="crosshair-day" min="0" max="${last}" value="${last}" aria-label="${words.crosshair}" aria-valuetext="${readings[last]}" data-readings="${readings.join("\n")}" data-first="${round(x[0])}" data-slot="${x[1]}">
</div>
<figcaption class="ts-quiet">${title}</figcaption>
</figure>`;
}

export type Step = "day" | "week" | "month";

/** Bars of days, or else of weeks or months, so that each has room. */
function merged(days: readonly Bar[], most: number): readonly [readonly Bar[], Step] {
  if (days.length <= most) return [days, "day"];
  const weeks = mergedBy(days, ({ day }) => mondayOf(day));
  if (weeks.length <= most) return [weeks, "week"];
  return [mergedBy(days, ({ day }) => day.slice(0, 7)), "month"];
}

function mergedBy(days: readonly Bar[], keyOf: (bar: Bar) => string): Bar[] {
  return [...Map.groupBy(days, keyOf).values()].map((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) throw new Error("a group has at least one day");
    return {
      day: first === last ? first.day : `${first.day} – ${last.day}`,
      open: first.open,
      high: Math.max(...group.map(({ high }) => high)),
      low: Math.min(...group.map(({ low }) => low)),
      close: last.close,
      vol: group.reduce((sum, { vol }) => sum + vol, 0),
    };
  });
}

function mondayOf(formatted: string): string {
  const day = formatted.replaceAll("-", "");
  return addDays(day, -weekday(day));
}

function span(days: readonly Bar[], { widget }: PageWords): string {
  return widget.between(days[0]?.day ?? "", days.at(-1)?.day ?? "");
}

/** The first letter of each kind of event, once. */
function signOf(marks: readonly Mark[], x: number, y: number): Markup | undefined {
  if (marks.length === 0) return undefined;
  const signs = [...new Set(marks.map(({ sign }) => sign))].join("");
  return html`<text class="mark" x="${round(x)}" y="${round(y)}" text-anchor="middle">${signs}</text>`;
}

function wick({ high, low, open, close }: Bar, x: number, y: (value: number) => number): string {
  // Outside of the body only: that of a rise is hollow.
  return `M${round(x)} ${round(y(high))}V${round(y(Math.max(open, close)))}M${round(x)} ${round(y(Math.min(open, close)))}V${round(y(low))}`;
}

function box(x: number, y: number, width: number, tall: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(tall)}h${round(-width)}z`;
}
