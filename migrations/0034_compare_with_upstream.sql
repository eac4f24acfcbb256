alter table sync_unit
  drop constraint sync_unit_status,
  add constraint sync_unit_status check (
    status in ('pending', 'sent', 'done', 'compared', 'not_due', 'failed', 'parked')
  ),
  add column differing integer,
  add constraint sync_unit_compared_rows check (status <> 'compared' or (rows is not null and differing is not null));

comment on column sync_unit.unit_key is 'What it covers, readable and the same in every task, such as stock_daily/20240102; of a comparison, compare/stock_daily/20240102';

comment on column sync_unit.status is 'pending, sent to the queue, done, compared (fetched for a verification, and not stored), not_due (upstream has not published yet), failed (another attempt is planned), parked (needs a person)';

comment on column sync_unit.rows is 'Rows of the answer that was proven complete, and stored or compared; null until then';

comment on column sync_unit.differing is 'When it was compared: rows that are missing, different or only here. Null otherwise';

alter table sync_verification
  add column compared_by uuid;

comment on column sync_verification.expected is 'Rows that the lists expect; null where no list says which rows a day must have. Compared with upstream and without such a list: rows that upstream has';

comment on column sync_verification.stored is 'Of these, stored; null where expected is null';

comment on column sync_verification.different is 'Rows that are not as upstream has them, or only here; of one row several values may differ';

comment on column sync_verification.task_id is 'The task that fetches what is missing or different; null without one';

comment on column sync_verification.compared_by is 'The task that compares with upstream; null without one';

alter table sync_finding
  add column key jsonb;

comment on column sync_finding.key is 'The key of the row, when it was compared with upstream; null otherwise';
