// What is known of each trading day, counted from the stored rows, the lists and the recorded absences. Days of which nothing is
// missing are kept in sync_day, so that a plan's time depends on what is missing, not on what is stored.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database, SqlRow } from "../ports.ts";
import { daysAsked, daysBetweenSql, expectationSql, hasNone, openDaysSql } from "./absent-sql.ts";
import type { DayRange } from "./calendar.ts";
import {
  codeHash,
  explains,
  isExcusedSql,
  isStoredSql,
  lackingSql,
  looksMax,
  mainOf,
  recordJoin,
} from "./cells.ts";
import { isOwnRow, ownRanges } from "./members.ts";

/** Days in one statement, each with a whole market's rows: it must finish within the Data API's timeout of 45 seconds. */
const daysInQuestionMax = 100;

/** What is known of an open day. */
export type DayState = {
  readonly day: Day;
  /** Members listed on it. */
  readonly expected: number;
  /** Of these, with a row. */
  readonly stored: number;
  /** Of these, known to have no row, such as suspended ones. */
  readonly explained: number;
  /** Rows, or joined interfaces of rows, that were looked for and not found, and nothing says why. */
  readonly unexplained: number;
  /** Members without a row, and rows that lack a joined interface, of which nothing is known. */
  readonly missing: number;
  /** What is to be fetched: what is missing, and unexplained absences that were not looked for often enough. */
  readonly wanted: number;
};

/**
 * The open days of a range, ascending.
 * @param keep whether whole days are kept in sync_day. Readers do not write.
 */
export async function readDays(
  database: Database,
  dataset: Dataset,
  range: DayRange,
  keep: boolean,
): Promise<DayState[]> {
  const { whole, others } = await readKept(database, dataset, range);
  const untouched = others.length > daysInQuestionMax ? await readUntouched(database, dataset, others) : [];
  const known = new Set(untouched.map(({ day }) => day));
  const counted = await countDays(
    database,
    dataset,
    others.filter((day) => !known.has(day)),
    keep,
  );
  return [...whole, ...untouched, ...counted].sort(byDay);
}

/** Days as they are counted from their rows, ascending. @param days open days */
export async function countDays(
  database: Database,
  dataset: Dataset,
  days: readonly Day[],
  keep: boolean,
): Promise<DayState[]> {
  const states: DayState[] = [];
  for (let at = 0; at < days.length; at += daysInQuestionMax) {
    const part = days.slice(at, at + daysInQuestionMax).join(",");
    states.push(...(await database.run(countSql(dataset, keep), { days: part })).map(stateOf));
  }
  return states.sort(byDay);
}

/** Days on which members are listed, with no row, record or evidence of any: of a new mirror, all. Nothing needs counting. */
async function readUntouched(
  database: Database,
  dataset: Dataset,
  days: readonly Day[],
): Promise<DayState[]> {
  const years = await database.run(untouchedSql(dataset), { days: days.join(",") });
  return years.flatMap((year) =>
    String(year.days)
      .split(",")
      .map((text) => {
        const [day = "", listed] = text.split(":");
        const expected = Number(listed);
        return {
          day,
          expected,
          stored: 0,
          explained: 0,
          unexplained: 0,
          missing: expected,
          wanted: expected,
        };
      }),
  );
}

function untouchedSql(dataset: Dataset): string {
  const evidence = dataset.explainedBy;
  const conditions = [
    ...ownRanges(dataset, "stored").map((own) =>
      hasNone(
        `${dataset.table} as stored where stored.${dayColumnOf(dataset)} = expectation.trade_date and ${own}`,
      ),
    ),
    hasNone(
      `sync_absence where dataset = '${dataset.name}' and sync_absence.trade_date = expectation.trade_date`,
    ),
    ...(evidence === undefined
      ? []
      : [
          hasNone(
            `${evidence.table} as evidence where evidence.${dayColumnOf(evidence)} = expectation.trade_date`,
          ),
        ]),
  ];
  return `with ${openDaysSql(`cal_date = any (${daysAsked})`)},
${expectationSql(dataset)}
select string_agg(to_char(trade_date, 'YYYYMMDD') || ':' || expected, ',') as days
from expectation
where expected > 0 and ${conditions.join("\n  and ")}
group by extract(year from trade_date)`;
}

const byDay = (a: DayState, b: DayState) => (a.day < b.day ? -1 : 1);

/** Forgets which days of a range are whole: the next reader counts them again from their rows. */
export async function forgetDays(
  database: Database,
  { name }: Dataset,
  { from, to }: DayRange,
): Promise<void> {
  await database.run(
    `delete from sync_day
where dataset = :dataset and trade_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')`,
    { dataset: name, from, to },
  );
}

/** The days that are kept as whole and whose list has not changed since; and the other open days, ascending. */
export async function readKept(
  database: Database,
  dataset: Dataset,
  { from, to }: DayRange,
): Promise<{ whole: DayState[]; others: Day[] }> {
  // As a row for each year: a row of the Data API holds at most 64 KB, and an answer 1 MB.
  const years = await database.run(
    `with ${openDaysSql(daysBetweenSql)},
${expectationSql(dataset)}
select string_agg(
    to_char(expectation.trade_date, 'YYYYMMDD') || case when known.trade_date is null then '' else
      ':' || known.expected || ':' || known.stored || ':' || known.explained || ':' || known.unexplained end,
    ',' order by expectation.trade_date
  ) as days
from expectation
left join sync_day as known on known.dataset = :dataset and known.trade_date = expectation.trade_date
  and known.expected_key = expectation.expected_key
group by extract(year from expectation.trade_date)`,
    { dataset: dataset.name, from, to },
  );
  const days = years.flatMap((year) =>
    String(year.days)
      .split(",")
      .map((text) => text.split(":")),
  );
  return {
    whole: days.flatMap(([day = "", ...figures]) => {
      const [expected, stored, explained, unexplained] = figures.map(Number);
      if (expected === undefined || stored === undefined) return [];
      return [
        {
          day,
          expected,
          stored,
          explained: explained ?? 0,
          unexplained: unexplained ?? 0,
          missing: 0,
          wanted: 0,
        },
      ];
    }),
    others: days.flatMap(([day = "", expected]) => (expected === undefined ? [day] : [])).sort(),
  };
}

function stateOf(row: SqlRow): DayState {
  return {
    day: String(row.day),
    expected: Number(row.expected),
    stored: Number(row.stored),
    explained: Number(row.explained),
    unexplained: Number(row.unexplained),
    missing: Number(row.missing),
    wanted: Number(row.wanted),
  };
}

/**
 * Counts days from their rows. The list is compared by code, so a row of a code that is not listed does not count. Where
 * the sum over the codes says that they are the list's, they are not compared one by one: that takes a third of the time.
 */
function countSql(dataset: Dataset, keep: boolean): string {
  const dayColumn = dayColumnOf(dataset);
  const evidence = dataset.explainedBy;
  const isListed = (of: string) =>
    `member.ts_code = ${of}.ts_code and ${of}.trade_date >= member.first_day and ${of}.trade_date < member.end_day`;
  return `with ${openDaysSql(`cal_date = any (${daysAsked})`)},
${expectationSql(dataset)},
held as materialized (
  select stored.${dayColumn} as trade_date, count(*) as rows, sum(${codeHash("stored")}) as code_key
  from ${dataset.table} as stored
  where stored.${dayColumn} = any (${daysAsked}) and ${isOwnRow(dataset, "stored")}
  group by 1
),
excused as (
  ${
    evidence === undefined
      ? "select cast(null as date) as trade_date, 0 as rows, 0 as code_key where false"
      : `select cell.trade_date, count(*) as rows, sum(${codeHash("cell")}) as code_key
  from (
    select distinct ts_code, ${dayColumnOf(evidence)} as trade_date
    from ${evidence.table} as evidence
    where ${dayColumnOf(evidence)} = any (${daysAsked}) and ${explains(evidence)}
  ) as cell
  join member on ${isListed("cell")}
  where not ${isStoredSql(dataset)}
  group by 1`
  }
),
recorded as (
  select cell.trade_date, count(*) filter (where reason = 'no_data') as explained,
    count(*) filter (where reason <> 'no_data') as unexplained,
    count(*) filter (where reason <> 'no_data' and looks < ${looksMax}) as sought, sum(${codeHash("cell")}) as code_key
  from sync_absence as cell
  join member on ${isListed("cell")}
  where cell.dataset = '${dataset.name}' and cell.trade_date = any (${daysAsked}) and cell.interface = ${mainOf(dataset)}
    and not ${isStoredSql(dataset)} and not ${isExcusedSql(dataset)}
  group by 1
),
agreed as materialized ( -- all rows are of members, and each other member is known to have none
  select expectation.trade_date, coalesce(held.rows, 0) as rows
  from expectation
  left join held on held.trade_date = expectation.trade_date
  left join excused on excused.trade_date = expectation.trade_date
  left join recorded on recorded.trade_date = expectation.trade_date
  where expectation.expected = coalesce(held.rows, 0) + coalesce(excused.rows, 0) + coalesce(recorded.explained, 0)
      + coalesce(recorded.unexplained, 0)
    and expectation.expected_key = coalesce(held.code_key, 0) + coalesce(excused.code_key, 0) + coalesce(recorded.code_key, 0)
),
stored_row as ( -- code by code only where that is not so
  select trade_date, rows from agreed
  union all
  select day.trade_date, listed.rows
  from open_day as day
  cross join lateral (
    select count(*) as rows
    from ${dataset.table} as stored
    join member on member.ts_code = stored.ts_code
    where stored.${dayColumn} = day.trade_date and ${isOwnRow(dataset, "stored")}
      and day.trade_date >= member.first_day and day.trade_date < member.end_day
  ) as listed
  where not exists (select 1 from agreed where agreed.trade_date = day.trade_date)
),
lacking as (
  select cell.trade_date, count(*) filter (where record.reason = 'unexplained') as unexplained,
    count(*) filter (where record.reason = 'unexplained' and record.looks < ${looksMax}) as sought,
    count(*) filter (where record.reason is null) as missing
  from (
    ${lackingSql(dataset, (column) => `${column} = any (${daysAsked})`)}
  ) as cell
  join member on ${isListed("cell")}
  ${recordJoin(dataset, "cell.interface")}
  group by 1
),
counted as (
  select expectation.trade_date, expectation.expected, expectation.expected_key, coalesce(stored_row.rows, 0) as stored,
    coalesce(excused.rows, 0) + coalesce(recorded.explained, 0) as explained,
    coalesce(recorded.unexplained, 0) + coalesce(lacking.unexplained, 0) as unexplained,
    expectation.expected - coalesce(stored_row.rows, 0) - coalesce(excused.rows, 0) - coalesce(recorded.explained, 0)
      - coalesce(recorded.unexplained, 0) + coalesce(lacking.missing, 0) as missing,
    coalesce(recorded.sought, 0) + coalesce(lacking.sought, 0) as sought
  from expectation
  left join stored_row on stored_row.trade_date = expectation.trade_date
  left join excused on excused.trade_date = expectation.trade_date
  left join recorded on recorded.trade_date = expectation.trade_date
  left join lacking on lacking.trade_date = expectation.trade_date
)${keep ? `,\n${keepSql(dataset)}` : ""}
select to_char(trade_date, 'YYYYMMDD') as day, expected, stored, explained, unexplained, missing,
  missing + sought as wanted
from counted`;
}

/** Keeps the whole days; in one order, because another run may keep the same days. */
function keepSql({ name }: Dataset): string {
  return `kept as (
  insert into sync_day as known (dataset, trade_date, expected, expected_key, stored, explained, unexplained)
  select '${name}', trade_date, expected, expected_key, stored, explained, unexplained
  from counted
  where missing + sought = 0
  order by trade_date
  on conflict (dataset, trade_date) do update
  set expected = excluded.expected, expected_key = excluded.expected_key, stored = excluded.stored,
    explained = excluded.explained, unexplained = excluded.unexplained, checked_at = now()
)`;
}
