// Failures that need action, with their reason, the newest first.
import type { FailureRecord } from "../reads/progress.ts";
import { formatNumber, formatTime } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { type Column, renderTable } from "./table.ts";
import { english, type Words } from "./words.ts";

export type FailuresView = {
  readonly now: Date;
  /** Number of all failures, which may be more than are shown. */
  readonly total: number;
  readonly action?: (failure: FailureRecord) => Markup | undefined;
  readonly actionForAll?: Markup | undefined;
  /** The unit as a link to the history of its failure. */
  readonly link?: (failure: FailureRecord) => Markup;
  /** English by default. */
  readonly words?: Words;
};

/** Characters shown of a message; its tooltip has the whole text. */
const messageCharactersMax = 300;

export function renderFailures(failures: readonly FailureRecord[], view: FailuresView): string {
  const { words = english } = view;
  if (failures.length === 0) return html`<p class="ts-quiet">${words.noFailure}</p>`.markup;
  const more = view.total - failures.length;
  const table = renderTable({ columns: columns(view, words), rows: failures });
  return html`<p>${words.failures(formatNumber(view.total), view.total === 1)} ${view.actionForAll}</p>
${table}${more > 0 ? html`<p class="ts-quiet">${words.more(formatNumber(more))}</p>` : undefined}`.markup;
}

function columns({ now, action, link }: FailuresView, words: Words): Column<FailureRecord>[] {
  return [
    { name: words.number, isNumber: true, cell: ({ id }) => id },
    { name: words.job, cell: ({ job_type }) => job_type },
    { name: words.unit, cell: (failure) => link?.(failure) ?? html`<code>${failure.unit_key}</code>` },
    {
      name: words.why,
      title: ({ error_message }) => words.said(error_message),
      cell: ({ kind, error_message }) =>
        html`<span class="ts-kind">${words.kinds[kind]}</span> ${shortened(words.said(error_message))}`,
    },
    {
      name: words.retries,
      isNumber: true,
      cell: ({ retry_count, max_retries }) => words.of(String(retry_count), String(max_retries)),
    },
    { name: words.lastAttempt, cell: ({ lastAttemptAt }) => formatTime(lastAttemptAt, now) },
    { name: "", cell: (failure) => action?.(failure) },
  ];
}

function shortened(message: string): string {
  return message.length > messageCharactersMax ? `${message.slice(0, messageCharactersMax)}…` : message;
}
