// A database as large as it becomes in years, or a small one of the same shape: prices of a market, reports, and a ledger
// in which most units were done more than once. Made in SQL by the database itself.
import pg from "pg";
import { simulatedOrigin } from "../../shared/catalogue/origin.ts";

export type MirrorSize = {
  readonly stocks: number;
  readonly etfs: number;
  /** Open days with prices, up to `newestDay`. */
  readonly days: number;
  /** Report periods of each stock. */
  readonly periods: number;
  /** Times that the reports and prices of every stock, and the prices of every day, were fetched. */
  readonly runs: { readonly finance: number; readonly stocks: number; readonly days: number };
};

export const origin = simulatedOrigin({ seed: 1, stocks: 5_400 });

export const newestDay = "20261120";

/** A task that runs, with units of sixty days: 1 to 20 done, to 50 sent, 51 failed, 52 parked, to 60 pending. */
export const runningTask = "00000000-0000-4000-8000-000000000001";
export const pausedTask = "00000000-0000-4000-8000-000000000002";

export async function fillLargeMirror(databaseUrl: string, size: MirrorSize): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      "truncate sync_absence, sync_day, stock_daily, stock_info, trade_cal, fina_indicator, disclosure_date, sync_task, sync_unit, sync_failure_record, mirror_origin",
    );
    await client.query("insert into mirror_origin (kind, identity) values ($1, $2)", [
      origin.kind,
      origin.identity,
    ]);
    await client.query(calendarSql);
    await client.query(listSql, [size.stocks, size.etfs]);
    await client.query(pricesSql, [size.days]);
    await client.query(reportsSql, [size.periods]);
    await client.query(scheduleSql);
    for (const [job, dataset, runs] of [
      ["FINANCE_INCREMENTAL", "finance", size.runs.finance],
      ["DAILY_HISTORY", "stock_daily", size.runs.stocks],
      ["ETF_HISTORY", "etf_daily", size.runs.stocks],
    ] as const) {
      const is_etf = dataset === "etf_daily" ? "Y" : "N";
      const [from, to] = dataset === "finance" ? ["20200331", "20260930"] : ["20150101", "20151231"];
      await client.query(unitsByCodeSql, [job, dataset, runs, is_etf, from, to]);
    }
    for (const [job, dataset, rows] of [
      ["DAILY_INCREMENTAL", "stock_daily", size.stocks],
      ["ETF_INCREMENTAL", "etf_daily", size.etfs],
    ] as const) {
      await client.query(unitsByDaySql, [job, dataset, size.runs.days, rows, size.days]);
    }
    await client.query(countUnitsSql);
    await client.query(liveTasksSql, [runningTask, pausedTask]);
    await client.query(liveUnitsSql, [runningTask]);
    await client.query(failuresSql);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

const calendarSql = `insert into trade_cal (exchange, cal_date, is_open, pretrade_date)
select 'SSE', cast(day as date), case when extract(isodow from day) < 6 then 1 else 0 end,
  cast(day as date) - case when extract(isodow from day) = 1 then 3 else 1 end
from generate_series(timestamp '2010-01-01', timestamp '2026-12-31', interval '1 day') as day`;

const listSql = `insert into stock_info (ts_code, symbol, name, market, exchange, is_etf, list_status, list_date)
select cast(600000 + at as text) || '.SH', cast(600000 + at as text), 'stock ' || at, '主板', 'SSE', 'N', 'L',
  date '2010-01-04'
from generate_series(1, cast($1 as integer)) as at
where at <> 1313 -- 601313.SH traded under another code since 2018
union all
select cast(510000 + at as text) || '.SH', cast(510000 + at as text), 'ETF ' || at, 'E', 'SSE', 'Y', 'L', date '2010-01-04'
from generate_series(1, cast($2 as integer)) as at`;

/** Fewer numbers than real rows have: a narrow table tempts a planner more to walk it. */
const pricesSql = `insert into stock_daily (ts_code, trade_date, close, vol, adj_factor, total_mv)
select ts_code, cal_date, 12.34, 123456.78, 1.2345, case is_etf when 'N' then 1234567.89 end
from (
  select cal_date
  from trade_cal
  where is_open = 1 and cal_date <= to_date('${newestDay}', 'YYYYMMDD')
  order by cal_date desc
  limit $1
) as open_day
cross join stock_info
order by cal_date, ts_code`;

const reportsSql = `insert into fina_indicator (ts_code, end_date, ann_date, update_flag, eps)
select ts_code, cast(next_quarter as date) - 1, cast(next_quarter as date) + 25, '1', 1.23
from stock_info
cross join (
  select next_quarter
  from generate_series(timestamp '2009-01-01', timestamp '2026-10-01', interval '3 months') as next_quarter
  order by next_quarter desc
  limit $1
) as quarter
where is_etf = 'N'`;

const scheduleSql = `insert into disclosure_date (ts_code, end_date, ann_date, actual_date)
select ts_code, end_date, ann_date, ann_date
from fina_indicator`;

/** Every fifth unit once failed and then succeeded; few still need action. */
const unitsByCodeSql = `with task as (
  insert into sync_task (job_type, status, batch_size, config, started_at, completed_at, updated_at)
  select $1, 'COMPLETED', 100, '{"from": "20150101", "to": "20251231"}', begun, begun + interval '1 hour', begun
  from generate_series(1, cast($3 as integer)) as run
  cross join lateral (select timestamptz '2026-11-20 20:00+08' - run * interval '1 day' as begun) as at
  returning id, started_at
)
insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status, rows, attempts, sent_at, settled_at)
select id, sequence, $2, $2 || '/' || ts_code || '/' || $5 || '-' || $6,
  jsonb_build_object('by', 'code', 'ts_code', ts_code, 'from', cast($5 as text), 'to', cast($6 as text)),
  case when sequence % 997 = 0 then 'parked' else 'done' end, 4, 1, started_at, started_at + interval '30 minutes'
from task
cross join (
  select ts_code, row_number() over (order by ts_code) as sequence
  from stock_info
  where is_etf = $4
) as instrument`;

const unitsByDaySql = `with task as (
  insert into sync_task (job_type, status, batch_size, config, started_at, completed_at, updated_at)
  select $1, 'COMPLETED', 100, '{"from": "20150101", "to": "20251231"}', begun, begun + interval '1 hour', begun
  from generate_series(1, cast($3 as integer)) as run
  cross join lateral (select timestamptz '2026-11-20 20:00+08' - run * interval '1 day' as begun) as at
  returning id, started_at
)
insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status, rows, attempts, sent_at, settled_at)
select id, sequence, $2, $2 || '/' || day, jsonb_build_object('by', 'date', 'trade_date', day),
  case when sequence % 997 = 0 then 'parked' else 'done' end, $4, 1, started_at, started_at + interval '30 minutes'
from task
cross join (
  select to_char(cal_date, 'YYYYMMDD') as day, row_number() over (order by cal_date desc) as sequence
  from trade_cal
  where is_open = 1 and cal_date <= to_date('${newestDay}', 'YYYYMMDD')
  order by cal_date desc
  limit $5
) as open_day`;

const countUnitsSql = `update sync_task
set total_units = units, total_processed = done, total_failed = units - done, current_offset = units
from (
  select task_id, count(*) as units, count(*) filter (where status = 'done') as done
  from sync_unit
  group by task_id
) as counted
where id = task_id`;

const liveTasksSql = `insert into sync_task (id, job_type, status, batch_size, config, total_units, total_processed, total_failed, current_offset)
values (cast($1 as uuid), 'DAILY_HISTORY', 'RUNNING', 10, '{"from": "20260801", "to": "20261120"}', 60, 20, 1, 50),
  (cast($2 as uuid), 'FINANCE_HISTORY', 'PAUSED', 10, '{"from": "20200101"}', 0, 0, 0, 0)`;

const liveUnitsSql = `insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status, rows, attempts, sent_at)
select cast($1 as uuid), sequence, 'stock_daily', 'stock_daily/' || day, jsonb_build_object('by', 'date', 'trade_date', day),
  case
    when sequence <= 20 then 'done'
    when sequence <= 50 then 'sent'
    when sequence = 51 then 'failed'
    when sequence = 52 then 'parked'
    else 'pending'
  end,
  case when sequence <= 20 then 4 end, 1, now()
from (
  select to_char(cal_date, 'YYYYMMDD') as day, row_number() over (order by cal_date desc) as sequence
  from trade_cal
  where is_open = 1 and cal_date <= to_date('${newestDay}', 'YYYYMMDD')
  order by cal_date desc
  limit 60
) as open_day`;

const failuresSql = `insert into sync_failure_record (
  job_type, unit_key, task_id, sequence, kind, error_message, retry_count, max_retries, next_attempt_at, resolved_at
)
select task.job_type, unit_key, task_id, sequence, 'transient', 'the reply was not whole', 3, 3,
  case when unit.status = 'failed' then now() + interval '1 hour' end,
  case when unit.status = 'done' then settled_at end
from sync_unit as unit
join sync_task as task on task.id = unit.task_id
where unit.status in ('failed', 'parked') or (unit.status = 'done' and sequence % 5 = 0)
on conflict do nothing`;
