alter table sync_task
  add column pruned_units integer not null default 0,
  add column pruned_done integer not null default 0,
  add column pruned_parked integer not null default 0,
  add column pruned_rows bigint not null default 0,
  add column pruned_sent_at timestamptz,
  add column pruned_at timestamptz;

comment on column sync_task.pruned_units is 'Of its units, those whose rows of sync_unit were removed, because later answers or whole days say what they said';

comment on column sync_task.pruned_done is 'Of the removed units, those that were done or compared';

comment on column sync_task.pruned_parked is 'Of the removed units, those that were parked';

comment on column sync_task.pruned_rows is 'Rows of the removed units';

comment on column sync_task.pruned_sent_at is 'When the first of the removed units was sent; null when none was';

comment on column sync_task.pruned_at is 'When its units were last looked through for ones to remove; null before the first time';

create index sync_task_to_prune on sync_task (greatest(completed_at, pruned_at))
where completed_at is not null and pruned_units < total_units;

create index sync_failure_record_resolved on sync_failure_record (resolved_at) where resolved_at is not null;

create table sync_failure_month (
  month date not null,
  job_type text not null,
  kind text not null,
  failures integer not null,
  retries integer not null,
  dismissed integer not null,
  constraint sync_failure_month_key primary key (month, job_type, kind)
);

comment on table sync_failure_month is 'Resolved failure records that were removed because of their age, counted';

comment on column sync_failure_month.month is 'First day of the month in which they first failed, in Shanghai';

comment on column sync_failure_month.job_type is 'The job whose units failed';

comment on column sync_failure_month.kind is 'transient, rate-limited or permanent';

comment on column sync_failure_month.failures is 'Failure records';

comment on column sync_failure_month.retries is 'Their retries, all together';

comment on column sync_failure_month.dismissed is 'Of the failure records, those that were dismissed';
