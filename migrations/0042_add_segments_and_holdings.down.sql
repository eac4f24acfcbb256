drop table fund_portfolio;

drop table fina_mainbz;
