// Queries of fina_indicator: the reports of a company, as they are now or as they were known on a day.
import { financeNumbers } from "../catalogue/datasets/finance.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database } from "../ports.ts";
import { figuresSql, reportRowsMax, splitFigures } from "./figures.ts";
import { csvLine, type Lines, runAsLines, textCell } from "./lines.ts";

export type FinanceRow = {
  readonly ts_code: string;
  /** Last day of the report period. */
  readonly end_date: Day;
  readonly ann_date: Day | null;
  readonly update_flag: string | null;
  /** Numbers are text with all stored digits. */
  readonly figures: Readonly<Record<string, string | null>>;
};

type Range = { from?: Day | undefined; to?: Day | undefined };

/**
 * One row for each report period in a range, ascending: the current version, or the version that was current on the day
 * `asOf`, judged by announcement days. TuShare often gives a correction the announcement day of the report it corrects. A
 * version without an announcement day is left out when `asOf` is given.
 */
export async function reportsOfCode(
  database: Database,
  ts_code: string,
  range: Range,
  asOf: Day | undefined,
  limit: number,
): Promise<FinanceRow[]> {
  const { statement, parameters } = askOfCode(ts_code, range, asOf);
  const rows = await database.run(statement, { ...parameters, limit: Math.min(limit, reportRowsMax) });
  return rows.map((row) => ({
    ts_code: String(row.ts_code),
    end_date: String(row.end_date),
    ann_date: row.ann_date === null || row.ann_date === undefined ? null : String(row.ann_date),
    update_flag: row.update_flag === null || row.update_flag === undefined ? null : String(row.update_flag),
    figures: splitFigures(financeNumbers, row.figures),
  }));
}

/** The same rows as lines of CSV with the cells of reportColumns; as many as one answer holds. */
export function linesOfReports(
  database: Database,
  ts_code: string,
  range: Range,
  asOf: Day | undefined,
): Promise<Lines> {
  const cells = ["row.ts_code", "row.end_date", "row.ann_date", textCell("row.update_flag"), "row.figures"];
  return runAsLines(database, askOfCode(ts_code, range, asOf), "end_date", csvLine(cells));
}

export const reportColumns = ["ts_code", "end_date", "ann_date", "update_flag", ...financeNumbers] as const;

function askOfCode(ts_code: string, range: Range, asOf: Day | undefined) {
  const parameters = {
    ...{ ts_code, from: range.from ?? "19000101", to: range.to ?? "99991231" },
    ...(asOf !== undefined && { as_of: asOf }),
  };
  return { statement: asOf === undefined ? currentSql : knownSql, parameters };
}

const currentSql = `select report.ts_code, to_char(report.end_date, 'YYYYMMDD') as end_date,
  to_char(report.ann_date, 'YYYYMMDD') as ann_date, report.update_flag, ${figuresSql(financeNumbers, "report")}
from fina_indicator_current as report
where report.ts_code = :ts_code
  and report.end_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by report.end_date
limit :limit`;

/**
 * The rule of the view fina_indicator_current, applied to the versions announced by a day. The non-null columns are counted
 * in two calls, because an SQL function takes at most 100 arguments.
 */
const knownSql = `select report.ts_code, to_char(report.end_date, 'YYYYMMDD') as end_date,
  to_char(report.ann_date, 'YYYYMMDD') as ann_date, report.update_flag, ${figuresSql(financeNumbers, "report")}
from (
  select distinct on (ts_code, end_date)
    ts_code, end_date, ann_date, update_flag, ${financeNumbers.join(", ")}
  from fina_indicator
  where ts_code = :ts_code and ann_date <= to_date(:as_of, 'YYYYMMDD')
  order by ts_code, end_date,
    update_flag is not distinct from '1' desc,
    ann_date >= end_date desc nulls last,
    ann_date desc nulls last,
    num_nonnulls(${financeNumbers.slice(0, 90).join(", ")})
      + num_nonnulls(${financeNumbers.slice(90).join(", ")}) desc,
    update_flag
) as report
where report.end_date between to_date(:from, 'YYYYMMDD') and to_date(:to, 'YYYYMMDD')
order by report.end_date
limit :limit`;
