// What is absent, by name and with the reason: of a day, and of a code. For the datasets of which each member has a row on
// each day.
import { dayColumnOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database } from "../ports.ts";
import {
  absentOfCodes,
  absentOfDays,
  absentSql,
  codesAsked,
  daysBetweenSql,
  isListedThen,
  openDaysSql,
} from "./absent-sql.ts";
import type { DayRange } from "./calendar.ts";
import { expectedSql } from "./cells.ts";

/**
 * Why a row, or the values of a joined interface in it, are absent. missing: nothing is known. unexplained: looked for and
 * not found. no_data: the interfaces agree that there is none. evidence: another dataset says why, such as a suspension.
 */
export const absenceReasons = ["missing", "unexplained", "no_data", "evidence"] as const;
export type AbsenceReason = (typeof absenceReasons)[number];

export type AbsentCell = {
  readonly ts_code: string;
  /** The interface that has no row: the main one where no row is stored. */
  readonly interface: string;
  readonly reason: AbsenceReason;
  /** Runs that looked for it and did not find it. */
  readonly looks: number;
};

const reasonSql = "case when is_excused then 'evidence' else coalesce(reason, 'missing') end";

/** Cells in one answer, which stays far below the Data API's limit of 1 MiB. */
export const absentCellsMax = 1_000;

/**
 * What is absent on an open day, by code and interface.
 * @param after the last cell of the previous page
 */
export async function absentOn(
  database: Database,
  dataset: Dataset,
  day: Day,
  page: {
    readonly reasons: readonly AbsenceReason[];
    readonly after?: Pick<AbsentCell, "ts_code" | "interface"> | undefined;
    readonly limit: number;
  },
): Promise<AbsentCell[]> {
  const rows = await database.run(
    `with ${openDaysSql("cal_date = to_date(:day, 'YYYYMMDD')")},
member as materialized (
  ${expectedSql(dataset)}
),
${absentSql(dataset, absentOfDays, "included")}
select ts_code, interface, ${reasonSql} as reason, coalesce(looks, 0) as looks
from absent
where ${reasonSql} = any (string_to_array(:reasons, ','))
  and (ts_code, interface) > (cast(:after_code as text), cast(:after_interface as text))
order by ts_code, interface
limit :count`,
    {
      day,
      reasons: page.reasons.join(","),
      after_code: page.after?.ts_code ?? "",
      after_interface: page.after?.interface ?? "",
      count: Math.min(page.limit, absentCellsMax),
    },
  );
  return rows.map((row) => ({
    ts_code: String(row.ts_code),
    interface: String(row.interface),
    reason: row.reason as AbsenceReason,
    looks: Number(row.looks),
  }));
}

/** What is known of a code on the open days of a range. */
export type CodeCoverage = {
  /** First and last stored day, of all days. */
  readonly firstStored: Day | undefined;
  readonly lastStored: Day | undefined;
  /** Open days of the range on which it is listed; and of these, with a row. */
  readonly expected: number;
  readonly stored: number;
  /** Absent rows, and absent values of joined interfaces, by reason. */
  readonly absent: Readonly<Record<AbsenceReason, number>>;
  /** Runs of missing days, ascending, at most rangesMax. */
  readonly missingRanges: readonly MissingRun[];
};

/** Open days in a row on which an interface's row is missing. */
export type MissingRun = DayRange & { readonly interface: string; readonly days: number };

/** Runs in one answer. */
export const rangesMax = 500;

/** Undefined for a code that is neither a member of the dataset nor stored. */
export async function readCodeCoverage(
  database: Database,
  dataset: Dataset,
  code: string,
  range: DayRange,
): Promise<CodeCoverage | undefined> {
  const asked = { codes: code, ...range };
  const [row] = await database.run(totalsSql(dataset), asked);
  if (row === undefined || (row.is_member !== true && row.first_stored === null)) return undefined;
  const runs =
    Number(row.missing) > 0 ? await database.run(runsSql(dataset), { ...asked, count: rangesMax }) : [];
  return {
    firstStored: dayOf(row.first_stored),
    lastStored: dayOf(row.last_stored),
    expected: Number(row.expected),
    stored: Number(row.stored),
    absent: {
      missing: Number(row.missing),
      unexplained: Number(row.unexplained),
      no_data: Number(row.no_data),
      evidence: Number(row.evidence),
    },
    missingRanges: runs.map((run) => ({
      interface: String(run.interface),
      from: String(run.first_day),
      to: String(run.last_day),
      days: Number(run.days),
    })),
  };
}

const dayOf = (value: unknown): Day | undefined => (typeof value === "string" ? value : undefined);

/** CTEs open_day, member, listed_day (numbered) and absent, of the code that is asked for. */
function cellsOfCode(dataset: Dataset): string {
  return `${openDaysSql(daysBetweenSql)},
${codesAsked(dataset)},
listed_day as materialized (
  select cell.trade_date, row_number() over (order by cell.trade_date) as position
  from open_day as cell
  join member on ${isListedThen}
),
${absentSql(dataset, absentOfCodes, "included")}`;
}

function totalsSql(dataset: Dataset): string {
  const day = dayColumnOf(dataset);
  const count = (reason: AbsenceReason) => `count(*) filter (where ${reasonSql} = '${reason}') as ${reason}`;
  return `with ${cellsOfCode(dataset)}
select missing, unexplained, no_data, evidence,
  exists (select 1 from (${expectedSql(dataset)}) as expected where expected.ts_code = :codes) as is_member,
  (select to_char(min(${day}), 'YYYYMMDD') from ${dataset.table} where ts_code = :codes) as first_stored,
  (select to_char(max(${day}), 'YYYYMMDD') from ${dataset.table} where ts_code = :codes) as last_stored,
  (select count(*) from listed_day) as expected,
  (
    select count(*)
    from ${dataset.table} as stored
    where stored.ts_code = :codes and stored.${day} in (select trade_date from listed_day)
  ) as stored
from (
  select ${absenceReasons.map(count).join(",\n    ")}
  from absent
) as counted`;
}

/** A day's number among the listed days, less its number among the missing ones, is the same within a run. */
function runsSql(dataset: Dataset): string {
  return `with ${cellsOfCode(dataset)}
select interface, to_char(min(trade_date), 'YYYYMMDD') as first_day, to_char(max(trade_date), 'YYYYMMDD') as last_day,
  count(*) as days
from (
  select absent.interface, absent.trade_date,
    listed_day.position - row_number() over (partition by absent.interface order by absent.trade_date) as run
  from absent
  join listed_day on listed_day.trade_date = absent.trade_date
  where absent.reason is null and not absent.is_excused
) as missing
group by interface, run
order by first_day, interface
limit :count`;
}
