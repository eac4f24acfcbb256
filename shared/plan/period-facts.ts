// What the database says for a plan by report period: everything decide-periods.ts needs, asked for in one place.
import { listOf } from "../catalogue/datasets.ts";
import { shanghaiDay, shanghaiInstant } from "../catalogue/dates.ts";
import { newestDuePeriod, type Period } from "../catalogue/periods.ts";
import { listedCodes, unknownCodes, wasAsked } from "../coverage/coverage.ts";
import * as coverage from "../coverage/period-coverage.ts";
import type { Database } from "../ports.ts";
import type { PlannedUnit } from "../unit.ts";
import { asksForFilings, filingDays, historyScope, mayAskByPeriod, periodsLookedAt } from "./period-scope.ts";
import type { MissingRange } from "./plan.ts";
import type { Request } from "./scope.ts";

export type PeriodFacts = {
  /** Lately the account was refused the answers by period. */
  readonly wasRefused: boolean;
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
  readonly wasAsked?: boolean | undefined;
  /** The list that says who has filed is there. */
  readonly knowsSchedule?: boolean | undefined;
  /** Reports filed on the days looked at for which nothing was asked since. */
  readonly filings?: readonly coverage.Filing[] | undefined;
  /** Of the days of a command: whether any report was filed. */
  readonly hasFilings?: boolean | undefined;
  /** Members without a report of the newest due period. */
  readonly without?: readonly string[] | undefined;
};

export async function readPeriodFacts(database: Database, request: Request): Promise<PeriodFacts> {
  const wasRefused = await coverage.wasRefusedByPeriod(database, request.now);
  if (asksForFilings(request)) return { wasRefused, ...(await filingFacts(database, request)) };
  const byPeriod = mayAskByPeriod(request, wasRefused);
  if (request.mode === "incremental") return { wasRefused, ...(await newFacts(database, request, byPeriod)) };
  return { wasRefused, ...(await historyFacts(database, request, byPeriod)) };
}

type SomeFacts = Promise<Omit<PeriodFacts, "wasRefused">>;

async function historyFacts(database: Database, request: Request, byPeriod: boolean): SomeFacts {
  const { dataset, command, now } = request;
  const { ended, due, all } = historyScope(request);
  if (ended.length === 0) return {};
  if (byPeriod) {
    const today = shanghaiInstant(shanghaiDay(now), 0);
    const missing = command.refresh ? ended : await coverage.missingPeriods(database, dataset, ended, today);
    return { missingPeriods: missing };
  }
  const named = command.codes && [...new Set(command.codes)];
  const unknown = named && (await unknownCodes(database, dataset, named));
  if (unknown !== undefined && unknown.length > 0) return { codes: named, unknownCodes: unknown };
  const codes = named ?? (await listedCodes(database, dataset));
  const first = all[0]?.end ?? "";
  return {
    ...{ codes, unknownCodes: unknown },
    delistedCodes: named && (await coverage.delistedBefore(database, dataset, named, first)),
    missingRanges: command.refresh
      ? undefined
      : await coverage.missingPeriodRanges(database, dataset, codes, due),
  };
}

/** What failed, what was filed lately, and who lacks the newest report that is due. */
async function newFacts(database: Database, request: Request, byPeriod: boolean): SomeFacts {
  const { dataset, command, settings, now } = request;
  const { schedule } = dataset;
  const today = shanghaiDay(now);
  const asked = await wasAsked(database, dataset);
  const limit = settings.SYNC_INCREMENTAL_MISSING_LIMIT;
  const days = filingDays(request, asked);
  const all = command.refresh ?? false;
  return {
    failed: await coverage.failedUnits(database, command.job),
    wasAsked: asked,
    knowsSchedule: schedule === undefined || (await coverage.hasRows(database, schedule)),
    filings: schedule && (await coverage.filings(database, dataset, schedule, days, all)),
    without:
      listOf(dataset) &&
      (await coverage.membersWithout(database, dataset, newestDuePeriod(today).end, limit)),
    missingPeriods:
      byPeriod && schedule === undefined
        ? await coverage.missingPeriods(
            database,
            dataset,
            periodsLookedAt(request),
            shanghaiInstant(today, 0),
          )
        : undefined,
  };
}

async function filingFacts(database: Database, request: Request): SomeFacts {
  const { dataset, command } = request;
  const days = filingDays(request, true);
  if (dataset.schedule === undefined || days.from > days.to) return {};
  const known = await coverage.filings(database, dataset, dataset.schedule, days, true);
  const filings = command.refresh
    ? known
    : await coverage.filings(database, dataset, dataset.schedule, days, false);
  return { filings, hasFilings: known.length > 0 };
}
