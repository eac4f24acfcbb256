// `coverage`: how complete the data is, by day, by month, of one day by name, or of one security.
import { pages } from "../../client/client.ts";
import type { CoverageAnswer, DayNamesAnswer } from "../../shared/api/answers.ts";
import { datasetsByDay } from "../../shared/catalogue/datasets.ts";
import { type Api, asNamed, openApi } from "../api.ts";
import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";

type DayRows = CoverageAnswer["days"][number]["stocks"];
type Figures = Pick<DayRows, "stored" | "expected" | "explained" | "unexplained" | "missing">;

/** What is asked for; `isOnlyMissing`: leave out what is whole. */
type Asked = {
  readonly range: { from: string | undefined; to: string | undefined };
  readonly isOnlyMissing: boolean;
  readonly t: Messages;
};

/** The printed result: the API's answer, and the same as lines. */
type Shown = { readonly body: object; readonly lines: readonly string[] };

export const coverageCommand = (t: Messages) =>
  command({
    usage: "coverage [dataset]",
    about: t.coverage.about,
    options: {
      dataset: {
        type: "string",
        choices: datasetsByDay.map(({ name }) => name),
        describe: t.coverage.datasetOption,
      },
      from: { type: "string", kind: "day", describe: t.coverage.fromOption },
      to: { type: "string", kind: "day", describe: t.coverage.toOption },
      by: { type: "string", choices: ["day", "month"], describe: t.coverage.byOption },
      code: { type: "string", describe: t.coverage.codeOption },
      day: { type: "string", kind: "day", describe: t.coverage.dayOption },
      missing: { type: "boolean", default: false, describe: t.coverage.missingOption },
    },
    examples: [
      ["coverage --from 20240101 --to 20240131", t.coverage.exampleMonth],
      ["coverage --missing", t.coverage.exampleMissing],
      ["coverage stock_daily --by month --from 20200101", t.coverage.exampleByMonth],
      ["coverage stock_daily --day 20240105", t.coverage.exampleDay],
      ["coverage stock_daily --code 600519.SH", t.coverage.exampleCode],
    ],
    async run(session, { dataset, from, to, by, code, day, missing }) {
      const { output } = session;
      const target = await session.target();
      sayOrigin(target, session);
      const api = await openApi(target, t);
      const asked = { range: { from, to }, isOnlyMissing: missing, t };
      const { body, lines } =
        dataset === undefined
          ? await ofStocksAndEtfs(api, asked)
          : day !== undefined
            ? await ofDay(api, { dataset, day }, t)
            : code !== undefined
              ? await ofCode(api, { dataset, code }, asked)
              : await ofDataset(api, dataset, by === "month", asked);
      output.json({ ...body, origin: target.origin });
      for (const line of lines) output.line(line);
      return exitCodes.done;
    },
  });

async function ofStocksAndEtfs(api: Api, { range, isOnlyMissing, t }: Asked): Promise<Shown> {
  const coverage = await api.readCoverage(range);
  const days = coverage.days.filter(({ stocks }) => !isOnlyMissing || !stocks.whole);
  const { day, stocks, etfs, share, state } = t.coverage.headings;
  const rows = days.map((one) => [
    one.day,
    ...[number(one.stocks.stored), shareOf(one.stocks), t.coverage.states[one.stocks.state]],
    ...[number(one.etfs.stored), t.coverage.states[one.etfs.state]],
  ]);
  return {
    body: { ...coverage, days },
    lines: [
      t.coverage.newest(coverage.newest_trade_date ?? "-"),
      ...tableOf([day, stocks, share, state, etfs, state], rows, coverage, isOnlyMissing, t),
    ],
  };
}

async function ofDataset(api: Api, dataset: string, isByMonth: boolean, asked: Asked): Promise<Shown> {
  const { range, isOnlyMissing, t } = asked;
  const by = isByMonth ? "month" : "day";
  const coverage = await api.readDatasetCoverage({ dataset: asNamed(dataset), ...range, by });
  const days = (coverage.days ?? []).filter(({ whole }) => !isOnlyMissing || !whole);
  const months = (coverage.months ?? []).filter((one) => !isOnlyMissing || one.whole_days < one.days);
  const { day, month, state, openDays, whole, ...headings } = t.coverage.headings;
  const figures = [
    headings.rows,
    headings.expected,
    headings.explained,
    headings.unexplained,
    headings.missing,
  ];
  const [names, rows] = isByMonth
    ? [
        [month, openDays, whole, ...figures],
        months.map((one) => [one.month, number(one.days), number(one.whole_days), ...figuresOf(one)]),
      ]
    : [
        [day, ...figures, state],
        days.map((one) => [one.day, ...figuresOf(one), t.coverage.states[one.state]]),
      ];
  return {
    body: { ...coverage, ...(isByMonth ? { months } : { days }) },
    lines: [
      t.coverage.reach(coverage.newest_whole_day ?? "-", coverage.complete_through ?? "-"),
      ...(coverage.uncounted_from === null ? [] : [t.coverage.uncounted(coverage.uncounted_from)]),
      ...tableOf(names, rows, coverage, isOnlyMissing, t),
    ],
  };
}

type NamedDataset = Parameters<Api["readDayNames"]>[0]["dataset"];

/** All names of a day; the API has them in pages. */
async function ofDay(
  api: Api,
  { dataset, day }: { dataset: string; day: string },
  t: Messages,
): Promise<Shown> {
  const absent: DayNamesAnswer["absent"] = [];
  for await (const page of pages(api.readDayNames, { dataset: asNamed<NamedDataset>(dataset), day }))
    absent.push(...page.absent);
  const { code, interface: of, reason, looks } = t.coverage.headings;
  const rows = absent.map((one) => [
    one.ts_code,
    one.interface,
    t.coverage.reasons[one.reason],
    number(one.looks),
  ]);
  const lines =
    rows.length === 0 ? [t.coverage.nothingAbsent(day)] : asTable([code, of, reason, looks], rows);
  return { body: { dataset, day, absent }, lines };
}

async function ofCode(
  api: Api,
  { dataset, code }: { dataset: string; code: string },
  { range, t }: Asked,
): Promise<Shown> {
  const known = await api.readCodeCoverage({ dataset: asNamed(dataset), ts_code: code, ...range });
  const { from, to, interface: of, openDays } = t.coverage.headings;
  const rows = known.missing_ranges.map((run) => [run.from, run.to, number(run.days), run.interface]);
  return {
    body: known,
    lines: [
      t.coverage.storedDays(known.ts_code, known.first_stored ?? "-", known.last_stored ?? "-"),
      t.coverage.ofRange(known.from, known.to, {
        expected: number(known.expected),
        stored: number(known.stored),
        evidence: number(known.explained.evidence),
        noData: number(known.explained.no_data),
        unexplained: number(known.unexplained),
        missing: number(known.missing),
      }),
      ...(rows.length === 0 ? [] : asTable([from, to, openDays, of], rows)),
    ],
  };
}

function tableOf(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { from, to }: { from: string; to: string },
  isOnlyMissing: boolean,
  t: Messages,
): string[] {
  if (rows.length > 0) return asTable(headings, rows);
  return [isOnlyMissing ? t.coverage.noneMissing(from, to) : t.coverage.noOpenDays(from, to)];
}

function figuresOf({ stored, expected, explained, unexplained, missing }: Figures): string[] {
  return [stored, expected, explained, unexplained, missing].map((count) =>
    count === null ? "" : number(count),
  );
}

function shareOf({ stored, expected }: Figures): string {
  return expected === 0 || expected === null ? "" : `${Math.round((stored / expected) * 100)}%`;
}
