// `coverage`: what is stored of each open day, against what is listed on it.
import type { CoverageAnswer } from "../../shared/api/answers.ts";
import { openApi } from "../api.ts";
import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { number } from "../follow.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { asTable } from "../output.ts";

type DayRows = CoverageAnswer["days"][number]["stocks"];

export const coverageCommand = (t: Messages) =>
  command({
    usage: "coverage",
    about: t.coverage.about,
    options: {
      from: { type: "string", kind: "day", describe: t.coverage.fromOption },
      to: { type: "string", kind: "day", describe: t.coverage.toOption },
      missing: { type: "boolean", default: false, describe: t.coverage.missingOption },
    },
    examples: [
      ["coverage --from 20240101 --to 20240131", t.coverage.exampleMonth],
      ["coverage --missing", t.coverage.exampleMissing],
    ],
    async run(session, { from, to, missing }) {
      const { output } = session;
      const target = await session.target();
      sayOrigin(target, session);
      const api = await openApi(target, t);
      const coverage = await api.get<CoverageAnswer>("/api/coverage", { from, to });
      const days = coverage.days.filter(({ stocks }) => !missing || !stocks.proven);
      output.json({ ...coverage, days, origin: target.origin });
      output.line(t.coverage.newest(coverage.newest_trade_date ?? "-"));
      if (days.length === 0) {
        output.line(
          missing
            ? t.coverage.noneMissing(coverage.from, coverage.to)
            : t.coverage.noOpenDays(coverage.from, coverage.to),
        );
      } else {
        const { day, stocks, etfs, share, proven } = t.coverage.headings;
        const rows = days.map((one) => [
          one.day,
          number(one.stocks.stored),
          shareOf(one.stocks),
          provenOf(one.stocks, t),
          number(one.etfs.stored),
          provenOf(one.etfs, t),
        ]);
        for (const line of asTable([day, stocks, share, proven, etfs, proven], rows)) output.line(line);
      }
      return exitCodes.done;
    },
  });

function provenOf({ proven, asked }: DayRows, t: Messages): string {
  if (proven) return t.coverage.yes;
  return asked ? t.coverage.no : t.coverage.notAsked;
}

function shareOf({ stored, listed }: DayRows): string {
  return listed === 0 ? "" : `${Math.round((stored / listed) * 100)}%`;
}
