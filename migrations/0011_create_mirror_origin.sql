create table mirror_origin (
  only_row boolean not null default true,
  kind text not null,
  identity text not null,
  recorded_at timestamptz not null default now(),
  constraint mirror_origin_key primary key (only_row),
  constraint mirror_origin_is_one_row check (only_row),
  constraint mirror_origin_kind_is_known check (kind in ('tushare', 'simulated', 'captured', 'address')),
  constraint mirror_origin_identity_is_there check (identity <> '')
);

comment on table mirror_origin is 'Where every mirrored row of this database comes from: one row, recorded before the first of them and never changed';

comment on column mirror_origin.only_row is 'Always true: the key that keeps this one row';

comment on column mirror_origin.kind is 'tushare: the real TuShare; simulated: the generated market of a trial; captured: answers kept from earlier; address: what answers at an address that is not TuShare''s own';

comment on column mirror_origin.identity is 'Tells it from others of its kind: api.tushare.pro; seed and size of the market; name and content of the folder; the address';

comment on column mirror_origin.recorded_at is 'When it was recorded';
