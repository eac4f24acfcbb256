create table pledge_stat (
  ts_code text collate "C" not null,
  end_date date not null,
  pledge_count numeric,
  unrest_pledge numeric,
  rest_pledge numeric,
  total_share numeric,
  pledge_ratio numeric,
  stored_at timestamptz not null default now(),
  constraint pledge_stat_key primary key (ts_code, end_date)
);

create index pledge_stat_by_end_date_ts_code on pledge_stat (end_date, ts_code);

comment on table pledge_stat is 'Shares pledged at the end of each week, from the interface pledge_stat';

comment on column pledge_stat.ts_code is 'TuShare code, such as 600519.SH';

comment on column pledge_stat.end_date is 'Friday of the count, a day';

comment on column pledge_stat.pledge_count is 'Pledges, number';

comment on column pledge_stat.unrest_pledge is 'Shares without a lock-up that are pledged, ten thousand shares';

comment on column pledge_stat.rest_pledge is 'Shares with a lock-up that are pledged, ten thousand shares';

comment on column pledge_stat.total_share is 'All shares, ten thousand shares';

comment on column pledge_stat.pledge_ratio is 'Share of all shares that is pledged, percent';

comment on column pledge_stat.stored_at is 'When this row was stored or last changed here';

create table repurchase (
  ts_code text collate "C" not null,
  ann_date date not null,
  end_date date,
  proc text,
  exp_date date,
  vol numeric,
  amount numeric,
  high_limit numeric,
  low_limit numeric,
  stored_at timestamptz not null default now()
);

create index repurchase_by_ts_code_ann_date on repurchase (ts_code, ann_date);

create index repurchase_by_ann_date_ts_code on repurchase (ann_date, ts_code);

comment on table repurchase is 'Share repurchases as companies announce them, from the interface repurchase';

comment on column repurchase.ts_code is 'TuShare code, such as 600519.SH';

comment on column repurchase.ann_date is 'Day of the announcement';

comment on column repurchase.end_date is 'Day of the figures; null for plans';

comment on column repurchase.proc is 'Stage, such as 预案 (plan), 实施 (carried out), 完成 (done)';

comment on column repurchase.exp_date is 'Last day of the plan';

comment on column repurchase.vol is 'Shares bought back, shares';

comment on column repurchase.amount is 'Money spent, or planned, CNY';

comment on column repurchase.high_limit is 'Highest price, CNY';

comment on column repurchase.low_limit is 'Lowest price, CNY';

comment on column repurchase.stored_at is 'When this row was stored or last changed here';

create table share_float (
  ts_code text collate "C" not null,
  float_date date not null,
  ann_date date,
  float_share numeric,
  float_ratio numeric,
  holder_name text,
  share_type text,
  stored_at timestamptz not null default now()
);

create index share_float_by_float_date on share_float (float_date);

create index share_float_by_ts_code_float_date on share_float (ts_code, float_date);

comment on table share_float is 'Shares that become tradable, past and future, from the interface share_float';

comment on column share_float.ts_code is 'TuShare code, such as 600519.SH';

comment on column share_float.float_date is 'Day on which the shares become tradable';

comment on column share_float.ann_date is 'Day of the announcement; often null';

comment on column share_float.float_share is 'Shares, shares';

comment on column share_float.float_ratio is 'Share of all shares, percent; above 100 in some rows';

comment on column share_float.holder_name is 'Name of the holder, as the company writes it';

comment on column share_float.share_type is 'Kind of restricted share';

comment on column share_float.stored_at is 'When this row was stored or last changed here';

create table stk_holdernumber (
  ts_code text collate "C" not null,
  ann_date date not null,
  end_date date,
  holder_num numeric,
  stored_at timestamptz not null default now()
);

create index stk_holdernumber_by_ts_code_ann_date on stk_holdernumber (ts_code, ann_date);

create index stk_holdernumber_by_ann_date_ts_code on stk_holdernumber (ann_date, ts_code);

comment on table stk_holdernumber is 'Number of shareholders as companies announce it, from the interface stk_holdernumber';

comment on column stk_holdernumber.ts_code is 'TuShare code, such as 600519.SH';

comment on column stk_holdernumber.ann_date is 'Day of the announcement';

comment on column stk_holdernumber.end_date is 'Day of the count, not only quarter ends';

comment on column stk_holdernumber.holder_num is 'Shareholders, number';

comment on column stk_holdernumber.stored_at is 'When this row was stored or last changed here';

create table stk_holdertrade (
  ts_code text collate "C" not null,
  ann_date date not null,
  holder_name text,
  holder_type text,
  in_de text,
  change_vol numeric,
  change_ratio numeric,
  after_share numeric,
  after_ratio numeric,
  avg_price numeric,
  total_share numeric,
  begin_date date,
  close_date date,
  stored_at timestamptz not null default now()
);

create index stk_holdertrade_by_ts_code_ann_date on stk_holdertrade (ts_code, ann_date);

create index stk_holdertrade_by_ann_date_ts_code on stk_holdertrade (ann_date, ts_code);

comment on table stk_holdertrade is 'Shares that large holders and executives bought or sold, from the interface stk_holdertrade';

comment on column stk_holdertrade.ts_code is 'TuShare code, such as 600519.SH';

comment on column stk_holdertrade.ann_date is 'Day of the announcement';

comment on column stk_holdertrade.holder_name is 'Name of the holder, as the company writes it';

comment on column stk_holdertrade.holder_type is 'G executive, P person, C company';

comment on column stk_holdertrade.in_de is 'IN bought, DE sold';

comment on column stk_holdertrade.change_vol is 'Shares bought or sold, shares';

comment on column stk_holdertrade.change_ratio is 'change_vol, share of the float, percent';

comment on column stk_holdertrade.after_share is 'Shares held afterwards, shares';

comment on column stk_holdertrade.after_ratio is 'after_share, share of the float, percent; null when nothing is left';

comment on column stk_holdertrade.avg_price is 'Average price, CNY';

comment on column stk_holdertrade.total_share is 'All shares held, restricted ones included, shares';

comment on column stk_holdertrade.begin_date is 'First day of the trades';

comment on column stk_holdertrade.close_date is 'Last day of the trades';

comment on column stk_holdertrade.stored_at is 'When this row was stored or last changed here';

create table top10_floatholders (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  holder_name text,
  hold_amount numeric,
  hold_ratio numeric,
  hold_float_ratio numeric,
  hold_change numeric,
  holder_type text,
  stored_at timestamptz not null default now()
);

create index top10_floatholders_by_end_date on top10_floatholders (end_date);

create index top10_floatholders_by_ann_date on top10_floatholders (ann_date);

create index top10_floatholders_by_ts_code_end_date on top10_floatholders (ts_code, end_date);

comment on table top10_floatholders is 'The ten largest holders of the tradable shares in each report, from the interface top10_floatholders';

comment on column top10_floatholders.ts_code is 'TuShare code, such as 600519.SH';

comment on column top10_floatholders.end_date is 'Last day of the report period';

comment on column top10_floatholders.ann_date is 'Day of the announcement';

comment on column top10_floatholders.holder_name is 'Name of the holder, as the company writes it';

comment on column top10_floatholders.hold_amount is 'Shares held, shares';

comment on column top10_floatholders.hold_ratio is 'Share of all shares, percent';

comment on column top10_floatholders.hold_float_ratio is 'Share of the tradable shares, percent';

comment on column top10_floatholders.hold_change is 'Change on the report before, shares; null when it is new or unknown';

comment on column top10_floatholders.holder_type is 'Kind of holder';

comment on column top10_floatholders.stored_at is 'When this row was stored or last changed here';

create table top10_holders (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  holder_name text,
  hold_amount numeric,
  hold_ratio numeric,
  hold_float_ratio numeric,
  hold_change numeric,
  holder_type text,
  stored_at timestamptz not null default now()
);

create index top10_holders_by_end_date on top10_holders (end_date);

create index top10_holders_by_ann_date on top10_holders (ann_date);

create index top10_holders_by_ts_code_end_date on top10_holders (ts_code, end_date);

comment on table top10_holders is 'The ten largest holders of each report, from the interface top10_holders';

comment on column top10_holders.ts_code is 'TuShare code, such as 600519.SH';

comment on column top10_holders.end_date is 'Last day of the report period';

comment on column top10_holders.ann_date is 'Day of the announcement';

comment on column top10_holders.holder_name is 'Name of the holder, as the company writes it';

comment on column top10_holders.hold_amount is 'Shares held, shares';

comment on column top10_holders.hold_ratio is 'Share of all shares, percent';

comment on column top10_holders.hold_float_ratio is 'Share of the tradable shares, percent';

comment on column top10_holders.hold_change is 'Change on the report before, shares; null when it is new or unknown';

comment on column top10_holders.holder_type is 'Kind of holder';

comment on column top10_holders.stored_at is 'When this row was stored or last changed here';

create table cn_cpi (
  month text not null,
  nt_val numeric,
  nt_yoy numeric,
  nt_mom numeric,
  nt_accu numeric,
  town_val numeric,
  town_yoy numeric,
  town_mom numeric,
  town_accu numeric,
  cnt_val numeric,
  cnt_yoy numeric,
  cnt_mom numeric,
  cnt_accu numeric,
  stored_at timestamptz not null default now(),
  constraint cn_cpi_key primary key (month)
);

comment on table cn_cpi is 'Consumer prices by month, from the interface cn_cpi';

comment on column cn_cpi.month is 'Month as YYYYMM';

comment on column cn_cpi.nt_val is 'Country, month, index, 100 is the same time of the year before';

comment on column cn_cpi.nt_yoy is 'Country, growth on the year before, percent';

comment on column cn_cpi.nt_mom is 'Country, growth on the month before, percent';

comment on column cn_cpi.nt_accu is 'Country, since January, index, 100 is the same time of the year before; a plain rate in some rows';

comment on column cn_cpi.town_val is 'Towns, month, index, 100 is the same time of the year before';

comment on column cn_cpi.town_yoy is 'Towns, growth on the year before, percent';

comment on column cn_cpi.town_mom is 'Towns, growth on the month before, percent';

comment on column cn_cpi.town_accu is 'Towns, since January, index, 100 is the same time of the year before; a plain rate in some rows';

comment on column cn_cpi.cnt_val is 'Countryside, month, index, 100 is the same time of the year before';

comment on column cn_cpi.cnt_yoy is 'Countryside, growth on the year before, percent';

comment on column cn_cpi.cnt_mom is 'Countryside, growth on the month before, percent';

comment on column cn_cpi.cnt_accu is 'Countryside, since January, index, 100 is the same time of the year before; a plain rate in some rows';

comment on column cn_cpi.stored_at is 'When this row was stored or last changed here';

create table cn_gdp (
  quarter text not null,
  gdp numeric,
  gdp_yoy numeric,
  pi numeric,
  pi_yoy numeric,
  si numeric,
  si_yoy numeric,
  ti numeric,
  ti_yoy numeric,
  stored_at timestamptz not null default now(),
  constraint cn_gdp_key primary key (quarter)
);

comment on table cn_gdp is 'Gross domestic product, summed since January of each year, from the interface cn_gdp';

comment on column cn_gdp.quarter is 'Quarter, such as 2019Q1';

comment on column cn_gdp.gdp is 'Gross domestic product since January, hundred million CNY';

comment on column cn_gdp.gdp_yoy is 'Its growth on the year before, percent';

comment on column cn_gdp.pi is 'Primary sector since January, hundred million CNY';

comment on column cn_gdp.pi_yoy is 'Its growth on the year before, percent';

comment on column cn_gdp.si is 'Secondary sector since January, hundred million CNY';

comment on column cn_gdp.si_yoy is 'Its growth on the year before, percent';

comment on column cn_gdp.ti is 'Tertiary sector since January, hundred million CNY';

comment on column cn_gdp.ti_yoy is 'Its growth on the year before, percent';

comment on column cn_gdp.stored_at is 'When this row was stored or last changed here';

create table cn_m (
  month text not null,
  m0 numeric,
  m0_yoy numeric,
  m0_mom numeric,
  m1 numeric,
  m1_yoy numeric,
  m1_mom numeric,
  m2 numeric,
  m2_yoy numeric,
  m2_mom numeric,
  stored_at timestamptz not null default now(),
  constraint cn_m_key primary key (month)
);

comment on table cn_m is 'Money supply by month, from the interface cn_m. The definition of M1 changed in 2025';

comment on column cn_m.month is 'Month as YYYYMM';

comment on column cn_m.m0 is 'Money supply M0, hundred million CNY';

comment on column cn_m.m0_yoy is 'M0, growth on the year before, percent';

comment on column cn_m.m0_mom is 'M0, growth on the month before, percent';

comment on column cn_m.m1 is 'Money supply M1, hundred million CNY';

comment on column cn_m.m1_yoy is 'M1, growth on the year before, percent';

comment on column cn_m.m1_mom is 'M1, growth on the month before, percent';

comment on column cn_m.m2 is 'Money supply M2, hundred million CNY';

comment on column cn_m.m2_yoy is 'M2, growth on the year before, percent';

comment on column cn_m.m2_mom is 'M2, growth on the month before, percent';

comment on column cn_m.stored_at is 'When this row was stored or last changed here';

create table shibor (
  date date not null,
  overnight numeric,
  week_1 numeric,
  week_2 numeric,
  month_1 numeric,
  month_3 numeric,
  month_6 numeric,
  month_9 numeric,
  year_1 numeric,
  stored_at timestamptz not null default now(),
  constraint shibor_key primary key (date)
);

comment on table shibor is 'Shanghai interbank offered rates, from the interface shibor';

comment on column shibor.date is 'Day of the fixing';

comment on column shibor.overnight is 'Overnight, percent a year; TuShare calls it on';

comment on column shibor.week_1 is 'One week, percent a year; TuShare calls it 1w';

comment on column shibor.week_2 is 'Two weeks, percent a year; TuShare calls it 2w';

comment on column shibor.month_1 is 'One month, percent a year; TuShare calls it 1m';

comment on column shibor.month_3 is 'Three months, percent a year; TuShare calls it 3m';

comment on column shibor.month_6 is 'Six months, percent a year; TuShare calls it 6m';

comment on column shibor.month_9 is 'Nine months, percent a year; TuShare calls it 9m';

comment on column shibor.year_1 is 'One year, percent a year; TuShare calls it 1y';

comment on column shibor.stored_at is 'When this row was stored or last changed here';

create table fund_nav (
  ts_code text collate "C" not null,
  nav_date date not null,
  ann_date date,
  unit_nav numeric,
  accum_nav numeric,
  accum_div numeric,
  net_asset numeric,
  total_netasset numeric,
  adj_nav numeric,
  stored_at timestamptz not null default now(),
  constraint fund_nav_key primary key (ts_code, nav_date)
);

create index fund_nav_by_nav_date_ts_code on fund_nav (nav_date, ts_code);

comment on table fund_nav is 'Net values of funds, from the interface fund_nav';

comment on column fund_nav.ts_code is 'Code of the fund, such as 000001.OF';

comment on column fund_nav.nav_date is 'Day of the value';

comment on column fund_nav.ann_date is 'Day of the announcement';

comment on column fund_nav.unit_nav is 'Value of one unit, CNY';

comment on column fund_nav.accum_nav is 'Value of one unit with the dividends paid, CNY';

comment on column fund_nav.accum_div is 'Dividends paid, CNY';

comment on column fund_nav.net_asset is 'Net assets, CNY; null on most days';

comment on column fund_nav.total_netasset is 'Net assets of all share classes, CNY; null on most days';

comment on column fund_nav.adj_nav is 'Adjusted value of one unit, whose past changes, CNY';

comment on column fund_nav.stored_at is 'When this row was stored or last changed here';

create table fund_share (
  ts_code text collate "C" not null,
  trade_date date not null,
  fd_share numeric,
  stored_at timestamptz not null default now(),
  constraint fund_share_key primary key (ts_code, trade_date)
);

create index fund_share_by_trade_date_ts_code on fund_share (trade_date, ts_code);

comment on table fund_share is 'Units of funds, from the interface fund_share';

comment on column fund_share.ts_code is 'Code of the fund, such as 510300.SH';

comment on column fund_share.trade_date is 'Day of the units';

comment on column fund_share.fd_share is 'Units, ten thousand units';

comment on column fund_share.stored_at is 'When this row was stored or last changed here';

create table cb_basic (
  ts_code text collate "C" not null,
  bond_full_name text,
  bond_short_name text,
  cb_code text,
  stk_code text collate "C",
  stk_short_name text,
  maturity numeric,
  par numeric,
  issue_price numeric,
  issue_size numeric,
  remain_size numeric,
  value_date date,
  maturity_date date,
  rate_type text,
  coupon_rate numeric,
  add_rate numeric,
  pay_per_year numeric,
  list_date date,
  delist_date date,
  exchange text,
  conv_start_date date,
  conv_end_date date,
  conv_stop_date date,
  first_conv_price numeric,
  conv_price numeric,
  rate_clause text,
  put_clause text,
  maturity_put_price text,
  call_clause text,
  reset_clause text,
  conv_clause text,
  guarantor text,
  guarantee_type text,
  issue_rating text,
  newest_rating text,
  rating_comp text,
  maturity_call_price text,
  stored_at timestamptz not null default now(),
  constraint cb_basic_key primary key (ts_code)
);

comment on table cb_basic is 'Convertible bonds and their terms, from the interface cb_basic. Some listed bonds are missing there';

comment on column cb_basic.ts_code is 'Code of the bond, such as 113050.SH';

comment on column cb_basic.bond_full_name is 'Full name';

comment on column cb_basic.bond_short_name is 'Short name';

comment on column cb_basic.cb_code is 'Code for the conversion';

comment on column cb_basic.stk_code is 'Code of the stock';

comment on column cb_basic.stk_short_name is 'Short name of the stock';

comment on column cb_basic.maturity is 'Term, years';

comment on column cb_basic.par is 'Par value, CNY';

comment on column cb_basic.issue_price is 'Issue price, CNY';

comment on column cb_basic.issue_size is 'Issue size, CNY';

comment on column cb_basic.remain_size is 'Outstanding, CNY';

comment on column cb_basic.value_date is 'First day of interest';

comment on column cb_basic.maturity_date is 'Day of maturity';

comment on column cb_basic.rate_type is 'Kind of interest';

comment on column cb_basic.coupon_rate is 'Coupon, percent';

comment on column cb_basic.add_rate is 'Rate of compensation, percent';

comment on column cb_basic.pay_per_year is 'Payments of interest in a year, times';

comment on column cb_basic.list_date is 'Day of listing';

comment on column cb_basic.delist_date is 'Day of delisting; null while it is listed';

comment on column cb_basic.exchange is 'Exchange, SH or SZ';

comment on column cb_basic.conv_start_date is 'First day of conversion';

comment on column cb_basic.conv_end_date is 'Last day of conversion';

comment on column cb_basic.conv_stop_date is 'Day on which conversion was stopped';

comment on column cb_basic.first_conv_price is 'First conversion price, CNY';

comment on column cb_basic.conv_price is 'Present conversion price, CNY';

comment on column cb_basic.rate_clause is 'Interest, as the terms say it';

comment on column cb_basic.put_clause is 'When holders may sell back, as the terms say it';

comment on column cb_basic.maturity_put_price is 'Price at maturity, under its old name';

comment on column cb_basic.call_clause is 'When the issuer may call, as the terms say it';

comment on column cb_basic.reset_clause is 'When the price may be lowered, as the terms say it';

comment on column cb_basic.conv_clause is 'Conversion, as the terms say it';

comment on column cb_basic.guarantor is 'Guarantor';

comment on column cb_basic.guarantee_type is 'Kind of guarantee';

comment on column cb_basic.issue_rating is 'Rating at issue';

comment on column cb_basic.newest_rating is 'Latest rating';

comment on column cb_basic.rating_comp is 'Rating agency';

comment on column cb_basic.maturity_call_price is 'Price at maturity, under its new name';

comment on column cb_basic.stored_at is 'When this row was stored or last changed here';

create table cb_daily (
  ts_code text collate "C" not null,
  trade_date date not null,
  pre_close numeric,
  open numeric,
  high numeric,
  low numeric,
  close numeric,
  change numeric,
  pct_chg numeric,
  vol numeric,
  amount numeric,
  bond_value numeric,
  bond_over_rate numeric,
  cb_value numeric,
  cb_over_rate numeric,
  stored_at timestamptz not null default now(),
  constraint cb_daily_key primary key (ts_code, trade_date)
);

create index cb_daily_by_trade_date_ts_code on cb_daily (trade_date, ts_code);

comment on table cb_daily is 'Daily bars of convertible bonds, from the interface cb_daily';

comment on column cb_daily.ts_code is 'Code of the bond, such as 113050.SH';

comment on column cb_daily.trade_date is 'Trading day';

comment on column cb_daily.pre_close is 'Close of the day before, CNY';

comment on column cb_daily.open is 'Open, CNY';

comment on column cb_daily.high is 'Highest of the day, CNY';

comment on column cb_daily.low is 'Lowest of the day, CNY';

comment on column cb_daily.close is 'Close, CNY';

comment on column cb_daily.change is 'close less pre_close, CNY';

comment on column cb_daily.pct_chg is 'Change against pre_close, percent';

comment on column cb_daily.vol is 'Volume, lots of 10 bonds';

comment on column cb_daily.amount is 'Turnover, ten thousand CNY';

comment on column cb_daily.bond_value is 'Value without the right to convert, CNY; may come later';

comment on column cb_daily.bond_over_rate is 'Price above bond_value, percent';

comment on column cb_daily.cb_value is 'Value when converted, CNY';

comment on column cb_daily.cb_over_rate is 'Price above cb_value, percent';

comment on column cb_daily.stored_at is 'When this row was stored or last changed here';
