create or replace function data_check(from_day date, to_day date)
returns table (check_name text, dataset text, ts_code text, trade_date date, found text, expected text)
language sql
stable
parallel safe
as '
select result.check_name, ''stock_daily'', bar.ts_code, bar.trade_date, result.found, result.expected
from stock_daily as bar
left join trade_cal as open_day on open_day.exchange = ''SSE'' and open_day.cal_date = bar.trade_date
left join stock_daily as before on before.ts_code = bar.ts_code and before.trade_date = open_day.pretrade_date
  and before.trade_date between data_check.from_day - 20 and data_check.to_day
  and not ((before.ts_code >= ''1'' and before.ts_code < ''2'') or (before.ts_code >= ''5'' and before.ts_code < ''6''))
  
left join stock_info as listing on listing.ts_code = bar.ts_code
cross join lateral (select case
  when ((bar.ts_code >= ''68'' and bar.ts_code < ''69'')) and bar.trade_date >= date ''2019-07-22'' then 0.2
  when ((bar.ts_code >= ''30'' and bar.ts_code < ''31'')) and bar.trade_date >= date ''2020-08-24'' then 0.2
  when ((bar.ts_code >= ''30'' and bar.ts_code < ''31'')) and bar.trade_date >= date ''2009-10-30'' then 0.1
  when ((bar.ts_code >= ''4'' and bar.ts_code < ''5'') or (bar.ts_code >= ''8'' and bar.ts_code < ''9'') or (bar.ts_code >= ''92'' and bar.ts_code < ''93'')) and bar.trade_date >= date ''2021-11-15'' then 0.3
  when ((bar.ts_code >= ''0'' and bar.ts_code < ''1'') or (bar.ts_code >= ''60'' and bar.ts_code < ''61'')) and bar.trade_date >= date ''1996-12-16'' then 0.1
end as change) as allowed
cross join lateral (
  select
    (bar.open < bar.low or bar.open > bar.high or bar.close < bar.low or bar.close > bar.high) as price_range,
    (bar.amount * 10 not between bar.low * bar.vol and bar.high * bar.vol
      and bar.amount * 10 not between bar.low * bar.vol * 0.999 - 0.1 and bar.high * bar.vol * 1.001 + 0.1) as average_price,
    ((bar.pre_close <> before.close or bar.adj_factor <> before.adj_factor)
      and abs(bar.pre_close - before.close * before.adj_factor / nullif(bar.adj_factor, 0)) > 0.01 + bar.pre_close * 0.001) as reference_price,
    (abs(bar.close - before.close) > before.close * (0.1 + 0.001) + 0.01
      and abs(bar.close - before.close) > before.close * (allowed.change + 0.001) + 0.01
      and abs(bar.adj_factor / nullif(before.adj_factor, 0) - 1) < 0.001
      and coalesce(bar.trade_date >= listing.list_date + 20, true)) as price_jump,
    abs(bar.vol - bar.float_share * bar.turnover_rate) > bar.vol * 0.001 + bar.float_share * 0.0001 as turnover_volume
) as broken
cross join lateral (
  values
    (''price_range'', broken.price_range, concat_ws('', '', ''open '' || bar.open, ''close '' || bar.close), concat(bar.low, ''..'', bar.high)),
    (''average_price'', broken.average_price, cast(round(bar.amount * 10 / nullif(bar.vol, 0), 4) as text), concat(bar.low, ''..'', bar.high)),
    (''reference_price'', broken.reference_price, cast(bar.pre_close as text), cast(round(before.close * before.adj_factor / nullif(bar.adj_factor, 0), 2) as text)),
    (''price_jump'', broken.price_jump, concat(''close '', bar.close), concat(round(before.close * (1 - allowed.change), 2), ''..'', round(before.close * (1 + allowed.change), 2))),
    (''turnover_volume'', broken.turnover_volume, cast(bar.vol as text), cast(round(bar.float_share * bar.turnover_rate, 2) as text))
) as result (check_name, is_broken, found, expected)
where bar.trade_date between data_check.from_day and data_check.to_day
  and not ((bar.ts_code >= ''1'' and bar.ts_code < ''2'') or (bar.ts_code >= ''5'' and bar.ts_code < ''6''))
  and (broken.price_range or broken.average_price or broken.reference_price or broken.price_jump or broken.turnover_volume)
  and result.is_broken
union all
select ''suspended_price'', ''stock_daily'', bar.ts_code, bar.trade_date, concat(''close '', bar.close), null
from suspend_d as stopped
join stock_daily as bar on bar.ts_code = stopped.ts_code and bar.trade_date = stopped.trade_date
where stopped.trade_date between data_check.from_day and data_check.to_day
  and bar.trade_date between data_check.from_day and data_check.to_day
  and not ((bar.ts_code >= ''1'' and bar.ts_code < ''2'') or (bar.ts_code >= ''5'' and bar.ts_code < ''6''))
  and stopped.suspend_type = ''S''
  and stopped.suspend_timing is null
union all
select result.check_name, ''etf_daily'', bar.ts_code, bar.trade_date, result.found, result.expected
from stock_daily as bar
left join trade_cal as open_day on open_day.exchange = ''SSE'' and open_day.cal_date = bar.trade_date
left join stock_daily as before on before.ts_code = bar.ts_code and before.trade_date = open_day.pretrade_date
  and before.trade_date between data_check.from_day - 20 and data_check.to_day
  and ((before.ts_code >= ''1'' and before.ts_code < ''2'') or (before.ts_code >= ''5'' and before.ts_code < ''6''))
  
cross join lateral (select case
  when ((bar.ts_code >= ''159'' and bar.ts_code < ''16'')) and bar.trade_date >= date ''2020-08-24'' then 0.2
  when ((bar.ts_code >= ''58'' and bar.ts_code < ''59'')) and bar.trade_date >= date ''2020-08-24'' then 0.2
  when bar.trade_date >= date ''1996-12-16'' then 0.1
end as change) as allowed
cross join lateral (
  select
    (bar.open < bar.low or bar.open > bar.high or bar.close < bar.low or bar.close > bar.high) as price_range,
    (bar.amount * 10 not between bar.low * bar.vol and bar.high * bar.vol
      and bar.amount * 10 not between bar.low * bar.vol * 0.999 - 0.1 and bar.high * bar.vol * 1.001 + 0.1) as average_price,
    ((bar.pre_close <> before.close or bar.adj_factor <> before.adj_factor)
      and abs(bar.pre_close - before.close * before.adj_factor / nullif(bar.adj_factor, 0)) > 0.001 + bar.pre_close * 0.001) as reference_price,
    (abs(bar.close - before.close) > before.close * (0.1 + 0.001) + 0.001
      and abs(bar.close - before.close) > before.close * (allowed.change + 0.001) + 0.001
      and abs(bar.adj_factor / nullif(before.adj_factor, 0) - 1) < 0.001) as price_jump
) as broken
cross join lateral (
  values
    (''price_range'', broken.price_range, concat_ws('', '', ''open '' || bar.open, ''close '' || bar.close), concat(bar.low, ''..'', bar.high)),
    (''average_price'', broken.average_price, cast(round(bar.amount * 10 / nullif(bar.vol, 0), 4) as text), concat(bar.low, ''..'', bar.high)),
    (''reference_price'', broken.reference_price, cast(bar.pre_close as text), cast(round(before.close * before.adj_factor / nullif(bar.adj_factor, 0), 3) as text)),
    (''price_jump'', broken.price_jump, concat(''close '', bar.close), concat(round(before.close * (1 - allowed.change), 3), ''..'', round(before.close * (1 + allowed.change), 3)))
) as result (check_name, is_broken, found, expected)
where bar.trade_date between data_check.from_day and data_check.to_day
  and ((bar.ts_code >= ''1'' and bar.ts_code < ''2'') or (bar.ts_code >= ''5'' and bar.ts_code < ''6''))
  and (broken.price_range or broken.average_price or broken.reference_price or broken.price_jump)
  and result.is_broken
union all
select result.check_name, ''index_daily'', bar.ts_code, bar.trade_date, result.found, result.expected
from index_daily as bar
left join trade_cal as open_day on open_day.exchange = ''SSE'' and open_day.cal_date = bar.trade_date
left join index_daily as before on before.ts_code = bar.ts_code and before.trade_date = open_day.pretrade_date
  and before.trade_date between data_check.from_day - 20 and data_check.to_day
  
cross join lateral (
  select
    (bar.open < bar.low or bar.open > bar.high or bar.close < bar.low or bar.close > bar.high) as price_range,
    ((bar.pre_close <> before.close)
      and abs(bar.pre_close - before.close) > 0.01 + bar.pre_close * 0.001) as reference_price
) as broken
cross join lateral (
  values
    (''price_range'', broken.price_range, concat_ws('', '', ''open '' || bar.open, ''close '' || bar.close), concat(bar.low, ''..'', bar.high)),
    (''reference_price'', broken.reference_price, cast(bar.pre_close as text), cast(round(before.close, 2) as text))
) as result (check_name, is_broken, found, expected)
where bar.trade_date between data_check.from_day and data_check.to_day
  and (broken.price_range or broken.reference_price)
  and result.is_broken
';

comment on function data_check(date, date) is 'Rows between two days, both included, that fail a check: name of the check, dataset, code, day, what was found and what was expected. It reports and changes nothing; a row as TuShare sends it may fail.

- price_range: open or close is not between low and high
- average_price: amount divided by vol is not between low and high (tolerance 0.1 percent)
- reference_price: pre_close is not the close of the previous trading day, times the factor of that day, divided by the factor of this day (tolerance one tick and 0.1 percent)
- price_jump: close differs from that of the previous trading day by more than the board''s price limit, and the factor is the same; not in the first days of a listing
- turnover_volume: vol is not turnover_rate of float_share (tolerance 0.1 percent)
- suspended_price: there is a row on a day for which a suspension of the whole day is stored';
