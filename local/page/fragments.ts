// The parts of the page that events update, as markup: the widget's drawings with this page's buttons.
import { formatDay } from "../../shared/catalogue/dates.ts";
import type { TaskProgress } from "../../shared/reads/progress.ts";
import { cancel, pauseOrResume, retry, retryAll } from "../../shared/widget/actions.ts";
import { renderBar } from "../../shared/widget/bar.ts";
import { type Opening, renderCoverages } from "../../shared/widget/coverage.ts";
import { renderFailures } from "../../shared/widget/failures.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { colours } from "../../shared/widget/style.ts";
import { renderTable } from "../../shared/widget/table.ts";
import { renderTasks } from "../../shared/widget/tasks.ts";
import { button } from "./button.ts";
import type { InterfaceRate, Snapshot } from "./feed.ts";
import { failureLink, taskLink } from "./units.ts";
import { renderVerifications } from "./verifications.ts";
import type { PageWords } from "./words.ts";

export const fragmentNames = ["now", "tasks", "rates", "failures", "coverage", "verifications"] as const;
export type FragmentName = (typeof fragmentNames)[number];

/** A day opens in the dialog, or without a script as a page of its own. */
const opening: Opening = {
  href: ({ name }, day) => `/names?${new URLSearchParams({ dataset: name, day })}`,
  link: (dataset, day, text) =>
    html`<a href="${opening.href?.(dataset, day)}" data-names="" data-key="${dataset.name}-${day}">${text}</a>`,
};

/** @param weeks of coverage that fit */
export function renderFragments(
  snapshot: Snapshot,
  words: PageWords,
  weeks: number,
): Record<FragmentName, string> {
  const { at, tasks, failures, needPerson, coverage, rates, verifications } = snapshot;
  const { widget } = words;
  return {
    now: tiles(snapshot, words).markup,
    tasks: renderTasks(tasks, {
      now: at,
      words: widget,
      actions: (task) => taskActions(task, words),
      link: taskLink,
    }),
    rates: renderRates(rates, words).markup,
    failures: renderFailures(failures, {
      now: at,
      total: needPerson,
      words: widget,
      action: (failure) => {
        const again = retry(failure, widget);
        return again && button(again);
      },
      link: failureLink,
      actionForAll: button(retryAll(widget)),
    }),
    coverage: renderCoverages(
      coverage.map((each) => ({ ...each, days: each.days.slice(-5 * weeks) })),
      widget,
      opening,
    ),
    verifications: renderVerifications(verifications, at, words),
  };
}

/**
 * The screen reader's announcement of a change: a task that starts, ends or pauses, and every quarter of its progress.
 */
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
${tile(words.tiles.left, busiest === undefined ? "–" : leftOf(busiest, words), busiest && words.busiest(busiest.name))}
</dl>`;
}

function tile(name: string, value: string, note?: string, isAlarming = false): Markup {
  return html`<div class="tile${isAlarming ? " alarming" : ""}"><dt>${name}</dt><dd>${value}${note === undefined ? undefined : html`<span class="note">${note}</span>`}</dd></div>`;
}

/** A row for each interface that was called in the last minute; the others by name, in a list that opens. */
function renderRates(rates: readonly InterfaceRate[], words: PageWords): Markup {
  const { busy = [], idle = [] } = Object.groupBy(rates, ({ callsLastMinute }) =>
    callsLastMinute > 0 ? "busy" : "idle",
  );
  const names = idle.map(({ name }) => name).join(", ");
  return html`${busy.length === 0 ? html`<p class="ts-quiet">${rates.length === 0 ? words.noCalls : words.noCallsNow}</p>` : busyRates(busy, words)}${idle.length === 0 ? undefined : html`<details><summary>${words.idle(formatNumber(idle.length))}</summary><p class="ts-quiet">${names}</p></details>`}`;
}

function busyRates(rates: readonly InterfaceRate[], words: PageWords): Markup {
  return renderTable({
    isPlain: true,
    columns: [
      { name: words.interface, cell: ({ name }) => name },
      {
        ...{ name: words.lastMinute, isNumber: true, isRight: true },
        cell: ({ callsLastMinute }) => formatNumber(callsLastMinute),
      },
      {
        ...{ name: words.leftThisMinute, isNumber: true, isRight: true },
        cell: (rate) => html`${meter(rate)} ${leftOf(rate, words)}`,
      },
    ],
    rows: rates,
  });
}

function meter({ callsLastMinute: calls, minuteLimit: most }: InterfaceRate): Markup {
  const length = Math.round((60 * Math.min(calls, most)) / most);
  const used = { name: "ts-used", length, fill: colours.active };
  return renderBar({ name: "meter", width: 60, height: 8, whole: 60, radius: 4, parts: [used] });
}

function leftOf(rate: InterfaceRate, words: PageWords): string {
  return words.widget.of(formatNumber(left(rate)), formatNumber(rate.minuteLimit));
}

function left({ callsLastMinute, minuteLimit }: InterfaceRate): number {
  return Math.max(0, minuteLimit - callsLastMinute);
}

function taskActions(task: TaskProgress, { widget, ask }: PageWords): Markup | undefined {
  const toggle = pauseOrResume(task, widget, ask);
  return (
    toggle &&
    html`<span class="actions">${button(toggle)}
${button(cancel(task, widget, ask))}</span>`
  );
}
