// The content of the CloudWatch widget, and its buttons. CloudWatch removes scripts, so a button is a link followed by an
// element that names the function to call. The call uses the permissions of the person who clicks.
import { addDays, shanghaiDay } from "../shared/catalogue/dates.ts";
import type { Origin } from "../shared/catalogue/origin.ts";
import { readCoverages } from "../shared/coverage/stored-days.ts";
import type { Clock, Database } from "../shared/ports.ts";
import { currentTasks } from "../shared/reads/ledger.ts";
import { countFailures, readFailures } from "../shared/reads/progress.ts";
import { type Action, pauseOrResume, retry, retryAll } from "../shared/widget/actions.ts";
import { isShown, renderCoverages } from "../shared/widget/coverage.ts";
import { renderFailures } from "../shared/widget/failures.ts";
import { formatTime } from "../shared/widget/format.ts";
import { html, type Markup } from "../shared/widget/html.ts";
import { renderOrigin } from "../shared/widget/origin.ts";
import { style } from "../shared/widget/style.ts";
import { renderTasks } from "../shared/widget/tasks.ts";
import { english } from "../shared/widget/words.ts";

const tasksShown = 12;
const failuresShown = 20;

const questions = {
  pause: (job: string) => `Pause ${job}? Units in progress are finished; the rest waits until you resume it.`,
  resume: (job: string) => `Resume ${job}?`,
};

export type Arns = { readonly dispatcherArn: string; readonly ownArn: string };

export async function drawProgress(
  { database, origin, clock }: { database: Database; origin: Origin; clock: Clock },
  arns: Arns,
  coverageDays: number,
): Promise<string> {
  const now = clock.now();
  const today = shanghaiDay(now);
  const tasks = await currentTasks(database, tasksShown);
  const failures = await readFailures(database, { needsPerson: true, limit: failuresShown });
  const { needPerson } = await countFailures(database);
  const coverage = await readCoverages(database, { from: addDays(today, -coverageDays), to: today });
  return [
    `<style>${style}</style>`,
    renderOrigin(origin, "en").markup,
    html`<p>As of ${formatTime(now, now)} in Shanghai. ${button("Read again", { endpoint: arns.ownArn, display: "widget", payload: {} })}</p>`
      .markup,
    renderTasks(tasks, { now, actions: (task) => command(pauseOrResume(task, english, questions), arns) }),
    "<h3>Needs a person</h3>",
    renderFailures(failures, {
      now,
      total: needPerson,
      action: (failure) => command(retry(failure, english), arns),
      actionForAll: command(retryAll(english), arns),
    }),
    "<h3>Coverage</h3>",
    renderCoverages(
      coverage.map((each) => ({ ...each, days: each.days.filter((day) => isShown(day, today)) })),
    ),
  ].join("\n");
}

function command(action: Action | undefined, { dispatcherArn: endpoint }: Arns): Markup | undefined {
  if (action === undefined) return undefined;
  const { text, command: payload, confirm: confirmation } = action;
  return button(text, { endpoint, display: "popup", payload, confirmation });
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
