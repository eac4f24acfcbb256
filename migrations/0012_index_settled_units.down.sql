drop index sync_unit_done_period;

drop index sync_unit_done_code;

drop index sync_unit_done_day;
