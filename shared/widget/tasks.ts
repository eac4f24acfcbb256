// Tasks as a table with progress bars: how far, how fast, and when it will end.
import type { TaskProgress } from "../reads/progress.ts";
import { formatDuration, formatNumber, formatTime } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { english, type Words } from "./words.ts";

export type TasksView = {
  readonly now: Date;
  /** What a person may do with a task, as the page it is shown on does it. */
  readonly actions?: (task: TaskProgress) => Markup | undefined;
  /** In English without them. */
  readonly words?: Words;
};

export function renderTasks(tasks: readonly TaskProgress[], view: TasksView): string {
  const { words = english } = view;
  if (tasks.length === 0) {
    const [before, after] = words.noTask;
    return html`<p class="ts-quiet">${before}<code>{"job":"REFERENCE"}</code>${after}</p>`.markup;
  }
  const columns = [
    words.job,
    words.status,
    words.progress,
    words.units,
    words.rows,
    words.rate,
    words.started,
  ];
  return html`<table class="ts-table">
<thead><tr>${[...columns, words.end].map((name) => html`<th scope="col">${name}</th>`)}<td></td></tr></thead>
<tbody>${tasks.map((task) => row(task, view, words))}</tbody>
</table>`.markup;
}

function row(task: TaskProgress, view: TasksView, words: Words): Markup {
  const { total, done, byStatus } = task.units;
  const { now } = view;
  // A paused task lets planned attempts pass, and sends all that is left when it is resumed.
  const waiting = task.status === "PAUSED" ? 0 : byStatus.failed + byStatus.not_due;
  const notes = [
    byStatus.parked > 0 ? words.needPerson(formatNumber(byStatus.parked)) : undefined,
    waiting > 0 ? words.triedAgain(formatNumber(waiting)) : undefined,
  ].filter((note) => note !== undefined);
  return html`<tr>
<td data-label="${words.job}"><strong>${task.job_type}</strong></td>
<td data-label="${words.status}"><span class="ts-status ts-${task.status}">${words.statuses[task.status]}</span></td>
<td data-label="${words.progress}">${progressBar(task, words)}</td>
<td class="ts-number" data-label="${words.units}">${words.of(formatNumber(done), formatNumber(total))}${notes.map((note) => html`<div class="ts-note">${note}</div>`)}</td>
<td class="ts-number" data-label="${words.rows}">${formatNumber(task.rows)}</td>
<td class="ts-number" data-label="${words.rate}">${task.unitsAMinute === undefined ? "" : words.aMinute(formatNumber(task.unitsAMinute))}</td>
<td data-label="${words.started}">${formatTime(task.startedAt, now)}</td>
<td data-label="${words.end}">${endOf(task, now, words)}</td>
<td>${view.actions?.(task)}</td>
</tr>
${task.reason === null ? undefined : html`<tr class="ts-reason"><td colspan="9">${words.said(task.reason)}</td></tr>\n`}`;
}

/** Done from the left, what needs a person after it. */
function progressBar({ units, share, job_type, status }: TaskProgress, words: Words): Markup {
  if (status === "COMPLETED" && units.total === 0) return html`${words.nothingToDo}`;
  const percent = (count: number) => (units.total === 0 ? 0 : (100 * count) / units.total);
  const [done, parked] = [percent(units.done), percent(units.byStatus.parked)];
  const label = words.settled(job_type, formatNumber(100 * share), formatNumber(parked));
  return html`<svg class="ts-bar" width="160" height="14" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="${label}">
<title>${label}</title>
<rect class="ts-track" width="100" height="14" fill="#8889" />
<rect class="ts-done" width="${round(done)}" height="14" fill="#2e9e5b" />
<rect class="ts-parked" x="${round(done)}" width="${round(parked)}" height="14" fill="#d64545" />
</svg> ${formatNumber(Math.floor(100 * share))} %`;
}

function endOf(task: TaskProgress, now: Date, words: Words): string {
  if (task.completedAt !== undefined) {
    const took = formatDuration(task.completedAt.getTime() - task.startedAt.getTime(), words);
    return words.ended(formatTime(task.completedAt, now), took);
  }
  if (task.status === "PAUSED") return words.paused;
  if (task.estimatedEnd === undefined) return words.endUnknown;
  const left = formatDuration(task.estimatedEnd.getTime() - now.getTime(), words);
  return words.willEnd(formatTime(task.estimatedEnd, now), left);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
