// SQL for what is known of a member on a trading day: expected, stored, explained or missing. Every question about
// completeness is made from these parts, for the datasets of which each member has a row on each day.
import { dayColumnOf, interfacesOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { isOwnRow, membersSql } from "./members.ts";

/** A number of a code: sums over a day's codes tell whether they are the same codes. */
export const codeHash = (row: string) => `hashtextextended(${row}.ts_code, 0)`;

/** The same number, of a row that needs no name, and so that it can be negated. */
export const codeKey = "cast(hashtextextended(ts_code, 0) as numeric)";

/** Runs in which an unexplained absence is looked for; after that it is left. */
export const looksMax = 3;

/**
 * A query of the members with the days on which a row is expected: ts_code, first_day (included), end_day (excluded). A
 * member that is not listed yet, or was delisted on an unknown day, is not expected.
 */
export function expectedSql(dataset: Dataset): string {
  const isNamed = dataset.list === undefined;
  return `select ts_code collate "C" as ts_code, coalesce(listed_from, '-infinity') as first_day, coalesce(listed_to, 'infinity') as end_day
  from (${membersSql(dataset)}) as listing
  where ${isNamed ? "true" : "listed_from is not null"} and (is_listed is distinct from false or listed_to is not null)`;
}

/** A condition on `cell`, with ts_code and trade_date: its row is stored. */
export function isStoredSql(dataset: Dataset): string {
  return `exists (
    select 1
    from ${dataset.table} as stored
    where stored.ts_code = cell.ts_code and stored.${dayColumnOf(dataset)} = cell.trade_date
  )`;
}

/** A condition on `cell`: evidence says why it has no row, such as a suspension. */
export function isExcusedSql({ explainedBy: evidence }: Dataset): string {
  if (evidence === undefined) return "false";
  return `exists (
    select 1
    from ${evidence.table} as evidence
    where evidence.ts_code = cell.ts_code and evidence.${dayColumnOf(evidence)} = cell.trade_date and ${explains(evidence)}
  )`;
}

/** A condition on `evidence`, a row of the evidence's table. */
export function explains({ explains: values = {} }: Dataset): string {
  return Object.entries(values)
    .map(([column, value]) =>
      value === null ? `evidence.${column} is null` : `evidence.${column} = '${value}'`,
    )
    .join(" and ");
}

/**
 * A query of stored rows that lack a joined interface: ts_code, trade_date, interface. It reads an index of such rows.
 * @param days a condition on `stored.DAY`, given the column
 */
export function lackingSql(dataset: Dataset, days: (column: string) => string): string {
  const day = dayColumnOf(dataset);
  const parts = dataset.details.flatMap(({ name, shownBy }) =>
    shownBy === undefined
      ? []
      : [
          `select stored.ts_code, stored.${day} as trade_date, '${name}' as interface
  from ${dataset.table} as stored
  where stored.${shownBy} is null and ${isOwnRow(dataset, "stored")} and ${days(`stored.${day}`)}`,
        ],
  );
  return parts.length === 0
    ? "select cast(null as text) as ts_code, cast(null as date) as trade_date, cast(null as text) as interface where false"
    : parts.join("\n  union all\n  ");
}

/** A join of `cell` to the record of its absence, as `record`; `interface` is an expression. */
export function recordJoin(dataset: Dataset, interfaceSql: string): string {
  return `left join lateral (
    select reason, looks
    from sync_absence
    where dataset = '${dataset.name}' and trade_date = cell.trade_date and ts_code in (cell.ts_code, '')
      and interface = ${interfaceSql}
    order by ts_code desc
    limit 1
  ) as record on true`;
}

/** The interface whose row is the dataset's row, as an SQL text. */
export function mainOf(dataset: Dataset): string {
  const [main] = interfacesOf(dataset);
  return `'${main?.name ?? ""}'`;
}
