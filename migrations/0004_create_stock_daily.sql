create table stock_daily (
  ts_code text collate "C" not null,
  trade_date date not null,
  open numeric,
  high numeric,
  low numeric,
  close numeric not null,
  pre_close numeric,
  change numeric,
  pct_chg numeric,
  vol numeric,
  amount numeric,
  adj_factor numeric,
  turnover_rate numeric,
  turnover_rate_f numeric,
  volume_ratio numeric,
  pe numeric,
  pe_ttm numeric,
  pb numeric,
  ps numeric,
  ps_ttm numeric,
  dv_ratio numeric,
  dv_ttm numeric,
  total_share numeric,
  float_share numeric,
  free_share numeric,
  total_mv numeric,
  circ_mv numeric,
  stored_at timestamptz not null default now(),
  constraint stock_daily_key primary key (ts_code, trade_date)
);

create index stock_daily_by_trade_date on stock_daily (trade_date, ts_code);

comment on table stock_daily is 'Daily prices, adjustment factor and valuation, as TuShare sends them. Stocks from daily, adj_factor and daily_basic, ETFs from fund_daily and fund_adj';

comment on column stock_daily.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_daily.trade_date is 'Trading day';

comment on column stock_daily.open is 'Opening price, CNY, unadjusted';

comment on column stock_daily.high is 'Highest price, CNY, unadjusted';

comment on column stock_daily.low is 'Lowest price, CNY, unadjusted';

comment on column stock_daily.close is 'Closing price, CNY, unadjusted';

comment on column stock_daily.pre_close is 'Reference price, CNY, the previous close adjusted on ex-dates';

comment on column stock_daily.change is 'close less pre_close, CNY';

comment on column stock_daily.pct_chg is 'Change against pre_close, percent';

comment on column stock_daily.vol is 'Volume, lots of 100 shares';

comment on column stock_daily.amount is 'Turnover, thousand CNY';

comment on column stock_daily.adj_factor is 'Cumulative adjustment factor, no unit; null when TuShare has none';

comment on column stock_daily.turnover_rate is 'Turnover of the float, percent; null without valuation';

comment on column stock_daily.turnover_rate_f is 'Turnover of the free float, percent; null without valuation';

comment on column stock_daily.volume_ratio is 'Volume against the recent average, no unit; null in the first days after listing';

comment on column stock_daily.pe is 'Price to last annual earnings, no unit; null at a loss';

comment on column stock_daily.pe_ttm is 'Price to earnings of the last twelve months, no unit; null at a loss';

comment on column stock_daily.pb is 'Price to book value, no unit; null with negative equity';

comment on column stock_daily.ps is 'Price to last annual sales, no unit';

comment on column stock_daily.ps_ttm is 'Price to sales of the last twelve months, no unit';

comment on column stock_daily.dv_ratio is 'Dividend yield, percent; null without dividend';

comment on column stock_daily.dv_ttm is 'Dividend yield of the last twelve months, percent; null without dividend';

comment on column stock_daily.total_share is 'Shares in all, ten thousand';

comment on column stock_daily.float_share is 'Tradable shares, ten thousand';

comment on column stock_daily.free_share is 'Freely floating shares, ten thousand';

comment on column stock_daily.total_mv is 'Market value of all shares, ten thousand CNY';

comment on column stock_daily.circ_mv is 'Market value of the tradable shares, ten thousand CNY';

comment on column stock_daily.stored_at is 'When this row was stored or last changed here';
