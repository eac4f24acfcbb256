create table disclosure_date (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  pre_date date,
  actual_date date,
  modify_date text,
  stored_at timestamptz not null default now(),
  constraint disclosure_date_key primary key (ts_code, end_date)
);

create index disclosure_date_by_actual_date on disclosure_date (actual_date);

comment on table disclosure_date is 'When companies report, planned and done, from the interface disclosure_date';

comment on column disclosure_date.ts_code is 'TuShare code, such as 600519.SH';

comment on column disclosure_date.end_date is 'Last day of the report period';

comment on column disclosure_date.ann_date is 'Day of the latest notice of the schedule; null when TuShare has none';

comment on column disclosure_date.pre_date is 'Planned day of the report; null when TuShare has none';

comment on column disclosure_date.actual_date is 'Day of the report; null until it is filed';

comment on column disclosure_date.modify_date is 'Days the plan was moved to, as TuShare writes them; null when it never was';

comment on column disclosure_date.stored_at is 'When this row was stored or last changed here';
