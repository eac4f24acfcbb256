// What the database says for a plan by time: everything decide.ts needs, asked for in one place.
import { canAskBy } from "../catalogue/dataset.ts";
import { type Calendar, readCalendar } from "../coverage/calendar.ts";
import * as coverage from "../coverage/coverage.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import type { MissingRange } from "./plan.ts";
import { type EmptyPlan, looksForNew, type Request, type Scope, scopeOf } from "./scope.ts";
import type { TimedSlices } from "./slices.ts";

export type Facts = {
  readonly calendar: Calendar;
  /** The days and slices that it is about. */
  readonly scope: Scope | EmptyPlan;
  /** Slices of the days asked for whose answers are not there, or not whole any more. */
  readonly missing?: readonly PlannedUnit[];
  /** The codes that a command names, or of all members where these may be asked for one by one. */
  readonly codes?: readonly string[];
  /** Of the codes named: those that nothing knows, and those that were not listed then. */
  readonly unknownCodes?: readonly string[];
  readonly unlistedCodes?: readonly string[];
  /** What the codes lack, where they may be asked for one by one. */
  readonly missingRanges?: readonly MissingRange[];
};

/** @throws SyncError permanent, as scopeOf does: the rest is not asked for then */
export async function readFacts(database: Database, request: Request, slices: TimedSlices): Promise<Facts> {
  const { dataset, mode, command } = request;
  const { refresh = false } = command;
  const calendar = await readCalendar(database);
  const stored = looksForNew(request) && {
    newestDay: await coverage.newestStoredDay(database, dataset),
    wasAsked: await coverage.wasAsked(database, dataset),
  };
  const scope = scopeOf(request, slices, { calendar, ...stored });
  const known = { calendar, scope };
  if ("units" in scope) return known;
  if (command.codes !== undefined) {
    const codes = [...new Set(command.codes)];
    const unknownCodes = await coverage.unknownCodes(database, dataset, codes);
    if (unknownCodes.length > 0) return { ...known, codes, unknownCodes };
    return {
      ...{ ...known, codes, unknownCodes },
      unlistedCodes: await coverage.unlistedCodes(database, dataset, codes, scope.range),
      missingRanges: await coverage.missingRanges(database, dataset, codes, scope.range, refresh),
    };
  }
  const onlyByCode = slices === "codes";
  const knowsAll = dataset.members !== undefined; // or codes that are not stored yet would be left out
  const mayAskByCode = onlyByCode || (mode === "history" && knowsAll && canAskBy(dataset, "code"));
  const codes = mayAskByCode ? await coverage.listedCodes(database, dataset) : [];
  const missing =
    refresh || onlyByCode ? scope.slices : await coverage.missingSlices(database, dataset, scope.slices);
  // A range takes one call for each code at least.
  if (!onlyByCode && missing.length <= codes.length) return { ...known, missing };
  const missingRanges = await coverage.missingRanges(database, dataset, codes, scope.range, refresh);
  return { ...known, codes, missingRanges, ...(!onlyByCode && { missing }) };
}
