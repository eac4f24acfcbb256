// Coverage: what is stored of each open day, what is missing, and the origin of the data.
import { datasets, datasetsByDay, datasetsByName } from "../catalogue/datasets.ts";
import { addDays, type Day, daysBetween, earlier, shanghaiDay } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { isReal } from "../catalogue/origin.ts";
import type { DayRange } from "../coverage/calendar.ts";
import { absenceReasons, absentCellsMax, absentOn, readCodeCoverage } from "../coverage/names.ts";
import { firstAskedDay, readReach } from "../coverage/reach.ts";
import { byMonth, stateOfDay } from "../coverage/state.ts";
import { type DayCoverage, readCoverage } from "../coverage/stored-days.ts";
import { readOrigin } from "../ledger/origin.ts";
import { newestTradeDate } from "../reads/daily.ts";
import { warnOfOrigin } from "../words/origin.ts";
import { say } from "../words/say.ts";
import {
  CodeCoverageAnswer,
  CoverageAnswer,
  DatasetCoverageAnswer,
  DayNamesAnswer,
  OriginAnswer,
} from "./answers.ts";
import { code, day, integer, oneOf, optional, text, withDefault } from "./fields.ts";
import { type Answer, badInput, notFound, type Route, route, unknown } from "./route.ts";

/** Calendar days in one answer; the rows of days that are not kept as whole are counted. */
const daysMax = 400;
const daysInMonthsMax = 1_830;
const daysByDefault = 30;
const daysInMonthsByDefault = 365;

/** Names on one page. */
const namesByDefault = 500;

const rangeFields = {
  from: optional(day(`the first, included; ${daysByDefault} days back by default`)),
  to: optional(day("the last, included; today in Shanghai by default", "20240131")),
};

/** The requested range, or why it is refused. */
function readRange(
  asked: { from?: Day | undefined; to?: Day | undefined },
  now: Date,
  { most, usual } = { most: daysMax, usual: daysByDefault },
): { asked: DayRange } | { refused: Answer } {
  const to = asked.to ?? shanghaiDay(now);
  const from = asked.from ?? addDays(to, -usual);
  if (from > to) return { refused: badInput("from", from, say("allowedNotAfter", { to: "to", last: to })) };
  if (daysBetween(from, to) >= most) {
    return { refused: badInput("from", from, `a day less than ${most} days before to, ${to}`) };
  }
  return { asked: { from, to } };
}

const [firstName, ...otherNames] = datasetsByDay.map(({ name }) => name);
if (firstName === undefined) throw new Error("no dataset is by trading day");
const [firstNamed, ...othersNamed] = datasetsByName.map(({ name }) => name);
if (firstNamed === undefined) throw new Error("no dataset has a row of each member on each day");
const namedDataset = oneOf(
  [firstNamed, ...othersNamed],
  "one with a row of each security on each trading day",
);

const dayToName = day("a trading day");
const cellCursor = text(60, "next_cursor of the previous page", "600519.SH daily");

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
        stocks: asRows(rows, lastDueDay(datasets.stock_daily, clock.now())),
        etfs: asRows(
          etfsOf.get(rows.day) ?? { ...rows, stored: 0, expected: 0, whole: false, asked: false },
          lastDueDay(datasets.etf_daily, clock.now()),
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
    summary: "How complete one dataset is, by day or by month, and through which day",
    path: { dataset: oneOf([firstName, ...otherNames], "one by trading day") },
    query: {
      from: optional(
        day(`the first, included; ${daysByDefault} days back by default, by month ${daysInMonthsByDefault}`),
      ),
      to: rangeFields.to,
      by: withDefault(oneOf(["day", "month"], "one row for each; day by default"), "day"),
    },
    answers: { 200: { about: "The trading days or the months, ascending", schema: DatasetCoverageAnswer } },
    async handle({ database, clock }, { path, query }) {
      const now = clock.now();
      const isByDay = query.by === "day";
      const limits = isByDay ? undefined : { most: daysInMonthsMax, usual: daysInMonthsByDefault };
      const range = readRange(query, now, limits);
      if ("refused" in range) return range.refused;
      const { asked } = range;
      const dataset = datasets[path.dataset];
      const due = lastDueDay(dataset, now);
      const days = await readCoverage(database, dataset, asked);
      const { newestWhole, completeThrough, uncountedFrom } = await readReach(database, dataset, now);
      const body = {
        dataset: dataset.name,
        newest_whole_day: newestWhole ?? null,
        complete_through: completeThrough ?? null,
        uncounted_from: uncountedFrom ?? null,
        ...asked,
        ...(isByDay
          ? { days: days.map((rows) => ({ day: rows.day, ...asRows(rows, due) })) }
          : {
              months: byMonth(days, due).map(({ wholeDays: whole_days, ...rows }) => ({
                ...rows,
                whole_days,
              })),
            }),
      };
      return { status: 200, body };
    },
  }),
  route({
    method: "GET",
    at: "/api/coverage/{dataset}/days/{day}",
    id: "readDayNames",
    tag: "Coverage",
    summary: "What is absent of one day, by name and with the reason",
    about: "A day on which nothing is absent has an empty list; so has a day on which the market is closed.",
    path: { dataset: namedDataset, day: dayToName },
    query: {
      reason: optional(oneOf(absenceReasons, "only these; all by default")),
      limit: withDefault(integer(1, absentCellsMax, "names on a page", namesByDefault), namesByDefault),
      cursor: optional(cellCursor),
    },
    answers: { 200: { about: "A page of names, by code", schema: DayNamesAnswer } },
    async handle({ database }, { path, query: { reason, limit, cursor } }) {
      const [ts_code = "", of = ""] = cursor?.split(" ") ?? [];
      const absent = await absentOn(database, datasets[path.dataset], path.day, {
        reasons: reason === undefined ? absenceReasons : [reason],
        after: { ts_code, interface: of },
        limit,
      });
      const last = absent.length < limit ? undefined : absent.at(-1);
      const next_cursor = last === undefined ? null : `${last.ts_code} ${last.interface}`;
      return { status: 200, body: { ...path, absent, next_cursor } };
    },
  }),
  route({
    method: "GET",
    at: "/api/coverage/{dataset}/{ts_code}",
    id: "readCodeCoverage",
    tag: "Coverage",
    summary: "How complete one security is: its stored days, and where it lacks some",
    path: { dataset: namedDataset, ts_code: code("a security of the dataset") },
    query: {
      from: optional(day("the first, included; the first requested day by default")),
      to: optional(day("the last, included; the newest day that is due by default", "20240131")),
    },
    answers: {
      200: { about: "Its days by what is known of them", schema: CodeCoverageAnswer },
      404: unknown("The dataset has no such security"),
    },
    async handle({ database, clock }, { path: { dataset: name, ts_code }, query }) {
      const dataset = datasets[name];
      const to = query.to ?? lastDueDay(dataset, clock.now());
      const from = query.from ?? earlier((await firstAskedDay(database, dataset)) ?? to, to);
      if (from > to) return badInput("from", from, say("allowedNotAfter", { to: "to", last: to }));
      const known = await readCodeCoverage(database, dataset, ts_code, { from, to });
      if (known === undefined) return notFound(say("noCode", { code: ts_code }));
      const { missing, unexplained, ...explained } = known.absent;
      const body = {
        ...{ dataset: name, ts_code, from, to },
        first_stored: known.firstStored ?? null,
        last_stored: known.lastStored ?? null,
        ...{ expected: known.expected, stored: known.stored, explained, unexplained, missing },
        missing_ranges: known.missingRanges,
      };
      return { status: 200, body };
    },
  }),
];

function asRows({ day, ...rows }: DayCoverage, due: Day): object {
  return { state: stateOfDay({ day, ...rows }, due), ...rows };
}
