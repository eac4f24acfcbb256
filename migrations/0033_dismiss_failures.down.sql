drop view sync_failure;

alter table sync_failure_record drop column dismissed;

create view sync_failure as
select record.id, record.job_type, record.unit_key, record.task_id, record.sequence, unit.dataset, unit.selector,
  record.third_code, record.kind, record.error_message, record.retry_count, record.max_retries, record.created_at,
  record.last_attempt_at, record.next_attempt_at, record.resolved_at, unit.status as unit_status,
  record.resolved_at is null and record.next_attempt_at is null as needs_person,
  coalesce(record.resolved_at is null and task.status = 'CANCELLED' and unit.status = 'pending', false) as is_dropped,
  -- A paused task lets the time pass, and sends all its units again when it is resumed.
  coalesce(
    record.resolved_at is null and record.next_attempt_at is not null and unit.status = 'failed'
      and task.status <> 'PAUSED',
    false
  ) as awaits_retry
from sync_failure_record as record
left join sync_unit as unit on unit.task_id = record.task_id and unit.sequence = record.sequence
left join sync_task as task on task.id = unit.task_id;

comment on view sync_failure is 'Failure records, each with what becomes of it: whether a person is needed or another attempt awaited';

comment on column sync_failure.id is 'Identity, as used by the retry command';

comment on column sync_failure.job_type is 'The job whose unit failed';

comment on column sync_failure.unit_key is 'The unit that failed, or a digest of the message when it could not be read';

comment on column sync_failure.task_id is 'The task of the last failed attempt; null when the message could not be read';

comment on column sync_failure.sequence is 'The unit within that task; null when the message could not be read';

comment on column sync_failure.dataset is 'Of the unit: what it fetches; null when the message could not be read';

comment on column sync_failure.selector is 'Of the unit: which part of the dataset; null when the message could not be read';

comment on column sync_failure.third_code is 'The stock, where the unit is one stock; null otherwise';

comment on column sync_failure.kind is 'transient, rate-limited or permanent';

comment on column sync_failure.error_message is 'What was being done, to what, what came and what was expected';

comment on column sync_failure.retry_count is 'Retries spent after the first failure';

comment on column sync_failure.max_retries is 'Retries allowed before a person is needed';

comment on column sync_failure.created_at is 'When it first failed';

comment on column sync_failure.last_attempt_at is 'When it last failed';

comment on column sync_failure.next_attempt_at is 'When it is tried again; null when a person is needed';

comment on column sync_failure.resolved_at is 'When the unit succeeded after all; null while open';

comment on column sync_failure.unit_status is 'Of the unit: its status now; null when the message could not be read';

comment on column sync_failure.needs_person is 'Open, and nobody tries it again by itself';

comment on column sync_failure.is_dropped is 'Open, and dropped with its cancelled task: only another task will fetch its unit';

comment on column sync_failure.awaits_retry is 'Open, and another attempt will be made at next_attempt_at; where that time has passed, it is under way';
