alter table sync_failure_record add column dismissed text;

create or replace view sync_failure as
select record.id, record.job_type, record.unit_key, record.task_id, record.sequence, unit.dataset, unit.selector,
  record.third_code, record.kind, record.error_message, record.retry_count, record.max_retries, record.created_at,
  record.last_attempt_at, record.next_attempt_at, record.resolved_at, unit.status as unit_status,
  record.resolved_at is null and record.next_attempt_at is null as needs_person,
  coalesce(task.status = 'CANCELLED' and unit.status = 'pending', false) as is_dropped,
  -- A paused task lets the time pass, and sends all its units again when it is resumed.
  coalesce(
    record.resolved_at is null and record.next_attempt_at is not null and unit.status = 'failed'
      and task.status <> 'PAUSED',
    false
  ) as awaits_retry,
  record.dismissed
from sync_failure_record as record
left join sync_unit as unit on unit.task_id = record.task_id and unit.sequence = record.sequence
left join sync_task as task on task.id = unit.task_id;

-- The same text as in ledger/tasks.ts.
update sync_failure_record as record
set resolved_at = now(), next_attempt_at = null, dismissed = 'its task was cancelled'
from sync_unit as unit
join sync_task as task on task.id = unit.task_id
where unit.task_id = record.task_id and unit.sequence = record.sequence and record.resolved_at is null
  and task.status = 'CANCELLED' and unit.status = 'pending';

comment on column sync_failure_record.dismissed is 'Why it was resolved although its unit did not succeed: the reason a person gave, or that its task was cancelled; null otherwise';

comment on column sync_failure_record.resolved_at is 'When the unit succeeded after all, or the record was dismissed; null while open';

comment on column sync_failure.resolved_at is 'When the unit succeeded after all, or the record was dismissed; null while open';

comment on column sync_failure.is_dropped is 'Dropped with its cancelled task: only another task will fetch its unit';

comment on column sync_failure.dismissed is 'Why it was resolved although its unit did not succeed: the reason a person gave, or that its task was cancelled; null otherwise';
