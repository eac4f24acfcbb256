drop function stock_daily_of(text);

drop function codes_of(text);

create or replace view stock_daily_with_factor as
select
  bar.ts_code, bar.trade_date, bar.open, bar.high, bar.low, bar.close, bar.pre_close, bar.pct_chg, bar.vol,
  bar.amount, used.adj_factor,
  bar.adj_factor is null and used.adj_factor is not null as factor_carried
from stock_daily as bar
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

drop view stock_daily_current;
