// A horizontal bar as SVG: parts of a whole, side by side.
import { html, type Markup } from "./html.ts";
import { colours } from "./style.ts";

export type Bar = {
  /** Its CSS class. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** The total: the length of the full bar. */
  readonly whole: number;
  /** From the left. */
  readonly parts: readonly { readonly name: string; readonly length: number; readonly fill: string }[];
  /** Text alternative; left out when the text beside the bar says the same. */
  readonly label?: string;
  readonly radius?: number;
};

export function renderBar({ name, width, height, whole, parts, label, radius }: Bar): Markup {
  const rounded = radius === undefined ? undefined : html` rx="${radius}"`;
  let x = 0;
  const drawn = parts.map(({ name: part, length, fill }) => {
    const from = x === 0 ? undefined : html` x="${round(x)}"`;
    x += length;
    return html`<rect class="${part}"${from} width="${round(length)}" height="${height}"${rounded} fill="${fill}" />
`;
  });
  const words = label === undefined ? html` aria-hidden="true"` : html` role="img" aria-label="${label}"`;
  return html`<svg class="${name}" width="${width}" height="${height}" viewBox="0 0 ${whole} ${height}" preserveAspectRatio="none"${words}>
${label === undefined ? undefined : html`<title>${label}</title>\n`}<rect class="ts-track" width="${whole}" height="${height}"${rounded} fill="${colours.track}" />
${drawn}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
