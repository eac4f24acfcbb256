// What becomes of revisions after an answer was stored: why an answer with too many was refused, values that TuShare
// emptied, and the classes of changed factors. All of this is rare; the revisions themselves are recorded by the statement
// that stores the rows (rows/revise.ts).
import type { Dataset } from "../catalogue/datasets.ts";
import { firstTradingDay } from "../catalogue/dates.ts";
import { daysOf } from "../catalogue/selector.ts";
import { SyncError } from "../errors.ts";
import type { Database, SqlParameters, SqlRow } from "../ports.ts";
import { classOfFactor } from "../rows/factor-class.ts";
import {
  allowedSql,
  codeSql,
  daySql,
  factorsOf,
  keySql,
  pendingConditions,
  type Reviser,
  type RevisionClass,
  reviserParameters,
  sameKeySql,
  tooManyChanges,
} from "../rows/revise.ts";
import { pick, type Table } from "../rows/rows.ts";
import { type Shape, shapeOf } from "../rows/shape.ts";
import { incomingSql, orderSql, piecesOf } from "../rows/write.ts";
import type { Unit } from "../unit.ts";
import { say } from "../words/say.ts";

/** Codes whose factors are classed by one query. */
const codesMax = 1_000;

/**
 * The error of an answer that was not stored. An answer with too many changes is compared again, so that the error names
 * the column, the share and two examples; any other error stays as it is.
 */
export async function explainRefusal(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  shareMax: number,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof SyncError) || error.check !== tooManyChanges) return error;
  const what = unit.unit_key;
  if (dataset.replacesSlice) {
    return new SyncError("permanent", say("tooManyRowsGone", { what, percent: shareMax }), { cause: error });
  }
  const shape = shapeOf(dataset, unit.selector, table);
  const sql = comparisonSql(shape);
  const found: SqlRow[] = [];
  for (const { cells } of piecesOf(shape, table)) found.push(...(await database.run(sql, cells)));
  const [worst] = found.sort((a, b) => shareOf(b) - shareOf(a));
  if (worst === undefined) return error;
  const { column_name, differing, compared, one, other } = worst;
  const told = {
    ...{ what, column: String(column_name), rows: Number(differing), stored: Number(compared) },
    ...{ percent: shareMax, one: String(one), other: String(other) },
  };
  return new SyncError("permanent", say("tooManyChanges", told), { cause: error });
}

function shareOf({ differing, compared }: SqlRow): number {
  return Number(differing) / Math.max(1, Number(compared));
}

/** The column in which most stored rows differ from the answer. */
function comparisonSql(shape: Shape): string {
  const exempt = [
    ...shape.unsaid.map((name) => `'${name}'`),
    ...(shape.selector.by === "code" ? factorsOf(shape.dataset) : []),
  ];
  const keyText = shape.key.map(({ name }) => `new_row ->> '${name}'`).join(", ");
  return `with ${incomingSql(shape)},
compared as (
  select to_jsonb(incoming) as new_row, to_jsonb(stored) as old_row
  from incoming
  join ${shape.table} as stored on ${sameKeySql(shape, "stored", "incoming")}
),
differing as (
  select cell.name as column_name, concat_ws(' ', ${keyText}, old_row ->> cell.name, '->', coalesce(new_row ->> cell.name, 'null')) as example
  from compared
  cross join lateral jsonb_each(old_row) as cell (name, held)
  where held <> 'null' and held <> new_row -> cell.name and cell.name not in (${["''", ...exempt].join(", ")})
)
select column_name, count(*) as differing, (select count(*) from compared) as compared, min(example) as one,
  max(example) as other
from differing
group by column_name
order by count(*) desc
limit 1`;
}

/**
 * Removes values that TuShare has emptied. A null is believed when the row came whole, from every interface, and when the
 * same was seen on an earlier day, with no value in between. Until then the stored value stays, and the revision is pending.
 */
export async function settleEmptied(
  database: Database,
  unit: Unit,
  dataset: Dataset,
  table: Table,
  reviser: Reviser,
): Promise<void> {
  if (dataset.replacesSlice) return;
  const shape = shapeOf(dataset, unit.selector, table);
  const nullable = shape.columns
    .filter((column) => !shape.key.includes(column) && !column.required)
    .map(({ name }) => name)
    .filter((name) => !shape.unsaid.includes(name));
  const rows = Array.from({ length: table.size }, (_, row) => row).filter(
    (row) => !table.unsaid?.rows.has(row),
  );
  if (nullable.length === 0 || rows.length === 0) return;
  const sql = emptiedSql(shape, nullable);
  for (const { rows: size, cells } of piecesOf(shape, pick(table, rows))) {
    await database.run(sql, { ...cells, ...reviserParameters(shape, reviser, size) });
  }
}

function emptiedSql(shape: Shape, nullable: readonly string[]): string {
  const { dataset, key, table } = shape;
  const gone = nullable.map((name) => `incoming.${name} is null and stored.${name} is not null`);
  const cleared = nullable.map(
    (name) => `${name} = case when '${name}' = any (gone.columns) then null else stored.${name} end`,
  );
  const sameKey = key.map(({ name, type, required }) => {
    const value = `gone.key ->> '${name}'`;
    const typed =
      type === "day" ? `cast(${value} as date)` : type === "number" ? `cast(${value} as numeric)` : value;
    return `stored.${name} ${required ? "=" : "is not distinct from"} ${type === "flag" ? `cast(${value} as smallint)` : typed}`;
  });
  const sameCell =
    "pending.key = cell.key and pending.column_name = cell.column_name and pending.old_value = cell.old_value";
  return `with ${incomingSql(shape)},
compared as (
  select to_jsonb(incoming) as new_row, to_jsonb(stored) as old_row
  from incoming
  join ${table} as stored on ${sameKeySql(shape, "stored", "incoming")}
  where ${gone.join("\n    or ")}
),
${allowedSql("cast(:answer_rows as integer)")},
empty_cell as (
  select key, ts_code, day, column_name, old_value
  from (
    select ${keySql(shape, "new_row")} as key, ${codeSql(shape, "new_row")} as ts_code, ${daySql(shape, "new_row")} as day,
      cell.name as column_name, old_row ->> cell.name as old_value, count(*) over (partition by cell.name) as alike
    from compared
    cross join lateral jsonb_each(new_row) as cell (name, come)
    where come = 'null' and old_row -> cell.name <> 'null'
      and cell.name in (${nullable.map((name) => `'${name}'`).join(", ")})
  ) as cell
  where alike <= (select rows from allowed)
),
pending as (
  select id, key, column_name, old_value,
    cast(seen_at at time zone 'Asia/Shanghai' as date) < cast(now() at time zone 'Asia/Shanghai' as date) as is_earlier
  from data_revision as pending
  where ${pendingConditions(shape, "pending")}
    and key in (select ${keySql(shape, "to_jsonb(incoming)")} from incoming)
),
withdrawn as (
  delete from data_revision
  where id = any (array(
    select id
    from pending
    where not exists (select 1 from empty_cell as cell where ${sameCell})
  ))
  returning 1
),
noted as (
  insert into data_revision (dataset, key, ts_code, day, column_name, old_value, class, seen_at, task_id)
  select '${dataset.name}', key, ts_code, day, column_name, old_value, 'emptied', now(), cast(:revising_task as uuid)
  from empty_cell as cell
  where not exists (select 1 from pending where ${sameCell})
  returning 1
),
believed as (
  update data_revision
  set believed_at = now()
  where id = any (array(
    select id
    from pending
    where is_earlier and exists (select 1 from empty_cell as cell where ${sameCell})
  ))
  returning key, column_name
),
gone as (select key, array_agg(column_name) as columns from believed group by key),
locked as (
  select 1
  from ${table} as stored
  join gone on ${sameKey.join(" and ")}
  ${orderSql(shape, "stored.")}
  for update of stored
),
cleared as (
  update ${table} as stored
  set ${cleared.join(", ")}, stored_at = now()
  from gone
  where ${sameKey.join(" and ")}
    and (select count(*) from locked) > 0 -- every writer locks rows in the order of their key
  returning 1
)
select (select count(*) from noted) as noted, (select count(*) from withdrawn) as withdrawn,
  (select count(*) from cleared) as cleared`;
}

/** Classes the changes of a factor that a unit has just recorded, together with those of the last days. */
export async function classFactors(database: Database, unit: Unit, dataset: Dataset): Promise<void> {
  const own = {
    task_id: unit.task_id,
    ...(daysOf(unit.selector) ?? { from: firstTradingDay, to: "99991231" }),
  };
  for (let after = ""; ; ) {
    const found = await database.run(factorsSql(dataset), { ...own, after, codes: codesMax });
    const classes = Map.groupBy(found, (row) =>
      classOfFactor({
        onlyLastDigits: row.only_last_digits === true,
        oneRatio: row.one_ratio === true,
        unchanged: { between: row.between === true, before: row.before === true, after: row.after === true },
      }),
    );
    for (const [name, rows] of classes) await setClass(database, dataset, name, rows);
    if (found.length < codesMax) return;
    after = String(found.at(-1)?.ts_code);
  }
}

/** Changes of a factor that count as one: TuShare's correction may reach our days in several evenings. */
const together = "seen_at >= now() - interval '5 days'";

/** A unit of the last digit is at least 0.001, because TuShare's factors have three digits or more, less trailing zeros. */
function factorsSql(dataset: Dataset): string {
  const { name, table, dayColumn } = dataset;
  const isFactor = `column_name in (${factorsOf(dataset).join(", ")})`;
  return `with code as (
  select distinct ts_code
  from data_revision
  where task_id = cast(:task_id as uuid) and dataset = '${name}'
    and day between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD') and ${isFactor} and class in ('last_digit', 'corporate_action', 'restatement') and ts_code > :after
  order by ts_code
  limit :codes
),
change as (
  select ts_code, day, seen_at, was, is_now,
    power(10.0, -max(greatest(3, scale(was), scale(is_now))) over (partition by ts_code)) as unit
  from code
  cross join lateral (
    select revision.day, revision.seen_at, cast(revision.old_value as numeric) as was,
      cast(revision.new_value as numeric) as is_now
    from data_revision as revision
    where revision.ts_code = code.ts_code and revision.${together} and revision.dataset = '${name}'
      and revision.${isFactor} and revision.class in ('last_digit', 'corporate_action', 'restatement')
  ) as value
),
summary as (
  select ts_code, min(day) as first, max(day) as last, count(distinct day) as days,
    date_trunc('day', min(seen_at), 'Asia/Shanghai') as since,
    bool_and(abs(is_now - was) <= 1.5 * unit and abs(is_now - was) <= 0.001 * abs(was)) as only_last_digits,
    max((is_now - unit / 2) / nullif(was + unit / 2, 0)) <= min((is_now + unit / 2) / nullif(was - unit / 2, 0))
      as one_ratio
  from change
  group by ts_code
)
select ts_code, only_last_digits, one_ratio,
  (
    select count(*) from ${table} as stored
    where stored.ts_code = summary.ts_code and stored.${dayColumn} between first and last
  ) > days as between,
  exists (
    select 1 from ${table} as stored
    where stored.ts_code = summary.ts_code and stored.${dayColumn} < first and stored.stored_at < since
  ) as before,
  exists (
    select 1 from ${table} as stored
    where stored.ts_code = summary.ts_code and stored.${dayColumn} > last and stored.stored_at < since
  ) as after
from summary
order by ts_code`;
}

async function setClass(
  database: Database,
  dataset: Dataset,
  name: RevisionClass,
  rows: readonly SqlRow[],
): Promise<void> {
  const parameters: SqlParameters = { class: name, codes: rows.map(({ ts_code }) => ts_code).join(",") };
  await database.run(
    `with locked as (
  select id
  from data_revision
  where ts_code = any (string_to_array(:codes, ',')) and ${together} and dataset = '${dataset.name}'
    and column_name in (${factorsOf(dataset).join(", ")})
    and class in ('last_digit', 'corporate_action', 'restatement') and class <> :class
  order by id -- another worker may class the same codes
  for update
)
update data_revision as revision
set class = :class
from locked
where revision.id = locked.id`,
    parameters,
  );
}
