create table suspend_d (
  ts_code text collate "C" not null,
  trade_date date not null,
  suspend_type text not null,
  suspend_timing text,
  stored_at timestamptz not null default now(),
  constraint suspend_d_key unique nulls not distinct (ts_code, trade_date, suspend_type, suspend_timing)
);

create index suspend_d_by_trade_date_ts_code on suspend_d (trade_date, ts_code);

comment on table suspend_d is 'Suspensions and resumptions of trading, a row for each day that a stock is suspended, from the interface suspend_d';

comment on column suspend_d.ts_code is 'TuShare code, such as 600519.SH';

comment on column suspend_d.trade_date is 'Trading day on which it is suspended or resumes';

comment on column suspend_d.suspend_type is 'S suspended, R resumed';

comment on column suspend_d.suspend_timing is 'Hours of a halt within the day; null for the whole day';

comment on column suspend_d.stored_at is 'When this row was stored or last changed here';
