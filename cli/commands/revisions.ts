// `revisions`: values that TuShare changed after they had been stored.
import type { RevisionAnswer } from "../../shared/api/answers.ts";
import { datasets } from "../../shared/catalogue/datasets.ts";
import { readAnyCode } from "../../shared/words/codes.ts";
import { asNamed, openApi } from "../api.ts";
import { command, limitOption } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { shanghaiClock } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";

const revisionsShown = 50;

export const revisionsCommand = (t: Messages) =>
  command({
    usage: "revisions",
    about: t.revisions.about,
    options: {
      dataset: { type: "string", choices: Object.keys(datasets), describe: t.revisions.datasetOption },
      code: { type: "string", kind: "codes", describe: t.revisions.codeOption },
      from: { type: "string", kind: "day", describe: t.revisions.fromOption },
      to: { type: "string", kind: "day", describe: t.revisions.toOption },
      since: { type: "string", kind: "day", describe: t.revisions.sinceOption },
      limit: limitOption(revisionsShown, t.revisions.limitOption),
    },
    examples: [
      ["revisions --since 20240101", t.revisions.exampleSince],
      ["revisions --code 600519.SH", t.revisions.exampleCode],
    ],
    async run(session, { dataset, code, from, to, since, limit }) {
      const { output } = session;
      const target = await session.target();
      sayOrigin(target, session);
      const api = await openApi(target, t);
      const { revisions } = await api.listRevisions({
        ...{ from, to, since, limit },
        ...(dataset !== undefined && { dataset: asNamed(dataset) }),
        ...(code !== undefined && { code: readAnyCode(code) ?? code }),
      });
      output.json({ revisions, origin: target.origin });
      if (revisions.length === 0) output.line(t.revisions.none);
      else for (const line of listRevisions(revisions, t)) output.line(line);
      return exitCodes.done;
    },
  });

function listRevisions(revisions: readonly RevisionAnswer[], t: Messages): string[] {
  const { seen, dataset, code, day, column, old, now, kind } = t.revisions.headings;
  return asTable(
    [seen, dataset, code, day, column, old, now, kind],
    revisions.map((one) => [
      shanghaiClock(one.seen_at),
      one.dataset,
      one.ts_code ?? "",
      one.day ?? "",
      one.column ?? "",
      one.old_value ?? "",
      one.new_value ?? "",
      one.class === "emptied" && one.believed_at === null
        ? t.revisions.pending
        : t.revisions.classes[one.class],
    ]),
  );
}
