create table sync_task (
  id uuid not null default gen_random_uuid(),
  job_type text not null,
  status text not null,
  current_offset integer not null default 0,
  resumes integer not null default 0,
  batch_size integer not null,
  total_units integer not null default 0,
  total_processed integer not null default 0,
  total_failed integer not null default 0,
  config jsonb not null,
  request_key text,
  reason text,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  constraint sync_task_key primary key (id),
  constraint sync_task_status check (status in ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'PAUSED')),
  constraint sync_task_counts check (
    total_processed >= 0 and total_failed >= 0 and total_processed + total_failed <= total_units
  ),
  constraint sync_task_offset check (current_offset between 0 and total_units)
);

create unique index sync_task_one_live on sync_task (job_type) where status in ('PENDING', 'RUNNING');

create unique index sync_task_one_start on sync_task (request_key);

create index sync_task_recent on sync_task (job_type, started_at);

create table sync_unit (
  task_id uuid not null,
  sequence integer not null,
  dataset text not null,
  unit_key text not null,
  selector jsonb not null,
  retry integer not null default 0,
  status text not null default 'pending',
  rows integer,
  attempts integer not null default 0,
  last_error text,
  sent_at timestamptz,
  settled_at timestamptz,
  constraint sync_unit_key primary key (task_id, sequence),
  constraint sync_unit_once unique (task_id, unit_key),
  constraint sync_unit_task foreign key (task_id) references sync_task (id) on delete cascade,
  constraint sync_unit_status check (status in ('pending', 'sent', 'done', 'not_due', 'failed', 'parked')),
  constraint sync_unit_done_rows check (status <> 'done' or rows is not null)
);

create index sync_unit_done on sync_unit (dataset, unit_key) where status = 'done';

create table sync_failure_record (
  id bigint not null generated always as identity,
  job_type text not null,
  unit_key text not null,
  task_id uuid,
  sequence integer,
  third_code text,
  kind text not null,
  error_message text not null,
  retry_count integer not null default 0,
  max_retries integer not null,
  created_at timestamptz not null default now(),
  last_attempt_at timestamptz not null default now(),
  next_attempt_at timestamptz,
  resolved_at timestamptz,
  constraint sync_failure_record_key primary key (id),
  constraint sync_failure_record_kind check (kind in ('transient', 'rate-limited', 'permanent')),
  constraint sync_failure_record_counts check (retry_count >= 0 and max_retries >= 0)
);

create unique index sync_failure_record_open on sync_failure_record (job_type, unit_key) where resolved_at is null;

comment on table sync_task is 'One run of a job. At most one is PENDING or RUNNING for a job_type';

comment on column sync_task.id is 'Identity of the run';

comment on column sync_task.job_type is 'The job that was started, as named in the job catalogue';

comment on column sync_task.status is 'PENDING until planned, RUNNING, COMPLETED when every unit is done, FAILED when units are parked or it was cancelled, PAUSED';

comment on column sync_task.current_offset is 'Sequence of the last unit confirmed sent to the work queue; the fan-out continues after it';

comment on column sync_task.resumes is 'Times it was resumed; a fan-out begun before the last time confirms nothing';

comment on column sync_task.batch_size is 'Units in one step of the fan-out';

comment on column sync_task.total_units is 'Units planned';

comment on column sync_task.total_processed is 'Units done';

comment on column sync_task.total_failed is 'Units parked, each needing a person';

comment on column sync_task.config is 'The command that started the run';

comment on column sync_task.request_key is 'The start it answers to, a tick of a schedule or a request; the same start opens nothing twice. Null when nobody named one';

comment on column sync_task.reason is 'Why it is paused or failed, or what to know about it; null when there is nothing to say';

comment on column sync_task.started_at is 'When it was opened';

comment on column sync_task.updated_at is 'When its row last changed';

comment on column sync_task.completed_at is 'When it ended; null while it has not';

comment on table sync_unit is 'The smallest piece of a task that succeeds or fails whole. One unit is one message';

comment on column sync_unit.task_id is 'The task it belongs to';

comment on column sync_unit.sequence is 'Place in the fan-out, from 1';

comment on column sync_unit.dataset is 'The dataset it mirrors, as named in the dataset catalogue';

comment on column sync_unit.unit_key is 'What it covers, readable and the same in every task, such as stock_daily/20240102';

comment on column sync_unit.selector is 'What it covers, for the program';

comment on column sync_unit.retry is 'Retry of its failure record it was planned as; 0 when it had none';

comment on column sync_unit.status is 'pending, sent to the queue, done, not_due (upstream has not published yet), failed (another attempt is planned), parked (needs a person)';

comment on column sync_unit.rows is 'Rows of the answer that was proven complete and stored; null until done';

comment on column sync_unit.attempts is 'Deliveries of its message up to the last outcome';

comment on column sync_unit.last_error is 'Why the last attempt failed; null when none has';

comment on column sync_unit.sent_at is 'When it was last sent to the work queue';

comment on column sync_unit.settled_at is 'When it last reached an outcome';

comment on table sync_failure_record is 'Why a unit did not succeed. Open until resolved_at is set';

comment on column sync_failure_record.id is 'Identity, as used by the retry command';

comment on column sync_failure_record.job_type is 'The job whose unit failed';

comment on column sync_failure_record.unit_key is 'The unit that failed, or a digest of the message when it could not be read';

comment on column sync_failure_record.task_id is 'The task of the last failed attempt; null when the message could not be read';

comment on column sync_failure_record.sequence is 'The unit within that task; null when the message could not be read';

comment on column sync_failure_record.third_code is 'The stock, where the unit is one stock; null otherwise';

comment on column sync_failure_record.kind is 'transient, rate-limited or permanent';

comment on column sync_failure_record.error_message is 'What was being done, to what, what came and what was expected';

comment on column sync_failure_record.retry_count is 'Retries spent after the first failure';

comment on column sync_failure_record.max_retries is 'Retries allowed before a person is needed';

comment on column sync_failure_record.created_at is 'When it first failed';

comment on column sync_failure_record.last_attempt_at is 'When it last failed';

comment on column sync_failure_record.next_attempt_at is 'When it is tried again; null when a person is needed';

comment on column sync_failure_record.resolved_at is 'When the unit succeeded after all; null while open';
