create table index_basic (
  ts_code text collate "C" not null,
  name text,
  fullname text,
  market text,
  publisher text,
  index_type text,
  category text,
  base_date date,
  base_point numeric,
  list_date date,
  weight_rule text,
  description text,
  exp_date date,
  stored_at timestamptz not null default now(),
  constraint index_basic_key primary key (ts_code)
);

comment on table index_basic is 'Indices, from the interface index_basic';

comment on column index_basic.ts_code is 'Code of the index, such as 000300.SH';

comment on column index_basic.name is 'Short name';

comment on column index_basic.fullname is 'Full name';

comment on column index_basic.market is 'Market or provider, MSCI, CSI, SSE, SZSE, CICC, SW or OTH';

comment on column index_basic.publisher is 'Publisher';

comment on column index_basic.index_type is 'Index style';

comment on column index_basic.category is 'Category';

comment on column index_basic.base_date is 'Base day; null when TuShare has none';

comment on column index_basic.base_point is 'Value on the base day, index points';

comment on column index_basic.list_date is 'Day of its first publication';

comment on column index_basic.weight_rule is 'Weighting rule';

comment on column index_basic.description is 'What it measures';

comment on column index_basic.exp_date is 'Last day; null while it is published';

comment on column index_basic.stored_at is 'When this row was stored or last changed here';

create table index_classify (
  src text not null,
  index_code text collate "C" not null,
  industry_name text,
  parent_code text,
  level text,
  industry_code text,
  is_pub text,
  stored_at timestamptz not null default now(),
  constraint index_classify_key primary key (src, index_code)
);

comment on table index_classify is 'Industries of Shenwan''s classification, from the interface index_classify';

comment on column index_classify.src is 'Version, SW2014 or SW2021';

comment on column index_classify.index_code is 'Code of the industry''s index';

comment on column index_classify.industry_name is 'Name of the industry';

comment on column index_classify.parent_code is 'industry_code of the parent, 0 at the first level';

comment on column index_classify.level is 'Level, L1, L2 or L3';

comment on column index_classify.industry_code is 'Code of the industry';

comment on column index_classify.is_pub is '1 when the index is published; null in the version of 2014';

comment on column index_classify.stored_at is 'When this row was stored or last changed here';

create table index_dailybasic (
  ts_code text collate "C" not null,
  trade_date date not null,
  total_mv numeric,
  float_mv numeric,
  total_share numeric,
  float_share numeric,
  free_share numeric,
  turnover_rate numeric,
  turnover_rate_f numeric,
  pe numeric,
  pe_ttm numeric,
  pb numeric,
  stored_at timestamptz not null default now(),
  constraint index_dailybasic_key primary key (ts_code, trade_date)
);

create index index_dailybasic_by_trade_date_ts_code on index_dailybasic (trade_date, ts_code);

comment on table index_dailybasic is 'Valuation of the main indices, from the interface index_dailybasic. Money is in CNY and shares in shares, other than in stock_daily';

comment on column index_dailybasic.ts_code is 'Code of the index, such as 000300.SH';

comment on column index_dailybasic.trade_date is 'Trading day';

comment on column index_dailybasic.total_mv is 'Market value of all shares, CNY';

comment on column index_dailybasic.float_mv is 'Market value of the tradable shares, CNY';

comment on column index_dailybasic.total_share is 'All shares, shares';

comment on column index_dailybasic.float_share is 'Tradable shares, shares';

comment on column index_dailybasic.free_share is 'Freely floating shares, shares';

comment on column index_dailybasic.turnover_rate is 'Turnover of the float, percent';

comment on column index_dailybasic.turnover_rate_f is 'Turnover of the free float, percent';

comment on column index_dailybasic.pe is 'Price to earnings, times';

comment on column index_dailybasic.pe_ttm is 'Price to earnings of the last twelve months, times';

comment on column index_dailybasic.pb is 'Price to book value, times';

comment on column index_dailybasic.stored_at is 'When this row was stored or last changed here';

create table index_member_all (
  ts_code text collate "C" not null,
  l3_code text collate "C",
  in_date date,
  l1_code text collate "C",
  l1_name text,
  l2_code text collate "C",
  l2_name text,
  l3_name text,
  name text,
  out_date date,
  is_new text,
  stored_at timestamptz not null default now(),
  constraint index_member_all_key unique nulls not distinct (ts_code, l3_code, in_date)
);

comment on table index_member_all is 'Stocks of Shenwan''s industries, present and past, from the interface index_member_all';

comment on column index_member_all.ts_code is 'TuShare code, such as 600519.SH';

comment on column index_member_all.l3_code is 'Code of the industry at the third level';

comment on column index_member_all.in_date is 'First day in the industry';

comment on column index_member_all.l1_code is 'Code of the industry at the first level';

comment on column index_member_all.l1_name is 'Its name';

comment on column index_member_all.l2_code is 'Code of the industry at the second level';

comment on column index_member_all.l2_name is 'Its name';

comment on column index_member_all.l3_name is 'Its name';

comment on column index_member_all.name is 'Short name';

comment on column index_member_all.out_date is 'Day on which it left; null while it is a member';

comment on column index_member_all.is_new is 'Y for a present member, N for a past one';

comment on column index_member_all.stored_at is 'When this row was stored or last changed here';

create table index_weight (
  ts_code text collate "C" not null,
  con_code text collate "C" not null,
  trade_date date not null,
  weight numeric not null,
  stored_at timestamptz not null default now(),
  constraint index_weight_key primary key (ts_code, con_code, trade_date)
);

create index index_weight_by_trade_date_ts_code_con_code on index_weight (trade_date, ts_code, con_code);

comment on table index_weight is 'Members of indices and their weights, from the interface index_weight. A day has few of the members when the licence allows no more';

comment on column index_weight.ts_code is 'Code of the index, which TuShare calls index_code';

comment on column index_weight.con_code is 'Code of the member';

comment on column index_weight.trade_date is 'Day of the weights';

comment on column index_weight.weight is 'Weight in the index, percent';

comment on column index_weight.stored_at is 'When this row was stored or last changed here';

create table block_trade (
  ts_code text collate "C" not null,
  trade_date date not null,
  price numeric,
  vol numeric,
  amount numeric,
  buyer text,
  seller text,
  stored_at timestamptz not null default now()
);

create index block_trade_by_ts_code_trade_date on block_trade (ts_code, trade_date);

create index block_trade_by_trade_date_ts_code on block_trade (trade_date, ts_code);

comment on table block_trade is 'Block trades, a row for each, from the interface block_trade';

comment on column block_trade.ts_code is 'TuShare code, such as 600519.SH';

comment on column block_trade.trade_date is 'Trading day';

comment on column block_trade.price is 'Price, CNY';

comment on column block_trade.vol is 'Volume, ten thousand shares';

comment on column block_trade.amount is 'Value, ten thousand CNY';

comment on column block_trade.buyer is 'Seat of the buyer';

comment on column block_trade.seller is 'Seat of the seller';

comment on column block_trade.stored_at is 'When this row was stored or last changed here';

create table hk_hold (
  trade_date date not null,
  exchange text not null,
  code text not null,
  ts_code text collate "C",
  name text,
  vol numeric,
  ratio numeric,
  stored_at timestamptz not null default now(),
  constraint hk_hold_key primary key (trade_date, exchange, code)
);

comment on table hk_hold is 'Shares held through Stock Connect, from the interface hk_hold';

comment on column hk_hold.trade_date is 'Trading day';

comment on column hk_hold.exchange is 'SH or SZ for stocks held from Hong Kong, HK for those held from the mainland';

comment on column hk_hold.code is 'Code of the Hong Kong clearing house';

comment on column hk_hold.ts_code is 'TuShare code, such as 600519.SH or 00700.HK';

comment on column hk_hold.name is 'Short name';

comment on column hk_hold.vol is 'Shares held, shares';

comment on column hk_hold.ratio is 'Share of the issued capital, percent';

comment on column hk_hold.stored_at is 'When this row was stored or last changed here';

create table limit_list_d (
  trade_date date not null,
  ts_code text collate "C" not null,
  limit_type text not null,
  industry text,
  name text,
  close numeric,
  pct_chg numeric,
  amount numeric,
  limit_amount numeric,
  float_mv numeric,
  total_mv numeric,
  turnover_ratio numeric,
  fd_amount numeric,
  first_time text,
  last_time text,
  open_times numeric,
  up_stat text,
  limit_times numeric,
  stored_at timestamptz not null default now(),
  constraint limit_list_d_key primary key (trade_date, ts_code, limit_type)
);

comment on table limit_list_d is 'Stocks that reached their price limit on a day, from the interface limit_list_d. Money is in CNY';

comment on column limit_list_d.trade_date is 'Trading day';

comment on column limit_list_d.ts_code is 'TuShare code, such as 600519.SH';

comment on column limit_list_d.limit_type is 'U upper limit, D lower limit, Z left the upper limit; TuShare calls it limit';

comment on column limit_list_d.industry is 'Industry';

comment on column limit_list_d.name is 'Short name';

comment on column limit_list_d.close is 'Close, CNY';

comment on column limit_list_d.pct_chg is 'Change on the day before, percent';

comment on column limit_list_d.amount is 'Turnover, CNY';

comment on column limit_list_d.limit_amount is 'Turnover at the limit price, CNY; null at the upper limit';

comment on column limit_list_d.float_mv is 'Market value of the tradable shares, CNY';

comment on column limit_list_d.total_mv is 'Market value of all shares, CNY';

comment on column limit_list_d.turnover_ratio is 'Turnover of the float, percent';

comment on column limit_list_d.fd_amount is 'Value of the orders that wait at the limit, CNY';

comment on column limit_list_d.first_time is 'First time at the limit, in which 93000 is half past nine';

comment on column limit_list_d.last_time is 'Last time at the limit, written likewise';

comment on column limit_list_d.open_times is 'Times that it left the limit, times';

comment on column limit_list_d.up_stat is 'Upper limits in days, such as 3/5';

comment on column limit_list_d.limit_times is 'Upper limits in a row, times';

comment on column limit_list_d.stored_at is 'When this row was stored or last changed here';

create table margin_detail (
  ts_code text collate "C" not null,
  trade_date date not null,
  name text,
  rzye numeric,
  rqye numeric,
  rzmre numeric,
  rqyl numeric,
  rzche numeric,
  rqchl numeric,
  rqmcl numeric,
  rzrqye numeric,
  stored_at timestamptz not null default now(),
  constraint margin_detail_key primary key (ts_code, trade_date)
);

create index margin_detail_by_trade_date_ts_code on margin_detail (trade_date, ts_code);

comment on table margin_detail is 'Margin trading of each security, from the interface margin_detail';

comment on column margin_detail.ts_code is 'TuShare code, such as 600519.SH';

comment on column margin_detail.trade_date is 'Trading day';

comment on column margin_detail.name is 'Short name; null before September 2019';

comment on column margin_detail.rzye is 'Balance of loans for buying, CNY';

comment on column margin_detail.rqye is 'Value of the securities lent, CNY';

comment on column margin_detail.rzmre is 'Bought on loan, CNY';

comment on column margin_detail.rqyl is 'Securities lent, shares, units or lots, by kind of security';

comment on column margin_detail.rzche is 'Loans repaid, CNY';

comment on column margin_detail.rqchl is 'Lent securities returned, shares, units or lots, by kind of security';

comment on column margin_detail.rqmcl is 'Lent securities sold, shares, units or lots, by kind of security';

comment on column margin_detail.rzrqye is 'rzye and rqye together, CNY';

comment on column margin_detail.stored_at is 'When this row was stored or last changed here';

create table margin (
  trade_date date not null,
  exchange_id text not null,
  rzye numeric,
  rzmre numeric,
  rzche numeric,
  rqye numeric,
  rqmcl numeric,
  rzrqye numeric,
  rqyl numeric,
  stored_at timestamptz not null default now(),
  constraint margin_key primary key (trade_date, exchange_id)
);

comment on table margin is 'Margin trading of each exchange, from the interface margin';

comment on column margin.trade_date is 'Trading day';

comment on column margin.exchange_id is 'Exchange, SSE, SZSE or BSE';

comment on column margin.rzye is 'Balance of loans for buying, CNY';

comment on column margin.rzmre is 'Bought on loan, CNY';

comment on column margin.rzche is 'Loans repaid, CNY';

comment on column margin.rqye is 'Value of the securities lent, CNY';

comment on column margin.rqmcl is 'Lent securities sold, shares, units or lots, by kind of security';

comment on column margin.rzrqye is 'rzye and rqye together, CNY';

comment on column margin.rqyl is 'Securities lent, shares, units or lots, by kind of security; null in older years';

comment on column margin.stored_at is 'When this row was stored or last changed here';

create table moneyflow_hsgt (
  trade_date date not null,
  ggt_ss numeric,
  ggt_sz numeric,
  hgt numeric,
  sgt numeric,
  north_money numeric,
  south_money numeric,
  stored_at timestamptz not null default now(),
  constraint moneyflow_hsgt_key primary key (trade_date)
);

comment on table moneyflow_hsgt is 'Net flows through Stock Connect by day, from the interface moneyflow_hsgt. The currency of the southbound columns is not documented';

comment on column moneyflow_hsgt.trade_date is 'Trading day';

comment on column moneyflow_hsgt.ggt_ss is 'From the mainland through Shanghai, million CNY; null on half days';

comment on column moneyflow_hsgt.ggt_sz is 'From the mainland through Shenzhen, million CNY; null on half days';

comment on column moneyflow_hsgt.hgt is 'From Hong Kong to Shanghai, million CNY';

comment on column moneyflow_hsgt.sgt is 'From Hong Kong to Shenzhen, million CNY';

comment on column moneyflow_hsgt.north_money is 'hgt and sgt together, million CNY';

comment on column moneyflow_hsgt.south_money is 'ggt_ss and ggt_sz together, million CNY';

comment on column moneyflow_hsgt.stored_at is 'When this row was stored or last changed here';

create table moneyflow (
  ts_code text collate "C" not null,
  trade_date date not null,
  buy_sm_vol numeric,
  buy_sm_amount numeric,
  sell_sm_vol numeric,
  sell_sm_amount numeric,
  buy_md_vol numeric,
  buy_md_amount numeric,
  sell_md_vol numeric,
  sell_md_amount numeric,
  buy_lg_vol numeric,
  buy_lg_amount numeric,
  sell_lg_vol numeric,
  sell_lg_amount numeric,
  buy_elg_vol numeric,
  buy_elg_amount numeric,
  sell_elg_vol numeric,
  sell_elg_amount numeric,
  net_mf_vol numeric,
  net_mf_amount numeric,
  stored_at timestamptz not null default now(),
  constraint moneyflow_key primary key (ts_code, trade_date)
);

create index moneyflow_by_trade_date_ts_code on moneyflow (trade_date, ts_code);

comment on table moneyflow is 'Volume and value by size of order, from the interface moneyflow. net_mf_amount is TuShare''s own count of active orders, not a sum of the other columns';

comment on column moneyflow.ts_code is 'TuShare code, such as 600519.SH';

comment on column moneyflow.trade_date is 'Trading day';

comment on column moneyflow.buy_sm_vol is 'Bought by small orders, volume, lots of 100 shares';

comment on column moneyflow.buy_sm_amount is 'Bought by small orders, value, ten thousand CNY';

comment on column moneyflow.sell_sm_vol is 'Sold by small orders, volume, lots of 100 shares';

comment on column moneyflow.sell_sm_amount is 'Sold by small orders, value, ten thousand CNY';

comment on column moneyflow.buy_md_vol is 'Bought by medium orders, volume, lots of 100 shares';

comment on column moneyflow.buy_md_amount is 'Bought by medium orders, value, ten thousand CNY';

comment on column moneyflow.sell_md_vol is 'Sold by medium orders, volume, lots of 100 shares';

comment on column moneyflow.sell_md_amount is 'Sold by medium orders, value, ten thousand CNY';

comment on column moneyflow.buy_lg_vol is 'Bought by large orders, volume, lots of 100 shares';

comment on column moneyflow.buy_lg_amount is 'Bought by large orders, value, ten thousand CNY';

comment on column moneyflow.sell_lg_vol is 'Sold by large orders, volume, lots of 100 shares';

comment on column moneyflow.sell_lg_amount is 'Sold by large orders, value, ten thousand CNY';

comment on column moneyflow.buy_elg_vol is 'Bought by very large orders, volume, lots of 100 shares';

comment on column moneyflow.buy_elg_amount is 'Bought by very large orders, value, ten thousand CNY';

comment on column moneyflow.sell_elg_vol is 'Sold by very large orders, volume, lots of 100 shares';

comment on column moneyflow.sell_elg_amount is 'Sold by very large orders, value, ten thousand CNY';

comment on column moneyflow.net_mf_vol is 'Net inflow, volume, lots of 100 shares';

comment on column moneyflow.net_mf_amount is 'Net inflow, value, ten thousand CNY';

comment on column moneyflow.stored_at is 'When this row was stored or last changed here';

create table stk_limit (
  ts_code text collate "C" not null,
  trade_date date not null,
  pre_close numeric,
  up_limit numeric,
  down_limit numeric,
  stored_at timestamptz not null default now(),
  constraint stk_limit_key primary key (ts_code, trade_date)
);

create index stk_limit_by_trade_date_ts_code on stk_limit (trade_date, ts_code);

comment on table stk_limit is 'Highest and lowest price allowed on a day, from the interface stk_limit. A security without a limit has placeholders such as 99999.999 and 0.01';

comment on column stk_limit.ts_code is 'TuShare code, such as 600519.SH';

comment on column stk_limit.trade_date is 'Trading day';

comment on column stk_limit.pre_close is 'Close of the day before, CNY; often null';

comment on column stk_limit.up_limit is 'Highest price allowed, CNY';

comment on column stk_limit.down_limit is 'Lowest price allowed, CNY';

comment on column stk_limit.stored_at is 'When this row was stored or last changed here';

create table top_inst (
  trade_date date not null,
  ts_code text collate "C" not null,
  reason text,
  side text,
  exalter text,
  buy numeric,
  buy_rate numeric,
  sell numeric,
  sell_rate numeric,
  net_buy numeric,
  stored_at timestamptz not null default now()
);

create index top_inst_by_ts_code_trade_date on top_inst (ts_code, trade_date);

create index top_inst_by_trade_date_ts_code on top_inst (trade_date, ts_code);

comment on table top_inst is 'Seats that traded the stocks on the list of unusual trading, from the interface top_inst';

comment on column top_inst.trade_date is 'Trading day';

comment on column top_inst.ts_code is 'TuShare code, such as 600519.SH';

comment on column top_inst.reason is 'Why the stock is on the list';

comment on column top_inst.side is '0 among the largest buyers, 1 among the largest sellers';

comment on column top_inst.exalter is 'Seat; 机构专用 stands for any institution';

comment on column top_inst.buy is 'Bought, CNY';

comment on column top_inst.buy_rate is 'buy, share of the turnover, percent';

comment on column top_inst.sell is 'Sold, CNY';

comment on column top_inst.sell_rate is 'sell, share of the turnover, percent';

comment on column top_inst.net_buy is 'Net bought, CNY';

comment on column top_inst.stored_at is 'When this row was stored or last changed here';

create table top_list (
  trade_date date not null,
  ts_code text collate "C" not null,
  reason text,
  name text,
  close numeric,
  pct_change numeric,
  turnover_rate numeric,
  amount numeric,
  l_sell numeric,
  l_buy numeric,
  l_amount numeric,
  net_amount numeric,
  net_rate numeric,
  amount_rate numeric,
  float_values numeric,
  stored_at timestamptz not null default now()
);

create index top_list_by_ts_code_trade_date on top_list (ts_code, trade_date);

create index top_list_by_trade_date_ts_code on top_list (trade_date, ts_code);

comment on table top_list is 'Stocks on the exchanges'' list of unusual trading, a row for each reason, from the interface top_list';

comment on column top_list.trade_date is 'Trading day';

comment on column top_list.ts_code is 'TuShare code, such as 600519.SH';

comment on column top_list.reason is 'Why it is on the list';

comment on column top_list.name is 'Short name';

comment on column top_list.close is 'Close, CNY';

comment on column top_list.pct_change is 'Change on the day before, percent';

comment on column top_list.turnover_rate is 'Turnover of the float, percent';

comment on column top_list.amount is 'Turnover of the stock, CNY';

comment on column top_list.l_sell is 'Sold by the listed seats, CNY';

comment on column top_list.l_buy is 'Bought by the listed seats, CNY';

comment on column top_list.l_amount is 'Turnover of the listed seats, CNY';

comment on column top_list.net_amount is 'Net bought by the listed seats, CNY';

comment on column top_list.net_rate is 'net_amount, share of the turnover, percent';

comment on column top_list.amount_rate is 'l_amount, share of the turnover, percent';

comment on column top_list.float_values is 'Market value of the tradable shares, CNY';

comment on column top_list.stored_at is 'When this row was stored or last changed here';
