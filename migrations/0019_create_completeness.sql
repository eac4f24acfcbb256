create table sync_absence (
  dataset text not null,
  trade_date date not null,
  ts_code text collate "C" not null,
  interface text not null,
  reason text not null,
  looks smallint not null default 0,
  seen_at timestamptz not null default now(),
  constraint sync_absence_key primary key (dataset, trade_date, ts_code, interface),
  constraint sync_absence_reason check (reason in ('no_data', 'unexplained'))
);

create index sync_absence_by_code on sync_absence (dataset, ts_code, trade_date);

comment on column sync_absence.dataset is 'The dataset it mirrors, as named in the dataset catalogue';

comment on column sync_absence.trade_date is 'Trading day';

comment on column sync_absence.ts_code is 'TuShare code; empty when the interface had no row at all for that day';

comment on column sync_absence.interface is 'The interface without a row: the main one, or one whose values the stored row lacks';

comment on column sync_absence.reason is 'no_data when the interfaces agree that there is none; unexplained when nothing says why';

comment on column sync_absence.looks is 'Runs that looked for it and did not find it; an unexplained absence is looked for three times';

comment on column sync_absence.seen_at is 'When it was last looked for';

create table sync_day (
  dataset text not null,
  trade_date date not null,
  expected integer not null,
  expected_key numeric not null,
  stored integer not null,
  explained integer not null,
  unexplained integer not null,
  checked_at timestamptz not null default now(),
  constraint sync_day_key primary key (dataset, trade_date)
);

comment on table sync_day is 'Trading days of which nothing is missing. A day is removed when one of its rows goes';

comment on column sync_day.dataset is 'The dataset it mirrors, as named in the dataset catalogue';

comment on column sync_day.trade_date is 'Trading day';

comment on column sync_day.expected is 'Securities listed on that day';

comment on column sync_day.expected_key is 'A sum over their codes, no unit: the day is checked again when the list gives another one';

comment on column sync_day.stored is 'Listed securities with a row';

comment on column sync_day.explained is 'Listed securities without a row that are known to have none, such as suspended ones';

comment on column sync_day.unexplained is 'Listed securities whose row, or the values of an interface in it, were not found and nobody knows why';

comment on column sync_day.checked_at is 'When this was found';

create function check_days_again() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from sync_day where dataset = any (tg_argv);
  elsif tg_op = 'DELETE' then
    execute format('delete from sync_day where dataset = any ($1) and trade_date in (select %I from gone)', tg_argv[0])
    using tg_argv;
  else
    execute format('delete from sync_day where dataset = any ($1) and trade_date in ($2.%1$I, $3.%1$I)', tg_argv[0])
    using tg_argv, old, new;
  end if;
  return null;
end
$$;

comment on function check_days_again() is 'Trigger: forgets that a day was whole. Its arguments are the column of the day and the datasets';

create trigger stock_daily_deleted after delete on stock_daily referencing old table as gone for each statement execute function check_days_again('trade_date', 'stock_daily', 'etf_daily');

create trigger stock_daily_truncated after truncate on stock_daily for each statement execute function check_days_again('trade_date', 'stock_daily', 'etf_daily');

create trigger stock_daily_moved after update of ts_code, trade_date, adj_factor, total_mv on stock_daily for each row when (old.ts_code is distinct from new.ts_code or old.trade_date is distinct from new.trade_date or (old.adj_factor is not null and new.adj_factor is null) or (old.total_mv is not null and new.total_mv is null)) execute function check_days_again('trade_date', 'stock_daily', 'etf_daily');

create trigger suspend_d_deleted after delete on suspend_d referencing old table as gone for each statement execute function check_days_again('trade_date', 'stock_daily');

create trigger suspend_d_truncated after truncate on suspend_d for each statement execute function check_days_again('trade_date', 'stock_daily');

create trigger suspend_d_moved after update of ts_code, trade_date, suspend_type, suspend_timing on suspend_d for each row when (old.ts_code is distinct from new.ts_code or old.trade_date is distinct from new.trade_date or old.suspend_type is distinct from new.suspend_type or old.suspend_timing is distinct from new.suspend_timing) execute function check_days_again('trade_date', 'stock_daily');

create trigger index_daily_deleted after delete on index_daily referencing old table as gone for each statement execute function check_days_again('trade_date', 'index_daily');

create trigger index_daily_truncated after truncate on index_daily for each statement execute function check_days_again('trade_date', 'index_daily');

create trigger index_daily_moved after update of ts_code, trade_date on index_daily for each row when (old.ts_code is distinct from new.ts_code or old.trade_date is distinct from new.trade_date) execute function check_days_again('trade_date', 'index_daily');
