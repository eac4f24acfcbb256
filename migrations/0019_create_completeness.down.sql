drop trigger index_daily_moved on index_daily;

drop trigger index_daily_truncated on index_daily;

drop trigger index_daily_deleted on index_daily;

drop trigger suspend_d_moved on suspend_d;

drop trigger suspend_d_truncated on suspend_d;

drop trigger suspend_d_deleted on suspend_d;

drop trigger stock_daily_moved on stock_daily;

drop trigger stock_daily_truncated on stock_daily;

drop trigger stock_daily_deleted on stock_daily;

drop function check_days_again();

drop table sync_day;

drop table sync_absence;
