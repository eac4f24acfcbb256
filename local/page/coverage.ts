// Reads coverage in pieces. Counting a year's rows would block the embedded database for seconds. So it reads four
// weeks at a time, and reads them again only when units of those days were settled.
import { calendarDataset, type Dataset, datasetsByDay, listOf } from "../../shared/catalogue/datasets.ts";
import {
  addDays,
  type Day,
  daysBetween,
  earlier,
  firstMonday,
  later,
  shanghaiDay,
} from "../../shared/catalogue/dates.ts";
import { lastDueDay } from "../../shared/catalogue/due.ts";
import { jobsOf } from "../../shared/catalogue/jobs.ts";
import type { DatasetCoverage } from "../../shared/coverage/dataset-coverage.ts";
import { nothingWhole, type Reach, readReach } from "../../shared/coverage/reach.ts";
import { askedDaysSql, type DayCoverage, readCoverage } from "../../shared/coverage/stored-days.ts";
import type { Database, SqlRow } from "../../shared/ports.ts";

/** The most weeks that are drawn. */
export const coverageWeeks = 46;

const pieceDays = 28;

/** Reading changed pieces again may use at most one part in this many of the database's time. */
const pauseFactor = 10;

export type CoverageReader = {
  /**
   * Reads one piece that is due, the newest first. Returns all known coverage, ascending by day, of the datasets that
   * any task asked for; without tasks, of the first dataset.
   */
  read(at: Date): Promise<readonly DatasetCoverage[]>;
};

/** The known coverage of one dataset. */
type Watched = {
  readonly dataset: Dataset;
  readonly pieces: Map<number, readonly DayCoverage[]>;
  readonly stale: Set<number>;
  /** The days that tasks asked for, as the database writes them. */
  asked: string;
  isUsed: boolean;
  reach: Reach;
};

/** @param keeper where whole days may be kept, so that the next question goes on from there; the rest is only read */
export function makeCoverageReader(
  database: Database,
  among: readonly Dataset[] = datasetsByDay,
  keeper = database,
): CoverageReader {
  const reachOf = (dataset: Dataset, at: Date) =>
    readReach(keeper, dataset, at, { daysMax: pieceDays, keep: true });
  const all = among.map((dataset): Watched => {
    return { dataset, pieces: new Map(), stale: new Set(), asked: "", isUsed: false, reach: nothingWhole };
  });
  const parameters = whatMayChange(among);
  let settledUntil = "";
  let notBefore = 0;

  async function markStale(first: Day, today: Day): Promise<void> {
    const rows = await database.run(changedSql, { ...parameters, since: settledUntil });
    const changes = new Map(rows.map((row) => [row.dataset, row]));
    settledUntil = textOf(rows.find(({ until }) => typeof until === "string")?.until) ?? settledUntil;
    for (const watched of all) {
      const own = changes.get(watched.dataset.name);
      const asked = textOf(own?.asked) ?? "";
      const isOfAll = asked !== watched.asked || listsOf(watched.dataset).some((list) => changes.has(list));
      watched.asked = asked;
      watched.isUsed ||= own !== undefined;
      const [from, to] = isOfAll ? [first, today] : [textOf(own?.first), textOf(own?.last)];
      if (from === undefined || to === undefined) continue;
      for (let piece = pieceOf(later(first, from)); piece <= pieceOf(earlier(today, to)); piece += 1) {
        watched.stale.add(piece);
      }
    }
  }

  return {
    async read(at) {
      const today = shanghaiDay(at);
      const first = addDays(today, -7 * coverageWeeks);
      await markStale(first, today);
      const used = all.filter(({ isUsed }) => isUsed);
      const shown = used.length > 0 ? used : all.slice(0, 1);
      const wanted = Array.from(
        { length: pieceOf(today) - pieceOf(first) + 1 },
        (_, back) => pieceOf(today) - back,
      );
      const isUnread = (piece: number) => shown.some(({ pieces }) => !pieces.has(piece));
      const isStale = (piece: number) => shown.some(({ stale }) => stale.has(piece));
      const due = wanted.find(isUnread) ?? (at.getTime() < notBefore ? undefined : wanted.find(isStale));
      if (due !== undefined) {
        const from = addDays(firstMonday, due * pieceDays);
        const begunAt = performance.now();
        for (const watched of shown) {
          const { dataset, pieces, stale } = watched;
          if (!stale.delete(due) && pieces.has(due)) continue;
          pieces.set(due, await readCoverage(database, dataset, { from, to: addDays(from, pieceDays - 1) }));
          const isLast = stale.size === 0 && wanted.every((piece) => pieces.has(piece));
          if (isLast || due === pieceOf(today)) {
            watched.reach = await reachOf(dataset, at);
          }
        }
        notBefore = at.getTime() + (performance.now() - begunAt) * pauseFactor;
      }
      const uncounted = shown.find(({ reach }) => reach.uncountedFrom !== undefined);
      if (due === undefined && uncounted !== undefined && at.getTime() >= notBefore) {
        const begunAt = performance.now();
        uncounted.reach = await reachOf(uncounted.dataset, at);
        notBefore = at.getTime() + (performance.now() - begunAt) * pauseFactor;
      }
      const ascending = wanted.reverse();
      return shown.map(({ dataset, pieces, reach }) => {
        const known = ascending.flatMap((piece) => pieces.get(piece) ?? []);
        const days = known.filter(({ day }) => day >= first && day <= today);
        return { dataset, days, due: lastDueDay(dataset, at), reach };
      });
    },
  };
}

function pieceOf(day: Day): number {
  return Math.floor(daysBetween(firstMonday, day) / pieceDays);
}

function textOf(value: SqlRow[string] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The lists that give the expected rows of its days. */
function listsOf(dataset: Dataset): string[] {
  return [calendarDataset().name, listOf(dataset)?.name ?? []].flat();
}

function whatMayChange(among: readonly Dataset[]) {
  const asking = among.flatMap(({ name }) => jobsOf(name).map((job) => ({ job, name })));
  return {
    settling: [...new Set(among.flatMap((dataset) => [dataset.name, ...listsOf(dataset)]))].join(","),
    jobs: asking.map(({ job }) => job).join(","),
    asking: asking.map(({ name }) => name).join(","),
  };
}

/**
 * For each dataset: the days that tasks asked for, and the range of days whose units were settled since the last read.
 */
const changedSql = `with asked as (
  select dataset, cast(range_agg(days) as text) as days
  from unnest(string_to_array(:jobs, ','), string_to_array(:asking, ',')) as asking (job_type, dataset)
  join (${askedDaysSql}) as task using (job_type)
  group by dataset
),
settled as (
  select dataset, max(settled_at) as until,
    min(coalesce(selector ->> 'trade_date', selector ->> 'from')) as first,
    max(coalesce(selector ->> 'trade_date', selector ->> 'to')) as last
  from sync_unit
  where dataset = any (string_to_array(:settling, ','))
    and settled_at > cast(coalesce(nullif(:since, ''), '-infinity') as timestamptz)
  group by dataset
)
select dataset, asked.days as asked, settled.first, settled.last, cast(max(settled.until) over () as text) as until
from asked
full join settled using (dataset)`;
