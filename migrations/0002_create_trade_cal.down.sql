drop table trade_cal;
