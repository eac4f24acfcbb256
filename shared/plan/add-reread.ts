// Adds to the plan of an increment what it fetches again (reread.ts).
import { canAskBy, type Slices } from "../catalogue/dataset.ts";
import { addDays, type Day, earlier, shanghaiDay } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import type { Selector } from "../catalogue/selector.ts";
import { fetchedCodes, fetchedDays, fetchedSlices, leastFetched } from "../coverage/fetched.ts";
import type { Database } from "../ports.ts";
import { type PlannedUnit, unitKey } from "../unit.ts";
import type { Plan } from "./plan.ts";
import { inTurn, rereadDays, rereadRanges } from "./reread.ts";
import { looksForNew, type Request } from "./scope.ts";
import { newestRanges } from "./slices.ts";

/** Report periods in rotation: those of about a year. */
export const periodsInTurn = 4;

/** Days between two report periods. */
const periodDays = 91;

/** A plan by time, with what is to be fetched again: days, or the days of codes. */
export async function withDaysAgain(database: Database, request: Request, plan: Plan): Promise<Plan> {
  const { dataset, settings, now } = request;
  const isOff = settings.SYNC_REREAD_DAYS + settings.SYNC_REREAD_OLD_DAYS === 0;
  if (isOff || !looksForNew(request)) return plan;
  if (dataset.slices === "codes") return await withCodesAgain(database, request, plan);
  const newest = lastDueDay(dataset, now);
  if (dataset.slices === "ranges") return await withRangesAgain(database, request, plan, newest);
  const selectorOf = selectorsOfDays[dataset.slices];
  if (selectorOf === undefined || !canAskBy(dataset, selectorOf(newest).by)) return plan;
  const facts = { today: shanghaiDay(now), newest, fetched: await fetchedDays(database, dataset, newest) };
  const again = rereadDays(facts, settings).map(
    (day): PlannedUnit => ({ dataset: dataset.name, selector: selectorOf(day) }),
  );
  return withUnits(plan, again);
}

/** The slice of one day, where slices are days. */
const selectorsOfDays: Readonly<Partial<Record<Slices, (day: Day) => Selector>>> = {
  days: (trade_date) => ({ by: "date", trade_date }),
  announcements: (ann_date) => ({ by: "announced", ann_date }),
};

/** The newest ranges: what came late for the range that ended last is found while the next one lasts. */
async function withRangesAgain(
  database: Database,
  { dataset, now }: Request,
  plan: Plan,
  newest: Day,
): Promise<Plan> {
  const units = newestRanges(dataset, newest).map(
    (selector): PlannedUnit => ({ dataset: dataset.name, selector }),
  );
  const nameOf = (unit: PlannedUnit) => unitKey(unit).slice(dataset.name.length + 1);
  const fetched = await fetchedSlices(database, dataset, units.map(nameOf));
  const today = shanghaiDay(now);
  return withUnits(
    plan,
    units.filter((unit) => (fetched.get(nameOf(unit)) ?? today) < today),
  );
}

/** A plan by code. A unit that is planned for a code begins earlier: its days are then fetched again by the same call. */
async function withCodesAgain(database: Database, request: Request, plan: Plan): Promise<Plan> {
  const { dataset, settings, now } = request;
  const codes = await fetchedCodes(database, dataset, settings.SYNC_REREAD_DAYS);
  const firstOf = new Map<string, PlannedUnit>();
  for (const unit of plan.units) {
    const { selector } = unit;
    if (selector.by === "code" && !firstOf.has(selector.ts_code)) firstOf.set(selector.ts_code, unit);
  }
  const again = rereadRanges(shanghaiDay(now), codes, new Set(firstOf.keys()), settings);
  const earlierBy = new Map<PlannedUnit, PlannedUnit>();
  const rereads: PlannedUnit[] = [];
  for (const range of again) {
    const unit = firstOf.get(range.ts_code);
    if (unit?.selector.by !== "code") {
      rereads.push({ dataset: dataset.name, selector: { by: "code", ...range } });
      continue;
    }
    const from = earlier(unit.selector.from, range.from);
    earlierBy.set(unit, { ...unit, selector: { ...unit.selector, from } });
  }
  const units = plan.units.map((unit) => earlierBy.get(unit) ?? unit);
  return withUnits({ ...plan, units }, rereads);
}

/**
 * A plan of reports, with those to fetch again: by period one of the last ones in turn; by stock so many stocks that each
 * has its turn before the next period ends, or in the days that the dataset's file names.
 */
export async function withPeriodsAgain(
  database: Database,
  request: Request,
  plan: Plan,
  { newest, byPeriod }: { readonly newest: readonly { readonly end: string }[]; readonly byPeriod: boolean },
): Promise<Plan> {
  const { dataset, settings, now } = request;
  const count = settings.SYNC_REREAD_PERIODS;
  const [first] = newest;
  const last = newest.at(-1);
  if (count === 0 || first === undefined || last === undefined || !looksForNew(request)) return plan;
  if (!byPeriod) {
    const { turnDays = periodDays } = dataset;
    const before = addDays(shanghaiDay(now), -turnDays);
    const stocks = await leastFetched(database, dataset, before, count / turnDays);
    return withUnits(
      plan,
      stocks.map((ts_code) => ({
        dataset: dataset.name,
        selector: { by: "code", ts_code, from: first.end, to: last.end },
      })),
    );
  }
  const ends = newest.slice(-periodsInTurn).map(({ end }) => end);
  const fetched = await fetchedSlices(database, dataset, ends);
  const stored = ends.filter((end) => fetched.has(end));
  const again = inTurn(shanghaiDay(now), stored, fetched, count).map(
    (period): PlannedUnit => ({ dataset: dataset.name, selector: { by: "period", period } }),
  );
  return withUnits(plan, again);
}

function withUnits(plan: Plan, again: readonly PlannedUnit[]): Plan {
  const planned = new Set(plan.units.map(unitKey));
  const rereads = again.filter((unit) => !planned.has(unitKey(unit)));
  return rereads.length === 0 ? plan : { ...plan, units: [...plan.units, ...rereads], rereads };
}
