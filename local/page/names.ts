// What is absent of a day, as the content of the dialog: for a square of the coverage that a person has clicked.
import { datasetsByName } from "../../shared/catalogue/datasets.ts";
import { isDay } from "../../shared/catalogue/dates.ts";
import { absenceReasons, absentOn } from "../../shared/coverage/names.ts";
import type { Database } from "../../shared/ports.ts";
import { namesShown, renderDayNames } from "../../shared/widget/day-names.ts";
import { html } from "../../shared/widget/html.ts";
import type { PageWords } from "./words.ts";

/** @param query dataset and day; of anything else it says that nothing is absent */
export async function drawNames(
  database: Database,
  query: URLSearchParams,
  { widget, noNames }: PageWords,
): Promise<string> {
  const dataset = datasetsByName.find(({ name }) => name === query.get("dataset"));
  const day = query.get("day") ?? "";
  if (dataset === undefined || !isDay(day)) return html`<p>${noNames}</p>`.markup;
  const absent = await absentOn(database, dataset, day, { reasons: absenceReasons, limit: namesShown });
  return renderDayNames({ dataset, day, absent }, widget).markup;
}
