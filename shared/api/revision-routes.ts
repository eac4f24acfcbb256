// Revisions: values that TuShare changed after they had been stored.
import { datasets } from "../catalogue/datasets.ts";
import { pageMax } from "../reads/progress.ts";
import { readRevisions } from "../reads/revisions.ts";
import { say } from "../words/say.ts";
import { asRevision, RevisionsAnswer } from "./answers.ts";
import { anyCode, day, integer, oneOf, optional, withDefault } from "./fields.ts";
import { badInput, type Route, route } from "./route.ts";

const idMax = 999_999_999_999_999;
const names = Object.keys(datasets) as [string, ...string[]];

export const revisionRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/revisions",
    id: "listRevisions",
    tag: "Coverage",
    summary: "Values that TuShare changed after they had been stored, those seen last first",
    about: "from and to select the days of the changed rows, since the day on which a change was seen.",
    query: {
      dataset: optional(oneOf(names, "of this dataset")),
      code: optional(anyCode("of this code")),
      from: optional(day("the first day of the rows, included")),
      to: optional(day("the last day of the rows, included", "20240131")),
      since: optional(day("seen on this day in Shanghai or later", "20240117")),
      limit: withDefault(integer(1, pageMax, "revisions on a page", 50), 50),
      cursor: optional(integer(1, idMax, "next_cursor of the previous page", 120)),
    },
    answers: { 200: { about: "A page of revisions", schema: RevisionsAnswer } },
    async handle({ database }, { query }) {
      const { dataset, code, from, to, since, limit, cursor: before } = query;
      if (from !== undefined && to !== undefined && from > to) {
        return badInput("from", from, say("allowedNotAfter", { to: "to", last: to }));
      }
      const found = await readRevisions(database, { dataset, ts_code: code, from, to, since, limit, before });
      const next_cursor = found.length < limit ? null : String(found.at(-1)?.id);
      return { status: 200, body: { revisions: found.map(asRevision), next_cursor } };
    },
  }),
];
