drop table sync_failure_month;

drop index sync_failure_record_resolved;

drop index sync_task_to_prune;

alter table sync_task
  drop column pruned_units,
  drop column pruned_done,
  drop column pruned_parked,
  drop column pruned_rows,
  drop column pruned_sent_at,
  drop column pruned_at;
