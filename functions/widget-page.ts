// What the CloudWatch widget shows, and its buttons: CloudWatch strips scripts, so a button is a link followed by an
// element that names the function to call. The call is made with the rights of the person who presses it.
import { addDays, shanghaiDay } from "../shared/catalogue/dates.ts";
import type { Origin } from "../shared/catalogue/origin.ts";
import { type DayCoverage, readCoverage } from "../shared/coverage/stored-days.ts";
import type { Clock, Database } from "../shared/ports.ts";
import {
  countFailures,
  type FailureRecord,
  readFailures,
  readTasks,
  type TaskProgress,
} from "../shared/reads/progress.ts";
import { renderCoverage } from "../shared/widget/coverage.ts";
import { renderFailures } from "../shared/widget/failures.ts";
import { formatTime } from "../shared/widget/format.ts";
import { html, type Markup } from "../shared/widget/html.ts";
import { renderOrigin } from "../shared/widget/origin.ts";
import { style } from "../shared/widget/style.ts";
import { renderTasks } from "../shared/widget/tasks.ts";

const tasksShown = 12;
const failuresShown = 20;

export type Arns = { readonly dispatcherArn: string; readonly ownArn: string };

export async function drawProgress(
  { database, origin, clock }: { database: Database; origin: Origin; clock: Clock },
  arns: Arns,
  coverageDays: number,
): Promise<string> {
  const now = clock.now();
  const today = shanghaiDay(now);
  const live = await readTasks(database, { limit: tasksShown, status: ["PENDING", "RUNNING", "PAUSED"] });
  const recent = await readTasks(database, { limit: tasksShown });
  const tasks = [...live, ...recent.filter(({ id }) => !live.some((task) => task.id === id))];
  const failures = await readFailures(database, { needsPerson: true, limit: failuresShown });
  const { needPerson } = await countFailures(database);
  const days = await readCoverage(database, { from: addDays(today, -coverageDays), to: today });
  const hasFunds = days.some(({ etfs }) => etfs.listed + etfs.stored > 0);
  return [
    `<style>${style}</style>`,
    renderOrigin(origin, "en").markup,
    html`<p>As of ${formatTime(now, now)} in Shanghai. ${button("Read again", { endpoint: arns.ownArn, display: "widget", payload: {} })}</p>`
      .markup,
    renderTasks(tasks.slice(0, tasksShown), { now, actions: (task) => taskActions(task, arns) }),
    "<h3>Needs a person</h3>",
    renderFailures(failures, {
      now,
      total: needPerson,
      action: (failure) => failureAction(failure, arns),
      actionForAll: command(arns, "Retry all", { retry: "all" }, "Send every open failure again?"),
    }),
    "<h3>Coverage</h3>",
    renderCoverage(due(days, today), "stocks"),
    hasFunds ? renderCoverage(due(days, today), "etfs") : "",
  ].join("\n");
}

/** Today is not late before the evening: it is shown once something of it is stored. */
function due(days: readonly DayCoverage[], today: string): DayCoverage[] {
  return days.filter(({ day, stocks, etfs }) => day !== today || stocks.stored + etfs.stored > 0);
}

function taskActions({ id, status, job_type }: TaskProgress, arns: Arns): Markup | undefined {
  if (status === "PENDING" || status === "RUNNING")
    return command(arns, "Pause", { pause: id }, `Pause ${job_type}? What is in hand is finished.`);
  if (status === "PAUSED") return command(arns, "Resume", { resume: id }, `Resume ${job_type}?`);
  return undefined;
}

function failureAction({ id, task_id, unit_key }: FailureRecord, arns: Arns): Markup | undefined {
  if (task_id === null) return undefined; // its message could not be read: there is nothing to send
  return command(arns, "Retry", { retry: id }, `Send ${unit_key} again?`);
}

function command({ dispatcherArn }: Arns, name: string, payload: object, confirmation: string): Markup {
  return button(name, { endpoint: dispatcherArn, display: "popup", payload, confirmation });
}

function button(
  name: string,
  {
    endpoint,
    display,
    payload,
    confirmation,
  }: {
    endpoint: string;
    display: "popup" | "widget";
    payload: object;
    confirmation?: string;
  },
): Markup {
  const asks = confirmation === undefined ? undefined : html` confirmation="${confirmation}"`;
  return html`<a class="btn">${name}</a><cwdb-action action="call" endpoint="${endpoint}" display="${display}"${asks}>${JSON.stringify(payload)}</cwdb-action>`;
}
