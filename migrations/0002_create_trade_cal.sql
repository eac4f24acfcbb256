create table trade_cal (
  exchange text not null,
  cal_date date not null,
  is_open smallint not null,
  pretrade_date date,
  stored_at timestamptz not null default now(),
  constraint trade_cal_key primary key (exchange, cal_date),
  constraint trade_cal_is_open check (is_open in (0, 1))
);

comment on table trade_cal is 'Trading calendar, from the interface trade_cal';

comment on column trade_cal.exchange is 'Exchange, SSE for Shanghai; the other stock exchanges follow the same days';

comment on column trade_cal.cal_date is 'Calendar day';

comment on column trade_cal.is_open is '1 when the exchange trades on that day, else 0';

comment on column trade_cal.pretrade_date is 'Last trading day before cal_date; null for the very first day';

comment on column trade_cal.stored_at is 'When this row was stored or last changed here';
