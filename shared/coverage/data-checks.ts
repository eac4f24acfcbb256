// What the checks of stored rows find in a range of days. They report and change nothing.
import type { DataCheckName } from "../catalogue/checks.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import type { Database } from "../ports.ts";
import type { DayRange } from "./calendar.ts";

/** A row that fails a check. */
export type FailedCheck = {
  readonly check: DataCheckName;
  readonly ts_code: string;
  readonly day: Day;
  readonly found: string | null;
  /** A value, or a range as `least..most`; null where no row was expected. */
  readonly expected: string | null;
};

/** How many rows fail a check of the dataset's file; a row counts once for each check that it fails. */
export async function countFailedChecks(
  database: Database,
  dataset: Dataset,
  { from, to }: DayRange,
): Promise<number> {
  const [row] = await database.run(
    `select count(*) as failed
from data_check(to_date(:from, 'YYYYMMDD'), to_date(:to, 'YYYYMMDD'))
where dataset = :dataset`,
    { dataset: dataset.name, from, to },
  );
  return Number(row?.failed);
}

/**
 * The first `limit` rows that fail a check of the dataset's file, by day. A year of the market takes seconds; longer
 * ranges are asked year by year.
 */
export async function readChecks(
  database: Database,
  dataset: Dataset,
  { from, to }: DayRange,
  limit: number,
): Promise<FailedCheck[]> {
  const rows = await database.run(
    `select check_name, ts_code, to_char(trade_date, 'YYYYMMDD') as day, found, expected
from data_check(to_date(:from, 'YYYYMMDD'), to_date(:to, 'YYYYMMDD'))
where dataset = :dataset
order by trade_date, ts_code, check_name
limit :limit`,
    { dataset: dataset.name, from, to, limit },
  );
  return rows.map(({ check_name, ts_code, day, found, expected }) => ({
    check: String(check_name) as DataCheckName, // as: the function was made from the same list
    ts_code: String(ts_code),
    day: String(day),
    found: found === null ? null : String(found),
    expected: expected === null ? null : String(expected),
  }));
}
