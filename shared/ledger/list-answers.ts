// Lists of securities are fetched in slices, by status or exchange. A code that was in the list and is in no slice any more
// is marked as gone; otherwise it would count as listed for ever. The codes of each slice's last answer are kept for this.

import { dayColumnOf, hasMembersEachDay, type Securities } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import { isMember } from "../coverage/members.ts";
import { SyncError } from "../errors.ts";
import type { Database } from "../ports.ts";
import { type Unit, unitKey } from "../unit.ts";
import { say } from "../words/say.ts";

/** What is done in the transaction that stores an answer, before its first statement and after its last one. */
export type Around = {
  before(run: Database["run"]): Promise<void>;
  after(run: Database["run"]): Promise<void>;
};

export type ListAnswer = {
  /** The codes of the answer. */
  readonly codes: readonly string[];
  /** All slices of the list today. */
  readonly slices: readonly Selector[];
  /** The datasets with rows of its securities. */
  readonly mirrored: readonly Dataset[];
};

/**
 * Marks the codes that are in no slice of a list, once all slices were answered on the same day by the same task, and
 * removes the mark of codes that are back. Undefined for a dataset that marks no codes.
 */
export function marksAround(
  unit: Unit,
  dataset: Dataset,
  answer: ListAnswer,
  { SYNC_LIST_SHARE_MIN: percent }: Pick<Settings, "SYNC_LIST_SHARE_MIN">,
): Around | undefined {
  const { securities } = dataset;
  if (securities?.goneOn === undefined) return undefined;
  const sql = markSql(dataset, { ...securities, goneOn: securities.goneOn }, answer.mirrored);
  const keys = answer.slices.map((selector) => unitKey({ dataset: dataset.name, selector }));
  return {
    // Two slices that are stored at once would not see each other's codes.
    async before(run) {
      await run("select 1 as locked from pg_advisory_xact_lock(hashtext(:list))", {
        list: `list ${dataset.name}`,
      });
    },
    /** @throws SyncError permanent when too many codes are gone at once: nothing of the answer is stored then */
    async after(run) {
      const [row] = await run(sql, {
        ...{ dataset: dataset.name, unit_key: unit.unit_key, task_id: unit.task_id, percent },
        ...{ codes: answer.codes.join(","), unit_keys: keys.join(",") },
      });
      if (row?.too_many !== true) return;
      const { lost, known, examples } = row;
      throw new SyncError(
        "permanent",
        say("listLost", {
          ...{ dataset: dataset.name, lost: Number(lost), known: Number(known), percent: 100 - percent },
          examples: String(examples),
        }),
      );
    },
  };
}

/**
 * A code that moved is expected to go, so it does not count among too many. A code is gone from the day after its last row
 * on, which is more exact than the day on which it was missed; rows that arrive later move that day.
 */
function markSql(
  dataset: Dataset,
  { goneOn }: Securities & { readonly goneOn: string },
  mirrored: readonly Dataset[],
): string {
  const { table } = dataset;
  const lastRows = mirrored.filter(hasMembersEachDay).map((each) => {
    const day = dayColumnOf(each);
    return `(select max(${day}) + 1 from ${each.table} as stored where stored.ts_code = listed.ts_code)`;
  });
  const today = "cast(now() at time zone 'Asia/Shanghai' as date)";
  return `with answer as (
  insert into sync_list_answer as answer (dataset, unit_key, task_id, codes, answered_at)
  values (:dataset, :unit_key, cast(:task_id as uuid), string_to_array(:codes, ','), now())
  on conflict (dataset, unit_key) do update
  set task_id = excluded.task_id, codes = excluded.codes, answered_at = excluded.answered_at
  returning codes
),
answered as (
  select codes from answer
  union all
  select codes
  from sync_list_answer
  where dataset = :dataset and unit_key <> :unit_key and unit_key = any (string_to_array(:unit_keys, ','))
    and task_id = cast(:task_id as uuid) and cast(answered_at at time zone 'Asia/Shanghai' as date) = ${today}
),
seen as materialized (
  select distinct code collate "C" as ts_code
  from answered
  cross join lateral unnest(codes) as code
),
gone as materialized (
  select listed.ts_code, listed.${goneOn} is null and alias.old_code is null as is_lost,
    coalesce(${[`greatest(${["cast(null as date)", ...lastRows].join(", ")})`, `listed.${goneOn}`, today].join(", ")}) as gone_on
  from ${table} as listed
  left join code_alias as alias on alias.old_code = listed.ts_code
  where ${isMember(dataset, "listed.ts_code")}
    and (select count(*) from answered) = cardinality(string_to_array(:unit_keys, ','))
    and listed.ts_code not in (select ts_code from seen)
),
loss as (
  select count(*) filter (where is_lost) as lost,
    (select count(*) from ${table} as listed where listed.${goneOn} is null and ${isMember(dataset, "listed.ts_code")})
      as known,
    (
      select string_agg(ts_code, ', ' order by ts_code)
      from (select ts_code from gone where is_lost order by ts_code limit 5) as few
    ) as examples
  from gone
),
marked as (
  update ${table} as listed
  set ${goneOn} = gone.gone_on, stored_at = now()
  from gone
  where listed.ts_code = gone.ts_code and listed.${goneOn} is distinct from gone.gone_on
  returning 1
),
back as (
  update ${table} as listed
  set ${goneOn} = null, stored_at = now()
  from answer
  where listed.${goneOn} is not null and listed.ts_code = any (answer.codes)
  returning 1
)
select lost, known, examples, lost * 100 > known * (100 - cast(:percent as integer)) as too_many
from loss`;
}
