// What is stored in a range, and what is missing, where no list says which rows a slice must have: the planner's queries.
// A whole answer is valid while every row it stored is still there. days.ts has the data of which members have a row each day.
import { dayColumnOf, isByTradingDay } from "../catalogue/dataset.ts";
import { type Dataset, listOf } from "../catalogue/datasets.ts";
import { type Day, daysBetween } from "../catalogue/dates.ts";
import { daysOf } from "../catalogue/selector.ts";
import type { Database } from "../ports.ts";
import { type PlannedUnit, unitKey } from "../unit.ts";
import type { DayRange, MissingRange } from "./calendar.ts";
import { expectedSql } from "./cells.ts";
import { isMember, isOwnRow, listingSql, membersSql } from "./members.ts";

/** Days in one query, and codes in one query: each must finish within the Data API's timeout of 45 seconds. */
const daysInQuestionMax = 275;
const codesInQuestionMax = 50;

/**
 * Whether any unit of the dataset was ever done: the units of whole days are removed in time. It uses min(), an index
 * lookup; "exists" might scan the rows.
 */
export async function wasAsked(database: Database, dataset: Dataset): Promise<boolean> {
  const [row] = await database.run(
    `select min(unit_key) is not null
  or (select min(trade_date) from sync_day where dataset = :dataset) is not null as asked
from sync_unit
where dataset = :dataset and status = 'done'`,
    { dataset: dataset.name },
  );
  return row?.asked === true;
}

/** The newest day with a stored row. */
export async function newestStoredDay(database: Database, dataset: Dataset): Promise<Day | undefined> {
  return dataset.slices === "codes"
    ? await newestDayOfCodes(database, dataset)
    : await newestDayOfTable(database, dataset);
}

/** One lookup for each day: a scan could read all rows of another dataset that shares the table. */
async function newestDayOfTable(database: Database, dataset: Dataset): Promise<Day | undefined> {
  const [row] = await database.run(
    `select to_char(cal_date, 'YYYYMMDD') as day
from trade_cal
where exchange = 'SSE' and (is_open = 1 or cast(:every_day as boolean))
  and exists (
    select 1
    from ${dataset.table} as stored
    where stored.${dayColumnOf(dataset)} = cal_date and ${isOwnRow(dataset, "stored")}
  )
order by cal_date desc
limit 1`,
    { every_day: !isByTradingDay(dataset) },
  );
  return textOf(row?.day);
}

/** One lookup for each code: the table may have no index that begins with the day. */
async function newestDayOfCodes(database: Database, dataset: Dataset): Promise<Day | undefined> {
  const [row] = await database.run(
    `select to_char(max(newest.day), 'YYYYMMDD') as day
from (${membersSql(dataset)}) as member
cross join lateral (
  select max(${dayColumnOf(dataset)}) as day
  from ${dataset.table} as stored
  where stored.ts_code = member.ts_code
) as newest`,
  );
  return textOf(row?.day);
}

/** Those of `slices` that have no valid answer: never proven whole, or some of its rows are gone. */
export async function missingSlices(
  database: Database,
  dataset: Dataset,
  slices: readonly PlannedUnit[],
): Promise<PlannedUnit[]> {
  const missing = new Set<string>();
  for (const part of partsOf(slices)) {
    const rows = await database.run(
      `select slice.unit_key
from unnest(string_to_array(:unit_keys, ','), string_to_array(:first_days, ','), string_to_array(:last_days, ','))
  as slice (unit_key, first_day, last_day)
cross join lateral (
  select max(rows) as rows
  from sync_unit
  where dataset = :dataset and unit_key = slice.unit_key and status = 'done'
) as proven
where proven.rows is null or proven.rows > (
  select count(*)
  from ${dataset.table} as stored
  where stored.${dayColumnOf(dataset)}
      between to_date(slice.first_day, 'YYYYMMDD') and to_date(slice.last_day, 'YYYYMMDD')
    and ${isOwnRow(dataset, "stored")}
)`,
      {
        dataset: dataset.name,
        unit_keys: part.map(({ key }) => key).join(","),
        first_days: part.map(({ from }) => from).join(","),
        last_days: part.map(({ to }) => to).join(","),
      },
    );
    for (const { unit_key } of rows) missing.add(String(unit_key));
  }
  return slices.filter((slice) => missing.has(unitKey(slice)));
}

/** Codes of a dataset's members, listed and delisted. Where the dataset's file names its members: also the stored codes. */
export async function listedCodes(database: Database, dataset: Dataset): Promise<string[]> {
  const rows = await database.run(
    `select ts_code
from (${membersSql(dataset)}) as member
where listed_from is not null or not cast(:by_list as boolean)
order by ts_code`,
    { by_list: listOf(dataset) !== undefined },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/** Those of `codes` that are neither in the list nor in the stored data; empty where the dataset has no list. */
export async function unknownCodes(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
): Promise<string[]> {
  const list = listOf(dataset);
  if (list === undefined) return [];
  const rows = await database.run(
    `select asked.ts_code
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
where not (${isMember(dataset, "asked.ts_code")})
  or (
    not exists (select 1 from ${list.table} as listed where listed.ts_code = asked.ts_code)
    and not exists (select 1 from ${dataset.table} as stored where stored.ts_code = asked.ts_code)
  )
order by asked.ts_code`,
    { codes: codes.join(",") },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/** Those of `codes` of which nobody knows on which days they have rows: they are not in the list, or their days there are unknown. */
export async function codesWithoutDays(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
): Promise<string[]> {
  const rows = await database.run(
    `select asked.ts_code
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
where not exists (select 1 from (${expectedSql(dataset)}) as expected where expected.ts_code = asked.ts_code)
order by asked.ts_code`,
    { codes: codes.join(",") },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

/**
 * For each code its first and last day within a range (an open day, for data by trading day) on which it is listed and has
 * neither a row nor a valid answer, for the code or for the whole day. An answer is valid only for days before the day it
 * was fetched: that day may have been published later.
 */
export async function unansweredRanges(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
  range: DayRange,
  refresh: boolean,
): Promise<MissingRange[]> {
  const { table } = dataset;
  const day = dayColumnOf(dataset);
  const every_day = !isByTradingDay(dataset);
  const missing: MissingRange[] = [];
  for (let at = 0; at < codes.length; at += codesInQuestionMax) {
    const rows = await database.run(
      `with listed as (
  select asked.ts_code,
    greatest(to_date(:from, 'YYYYMMDD'), coalesce(listed_from, to_date(:from, 'YYYYMMDD'))) as first_day,
    least(to_date(:to, 'YYYYMMDD'), coalesce(listed_to, to_date(:to, 'YYYYMMDD'))) as last_day
  from unnest(string_to_array(:codes, ',')) as asked (ts_code)
  left join (${listingSql(dataset)}) as listing on listing.ts_code = asked.ts_code
),
answered as (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    least(
      to_date(selector ->> 'to', 'YYYYMMDD'),
      cast(max(settled_at) at time zone 'Asia/Shanghai' as date) - 1
    ) as last_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day_asked, rows
  from sync_unit
  where dataset = :dataset and status = 'done' and selector ->> 'by' = 'code'
    and selector ->> 'ts_code' = any (string_to_array(:codes, ','))
  group by selector ->> 'ts_code', selector ->> 'from', selector ->> 'to', rows -- many units ask for the same range
),
still_stored as materialized ( -- computed once, not for each code
  select ts_code, range_agg(daterange(first_day, last_day, '[]')) as days
  from answered
  where first_day <= last_day and rows <= (
    select count(*)
    from ${table} as stored
    where stored.ts_code = answered.ts_code
      and stored.${day} between answered.first_day and answered.last_day_asked
  )
  group by ts_code
),
candidate as (
  select listed.ts_code, absent.cal_date
  from listed
  left join still_stored on still_stored.ts_code = listed.ts_code
  cross join lateral (
    select cal_date
    from trade_cal
    where exchange = 'SSE' and (is_open = 1 or cast(:every_day as boolean))
      and cal_date between listed.first_day and listed.last_day
    except
    select stored.${day}
    from ${table} as stored
    where stored.ts_code = listed.ts_code and stored.${day} between listed.first_day and listed.last_day
      and not cast(:refresh as boolean)
  ) as absent
  where cast(:refresh as boolean) or not coalesce(absent.cal_date <@ still_stored.days, false)
),
answered_day as (
  select day.cal_date as trade_date, answer.rows
  from (select distinct cal_date from candidate) as day
  cross join lateral (
    select rows
    from sync_unit
    where dataset = :dataset and status = 'done' and selector ->> 'by' = 'date'
      and selector ->> 'trade_date' = to_char(day.cal_date, 'YYYYMMDD')
    order by rows desc
    limit 1
  ) as answer
  where not cast(:refresh as boolean)
),
whole_day as (
  select trade_date
  from answered_day
  where rows <= (
    select count(*)
    from ${table} as stored
    where stored.${day} = answered_day.trade_date and ${isOwnRow(dataset, "stored")}
  )
)
select ts_code, to_char(min(cal_date), 'YYYYMMDD') as first_missing,
  to_char(max(cal_date), 'YYYYMMDD') as last_missing
from candidate
where cast(:refresh as boolean) or cal_date not in (select trade_date from whole_day)
group by ts_code
order by ts_code`,
      {
        dataset: dataset.name,
        codes: codes.slice(at, at + codesInQuestionMax).join(","),
        ...{ ...range, refresh, every_day },
      },
    );
    missing.push(
      ...rows.map((row) => ({
        ts_code: String(row.ts_code),
        from: String(row.first_missing),
        to: String(row.last_missing),
      })),
    );
  }
  return missing;
}

/** Whether the list of a dataset's members is stored; true where the dataset's file names its members. */
export async function knowsMembers(database: Database, dataset: Dataset): Promise<boolean> {
  if (listOf(dataset) === undefined) return true;
  const [row] = await database.run(`select exists (${listingSql(dataset)}) as known`);
  return row?.known === true;
}

/** Those of `codes` that were not listed on any day of a range; a code that is not in the list counts as listed. */
export async function unlistedCodes(
  database: Database,
  dataset: Dataset,
  codes: readonly string[],
  range: DayRange,
): Promise<string[]> {
  const rows = await database.run(
    `select asked.ts_code
from unnest(string_to_array(:codes, ',')) as asked (ts_code)
join (${listingSql(dataset)}) as listing on listing.ts_code = asked.ts_code
where listed_from > to_date(:to, 'YYYYMMDD') or listed_to < to_date(:from, 'YYYYMMDD')
order by asked.ts_code`,
    { codes: codes.join(","), from: range.from, to: range.to },
  );
  return rows.map(({ ts_code }) => String(ts_code));
}

type Slice = { readonly key: string; readonly from: Day; readonly to: Day };

/** Splits slices into parts of at most daysInQuestionMax days; each part has at least one slice. */
function partsOf(units: readonly PlannedUnit[]): Slice[][] {
  const parts: Slice[][] = [];
  let days = 0;
  for (const unit of units) {
    const range = daysOf(unit.selector);
    if (range === undefined) continue;
    days += daysBetween(range.from, range.to) + 1;
    if (parts.length === 0 || days > daysInQuestionMax) {
      parts.push([]);
      days = daysBetween(range.from, range.to) + 1;
    }
    parts.at(-1)?.push({ key: unitKey(unit), ...range });
  }
  return parts;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
