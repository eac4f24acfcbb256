-- Only old codes are looked up, row by row: a join would read the whole history of all new codes first. "offset 0" keeps the
-- planner from making that join.
create view stock_daily_current as
select
  ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount, adj_factor,
  turnover_rate, turnover_rate_f, volume_ratio, pe, pe_ttm, pb, ps, ps_ttm, dv_ratio, dv_ttm, total_share,
  float_share, free_share, total_mv, circ_mv, stored_at
from stock_daily as bar
where bar.ts_code not in (select old_code from code_alias)
  or not exists (
    select 1
    from code_alias as alias
    join stock_daily as newer on newer.ts_code = alias.new_code and newer.trade_date = bar.trade_date
    where alias.old_code = bar.ts_code
    offset 0
  );

create or replace view stock_daily_with_factor as
select
  bar.ts_code, bar.trade_date, bar.open, bar.high, bar.low, bar.close, bar.pre_close, bar.pct_chg, bar.vol,
  bar.amount, used.adj_factor,
  bar.adj_factor is null and used.adj_factor is not null as factor_carried
from stock_daily_current as bar
cross join lateral (
  select coalesce(bar.adj_factor, (
    select earlier.adj_factor
    from stock_daily as earlier
    where earlier.ts_code >= bar.ts_code
      and (earlier.ts_code, earlier.trade_date) < (bar.ts_code, bar.trade_date)
      and earlier.adj_factor is not null
    order by earlier.ts_code desc, earlier.trade_date desc
    limit 1
  )) as adj_factor
  offset 0 -- once for each row, not once for each price
) as used;

create function codes_of(code text)
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

create function stock_daily_of(code text)
returns setof stock_daily_current
language sql
stable
as '
select
  bar.ts_code, bar.trade_date, bar.open, bar.high, bar.low, bar.close, bar.pre_close, bar.change,
  bar.pct_chg, bar.vol, bar.amount, bar.adj_factor, bar.turnover_rate, bar.turnover_rate_f,
  bar.volume_ratio, bar.pe, bar.pe_ttm, bar.pb, bar.ps, bar.ps_ttm, bar.dv_ratio, bar.dv_ttm,
  bar.total_share, bar.float_share, bar.free_share, bar.total_mv, bar.circ_mv, bar.stored_at
from stock_daily_current as bar
where bar.ts_code = any (codes_of(stock_daily_of.code))
';

comment on view stock_daily_current is 'Daily data of stocks and ETFs, each security once a day. Where the old and the new code of a stock both have a row, it is that of the new code';

comment on column stock_daily_current.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_daily_current.trade_date is 'Trading day';

comment on column stock_daily_current.open is 'Opening price, unadjusted, CNY';

comment on column stock_daily_current.high is 'Highest price, unadjusted, CNY';

comment on column stock_daily_current.low is 'Lowest price, unadjusted, CNY';

comment on column stock_daily_current.close is 'Closing price, unadjusted, CNY';

comment on column stock_daily_current.pre_close is 'Reference price, the previous close adjusted on ex-dates, CNY';

comment on column stock_daily_current.change is 'close less pre_close, CNY';

comment on column stock_daily_current.pct_chg is 'Change against pre_close, percent';

comment on column stock_daily_current.vol is 'Volume, lots of 100 shares';

comment on column stock_daily_current.amount is 'Turnover, thousand CNY';

comment on column stock_daily_current.adj_factor is 'Cumulative adjustment factor, no unit; null when TuShare has none';

comment on column stock_daily_current.turnover_rate is 'Turnover of the float, percent; null without valuation';

comment on column stock_daily_current.turnover_rate_f is 'Turnover of the free float, percent; null without valuation';

comment on column stock_daily_current.volume_ratio is 'Volume against the recent average, no unit; null in the first days after listing';

comment on column stock_daily_current.pe is 'Price to last annual earnings, no unit; null at a loss';

comment on column stock_daily_current.pe_ttm is 'Price to earnings of the last twelve months, no unit; null at a loss';

comment on column stock_daily_current.pb is 'Price to book value, no unit; null with negative equity';

comment on column stock_daily_current.ps is 'Price to last annual sales, no unit';

comment on column stock_daily_current.ps_ttm is 'Price to sales of the last twelve months, no unit';

comment on column stock_daily_current.dv_ratio is 'Dividend yield, percent; null without dividend';

comment on column stock_daily_current.dv_ttm is 'Dividend yield of the last twelve months, percent; null without dividend';

comment on column stock_daily_current.total_share is 'All shares, ten thousand shares';

comment on column stock_daily_current.float_share is 'Tradable shares, ten thousand shares';

comment on column stock_daily_current.free_share is 'Freely floating shares, ten thousand shares';

comment on column stock_daily_current.total_mv is 'Market value of all shares, ten thousand CNY';

comment on column stock_daily_current.circ_mv is 'Market value of the tradable shares, ten thousand CNY';

comment on column stock_daily_current.stored_at is 'When this row was stored or last changed here';

comment on function codes_of(text) is 'All codes that the security of a code has had, with the code itself';

comment on function stock_daily_of(text) is 'The daily data of one security under all codes it has had, each day once';
