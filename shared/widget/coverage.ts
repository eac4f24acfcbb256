// Coverage as a heat map: a square for each open day. Whole days are filled, with a dot where rows were not found; partial
// ones are framed and filled up to their share; days not due are dashed, days never requested small. Columns are weeks, rows
// are weekdays.
import { hasMembersEachDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { type Day, daysBetween, formatDay, weekday } from "../catalogue/dates.ts";
import type { DatasetCoverage } from "../coverage/dataset-coverage.ts";
import { type CoverageState, coverageStates, stateOfDay } from "../coverage/state.ts";
import type { DayCoverage } from "../coverage/stored-days.ts";
import { formatNumber } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { colours } from "./style.ts";
import { english, type Words } from "./words.ts";

const cell = 13;
const gap = 2;
const labelWidth = 34;
const labelHeight = 14;

/** Days named in the text below the picture; and days named in a list that opens, where squares cannot be links. */
const daysNamed = 5;
const daysListed = 20;

const fills = { whole: "#1f8a4c", partial: "#e0a100" } as const;

/** How a day is opened to the names of what is absent. */
export type Opening = {
  /** The address of a square's link; without it, squares are no links. */
  href?(dataset: Dataset, day: Day): string;
  /** The same as a text to click. */
  link(dataset: Dataset, day: Day, text: string): Markup;
};

type Seen = DayCoverage & { readonly state: CoverageState };

export function renderCoverages(
  coverage: readonly DatasetCoverage[],
  words: Words = english,
  opening?: Opening,
): string {
  return coverage.map((each) => renderCoverage(each, words, opening)).join("\n");
}

export function renderCoverage(
  { dataset, days, due, reach }: DatasetCoverage,
  words: Words = english,
  opening?: Opening,
): string {
  const open = days.map((day): Seen => ({ ...day, state: stateOfDay(day, due) }));
  const [first, last] = [open.at(0), open.at(-1)];
  if (first === undefined || last === undefined) {
    return html`<p class="ts-quiet">${words.noCalendar}</p>`.markup;
  }
  const weeks = weekOf(last.day, first.day) + 1;
  const width = labelWidth + weeks * (cell + gap);
  const height = labelHeight + 5 * (cell + gap);
  const label = summaryOf(dataset, open, words);
  const [partial, unexplained] = (["partial", "whole_with_unexplained"] as const).map((state) =>
    open.filter((day) => day.state === state),
  );
  const opened = (rows: Seen, text: string) =>
    opening !== undefined && hasNames(rows, dataset) ? opening.link(dataset, rows.day, text) : text;
  const squares = open.map((day) => ({
    markup: square(day, first.day, words),
    address: hasNames(day, dataset) ? opening?.href?.(dataset, day.day) : undefined,
  }));
  const { plain = [], linked = [] } = Object.groupBy(squares, ({ address }) =>
    address ? "linked" : "plain",
  );
  const drawing = html`${words.weekdays.map((name, at) => (at % 2 === 0 ? html`<text x="0" y="${labelHeight + at * (cell + gap) + 10}">${name}</text>` : undefined))}
${open.map(({ day }, at) => monthLabel(day, open[at - 1]?.day, first.day, words))}
${plain.map(({ markup }) => markup)}`;
  // Nothing in a picture can be reached by a screen reader, so one with links is a group of them.
  const isGroup = linked.length > 0;
  return html`<figure class="ts-figure">
<svg class="ts-heat" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="${isGroup ? "group" : "img"}" aria-label="${label}" font-size="10" fill="currentColor">
<title>${label}</title>
${isGroup ? html`<g aria-hidden="true">${drawing}</g>` : drawing}
${linked.map(({ markup, address }) => inLink(markup, address))}</svg>
<figcaption class="ts-quiet">${label}. ${words.reach(formatted(reach.newestWhole), formatted(reach.completeThrough), formatted(reach.uncountedFrom))} ${legend(words)}${latest(words.latestPartial, partial, (day) => lackOf(day, words), opened)}${latest(words.latestUnexplained, unexplained, (day) => words.notFound(formatNumber(day.unexplained ?? 0)), opened)}${others(open, [partial, unexplained], dataset, words, opening)}</figcaption>
</figure>`.markup;
}

const formatted = (day: Day | undefined) => (day === undefined ? undefined : formatDay(day));

function summaryOf(dataset: Dataset, open: readonly Seen[], words: Words): string {
  const count = (...states: CoverageState[]) => open.filter(({ state }) => states.includes(state)).length;
  const [whole, notAsked] = [count("whole", "whole_with_unexplained"), count("not_asked")];
  const label = words.coverage(
    words.title(dataset.title),
    formatDay(open[0]?.day ?? ""),
    formatDay(open.at(-1)?.day ?? ""),
    whole,
    whole + count("partial"),
  );
  return notAsked === 0 ? label : `${label}${words.unaskedDays(formatNumber(notAsked))}`;
}

function square(rows: Seen, first: Day, words: Words): Markup {
  const x = labelWidth + weekOf(rows.day, first) * (cell + gap);
  const y = labelHeight + weekday(rows.day) * (cell + gap);
  return html`<g class="ts-${rows.state}"><title>${describe(rows, words)}</title>${drawn(rows.state, x, y, shareOf(rows))}</g>
`;
}

/** A day as text: what is stored, what is not and why. */
function describe(rows: Seen, words: Words): string {
  const figure = (count: number | null) => (count === null || count === 0 ? undefined : formatNumber(count));
  return words.day({
    day: formatDay(rows.day),
    stored: formatNumber(rows.stored),
    expected: rows.expected === null ? undefined : formatNumber(rows.expected),
    explained: figure(rows.explained),
    unexplained: figure(rows.unexplained),
    missing: figure(rows.missing),
    state: words.states[rows.state],
  });
}

/** The stored share of a day, from 0 to 1; where any number of rows is possible, a half when there are some. */
function shareOf({ stored, expected }: DayCoverage): number {
  if (expected === null || expected === 0) return stored > 0 ? 0.5 : 0;
  return Math.min(1, stored / expected);
}

/** Each state has a shape of its own, so that it is told apart without colours. */
function drawn(state: CoverageState, x: number, y: number, share: number): Markup {
  const box = html`x="${x}" y="${y}" width="${cell}" height="${cell}" rx="2"`;
  const inner = html`x="${x + 0.75}" y="${y + 0.75}" width="${cell - 1.5}" height="${cell - 1.5}" rx="1"`;
  switch (state) {
    case "whole":
      return html`<rect ${box} fill="${fills.whole}" />`;
    case "whole_with_unexplained":
      return html`<rect ${box} fill="${fills.whole}" /><circle cx="${x + cell / 2}" cy="${y + cell / 2}" r="2.5" fill="#fff" />`;
    case "partial": {
      // Something stays empty even when almost everything is stored, and something is filled when little is.
      const height = share === 0 ? 0 : Math.min(cell - 4, Math.max(2, Math.round(share * cell)));
      return html`<rect x="${x}" y="${y + cell - height}" width="${cell}" height="${height}" fill="${fills.partial}" /><rect ${inner} fill="none" stroke="${share === 0 ? colours.bad : "currentColor"}" stroke-width="1.5" pointer-events="all" />`;
    }
    case "not_due":
      return html`<rect ${inner} fill="none" stroke="currentColor" stroke-dasharray="2 2" />`;
    case "not_asked":
      return html`<rect x="${x + 4}" y="${y + 4}" width="${cell - 8}" height="${cell - 8}" rx="1" fill="${colours.unasked}" />`;
  }
}

/** Whether names are known of a day, and some row is absent. */
function hasNames({ state, explained, unexplained, missing }: Seen, dataset: Dataset): boolean {
  if (!hasMembersEachDay(dataset) || state === "not_due" || state === "not_asked") return false;
  return (explained ?? 0) + (unexplained ?? 0) + (missing ?? 0) > 0;
}

/** Out of the order of the tab key: the text below has links of its own. */
function inLink(drawing: Markup, address: string | undefined): Markup {
  return html`<a href="${address}" data-names="" tabindex="-1">${drawing}</a>`;
}

function monthLabel(day: Day, before: Day | undefined, first: Day, { months }: Words): Markup | undefined {
  if (before !== undefined && before.slice(0, 6) === day.slice(0, 6)) return undefined;
  // The names of the first two months would overlap when the first has only one week.
  if (before === undefined && Number(day.slice(6)) > 20) return undefined;
  const name = months[Number(day.slice(4, 6)) - 1] ?? "";
  return html`<text x="${labelWidth + weekOf(day, first) * (cell + gap)}" y="9">${name}</text>`;
}

function legend(words: Words): Markup {
  return html`${coverageStates.map((state) => html`<span class="ts-legend"><svg width="${cell}" height="${cell}" aria-hidden="true">${drawn(state, 0, 0, 0.6)}</svg> ${words.states[state]}</span> `)}`;
}

/** As text too, for people who cannot see the picture. @param opened a day's text, as a link where it has names */
function latest(
  name: string,
  days: readonly Seen[] = [],
  lack: (day: Seen) => string,
  opened: (day: Seen, text: string) => Markup | string,
): Markup | undefined {
  const shown = days.slice(-daysNamed).reverse();
  if (shown.length === 0) return undefined;
  const parts = shown.map((day, at) => {
    const text = opened(day, `${formatDay(day.day)} (${lack(day)})`);
    return at === 0 ? text : html`, ${text}`;
  });
  return html`<br />${name} ${parts}`;
}

/** The other days with names, where a square cannot be opened itself: the dashboard allows no call inside a picture. */
function others(
  open: readonly Seen[],
  named: readonly (readonly Seen[] | undefined)[],
  dataset: Dataset,
  words: Words,
  opening: Opening | undefined,
): Markup | undefined {
  if (opening === undefined || opening.href !== undefined) return undefined;
  const shown = new Set(named.flatMap((days = []) => days.slice(-daysNamed)));
  const days = open.filter((day) => hasNames(day, dataset) && !shown.has(day)).slice(-daysListed);
  if (days.length === 0) return undefined;
  const links = days.reverse().map((day) => html`${opening.link(dataset, day.day, formatDay(day.day))} `);
  return html`<details><summary>${words.otherDays}</summary>${links}</details>`;
}

function lackOf({ stored, missing, unexplained }: Seen, words: Words): string {
  if (missing === null) return words.someRows(formatNumber(stored));
  return missing > 0 ? words.missing(formatNumber(missing)) : words.notFound(formatNumber(unexplained ?? 0));
}

/** Weeks since the week of `first`. */
function weekOf(day: Day, first: Day): number {
  return Math.floor((daysBetween(first, day) + weekday(first)) / 7);
}
