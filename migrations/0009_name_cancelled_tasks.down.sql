update sync_task
set status = 'FAILED'
where status = 'CANCELLED';

alter table sync_task
  drop constraint sync_task_status,
  add constraint sync_task_status check (status in ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'PAUSED'));

comment on column sync_task.status is 'PENDING until planned, RUNNING, COMPLETED when every unit is done, FAILED when units are parked or it was cancelled, PAUSED';

comment on column sync_task.reason is 'Why it is paused or failed, or what to know about it; null when there is nothing to say';
