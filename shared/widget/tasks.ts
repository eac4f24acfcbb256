// Tasks as a table with progress bars: progress, rate and estimated end.
import type { TaskProgress } from "../reads/progress.ts";
import { renderBar } from "./bar.ts";
import { formatDuration, formatNumber, formatTime } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { colours } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { english, type Words } from "./words.ts";

export type TasksView = {
  readonly now: Date;
  /** Buttons for a task, made by the page that shows it. */
  readonly actions?: (task: TaskProgress) => Markup | undefined;
  /** The name of a task as a link to its units. */
  readonly link?: (task: TaskProgress) => Markup;
  /** English by default. */
  readonly words?: Words;
};

export function renderTasks(tasks: readonly TaskProgress[], view: TasksView): string {
  const { words = english } = view;
  if (tasks.length === 0) {
    const [before, after] = words.noTask;
    return html`<p class="ts-quiet">${before}<code>{"job":"REFERENCE"}</code>${after}</p>`.markup;
  }
  return renderTable({
    columns: columns(view, words),
    rows: tasks,
    note: ({ reason }) => (reason === null ? undefined : words.said(reason)),
  }).markup;
}

function columns({ now, actions, link }: TasksView, words: Words): Column<TaskProgress>[] {
  return [
    { name: words.job, cell: (task) => html`<strong>${link?.(task) ?? task.job_type}</strong>` },
    {
      name: words.status,
      cell: ({ status }) => html`<span class="ts-status ts-${status}">${words.statuses[status]}</span>`,
    },
    { name: words.progress, cell: (task) => progressBar(task, words) },
    { name: words.units, isNumber: true, cell: (task) => settledOf(task, words) },
    { name: words.rows, isNumber: true, cell: ({ rows }) => formatNumber(rows) },
    {
      name: words.rate,
      isNumber: true,
      cell: ({ unitsAMinute: rate }) => (rate === undefined ? "" : words.aMinute(formatNumber(rate))),
    },
    { name: words.started, cell: ({ startedAt }) => formatTime(startedAt, now) },
    { name: words.end, cell: (task) => endOf(task, now, words) },
    { name: "", cell: (task) => actions?.(task) },
  ];
}

function settledOf({ status, units }: TaskProgress, words: Words): Markup {
  const { total, done, byStatus } = units;
  // A paused task skips planned attempts, and sends all remaining units when it is resumed.
  const waiting = status === "PAUSED" ? 0 : byStatus.failed + byStatus.not_due;
  const notes = [
    byStatus.parked > 0 ? words.needPerson(formatNumber(byStatus.parked)) : undefined,
    waiting > 0 ? words.triedAgain(formatNumber(waiting)) : undefined,
  ].filter((note) => note !== undefined);
  return html`${words.of(formatNumber(done), formatNumber(total))}${notes.map((note) => html`<div class="ts-note">${note}</div>`)}`;
}

/** From the left: units done, then units that need action. */
function progressBar({ units, share, job_type, status }: TaskProgress, words: Words): Markup {
  if (status === "COMPLETED" && units.total === 0) return html`${words.nothingToDo}`;
  const percent = (count: number) => (units.total === 0 ? 0 : (100 * count) / units.total);
  const [done, parked] = [percent(units.done), percent(units.byStatus.parked)];
  const label = words.settled(job_type, formatNumber(100 * share), formatNumber(parked));
  const bar = renderBar({
    ...{ name: "ts-bar", width: 160, height: 14, whole: 100, label },
    parts: [
      { name: "ts-done", length: done, fill: colours.good },
      { name: "ts-parked", length: parked, fill: colours.bad },
    ],
  });
  return html`${bar} ${formatNumber(Math.floor(100 * share))} %`;
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
