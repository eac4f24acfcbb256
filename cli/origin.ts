// Says where the data comes from beside an answer that is not the market's, so that nobody takes a trial's prices for
// real ones; nothing is said of real TuShare's.
import { warnOfOrigin } from "../shared/words/origin.ts";
import type { Session } from "./command.ts";
import type { Target } from "./target.ts";

/** On the standard error: a pipe gets the answer alone. */
export function sayOrigin({ origin }: Target, { output, t }: Pick<Session, "output" | "t">): void {
  const warning = warnOfOrigin(origin);
  if (warning !== undefined) output.warn(t.said(warning), { origin });
}
