// Coverage: what is stored of each open day, what is missing, and where all of it comes from.
import { addDays, daysBetween, shanghaiDay } from "../catalogue/dates.ts";
import { isReal } from "../catalogue/origin.ts";
import { readCoverage } from "../coverage/stored-days.ts";
import { readOrigin } from "../ledger/origin.ts";
import { newestTradeDate } from "../reads/daily.ts";
import { warnOfOrigin } from "../words/origin.ts";
import { say } from "../words/say.ts";
import { CoverageAnswer, OriginAnswer } from "./answers.ts";
import { day, optional } from "./fields.ts";
import { badInput, notFound, type Route, route, unknown } from "./route.ts";

/** Calendar days of one answer, which counts every stored row of them. */
const daysMax = 400;
const daysByDefault = 30;

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
    summary: "Rows stored for each open day, against the instruments listed on it",
    query: {
      from: optional(day(`the first, included; ${daysByDefault} days back by default`)),
      to: optional(day("the last, included; today in Shanghai by default", "20240131")),
    },
    answers: { 200: { about: "The open days, ascending", schema: CoverageAnswer } },
    async handle({ database, clock }, { query }) {
      const to = query.to ?? shanghaiDay(clock.now());
      const from = query.from ?? addDays(to, -daysByDefault);
      if (from > to) return badInput("from", from, say("allowedNotAfter", { to: "to", last: to }));
      if (daysBetween(from, to) >= daysMax) {
        return badInput("from", from, `a day less than ${daysMax} days before to, ${to}`);
      }
      const [newest, days] = await Promise.all([
        newestTradeDate(database),
        readCoverage(database, { from, to }),
      ]);
      return { status: 200, body: { newest_trade_date: newest ?? null, from, to, days } };
    },
  }),
];
