// `datasets`: every dataset of the mirror, whether the schedules keep it up to date, and what is stored of it.
import type { DatasetAnswer, DatasetDetailAnswer } from "../../shared/api/answers.ts";
import { datasets, isDatasetName } from "../../shared/catalogue/datasets.ts";
import { asNamed, openApi } from "../api.ts";
import { command } from "../command.ts";
import { figuresOf } from "../dataset-figures.ts";
import { exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";

export const datasetsCommand = (t: Messages) =>
  command({
    usage: "datasets [dataset]",
    about: t.datasets.about,
    options: {
      dataset: { type: "string", choices: Object.keys(datasets), describe: t.datasets.datasetOption },
    },
    examples: [
      ["datasets", t.datasets.exampleAll],
      ["datasets stock_daily", t.datasets.exampleOne],
    ],
    async run(session, { dataset }) {
      const { output } = session;
      const target = await session.target();
      sayOrigin(target, session);
      const api = await openApi(target, t);
      if (dataset === undefined) {
        const { datasets: all } = await api.listDatasets();
        output.json({ datasets: all, origin: target.origin });
        for (const line of listDatasets(all, t)) output.line(line);
        return exitCodes.done;
      }
      const one = await api.readDataset({ dataset: asNamed(dataset) });
      output.json({ ...one, origin: target.origin });
      for (const line of describeDataset(one, t)) output.line(line);
      return exitCodes.done;
    },
  });

function listDatasets(all: readonly DatasetAnswer[], t: Messages): string[] {
  const { dataset, set, kept, rows, first, last, through, calls, job } = t.datasets.stateHeadings;
  return asTable(
    [dataset, set, kept, rows, first, last, through, calls, job],
    all.map((one) => [
      ...[one.dataset, one.set, t.datasets.keptAs[one.kept], rowsOf(one)],
      ...[one.first_day ?? "", one.last_day ?? "", one.complete_through ?? ""],
      ...[callsOf(one), one.jobs[0] ?? ""],
    ]),
  );
}

function describeDataset(one: DatasetDetailAnswer, t: Messages): string[] {
  return [
    ...listDatasets([one], t),
    t.datasets.through(one.newest_whole_day ?? "–", one.complete_through ?? "–"),
    t.datasets.keyed(one.key.join(", "), one.is_unique),
    t.datasets.jobs(one.jobs.join(", "), number(one.points)),
    ...asTable(
      [t.datasets.columnHeadings.column, t.datasets.columnHeadings.type],
      one.columns.map(({ name, type }) => [name, type]),
    ),
  ];
}

/** Of an evening, from the catalogue. */
function callsOf({ dataset }: DatasetAnswer): string {
  if (!isDatasetName(dataset)) return ""; // of a stack that is newer than this command line
  const { evening, reread } = figuresOf(datasets[dataset]);
  return number(Math.ceil(evening.calls + reread.calls));
}

/** ~ before an estimate; ? where there is none. */
function rowsOf({ rows, rows_are_counted: isCounted }: DatasetAnswer): string {
  if (rows === null) return "?";
  return isCounted ? number(rows) : `~${number(rows)}`;
}
