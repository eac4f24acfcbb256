// Queries of data_revision: what TuShare changed after it had been stored.
import type { Day } from "../catalogue/dates.ts";
import type { Database } from "../ports.ts";
import type { RevisionClass } from "../rows/revise.ts";
import { pageMax } from "./progress.ts";

export type Revision = {
  readonly id: number;
  readonly dataset: string;
  /** The key of the row by column, or the whole row, as JSON. */
  readonly key: string;
  readonly ts_code: string | null;
  readonly day: Day | null;
  /** Null for a row that was removed or added. */
  readonly column_name: string | null;
  readonly old_value: string | null;
  readonly new_value: string | null;
  readonly class: RevisionClass;
  readonly seenAt: Date;
  /** Of an emptied value: when it was removed; null while it is pending. */
  readonly believedAt: Date | null;
  readonly task_id: string | null;
};

export type RevisionFilter = {
  readonly dataset?: string | undefined;
  readonly ts_code?: string | undefined;
  /** The first and last day of the rows. */
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  /** Only what was seen on this day in Shanghai or later. */
  readonly since?: Day | undefined;
  /** The id of the last revision on the previous page. */
  readonly before?: number | undefined;
  readonly limit: number;
};

/** Revisions, those seen last first, at most `limit`. */
export async function readRevisions(database: Database, filter: RevisionFilter): Promise<Revision[]> {
  const rows = await database.run(
    `select id, dataset, cast(key as text) as key, ts_code, to_char(day, 'YYYYMMDD') as day, column_name, old_value,
  new_value, class, extract(epoch from seen_at) as seen_at, extract(epoch from believed_at) as believed_at,
  cast(task_id as text) as task_id
from data_revision
where (cast(:dataset as text) is null or dataset = :dataset)
  and (cast(:ts_code as text) is null or ts_code = :ts_code)
  and (cast(:from as text) is null or day >= to_date(:from, 'YYYYMMDD'))
  and (cast(:to as text) is null or day <= to_date(:to, 'YYYYMMDD'))
  and (
    cast(:since as text) is null
    or seen_at >= cast(to_date(:since, 'YYYYMMDD') as timestamp) at time zone 'Asia/Shanghai'
  )
  and (
    cast(:before as bigint) is null
    or (seen_at, id) < ((select seen_at from data_revision where id = :before), cast(:before as bigint))
  )
order by seen_at desc, id desc
limit :limit`,
    {
      dataset: filter.dataset ?? null,
      ts_code: filter.ts_code ?? null,
      from: filter.from ?? null,
      to: filter.to ?? null,
      since: filter.since ?? null,
      before: filter.before ?? null,
      limit: Math.min(filter.limit, pageMax),
    },
  );
  return rows.map((row) => ({
    id: Number(row.id),
    dataset: String(row.dataset),
    key: String(row.key),
    ts_code: textOf(row.ts_code),
    day: textOf(row.day),
    column_name: textOf(row.column_name),
    old_value: textOf(row.old_value),
    new_value: textOf(row.new_value),
    class: String(row.class) as RevisionClass,
    seenAt: new Date(Number(row.seen_at) * 1000),
    believedAt: row.believed_at === null ? null : new Date(Number(row.believed_at) * 1000),
    task_id: textOf(row.task_id),
  }));
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
