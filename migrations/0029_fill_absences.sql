-- What the answers of the version before did not hold, from the rows and the ledger. A row that only one day lacks, as many
-- others of that day, is left out: such a day was taken for whole too early, and is fetched again.
-- long until: select obj_description(cast('sync_absence' as regclass), 'pg_class') is not null
insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with member as materialized (
  select listed.ts_code, list_date as first_day,
    least(coalesce(delist_date, 'infinity'), coalesce(moved_on, 'infinity')) as end_day
  from stock_info as listed
  left join code_alias on old_code = listed.ts_code
  where is_etf = 'N' and list_date is not null and (list_status = 'L' or delist_date is not null)
),
open_day as materialized (
  select cal_date as trade_date, lag(cal_date) over (order by cal_date) as day_before,
    lead(cal_date) over (order by cal_date) as day_after
  from trade_cal
  where exchange = 'SSE' and is_open = 1
),
stored as materialized (
  select trade_date, count(*) as rows
  from stock_daily
  where not ((ts_code >= '1' and ts_code < '2') or (ts_code >= '5' and ts_code < '6'))
  group by trade_date
),
answered as (
  select to_date(selector ->> 'trade_date', 'YYYYMMDD') as trade_date, max(rows) as rows
  from sync_unit
  where dataset = 'stock_daily' and status = 'done' and selector ->> 'by' = 'date'
  group by 1
),
whole as materialized (
  select trade_date, day_before, day_after, coalesce(stored.rows, 0) as rows
  from answered
  join open_day using (trade_date)
  left join stored using (trade_date)
  where answered.rows <= coalesce(stored.rows, 0)
),
absent as materialized (
  select whole.trade_date, whole.rows, cell.ts_code,
    exists (select from stock_daily as bar where bar.ts_code = cell.ts_code and bar.trade_date = day_before)
    and (
      exists (select from stock_daily as bar where bar.ts_code = cell.ts_code and bar.trade_date = day_after)
      or not exists (select from stored where stored.trade_date = day_after)
    ) as is_hole
  from whole
  cross join lateral (
    select member.ts_code
    from member
    where whole.trade_date >= first_day and whole.trade_date < end_day
    except
    select bar.ts_code
    from stock_daily as bar
    where bar.trade_date = whole.trade_date
  ) as cell
)
select 'stock_daily', trade_date, ts_code, 'daily', 'unexplained', 3
from (
  select trade_date, ts_code, is_hole, count(*) filter (where is_hole) over (partition by trade_date) as holes, rows
  from absent
) as found
where not is_hole or holes <= greatest(3, 0.05 * (rows + holes))
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with member as materialized (
  select listed.ts_code, list_date as first_day,
    least(coalesce(delist_date, 'infinity'), coalesce(moved_on, 'infinity')) as end_day
  from stock_info as listed
  left join code_alias on old_code = listed.ts_code
  where is_etf = 'N' and list_date is not null and (list_status = 'L' or delist_date is not null)
),
answered as materialized (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day,
    cast(max(settled_at) at time zone 'Asia/Shanghai' as date) - 1 as last_day_known, rows
  from sync_unit
  where dataset = 'stock_daily' and status = 'done' and selector ->> 'by' = 'code'
  group by 1, 2, 3, rows
)
select distinct 'stock_daily', cal_date, answered.ts_code, 'daily', 'unexplained', 3
from answered
join member using (ts_code)
join trade_cal on exchange = 'SSE' and is_open = 1
  and cal_date between answered.first_day and least(answered.last_day, answered.last_day_known)
  and cal_date >= member.first_day and cal_date < member.end_day
where rows <= (
    select count(*)
    from stock_daily as bar
    where bar.ts_code = answered.ts_code and bar.trade_date between answered.first_day and answered.last_day
  )
  and not exists (select from stock_daily as bar where bar.ts_code = answered.ts_code and bar.trade_date = cal_date)
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with member as materialized (
  select listed.ts_code, list_date as first_day,
    least(coalesce(delist_date, 'infinity'), coalesce(moved_on, 'infinity')) as end_day
  from stock_info as listed
  left join code_alias on old_code = listed.ts_code
  where is_etf = 'Y' and list_date is not null and (list_status = 'L' or delist_date is not null)
),
open_day as materialized (
  select cal_date as trade_date, lag(cal_date) over (order by cal_date) as day_before,
    lead(cal_date) over (order by cal_date) as day_after
  from trade_cal
  where exchange = 'SSE' and is_open = 1
),
stored as materialized (
  select trade_date, count(*) as rows
  from stock_daily
  where ((ts_code >= '1' and ts_code < '2') or (ts_code >= '5' and ts_code < '6'))
  group by trade_date
),
answered as (
  select to_date(selector ->> 'trade_date', 'YYYYMMDD') as trade_date, max(rows) as rows
  from sync_unit
  where dataset = 'etf_daily' and status = 'done' and selector ->> 'by' = 'date'
  group by 1
),
whole as materialized (
  select trade_date, day_before, day_after, coalesce(stored.rows, 0) as rows
  from answered
  join open_day using (trade_date)
  left join stored using (trade_date)
  where answered.rows <= coalesce(stored.rows, 0)
),
absent as materialized (
  select whole.trade_date, whole.rows, cell.ts_code,
    exists (select from stock_daily as bar where bar.ts_code = cell.ts_code and bar.trade_date = day_before)
    and (
      exists (select from stock_daily as bar where bar.ts_code = cell.ts_code and bar.trade_date = day_after)
      or not exists (select from stored where stored.trade_date = day_after)
    ) as is_hole
  from whole
  cross join lateral (
    select member.ts_code
    from member
    where whole.trade_date >= first_day and whole.trade_date < end_day
    except
    select bar.ts_code
    from stock_daily as bar
    where bar.trade_date = whole.trade_date
  ) as cell
)
select 'etf_daily', trade_date, ts_code, 'fund_daily', 'unexplained', 3
from (
  select trade_date, ts_code, is_hole, count(*) filter (where is_hole) over (partition by trade_date) as holes, rows
  from absent
) as found
where not is_hole or holes <= greatest(3, 0.05 * (rows + holes))
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with member as materialized (
  select listed.ts_code, list_date as first_day,
    least(coalesce(delist_date, 'infinity'), coalesce(moved_on, 'infinity')) as end_day
  from stock_info as listed
  left join code_alias on old_code = listed.ts_code
  where is_etf = 'Y' and list_date is not null and (list_status = 'L' or delist_date is not null)
),
answered as materialized (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day,
    cast(max(settled_at) at time zone 'Asia/Shanghai' as date) - 1 as last_day_known, rows
  from sync_unit
  where dataset = 'etf_daily' and status = 'done' and selector ->> 'by' = 'code'
  group by 1, 2, 3, rows
)
select distinct 'etf_daily', cal_date, answered.ts_code, 'fund_daily', 'unexplained', 3
from answered
join member using (ts_code)
join trade_cal on exchange = 'SSE' and is_open = 1
  and cal_date between answered.first_day and least(answered.last_day, answered.last_day_known)
  and cal_date >= member.first_day and cal_date < member.end_day
where rows <= (
    select count(*)
    from stock_daily as bar
    where bar.ts_code = answered.ts_code and bar.trade_date between answered.first_day and answered.last_day
  )
  and not exists (select from stock_daily as bar where bar.ts_code = answered.ts_code and bar.trade_date = cal_date)
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with answered as materialized (
  select selector ->> 'ts_code' as ts_code, to_date(selector ->> 'from', 'YYYYMMDD') as first_day,
    to_date(selector ->> 'to', 'YYYYMMDD') as last_day,
    cast(max(settled_at) at time zone 'Asia/Shanghai' as date) - 1 as last_day_known, rows
  from sync_unit
  where dataset = 'index_daily' and status = 'done' and selector ->> 'by' = 'code'
  group by 1, 2, 3, rows
)
select distinct 'index_daily', cal_date, answered.ts_code, 'index_daily', 'unexplained', 3
from answered
join trade_cal on exchange = 'SSE' and is_open = 1
  and cal_date between answered.first_day and least(answered.last_day, answered.last_day_known)
where rows <= (
    select count(*)
    from index_daily as bar
    where bar.ts_code = answered.ts_code and bar.trade_date between answered.first_day and answered.last_day
  )
  and not exists (select from index_daily as bar where bar.ts_code = answered.ts_code and bar.trade_date = cal_date)
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with open_day as materialized (
  select cal_date as trade_date, lag(cal_date) over (order by cal_date) as day_before,
    lead(cal_date) over (order by cal_date) as day_after
  from trade_cal
  where exchange = 'SSE' and is_open = 1
),
lacking as materialized (
  select trade_date, ts_code
  from stock_daily
  where adj_factor is null and not ((ts_code >= '1' and ts_code < '2') or (ts_code >= '5' and ts_code < '6'))
),
counted as materialized (
  select trade_date, lacks, (
    select count(*)
    from stock_daily as bar
    where bar.trade_date = of_day.trade_date and not ((bar.ts_code >= '1' and bar.ts_code < '2') or (bar.ts_code >= '5' and bar.ts_code < '6'))
  ) as rows
  from (select trade_date, count(*) as lacks from lacking group by trade_date) as of_day
),
judged as materialized (
  select counted.trade_date, counted.lacks, counted.rows, counted.lacks > greatest(3, 0.05 * counted.rows)
    and coalesce(before.lacks, 0) <= greatest(3, 0.05 * counted.rows)
    and coalesce(after.lacks, 0) <= greatest(3, 0.05 * counted.rows) as is_hole
  from counted
  left join open_day on open_day.trade_date = counted.trade_date
  left join (select trade_date, lacks from counted) as before on before.trade_date = open_day.day_before
  left join (select trade_date, lacks from counted) as after on after.trade_date = open_day.day_after
)
select 'stock_daily', trade_date, '', 'adj_factor', 'unexplained', 3
from judged
where not is_hole and lacks = rows
union all
select 'stock_daily', trade_date, ts_code, 'adj_factor', 'unexplained', 3
from lacking
join judged using (trade_date)
where not is_hole and lacks < rows
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with open_day as materialized (
  select cal_date as trade_date, lag(cal_date) over (order by cal_date) as day_before,
    lead(cal_date) over (order by cal_date) as day_after
  from trade_cal
  where exchange = 'SSE' and is_open = 1
),
lacking as materialized (
  select trade_date, ts_code
  from stock_daily
  where total_mv is null and not ((ts_code >= '1' and ts_code < '2') or (ts_code >= '5' and ts_code < '6'))
),
counted as materialized (
  select trade_date, lacks, (
    select count(*)
    from stock_daily as bar
    where bar.trade_date = of_day.trade_date and not ((bar.ts_code >= '1' and bar.ts_code < '2') or (bar.ts_code >= '5' and bar.ts_code < '6'))
  ) as rows
  from (select trade_date, count(*) as lacks from lacking group by trade_date) as of_day
),
judged as materialized (
  select counted.trade_date, counted.lacks, counted.rows, counted.lacks > greatest(3, 0.05 * counted.rows)
    and coalesce(before.lacks, 0) <= greatest(3, 0.05 * counted.rows)
    and coalesce(after.lacks, 0) <= greatest(3, 0.05 * counted.rows) as is_hole
  from counted
  left join open_day on open_day.trade_date = counted.trade_date
  left join (select trade_date, lacks from counted) as before on before.trade_date = open_day.day_before
  left join (select trade_date, lacks from counted) as after on after.trade_date = open_day.day_after
)
select 'stock_daily', trade_date, '', 'daily_basic', 'unexplained', 3
from judged
where not is_hole and lacks = rows
union all
select 'stock_daily', trade_date, ts_code, 'daily_basic', 'unexplained', 3
from lacking
join judged using (trade_date)
where not is_hole and lacks < rows
on conflict do nothing;

insert into sync_absence (dataset, trade_date, ts_code, interface, reason, looks)
with open_day as materialized (
  select cal_date as trade_date, lag(cal_date) over (order by cal_date) as day_before,
    lead(cal_date) over (order by cal_date) as day_after
  from trade_cal
  where exchange = 'SSE' and is_open = 1
),
lacking as materialized (
  select trade_date, ts_code
  from stock_daily
  where adj_factor is null and ((ts_code >= '1' and ts_code < '2') or (ts_code >= '5' and ts_code < '6'))
),
counted as materialized (
  select trade_date, lacks, (
    select count(*)
    from stock_daily as bar
    where bar.trade_date = of_day.trade_date and ((bar.ts_code >= '1' and bar.ts_code < '2') or (bar.ts_code >= '5' and bar.ts_code < '6'))
  ) as rows
  from (select trade_date, count(*) as lacks from lacking group by trade_date) as of_day
),
judged as materialized (
  select counted.trade_date, counted.lacks, counted.rows, counted.lacks > greatest(3, 0.05 * counted.rows)
    and coalesce(before.lacks, 0) <= greatest(3, 0.05 * counted.rows)
    and coalesce(after.lacks, 0) <= greatest(3, 0.05 * counted.rows) as is_hole
  from counted
  left join open_day on open_day.trade_date = counted.trade_date
  left join (select trade_date, lacks from counted) as before on before.trade_date = open_day.day_before
  left join (select trade_date, lacks from counted) as after on after.trade_date = open_day.day_after
)
select 'etf_daily', trade_date, '', 'fund_adj', 'unexplained', 3
from judged
where not is_hole and lacks = rows
union all
select 'etf_daily', trade_date, ts_code, 'fund_adj', 'unexplained', 3
from lacking
join judged using (trade_date)
where not is_hole and lacks < rows
on conflict do nothing;

comment on table sync_absence is 'Rows that TuShare was asked for and did not have: a security on a trading day';
