create table index_daily (
  ts_code text collate "C" not null,
  trade_date date not null,
  close numeric not null,
  open numeric,
  high numeric,
  low numeric,
  pre_close numeric,
  change numeric,
  pct_chg numeric,
  vol numeric,
  amount numeric,
  stored_at timestamptz not null default now(),
  constraint index_daily_key primary key (ts_code, trade_date)
);

create index index_daily_by_trade_date_ts_code on index_daily (trade_date, ts_code);

comment on table index_daily is 'Daily bars of indices, as TuShare sends them, from the interface index_daily';

comment on column index_daily.ts_code is 'Code of the index, such as 000300.SH';

comment on column index_daily.trade_date is 'Trading day';

comment on column index_daily.close is 'Close, index points';

comment on column index_daily.open is 'Open, index points';

comment on column index_daily.high is 'Highest of the day, index points';

comment on column index_daily.low is 'Lowest of the day, index points';

comment on column index_daily.pre_close is 'Close of the day before, index points; corrections of it make it differ from that row''s';

comment on column index_daily.change is 'close less pre_close, index points';

comment on column index_daily.pct_chg is 'Change against pre_close, percent';

comment on column index_daily.vol is 'Volume, lots of 100 shares';

comment on column index_daily.amount is 'Turnover, thousand CNY';

comment on column index_daily.stored_at is 'When this row was stored or last changed here';
