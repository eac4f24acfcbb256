// Prints the origin of data that is not from the real TuShare, so that nobody mistakes simulated prices for real ones.
import { warnOfOrigin } from "../shared/words/origin.ts";
import type { Session } from "./command.ts";
import type { Target } from "./target.ts";

/** Goes to standard error, so that a pipe only gets the answer. */
export function sayOrigin({ origin }: Target, { output, t }: Pick<Session, "output" | "t">): void {
  const warning = warnOfOrigin(origin);
  if (warning !== undefined) output.warn(t.said(warning), { origin });
}
