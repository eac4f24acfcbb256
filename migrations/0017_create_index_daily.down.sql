drop table index_daily;
