// What is stored of whole lists: the rows of a unit's answer, and whether they are still there.
import { columnsOf, exchanges } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { Database } from "../ports.ts";
import { type PlannedUnit, unitKey } from "../unit.ts";

/**
 * SQL that counts the stored rows of a list's unit, with `unit` as the row of sync_unit; null when the unit is not a list.
 * A row without a list status counts for every status, because an answer may leave it out. So does every row of a table
 * that has no such column.
 */
export function storedOfListSql(dataset: Dataset, by: Selector["by"]): string {
  if (dataset.slices !== "lists") return "cast(null as bigint)";
  const columns = new Set(columnsOf(dataset).map(({ name }) => name));
  const selected = selectionsOf(dataset, by).flatMap(([column, sql]) => (columns.has(column) ? [sql] : []));
  const conditions = [...constantsOf(dataset), ...selected];
  return `(select count(*) from ${dataset.table} as listed where ${conditions.join(" and ") || "true"})`;
}

/** True when each of these units was done since an instant, and the rows it stored are still there. */
export async function areFresh(
  database: Database,
  dataset: Dataset,
  units: readonly PlannedUnit[],
  since: Date,
): Promise<boolean> {
  const by = units[0]?.selector.by;
  if (by === undefined) return true;
  const [row] = await database.run(
    `with unit as (
  select distinct on (unit_key) unit_key, selector, rows
  from sync_unit
  where dataset = :dataset and status = 'done' and settled_at >= cast(:since as timestamptz)
    and unit_key = any (string_to_array(:unit_keys, ','))
  order by unit_key, settled_at desc
)
select count(*) as units, bool_and(${storedOfListSql(dataset, by)} >= rows) as stand
from unit`,
    { dataset: dataset.name, since: since.toISOString(), unit_keys: units.map(unitKey).join(",") },
  );
  return Number(row?.units) === units.length && row?.stand === true;
}

/** A part of a list. */
export type ListPart = {
  readonly key: string;
  /** Rows of its last whole answer, and the day of that answer in Shanghai; undefined when there was none. */
  readonly rows: number | undefined;
  readonly answeredOn: Day | undefined;
  /** Rows that are stored. */
  readonly stored: number;
};

/** What is stored of these parts of a list. */
export async function readLists(
  database: Database,
  dataset: Dataset,
  units: readonly PlannedUnit[],
): Promise<ListPart[]> {
  const by = units[0]?.selector.by;
  if (by === undefined) return [];
  const found = await database.run(
    `select asked.unit_key, unit.rows, to_char(unit.settled_at at time zone 'Asia/Shanghai', 'YYYYMMDD') as answered_on,
  ${storedOfListSql(dataset, by)} as stored
from unnest(string_to_array(:unit_keys, ',')) with ordinality as asked (unit_key, place)
left join lateral (
  select selector, rows, settled_at
  from sync_unit
  where dataset = :dataset and unit_key = asked.unit_key and status = 'done' and rows is not null
  order by settled_at desc
  limit 1
) as unit on true
order by asked.place`,
    { dataset: dataset.name, unit_keys: units.map(unitKey).join(",") },
  );
  return found.map(({ unit_key, rows, answered_on, stored }) => ({
    key: String(unit_key),
    rows: rows === null ? undefined : Number(rows),
    answeredOn: typeof answered_on === "string" ? answered_on : undefined,
    stored: Number(stored),
  }));
}

/** Codes in one answer. */
const codesMax = 1_000;

/** Codes of the last answers for a list of securities that are not stored. */
export async function codesLost(database: Database, { name, table }: Dataset): Promise<string[]> {
  const rows = await database.run(
    `select distinct code.ts_code
from sync_list_answer as answer
cross join unnest(answer.codes) as code (ts_code)
where answer.dataset = :dataset
  and not exists (select 1 from ${table} as listed where listed.ts_code = code.ts_code collate "C")
order by code.ts_code
limit :codes`,
    { dataset: name, codes: codesMax },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

type Condition = readonly [column: string, sql: string];

const dayOf = (name: string) => `to_date(unit.selector ->> '${name}', 'YYYYMMDD')`;
const status: Condition = [
  "list_status",
  "coalesce(listed.list_status, unit.selector ->> 'list_status') = unit.selector ->> 'list_status'",
];

/** A range is of the column by which the dataset's days are selected. */
function selectionsOf({ dayColumn }: Dataset, by: Selector["by"]): readonly Condition[] {
  if (by !== "range") return selections[by] ?? [];
  return dayColumn === undefined
    ? []
    : [[dayColumn, `listed.${dayColumn} between ${dayOf("from")} and ${dayOf("to")}`]];
}

/** Conditions on `listed`, a row of the dataset's table, each with the column it uses. */
const selections: Partial<Record<Selector["by"], readonly Condition[]>> = {
  calendar: [
    ["exchange", "listed.exchange = unit.selector ->> 'exchange'"],
    ["cal_date", `listed.cal_date between ${dayOf("from")} and ${dayOf("to")}`],
  ],
  list_status: [status],
  exchange: [
    [
      "exchange",
      `listed.exchange = case unit.selector ->> 'exchange' when 'SH' then '${exchanges.SH}' when 'SZ' then '${exchanges.SZ}' end`,
    ],
    status,
  ],
  whole: [],
  period: [["end_date", `listed.end_date = ${dayOf("period")}`]],
};

function constantsOf({ constants = {} }: Dataset): string[] {
  return Object.entries(constants).map(([name, value]) => `listed.${name} = '${value}'`);
}
