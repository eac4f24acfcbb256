// Parts of a chart as SVG: grid lines with their values, the line of a series, its legend and its description.
import { formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { colours } from "../../shared/widget/style.ts";
import type { Words } from "../../shared/widget/words.ts";

export type Series = { readonly name: string; readonly values: readonly (number | null)[] };

/** Strokes differ in their dashes too, and are visible on white and on black. */
const strokes = [
  { colour: colours.active, dash: "none" },
  { colour: "#d9822b", dash: "6 3" },
  { colour: colours.good, dash: "2 2" },
  { colour: "#a45ec9", dash: "8 3 2 3" },
] as const;

/** More points than pixels add no detail. */
const pointsMax = 2_000;

/** Room around a drawing, in pixels: values to the left, days below. */
export const margin = { left: 64, right: 12, top: 12, bottom: 22 };

export function gridLine(value: number, y: number, width: number, digits: 1 | 2 | 3): Markup {
  const at = round(y);
  return html`<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="currentColor" stroke-opacity="0.2" />
<text x="${margin.left - 6}" y="${at + 4}" text-anchor="end">${formatNumber(value, digits)}</text>
`;
}

/** A null interrupts the line, so that gaps are visible. @param at place of the series, which gives its stroke */
export function line(
  values: readonly (number | null)[],
  at: number,
  x: (at: number) => number,
  y: (value: number) => number,
): Markup {
  const step = Math.max(1, Math.ceil(values.length / pointsMax));
  let isDrawing = false;
  const path = values.map((value, index) => {
    if (index % step !== 0 && index !== values.length - 1) return "";
    if (value === null) {
      isDrawing = false;
      return "";
    }
    const command = isDrawing ? "L" : "M";
    isDrawing = true;
    return `${command}${round(x(index))} ${round(y(value))}`;
  });
  const { colour, dash } = strokes[at] ?? strokes[0];
  return html`<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dash}" stroke-linecap="round" />
`;
}

export function legend(name: string, at: number): Markup {
  const { colour, dash } = strokes[at] ?? strokes[0];
  return html`<svg width="22" height="8" aria-hidden="true"><line x1="0" x2="22" y1="4" y2="4" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" /></svg> ${name} `;
}

/** First and last value and the extremes, as text. */
export function describeSeries({ name, values }: Series, words: Words): string {
  const known = values.filter((value) => value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return words.noValues(name);
  const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const written = (value: number) => formatNumber(value, fractionDigits(high - low));
  return words.course(name, written(first), written(last), written(low), written(high));
}

/** As many digits as are needed to distinguish values within `span`. */
export function fractionDigits(span: number): 1 | 2 | 3 {
  if (span < 1) return 3;
  return span < 10 ? 2 : 1;
}

/** Tenths of a pixel are enough. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
