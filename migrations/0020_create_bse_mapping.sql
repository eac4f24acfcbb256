create table bse_mapping (
  o_code text collate "C" not null,
  n_code text collate "C" not null,
  name text,
  list_date date,
  stored_at timestamptz not null default now(),
  constraint bse_mapping_key primary key (o_code)
);

comment on table bse_mapping is 'Old and new codes of the stocks of the Beijing exchange that moved on 9 October 2025, from the interface bse_mapping';

comment on column bse_mapping.o_code is 'Code before the move, such as 430047.BJ';

comment on column bse_mapping.n_code is 'Code since the move, such as 920047.BJ';

comment on column bse_mapping.name is 'Short name';

comment on column bse_mapping.list_date is 'Day of listing, which the move does not change';

comment on column bse_mapping.stored_at is 'When this row was stored or last changed here';
