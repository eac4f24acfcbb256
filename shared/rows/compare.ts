// The SQL that compares an answer with the stored rows of its slice, made from the dataset's file. It writes nothing. Values
// are compared as their columns store them: 1.50 equals 1.5 where the column is numeric, and not where it is text.
import type { Column } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import { isOwnRow } from "../coverage/members.ts";
import { codeSql, daySql, keySql, sameKeySql } from "./revise.ts";
import type { Cell, Table } from "./rows.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { sliceOf } from "./slice.ts";
import { incomingSql, namesOf, piecesOf, sliceConditions, sliceParameters, type Write } from "./write.ts";

/** Characters of a value in a finding. */
const valueCharactersMax = 200;

/**
 * The statements that compare an answer. Each returns at least one row, with the counts `missing` (rows only upstream) and
 * `different` (rows with other values, or only stored), `held` (stored rows of the slice; null where not counted), and one
 * finding: `finding`, `key`, `ts_code`, `day`, `part`, `stored`, `upstream`; all null when there is none. The parameter
 * `named` limits the findings.
 */
export function comparisonsOf(dataset: Dataset, selector: Selector, table: Table): Write[] {
  const shape = shapeOf(dataset, selector, table);
  const slice = sliceOf(dataset, selector);
  const ofSlice = sliceParameters(slice);
  // An answer without rows has one piece without rows.
  const pieces = piecesOf(shape, table, { keysWhole: dataset.replacesSlice === true });
  const sql = dataset.replacesSlice ? copiesSql(shape) : valuesSql(shape);
  const writes = [
    ...pieces.map(({ cells }) => ({ sql, parameters: { ...cells, ...ofSlice } })),
    { sql: heldSql(shape), parameters: { ...ofSlice, ...keyParameters(shape, table) } },
  ];
  return writes.map(withoutUnused);
}

function withoutUnused({ sql, parameters }: Write): Write {
  const used = Object.entries(parameters).filter(([name]) => new RegExp(`:${name}\\b`).test(sql));
  return { sql, parameters: Object.fromEntries(used) };
}

/** Rows of an answer that are not stored, and those of which a value differs. */
function valuesSql(shape: Shape): string {
  const { table, columns, key, constants, unsaid } = shape;
  const values = columns.filter((column) => !key.includes(column) && !unsaid.includes(column.name));
  const ofConstants = constants.map(([name, value]) => ` and stored.${name} = '${value}'`).join("");
  // A row that is stored in another slice of the list is compared by the unit of that slice, which finds it there or not.
  const isHere = fixedConditions(shape);
  const differs =
    values.length === 0
      ? "false"
      : `(${namesOf(values, "stored.")}) is distinct from (${namesOf(values, "incoming.")})`;
  return `with ${incomingSql(shape)},
paired as (
  select to_jsonb(incoming) as new_row, held.old_row
  from incoming
  left join lateral (
    select (${isHere}) and (${differs}) as differs, case when ${differs} then to_jsonb(stored) end as old_row
    from ${table} as stored
    where ${sameKeySql(shape, "stored", "incoming")}${ofConstants}
    limit 1 -- a lookup of each row, whatever the planner expects
  ) as held on true
  where held.differs is null or held.differs
),
found as (
  select 'missing' as finding, new_row as as_row, '${shape.dataset.main.name}' as part, cast(null as text) as stored,
    cast(null as text) as upstream
  from paired
  where old_row is null
  union all
  select 'different', new_row, cell.name, old_row ->> cell.name, come #>> '{}'
  from paired
  cross join lateral jsonb_each(new_row) as cell (name, come)
  where old_row is not null and old_row -> cell.name <> come
    and cell.name = any (string_to_array('${values.map(({ name }) => name).join(",")}', ','))
),
counted as (
  select count(*) filter (where old_row is null) as missing, count(*) filter (where old_row is not null) as different
  from paired
)
${namedSql(shape, "cast(null as bigint)")}`;
}

/** Rows are the same in every column or not at all: as many copies as the answer has must be stored. */
function copiesSql(shape: Shape): string {
  const names = namesOf(shape.columns);
  const isKnown = sameKeySql(shape, "stored", "incoming");
  return `with ${incomingSql(shape)},
wanted as (
  select content, as_row, row_number() over (partition by content) as copy
  from (select cast(row(${names}) as text) as content, to_jsonb(incoming) as as_row from incoming) as typed
),
held as (
  select content, as_row, row_number() over (partition by content) as copy
  from (
    select cast(row(${namesOf(shape.columns, "stored.")}) as text) as content, to_jsonb(stored) as as_row
    from ${shape.table} as stored
    where ${ownConditions(shape)} and exists (select 1 from incoming where ${isKnown})
  ) as known
),
found as (
  select 'missing' as finding, as_row, '${shape.dataset.main.name}' as part, cast(null as text) as stored,
    content as upstream
  from wanted
  where not exists (select 1 from held where held.content = wanted.content and held.copy = wanted.copy)
  union all
  select 'different', as_row, null, content, null
  from held
  where not exists (select 1 from wanted where wanted.content = held.content and wanted.copy = held.copy)
),
counted as (
  select count(*) filter (where finding = 'missing') as missing, count(*) filter (where finding = 'different') as different
  from found
)
${namedSql(shape, "cast(null as bigint)")}`;
}

/** Stored rows of the slice of which the answer has no row with their key. */
function heldSql(shape: Shape): string {
  const { key } = shape;
  return `with wanted (${namesOf(key)}) as (
  select ${key.map(typedKey).join(", ")}
  from (
    select ${key.map(({ name }) => `jsonb_array_elements_text(cast(:key_${name} as jsonb)) as ${name}`).join(",\n      ")}
  ) as cell
),
held as (
  select ${namesOf(key, "stored.")}
  from ${shape.table} as stored
  where ${ownConditions(shape)}
),
found as (
  select 'different' as finding, to_jsonb(only_here) as as_row, cast(null as text) as part, cast(null as text) as stored,
    cast(null as text) as upstream
  from (
    select ${namesOf(key)} from held
    except
    select ${namesOf(key)} from wanted
  ) as only_here
),
counted as (
  select 0 as missing, count(*) as different from found
)
${namedSql(shape, "(select count(*) from held)")}`;
}

function namedSql(shape: Shape, held: string): string {
  const cut = (value: string) => `left(${value}, ${valueCharactersMax})`;
  return `select counted.missing, counted.different, ${held} as held, named.*
from counted
left join (
  select finding, cast(${keySql(shape, "as_row")} as text) as key, ${codeSql(shape, "as_row")} as ts_code,
    to_char(${daySql(shape, "as_row")}, 'YYYYMMDD') as day, part, ${cut("stored")} as stored, ${cut("upstream")} as upstream
  from found
  order by day, ts_code, key, part
  limit :named
) as named on true`;
}

/** The stored rows of the slice, without those of another dataset in the table and of codes that are marked as gone. */
function ownConditions(shape: Shape): string {
  const { dataset, selector } = shape;
  const gone = dataset.securities?.goneOn;
  return [
    sliceConditions(shape, sliceOf(dataset, selector)),
    isOwnRow(dataset, "stored"),
    ...(gone === undefined ? [] : [`stored.${gone} is null`]),
  ].join(" and ");
}

function fixedConditions(shape: Shape): string {
  return sliceConditions(shape, { ...sliceOf(shape.dataset, shape.selector), days: undefined });
}

/** The keys of all rows of the answer, also where its rows take several statements. */
function keyParameters({ key }: Shape, table: Table): Record<string, string> {
  const cells = key.map(({ name }): [string, readonly Cell[]] => [name, table.columns[name] ?? []]);
  return Object.fromEntries(
    cells.map(([name, column]) => [
      `key_${name}`,
      JSON.stringify(column.map((cell) => (cell === "" ? null : String(cell)))),
    ]),
  );
}

function typedKey({ name, type }: Column): string {
  switch (type) {
    case "day":
      return `to_date(cell.${name}, 'YYYYMMDD')`;
    case "number":
      return `cast(cell.${name} as numeric)`;
    case "flag":
      return `cast(cell.${name} as smallint)`;
    case "code":
      return `cell.${name} collate "C"`;
    case "text":
      return `cell.${name}`;
  }
}
