drop table sync_failure_record;

drop table sync_unit;

drop table sync_task;
