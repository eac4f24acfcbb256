alter table stock_info add column gone_on date;

comment on column stock_info.gone_on is 'Day since which no list has the code, the one after its last daily row; null while a list has it';

create table sync_list_answer (
  dataset text not null,
  unit_key text not null,
  task_id uuid not null,
  codes text[] not null,
  answered_at timestamptz not null,
  constraint sync_list_answer_key primary key (dataset, unit_key)
);

comment on table sync_list_answer is 'The codes of the last answer for each part of a list of securities. A code that was listed before and is in none of them is gone';

comment on column sync_list_answer.dataset is 'The dataset it mirrors, as named in the dataset catalogue';

comment on column sync_list_answer.unit_key is 'The part of the list, the key of its unit';

comment on column sync_list_answer.task_id is 'The task of the answer';

comment on column sync_list_answer.codes is 'The codes in it';

comment on column sync_list_answer.answered_at is 'When it was stored';
