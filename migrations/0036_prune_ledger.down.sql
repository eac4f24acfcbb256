drop table sync_failure_month;

drop index sync_failure_record_resolved;

drop index sync_task_to_prune;

alter table sync_task
  drop column pruned_units,
  drop column pruned_at;
