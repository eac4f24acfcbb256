comment on column stock_daily.free_share is 'Freely floating shares, ten thousand';

comment on column stock_daily.float_share is 'Tradable shares, ten thousand';

comment on column stock_daily.total_share is 'Shares in all, ten thousand';

comment on column stock_daily_with_factor.pre_close is 'Reference price, CNY, the previous close adjusted on ex-dates';

comment on column stock_daily.pre_close is 'Reference price, CNY, the previous close adjusted on ex-dates';

comment on column stock_daily_with_factor.low is 'Lowest price, CNY, unadjusted';

comment on column stock_daily.low is 'Lowest price, CNY, unadjusted';

comment on column stock_daily_with_factor.high is 'Highest price, CNY, unadjusted';

comment on column stock_daily.high is 'Highest price, CNY, unadjusted';

comment on column stock_daily_with_factor.open is 'Opening price, CNY, unadjusted';

comment on column stock_daily.open is 'Opening price, CNY, unadjusted';

comment on column stock_daily_with_factor.close is 'Closing price, CNY, unadjusted';

comment on column stock_daily.close is 'Closing price, CNY, unadjusted';
