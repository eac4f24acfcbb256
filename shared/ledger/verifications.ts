// Verifications in SQL: opened, advanced step by step, ended; one named function for each statement. A step and the place
// where the next one begins are written together, so a step that is done twice counts once. What compares with upstream is
// in comparisons.ts.

import type { Day } from "../catalogue/dates.ts";
import { functionSeconds } from "../catalogue/queue-limits.ts";
import type { Verdict } from "../catalogue/status.ts";
import type { DayRange } from "../coverage/calendar.ts";
import type { Database } from "../ports.ts";
import {
  type Counts,
  type Finding,
  findingsMax,
  type Verification,
  verificationColumns,
  verificationFrom,
} from "../reads/verifications.ts";
import { textCharactersMax } from "./tasks.ts";

/** Verifications that are kept; older ones are deleted with their findings. */
const keptMax = 200;

/** One that did not advance for so long is not continued: what it has counted is too old. */
const staleHours = 6;

export type VerificationAsked = {
  readonly dataset: string;
  readonly from?: Day;
  readonly to?: Day;
  readonly repairs: boolean;
  readonly how?: Verification["how"];
};

/** Opens a verification, or returns the running one of an equal command. */
export async function openVerification(
  database: Database,
  { dataset, from, to, repairs, how = "rows" }: VerificationAsked,
): Promise<Verification> {
  const asked = JSON.stringify({
    ...{ from: from ?? null, to: to ?? null, repairs },
    ...(how === "upstream" && { how }),
  });
  await database.run(
    `with abandoned as (
  delete from sync_verification
  where status = 'RUNNING' and compared_by is null -- a task may be paused for long
    and updated_at < now() - cast(:stale_hours as integer) * interval '1 hour'
)
delete from sync_verification
where id in (select id from sync_verification order by started_at desc, id desc offset :kept)`,
    { stale_hours: staleHours, kept: keptMax },
  );
  const [row] = await database.run(
    `insert into sync_verification as running (dataset, how, repairs, asked, updated_at)
values (:dataset, :how, :repairs, cast(:asked as jsonb), now())
on conflict (dataset, asked) where status = 'RUNNING' do update
set dataset = running.dataset -- a row that is not changed would not be returned
returning ${verificationColumns}`,
    { dataset, how, repairs, asked },
  );
  return verificationFrom(row ?? {});
}

/** Sets the days of a verification that has none yet. Undefined when another run has set them. */
export async function beginVerification(
  database: Database,
  { id }: Verification,
  range: DayRange,
): Promise<Verification | undefined> {
  const [row] = await database.run(
    `update sync_verification
set first_day = to_date(:from, 'YYYYMMDD'), last_day = to_date(:to, 'YYYYMMDD'),
  next_day = case when how = 'rows' then to_date(:from, 'YYYYMMDD') end, updated_at = now()
where id = cast(:id as uuid) and status = 'RUNNING' and first_day is null
returning ${verificationColumns}`,
    { id, from: range.from, to: range.to },
  );
  return row && verificationFrom(row);
}

/** What one step has found. */
export type Found = {
  readonly counts: Counts;
  /** By name; may be fewer than were counted. */
  readonly findings: readonly Finding[];
};

/**
 * Adds what a step has found. Undefined when another run has taken the step meanwhile.
 * @param verification as it was read before the step
 * @param next the day from which it goes on; undefined when nothing is left
 */
export async function advanceVerification(
  database: Database,
  verification: Verification,
  found: Found,
  next: Day | undefined,
): Promise<Verification | undefined> {
  const counts = addCounts(verification.counts, found.counts);
  const findings = found.findings.slice(0, Math.max(0, findingsMax - verification.findings));
  const column = (of: (finding: Finding) => string | null) =>
    JSON.stringify(findings.map((finding) => of(finding)));
  const [row] = await database.run(
    `with advanced as (
  update sync_verification
  set next_day = to_date(:next, 'YYYYMMDD'), expected = cast(:expected as bigint), stored = cast(:stored as bigint),
    explained = :explained, unexplained = :unexplained, missing = :missing, different = :different,
    failed_checks = :failed_checks, findings = :findings, verdict = :verdict, updated_at = now(),
    status = case when cast(:next as text) is null then 'COMPLETED' else 'RUNNING' end,
    finished_at = case when cast(:next as text) is null then now() end
  where id = cast(:id as uuid) and status = 'RUNNING' and next_day is not distinct from to_date(:at, 'YYYYMMDD')
  returning *
),
named as (
  insert into sync_finding (verification, finding, day, ts_code, part, stored, upstream)
  select advanced.id, found.finding, to_date(found.day, 'YYYYMMDD'), found.ts_code, found.part, found.stored, found.upstream
  from advanced
  cross join rows from (
    jsonb_array_elements_text(cast(:names as jsonb)),
    jsonb_array_elements_text(cast(:days as jsonb)),
    jsonb_array_elements_text(cast(:ts_codes as jsonb)),
    jsonb_array_elements_text(cast(:parts as jsonb)),
    jsonb_array_elements_text(cast(:stored_values as jsonb)),
    jsonb_array_elements_text(cast(:upstream_values as jsonb))
  ) with ordinality as found (finding, day, ts_code, part, stored, upstream, place)
  order by found.place
)
select ${verificationColumns} from advanced`,
    {
      id: verification.id,
      at: verification.next,
      next: next ?? null,
      expected: counts.expected,
      stored: counts.stored,
      explained: counts.explained,
      unexplained: counts.unexplained,
      missing: counts.missing,
      different: counts.different,
      failed_checks: counts.failedChecks,
      verdict: next === undefined ? verdictOf(counts) : null,
      findings: verification.findings + findings.length,
      names: column(({ finding }) => finding),
      days: column(({ day }) => day),
      ts_codes: column(({ ts_code }) => ts_code),
      parts: column(({ part }) => part),
      stored_values: column(({ stored }) => stored),
      upstream_values: column(({ upstream }) => upstream),
    },
  );
  return row && verificationFrom(row);
}

/** What the counts say. Failed checks say nothing: TuShare's own rows fail some. */
export function verdictOf({ missing, different, explained, unexplained }: Counts): Verdict {
  if (missing > 0) return "missing";
  if (different > 0) return "different";
  return explained + unexplained > 0 ? "explained" : "complete";
}

function addCounts(a: Counts, b: Counts): Counts {
  const sum = (one: number | null, other: number | null) =>
    one === null && other === null ? null : (one ?? 0) + (other ?? 0);
  return {
    expected: sum(a.expected, b.expected),
    stored: sum(a.stored, b.stored),
    explained: a.explained + b.explained,
    unexplained: a.unexplained + b.unexplained,
    missing: a.missing + b.missing,
    different: a.different + b.different,
    failedChecks: a.failedChecks + b.failedChecks,
  };
}

/** Days after which nobody waits any more for a repair that was never begun. */
const forgottenDays = 7;

/**
 * Verifications that no dispatcher continues: not counted to the end, or ended without the repair that was asked for. One
 * that compares with upstream goes on with its task.
 */
export async function verificationsLeft(database: Database): Promise<string[]> {
  const rows = await database.run(
    `select cast(id as text) as id
from sync_verification
where updated_at between now() - cast(:days as integer) * interval '1 day'
    and now() - cast(:seconds as integer) * interval '1 second'
  and (
    (status = 'RUNNING' and how = 'rows')
    or (status = 'COMPLETED' and repairs and verdict in ('missing', 'different') and task_id is null and reason is null)
  )
order by started_at
limit 10`,
    { days: forgottenDays, seconds: functionSeconds.dispatcher },
  );
  return rows.map(({ id }) => String(id));
}

/** Ends a verification that cannot be carried out; one that has ended stays as it is. */
export async function failVerification(
  database: Database,
  { id }: Pick<Verification, "id">,
  reason: string,
): Promise<Verification | undefined> {
  const [row] = await database.run(
    `update sync_verification
set status = 'FAILED', reason = :reason, next_day = null, finished_at = now(), updated_at = now()
where id = cast(:id as uuid) and status = 'RUNNING'
returning ${verificationColumns}`,
    { id, reason: reason.slice(0, textCharactersMax) },
  );
  return row && verificationFrom(row);
}

/** Records the task that fetches what is missing, or why there is none. */
export async function noteRepair(
  database: Database,
  { id }: Verification,
  repair: { readonly taskId: string } | { readonly why: string },
): Promise<Verification> {
  const why = "why" in repair ? repair.why : undefined;
  const [row] = await database.run(
    `update sync_verification
set task_id = cast(:task_id as uuid), reason = :reason, updated_at = now()
where id = cast(:id as uuid)
returning ${verificationColumns}`,
    {
      id,
      task_id: "taskId" in repair ? repair.taskId : null,
      reason: why?.slice(0, textCharactersMax) ?? null,
    },
  );
  return verificationFrom(row ?? {});
}
