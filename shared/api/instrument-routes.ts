// Instruments: which stocks and ETFs there are.
import { exchanges } from "../catalogue/dataset.ts";
import * as instruments from "../reads/instruments.ts";
import { say } from "../words/say.ts";
import {
  ErrorAnswer,
  EtfCountAnswer,
  exactNumber,
  InstrumentDetailAnswer,
  InstrumentsAnswer,
} from "./answers.ts";
import { code, day, integer, oneOf, optional, text, withDefault } from "./fields.ts";
import { notFound, type Route, route } from "./route.ts";

/** Even with the longest names, so many rows stay under the Data API's limit of 1 MiB. */
const limitMax = 1_000;

export const instrumentRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/instruments",
    id: "listInstruments",
    tag: "Instruments",
    summary: "Stocks and ETFs by code",
    about: "The list of ETFs is `?is_etf=Y`; with `exchange` that of one exchange.",
    query: {
      is_etf: optional(oneOf(["Y", "N"], "Y: only ETFs, N: only stocks")),
      exchange: optional(oneOf([exchanges.SH, exchanges.SZ, exchanges.BJ], "listed on this exchange")),
      status: optional(oneOf(instruments.listStatuses, "listed, delisted, or not trading")),
      q: optional(text(50, "part of the code, the name or its pinyin initials; case does not matter", "ETF")),
      on: optional(day("those listed then, with the codes they had; the other columns are those of now")),
      limit: withDefault(integer(1, limitMax, "instruments on a page", 500), 500),
      cursor: optional(code("next_cursor of the previous page")),
    },
    renamed: { market: "exchange" },
    answers: { 200: { about: "A page of instruments", schema: InstrumentsAnswer } },
    async handle({ database }, { query: { limit, cursor: after, ...filter } }) {
      const found = await instruments.findInstruments(database, filter, { after, limit });
      const next_cursor = found.length < limit ? null : (found.at(-1)?.ts_code ?? null);
      return { status: 200, body: { instruments: found, next_cursor } };
    },
  }),
  route({
    method: "GET",
    at: "/api/instruments/etf-count",
    id: "countEtfs",
    tag: "Instruments",
    summary: "How many ETFs there are, in all and by exchange",
    answers: { 200: { about: "The counts", schema: EtfCountAnswer } },
    async handle({ database }) {
      const counts = await instruments.countEtfsByExchange(database);
      const sum = (of: "etfs" | "listed") => counts.reduce((total, exchange) => total + exchange[of], 0);
      return { status: 200, body: { etfs: sum("etfs"), listed: sum("listed"), exchanges: counts } };
    },
  }),
  route({
    method: "GET",
    at: "/api/instruments/{ts_code}",
    id: "readInstrument",
    tag: "Instruments",
    summary: "One stock or ETF, with its newest stored trade date",
    path: { ts_code: code("the instrument") },
    answers: {
      200: { about: "The instrument", schema: InstrumentDetailAnswer },
      404: { about: "The lists have no such code", schema: ErrorAnswer },
    },
    async handle({ database }, { path: { ts_code } }) {
      const found = await instruments.readInstrument(database, ts_code);
      if (found === undefined) return notFound(say("notInLists", { code: ts_code }));
      return { status: 200, body: { ...found, mgt_fee: exactNumber(found.mgt_fee) } };
    },
  }),
];
