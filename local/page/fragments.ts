// The parts of the page that change by themselves, as markup: the widget's drawings, with buttons as this page has them.

import type { FailureRecord, TaskProgress } from "../../shared/reads/progress.ts";
import { renderCoverage } from "../../shared/widget/coverage.ts";
import { renderFailures } from "../../shared/widget/failures.ts";
import { formatDay, formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { renderTasks } from "../../shared/widget/tasks.ts";
import type { InterfaceRate, Snapshot } from "./feed.ts";
import type { PageWords } from "./words.ts";

export const fragmentNames = ["now", "tasks", "rates", "failures", "coverage"] as const;
export type FragmentName = (typeof fragmentNames)[number];

/** @param weeks of coverage there is room for */
export function renderFragments(
  snapshot: Snapshot,
  words: PageWords,
  weeks: number,
): Record<FragmentName, string> {
  const { at, tasks, failures, needPerson, days, rates } = snapshot;
  const shown = days.slice(-5 * weeks);
  const hasFunds = shown.some(({ etfs }) => etfs.listed + etfs.stored > 0);
  const { widget } = words;
  return {
    now: tiles(snapshot, words).markup,
    tasks: renderTasks(tasks, { now: at, words: widget, actions: (task) => taskActions(task, words) }),
    rates: renderRates(rates, words).markup,
    failures: renderFailures(failures, {
      now: at,
      total: needPerson,
      words: widget,
      action: (failure) => failureAction(failure, words),
      actionForAll: button({
        key: "retry-all",
        text: words.retryAll,
        label: words.retryAll,
        command: { retry: "all" },
        confirm: words.confirmRetryAll,
      }),
    }),
    coverage: [
      renderCoverage(shown, "stocks", widget),
      hasFunds ? renderCoverage(shown, "etfs", widget) : "",
    ].join("\n"),
  };
}

/** What to say aloud of a change: a task that begins, ends or pauses, and every quarter of its way. */
export function describeChange(before: Snapshot, after: Snapshot, words: PageWords): string {
  const said = after.tasks.map(({ id, status, job_type, share }) => {
    const known = before.tasks.find((task) => task.id === id);
    if (known?.status !== status) return words.taskIs(job_type, words.widget.statuses[status]);
    const [quarter, was] = [Math.floor(4 * share), Math.floor(4 * known.share)];
    return quarter > was && status === "RUNNING" ? words.taskAt(job_type, 25 * quarter) : "";
  });
  return said.filter((text) => text !== "").join(". ");
}

function tiles(
  { newestDay, stocks, etfs, needPerson, plannedRetries, rates }: Snapshot,
  words: PageWords,
): Markup {
  const busiest = [...rates].sort((a, b) => left(a) / a.minuteLimit - left(b) / b.minuteLimit)[0];
  return html`<dl class="tiles">
${tile(words.tiles.newest, newestDay === undefined ? words.none : formatDay(newestDay))}
${tile(words.tiles.instruments, words.stocks(formatNumber(stocks)), words.etfs(formatNumber(etfs)))}
${tile(words.tiles.needPerson, formatNumber(needPerson), plannedRetries > 0 ? words.retriedLater(formatNumber(plannedRetries)) : undefined, needPerson > 0)}
${tile(words.tiles.left, busiest === undefined ? "–" : words.widget.of(formatNumber(left(busiest)), formatNumber(busiest.minuteLimit)), busiest && words.busiest(busiest.name))}
</dl>`;
}

function tile(name: string, value: string, note?: string, isAlarming = false): Markup {
  return html`<div class="tile${isAlarming ? " alarming" : ""}"><dt>${name}</dt><dd>${value}${note === undefined ? undefined : html`<span class="note">${note}</span>`}</dd></div>`;
}

function renderRates(rates: readonly InterfaceRate[], words: PageWords): Markup {
  if (rates.length === 0) return html`<p class="ts-quiet">${words.noCalls}</p>`;
  return html`<table class="ts-table plain">
<thead><tr><th scope="col">${words.interface}</th><th scope="col" class="right">${words.lastMinute}</th><th scope="col" class="right">${words.leftThisMinute}</th></tr></thead>
<tbody>${rates.map(
    (rate) => html`<tr><th scope="row">${rate.name}</th>
<td class="ts-number right">${formatNumber(rate.callsLastMinute)}</td>
<td class="ts-number right">${meter(rate)} ${words.widget.of(formatNumber(left(rate)), formatNumber(rate.minuteLimit))}</td></tr>
`,
  )}</tbody>
</table>`;
}

function meter(rate: InterfaceRate): Markup {
  const width = Math.round((60 * Math.min(rate.callsLastMinute, rate.minuteLimit)) / rate.minuteLimit);
  return html`<svg class="meter" width="60" height="8" viewBox="0 0 60 8" aria-hidden="true"><rect class="track" width="60" height="8" rx="4" /><rect class="used" width="${width}" height="8" rx="4" /></svg>`;
}

function left({ callsLastMinute, minuteLimit }: InterfaceRate): number {
  return Math.max(0, minuteLimit - callsLastMinute);
}

function taskActions({ id, job_type, status }: TaskProgress, words: PageWords): Markup | undefined {
  const isLive = status === "PENDING" || status === "RUNNING";
  if (!isLive && status !== "PAUSED") return undefined;
  const toggle = isLive
    ? { text: words.pause, command: { pause: id }, confirm: words.confirmPause(job_type) }
    : { text: words.resume, command: { resume: id }, confirm: words.confirmResume(job_type) };
  return html`<span class="actions">${button({ key: `toggle-${id}`, label: `${toggle.text} ${job_type}`, ...toggle })}
${button({ key: `cancel-${id}`, text: words.cancel, label: `${words.cancel} ${job_type}`, command: { cancel: id }, confirm: words.confirmCancel(job_type) })}</span>`;
}

function failureAction({ id, task_id, unit_key }: FailureRecord, words: PageWords): Markup | undefined {
  if (task_id === null) return undefined; // its message could not be read: there is nothing to send
  return button({
    key: `retry-${id}`,
    text: words.retry,
    label: `${words.retry} ${unit_key}`,
    command: { retry: id },
    confirm: words.confirmRetry(unit_key),
  });
}

type Button = {
  /** The same while it is the same button, so that it keeps the focus. */
  readonly key: string;
  readonly text: string;
  readonly label: string;
  readonly command: object;
  readonly confirm: string;
};

function button({ key, text, label, command, confirm }: Button): Markup {
  return html`<button type="button" data-key="${key}" data-command="${JSON.stringify(command)}" data-confirm="${confirm}" aria-label="${label}">${text}</button>`;
}
