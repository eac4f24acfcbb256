// Which stored days and report periods an increment fetches again, because TuShare corrects its data: the last days every
// evening, older ones in turn. Pure.
import type { Day } from "../catalogue/dates.ts";
import type { Settings } from "../catalogue/settings.ts";

export type RereadFacts = {
  readonly today: Day;
  /** The newest due day, which is new and not fetched again. */
  readonly newest: Day;
  /** The stored days, each with the day on which it was last fetched. */
  readonly fetched: ReadonlyMap<Day, Day>;
};

/**
 * The stored days to fetch again, ascending: the last ones, and of the older ones those that were fetched least recently.
 * What was fetched today counts, so that a second run on the same evening fetches nothing twice.
 */
export function rereadDays(
  { today, newest, fetched }: RereadFacts,
  { SYNC_REREAD_DAYS: lastDays, SYNC_REREAD_OLD_DAYS: oldDays }: Settings,
): Day[] {
  const days = [...fetched.keys()].filter((day) => day < newest).sort();
  const firstRecent = Math.max(0, days.length - lastDays);
  const recent = days.slice(firstRecent);
  const turn = inTurn(today, days.slice(0, firstRecent), fetched, oldDays);
  return [...turn, ...recent.filter((day) => isEarlier(day, today, fetched))].sort();
}

/** The `count` least recently fetched of some days or report periods, less those that were fetched today. */
export function inTurn(
  today: Day,
  all: readonly Day[],
  fetched: ReadonlyMap<Day, Day>,
  count: number,
): Day[] {
  const left = all.filter((day) => isEarlier(day, today, fetched));
  const when = (day: Day) => `${fetched.get(day)} ${day}`;
  const byAge = left.toSorted((a, b) => (when(a) < when(b) ? -1 : 1));
  return byAge.slice(0, Math.max(0, count - (all.length - left.length)));
}

function isEarlier(day: Day, today: Day, fetched: ReadonlyMap<Day, Day>): boolean {
  return (fetched.get(day) ?? today) < today;
}
