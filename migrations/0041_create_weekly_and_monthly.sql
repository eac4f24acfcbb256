-- Bars of weeks and months, from the bars of their days: the last day names the bar, as TuShare's weekly and monthly do. A
-- condition on the code reaches the index of the daily bars. Units are those of the daily bars, other than TuShare's here.
create view stock_weekly as
select
  ts_code, max(trade_date) as trade_date,
  (array_agg(open order by trade_date))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by trade_date desc))[1] as close,
  (array_agg(pre_close order by trade_date))[1] as pre_close,
  (array_agg(close order by trade_date desc))[1] - (array_agg(pre_close order by trade_date))[1] as change,
  round(
    100 * ((array_agg(close order by trade_date desc))[1] / nullif((array_agg(pre_close order by trade_date))[1], 0) - 1), 4
  ) as pct_chg,
  sum(vol) as vol,
  sum(amount) as amount,
  count(*) as days
from stock_daily
group by ts_code, date_trunc('week', cast(trade_date as timestamp));

comment on view stock_weekly is 'Bars of weeks of stocks and ETFs, unadjusted, from the daily bars that are stored';

comment on column stock_weekly.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_weekly.trade_date is 'Last day with a bar; of a week that has not ended, the last day so far';

comment on column stock_weekly.open is 'Opening price of the first day, CNY, unadjusted';

comment on column stock_weekly.high is 'Highest price of the week, CNY, unadjusted';

comment on column stock_weekly.low is 'Lowest price of the week, CNY, unadjusted';

comment on column stock_weekly.close is 'Closing price of the last day, CNY, unadjusted';

comment on column stock_weekly.pre_close is 'Reference price of the first day, CNY, unadjusted';

comment on column stock_weekly.change is 'close less pre_close of this row, CNY';

comment on column stock_weekly.pct_chg is 'Change against pre_close, percent, rounded to 4 decimals';

comment on column stock_weekly.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_weekly.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_weekly.days is 'Days with a bar';

create view stock_weekly_hfq as
select
  ts_code, max(trade_date) as trade_date,
  (array_agg(open order by trade_date))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by trade_date desc))[1] as close,
  (array_agg(pre_close order by trade_date))[1] as pre_close,
  (array_agg(close order by trade_date desc))[1] - (array_agg(pre_close order by trade_date))[1] as change,
  round(
    100 * ((array_agg(close order by trade_date desc))[1] / nullif((array_agg(pre_close order by trade_date))[1], 0) - 1), 4
  ) as pct_chg,
  sum(vol) as vol,
  sum(amount) as amount,
  count(*) as days
from stock_daily_hfq
group by ts_code, date_trunc('week', cast(trade_date as timestamp));

comment on view stock_weekly_hfq is 'Bars of weeks of stocks and ETFs, backward adjusted, from the daily bars that are stored';

comment on column stock_weekly_hfq.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_weekly_hfq.trade_date is 'Last day with a bar; of a week that has not ended, the last day so far';

comment on column stock_weekly_hfq.open is 'Opening price of the first day, CNY, backward adjusted';

comment on column stock_weekly_hfq.high is 'Highest price of the week, CNY, backward adjusted';

comment on column stock_weekly_hfq.low is 'Lowest price of the week, CNY, backward adjusted';

comment on column stock_weekly_hfq.close is 'Closing price of the last day, CNY, backward adjusted';

comment on column stock_weekly_hfq.pre_close is 'Reference price of the first day, CNY, backward adjusted';

comment on column stock_weekly_hfq.change is 'close less pre_close of this row, CNY';

comment on column stock_weekly_hfq.pct_chg is 'Change against pre_close, percent, rounded to 4 decimals';

comment on column stock_weekly_hfq.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_weekly_hfq.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_weekly_hfq.days is 'Days with a bar';

create view stock_weekly_qfq as
select
  ts_code, max(trade_date) as trade_date,
  (array_agg(open order by trade_date))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by trade_date desc))[1] as close,
  (array_agg(pre_close order by trade_date))[1] as pre_close,
  (array_agg(close order by trade_date desc))[1] - (array_agg(pre_close order by trade_date))[1] as change,
  round(
    100 * ((array_agg(close order by trade_date desc))[1] / nullif((array_agg(pre_close order by trade_date))[1], 0) - 1), 4
  ) as pct_chg,
  sum(vol) as vol,
  sum(amount) as amount,
  count(*) as days
from stock_daily_qfq
group by ts_code, date_trunc('week', cast(trade_date as timestamp));

comment on view stock_weekly_qfq is 'Bars of weeks of stocks and ETFs, forward adjusted, from the daily bars that are stored';

comment on column stock_weekly_qfq.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_weekly_qfq.trade_date is 'Last day with a bar; of a week that has not ended, the last day so far';

comment on column stock_weekly_qfq.open is 'Opening price of the first day, CNY, forward adjusted';

comment on column stock_weekly_qfq.high is 'Highest price of the week, CNY, forward adjusted';

comment on column stock_weekly_qfq.low is 'Lowest price of the week, CNY, forward adjusted';

comment on column stock_weekly_qfq.close is 'Closing price of the last day, CNY, forward adjusted';

comment on column stock_weekly_qfq.pre_close is 'Reference price of the first day, CNY, forward adjusted';

comment on column stock_weekly_qfq.change is 'close less pre_close of this row, CNY';

comment on column stock_weekly_qfq.pct_chg is 'Change against pre_close, percent, rounded to 4 decimals';

comment on column stock_weekly_qfq.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_weekly_qfq.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_weekly_qfq.days is 'Days with a bar';

create view stock_monthly as
select
  ts_code, max(trade_date) as trade_date,
  (array_agg(open order by trade_date))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by trade_date desc))[1] as close,
  (array_agg(pre_close order by trade_date))[1] as pre_close,
  (array_agg(close order by trade_date desc))[1] - (array_agg(pre_close order by trade_date))[1] as change,
  round(
    100 * ((array_agg(close order by trade_date desc))[1] / nullif((array_agg(pre_close order by trade_date))[1], 0) - 1), 4
  ) as pct_chg,
  sum(vol) as vol,
  sum(amount) as amount,
  count(*) as days
from stock_daily
group by ts_code, date_trunc('month', cast(trade_date as timestamp));

comment on view stock_monthly is 'Bars of months of stocks and ETFs, unadjusted, from the daily bars that are stored';

comment on column stock_monthly.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_monthly.trade_date is 'Last day with a bar; of a month that has not ended, the last day so far';

comment on column stock_monthly.open is 'Opening price of the first day, CNY, unadjusted';

comment on column stock_monthly.high is 'Highest price of the month, CNY, unadjusted';

comment on column stock_monthly.low is 'Lowest price of the month, CNY, unadjusted';

comment on column stock_monthly.close is 'Closing price of the last day, CNY, unadjusted';

comment on column stock_monthly.pre_close is 'Reference price of the first day, CNY, unadjusted';

comment on column stock_monthly.change is 'close less pre_close of this row, CNY';

comment on column stock_monthly.pct_chg is 'Change against pre_close, percent, rounded to 4 decimals';

comment on column stock_monthly.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_monthly.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_monthly.days is 'Days with a bar';

create view stock_monthly_hfq as
select
  ts_code, max(trade_date) as trade_date,
  (array_agg(open order by trade_date))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by trade_date desc))[1] as close,
  (array_agg(pre_close order by trade_date))[1] as pre_close,
  (array_agg(close order by trade_date desc))[1] - (array_agg(pre_close order by trade_date))[1] as change,
  round(
    100 * ((array_agg(close order by trade_date desc))[1] / nullif((array_agg(pre_close order by trade_date))[1], 0) - 1), 4
  ) as pct_chg,
  sum(vol) as vol,
  sum(amount) as amount,
  count(*) as days
from stock_daily_hfq
group by ts_code, date_trunc('month', cast(trade_date as timestamp));

comment on view stock_monthly_hfq is 'Bars of months of stocks and ETFs, backward adjusted, from the daily bars that are stored';

comment on column stock_monthly_hfq.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_monthly_hfq.trade_date is 'Last day with a bar; of a month that has not ended, the last day so far';

comment on column stock_monthly_hfq.open is 'Opening price of the first day, CNY, backward adjusted';

comment on column stock_monthly_hfq.high is 'Highest price of the month, CNY, backward adjusted';

comment on column stock_monthly_hfq.low is 'Lowest price of the month, CNY, backward adjusted';

comment on column stock_monthly_hfq.close is 'Closing price of the last day, CNY, backward adjusted';

comment on column stock_monthly_hfq.pre_close is 'Reference price of the first day, CNY, backward adjusted';

comment on column stock_monthly_hfq.change is 'close less pre_close of this row, CNY';

comment on column stock_monthly_hfq.pct_chg is 'Change against pre_close, percent, rounded to 4 decimals';

comment on column stock_monthly_hfq.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_monthly_hfq.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_monthly_hfq.days is 'Days with a bar';

create view stock_monthly_qfq as
select
  ts_code, max(trade_date) as trade_date,
  (array_agg(open order by trade_date))[1] as open,
  max(high) as high,
  min(low) as low,
  (array_agg(close order by trade_date desc))[1] as close,
  (array_agg(pre_close order by trade_date))[1] as pre_close,
  (array_agg(close order by trade_date desc))[1] - (array_agg(pre_close order by trade_date))[1] as change,
  round(
    100 * ((array_agg(close order by trade_date desc))[1] / nullif((array_agg(pre_close order by trade_date))[1], 0) - 1), 4
  ) as pct_chg,
  sum(vol) as vol,
  sum(amount) as amount,
  count(*) as days
from stock_daily_qfq
group by ts_code, date_trunc('month', cast(trade_date as timestamp));

comment on view stock_monthly_qfq is 'Bars of months of stocks and ETFs, forward adjusted, from the daily bars that are stored';

comment on column stock_monthly_qfq.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_monthly_qfq.trade_date is 'Last day with a bar; of a month that has not ended, the last day so far';

comment on column stock_monthly_qfq.open is 'Opening price of the first day, CNY, forward adjusted';

comment on column stock_monthly_qfq.high is 'Highest price of the month, CNY, forward adjusted';

comment on column stock_monthly_qfq.low is 'Lowest price of the month, CNY, forward adjusted';

comment on column stock_monthly_qfq.close is 'Closing price of the last day, CNY, forward adjusted';

comment on column stock_monthly_qfq.pre_close is 'Reference price of the first day, CNY, forward adjusted';

comment on column stock_monthly_qfq.change is 'close less pre_close of this row, CNY';

comment on column stock_monthly_qfq.pct_chg is 'Change against pre_close, percent, rounded to 4 decimals';

comment on column stock_monthly_qfq.vol is 'Volume, lots of 100 shares, unadjusted';

comment on column stock_monthly_qfq.amount is 'Turnover, thousand CNY, unadjusted';

comment on column stock_monthly_qfq.days is 'Days with a bar';
