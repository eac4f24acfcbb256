alter table sync_task
  drop constraint sync_task_status,
  add constraint sync_task_status check (
    status in ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'PAUSED')
  );

update sync_task
set status = 'CANCELLED'
where status = 'FAILED'
  and (reason = 'cancelled by a command' or starts_with(reason, 'started again by stock'));

comment on column sync_task.status is 'PENDING until planned, RUNNING, COMPLETED when every unit is done, FAILED when units are parked or no plan could be made, CANCELLED by a command or for a start by stock, PAUSED';

comment on column sync_task.reason is 'Why it is paused, failed or cancelled, or what to know about it; null when there is nothing to say';
