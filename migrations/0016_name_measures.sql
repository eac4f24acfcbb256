comment on column stock_daily.close is 'Closing price, unadjusted, CNY';

comment on column stock_daily_with_factor.close is 'Closing price, unadjusted, CNY';

comment on column stock_daily.open is 'Opening price, unadjusted, CNY';

comment on column stock_daily_with_factor.open is 'Opening price, unadjusted, CNY';

comment on column stock_daily.high is 'Highest price, unadjusted, CNY';

comment on column stock_daily_with_factor.high is 'Highest price, unadjusted, CNY';

comment on column stock_daily.low is 'Lowest price, unadjusted, CNY';

comment on column stock_daily_with_factor.low is 'Lowest price, unadjusted, CNY';

comment on column stock_daily.pre_close is 'Reference price, the previous close adjusted on ex-dates, CNY';

comment on column stock_daily_with_factor.pre_close is 'Reference price, the previous close adjusted on ex-dates, CNY';

comment on column stock_daily.total_share is 'All shares, ten thousand shares';

comment on column stock_daily.float_share is 'Tradable shares, ten thousand shares';

comment on column stock_daily.free_share is 'Freely floating shares, ten thousand shares';
