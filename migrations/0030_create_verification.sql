create table sync_verification (
  id uuid not null default gen_random_uuid(),
  dataset text not null,
  how text not null,
  repairs boolean not null default false,
  asked jsonb not null,
  first_day date,
  last_day date,
  next_day date,
  status text not null default 'RUNNING',
  verdict text,
  reason text,
  expected bigint,
  stored bigint,
  explained bigint not null default 0,
  unexplained bigint not null default 0,
  missing bigint not null default 0,
  different bigint not null default 0,
  failed_checks bigint not null default 0,
  findings integer not null default 0,
  task_id uuid,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint sync_verification_key primary key (id),
  constraint sync_verification_how check (how in ('rows', 'upstream')),
  constraint sync_verification_status check (status in ('RUNNING', 'COMPLETED', 'FAILED')),
  constraint sync_verification_verdict check (verdict in ('complete', 'explained', 'missing', 'different'))
);

create unique index sync_verification_running on sync_verification (dataset, asked) where status = 'RUNNING';

create index sync_verification_by_start on sync_verification (started_at, id);

comment on table sync_verification is 'A check, on request, of whether a dataset is whole, counted from its rows';

comment on column sync_verification.id is 'Identity of the verification';

comment on column sync_verification.dataset is 'The dataset it mirrors, as named in the dataset catalogue';

comment on column sync_verification.how is 'rows: counted from the stored rows, without a call; upstream: compared with what TuShare has now';

comment on column sync_verification.repairs is 'Whether what is missing is fetched afterwards';

comment on column sync_verification.asked is 'The command: equal ones share one verification while it runs';

comment on column sync_verification.first_day is 'First day of the range; null until it is known, and for a whole list';

comment on column sync_verification.last_day is 'Last day of the range; null until it is known, and for a whole list';

comment on column sync_verification.next_day is 'The day from which it goes on; null when it has ended';

comment on column sync_verification.status is 'RUNNING; COMPLETED with a verdict; FAILED when nothing could be said';

comment on column sync_verification.verdict is 'complete; explained: whole, with absences that are recorded; missing; different from upstream. Null until COMPLETED';

comment on column sync_verification.reason is 'Why it failed, or why nothing was repaired; null when there is nothing to say';

comment on column sync_verification.expected is 'Rows that the lists expect; null where no list says which rows a day must have';

comment on column sync_verification.stored is 'Of these, stored; null where no list says which rows a day must have';

comment on column sync_verification.explained is 'Of these, known to have no row, such as those of suspended stocks';

comment on column sync_verification.unexplained is 'Rows, or values of a joined interface, that were looked for and not found, and nothing says why';

comment on column sync_verification.missing is 'Rows, or values of a joined interface, that are missing; where no list says which rows must be there, the slices to fetch; of a list, its rows that have gone';

comment on column sync_verification.different is 'Rows that are not as upstream has them, or only here';

comment on column sync_verification.failed_checks is 'Rows that fail a check of data_check; they do not change the verdict';

comment on column sync_verification.findings is 'Rows of sync_finding; at most 10,000 of a verification are kept';

comment on column sync_verification.task_id is 'The task that fetches what is missing, or compares with upstream; null without one';

comment on column sync_verification.started_at is 'When it was requested';

comment on column sync_verification.updated_at is 'When its row last changed';

comment on column sync_verification.finished_at is 'When it ended; null while it has not';

create table sync_finding (
  id bigint generated always as identity,
  verification uuid not null,
  finding text not null,
  day date,
  ts_code text collate "C",
  part text,
  stored text,
  upstream text,
  constraint sync_finding_key primary key (id),
  constraint sync_finding_of foreign key (verification) references sync_verification (id) on delete cascade
);

create index sync_finding_by_verification on sync_finding (verification, id);

comment on table sync_finding is 'What a verification found, by name';

comment on column sync_finding.id is 'Order in which they were found';

comment on column sync_finding.verification is 'The verification that found it';

comment on column sync_finding.finding is 'missing, unexplained, different, or the name of a check of data_check';

comment on column sync_finding.day is 'Trading day, end of the report period, or first day of the slice; null for a list';

comment on column sync_finding.ts_code is 'TuShare code; null when it is about a whole day or slice';

comment on column sync_finding.part is 'The interface without a row, the column that differs, or the slice that is missing; null when it is the whole row';

comment on column sync_finding.stored is 'What is stored; null when nothing is';

comment on column sync_finding.upstream is 'What was expected: what TuShare has, the rows it had, or what the check allows; null when it is not known';
