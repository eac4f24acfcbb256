// Verifications and their findings, read for the HTTP API, the command line and the page; one named function for each
// statement. What writes them is in ledger/verifications.ts.
import type { Day } from "../catalogue/dates.ts";
import type { Verdict, VerificationStatus } from "../catalogue/status.ts";
import type { Database, SqlRow } from "../ports.ts";

/** Findings that are kept of one verification: enough to see what is wrong. The counts include all of them. */
export const findingsMax = 10_000;

/** Verifications in one answer. */
export const verificationsMax = 100;

/** Findings in one answer, which stays under the Data API's limit of 1 MiB. */
export const findingsOfPageMax = 1_000;

/** What was counted. `expected` and `stored` are null where no list says which rows a day must have. */
export type Counts = {
  readonly expected: number | null;
  readonly stored: number | null;
  readonly explained: number;
  readonly unexplained: number;
  /** Rows or values; where no list says which rows must be there, slices. */
  readonly missing: number;
  /** Rows that are not as upstream has them. */
  readonly different: number;
  /** Rows that fail a check of the data; they do not change the verdict. */
  readonly failedChecks: number;
};

export type Verification = {
  readonly id: string;
  readonly dataset: string;
  /** rows: counted from the stored rows. upstream: compared with TuShare. */
  readonly how: "rows" | "upstream";
  readonly repairs: boolean;
  /** The days of the command. */
  readonly asked: { readonly from: Day | null; readonly to: Day | null };
  /** The days that are verified; null for a list, and until they are known. */
  readonly from: Day | null;
  readonly to: Day | null;
  /** Where it goes on. */
  readonly next: Day | null;
  readonly status: VerificationStatus;
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  readonly counts: Counts;
  /** Findings that are kept. */
  readonly findings: number;
  /** The task that repairs. */
  readonly taskId: string | null;
  /** The task that compares with upstream. */
  readonly comparedBy: string | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
};

/** Columns of sync_verification, as verificationFrom reads them. */
export const verificationColumns = `cast(id as text) as id, dataset, how, repairs, asked ->> 'from' as asked_from,
  asked ->> 'to' as asked_to, to_char(first_day, 'YYYYMMDD') as first_day, to_char(last_day, 'YYYYMMDD') as last_day,
  to_char(next_day, 'YYYYMMDD') as next_day, status, verdict, reason, expected, stored, explained, unexplained, missing,
  different, failed_checks, findings, cast(task_id as text) as task_id, cast(compared_by as text) as compared_by,
  extract(epoch from started_at) as started_at,
  extract(epoch from updated_at) as updated_at, extract(epoch from finished_at) as finished_at`;

export async function readVerification(database: Database, id: string): Promise<Verification | undefined> {
  const [row] = await database.run(
    `select ${verificationColumns} from sync_verification where id = cast(:id as uuid)`,
    { id },
  );
  return row && verificationFrom(row);
}

/** The newest first. */
export async function readVerifications(database: Database, limit: number): Promise<Verification[]> {
  const rows = await database.run(
    `select ${verificationColumns} from sync_verification order by started_at desc, id desc limit :limit`,
    { limit },
  );
  return rows.map(verificationFrom);
}

export type Finding = {
  /** missing, unexplained, different, or the name of a check. */
  readonly finding: string;
  readonly day: Day | null;
  readonly ts_code: string | null;
  /** The interface, the column, or the slice. */
  readonly part: string | null;
  readonly stored: string | null;
  readonly upstream: string | null;
  /** The key of the row, when it was compared with upstream. */
  readonly key?: Readonly<Record<string, unknown>> | null | undefined;
};

/** Findings in the order in which they were found, after the one with the id `after`. */
export async function readFindings(
  database: Database,
  verification: string,
  { after = 0, limit }: { after?: number | undefined; limit: number },
): Promise<(Finding & { readonly id: number })[]> {
  const rows = await database.run(
    `select id, finding, to_char(day, 'YYYYMMDD') as day, ts_code, part, stored, upstream,
  cast(key as text) as key
from sync_finding
where verification = cast(:verification as uuid) and id > :after
order by id
limit :limit`,
    { verification, after, limit },
  );
  return rows.map((row) => ({
    id: Number(row.id),
    finding: String(row.finding),
    day: textOf(row.day),
    ts_code: textOf(row.ts_code),
    part: textOf(row.part),
    stored: textOf(row.stored),
    upstream: textOf(row.upstream),
    key: typeof row.key === "string" ? (JSON.parse(row.key) as Finding["key"]) : null,
  }));
}

export function verificationFrom(row: SqlRow): Verification {
  const count = (name: string) => Number(row[name]);
  const countIfKnown = (name: string) => (row[name] === null ? null : Number(row[name]));
  const instant = (name: string) => new Date(Number(row[name]) * 1000);
  return {
    id: String(row.id),
    dataset: String(row.dataset),
    how: row.how as Verification["how"],
    repairs: row.repairs === true,
    asked: { from: textOf(row.asked_from), to: textOf(row.asked_to) },
    from: textOf(row.first_day),
    to: textOf(row.last_day),
    next: textOf(row.next_day),
    status: row.status as VerificationStatus,
    verdict: row.verdict as Verdict | null,
    reason: textOf(row.reason),
    counts: {
      expected: countIfKnown("expected"),
      stored: countIfKnown("stored"),
      explained: count("explained"),
      unexplained: count("unexplained"),
      missing: count("missing"),
      different: count("different"),
      failedChecks: count("failed_checks"),
    },
    findings: count("findings"),
    taskId: textOf(row.task_id),
    comparedBy: textOf(row.compared_by),
    startedAt: instant("started_at"),
    updatedAt: instant("updated_at"),
    finishedAt: row.finished_at === null ? null : instant("finished_at"),
  };
}

function textOf(value: SqlRow[string] | undefined): string | null {
  return typeof value === "string" ? value : null;
}
