// Verifications that compare with upstream, in SQL: a unit of the comparing task is settled together with what it found, so a
// unit that is delivered twice counts once.
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { TaskStatus, Verdict } from "../catalogue/status.ts";
import type { Database, SqlRow } from "../ports.ts";
import { type Finding, findingsMax } from "../reads/verifications.ts";
import { comparisonsOf } from "../rows/compare.ts";
import type { Table } from "../rows/rows.ts";
import type { PlannedUnit, Unit } from "../unit.ts";
import { say } from "../words/say.ts";
import { awaitsRepair, verdictSql } from "./ended-verifications.ts";
import { resolveFailure, settlingSql } from "./units.ts";

/** Findings that one statement returns: an answer of the Data API holds at most 1 MiB. */
const namedMax = 500;

/** How the stored rows of a slice differ from an answer. */
export type Difference = {
  /** Rows that are not stored. */
  readonly missing: number;
  /** Rows with another value, or that are only stored. */
  readonly different: number;
  /** Stored rows of the slice. */
  readonly held: number;
  readonly findings: readonly Finding[];
};

/** Compares an answer with the stored rows of its slice; it writes nothing. */
export async function compareRows(
  database: Database,
  dataset: Dataset,
  selector: Selector,
  table: Table,
): Promise<Difference> {
  const found = { missing: 0, different: 0, held: 0 };
  const findings: Finding[] = [];
  for (const { sql, parameters } of comparisonsOf(dataset, selector, table)) {
    const rows = await database.run(sql, { ...parameters, named: namedMax });
    const [first] = rows;
    found.missing += Number(first?.missing ?? 0);
    found.different += Number(first?.different ?? 0);
    found.held += Number(first?.held ?? 0);
    findings.push(...rows.filter(({ finding }) => finding !== null).map(findingOf));
  }
  return { ...found, findings };
}

function findingOf(row: SqlRow): Finding {
  const text = (name: string) => (typeof row[name] === "string" ? String(row[name]) : null);
  return {
    ...{ finding: String(row.finding), day: text("day"), ts_code: text("ts_code"), part: text("part") },
    ...{ stored: text("stored"), upstream: text("upstream") },
    key: JSON.parse(String(row.key)) as Finding["key"],
  };
}

/** What a unit's answer adds to the counts of its verification. */
export type Compared = {
  readonly rows: number;
  readonly expected: number;
  readonly stored: number;
  readonly explained: number;
  readonly unexplained: number;
  readonly missing: number;
  readonly different: number;
  /** By name; may be fewer than were counted. */
  readonly findings: readonly Finding[];
};

export type ComparedUnit = {
  /** Status of its task; undefined when the unit was compared before. */
  readonly taskStatus: TaskStatus | undefined;
  readonly taskPercent: number | undefined;
  /** Given when the verification has ended by it. */
  readonly verdict: Verdict | undefined;
  /** What it found is to be fetched. */
  readonly repairs: boolean;
};

/**
 * Settles a unit as compared and adds what was found to its verification, which ends with its task: all of this or nothing.
 * No row of the mirror is written.
 */
export async function settleComparison(
  database: Database,
  unit: Unit,
  verification: string,
  compared: Compared,
  attempts: number,
): Promise<ComparedUnit> {
  const { findings, ...counts } = compared;
  const column = (of: (finding: Finding) => string | null) => JSON.stringify(findings.map(of));
  const settling = settlingSql({
    as: "compared",
    set: "\n    differing = cast(:missing as integer) + cast(:different as integer),",
    taskReason: "task.reason",
  });
  const [row] = await database.run(
    `with ${settling},
held as (
  select verification.id, verification.findings, counted.status as task_status
  from sync_verification as verification
  cross join counted
  where verification.id = cast(:verification as uuid) and verification.compared_by = counted.id
    and (select count(*) from resolved) >= 0 -- failure records are locked before verifications
  for update of verification
),
added as (
  update sync_verification as verification
  set (expected, stored, explained, unexplained, missing, different, findings, status, verdict, reason, finished_at,
    updated_at) = (
    select after.expected, after.stored, after.explained, after.unexplained, after.missing, after.different,
      least(${findingsMax}, held.findings + cast(:named as integer)),
      case
        when held.task_status = 'COMPLETED' then 'COMPLETED'
        when held.task_status = 'FAILED' then 'FAILED'
        else verification.status
      end,
      case when held.task_status = 'COMPLETED' then ${verdictSql("after")} end,
      case
        when held.task_status = 'COMPLETED' then null
        when held.task_status = 'FAILED' then :not_verified
        else verification.reason
      end,
      case when held.task_status in ('COMPLETED', 'FAILED') then now() else verification.finished_at end,
      now()
    from (
      select coalesce(verification.expected, 0) + cast(:expected as bigint) as expected,
        coalesce(verification.stored, 0) + cast(:stored as bigint) as stored,
        verification.explained + cast(:explained as bigint) as explained,
        verification.unexplained + cast(:unexplained as bigint) as unexplained,
        verification.missing + cast(:missing as bigint) as missing,
        verification.different + cast(:different as bigint) as different
    ) as after
  )
  from held
  where verification.id = held.id
  returning verification.id, verification.verdict, ${awaitsRepair} as repairs
),
named as (
  insert into sync_finding (verification, finding, day, ts_code, part, stored, upstream, key)
  select held.id, found.finding, to_date(found.day, 'YYYYMMDD'), found.ts_code, found.part, found.stored, found.upstream,
    cast(found.key as jsonb)
  from held
  cross join rows from (
    jsonb_array_elements_text(cast(:names as jsonb)),
    jsonb_array_elements_text(cast(:days as jsonb)),
    jsonb_array_elements_text(cast(:ts_codes as jsonb)),
    jsonb_array_elements_text(cast(:parts as jsonb)),
    jsonb_array_elements_text(cast(:stored_values as jsonb)),
    jsonb_array_elements_text(cast(:upstream_values as jsonb)),
    jsonb_array_elements_text(cast(:keys as jsonb))
  ) with ordinality as found (finding, day, ts_code, part, stored, upstream, key, place)
  where held.findings + found.place <= ${findingsMax}
  order by found.place
)
select counted.status as task_status, counted.percent as task_percent, added.verdict, added.repairs,
  exists (select 1 from before where status in ('failed', 'parked')) and not exists (select 1 from resolved) as late
from counted
left join added on true`,
    {
      ...{ task_id: unit.task_id, sequence: unit.sequence, job_type: unit.job_type, unit_key: unit.unit_key },
      ...{ ...counts, attempts, verification, named: findings.length },
      not_verified: say("comparisonFailed", { id: unit.task_id }),
      names: column(({ finding }) => finding),
      days: column(({ day }) => day),
      ts_codes: column(({ ts_code }) => ts_code),
      parts: column(({ part }) => part),
      stored_values: column(({ stored }) => stored),
      upstream_values: column(({ upstream }) => upstream),
      keys: column(({ key }) => (key ? JSON.stringify(key) : null)),
    },
  );
  // A failure recorded while this statement waited for the unit's lock was not visible to the statement.
  if (row?.late === true) await resolveFailure(database, unit);
  return {
    taskStatus: (row?.task_status ?? undefined) as TaskStatus | undefined,
    taskPercent: typeof row?.task_percent === "number" ? row.task_percent : undefined,
    verdict: (row?.verdict ?? undefined) as Verdict | undefined,
    repairs: row?.repairs === true,
  };
}

/** Records which task compares. An earlier one of the same verification does not count any more. */
export async function noteComparison(
  database: Database,
  verification: string,
  taskId: string | null,
): Promise<void> {
  await database.run(
    `update sync_verification
set compared_by = cast(:task_id as uuid), updated_at = now()
where id = cast(:id as uuid) and how = 'upstream' and status = 'RUNNING'`,
    { id: verification, task_id: taskId },
  );
}

/** The slices in which a verification found a difference, as units that store them again. */
export async function differingUnits(database: Database, verification: string): Promise<PlannedUnit[]> {
  const rows = await database.run(
    `select unit.dataset, cast(unit.selector as text) as selector
from sync_verification as verification
join sync_unit as unit on unit.task_id = verification.compared_by
where verification.id = cast(:id as uuid) and unit.status = 'compared' and unit.differing > 0
order by unit.sequence`,
    { id: verification },
  );
  return rows.map((row) => ({
    dataset: String(row.dataset) as PlannedUnit["dataset"],
    selector: JSON.parse(String(row.selector)) as Selector,
  }));
}
