create function listed_on(day date)
returns table (ts_code text, ts_code_now text, name text, is_etf text, listed_from date, listed_to date)
language sql
stable
as '
select coalesce(was.old_code, info.ts_code), info.ts_code, info.name, info.is_etf, info.list_date,
  coalesce(least(info.delist_date, was.moved_on, moved.moved_on), info.gone_on)
from stock_info as info
left join lateral (
  select alias.old_code, alias.moved_on
  from code_alias as alias
  where alias.new_code = info.ts_code and alias.moved_on > listed_on.day
  order by alias.moved_on
  limit 1
) as was on true
left join code_alias as moved on moved.old_code = info.ts_code
where info.list_date <= listed_on.day
  and coalesce(least(info.delist_date, moved.moved_on), info.gone_on, ''infinity'') > listed_on.day
  and (info.list_status is distinct from ''D'' or info.delist_date is not null)
  and not exists (select 1 from stock_info as newer where newer.ts_code = moved.new_code)
';

comment on function listed_on(date) is 'The stocks and ETFs listed on a day, each once, with the code it had then (ts_code) and the code of its row in stock_info (ts_code_now). The name is that of now';
