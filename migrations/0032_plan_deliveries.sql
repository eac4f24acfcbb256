alter table sync_unit add column delivery_at timestamptz not null default now();

update sync_unit as unit
set delivery_at = coalesce(
  (
    select record.next_attempt_at
    from sync_failure_record as record
    where record.task_id = unit.task_id and record.sequence = unit.sequence and record.resolved_at is null
      and unit.status = 'failed'
  ),
  case when unit.status = 'sent' then unit.sent_at end,
  unit.settled_at,
  unit.delivery_at
)
where unit.status in ('sent', 'not_due', 'failed');

create index sync_unit_unsettled on sync_unit (delivery_at) where status in ('sent', 'not_due', 'failed');

alter table sync_task add column resume_at timestamptz;

create index sync_task_resumed on sync_task (resume_at) where status = 'PAUSED';

comment on column sync_unit.delivery_at is 'When its message was sent to the work queue, or when its schedule sends it; when it was planned, before the first time';

comment on column sync_task.resume_at is 'When a schedule ends its pause; null when only a person does';
