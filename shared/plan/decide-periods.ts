// Facts -> the plan for reports: by stock or, for accounts with the right to it, by period. Pure.
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day, earlier, later } from "../catalogue/dates.ts";
import type { Nothing } from "../catalogue/nothing.ts";
import type { Period } from "../catalogue/periods.ts";
import type { MissingRange } from "../coverage/calendar.ts";
import type { Filing } from "../coverage/filings.ts";
import { type PlannedUnit, unitKey } from "../unit.ts";
import { say } from "../words/say.ts";
import { refuseUnknown, refuseWithoutList } from "./decide.ts";
import { jobOfDataset } from "./job-of.ts";
import type { PeriodFacts } from "./period-facts.ts";
import type { PeriodScope } from "./period-scope.ts";
import { type Plan, planByCode } from "./plan.ts";
import type { Request } from "./scope.ts";

/** @throws SyncError permanent when a code of the command is unknown */
export function decidePeriods(request: Request, facts: PeriodFacts): Plan {
  return decisions[facts.scope.about](request, facts);
}

const decisions: Readonly<Record<PeriodScope["about"], (request: Request, facts: PeriodFacts) => Plan>> = {
  history: decideHistory,
  filings: decideFilings,
  news: decideNews,
};

function decideHistory(request: Request, facts: PeriodFacts): Plan {
  const { dataset, command, settings } = request;
  const { today, range, all, ended, due, byPeriod } = facts.scope;
  if (range.from > today || (all.length > 0 && ended.length === 0)) {
    const [first] = all;
    const reason =
      first === undefined
        ? say("dayNotCome", { day: range.from })
        : say("periodNotEnded", { period: first.end });
    return { units: [], reason, range, nothing: "not_due" };
  }
  if (ended.length === 0) return { units: [], reason: say("noPeriodEnded"), range, nothing: "no_period" };
  if (byPeriod) {
    const { missingPeriods = [] } = facts;
    return { units: byPeriods(dataset, missingPeriods), reason: null, range, nothing: "stored" };
  }
  refuseUnknown(dataset, facts.unknownCodes ?? []);
  if (facts.lacksMembers) refuseWithoutList(dataset);
  const { codes = [], missingRanges = codes.map((ts_code) => ({ ts_code, ...range })) } = facts;
  // A report may be filed until its deadline, so before that its absence does not count as missing.
  const missing = command.refresh ? missingRanges : missingRanges.map((one) => toNewest(one, due, ended));
  const units = planByCode(dataset, missing, endsOf(ended), settings);
  return { units, range, ...whyNothing(request, facts) };
}

/** Why a history has no unit. Reports that are not due yet are left to the incremental job. */
function whyNothing(
  { dataset, command }: Request,
  { scope: { all, due }, codes = [], delistedCodes: gone = [] }: PeriodFacts,
): { reason: string | null; nothing: Nothing } {
  const waiting = command.to === undefined && due.length > 0 ? undefined : all[due.length];
  const [first] = all;
  if (first !== undefined && gone.length > 0 && gone.length === codes.length) {
    const reason = say("delistedBefore", { day: first.end, codes: gone.slice(0, 5).join(", ") });
    return { reason, nothing: "not_listed" };
  }
  if (waiting === undefined) return { reason: null, nothing: "stored" };
  const job = jobOfDataset(dataset, "incremental");
  return {
    reason: say("reportsNotDue", { period: waiting.end, deadline: waiting.deadline, job }),
    nothing: due.length === 0 ? "not_due" : "stored_so_far",
  };
}

/** Failed units first, then stocks with new filings, then some of the stocks that lack the newest due report or other rows. */
function decideNews(request: Request, facts: PeriodFacts): Plan {
  const { dataset } = request;
  const { newest, newestDue, byPeriod } = facts.scope;
  const {
    failed,
    wasAsked,
    knowsSchedule,
    filings = [],
    without = [],
    lost = [],
    missingPeriods = [],
  } = facts;
  const reason = !wasAsked
    ? say("neverAsked", { job: jobOfDataset(dataset, "history") })
    : !knowsSchedule
      ? say("scheduleEmpty", { job: jobOfDataset(dataset.schedule ?? dataset, "reference") })
      : null;
  const { retried = [], left = [] } = failed ?? {};
  const isRetried = ({ ts_code }: MissingRange) =>
    retried.some(({ selector }) => selector.by === "code" && selector.ts_code === ts_code);
  const asked = byPeriod
    ? byPeriods(dataset, [
        ...filings.map(({ end_date }) => ({ end: end_date })),
        ...(without.length > 0 && dataset.schedule !== undefined ? [{ end: newestDue }] : []),
        ...missingPeriods,
      ])
    : byCodes(request, endsOf(newest), [
        ...filings,
        ...without.map((ts_code) => ({ ts_code, end_date: newestDue })),
        ...lost
          .filter((range) => !isRetried(range))
          .flatMap(({ ts_code, from, to }) => [from, to].map((end_date) => ({ ts_code, end_date }))),
      ]);
  const taken = new Set([...retried.map(unitKey), ...left]);
  const units = [...retried, ...asked.filter((unit) => !taken.has(unitKey(unit)))];
  return { units, reason, nothing: "stored", ...(reason !== null && { warns: true }) };
}

/** For each code the newest periods, extended back to the one it filed: else an older filing would be fetched every day. */
function byCodes(request: Request, ends: readonly Day[], filings: readonly Filing[]): PlannedUnit[] {
  const spans = spansOf(filings).map((span) => ({
    ts_code: span.ts_code,
    from: earlier(span.from, ends[0] ?? span.from),
    to: later(span.to, ends.at(-1) ?? span.to),
  }));
  return planByCode(request.dataset, spans, ends, request.settings);
}

/** The reports filed on the days of a command: for each code only the periods it filed then. */
function decideFilings(request: Request, facts: PeriodFacts): Plan {
  const { dataset, command, settings } = request;
  const { filedOn, lastFiled: last, byPeriod } = facts.scope;
  const { from, to } = filedOn;
  if (from > last) {
    const range = { from, to: command.to ?? from };
    const reason = say("filingsNotDue", { day: from, next: addDays(from, 1) });
    return { units: [], reason, range, nothing: "not_due" };
  }
  const range = filedOn;
  if (!facts.hasFilings)
    return { units: [], reason: say("noFiling", { from, to }), range, nothing: "no_filing" };
  const reason =
    command.to !== undefined && command.to > last ? say("plannedTo", { asked: command.to, due: last }) : null;
  const { filings = [] } = facts;
  const units = byPeriod
    ? byPeriods(
        dataset,
        filings.map(({ end_date }) => ({ end: end_date })),
      )
    : planByCode(dataset, spansOf(filings), [], settings);
  return { units, reason, range, nothing: reason === null ? "stored" : "stored_so_far" };
}

/** For each code, from the oldest period it filed to the newest. */
function spansOf(filings: readonly Filing[]): MissingRange[] {
  return [...Map.groupBy(filings, ({ ts_code }) => ts_code)].map(([ts_code, own]) => {
    const ends = own.map(({ end_date }) => end_date).sort();
    return { ts_code, from: ends[0] ?? "", to: ends.at(-1) ?? "" };
  });
}

/** Extends a range that ends at the newest due period to the newest ended one: a report may be filed before its deadline. */
function toNewest(missing: MissingRange, due: readonly Period[], ended: readonly Period[]): MissingRange {
  const newest = ended.at(-1);
  return newest && missing.to === due.at(-1)?.end ? { ...missing, to: newest.end } : missing;
}

function byPeriods({ name }: Dataset, periods: readonly { readonly end: Day }[]): PlannedUnit[] {
  const ends = new Set(periods.map(({ end }) => end));
  return [...ends].map((period) => ({ dataset: name, selector: { by: "period", period } }));
}

function endsOf(periods: readonly Period[]): Day[] {
  return periods.map(({ end }) => end);
}
