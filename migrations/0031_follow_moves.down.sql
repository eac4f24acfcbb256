create or replace function listed_on(day date)
returns table (ts_code text, ts_code_now text, name text, is_etf text, listed_from date, listed_to date)
language sql
stable
as '
select coalesce(was.old_code, info.ts_code), info.ts_code, info.name, info.is_etf, info.list_date,
  coalesce(least(info.delist_date, was.moved_on, moved.moved_on), info.gone_on)
from stock_info as info
left join lateral (
  select alias.old_code, alias.moved_on
  from code_alias as alias
  where alias.new_code = info.ts_code and alias.moved_on > listed_on.day
  order by alias.moved_on
  limit 1
) as was on true
left join code_alias as moved on moved.old_code = info.ts_code
where info.list_date <= listed_on.day
  and coalesce(least(info.delist_date, moved.moved_on), info.gone_on, ''infinity'') > listed_on.day
  and (info.list_status is distinct from ''D'' or info.delist_date is not null)
  and not exists (select 1 from stock_info as newer where newer.ts_code = moved.new_code)
';

create or replace function codes_of(code text)
returns text[]
language sql
stable
as '
select array_agg(distinct known.code)
from (
  select codes_of.code
  union all
  select new_code from code_alias where old_code = codes_of.code
  union all
  select old_code from code_alias where new_code = codes_of.code
  union all
  select sibling.old_code
  from code_alias as own
  join code_alias as sibling on sibling.new_code = own.new_code
  where own.old_code = codes_of.code
) as known (code)
';

create or replace view stock_daily_current as
select
  ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount, adj_factor,
  turnover_rate, turnover_rate_f, volume_ratio, pe, pe_ttm, pb, ps, ps_ttm, dv_ratio, dv_ttm, total_share,
  float_share, free_share, total_mv, circ_mv, stored_at
from stock_daily as bar
where bar.ts_code not in (select old_code from code_alias)
  or not exists (
    select 1
    from stock_daily as newer
    where newer.ts_code = (select jsonb_object_agg(old_code, new_code) from code_alias) ->> bar.ts_code
      and newer.trade_date = bar.trade_date
    offset 0
  );

comment on view stock_daily_current is 'Daily data of stocks and ETFs, each security once a day. Where the old and the new code of a stock both have a row, it is that of the new code';

drop view code_security;
