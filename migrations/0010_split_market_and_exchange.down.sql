drop index stock_info_by_is_etf_exchange;

alter table stock_info
drop constraint stock_info_exchange;

update stock_info
set market = substring(ts_code from '[^.]*$'), stored_at = now()
where is_etf = 'Y';

create index stock_info_by_is_etf_market on stock_info (is_etf, market);

comment on column stock_info.market is 'Board of a stock, such as 主板, 创业板, 科创板, 北交所; exchange of an ETF, SH or SZ';

comment on column stock_info.exchange is 'SSE, SZSE or BSE';
