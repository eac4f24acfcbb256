alter table sync_finding
  drop column key;

delete from sync_verification where how = 'upstream';

alter table sync_verification
  drop column compared_by;

delete from sync_task where config -> 'compares' is not null;

alter table sync_unit
  drop constraint sync_unit_compared_rows,
  drop constraint sync_unit_status,
  add constraint sync_unit_status check (status in ('pending', 'sent', 'done', 'not_due', 'failed', 'parked')),
  drop column differing;

comment on column sync_unit.unit_key is 'What it covers, readable and the same in every task, such as stock_daily/20240102';

comment on column sync_unit.status is 'pending, sent to the queue, done, not_due (upstream has not published yet), failed (another attempt is planned), parked (needs a person)';

comment on column sync_unit.rows is 'Rows of the answer that was proven complete and stored; null until done';

comment on column sync_verification.expected is 'Rows that the lists expect; null where no list says which rows a day must have';

comment on column sync_verification.stored is 'Of these, stored; null where no list says which rows a day must have';

comment on column sync_verification.different is 'Rows that are not as upstream has them, or only here';

comment on column sync_verification.task_id is 'The task that fetches what is missing, or compares with upstream; null without one';
