-- Of the versions of a report the corrected one counts first, then the one announced last. f_ann_date is the day of that
-- version, ann_date that of the report. The functions show what was known on a day: only versions announced by then.
create view income_current as
select distinct on (ts_code, end_date) *
from income
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  coalesce(f_ann_date, ann_date) desc nulls last,
  update_flag nulls last;

create function income_at(day date) returns setof income language sql stable as $$
select distinct on (ts_code, end_date) *
from income
where coalesce(f_ann_date, ann_date) <= day
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  coalesce(f_ann_date, ann_date) desc nulls last,
  update_flag nulls last
$$;

comment on view income_current is 'The one current version of each income statement, the corrected one first, then the latest announced';

comment on function income_at(date) is 'The one version of each income statement that was known on a day, by the day of its announcement; versions without such a day are left out';

create view balancesheet_current as
select distinct on (ts_code, end_date) *
from balancesheet
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  coalesce(f_ann_date, ann_date) desc nulls last,
  update_flag nulls last;

create function balancesheet_at(day date) returns setof balancesheet language sql stable as $$
select distinct on (ts_code, end_date) *
from balancesheet
where coalesce(f_ann_date, ann_date) <= day
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  coalesce(f_ann_date, ann_date) desc nulls last,
  update_flag nulls last
$$;

comment on view balancesheet_current is 'The one current version of each balance sheet, the corrected one first, then the latest announced';

comment on function balancesheet_at(date) is 'The one version of each balance sheet that was known on a day, by the day of its announcement; versions without such a day are left out';

create view cashflow_current as
select distinct on (ts_code, end_date) *
from cashflow
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  coalesce(f_ann_date, ann_date) desc nulls last,
  update_flag nulls last;

create function cashflow_at(day date) returns setof cashflow language sql stable as $$
select distinct on (ts_code, end_date) *
from cashflow
where coalesce(f_ann_date, ann_date) <= day
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  coalesce(f_ann_date, ann_date) desc nulls last,
  update_flag nulls last
$$;

comment on view cashflow_current is 'The one current version of each cash flow statement, the corrected one first, then the latest announced';

comment on function cashflow_at(date) is 'The one version of each cash flow statement that was known on a day, by the day of its announcement; versions without such a day are left out';

do $$
declare
  cell record;
begin
  -- The columns of a view mean what those of its table mean.
  for cell in
    select shown.relname as view_name, own.attname as name, col_description(own.attrelid, own.attnum) as meaning
    from pg_class as stored
    join pg_class as shown on shown.relname = stored.relname || '_current' and shown.relnamespace = stored.relnamespace
    join pg_attribute as own on own.attrelid = stored.oid and own.attnum > 0 and not own.attisdropped
    where stored.relname in ('income', 'balancesheet', 'cashflow')
  loop
    execute format('comment on column %I.%I is %L', cell.view_name, cell.name, cell.meaning);
  end loop;
end
$$;
