// What is missing, by name: cells of a few days, or for each code the range that is to be fetched.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database, SqlParameters } from "../ports.ts";
import {
  absentOfCodes,
  absentOfDays,
  absentSql,
  codesAsked,
  daysAsked,
  daysBetweenSql,
  expectationSql,
  hasNone,
  isListedThen,
  openDaysSql,
} from "./absent-sql.ts";
import type { DayRange, MissingRange } from "./calendar.ts";
import { expectedSql, explains, lackingSql, looksMax, mainOf, recordJoin } from "./cells.ts";

/** Codes in one statement, each with every day of its history. */
const codesInQuestionMax = 50;

/**
 * With so few codes, each of their days is looked at: which days are kept as whole depends on all members, and takes longer to
 * say for ten years than three codes.
 */
const fewCodesMax = 3;

/** Codes in one statement that looks only whether there is anything of each. */
const untouchedCodesMax = 2_000;

/** A member's missing row, or a row that lacks a joined interface. */
export type MissingCell = {
  readonly day: Day;
  readonly ts_code: string;
  /** The interface that is missing: the main one when there is no row. */
  readonly interface: string;
  /** It was looked for and not found. */
  readonly isUnexplained: boolean;
};

/** What is missing or unexplained on these days, by name, by day and code. @param days open days, at most 100 */
export async function missingCells(
  database: Database,
  dataset: Dataset,
  days: readonly Day[],
  limit: number,
): Promise<MissingCell[]> {
  if (days.length === 0) return [];
  const rows = await database.run(
    `with ${openDaysSql(`cal_date = any (${daysAsked})`)},
member as materialized (
  ${expectedSql(dataset)}
),
${absentSql(dataset, absentOfDays)}
select to_char(trade_date, 'YYYYMMDD') as day, ts_code, interface, reason is not null as is_unexplained
from absent
where reason is distinct from 'no_data'
order by trade_date, ts_code, interface
limit :count`,
    { days: days.join(","), count: limit },
  );
  return rows.map((row) => ({
    day: String(row.day),
    ts_code: String(row.ts_code),
    interface: String(row.interface),
    isUnexplained: row.is_unexplained === true,
  }));
}

/**
 * For each code its first and last open day of a range that is to be fetched.
 * @param asked these codes, whether listed or not; or all members, on some days
 */
export async function missingRanges(
  database: Database,
  dataset: Dataset,
  asked: { readonly codes: readonly string[]; readonly refresh: boolean } | { readonly days: readonly Day[] },
  range: DayRange,
): Promise<MissingRange[]> {
  const missing: MissingRange[] = [];
  const add = async (sql: string, parameters: SqlParameters) => {
    for (const row of await database.run(sql, parameters)) {
      missing.push({ ts_code: String(row.ts_code), from: String(row.first_day), to: String(row.last_day) });
    }
  };
  if ("days" in asked) {
    if (asked.days.length > 0) await add(rangesOnDaysSql(dataset), { days: asked.days.join(",") });
    return missing;
  }
  const inParts = async (sql: string, codes: readonly string[], inQuestionMax: number) => {
    for (let at = 0; at < codes.length; at += inQuestionMax) {
      await add(sql, { ...range, codes: codes.slice(at, at + inQuestionMax).join(",") });
    }
  };
  if (asked.refresh) {
    await inParts(listedRangesSql(dataset), asked.codes, codesInQuestionMax);
    return missing;
  }
  if (asked.codes.length <= fewCodesMax) {
    await add(rangesOfCodesSql(dataset, openDaysSql(daysBetweenSql)), {
      ...range,
      codes: asked.codes.join(","),
    });
    return missing;
  }
  await inParts(untouchedRangesSql(dataset), asked.codes, untouchedCodesMax);
  const untouched = new Set(missing.map(({ ts_code }) => ts_code));
  const others = asked.codes.filter((code) => !untouched.has(code));
  await inParts(rangesOfCodesSql(dataset, notKeptSql(dataset)), others, codesInQuestionMax);
  return missing.sort((a, b) => (a.ts_code < b.ts_code ? -1 : 1));
}

/** Listed codes of which there is no row, record or evidence at all: every day is missing, without looking at each. */
function untouchedRangesSql(dataset: Dataset): string {
  const evidence = dataset.explainedBy;
  const openDay = (order: string) => `(
    select to_char(${order}(cal_date), 'YYYYMMDD')
    from trade_cal
    where exchange = 'SSE' and is_open = 1 and ${daysBetweenSql} and cal_date >= first_day and cal_date < end_day
  )`;
  return `with untouched as (
  select listed.ts_code, ${openDay("min")} as first_day, ${openDay("max")} as last_day
  from (${expectedSql(dataset)}) as listed
  where listed.ts_code = any (string_to_array(:codes, ','))
    and ${hasNone(`${dataset.table} as stored where stored.ts_code = listed.ts_code`)}
    and ${hasNone(`sync_absence where dataset = '${dataset.name}' and sync_absence.ts_code in (listed.ts_code, '')`)}
    ${evidence === undefined ? "" : `and ${hasNone(`${evidence.table} as evidence where evidence.ts_code = listed.ts_code`)}`}
)
select * from untouched where first_day is not null order by ts_code`;
}

function rangesOnDaysSql(dataset: Dataset): string {
  return `with ${openDaysSql(`cal_date = any (${daysAsked})`)},
member as materialized (
  ${expectedSql(dataset)}
),
${absentSql(dataset, absentOfDays)}
${rangesSql("absent", isSoughtSql("absent"))}`;
}

/** CTE open_day: the open days that are not kept as whole. */
function notKeptSql(dataset: Dataset): string {
  return `open_day as materialized (
  with ${openDaysSql(daysBetweenSql)},
${expectationSql(dataset)}
  select expectation.trade_date
  from expectation
  left join sync_day as known on known.dataset = '${dataset.name}' and known.trade_date = expectation.trade_date
    and known.expected_key = expectation.expected_key
  where known.trade_date is null
)`;
}

/** @param openDays CTE open_day: the days that are looked at */
function rangesOfCodesSql(dataset: Dataset, openDays: string): string {
  return `with ${openDays},
${codesAsked(dataset)},
absent as (
  ${absentOfCodes(dataset, settledDaysSql(dataset))}
  union all
  select cell.ts_code, cell.trade_date
  from (
    ${lackingSql(dataset, (column) => `${column} in (select trade_date from open_day)`)}
  ) as cell
  join member on member.ts_code = cell.ts_code and ${isListedThen}
  ${recordJoin(dataset, "cell.interface")}
  where ${isSoughtSql("record")}
)
${rangesSql("absent", "true")}`;
}

/** The first and the last day of each code, of some cells. */
function rangesSql(cells: string, condition: string): string {
  return `select ts_code, to_char(min(trade_date), 'YYYYMMDD') as first_day,
  to_char(max(trade_date), 'YYYYMMDD') as last_day
from ${cells}
where ${condition}
group by ts_code
order by ts_code`;
}

/** A missing cell is looked for, unless its record says that there is none, or that it was looked for often enough. */
const isSoughtSql = (record: string) =>
  `(${record}.reason is null or (${record}.reason <> 'no_data' and ${record}.looks < ${looksMax}))`;

/**
 * Days of `member` that need no row: those that evidence explains, and those that are not looked for again. A record of the code goes
 * before one of the whole day. Read once for each code: asking for each of its days takes twice the time of a plan.
 */
function settledDaysSql(dataset: Dataset): string {
  const evidence = dataset.explainedBy;
  const excused =
    evidence === undefined
      ? ""
      : `union all
      select ${dayColumnOf(evidence)}
      from ${evidence.table} as evidence
      where evidence.ts_code = member.ts_code and ${explains(evidence)}
      `;
  const ofMain = (of: string) => `${of}.dataset = '${dataset.name}' and ${of}.interface = ${mainOf(dataset)}`;
  return `${excused}union all
      select record.trade_date
      from sync_absence as record
      where ${ofMain("record")} and record.ts_code in (member.ts_code, '') and not ${isSoughtSql("record")}
        and record.trade_date between (select min(trade_date) from open_day) and (select max(trade_date) from open_day)
        and not exists (
          select 1
          from sync_absence as own
          where record.ts_code = '' and ${ofMain("own")} and own.ts_code = member.ts_code and own.trade_date = record.trade_date
        )`;
}

/** Every open day on which the codes are listed. */
function listedRangesSql(dataset: Dataset): string {
  return `with ${openDaysSql(daysBetweenSql)},
${codesAsked(dataset)}
select ts_code, to_char(min(cell.trade_date), 'YYYYMMDD') as first_day,
  to_char(max(cell.trade_date), 'YYYYMMDD') as last_day
from member
join open_day as cell on ${isListedThen}
group by ts_code
order by ts_code`;
}
