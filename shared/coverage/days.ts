// What is missing of each trading day, from the stored rows, the lists and the recorded absences. Days of which nothing is
// missing are kept in sync_day, so that a plan's time depends on what is missing, not on what is stored.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database, SqlParameters, SqlRow } from "../ports.ts";
import type { DayRange, MissingRange } from "./calendar.ts";
import {
  codeHash,
  codeKey,
  expectedSql,
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

/** Codes in one statement, each with every day of its history. */
const codesInQuestionMax = 50;

/**
 * With so few codes, each of their days is looked at: which days are kept as whole depends on all members, and takes longer to
 * say for ten years than three codes.
 */
const fewCodesMax = 3;

/** Codes in one statement that looks only whether there is anything of each. */
const untouchedCodesMax = 2_000;

const daysAsked = "cast(string_to_array(:days, ',') as date[])";

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

/** One look into an index for each day or code: as `not exists` it becomes a join, which may read the whole table. */
const hasNone = (from: string) => `(select 1 from ${from} limit 1) is null`;

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

/** CTE open_day: the open days that meet a condition on cal_date. */
export function openDaysSql(condition: string): string {
  return `open_day as materialized (
  select cal_date as trade_date
  from trade_cal
  where exchange = 'SSE' and is_open = 1 and ${condition}
)`;
}

/** CTEs member and expectation: how many members are listed on each open day, and a sum over their codes. */
function expectationSql(dataset: Dataset): string {
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

export const daysBetweenSql = "cal_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')";

export const isListedThen = "cell.trade_date >= member.first_day and cell.trade_date < member.end_day";

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
