drop table top_list;

drop table top_inst;

drop table stk_limit;

drop table moneyflow;

drop table moneyflow_hsgt;

drop table margin;

drop table margin_detail;

drop table limit_list_d;

drop table hk_hold;

drop table block_trade;

drop table index_weight;

drop table index_member_all;

drop table index_dailybasic;

drop table index_classify;

drop table index_basic;
