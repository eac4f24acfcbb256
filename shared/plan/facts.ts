// Reads from the database everything that decide.ts needs for a plan by time.
import { canAskBy } from "../catalogue/dataset.ts";
import type { MissingRange } from "../coverage/calendar.ts";
import { type Calendar, readCalendar } from "../coverage/calendar.ts";
import * as coverage from "../coverage/coverage.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import { type EmptyPlan, looksForNew, type Request, type Scope, scopeOf } from "./scope.ts";
import type { TimedSlices } from "./slices.ts";

export type Facts = {
  readonly calendar: Calendar;
  /** The days and slices to plan. */
  readonly scope: Scope | EmptyPlan;
  /** Requested slices that have no valid answer. */
  readonly missing?: readonly PlannedUnit[];
  /** The codes of the command, or of all members where they may be fetched one by one. */
  readonly codes?: readonly string[];
  /** Codes of the command that are unknown, and those that were not listed then. */
  readonly unknownCodes?: readonly string[];
  readonly unlistedCodes?: readonly string[];
  /** Missing ranges of the codes, where they may be fetched one by one. */
  readonly missingRanges?: readonly MissingRange[];
};

/** @throws SyncError permanent, from scopeOf, before the other queries */
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
  const knowsAll = dataset.members !== undefined; // without members, codes that are not stored yet would be left out
  const mayAskByCode = onlyByCode || (mode === "history" && knowsAll && canAskBy(dataset, "code"));
  const codes = mayAskByCode ? await coverage.listedCodes(database, dataset) : [];
  const missing =
    refresh || onlyByCode ? scope.slices : await coverage.missingSlices(database, dataset, scope.slices);
  // By code takes at least one call for each code.
  if (!onlyByCode && missing.length <= codes.length) return { ...known, missing };
  const missingRanges = await coverage.missingRanges(database, dataset, codes, scope.range, refresh);
  return { ...known, codes, missingRanges, ...(!onlyByCode && { missing }) };
}
