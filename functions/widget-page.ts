// The content of the CloudWatch widget, and its buttons. CloudWatch removes scripts, so a button is a link followed by an
// element that names the function to call. The call uses the permissions of the person who clicks.
import { datasetsByName } from "../shared/catalogue/datasets.ts";
import { addDays, type Day, shanghaiDay } from "../shared/catalogue/dates.ts";
import type { Origin } from "../shared/catalogue/origin.ts";
import { readCoverages } from "../shared/coverage/dataset-coverage.ts";
import { absenceReasons, absentOn } from "../shared/coverage/names.ts";
import type { Clock, Database } from "../shared/ports.ts";
import { currentTasks } from "../shared/reads/ledger.ts";
import { countFailures, readFailures } from "../shared/reads/progress.ts";
import { type Action, pauseOrResume, retry, retryAll } from "../shared/widget/actions.ts";
import { type Opening, renderCoverages } from "../shared/widget/coverage.ts";
import { namesShown, renderDayNames } from "../shared/widget/day-names.ts";
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
  const range = { from: addDays(today, -coverageDays), to: today };
  const coverage = await readCoverages(database, range, now);
  return [
    `<style>${style}</style>`,
    renderOrigin(origin, "en").markup,
    html`<p>As of ${formatTime(now, now)} in Shanghai. ${button("Read again", { endpoint: arns.ownArn, display: "widget", payload: {} })}</p>`
      .markup,
    renderTasks(tasks, { now, actions: (task) => command(pauseOrResume(task, english, questions), arns) }),
    "<h3>Needs action</h3>",
    renderFailures(failures, {
      now,
      total: needPerson,
      action: (failure) => command(retry(failure, english), arns),
      actionForAll: command(retryAll(english), arns),
    }),
    "<h3>Coverage</h3>",
    renderCoverages(coverage, english, openingWith(arns)),
  ].join("\n");
}

/** A day whose names a person wants to see. */
export type NamesAsked = { readonly dataset: string; readonly day: Day };

/** The names of what is absent of a day, for a popup. */
export async function drawNames(database: Database, asked: NamesAsked): Promise<string> {
  const dataset = datasetsByName.find(({ name }) => name === asked.dataset);
  if (dataset === undefined) return html`<p>No names are known of ${asked.dataset}.</p>`.markup;
  const absent = await absentOn(database, dataset, asked.day, { reasons: absenceReasons, limit: namesShown });
  return `<style>${style}</style>${renderDayNames({ dataset, day: asked.day, absent }).markup}`;
}

function openingWith({ ownArn: endpoint }: Arns): Opening {
  return {
    link: ({ name: dataset }, day, text) =>
      call(html`<a>${text}</a>`, { endpoint, display: "popup", payload: { names: { dataset, day } } }),
  };
}

function command(action: Action | undefined, { dispatcherArn: endpoint }: Arns): Markup | undefined {
  if (action === undefined) return undefined;
  const { text, command: payload, confirm: confirmation } = action;
  return button(text, { endpoint, display: "popup", payload, confirmation });
}

type Call = {
  readonly endpoint: string;
  readonly display: "popup" | "widget";
  readonly payload: object;
  readonly confirmation?: string;
};

const button = (name: string, called: Call): Markup => call(html`<a class="btn">${name}</a>`, called);

/** A click on the link calls the function. */
function call(link: Markup, { endpoint, display, payload, confirmation }: Call): Markup {
  const asks = confirmation === undefined ? undefined : html` confirmation="${confirmation}"`;
  return html`${link}<cwdb-action action="call" endpoint="${endpoint}" display="${display}"${asks}>${JSON.stringify(payload)}</cwdb-action>`;
}
