// The SQL that records what an answer changes in rows that were stored: one row of data_revision for each changed value,
// in the statement that changes it. A value that replaces a null is no revision: it arrived late. Values are compared as
// jsonb compares them, so 1.50 equals 1.5.
import { columnsOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { daysOf } from "../catalogue/selector.ts";
import type { SqlParameters } from "../ports.ts";
import type { Shape } from "./shape.ts";

/** Classes of a stored revision; see the comment on data_revision.class. */
export const revisionClasses = [
  "changed",
  "last_digit",
  "corporate_action",
  "restatement",
  "emptied",
  "removed",
  "added",
] as const;
export type RevisionClass = (typeof revisionClasses)[number];

/** The check that refuses a statement with too many changes: such a statement inserts a revision of this class. */
export const tooManyChanges = "data_revision_too_many";

/** So many changed rows of an answer are allowed whatever their share: a small slice may change entirely. */
export const changedRowsAllowed = 20;

/** The task that stores an answer, and the setting SYNC_REVISION_SHARE_MAX. */
export type Reviser = { readonly taskId: string; readonly shareMax: number };

export function reviserParameters(shape: Shape, { taskId, shareMax }: Reviser, rows: number): SqlParameters {
  const own = { revising_task: taskId, share_max: shareMax };
  if (shape.dataset.replacesSlice) return own;
  return { ...own, answer_rows: rows, ...pendingParameters(shape) };
}

/** Of pendingSql. */
export function pendingParameters(shape: Shape): SqlParameters {
  const days = hasDay(shape) ? daysOf(shape.selector) : undefined;
  return days === undefined ? {} : { pending_from: days.from, pending_to: days.to };
}

/**
 * What an upsert returns of each row that was inserted or changed: nothing of a new row, which is most of them. The xmax of
 * a new row is 0. The subquery sees the row as it was before the statement. Rows that existed are selected with
 * `existed = 1`, of which the planner expects few: with a condition that it expects to be true it would compile the
 * statement (jit), which takes as long as storing the rows.
 */
export function earlierSql(shape: Shape): string {
  return `returning case when stored.xmax <> 0 then 1 end as existed,
    case when stored.xmax <> 0 then to_jsonb(stored) end as new_row,
    case when stored.xmax <> 0 then (
      select to_jsonb(earlier)
      from ${shape.table} as earlier
      where ${sameKeySql(shape, "earlier", "stored")}
    ) end as old_row`;
}

/** Equal keys; columns of a key that may be null are compared last, because an index cannot find them. */
export function sameKeySql({ key }: Shape, one: string, other: string): string {
  return [...key]
    .sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false))
    .map(({ name, required }) => `${one}.${name} ${required ? "=" : "is not distinct from"} ${other}.${name}`)
    .join(" and ");
}

/** The CTEs after an upsert: the changed values, their revisions, and `written`. */
export function changesSql(shape: Shape): string {
  const { dataset, selector } = shape;
  const factors = factorsOf(dataset);
  // All days of one code are scaled at once after a corporate action.
  const isExempt = factors.length > 0 && selector.by === "code";
  const factorClass =
    factors.length > 0 ? `when column_name in (${factors.join(", ")}) then 'restatement'` : "";
  return `changed_row as materialized (
  select ${keySql(shape, "new_row")} as key, ${codeSql(shape, "new_row")} as ts_code, ${daySql(shape, "new_row")} as day,
    old_row, new_row
  from stored_rows
  where existed = 1
),
changes as materialized ( -- without the rows: in an answer that changes every value these would be copied for each
  select key, ts_code, day, cell.name as column_name, old_row ->> cell.name as old_value,
    new_row ->> cell.name as new_value
  from changed_row
  cross join lateral jsonb_each(old_row) as cell (name, held)
  where held <> 'null' and held <> new_row -> cell.name and cell.name <> 'stored_at'
),
kept as (
  select count(*) as rows
  from stored_rows
  where existed = 1 and old_row - 'stored_at' = new_row - 'stored_at'
),
${allowedSql("cast(:answer_rows as integer) - (select count(*) from stored_rows where existed is null)")},
too_many as ( -- an array, so that no estimate of the rows can make it a slow join
  select coalesce(array_agg(column_name), '{}') as columns
  from (
    select column_name
    from changes
    ${
      isExempt
        ? `where column_name not in (${factors.join(", ")})
    `
        : ""
    }group by column_name
    having count(*) > (select rows from allowed)
  ) as changed
),
revised as (
  insert into data_revision (dataset, key, ts_code, day, column_name, old_value, new_value, class, seen_at, task_id)
  select '${dataset.name}', key, ts_code, day, column_name, old_value, new_value,
    case
      when column_name = any (cast((select columns from too_many) as text[])) then 'too_many'
      ${factorClass}
      else 'changed'
    end,
    now(), cast(:revising_task as uuid)
  from changes
  union all
  select '${dataset.name}', '{}', null, null, '', null, null, 'too_many', now(), null
  from kept
  where rows > ${changedRowsAllowed} and rows > (select rows from allowed)
  returning class
),
written as (
  select
    (select count(*) from stored_rows) - (select rows from kept) as changed,
    (select count(*) from revised) as revised,
    (select count(*) from revised where class = 'restatement') as factors,
    (select rows from kept) + (${pendingSql(shape)}) as emptied
)`;
}

/** The CTEs after a slice was replaced. A row that comes is only recorded beside rows that went: else it arrived late. */
export function replacedSql(shape: Shape): string {
  const name = shape.dataset.name;
  const valuesOf = (row: string) => `'${name}', ${row}, ${codeSql(shape, row)}, ${daySql(shape, row)}`;
  return `${allowedSql("(select count(*) from held)")},
revised as (
  insert into data_revision (dataset, key, ts_code, day, class, seen_at, task_id)
  select ${valuesOf("gone")},
    case when (select count(*) from removed) > (select rows from allowed) then 'too_many' else 'removed' end,
    now(), cast(:revising_task as uuid)
  from removed
  union all
  select ${valuesOf("come")}, 'added', now(), cast(:revising_task as uuid)
  from added
  where come is not null
  returning 1
),
written as (
  select
    greatest((select count(*) from added), (select count(*) from removed)) as changed,
    (select count(*) from revised) as revised,
    0 as factors,
    0 as emptied
)`;
}

/** Counts values of the slice that were empty in an earlier answer: this answer may confirm or contradict them. */
export function pendingSql(shape: Shape): string {
  return `select count(*) from data_revision as pending where ${pendingConditions(shape, "pending")}`;
}

/** Selects the emptied values of the slice that are not believed yet. */
export function pendingConditions(shape: Shape, of: string): string {
  const { dataset, selector } = shape;
  const ofDataset = `${of}.dataset = '${dataset.name}' and ${of}.class = 'emptied' and ${of}.believed_at is null`;
  if (!hasDay(shape) || daysOf(selector) === undefined) return ofDataset;
  return `${ofDataset}
    and ${of}.day between to_date(:pending_from, 'YYYYMMDD') and to_date(:pending_to, 'YYYYMMDD')`;
}

/** How many rows may change in one column; without limit when the task's command accepts the changes. */
export function allowedSql(storedRows: string): string {
  return `allowed as (
  select case
    when exists (
      select 1
      from sync_task
      where id = cast(:revising_task as uuid) and config ->> 'acceptChanges' = 'true'
    ) then cast('infinity' as double precision)
    else greatest(${changedRowsAllowed}, cast(:share_max as integer) / 100.0 * (${storedRows}))
  end as rows
)`;
}

/** The key of a row that is jsonb. */
export function keySql({ key }: Shape, row: string): string {
  return `jsonb_build_object(${key.map(({ name }) => `'${name}', ${row} -> '${name}'`).join(", ")})`;
}

export function codeSql({ columns }: Shape, row: string): string {
  return columns.some(({ name, type }) => name === "ts_code" && type === "code")
    ? `${row} ->> 'ts_code'`
    : "cast(null as text)";
}

export function daySql(shape: Shape, row: string): string {
  return hasDay(shape) ? `cast(${row} ->> '${shape.dataset.dayColumn}' as date)` : "cast(null as date)";
}

function hasDay({ dataset: { dayColumn }, columns }: Shape): boolean {
  return columns.some(({ name, type }) => name === dayColumn && type === "day");
}

/** The names of its adjustment factors, as SQL texts. */
export function factorsOf(dataset: Dataset): string[] {
  return columnsOf(dataset).flatMap(({ name, isFactor }) => (isFactor ? [`'${name}'`] : []));
}
