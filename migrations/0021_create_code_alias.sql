create view code_alias as
with known (old_code, new_code, moved_on) as (
  values
    ('601313.SH' collate "C", '601360.SH' collate "C", date '2018-02-28'),
    ('000022.SZ', '001872.SZ', date '2018-12-26'),
    ('000043.SZ', '001914.SZ', date '2019-12-16'),
    ('300114.SZ', '302132.SZ', date '2025-02-17')
)
select old_code, new_code, moved_on, 'known' as source
from known
union all
select o_code, n_code, date '2025-10-09', 'bse_mapping'
from bse_mapping
where o_code <> n_code and o_code not in (select old_code from known);

comment on view code_alias is 'Stocks that traded on under another code. Their daily data is stored under both codes: that of the new code goes back to the listing';

comment on column code_alias.old_code is 'Code before the move, such as 300114.SZ';

comment on column code_alias.new_code is 'Code since the move, such as 302132.SZ';

comment on column code_alias.moved_on is 'First trading day of the new code';

comment on column code_alias.source is 'Where the move is known from, bse_mapping for the Beijing exchange, known for the moves in shared/catalogue/code-moves.ts';
