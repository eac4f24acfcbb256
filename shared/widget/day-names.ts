// What is absent of a day, by name and with the reason, as a table.
import type { Dataset } from "../catalogue/datasets.ts";
import { type Day, formatDay } from "../catalogue/dates.ts";
import type { AbsentCell } from "../coverage/names.ts";
import { formatNumber } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { renderTable } from "./table.ts";
import { english, type Words } from "./words.ts";

/** Names that are shown; there may be more. */
export const namesShown = 200;

export type DayNames = {
  readonly dataset: Dataset;
  readonly day: Day;
  readonly absent: readonly AbsentCell[];
};

/** @param action what can be done about it, made by the page that shows it */
export function renderDayNames(
  { dataset, day, absent }: DayNames,
  words: Words = english,
  action?: Markup,
): Markup {
  const heading = html`<h3>${words.namesOf(words.title(dataset.title), formatDay(day))}</h3>`;
  if (absent.length === 0) return html`${heading}<p class="ts-quiet">${words.noNames}</p>${action}`;
  const table = renderTable({
    columns: [
      { name: words.code, cell: ({ ts_code }) => ts_code },
      { name: words.interface, cell: (cell) => cell.interface },
      { name: words.why, cell: ({ reason }) => reasonOf(reason, dataset, words) },
      { name: words.looks, isNumber: true, cell: ({ looks }) => (looks === 0 ? "" : formatNumber(looks)) },
    ],
    rows: absent,
  });
  const cut =
    absent.length < namesShown
      ? undefined
      : html`<p class="ts-quiet">${words.firstNames(formatNumber(namesShown))}</p>`;
  return html`${heading}${action}${table}${cut}`;
}

function reasonOf(reason: AbsentCell["reason"], { explainedBy }: Dataset, words: Words): string {
  return reason === "evidence" && explainedBy !== undefined
    ? words.explainedBy(explainedBy.title)
    : words.reasons[reason];
}
