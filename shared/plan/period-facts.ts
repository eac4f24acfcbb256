// What the database says for a plan by report period: everything decide-periods.ts needs, asked for in one place.
import { listOf } from "../catalogue/datasets.ts";
import type { Period } from "../catalogue/periods.ts";
import { listedCodes, unknownCodes, wasAsked } from "../coverage/coverage.ts";
import { type Filing, filings, hasRows } from "../coverage/filings.ts";
import * as coverage from "../coverage/period-coverage.ts";
import { failedUnits } from "../ledger/failures.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import { type PeriodScope, periodScopeOf } from "./period-scope.ts";
import type { MissingRange } from "./plan.ts";
import type { Request } from "./scope.ts";

export type PeriodFacts = {
  /** The periods and days that it is about. */
  readonly scope: PeriodScope;
  /** Whether anything of the dataset was ever fetched. */
  readonly wasAsked: boolean;
  /** Of a history by code: all that it is about, those of the command that nothing knows, those delisted before its periods. */
  readonly codes?: readonly string[] | undefined;
  readonly unknownCodes?: readonly string[] | undefined;
  readonly delistedCodes?: readonly string[] | undefined;
  /** What is missing of the periods, by code or as whole periods. */
  readonly missingRanges?: readonly MissingRange[] | undefined;
  readonly missingPeriods?: readonly Period[] | undefined;
  /** Of an increment: units that failed, to try again, and the keys of those left to a person. */
  readonly failed?:
    | { readonly retried: readonly PlannedUnit[]; readonly left: readonly string[] }
    | undefined;
  /** The list that says who has filed is there. */
  readonly knowsSchedule?: boolean | undefined;
  /** Reports filed on the days looked at for which nothing was asked since. */
  readonly filings?: readonly Filing[] | undefined;
  /** Of the days of a command: whether any report was filed. */
  readonly hasFilings?: boolean | undefined;
  /** Members without a report of the newest due period. */
  readonly without?: readonly string[] | undefined;
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

  /** What failed, what was filed lately, and who lacks the newest report that is due. */
  async news(database, { dataset, command, settings }, { since, byPeriod, newest, newestDue, filedOn }) {
    const { schedule } = dataset;
    const limit = settings.SYNC_INCREMENTAL_MISSING_LIMIT;
    return {
      failed: await failedUnits(database, command.job),
      knowsSchedule: schedule === undefined || (await hasRows(database, schedule)),
      filings: schedule && (await filings(database, dataset, schedule, filedOn, command.refresh ?? false)),
      without: listOf(dataset) && (await coverage.membersWithout(database, dataset, newestDue, limit)),
      missingPeriods:
        byPeriod && schedule === undefined
          ? await coverage.missingPeriods(database, dataset, newest, since)
          : undefined,
    };
  },
};
