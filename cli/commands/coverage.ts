// `coverage`: what is stored for each trading day, compared with what was listed that day.
import type { CoverageAnswer, DatasetCoverageAnswer } from "../../shared/api/answers.ts";
import { datasetsByDay } from "../../shared/catalogue/datasets.ts";
import { type Api, openApi } from "../api.ts";
import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";

type DayRows = Omit<DatasetCoverageAnswer["days"][number], "day">;
type Range = { from: string | undefined; to: string | undefined };
/** The printed result: the API's answer, and its days as a table. */
type Shown = {
  readonly body: CoverageAnswer | DatasetCoverageAnswer;
  readonly head: readonly string[];
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export const coverageCommand = (t: Messages) =>
  command({
    usage: "coverage",
    about: t.coverage.about,
    options: {
      from: { type: "string", kind: "day", describe: t.coverage.fromOption },
      to: { type: "string", kind: "day", describe: t.coverage.toOption },
      dataset: {
        type: "string",
        choices: datasetsByDay.map(({ name }) => name),
        describe: t.coverage.datasetOption,
      },
      missing: { type: "boolean", default: false, describe: t.coverage.missingOption },
    },
    examples: [
      ["coverage --from 20240101 --to 20240131", t.coverage.exampleMonth],
      ["coverage --missing", t.coverage.exampleMissing],
      ["coverage --dataset etf_daily", t.coverage.exampleDataset],
    ],
    async run(session, { from, to, missing, dataset }) {
      const { output } = session;
      const target = await session.target();
      sayOrigin(target, session);
      const api = await openApi(target, t);
      const isWanted = ({ proven }: DayRows) => !missing || !proven;
      const { body, head, headings, rows } =
        dataset === undefined
          ? await ofStocksAndEtfs(api, { from, to }, isWanted, t)
          : await ofDataset(api, dataset, { from, to }, isWanted, t);
      output.json({ ...body, origin: target.origin });
      const none = missing ? t.coverage.noneMissing : t.coverage.noOpenDays;
      const lines = rows.length === 0 ? [none(body.from, body.to)] : asTable(headings, rows);
      for (const line of [...head, ...lines]) output.line(line);
      return exitCodes.done;
    },
  });

async function ofStocksAndEtfs(
  api: Api,
  range: Range,
  isWanted: (rows: DayRows) => boolean,
  t: Messages,
): Promise<Shown> {
  const coverage = await api.get<CoverageAnswer>("/api/coverage", range);
  const days = coverage.days.filter(({ stocks }) => isWanted(stocks));
  const { day, stocks, etfs, share, proven } = t.coverage.headings;
  return {
    body: { ...coverage, days },
    head: [t.coverage.newest(coverage.newest_trade_date ?? "-")],
    headings: [day, stocks, share, proven, etfs, proven],
    rows: days.map((one) => [
      one.day,
      ...cellsOf(one.stocks, t),
      number(one.etfs.stored),
      provenOf(one.etfs, t),
    ]),
  };
}

async function ofDataset(
  api: Api,
  dataset: string,
  range: Range,
  isWanted: (rows: DayRows) => boolean,
  t: Messages,
): Promise<Shown> {
  const coverage = await api.get<DatasetCoverageAnswer>(`/api/coverage/${dataset}`, range);
  const days = coverage.days.filter(isWanted);
  const { day, rows, share, proven } = t.coverage.headings;
  return {
    body: { ...coverage, days },
    head: [],
    headings: [day, rows, share, proven],
    rows: days.map((one) => [one.day, ...cellsOf(one, t)]),
  };
}

function cellsOf(rows: DayRows, t: Messages): string[] {
  return [number(rows.stored), shareOf(rows), provenOf(rows, t)];
}

function provenOf({ proven, asked }: DayRows, t: Messages): string {
  if (proven) return t.coverage.yes;
  return asked ? t.coverage.no : t.coverage.notAsked;
}

function shareOf({ stored, listed }: DayRows): string {
  return listed === 0 || listed === null ? "" : `${Math.round((stored / listed) * 100)}%`;
}
