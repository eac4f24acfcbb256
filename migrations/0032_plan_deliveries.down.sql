drop index sync_task_resumed;

alter table sync_task drop column resume_at;

drop index sync_unit_unsettled;

alter table sync_unit drop column delivery_at;
