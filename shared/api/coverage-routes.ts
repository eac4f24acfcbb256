// Coverage: what is stored of each open day, what is missing, and the origin of the data.
import { datasets, datasetsByDay } from "../catalogue/datasets.ts";
import { addDays, type Day, daysBetween, shanghaiDay } from "../catalogue/dates.ts";
import { isReal } from "../catalogue/origin.ts";
import { type DayCoverage, readCoverage } from "../coverage/stored-days.ts";
import { readOrigin } from "../ledger/origin.ts";
import { newestTradeDate } from "../reads/daily.ts";
import { warnOfOrigin } from "../words/origin.ts";
import { say } from "../words/say.ts";
import { CoverageAnswer, DatasetCoverageAnswer, OriginAnswer } from "./answers.ts";
import { day, oneOf, optional } from "./fields.ts";
import { type Answer, badInput, notFound, type Route, route, unknown } from "./route.ts";

/** Calendar days in one answer; the query counts every stored row of these days. */
const daysMax = 400;
const daysByDefault = 30;

const rangeFields = {
  from: optional(day(`the first, included; ${daysByDefault} days back by default`)),
  to: optional(day("the last, included; today in Shanghai by default", "20240131")),
};

/** The requested range, or why it is refused. */
function readRange(
  asked: { from?: Day | undefined; to?: Day | undefined },
  now: Date,
): { asked: { from: Day; to: Day } } | { refused: Answer } {
  const to = asked.to ?? shanghaiDay(now);
  const from = asked.from ?? addDays(to, -daysByDefault);
  if (from > to) return { refused: badInput("from", from, say("allowedNotAfter", { to: "to", last: to })) };
  if (daysBetween(from, to) >= daysMax) {
    return { refused: badInput("from", from, `a day less than ${daysMax} days before to, ${to}`) };
  }
  return { asked: { from, to } };
}

const [firstName, ...otherNames] = datasetsByDay.map(({ name }) => name);
if (firstName === undefined) throw new Error("no dataset is by trading day");

export const coverageRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/origin",
    id: "readOrigin",
    tag: "Coverage",
    summary: "Where every stored row comes from: real TuShare, a simulated market, captured answers",
    answers: {
      200: { about: "The origin recorded in the database", schema: OriginAnswer },
      404: unknown("None is recorded"),
    },
    async handle({ database }) {
      const origin = await readOrigin(database);
      if (origin === undefined) return notFound(say("originNotRecorded"));
      const { kind, identity, recordedAt: recorded_at } = origin;
      const body = {
        kind,
        identity,
        is_real: isReal(origin),
        warning: warnOfOrigin(origin) ?? null,
        recorded_at,
      };
      return { status: 200, body };
    },
  }),
  route({
    method: "GET",
    at: "/api/coverage",
    id: "readCoverage",
    tag: "Coverage",
    summary: "Rows stored for each trading day, against the instruments listed on it",
    query: rangeFields,
    answers: { 200: { about: "The trading days, ascending", schema: CoverageAnswer } },
    async handle({ database, clock }, { query }) {
      const range = readRange(query, clock.now());
      if ("refused" in range) return range.refused;
      const { asked } = range;
      const [newest, stocks, etfs] = await Promise.all([
        newestTradeDate(database),
        readCoverage(database, datasets.stock_daily, asked),
        readCoverage(database, datasets.etf_daily, asked),
      ]);
      const etfsOf = new Map(etfs.map((rows) => [rows.day, rows]));
      const days = stocks.map((rows) => ({
        day: rows.day,
        stocks: withoutDay(rows),
        etfs: withoutDay(
          etfsOf.get(rows.day) ?? { ...rows, stored: 0, listed: 0, proven: false, asked: false },
        ),
      }));
      return { status: 200, body: { newest_trade_date: newest ?? null, ...asked, days } };
    },
  }),
  route({
    method: "GET",
    at: "/api/coverage/{dataset}",
    id: "readDatasetCoverage",
    tag: "Coverage",
    summary: "Rows of one dataset stored for each trading day",
    path: { dataset: oneOf([firstName, ...otherNames], "one by trading day") },
    query: rangeFields,
    answers: { 200: { about: "The trading days, ascending", schema: DatasetCoverageAnswer } },
    async handle({ database, clock }, { path: { dataset }, query }) {
      const range = readRange(query, clock.now());
      if ("refused" in range) return range.refused;
      const { asked } = range;
      const days = await readCoverage(database, datasets[dataset], asked);
      return { status: 200, body: { dataset, ...asked, days } };
    },
  }),
];

function withoutDay({ day: _, ...rows }: DayCoverage): Omit<DayCoverage, "day"> {
  return rows;
}
