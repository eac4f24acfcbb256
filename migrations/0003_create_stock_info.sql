create table stock_info (
  ts_code text collate "C" not null,
  symbol text,
  name text not null,
  area text,
  industry text,
  fullname text,
  enname text,
  cnspell text,
  market text,
  exchange text,
  curr_type text,
  list_status text,
  list_date date,
  delist_date date,
  is_hs text,
  act_name text,
  act_ent_type text,
  is_etf text not null default 'N',
  index_code text,
  index_name text,
  setup_date date,
  mgr_name text,
  custod_name text,
  mgt_fee numeric,
  etf_type text,
  stored_at timestamptz not null default now(),
  constraint stock_info_key primary key (ts_code),
  constraint stock_info_is_etf check (is_etf in ('Y', 'N'))
);

create index stock_info_by_is_etf on stock_info (is_etf);

create index stock_info_by_is_etf_market on stock_info (is_etf, market);

comment on table stock_info is 'Stocks and ETFs, listed and delisted. Stocks from the interface stock_basic, ETFs from etf_basic or fund_basic';

comment on column stock_info.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_info.symbol is 'Code without the exchange suffix';

comment on column stock_info.name is 'Current short name, with ST and other prefixes';

comment on column stock_info.area is 'Province or city; null when TuShare names none';

comment on column stock_info.industry is 'Industry in TuShare''s own division; null when TuShare names none';

comment on column stock_info.fullname is 'Full company name in Chinese';

comment on column stock_info.enname is 'Full company name in English';

comment on column stock_info.cnspell is 'Pinyin initials of the short name';

comment on column stock_info.market is 'Board of a stock, such as 主板, 创业板, 科创板, 北交所; exchange of an ETF, SH or SZ';

comment on column stock_info.exchange is 'SSE, SZSE or BSE';

comment on column stock_info.curr_type is 'Currency of trading, such as CNY';

comment on column stock_info.list_status is 'L listed, D delisted, P listing suspended for a stock and yet to be listed for an ETF';

comment on column stock_info.list_date is 'Day of listing';

comment on column stock_info.delist_date is 'Day of delisting; null while listed';

comment on column stock_info.is_hs is 'Stock Connect, H Shanghai, S Shenzhen, N none';

comment on column stock_info.act_name is 'Actual controller; null when TuShare names none';

comment on column stock_info.act_ent_type is 'Kind of the actual controller; null when TuShare names none';

comment on column stock_info.is_etf is 'Y for an ETF, N for a stock';

comment on column stock_info.index_code is 'Code of the index an ETF follows; null for a stock';

comment on column stock_info.index_name is 'Name of the index an ETF follows; null for a stock';

comment on column stock_info.setup_date is 'Day an ETF was set up; null for a stock';

comment on column stock_info.mgr_name is 'Manager of an ETF; null for a stock';

comment on column stock_info.custod_name is 'Custodian of an ETF; null for a stock';

comment on column stock_info.mgt_fee is 'Management fee of an ETF, percent a year; null for a stock';

comment on column stock_info.etf_type is '境内 or QDII for an ETF; null for a stock';

comment on column stock_info.stored_at is 'When this row was stored or last changed here';
