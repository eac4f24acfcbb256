drop table cb_daily;

drop table cb_basic;

drop table fund_share;

drop table fund_nav;

drop table shibor;

drop table cn_m;

drop table cn_gdp;

drop table cn_cpi;

drop table top10_holders;

drop table top10_floatholders;

drop table stk_holdertrade;

drop table stk_holdernumber;

drop table share_float;

drop table repurchase;

drop table pledge_stat;
