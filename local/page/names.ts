// What is absent of a day, as the content of the dialog: for a square of the coverage that a person has clicked. A button
// fetches the day again.
import { type Dataset, datasetsByName } from "../../shared/catalogue/datasets.ts";
import { type Day, formatDay, isDay } from "../../shared/catalogue/dates.ts";
import { jobs, jobsOf, optionsOf } from "../../shared/catalogue/jobs.ts";
import { type AbsentCell, absenceReasons, absentOn } from "../../shared/coverage/names.ts";
import type { Database } from "../../shared/ports.ts";
import type { Action } from "../../shared/widget/actions.ts";
import { namesShown, renderDayNames } from "../../shared/widget/day-names.ts";
import { html } from "../../shared/widget/html.ts";
import { button } from "./button.ts";
import type { PageWords } from "./words.ts";

/** @param query dataset and day; of anything else it says that nothing is absent */
export async function drawNames(
  database: Database,
  query: URLSearchParams,
  words: PageWords,
): Promise<string> {
  const dataset = datasetsByName.find(({ name }) => name === query.get("dataset"));
  const day = query.get("day") ?? "";
  if (dataset === undefined || !isDay(day)) return html`<p>${words.noNames}</p>`.markup;
  const absent = await absentOn(database, dataset, day, { reasons: absenceReasons, limit: namesShown });
  const again = fetchAgain(dataset, day, absent, words);
  const actions = again && html`<p class="names-actions">${button(again)}</p>`;
  return renderDayNames({ dataset, day, absent }, words.widget, actions).markup;
}

/** Asks for the day again, also for what was looked for and not found. A dataset by code is asked for the codes shown. */
function fetchAgain(
  { name, slices }: Dataset,
  day: Day,
  absent: readonly AbsentCell[],
  { fetchAgain: text }: PageWords,
): Action | undefined {
  const job = jobsOf(name).find((each) => jobs[each].mode === "history");
  if (job === undefined || !optionsOf(job).includes("refresh")) return undefined;
  const codes = [...new Set(absent.map(({ ts_code }) => ts_code))];
  const isByCode = slices === "codes" && optionsOf(job).includes("codes") && codes.length > 0;
  return {
    ...{ key: "fetch-again", text: text(formatDay(day)), label: text(formatDay(day)) },
    command: { job, from: day, to: day, refresh: true, ...(isByCode && { codes }) },
    confirm: "plan",
  };
}
