// Parts of the statements on open days: which these are, who is listed on them, and which cells have no row.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { codeKey, expectedSql, isExcusedSql, lackingSql, mainOf, recordJoin } from "./cells.ts";
import { isOwnRow } from "./members.ts";

export const daysAsked = "cast(string_to_array(:days, ',') as date[])";

export const daysBetweenSql = "cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')";

export const isListedThen = "cell.trade_date >= member.first_day and cell.trade_date < member.end_day";

/** CTE open_day: the open days that meet a condition on cal_date. */
export function openDaysSql(condition: string): string {
  return `open_day as materialized (
  select cal_date as trade_date
  from trade_cal
  where exchange = 'SSE' and is_open = 1 and ${condition}
)`;
}

/** CTEs member and expectation: how many members are listed on each open day, and a sum over their codes. */
export function expectationSql(dataset: Dataset): string {
  return `member as materialized (
  ${expectedSql(dataset)}
),
change (trade_date, members, code_key, is_open) as (
  select first_day, 1, ${codeKey}, false from member
  union all
  select end_day, -1, -${codeKey}, false from member where end_day < 'infinity'
  union all
  select trade_date, 0, 0, true from open_day
),
expectation as (
  select trade_date, expected, expected_key
  from (
    select trade_date, bool_or(is_open) as is_open, cast(sum(sum(members)) over earlier as integer) as expected,
      sum(sum(code_key)) over earlier as expected_key
    from change
    group by trade_date
    window earlier as (order by trade_date)
  ) as day
  where is_open
)`;
}

/** One look into an index for each day or code: as `not exists` it becomes a join, which may read the whole table. */
export const hasNone = (from: string) => `(select 1 from ${from} limit 1) is null`;

/** CTE member: the codes of the parameter, as listed; a code that is not in the list counts as always listed. */
export function codesAsked(dataset: Dataset): string {
  return `member as materialized (
  select asked.ts_code collate "C" as ts_code, coalesce(first_day, '-infinity') as first_day,
    coalesce(end_day, 'infinity') as end_day
  from unnest(string_to_array(:codes, ',')) as asked (ts_code)
  left join (${expectedSql(dataset)}) as listed on listed.ts_code = asked.ts_code
)`;
}

/**
 * The cells of few codes without a row: the stored days of each code are read from the key.
 * @param more a query of `member`'s days that are left out too, after `union all`
 */
export function absentOfCodes(dataset: Dataset, more = ""): string {
  const day = dayColumnOf(dataset);
  return `select member.ts_code, cell.trade_date
    from member
    cross join lateral (
      select trade_date
      from open_day as cell
      where ${isListedThen}
      except (
        select stored.${day}
        from ${dataset.table} as stored
        where stored.ts_code = member.ts_code
          and stored.${day} between (select min(trade_date) from open_day) and (select max(trade_date) from open_day)
        ${more}
      )
    ) as cell`;
}

/** The cells of few days without a row: the stored codes of each day are read from an index. */
export function absentOfDays(dataset: Dataset): string {
  return `select cell.ts_code, open_day.trade_date
    from open_day
    cross join lateral (
      select member.ts_code
      from member
      where open_day.trade_date >= member.first_day and open_day.trade_date < member.end_day
      except
      select stored.ts_code
      from ${dataset.table} as stored
      where stored.${dayColumnOf(dataset)} = open_day.trade_date and ${isOwnRow(dataset, "stored")}
    ) as cell`;
}

/**
 * CTE absent: expected cells without a row, or whose row lacks a joined interface, with the reason and looks of their
 * record. It needs the CTEs open_day and member.
 * @param excused whether it has the cells that evidence explains too; then it says which, as is_excused
 */
export function absentSql(
  dataset: Dataset,
  cells: (dataset: Dataset) => string,
  excused: "left out" | "included" = "left out",
): string {
  const [isExcused, isNot, onlyOthers] =
    excused === "included"
      ? [`, ${isExcusedSql(dataset)} as is_excused`, ", false", ""]
      : ["", "", `where not ${isExcusedSql(dataset)}`];
  return `absent as (
  select cell.ts_code, cell.trade_date, ${mainOf(dataset)} as interface, record.reason, record.looks${isExcused}
  from (
    ${cells(dataset)}
  ) as cell
  ${recordJoin(dataset, mainOf(dataset))}
  ${onlyOthers}
  union all
  select cell.ts_code, cell.trade_date, cell.interface, record.reason, record.looks${isNot}
  from (
    ${lackingSql(dataset, (column) => `${column} in (select trade_date from open_day)`)}
  ) as cell
  join member on member.ts_code = cell.ts_code and ${isListedThen}
  ${recordJoin(dataset, "cell.interface")}
)`;
}
