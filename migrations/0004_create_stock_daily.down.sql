drop table stock_daily;
