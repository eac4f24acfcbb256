// Every dataset of the catalogue: what is stored of it, and its rows.
import { type Choice, choiceOf, pointsFor } from "../catalogue/chosen-datasets.ts";
import { type Dataset, datasets, isDatasetName } from "../catalogue/datasets.ts";
import { jobsOf } from "../catalogue/jobs.ts";
import {
  codeColumnOf,
  type DatasetState,
  linesOfDataset,
  readStates,
  shownColumns,
} from "../reads/datasets.ts";
import { say } from "../words/say.ts";
import { DatasetDetailAnswer, DatasetRowsAnswer, DatasetsAnswer } from "./answers.ts";
import { anyCode, day, integer, oneOf, optional } from "./fields.ts";
import { refusePages } from "./price-routes.ts";
import { type Answer, badInput, type Route, route } from "./route.ts";
import { linesAsCsv, pageAsJson, TooManyRows } from "./table.ts";

const names = Object.keys(datasets) as [string, ...string[]];
const named = oneOf(names, "the dataset", "stock_daily");

const limitMax = 5_000;
const limitByDefault = 500;

/** Later pages are slower, because the rows before them are read too: `export` reads whole tables. */
const offsetMax = 1_000_000;

export const datasetRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/datasets",
    id: "listDatasets",
    tag: "Datasets",
    summary: "All datasets: what is stored of each, and whether the schedules keep it up to date",
    answers: { 200: { about: "In the order of the catalogue", schema: DatasetsAnswer } },
    async handle({ database, settings, clock }) {
      const choice = choiceOf(settings);
      const all = Object.values(datasets);
      const states = await readStates(database, all, clock.now());
      const body = all.map((dataset, at) => ({ ...described(dataset, choice), ...stateOf(states[at]) }));
      return { status: 200, body: { datasets: body } };
    },
  }),
  route({
    method: "GET",
    at: "/api/datasets/{dataset}",
    id: "readDataset",
    tag: "Datasets",
    summary: "One dataset: its columns, what is stored, and through which day it is complete",
    path: { dataset: named },
    answers: { 200: { about: "The dataset", schema: DatasetDetailAnswer } },
    async handle({ database, settings, clock }, { path }) {
      const dataset = datasetNamed(path.dataset);
      const [state] = await readStates(database, [dataset], clock.now(), 200);
      const body = {
        ...described(dataset, choiceOf(settings)),
        ...stateOf(state),
        key: dataset.key,
        is_unique: dataset.replacesSlice !== true,
        code_column: codeColumnOf(dataset) ?? null,
        day_column: dataset.dayColumn ?? null,
        columns: shownColumns(dataset).map(({ name, type }) => ({ name, type })),
      };
      return { status: 200, body };
    },
  }),
  route({
    method: "GET",
    at: "/api/datasets/{dataset}/rows",
    id: "readRows",
    tag: "Datasets",
    summary: "Rows of a dataset, the newest day first",
    about:
      "All columns as they are stored. Prices adjusted for splits and dividends are under /api/daily; whole tables are read faster by `tushare-sync export`.",
    path: { dataset: named },
    query: {
      code: optional(anyCode("only its rows")),
      from: optional(day("the first, included")),
      to: optional(day("the last, included", "20240131")),
      format: optional(
        oneOf(["json", "csv"], "json by default; csv has all rows, as far as one answer holds them"),
      ),
      limit: optional(integer(1, limitMax, `rows on a page, ${limitByDefault} by default`, 500)),
      cursor: optional(integer(1, offsetMax, "next_cursor of the previous page", 500)),
    },
    answers: {
      200: { about: "A page of rows, or all of them as CSV", schema: DatasetRowsAnswer, csv: true },
    },
    async handle({ database }, { path, query }) {
      const dataset = datasetNamed(path.dataset);
      const { code, from, to, limit = limitByDefault, cursor = 0 } = query;
      const refusal = refuse(dataset, query);
      if (refusal !== undefined) return refusal;
      const read = (offset: number, form: "json" | "csv", most?: number) =>
        linesOfDataset(database, dataset, { code, from, to, offset }, form, most);
      if (query.format === "csv") {
        const columns = shownColumns(dataset).map(({ name }) => name);
        try {
          const { csv } = await linesAsCsv(columns, (after) => read(Number(after ?? 0), "csv"));
          return { status: 200, csv };
        } catch (error) {
          if (!(error instanceof TooManyRows)) throw error;
          return badInput("format", "csv", say("allowedFewerRows"));
        }
      }
      return { status: 200, json: pageAsJson({ dataset: dataset.name }, await read(cursor, "json", limit)) };
    },
  }),
];

/** The path's schema has accepted it. */
function datasetNamed(name: string): Dataset {
  if (!isDatasetName(name)) throw new Error(`no dataset ${name}`);
  return datasets[name];
}

function described(dataset: Dataset, { datasets: kept, beyondPoints }: Choice) {
  const { name, title, set, table } = dataset;
  const isIn = (among: readonly Dataset[]) => among.some((each) => each.name === name);
  return {
    ...{ dataset: name, title: title.en, set, table, jobs: jobsOf(name), points: pointsFor(dataset) },
    kept: isIn(kept) ? "yes" : isIn(beyondPoints) ? "points" : "no",
  };
}

function stateOf(state: DatasetState | undefined) {
  return {
    rows: state?.rows ?? null,
    rows_are_counted: state?.isCounted ?? false,
    first_day: state?.firstDay ?? null,
    last_day: state?.lastDay ?? null,
    newest_whole_day: state?.newestWhole ?? null,
    complete_through: state?.completeThrough ?? null,
  };
}

type Query = {
  code?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  format?: string | undefined;
  limit?: number | undefined;
  cursor?: number | undefined;
};

function refuse(dataset: Dataset, { code, from, to, ...paging }: Query): Answer | undefined {
  const { name, dayColumn } = dataset;
  if (code !== undefined && codeColumnOf(dataset) === undefined)
    return badInput("code", code, say("allowedWithoutCodes", { dataset: name }));
  const [field, value] = from === undefined ? ["to", to] : ["from", from];
  if (value !== undefined && dayColumn === undefined)
    return badInput(String(field), value, say("allowedWithoutDays", { dataset: name }));
  if (from !== undefined && to !== undefined && from > to)
    return badInput("from", from, say("allowedNotAfter", { to: "to", last: to }));
  return refusePages(paging);
}
