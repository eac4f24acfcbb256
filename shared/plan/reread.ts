// Which stored days, codes and report periods an increment fetches again, because TuShare corrects its data: the last days
// every evening, older ones in turn. Pure.
import type { Day } from "../catalogue/dates.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { MissingRange } from "../coverage/calendar.ts";
import type { FetchedCode } from "../coverage/fetched.ts";

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

/** So many evenings at least, until all codes were fetched again whole. */
const eveningsOfTurn = 10;

/**
 * The ranges to fetch again, one a code at most: the last days of each code, and all days of those that were fetched whole
 * least recently. A code that is fetched anyway has its last days in the same call; of the others what was fetched today counts.
 * @param planned the codes that are fetched anyway
 */
export function rereadRanges(
  today: Day,
  codes: readonly FetchedCode[],
  planned: ReadonlySet<string>,
  { SYNC_REREAD_DAYS: lastDays, SYNC_REREAD_OLD_DAYS: oldDays }: Settings,
): MissingRange[] {
  const count = Math.min(oldDays, Math.ceil(codes.length / eveningsOfTurn));
  const wholeOn = new Map(codes.map((code) => [code.ts_code, code.wholeOn ?? ""]));
  const turn = new Set(inTurn(today, [...wholeOn.keys()], wholeOn, count));
  return codes.flatMap(({ ts_code, stored, recent, askedOn = "" }) => {
    if (turn.has(ts_code)) return [{ ts_code, ...stored }];
    const isDue = lastDays > 0 && (planned.has(ts_code) || askedOn < today);
    return isDue ? [{ ts_code, from: recent, to: stored.to }] : [];
  });
}

function isEarlier(day: Day, today: Day, fetched: ReadonlyMap<Day, Day>): boolean {
  return (fetched.get(day) ?? today) < today;
}
