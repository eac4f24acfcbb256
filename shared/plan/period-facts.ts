// Reads from the database everything that decide-periods.ts needs for a plan by report period.
import { listOf } from "../catalogue/datasets.ts";
import type { Period } from "../catalogue/periods.ts";
import type { MissingRange } from "../coverage/calendar.ts";
import { listedCodes, unknownCodes, wasAsked } from "../coverage/coverage.ts";
import { type Filing, filings, hasRows } from "../coverage/filings.ts";
import * as coverage from "../coverage/period-coverage.ts";
import { failedUnits } from "../ledger/failures.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import { type PeriodScope, periodScopeOf } from "./period-scope.ts";
import type { Request } from "./scope.ts";

export type PeriodFacts = {
  /** The periods and days to plan. */
  readonly scope: PeriodScope;
  /** Whether anything of the dataset was ever fetched. */
  readonly wasAsked: boolean;
  /** For a history by code: all its codes, unknown ones of the command, and those delisted before its periods. */
  readonly codes?: readonly string[] | undefined;
  readonly unknownCodes?: readonly string[] | undefined;
  readonly delistedCodes?: readonly string[] | undefined;
  /** What is missing, by code or as whole periods. */
  readonly missingRanges?: readonly MissingRange[] | undefined;
  readonly missingPeriods?: readonly Period[] | undefined;
  /** For an increment: failed units to retry, and the keys of units that need action. */
  readonly failed?:
    | { readonly retried: readonly PlannedUnit[]; readonly left: readonly string[] }
    | undefined;
  /** The list of the members is empty: nothing says what is missing. */
  readonly lacksMembers?: true;
  /** The reporting schedule is stored. */
  readonly knowsSchedule?: boolean | undefined;
  /** Reports filed on the planned days and not fetched since. */
  readonly filings?: readonly Filing[] | undefined;
  /** Whether any report was filed on the days of the command. */
  readonly hasFilings?: boolean | undefined;
  /** Members without a row for the newest due period. */
  readonly without?: readonly string[] | undefined;
  /** Members of whose reports rows are gone, each with the range to fetch again. */
  readonly lost?: readonly MissingRange[] | undefined;
};

export async function readPeriodFacts(database: Database, request: Request): Promise<PeriodFacts> {
  const wasRefused = await coverage.wasRefusedByPeriod(database, request.now);
  const asked = await wasAsked(database, request.dataset);
  const scope = periodScopeOf(request, wasRefused, asked);
  return { scope, wasAsked: asked, ...(await readers[scope.about](database, request, scope)) };
}

type Reader = (
  database: Database,
  request: Request,
  scope: PeriodScope,
) => Promise<Omit<PeriodFacts, "scope" | "wasAsked">>;

const readers: Readonly<Record<PeriodScope["about"], Reader>> = {
  async history(database, { dataset, command }, { since, byPeriod, all, ended, due }) {
    const { refresh = false } = command;
    if (ended.length === 0) return {};
    if (byPeriod) {
      return {
        missingPeriods: refresh ? ended : await coverage.missingPeriods(database, dataset, ended, since),
      };
    }
    const named = command.codes && [...new Set(command.codes)];
    const unknown = named && (await unknownCodes(database, dataset, named));
    if (unknown !== undefined && unknown.length > 0) return { codes: named, unknownCodes: unknown };
    const codes = named ?? (await listedCodes(database, dataset));
    if (codes.length === 0) return { lacksMembers: true };
    const first = all[0]?.end ?? "";
    return {
      codes,
      delistedCodes: named && (await coverage.delistedBefore(database, dataset, named, first)),
      missingRanges: refresh ? undefined : await coverage.missingPeriodRanges(database, dataset, codes, due),
    };
  },

  async filings(database, { dataset, command }, { filedOn }) {
    const { schedule } = dataset;
    if (schedule === undefined || filedOn.from > filedOn.to) return {};
    const known = await filings(database, dataset, schedule, filedOn, true);
    return {
      filings: command.refresh ? known : await filings(database, dataset, schedule, filedOn, false),
      hasFilings: known.length > 0,
    };
  },

  /** What failed, what was filed lately, and which members lack the newest due report. */
  async news(database, { dataset, command, settings }, { since, byPeriod, newest, newestDue, filedOn }) {
    const { schedule } = dataset;
    const limit = settings.SYNC_INCREMENTAL_MISSING_LIMIT;
    return {
      failed: await failedUnits(database, command.job),
      knowsSchedule: schedule === undefined || (await hasRows(database, schedule)),
      filings: schedule && (await filings(database, dataset, schedule, filedOn, command.refresh ?? false)),
      without:
        dataset.expects === "members" && listOf(dataset) !== undefined
          ? await coverage.membersWithout(database, dataset, newestDue, limit)
          : undefined,
      lost: byPeriod
        ? undefined
        : await coverage.lostReports(database, dataset, newest[0]?.end ?? newestDue, limit),
      missingPeriods:
        byPeriod && schedule === undefined
          ? await coverage.missingPeriods(database, dataset, newest, since)
          : undefined,
    };
  },
};
