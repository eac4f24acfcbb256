// Coverage piece by piece. Counting most of a year's rows takes the embedded database seconds in which nothing else is
// answered; so four weeks are read at a time, and again only when units of those days were settled.
import {
  addDays,
  type Day,
  daysBetween,
  earlier,
  firstMonday,
  later,
  shanghaiDay,
} from "../../shared/catalogue/dates.ts";
import { askedDaysSql, type DayCoverage, readCoverage } from "../../shared/coverage/stored-days.ts";
import type { Database } from "../../shared/ports.ts";
import { isShown } from "../../shared/widget/coverage.ts";

/** The widest that is drawn. */
export const coverageWeeks = 46;

const pieceDays = 28;

/** A piece that changes all the time may take one part in so many of the database's time. */
const pauseFactor = 10;

export type CoverageReader = {
  /** Reads one piece that is due, the newest first, and gives all that is known, ascending by day. */
  read(at: Date): Promise<readonly DayCoverage[]>;
};

export function makeCoverageReader(database: Database): CoverageReader {
  const pieces = new Map<number, readonly DayCoverage[]>();
  const stale = new Set<number>();
  let settledUntil = "";
  let asked = "";
  let notBefore = 0;

  async function markStale(first: Day, today: Day): Promise<void> {
    const [row] = await database.run(changedSql, { since: settledUntil });
    const wasAsked = asked;
    if (typeof row?.asked === "string") asked = row.asked;
    if (typeof row?.until !== "string" && asked === wasAsked) return;
    if (typeof row?.until === "string") settledUntil = row.until;
    const isEverything = row?.is_everything === true || asked !== wasAsked;
    const from = isEverything || typeof row?.first !== "string" ? first : later(first, row.first);
    const to = isEverything || typeof row?.last !== "string" ? today : earlier(today, row.last);
    for (let piece = pieceOf(from); piece <= pieceOf(to); piece += 1) stale.add(piece);
  }

  return {
    async read(at) {
      const today = shanghaiDay(at);
      const first = addDays(today, -7 * coverageWeeks);
      await markStale(first, today);
      const wanted = Array.from(
        { length: pieceOf(today) - pieceOf(first) + 1 },
        (_, back) => pieceOf(today) - back,
      );
      const unread = wanted.find((piece) => !pieces.has(piece));
      const due = unread ?? (at.getTime() < notBefore ? undefined : wanted.find((piece) => stale.has(piece)));
      if (due !== undefined) {
        const from = addDays(firstMonday, due * pieceDays);
        const begunAt = performance.now();
        stale.delete(due);
        pieces.set(due, await readCoverage(database, { from, to: addDays(from, pieceDays - 1) }));
        notBefore = at.getTime() + (performance.now() - begunAt) * pauseFactor;
      }
      const known = wanted.reverse().flatMap((piece) => pieces.get(piece) ?? []);
      return known.filter((day) => day.day >= first && isShown(day, today));
    },
  };
}

function pieceOf(day: Day): number {
  return Math.floor(daysBetween(firstMonday, day) / pieceDays);
}

/** Days whose units were settled since; all of them after a list, a calendar or a code with its range. And what was asked. */
const changedSql = `select min(selector ->> 'trade_date') as first, max(selector ->> 'trade_date') as last,
  bool_or(selector ->> 'by' <> 'date') as is_everything, cast(max(settled_at) as text) as until,
  concat_ws(' ', ${askedDaysSql("stock_daily")}, ${askedDaysSql("etf_daily")}) as asked
from sync_unit
where dataset in ('stock_daily', 'etf_daily', 'trading_calendar', 'stock_list', 'etf_list')
  and settled_at > cast(coalesce(nullif(:since, ''), '-infinity') as timestamptz)`;
