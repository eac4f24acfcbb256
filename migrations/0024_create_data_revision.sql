create table data_revision (
  id bigint not null generated always as identity,
  dataset text not null,
  key jsonb not null,
  ts_code text collate "C",
  day date,
  column_name text,
  old_value text,
  new_value text,
  class text not null,
  seen_at timestamptz not null default now(),
  believed_at timestamptz,
  task_id uuid,
  constraint data_revision_key primary key (id),
  constraint data_revision_class check (
    class in ('changed', 'last_digit', 'corporate_action', 'restatement', 'emptied', 'removed', 'added', 'too_many')
  ),
  constraint data_revision_too_many check (class <> 'too_many'),
  constraint data_revision_values check (column_name is not null or class in ('removed', 'added'))
);

create index data_revision_lately on data_revision (seen_at, id);

create index data_revision_of_dataset on data_revision (dataset, seen_at, id);

create index data_revision_of_code on data_revision (ts_code, seen_at, id);

create index data_revision_pending on data_revision (dataset, day) where class = 'emptied' and believed_at is null;

comment on table data_revision is 'Values that TuShare changed after they had been stored: one row for each changed value';

comment on column data_revision.id is 'Identity, in the order in which they were seen';

comment on column data_revision.dataset is 'The dataset whose row changed';

comment on column data_revision.key is 'The key of the row, by column; the whole row where rows have no unique key';

comment on column data_revision.ts_code is 'The code of the row; null where rows have none';

comment on column data_revision.day is 'The day of the row; null where rows have none';

comment on column data_revision.column_name is 'The column that changed; null for a row that was removed or added';

comment on column data_revision.old_value is 'The value that was stored, as text; null for a row';

comment on column data_revision.new_value is 'The value that TuShare has now, as text; null when it is empty, and for a row';

comment on column data_revision.class is 'changed: a value other than the adjustment factor. Of the factor: last_digit for rounding, corporate_action for one ratio over all days before or since a day, restatement for anything else. emptied: TuShare has no value any more. removed, added: a row of an answer that replaces its slice. too_many is never stored: the rule data_revision_too_many refuses the statement';

comment on column data_revision.seen_at is 'When the change was first seen';

comment on column data_revision.believed_at is 'When an emptied value was seen empty again on a later day and the stored one was removed; null until then, and in other classes';

comment on column data_revision.task_id is 'The task whose unit saw it';
