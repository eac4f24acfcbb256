// What needs a person, with the reason, newest first.
import type { FailureRecord } from "../reads/progress.ts";
import { formatNumber, formatTime } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { english, type Words } from "./words.ts";

export type FailuresView = {
  readonly now: Date;
  /** How many there are, when not all are shown. */
  readonly total: number;
  readonly action?: (failure: FailureRecord) => Markup | undefined;
  readonly actionForAll?: Markup;
  /** In English without them. */
  readonly words?: Words;
};

/** Shown of a message; the whole of it is in its tooltip. */
const messageCharactersMax = 300;

export function renderFailures(failures: readonly FailureRecord[], view: FailuresView): string {
  const { words = english } = view;
  if (failures.length === 0) return html`<p class="ts-quiet">${words.noFailure}</p>`.markup;
  const more = view.total - failures.length;
  const columns = [words.number, words.job, words.unit, words.why, words.retries, words.lastAttempt];
  return html`<p>${words.failures(formatNumber(view.total), view.total === 1)} ${view.actionForAll}</p>
<table class="ts-table">
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}<td></td></tr></thead>
<tbody>${failures.map((failure) => row(failure, view, words))}</tbody>
</table>${more > 0 ? html`<p class="ts-quiet">${words.more(formatNumber(more))}</p>` : undefined}`.markup;
}

function row(failure: FailureRecord, view: FailuresView, words: Words): Markup {
  const message = words.said(failure.error_message);
  const shown =
    message.length > messageCharactersMax ? `${message.slice(0, messageCharactersMax)}…` : message;
  return html`<tr>
<td class="ts-number" data-label="${words.number}">${failure.id}</td>
<td data-label="${words.job}">${failure.job_type}</td>
<td data-label="${words.unit}"><code>${failure.unit_key}</code></td>
<td title="${message}" data-label="${words.why}"><span class="ts-kind">${words.kinds[failure.kind]}</span> ${shown}</td>
<td class="ts-number" data-label="${words.retries}">${words.of(String(failure.retry_count), String(failure.max_retries))}</td>
<td data-label="${words.lastAttempt}">${formatTime(failure.lastAttemptAt, view.now)}</td>
<td>${view.action?.(failure)}</td>
</tr>
`;
}
