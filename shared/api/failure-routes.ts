// Failure records: why units did not succeed, and retrying or dismissing one of them.
import { jobTypes } from "../catalogue/jobs.ts";
import { errorKinds } from "../errors.ts";
import { dismissFailure } from "../ledger/failures.ts";
import { pageMax, readFailures } from "../reads/progress.ts";
import { say } from "../words/say.ts";
import { asFailure, ErrorAnswer, FailureAnswer, FailureConflict, FailuresAnswer } from "./answers.ts";
import { integer, oneOf, optional, text, truth, withDefault } from "./fields.ts";
import { conflict, notFound, type Route, route } from "./route.ts";

const idMax = 999_999_999_999_999;

const reasonCharactersMax = 500;

export const failureRoutes: readonly Route[] = [
  route({
    method: "GET",
    at: "/api/failures",
    id: "listFailures",
    tag: "Failures",
    summary: "Failure records, the newest first",
    query: {
      job: optional(
        oneOf([...jobTypes, "UNKNOWN"], "of this job; UNKNOWN for unreadable messages", "DAILY_HISTORY"),
      ),
      kind: optional(oneOf(errorKinds, "of this kind", "permanent")),
      resolved: optional(truth("only resolved records, or only open ones", false)),
      needs_person: optional(truth("only records that are not retried automatically, or only the others")),
      limit: withDefault(integer(1, pageMax, "records on a page", 50), 50),
      cursor: optional(integer(1, idMax, "next_cursor of the previous page", 120)),
    },
    answers: { 200: { about: "A page of records", schema: FailuresAnswer } },
    async handle({ database }, { query }) {
      const { job, kind, resolved, needs_person: needsPerson, limit, cursor: before } = query;
      const found = await readFailures(database, { job, kind, resolved, needsPerson, limit, before });
      const next_cursor = found.length < limit ? null : String(found.at(-1)?.id);
      return { status: 200, body: { failures: found.map(asFailure), next_cursor } };
    },
  }),
  route({
    method: "POST",
    at: "/api/failures/{id}/retry",
    id: "retryFailure",
    tag: "Failures",
    summary: "Try a failed unit again now",
    path: { id: integer(1, idMax, "the failure record", 7) },
    answers: {
      202: { about: "The record, unchanged; the unit is being sent", schema: FailureAnswer },
      404: { about: "There is no such record", schema: ErrorAnswer },
      409: { about: "It is resolved, cancelled, or its message could not be read", schema: FailureConflict },
    },
    async handle({ database, dispatcher }, { path: { id } }) {
      const [record] = await readFailures(database, { id, limit: 1 });
      if (record === undefined) return notFound(say("noFailureRecord", { id }));
      const failure = asFailure(record);
      if (record.isCancelled) return conflict(say("failureCancelled", { id }), { failure });
      if (record.resolvedAt !== undefined) return conflict(say("failureResolved", { id }), { failure });
      if (record.task_id === null) {
        return conflict(say("failureUnreadable", { id }), {
          failure,
        });
      }
      await dispatcher.start({ retry: id });
      return { status: 202, body: failure };
    },
  }),
  route({
    method: "POST",
    at: "/api/failures/{id}/dismiss",
    id: "dismissFailure",
    tag: "Failures",
    summary: "Resolve a record without its unit, with a reason",
    about:
      "For what needs no attempt any more, such as an unreadable message. No attempt of this record follows. A later run that needs the unit fetches it. Dismissing is idempotent; the first reason stays.",
    path: { id: integer(1, idMax, "the failure record", 7) },
    body: { reason: text(reasonCharactersMax, "why it may rest", "fetched by hand") },
    answers: {
      200: { about: "The record, dismissed", schema: FailureAnswer },
      404: { about: "There is no such record", schema: ErrorAnswer },
      409: { about: "Its unit has succeeded", schema: FailureConflict },
    },
    async handle({ database }, { path: { id }, body: { reason } }) {
      await dismissFailure(database, id, reason);
      const [record] = await readFailures(database, { id, limit: 1 });
      if (record === undefined) return notFound(say("noFailureRecord", { id }));
      const failure = asFailure(record);
      if (record.dismissed === null) return conflict(say("failureResolved", { id }), { failure });
      return { status: 200, body: failure };
    },
  }),
];
