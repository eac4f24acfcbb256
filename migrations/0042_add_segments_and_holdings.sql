create table fina_mainbz (
  ts_code text collate "C" not null,
  end_date date not null,
  bz_code text,
  bz_item text,
  bz_sales numeric,
  bz_profit numeric,
  bz_cost numeric,
  curr_type text,
  update_flag text,
  stored_at timestamptz not null default now()
);

create index fina_mainbz_by_end_date on fina_mainbz (end_date);

create index fina_mainbz_by_ts_code_end_date on fina_mainbz (ts_code, end_date);

comment on table fina_mainbz is 'Revenue, profit and cost by product, region and industry, from the interface fina_mainbz';

comment on column fina_mainbz.ts_code is 'TuShare code, such as 600519.SH';

comment on column fina_mainbz.end_date is 'Last day of the report period';

comment on column fina_mainbz.bz_code is 'What the items divide by, P product, D region, I industry';

comment on column fina_mainbz.bz_item is 'Item in the company''s own words, which change over the years';

comment on column fina_mainbz.bz_sales is 'Revenue, in the currency of the row';

comment on column fina_mainbz.bz_profit is 'Profit, often null, in the currency of the row';

comment on column fina_mainbz.bz_cost is 'Cost, often null, in the currency of the row';

comment on column fina_mainbz.curr_type is 'Currency, such as CNY';

comment on column fina_mainbz.update_flag is '1 for the version as it was corrected, 0 as it was first announced; null when TuShare says neither';

comment on column fina_mainbz.stored_at is 'When this row was stored or last changed here';

create table fund_portfolio (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  symbol text,
  mkv numeric,
  amount numeric,
  stk_mkv_ratio numeric,
  stk_float_ratio numeric,
  stored_at timestamptz not null default now()
);

create index fund_portfolio_by_end_date on fund_portfolio (end_date);

create index fund_portfolio_by_ts_code_end_date on fund_portfolio (ts_code, end_date);

comment on table fund_portfolio is 'Stocks held by listed ETFs at the end of each quarter, from the interface fund_portfolio';

comment on column fund_portfolio.ts_code is 'Code of the ETF, such as 510300.SH';

comment on column fund_portfolio.end_date is 'Last day of the report period';

comment on column fund_portfolio.ann_date is 'Day of the announcement';

comment on column fund_portfolio.symbol is 'Stock held, such as 600519.SH; also stocks of Hong Kong';

comment on column fund_portfolio.mkv is 'Market value held, CNY';

comment on column fund_portfolio.amount is 'Shares held, shares';

comment on column fund_portfolio.stk_mkv_ratio is 'Share of the ETF''s stocks, percent';

comment on column fund_portfolio.stk_float_ratio is 'Share of the stock''s float, percent';

comment on column fund_portfolio.stored_at is 'When this row was stored or last changed here';
