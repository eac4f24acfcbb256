// Financial indicators of a company: as they are now, or as they were known on a day.
import { reportRowsMax } from "../reads/figures.ts";
import { linesOfReports, reportColumns, reportsOfCode } from "../reads/finance.ts";
import { say } from "../words/say.ts";
import { asReport, ErrorAnswer, FinanceAnswer } from "./answers.ts";
import { code, day, integer, oneOf, optional } from "./fields.ts";
import { refusePages, restOf, unlessUnknown } from "./price-routes.ts";
import { badInput, type Route, route } from "./route.ts";
import { linesAsCsv } from "./table.ts";

const limitByDefault = 40;

export const financeRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/finance/{ts_code}",
    id: "readFinance",
    tag: "Finance",
    summary: "Financial indicators of a company, one row for each report period, ascending",
    about:
      "With as_of, only reports announced by that day count. TuShare often gives a correction the announcement day of the report it corrects; it then counts from that day.",
    path: { ts_code: code("the company") },
    query: {
      from: optional(day("the first end of a report period, included", "20230331")),
      to: optional(day("the last end of a report period, included", "20241231")),
      as_of: optional(day("only what was announced by then", "20240430")),
      format: optional(oneOf(["json", "csv"], "json by default; csv has all rows, without pages")),
      limit: optional(integer(1, reportRowsMax, `rows on a page, ${limitByDefault} by default`, 8)),
      cursor: optional(day("next_cursor of the previous page", "20230331")),
    },
    answers: {
      200: { about: "A page of rows, or all of them as CSV", schema: FinanceAnswer, csv: true },
      404: { about: "The code is neither in a list nor in the data", schema: ErrorAnswer },
    },
    async handle({ database }, { path: { ts_code }, query }) {
      const { from, to, as_of, cursor } = query;
      if (from !== undefined && to !== undefined && from > to) {
        return badInput("from", from, say("allowedNotAfter", { to: "to", last: to }));
      }
      const refusal = refusePages(query);
      if (refusal !== undefined) return refusal;

      const rangeAfter = restOf({ from, to });
      if (query.format === "csv") {
        const read = (after: string | undefined) =>
          linesOfReports(database, ts_code, rangeAfter(after), as_of);
        const { csv, count } = await linesAsCsv(reportColumns, read);
        return await unlessUnknown(database, ts_code, count, { status: 200, csv });
      }
      const pageRows = query.limit ?? limitByDefault;
      const rows = await reportsOfCode(database, ts_code, rangeAfter(cursor), as_of, pageRows);
      const next_cursor = rows.length < pageRows ? null : (rows.at(-1)?.end_date ?? null);
      const body = { ts_code, as_of: as_of ?? null, rows: rows.map(asReport), next_cursor };
      return await unlessUnknown(database, ts_code, rows.length, { status: 200, body });
    },
  }),
];
