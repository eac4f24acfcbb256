drop table stock_info;
