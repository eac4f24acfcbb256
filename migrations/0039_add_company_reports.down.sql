drop table stock_company;

drop table new_share;

drop table namechange;

drop table income;

drop table forecast;

drop table fina_audit;

drop table express;

drop table dividend;

drop table cashflow;

drop table balancesheet;
