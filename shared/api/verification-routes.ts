// Verifications: whether a dataset is whole, counted from its rows or compared with TuShare, and what was found.
import { datasetNames, readCommand, type VerifyCommand, verificationAsked } from "../commands/command.ts";
import { openVerification } from "../ledger/verifications.ts";
import {
  findingsOfPageMax,
  readFindings,
  readVerification,
  readVerifications,
  verificationsMax,
} from "../reads/verifications.ts";
import { say } from "../words/say.ts";
import {
  asVerification,
  VerificationAnswer,
  VerificationConflict,
  VerificationFindingsAnswer,
  VerificationsAnswer,
} from "./answers.ts";
import { day, integer, oneOf, optional, truth, verificationId, withDefault } from "./fields.ts";
import { notFound, type Route, refused, route, unknown } from "./route.ts";
import { originRefusal } from "./start-job.ts";

const idMax = 999_999_999_999_999;

export const verificationRoutes: readonly Route[] = [
  route({
    method: "POST",
    at: "/api/verifications",
    id: "startVerification",
    tag: "Coverage",
    summary: "Verify whether a dataset is whole",
    about:
      "It counts the stored rows again and makes no call to TuShare. With `upstream` a task of the dataset's history job or list job fetches the range again and compares rows and values; it stores nothing, and its state is at `comparison_task_id`. An equal request while it runs returns and continues the same verification.",
    body: {
      dataset: oneOf(datasetNames, "the dataset", "stock_daily"),
      from: optional(day("the first, included; by default the first that a task was to fetch")),
      to: optional(day("the last, included; by default the newest that is due", "20240131")),
      upstream: optional(truth("compare with what TuShare has now, which takes calls", false)),
      repair: optional(truth("also fetch what is missing or different, by the same job", false)),
    },
    answers: {
      202: { about: "Accepted: the verification; its state is at Location", schema: VerificationAnswer },
      409: { about: "The stored rows are of another origin", schema: VerificationConflict },
    },
    async handle(services, { body: { dataset, ...options } }) {
      const read = readCommand({ verify: dataset, ...options });
      if ("refusal" in read) return refused(read.refusal);
      const wrongOrigin = await originRefusal(services);
      if (wrongOrigin !== undefined) return wrongOrigin;
      const asked = verificationAsked(read.command as VerifyCommand); // as: a command with this field is of this kind
      const verification = await openVerification(services.database, asked);
      await services.dispatcher.start({ verification: verification.id });
      const headers = { location: `/api/verifications/${verification.id}` };
      return { status: 202, body: asVerification(verification), headers };
    },
  }),
  route({
    method: "GET",
    at: "/api/verifications",
    id: "listVerifications",
    tag: "Coverage",
    summary: "Verifications, the newest first",
    query: { limit: withDefault(integer(1, verificationsMax, "verifications in the answer", 20), 20) },
    answers: { 200: { about: "The newest verifications", schema: VerificationsAnswer } },
    async handle({ database }, { query: { limit } }) {
      const found = await readVerifications(database, limit);
      return { status: 200, body: { verifications: found.map(asVerification) } };
    },
  }),
  route({
    method: "GET",
    at: "/api/verifications/{id}",
    id: "readVerification",
    tag: "Coverage",
    summary: "One verification with a page of its findings",
    path: { id: verificationId("the verification") },
    query: {
      limit: withDefault(integer(1, findingsOfPageMax, "findings on a page", 200), 200),
      cursor: optional(integer(1, idMax, "next_cursor of the previous page", 120)),
    },
    answers: {
      200: { about: "The verification and its findings", schema: VerificationFindingsAnswer },
      404: unknown("There is no such verification"),
    },
    async handle({ database }, { path: { id }, query: { limit, cursor: after } }) {
      const verification = await readVerification(database, id);
      if (verification === undefined) return notFound(say("noVerification", { id }));
      const page = await readFindings(database, id, { after, limit });
      const next_cursor = page.length < limit ? null : String(page.at(-1)?.id);
      const findings = page.map(({ id: _, key = null, ...finding }) => ({ ...finding, key }));
      return { status: 200, body: { ...asVerification(verification), findings, next_cursor } };
    },
  }),
];
