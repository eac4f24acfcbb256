-- Dropping the index first takes the table's lock before any row's: a worker that is writing is waited for, and cannot
-- wait for this in turn.
drop index stock_info_by_is_etf_market;

-- It was SH or SZ for an ETF. A worker of the version before may write that once more while a deployment goes on, so no
-- constraint refuses it. The next ETF_LIST writes E again.
update stock_info
set market = 'E', stored_at = now()
where is_etf = 'Y' and market is distinct from 'E';

-- TuShare's own column was null in old captures; the code always says it. Stays null for a code of another exchange.
update stock_info
set exchange = case substring(ts_code from '[^.]*$') when 'SH' then 'SSE' when 'SZ' then 'SZSE' when 'BJ' then 'BSE' end,
  stored_at = now()
where exchange is distinct from
  case substring(ts_code from '[^.]*$') when 'SH' then 'SSE' when 'SZ' then 'SZSE' when 'BJ' then 'BSE' end;

alter table stock_info
add constraint stock_info_exchange check (exchange in ('SSE', 'SZSE', 'BSE'));

create index stock_info_by_is_etf_exchange on stock_info (is_etf, exchange, ts_code);

comment on column stock_info.market is 'As TuShare has it. Of a stock its board, 主板, 创业板, 科创板, CDR or 北交所; of an ETF always E, listed on an exchange';

comment on column stock_info.exchange is 'Where it is listed, as its code says, SSE, SZSE or BSE';
