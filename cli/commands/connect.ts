// `connect`: every way into the stack, with lines to copy.
import { command, type Session } from "../command.ts";
import { exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import { quoted } from "../quoted.ts";
import { addressesOf, waysIn } from "../ways-in.ts";

export const connectCommand = (t: Messages) =>
  command({
    usage: "connect",
    about: t.connect.about,
    options: {},
    examples: [
      ["connect", t.connect.exampleLocal],
      ["connect --stack TushareSync --json", t.connect.exampleStack],
    ],
    async run(session) {
      const { output } = session;
      const target = await session.target();
      sayOrigin(target, session);
      output.json(addressesOf(target));
      for (const { title, note, lines } of waysIn(target, optionsOf(session), t)) {
        output.line(note === undefined ? `${title}:` : `${title} (${note}):`);
        for (const line of lines) output.line(`  ${line}`);
        output.line("");
      }
      if (target.ways.tushareUrl === undefined) output.line(t.connect.noTushare);
      return exitCodes.done;
    },
  });

/** As they were given, so that the commands shown are about the same stack. */
function optionsOf({ stack, region, namedDataDir }: Session): string {
  const given = { stack, region, "data-dir": namedDataDir };
  return Object.entries(given)
    .map(([name, value]) => (value === undefined ? "" : ` --${name} ${quoted(value)}`))
    .join("");
}
