// Reads from the database everything that decide.ts needs for a plan by time.
import { canAskBy, hasMembersEachDay } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { MissingRange } from "../coverage/calendar.ts";
import { type Calendar, readCalendar } from "../coverage/calendar.ts";
import * as coverage from "../coverage/coverage.ts";
import { readDays } from "../coverage/days.ts";
import { missingRanges } from "../coverage/missing.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import { type EmptyPlan, looksForNew, type Request, type Scope, scopeOf } from "./scope.ts";
import type { TimedSlices } from "./slices.ts";

export type Facts = {
  readonly calendar: Calendar;
  /** The days and slices to plan. */
  readonly scope: Scope | EmptyPlan;
  /** Requested slices of which something is missing. */
  readonly missing?: readonly PlannedUnit[];
  /** Of these, the days of which few rows are missing; and what is missing of them, by code. */
  readonly few?: { readonly days: readonly Day[]; readonly ranges: readonly MissingRange[] };
  /** The codes of the command, or of all members where they may be fetched one by one. */
  readonly codes?: readonly string[];
  /** Codes of the command that are unknown, and those that were not listed then. */
  readonly unknownCodes?: readonly string[];
  readonly unlistedCodes?: readonly string[];
  /** Missing ranges of the codes, where they may be fetched one by one. */
  readonly missingRanges?: readonly MissingRange[];
  /** The list of the members is empty: nothing says what is missing. */
  readonly lacksMembers?: true;
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
  const unanswered = async (codes: readonly string[]) =>
    await coverage.unansweredRanges(database, dataset, codes, scope.range, refresh);
  const rangesOf = hasMembersEachDay(dataset)
    ? (codes: readonly string[]) => missingRanges(database, dataset, { codes, refresh }, scope.range)
    : unanswered;
  if (command.codes !== undefined) {
    const codes = [...new Set(command.codes)];
    const unknownCodes = await coverage.unknownCodes(database, dataset, codes);
    if (unknownCodes.length > 0) return { ...known, codes, unknownCodes };
    return {
      ...{ ...known, codes, unknownCodes },
      unlistedCodes: await coverage.unlistedCodes(database, dataset, codes, scope.range),
      missingRanges: await rangesOfNamed(database, dataset, codes, rangesOf, unanswered),
    };
  }
  const onlyByCode = slices === "codes";
  if ((onlyByCode || hasMembersEachDay(dataset)) && !(await coverage.knowsMembers(database, dataset))) {
    return { ...known, lacksMembers: true };
  }
  const knowsAll = dataset.members !== undefined; // without members, codes that are not stored yet would be left out
  const mayAskByCode = onlyByCode || (mode === "history" && knowsAll && canAskBy(dataset, "code"));
  const codes = mayAskByCode ? await coverage.listedCodes(database, dataset) : [];
  if (onlyByCode) return { ...known, codes, missingRanges: await rangesOf(codes) };
  const found = { ...known, ...(await missingOf(database, request, scope)) };
  // By code takes at least one call for each code.
  if (found.missing.length <= codes.length) return found;
  return { ...found, codes, missingRanges: await rangesOf(codes) };
}

type RangesOf = (codes: readonly string[]) => Promise<MissingRange[]>;

/** Where nobody knows on which days a code has rows, its answers say what is left to fetch: else it would be all, each time. */
async function rangesOfNamed(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
  rangesOf: RangesOf,
  unanswered: RangesOf,
): Promise<MissingRange[]> {
  const unknown = hasMembersEachDay(dataset)
    ? new Set(await coverage.codesWithoutDays(database, dataset, codes))
    : new Set<string>();
  if (unknown.size === 0) return await rangesOf(codes);
  const known = codes.filter((code) => !unknown.has(code));
  return [...(known.length > 0 ? await rangesOf(known) : []), ...(await unanswered([...unknown]))].sort(
    (a, b) => (a.ts_code < b.ts_code ? -1 : 1),
  );
}

/** A stored day of which no more rows are missing may be fetched by code: one code may be missing on many days. */
const fewMax = 5;

type Missing = Pick<Facts, "few"> & { readonly missing: readonly PlannedUnit[] };

async function missingOf(
  database: Database,
  { dataset, command }: Request,
  { range, slices }: Scope,
): Promise<Missing> {
  if (command.refresh) return { missing: slices };
  if (!hasMembersEachDay(dataset))
    return { missing: await coverage.missingSlices(database, dataset, slices) };
  const states = await readDays(database, dataset, range, true);
  const wanted = new Set(states.filter((state) => state.wanted > 0).map(({ day }) => day));
  const few = states.filter((state) => state.stored > 0 && state.wanted > 0 && state.wanted <= fewMax);
  const isIn = (days: ReadonlySet<Day>, { selector }: PlannedUnit) =>
    selector.by === "date" && days.has(selector.trade_date);
  const missing = slices.filter((slice) => isIn(wanted, slice));
  const days = few.map(({ day }) => day);
  if (days.length < 2 || !canAskBy(dataset, "code")) return { missing };
  return { missing, few: { days, ranges: await missingRanges(database, dataset, { days }, range) } };
}
