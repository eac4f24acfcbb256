-- Looking back row by row, and only where a factor is missing, lets every filter reach the indexes of stock_daily.
-- A window would read a code whole to answer for one day, and the whole table to answer for a day of the market.
-- Without a factor up to a day the adjusted prices are null, for ETFs too. TuShare itself sends 1.0 until the first
-- distribution, so an absent factor is one we do not know, and 1 in its place would invent a price.
-- The conditions say "the same code" without an equals sign, here and below. With one the planner drops ts_code from
-- the order, takes the index of trade_date, and walks the whole market back to a code that was delisted long ago.
create view stock_daily_with_factor as
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

-- Only the result is rounded, half away from zero, which gives the adjusted prices TuShare stores, digit for digit.
-- For more digits multiply the unadjusted price by adj_factor, and divide by base_factor.
create view stock_daily_hfq as
select
  ts_code, trade_date,
  round(open * adj_factor, 5) as open,
  round(high * adj_factor, 5) as high,
  round(low * adj_factor, 5) as low,
  round(close * adj_factor, 5) as close,
  round(pre_close * adj_factor, 5) as pre_close,
  round(close * adj_factor, 5) - round(pre_close * adj_factor, 5) as change,
  pct_chg, vol, amount, adj_factor, factor_carried
from stock_daily_with_factor;

create view stock_daily_qfq as
select
  bar.ts_code, bar.trade_date,
  round(bar.open * bar.adj_factor / base.adj_factor, 5) as open,
  round(bar.high * bar.adj_factor / base.adj_factor, 5) as high,
  round(bar.low * bar.adj_factor / base.adj_factor, 5) as low,
  round(bar.close * bar.adj_factor / base.adj_factor, 5) as close,
  round(bar.pre_close * bar.adj_factor / base.adj_factor, 5) as pre_close,
  round(bar.close * bar.adj_factor / base.adj_factor, 5)
    - round(bar.pre_close * bar.adj_factor / base.adj_factor, 5) as change,
  bar.pct_chg, bar.vol, bar.amount, bar.adj_factor, bar.factor_carried,
  base.trade_date as base_date, base.adj_factor as base_factor
from stock_daily_with_factor as bar
left join lateral (
  select newest.trade_date, newest.adj_factor
  from stock_daily as newest
  where newest.ts_code between bar.ts_code and bar.ts_code
    and newest.adj_factor > 0
  order by newest.ts_code desc, newest.trade_date desc
  limit 1
) as base on true;

-- One plain select, so that the planner puts it in place of the call and filters reach the indexes. It returns rows of
-- the view because a column list of its own could not say collate "C", without which ts_code would miss the key.
create function stock_daily_qfq_at(base_day date)
returns setof stock_daily_qfq
language sql
stable
as '
select
  bar.ts_code, bar.trade_date,
  round(bar.open * bar.adj_factor / base.adj_factor, 5) as open,
  round(bar.high * bar.adj_factor / base.adj_factor, 5) as high,
  round(bar.low * bar.adj_factor / base.adj_factor, 5) as low,
  round(bar.close * bar.adj_factor / base.adj_factor, 5) as close,
  round(bar.pre_close * bar.adj_factor / base.adj_factor, 5) as pre_close,
  round(bar.close * bar.adj_factor / base.adj_factor, 5)
    - round(bar.pre_close * bar.adj_factor / base.adj_factor, 5) as change,
  bar.pct_chg, bar.vol, bar.amount, bar.adj_factor, bar.factor_carried,
  base.trade_date as base_date, base.adj_factor as base_factor
from stock_daily_with_factor as bar
left join lateral (
  select newest.trade_date, newest.adj_factor
  from stock_daily as newest
  where newest.ts_code >= bar.ts_code
    and (newest.ts_code, newest.trade_date) <= (bar.ts_code, stock_daily_qfq_at.base_day)
    and newest.adj_factor > 0
  order by newest.ts_code desc, newest.trade_date desc
  limit 1
) as base on true
';

comment on view stock_daily_with_factor is 'Unadjusted daily prices with the factor that applies. A missing factor is the latest before it, and says so';

comment on column stock_daily_with_factor.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_daily_with_factor.trade_date is 'Trading day';

comment on column stock_daily_with_factor.open is 'Opening price, CNY, unadjusted';

comment on column stock_daily_with_factor.high is 'Highest price, CNY, unadjusted';

comment on column stock_daily_with_factor.low is 'Lowest price, CNY, unadjusted';

comment on column stock_daily_with_factor.close is 'Closing price, CNY, unadjusted';

comment on column stock_daily_with_factor.pre_close is 'Reference price, CNY, the previous close adjusted on ex-dates';

comment on column stock_daily_with_factor.pct_chg is 'Change against pre_close, percent, as TuShare sends it; the same adjusted or not';

comment on column stock_daily_with_factor.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_daily_with_factor.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_daily_with_factor.adj_factor is 'Cumulative adjustment factor that applies, no unit; null when the code has none up to this day';

comment on column stock_daily_with_factor.factor_carried is 'Whether the factor of this day is missing and that of the latest day before it is used';

comment on view stock_daily_hfq is 'Backward adjusted (hfq) daily prices of stocks and ETFs, price x factor. A day keeps its values whatever comes later';

comment on column stock_daily_hfq.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_daily_hfq.trade_date is 'Trading day';

comment on column stock_daily_hfq.open is 'Opening price, CNY, backward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_hfq.high is 'Highest price, CNY, backward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_hfq.low is 'Lowest price, CNY, backward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_hfq.close is 'Closing price, CNY, backward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_hfq.pre_close is 'Reference price with the factor of the same day, CNY, backward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_hfq.change is 'close less pre_close of this row, CNY';

comment on column stock_daily_hfq.pct_chg is 'Change against pre_close, percent, as TuShare sends it; the same adjusted or not';

comment on column stock_daily_hfq.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_daily_hfq.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_daily_hfq.adj_factor is 'Cumulative adjustment factor that applies, no unit; null when the code has none up to this day';

comment on column stock_daily_hfq.factor_carried is 'Whether the factor of this day is missing and that of the latest day before it is used';

comment on view stock_daily_qfq is 'Forward adjusted (qfq) daily prices of stocks and ETFs, price x factor / factor of the base day, which is the newest stored day of the code that has a factor. For another base see stock_daily_qfq_at';

comment on column stock_daily_qfq.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_daily_qfq.trade_date is 'Trading day';

comment on column stock_daily_qfq.open is 'Opening price, CNY, forward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_qfq.high is 'Highest price, CNY, forward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_qfq.low is 'Lowest price, CNY, forward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_qfq.close is 'Closing price, CNY, forward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_qfq.pre_close is 'Reference price with the factor of the same day, CNY, forward adjusted, rounded to 5 decimals; null without a factor';

comment on column stock_daily_qfq.change is 'close less pre_close of this row, CNY';

comment on column stock_daily_qfq.pct_chg is 'Change against pre_close, percent, as TuShare sends it; the same adjusted or not';

comment on column stock_daily_qfq.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_daily_qfq.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_daily_qfq.adj_factor is 'Cumulative adjustment factor that applies, no unit; null when the code has none up to this day';

comment on column stock_daily_qfq.factor_carried is 'Whether the factor of this day is missing and that of the latest day before it is used';

comment on column stock_daily_qfq.base_date is 'Day whose prices are left as they are, the newest with a factor; null when the code has no factor';

comment on column stock_daily_qfq.base_factor is 'Adjustment factor of base_date, no unit; null when the code has no factor';

comment on function stock_daily_qfq_at(date) is 'stock_daily_qfq with another base, the newest day of each code up to base_day that has a factor. Days after base_day are there too, on the same base';
