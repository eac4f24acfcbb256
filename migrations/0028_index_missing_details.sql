-- long until: select count(*) = 2 from pg_index where indisvalid and indexrelid in (to_regclass('stock_daily_lacks_adj_factor'), to_regclass('stock_daily_lacks_total_mv'))
create index if not exists stock_daily_lacks_adj_factor on stock_daily (trade_date, ts_code) where adj_factor is null;

create index if not exists stock_daily_lacks_total_mv on stock_daily (trade_date, ts_code) where total_mv is null and not ((ts_code >= '1' and ts_code < '2') or (ts_code >= '5' and ts_code < '6'));
