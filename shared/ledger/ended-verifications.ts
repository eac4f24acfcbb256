// SQL of verifications for the statements that end a task: a verification that compares with upstream ends with its task.

/** A condition on sync_verification: what it found is to be fetched, and that was neither started nor refused. */
export const awaitsRepair = `status = 'COMPLETED' and repairs and verdict in ('missing', 'different')
      and task_id is null and reason is null`;

/** What the counts of a row of sync_verification say; verdictOf in verifications.ts has the same rule. */
export function verdictSql(row: string): string {
  return `case
      when ${row}.missing > 0 then 'missing'
      when ${row}.different > 0 then 'different'
      when ${row}.explained + ${row}.unexplained > 0 then 'explained'
      else 'complete'
    end`;
}

/**
 * A CTE: a verification whose task has failed or was cancelled has failed, with the parameter `not_verified` as its reason.
 * @param tasks a CTE with the id, status and config of the task
 * @param records the CTE that changes failure records
 */
export function endedVerificationSql(tasks: string, records: string): string {
  return `not_verified as (
  update sync_verification as verification
  set status = 'FAILED', reason = :not_verified, finished_at = now(), updated_at = now()
  from ${tasks} as task
  where verification.id = cast(task.config ->> 'compares' as uuid) and verification.compared_by = task.id
    and verification.status = 'RUNNING' and task.status in ('FAILED', 'CANCELLED')
    and (select count(*) from ${records}) >= 0 -- failure records are locked before verifications
)`;
}
