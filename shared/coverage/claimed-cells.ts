// SQL for what is known, before a unit is fetched, of each cell of its slice: expected or not, stored, explained, recorded.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { codeKey, expectedSql, explains, looksMax } from "./cells.ts";
import { listingSql } from "./members.ts";

/** Cells in one row of an answer of the Data API, which holds at most 64 KB. */
const cellsInRowMax = 3_500;

/** The slices whose cells are known: a day with its members, or a code with its days. */
export type CellSlice = "date" | "code";

/**
 * CTEs cells_of_unit, expectation and chunk, after a CTE claimed with the column `wanted`. A row of chunk has in `cells`
 * texts such as `600519.SH w+n`, which rows/cells.ts reads: the member (by code: the day), then the state of its row and
 * of each joined interface.
 */
export function claimedCellsSql(dataset: Dataset, by: CellSlice): string {
  const { table, details, explainedBy: evidence } = dataset;
  const day = dayColumnOf(dataset);
  const ofCode = (row: string) => (by === "code" ? ` and ${row}.ts_code = :ts_code` : "");
  const shown = details.flatMap(({ shownBy }) => (shownBy === undefined ? [] : [shownBy]));
  const letters = [dataset.main, ...details].map(
    ({ name }, at) => `max(letter) filter (where interface = '${name}') as known_${at}`,
  );
  const detailStates = details.map(({ shownBy }, at) =>
    shownBy === undefined
      ? "'+'"
      : `case when stored.${shownBy} is not null then '+' else coalesce(own.known_${at + 1}, everyone.known_${at + 1}, 'w') end`,
  );
  return `cells_of_unit as (
  ${by === "date" ? cellsOfDay(dataset) : cellsOfCode(dataset)}
),
known as (
  select trade_date, ts_code, ${letters.join(", ")}
  from (
    select trade_date, ts_code, interface,
      case when reason = 'no_data' then 'n' when looks >= ${looksMax} then 'u' else cast(looks as text) end as letter
    from sync_absence
    where dataset = '${dataset.name}' and ${withinSlice("trade_date")}${by === "code" ? " and ts_code in (:ts_code, '')" : ""}
  ) as record
  group by trade_date, ts_code
),
${movedSql(dataset)},
state as (
  select ${by === "date" ? "cell.ts_code" : "to_char(cell.trade_date, 'YYYYMMDD')"} as name,
    case
      when not cell.is_expected then '-'
      when stored.ts_code is not null then 's'
      when excuse.ts_code is not null then 'e'
      when own.known_0 = 'n' then 'n'
      when moved.ts_code is not null and exists (
        select 1
        from ${table} as newer
        where newer.ts_code = any (moved.later_codes) and newer.${day} = cell.trade_date
      ) then 'm'
      else coalesce(own.known_0, 'w')
    end || ${[...detailStates, "''"].join(" || ")} as state
  from cells_of_unit as cell
  left join (
    select ${["ts_code", `${day} as trade_date`, ...new Set(shown)].join(", ")}
    from ${table} as held
    where ${withinSlice(`held.${day}`)}${ofCode("held")}
  ) as stored on stored.ts_code = cell.ts_code and stored.trade_date = cell.trade_date
  left join (
    ${
      evidence === undefined
        ? "select cast(null as text) as ts_code, cast(null as date) as trade_date where false"
        : `select distinct ts_code, ${dayColumnOf(evidence)} as trade_date
    from ${evidence.table} as evidence
    where ${withinSlice(`evidence.${dayColumnOf(evidence)}`)}${ofCode("evidence")} and ${explains(evidence)}`
    }
  ) as excuse on excuse.ts_code = cell.ts_code and excuse.trade_date = cell.trade_date
  left join moved on moved.ts_code = cell.ts_code
  left join known as own on own.ts_code = cell.ts_code and own.trade_date = cell.trade_date
  left join known as everyone on everyone.ts_code = '' and everyone.trade_date = cell.trade_date
),
expectation as (
  select count(*) filter (where is_expected) as expected, coalesce(sum(${codeKey}), 0) as expected_key
  from cells_of_unit
),
chunk as (
  select string_agg(name || ' ' || state, ',') as cells
  from (select name, state, (row_number() over () - 1) / ${cellsInRowMax} as part from state) as numbered
  group by part
)`;
}

/** Columns of the claim: what its answer is judged by, besides the cells. */
export function claimedFactsSql(dataset: Dataset, by: CellSlice): string {
  const firstStored =
    dataset.list === undefined && by === "code"
      ? `(select to_char(min(${dayColumnOf(dataset)}), 'YYYYMMDD') from ${dataset.table} where ts_code = :ts_code)`
      : "cast(null as text)";
  const lacksList =
    dataset.list === undefined ? "false" : `not exists (select 1 from (${listingSql(dataset)}) as listing)`;
  const moves =
    dataset.list === undefined
      ? "cast(null as text)"
      : `(
    select string_agg(ts_code || ' ' || later_code, ',')
    from code_security
    cross join unnest(later_codes) as later_code${by === "code" ? "\n    where ts_code = :ts_code" : ""}
  )`;
  return `${firstStored} as first_stored, ${lacksList} as lacks_list, ${moves} as moves`;
}

/** CTE moved: the codes of the list that became other ones. */
function movedSql({ list }: Dataset): string {
  return list === undefined
    ? "moved as (select cast(null as text) as ts_code, cast(null as text[]) as later_codes where false)"
    : "moved as materialized (select ts_code, later_codes from code_security where moved_on is not null)";
}

function cellsOfDay(dataset: Dataset): string {
  return `select member.ts_code, cal_date as trade_date, true as is_expected
  from (
    ${expectedSql(dataset)}
  ) as member
  join trade_cal on cal_date >= member.first_day and cal_date < member.end_day
  where ${openDay} and (select wanted from claimed)`;
}

/** Every open day, also those on which the code is not listed: rows are checked against the open days. */
function cellsOfCode(dataset: Dataset): string {
  if (dataset.list === undefined) {
    return `select :ts_code as ts_code, cal_date as trade_date, true as is_expected
  from trade_cal
  where ${openDay} and (select wanted from claimed)`;
  }
  return `select :ts_code as ts_code, cal_date as trade_date,
    coalesce(cal_date >= member.first_day and cal_date < member.end_day, false) as is_expected
  from trade_cal
  left join (
    ${expectedSql(dataset)}
  ) as member on member.ts_code = :ts_code
  where ${openDay} and (select wanted from claimed)`;
}

function withinSlice(column: string): string {
  return `${column} between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')`;
}

const openDay = `exchange = 'SSE' and is_open = 1 and ${withinSlice("cal_date")}`;
