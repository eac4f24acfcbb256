// All datasets, as the content of the dialog: what is stored of each, and whether the schedules keep it up to date.
import type { Choice } from "../../shared/catalogue/chosen-datasets.ts";
import { type Dataset, datasets } from "../../shared/catalogue/datasets.ts";
import { formatDay, isDay } from "../../shared/catalogue/dates.ts";
import { jobsOf } from "../../shared/catalogue/jobs.ts";
import type { Database } from "../../shared/ports.ts";
import { type DatasetState, readStates } from "../../shared/reads/datasets.ts";
import { formatNumber } from "../../shared/widget/format.ts";
import { html } from "../../shared/widget/html.ts";
import { renderTable } from "../../shared/widget/table.ts";
import type { PageWords } from "./words.ts";

export async function drawDatasets(
  database: Database,
  choice: Choice,
  now: Date,
  words: PageWords,
): Promise<string> {
  const all = Object.values(datasets);
  const { datasetTable: t, widget } = words;
  const states = await readStates(database, all, now);
  const rows = all.flatMap((dataset, at) => {
    const state = states[at];
    return state === undefined ? [] : [{ dataset, state }];
  });
  const table = renderTable<{ dataset: Dataset; state: DatasetState }>({
    columns: [
      { name: t.dataset, cell: ({ dataset }) => widget.title(dataset.title) },
      { name: t.kept, cell: ({ dataset }) => t.keptAs[keptAs(dataset, choice)] },
      { name: t.rows, isNumber: true, isRight: true, cell: ({ state }) => rowsOf(state) },
      { name: t.first, cell: ({ state }) => dayOf(state.firstDay) },
      { name: t.last, cell: ({ state }) => dayOf(state.lastDay) },
      { name: t.through, cell: ({ state }) => dayOf(state.completeThrough) },
      { name: words.job, cell: ({ dataset }) => jobsOf(dataset.name)[0] ?? "" },
    ],
    rows,
  });
  return html`<h3>${t.title}</h3><p class="ts-quiet">${t.about}</p>${table}`.markup;
}

function keptAs({ name }: Dataset, { datasets: kept, beyondPoints }: Choice): "yes" | "points" | "no" {
  if (kept.some((each) => each.name === name)) return "yes";
  return beyondPoints.some((each) => each.name === name) ? "points" : "no";
}

/** ~ before an estimate. */
function rowsOf({ rows, isCounted }: DatasetState): string {
  if (rows === null) return "?";
  return isCounted ? formatNumber(rows) : `~${formatNumber(rows)}`;
}

/** Months and quarters stay as they are. */
function dayOf(day: string | null): string {
  return day !== null && isDay(day) ? formatDay(day) : (day ?? "");
}
