// Coverage as a heat map: a square for each open day, darker when a larger share of the listed securities is stored. A frame
// means not proven whole; small and grey means never requested. Columns are weeks, rows are weekdays.
import { type Day, daysBetween, formatDay, weekday } from "../catalogue/dates.ts";
import type { DatasetCoverage, DayCoverage } from "../coverage/stored-days.ts";
import { formatNumber } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { colours } from "./style.ts";
import { english, type Words } from "./words.ts";

const cell = 13;
const gap = 2;
const labelWidth = 34;
const labelHeight = 14;

/** Lower limit of each level, and its name. Suspended shares have no row: on an ordinary day one in fifty. */
const levels = [
  { from: 0.95, fill: "#1f8a4c", isLack: false, name: (words: Words) => words.atLeast("95") },
  { from: 0.8, fill: "#6cbf7f", isLack: false, name: (words: Words) => words.atLeast("80") },
  { from: 0.01, fill: "#e0a100", isLack: true, name: (words: Words) => words.some },
  { from: 0, fill: colours.bad, isLack: true, name: (words: Words) => words.nothing },
] as const;

/** Today is shown only when it has stored rows, because it is published in the evening. */
export function isShown({ day, stored }: DayCoverage, today: Day): boolean {
  return day < today || (day === today && stored > 0);
}

export function renderCoverages(coverage: readonly DatasetCoverage[], words: Words = english): string {
  return coverage.map((each) => renderCoverage(each, words)).join("\n");
}

export function renderCoverage({ dataset, days: open }: DatasetCoverage, words: Words = english): string {
  const [first, last] = [open.at(0), open.at(-1)];
  if (first === undefined || last === undefined) {
    return html`<p class="ts-quiet">${words.noCalendar}</p>`.markup;
  }
  const weeks = weekOf(last.day, first.day) + 1;
  const width = labelWidth + weeks * (cell + gap);
  const height = labelHeight + 5 * (cell + gap);
  const wanted = open.filter((day) => !isUnasked(day));
  const incomplete = wanted.filter(({ proven }) => !proven);
  const counts = words.coverage(
    words.title(dataset.title),
    formatDay(first.day),
    formatDay(last.day),
    wanted.length - incomplete.length,
    wanted.length,
  );
  const unasked = open.length - wanted.length;
  const label = unasked === 0 ? counts : `${counts}${words.unaskedDays(formatNumber(unasked))}`;
  return html`<figure class="ts-figure">
<svg class="ts-heat" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" font-size="10" fill="currentColor">
<title>${label}</title>
${words.weekdays.map((name, at) => (at % 2 === 0 ? html`<text x="0" y="${labelHeight + at * (cell + gap) + 10}">${name}</text>` : undefined))}
${open.map(({ day }, at) => monthLabel(day, open[at - 1]?.day, first.day, words))}
${open.map((day) => square(day, first.day, words))}
</svg>
<figcaption class="ts-quiet">${label}. ${legend(first, words)}${latestIncomplete(incomplete, words)}</figcaption>
</figure>`.markup;
}

function square(rows: DayCoverage, first: Day, words: Words): Markup {
  const { day, stored, listed } = rows;
  const x = labelWidth + weekOf(day, first) * (cell + gap);
  const y = labelHeight + weekday(day) * (cell + gap);
  const isWanted = !isUnasked(rows);
  const state = rows.proven ? words.proven : isWanted ? words.notProven : words.notAsked;
  const of = listed === null ? undefined : formatNumber(listed);
  const text = words.day(formatDay(day), formatNumber(stored), of, state);
  if (!isWanted)
    return html`${small(x, y)}<title>${text}</title></rect>
`;
  const frame = rows.proven ? undefined : html` stroke="currentColor" stroke-width="1.5"`;
  return html`<rect x="${x}" y="${y}" width="${cell}" height="${cell}" rx="2" fill="${fillOf(rows)}"${frame}><title>${text}</title></rect>
`;
}

function small(x: number, y: number): Markup {
  return html`<rect x="${x + 4}" y="${y + 4}" width="${cell - 8}" height="${cell - 8}" rx="1" fill="${colours.unasked}">`;
}

/** The colour of a day; grey when nothing was listed on it. */
function fillOf(rows: DayCoverage): string {
  return rows.listed === 0 && rows.stored === 0 ? colours.unasked : levelOf(rows).fill;
}

/** A day that was never requested is not missing. */
function isUnasked(rows: DayCoverage): boolean {
  return !rows.asked && !rows.proven && levelOf(rows).isLack;
}

/** The level of a day; where any number of rows is possible, it depends only on whether the day is proven whole. */
function levelOf({ stored, listed, proven }: DayCoverage): (typeof levels)[number] {
  if (listed === null) return proven ? levels[0] : stored > 0 ? levels[2] : levels[3];
  const share = listed > 0 ? stored / listed : Math.min(1, stored);
  return levels.find(({ from }) => share >= from) ?? levels[3];
}

function monthLabel(day: Day, before: Day | undefined, first: Day, { months }: Words): Markup | undefined {
  if (before !== undefined && before.slice(0, 6) === day.slice(0, 6)) return undefined;
  // The names of the first two months would overlap when the first has only one week.
  if (before === undefined && Number(day.slice(6)) > 20) return undefined;
  const name = months[Number(day.slice(4, 6)) - 1] ?? "";
  return html`<text x="${labelWidth + weekOf(day, first) * (cell + gap)}" y="9">${name}</text>`;
}

function legend({ listed }: DayCoverage, words: Words): Markup {
  const [whole, most, ...lacks] = levels;
  const shown =
    listed === null ? [{ ...whole, name: () => words.proven }, ...lacks] : [whole, most, ...lacks];
  return html`${shown.map(({ fill, name }) => html`<span class="ts-legend"><svg width="11" height="11" aria-hidden="true"><rect width="11" height="11" rx="2" fill="${fill}" /></svg> ${name(words)}</span> `)}<span class="ts-legend"><svg width="11" height="11" aria-hidden="true"><rect x="1" y="1" width="9" height="9" fill="none" stroke="currentColor" stroke-width="1.5" /></svg> ${words.notProven}</span> <span class="ts-legend"><svg width="11" height="11" aria-hidden="true">${small(-1, -1)}</rect></svg> ${words.notAsked}</span>`;
}

/** As text too, for people who cannot distinguish the colours. */
function latestIncomplete(incomplete: readonly DayCoverage[], words: Words): Markup | undefined {
  const latest = incomplete.slice(-5).reverse();
  if (latest.length === 0) return undefined;
  const shown = latest.map(({ day, stored, listed }) => {
    const of = listed === null ? formatNumber(stored) : words.of(formatNumber(stored), formatNumber(listed));
    return `${formatDay(day)} (${of})`;
  });
  return html`<br />${words.latestNotProven(shown)}`;
}

/** Weeks since the week of `first`. */
function weekOf(day: Day, first: Day): number {
  return Math.floor((daysBetween(first, day) + weekday(first)) / 7);
}
