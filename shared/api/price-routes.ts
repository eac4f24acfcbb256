// Daily prices: of a code, adjusted or not, and of the whole market on a day.
import { addDays, type Day } from "../catalogue/dates.ts";
import * as daily from "../reads/daily.ts";
import { isKnownCode } from "../reads/instruments.ts";
import { say } from "../words/say.ts";
import { DailyOfCodeAnswer, DailyOfDayAnswer, ErrorAnswer } from "./answers.ts";
import { code, day, integer, oneOf, optional, truth } from "./fields.ts";
import { type Answer, type ApiServices, badInput, notFound, type Route, route } from "./route.ts";
import { linesAsCsv, pageAsJson } from "./table.ts";

const limitMax = daily.pageRowsMax;
const limitByDefault = 500;
const limit = optional(integer(1, limitMax, `rows on a page, ${limitByDefault} by default`, 500));
const format = optional(oneOf(["json", "csv"], "json by default; csv has all rows, without pages"));

/** Of an empty database; it has no rows either. */
const noDay = "19000101";

type OfCode = {
  from: string | undefined;
  to: string | undefined;
  adjust: daily.Adjustment | undefined;
  base: string | undefined;
  other_codes: boolean | undefined;
  format: "json" | "csv" | undefined;
  limit: number | undefined;
  cursor: string | undefined;
};

export const priceRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/daily/{ts_code}",
    id: "readDailyOfCode",
    tag: "Prices",
    summary: "Daily prices of a stock or an ETF, ascending by day",
    about:
      "Unadjusted rows also have the valuation. Adjusted rows have prices rounded to 5 decimals, and show where an earlier factor was used. Without any factor, adjusted prices are null. Of a stock that got another code, adjusted rows are under the new code where it has them; unadjusted rows are under both.",
    path: { ts_code: code("the stock or ETF") },
    query: {
      from: optional(day("the first, included")),
      to: optional(day("the last, included", "20240131")),
      adjust: optional(oneOf(daily.adjustments, "none by default; qfq forward, hfq backward adjusted")),
      other_codes: optional(
        truth(
          "also the days under other codes that the security has had, each day once; not with adjust=qfq",
        ),
      ),
      base: optional(day("for qfq: the day with unchanged prices; the newest stored by default", "20240131")),
      format,
      limit,
      cursor: optional(day("next_cursor of the previous page")),
    },
    answers: {
      200: { about: "A page of rows, or all of them as CSV", schema: DailyOfCodeAnswer, csv: true },
      404: { about: "The code is neither in a list nor in the prices", schema: ErrorAnswer },
    },
    handle: ({ database }, { path, query }) => ofCode(database, path.ts_code, query as OfCode),
  }),
  route({
    method: "GET",
    at: "/api/daily",
    id: "readDailyOfDay",
    tag: "Prices",
    summary: "Unadjusted prices and valuation of the whole market on one day, by code",
    about:
      "Each security is there once: where the old and the new code of a stock both have a row, it is that of the new code.",
    query: {
      trade_date: optional(day("the newest stored by default")),
      is_etf: optional(oneOf(["Y", "N"], "Y: only ETFs, N: only stocks")),
      format,
      limit,
      cursor: optional(code("next_cursor of the previous page")),
    },
    answers: { 200: { about: "A page of rows, or all of them as CSV", schema: DailyOfDayAnswer, csv: true } },
    async handle({ database }, { query }) {
      const { is_etf, cursor } = query;
      const refusal = refusePages(query);
      if (refusal !== undefined) return refusal;
      const newest = query.trade_date ?? (await daily.newestTradeDate(database));
      const trade_date = newest ?? noDay;
      if (query.format === "csv") {
        const read = (after: string | undefined) => daily.linesOfDay(database, { trade_date, is_etf, after });
        const { csv } = await linesAsCsv(daily.dailyColumns("none"), read);
        return { status: 200, csv };
      }
      const pageRows = query.limit ?? limitByDefault;
      const page = await daily.pageOfDay(database, { trade_date, is_etf, after: cursor }, pageRows);
      return { status: 200, json: pageAsJson({ trade_date: newest ?? null }, page) };
    },
  }),
];

async function ofCode(database: ApiServices["database"], ts_code: string, query: OfCode): Promise<Answer> {
  const { from, to, base, cursor } = query;
  const adjust = query.adjust ?? "none";
  if (from !== undefined && to !== undefined && from > to)
    return badInput("from", from, say("allowedNotAfter", { to: "to", last: to }));
  if (query.other_codes && adjust === "qfq")
    return badInput("other_codes", true, "nothing with adjust=qfq, whose base day is that of one code");
  if (base !== undefined && adjust !== "qfq") return badInput("base", base, "nothing without adjust=qfq");
  const refusal = refusePages(query);
  if (refusal !== undefined) return refusal;

  const selection = { adjust, base, otherCodes: query.other_codes };
  const rangeAfter = restOf({ from, to });
  if (query.format === "csv") {
    const read = (after: string | undefined) =>
      daily.linesOfCode(database, ts_code, rangeAfter(after), selection);
    const { csv, count } = await linesAsCsv(daily.dailyColumns(adjust), read);
    return await unlessUnknown(database, ts_code, count, { status: 200, csv });
  }
  const pageRows = query.limit ?? limitByDefault;
  const page = await daily.pageOfCode(database, ts_code, rangeAfter(cursor), selection, pageRows);
  const json = pageAsJson({ ts_code, adjust }, page);
  return await unlessUnknown(database, ts_code, page.count, { status: 200, json });
}

/** What is left of a range after a day that was read, or all of it. */
export function restOf<Range extends { from?: Day | undefined }>(range: Range) {
  return (after: Day | undefined): Range =>
    after === undefined ? range : { ...range, from: addDays(after, 1) };
}

/** No rows are an answer too, but only for a code that is known. */
export async function unlessUnknown(
  database: ApiServices["database"],
  ts_code: string,
  rows: number,
  answer: Answer,
): Promise<Answer> {
  const isKnown = rows > 0 || (await isKnownCode(database, ts_code));
  return isKnown ? answer : notFound(say("noCode", { code: ts_code }));
}

/** Refuses paging for CSV, which is always returned whole. */
export function refusePages({
  format: asked,
  ...paging
}: {
  format?: string | undefined;
  limit?: number | undefined;
  cursor?: string | number | undefined;
}): Answer | undefined {
  if (asked !== "csv") return undefined;
  const field = (["limit", "cursor"] as const).find((name) => paging[name] !== undefined);
  return field && badInput(field, paging[field], "nothing with format=csv, which has all rows");
}
