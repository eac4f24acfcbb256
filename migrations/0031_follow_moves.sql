-- Codes that moved more than once, and codes that became the same one: all codes of a security, in the order of their use.
-- At most ten moves are followed, so that a mapping that leads back to its start ends too.
create view code_security as
with recursive step (ts_code, code, moves) as (
  select old_code, new_code, 1
  from code_alias
  union all
  select step.ts_code, alias.new_code, step.moves + 1
  from step
  join code_alias as alias on alias.old_code = step.code
  where step.moves < 10
),
newest as (
  select distinct on (ts_code) ts_code, code
  from step
  order by ts_code, moves desc
),
code as (
  select newest.ts_code, newest.code as newest_code, alias.moved_on
  from newest
  join code_alias as alias on alias.old_code = newest.ts_code
  union all
  select distinct code, code, cast(null as date)
  from newest
  where code not in (select old_code from code_alias)
)
select ts_code, newest_code, moved_on,
  coalesce(
    array_agg(ts_code) over (
      partition by newest_code
      order by moved_on nulls last, ts_code
      rows between 1 following and unbounded following
    ),
    '{}'
  ) as later_codes
from code;

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
    where newer.ts_code = any (array(
        select jsonb_array_elements_text(
          (select jsonb_object_agg(ts_code, to_jsonb(later_codes)) from code_security) -> bar.ts_code
        )
      ))
      and newer.trade_date = bar.trade_date
    offset 0
  );

create or replace function codes_of(code text)
returns text[]
language sql
stable
as '
select coalesce(
  (
    select array_agg(sibling.ts_code order by sibling.ts_code)
    from code_security as own
    join code_security as sibling on sibling.newest_code = own.newest_code
    where own.ts_code = codes_of.code
  ),
  array[codes_of.code]
)
';

create or replace function listed_on(day date)
returns table (ts_code text, ts_code_now text, name text, is_etf text, listed_from date, listed_to date)
language sql
stable
as '
with code as materialized (
  select code_security.ts_code, code_security.newest_code, code_security.later_codes,
    coalesce(code_security.moved_on, ''infinity'') as used_until
  from code_security
),
used as (
  select distinct on (code.newest_code) code.ts_code, code.newest_code, code.used_until
  from code
  where code.used_until > listed_on.day
  order by code.newest_code, code.used_until, code.ts_code
)
select coalesce(was.ts_code, info.ts_code), info.ts_code, info.name, info.is_etf, info.list_date,
  coalesce(least(info.delist_date, nullif(was.used_until, ''infinity''), nullif(own.used_until, ''infinity'')), info.gone_on)
from stock_info as info
left join code as own on own.ts_code = info.ts_code
left join used as was on was.newest_code = own.newest_code and was.used_until < own.used_until
where info.list_date <= listed_on.day
  and coalesce(least(info.delist_date, nullif(own.used_until, ''infinity'')), info.gone_on, ''infinity'') > listed_on.day
  and (info.list_status is distinct from ''D'' or info.delist_date is not null)
  and not exists (
    select 1
    from stock_info as newer
    where newer.ts_code = any (own.later_codes)
  )
';

comment on view code_security is 'The codes of securities that had several, also over several moves';

comment on column code_security.ts_code is 'A code of the security, such as 300114.SZ';

comment on column code_security.newest_code is 'The code it has now, such as 302132.SZ: the same in all rows of the security';

comment on column code_security.moved_on is 'First trading day of the code after this one; null for the newest code';

comment on column code_security.later_codes is 'The codes that it had after this one, in this order; empty for the newest code';

comment on view stock_daily_current is 'Daily data of stocks and ETFs, each security once a day. Where several codes of a stock have a row, it is that of the newest code';
