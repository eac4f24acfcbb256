// Adds to the plan of an increment what it fetches again (reread.ts).
import { canAskBy } from "../catalogue/dataset.ts";
import { shanghaiDay } from "../catalogue/dates.ts";
import { lastDueDay } from "../catalogue/due.ts";
import { fetchedDays, fetchedPeriods } from "../coverage/fetched.ts";
import type { Database } from "../ports.ts";
import { type PlannedUnit, unitKey } from "../unit.ts";
import type { Plan } from "./plan.ts";
import { inTurn, rereadDays } from "./reread.ts";
import { looksForNew, type Request } from "./scope.ts";

/** Report periods in rotation: those of about a year. */
export const periodsInTurn = 4;

/** A plan by day, with the days to fetch again. */
export async function withDaysAgain(database: Database, request: Request, plan: Plan): Promise<Plan> {
  const { dataset, settings, now } = request;
  const isOff = settings.SYNC_REREAD_DAYS + settings.SYNC_REREAD_OLD_DAYS === 0;
  if (isOff || !looksForNew(request) || dataset.slices !== "days" || !canAskBy(dataset, "date")) return plan;
  const newest = lastDueDay(dataset, now);
  const facts = { today: shanghaiDay(now), newest, fetched: await fetchedDays(database, dataset, newest) };
  const again = rereadDays(facts, settings).map(
    (trade_date): PlannedUnit => ({ dataset: dataset.name, selector: { by: "date", trade_date } }),
  );
  return withUnits(plan, again);
}

/** A plan by report period, with the periods to fetch again; by stock each filing already fetches two years again. */
export async function withPeriodsAgain(
  database: Database,
  request: Request,
  plan: Plan,
  { newest, byPeriod }: { readonly newest: readonly { readonly end: string }[]; readonly byPeriod: boolean },
): Promise<Plan> {
  const { dataset, settings, now } = request;
  const count = settings.SYNC_REREAD_PERIODS;
  if (count === 0 || !byPeriod || !looksForNew(request)) return plan;
  const ends = newest.slice(-periodsInTurn).map(({ end }) => end);
  const fetched = await fetchedPeriods(database, dataset, ends);
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
