// What docs/schema.md says beyond the catalog: the order of its sections, a query for each, and which rows belong
// together without a foreign key. Both are checked against the database when the page is written.

/** A relation or a function of the schema, with something one would ask it. */
export type SchemaNote = { readonly name: string; readonly asks: string; readonly sql: string };

export const notes: readonly SchemaNote[] = [
  {
    name: "stock_info",
    asks: "How many stocks and ETFs are listed on each exchange?",
    sql: `select is_etf, exchange, count(*) as listed
from stock_info
where list_status = 'L'
group by is_etf, exchange
order by is_etf, exchange`,
  },
  {
    name: "stock_daily",
    asks: "The ten largest companies of the latest day that has valuations",
    sql: `select bar.ts_code, info.name, bar.close, bar.total_mv / 10000 as total_mv_in_100_million_cny
from stock_daily as bar
join stock_info as info using (ts_code)
where bar.trade_date = (select max(trade_date) from stock_daily where total_mv is not null)
  and bar.total_mv is not null
order by bar.total_mv desc
limit 10`,
  },
  {
    name: "stock_daily_hfq",
    asks: "What was earned on a stock, distributions put back into it, in each year?",
    sql: `select extract(year from trade_date) as year,
  round(100 * ((array_agg(close order by trade_date desc))[1] / (array_agg(pre_close order by trade_date))[1] - 1), 2)
    as return_percent
from stock_daily_hfq
where ts_code = '600519.SH'
group by 1
order by 1`,
  },
  {
    name: "stock_daily_qfq",
    asks: "The chart of a stock as of its newest day, with the days whose factor had to be carried",
    sql: `select trade_date, open, high, low, close, vol, factor_carried, base_date
from stock_daily_qfq
where ts_code = '600519.SH' and trade_date >= date '2024-01-01'
order by trade_date`,
  },
  {
    name: "stock_daily_qfq_at",
    asks: "The chart of an ETF as it looked at the end of 2024, reproducible whatever is distributed later",
    sql: `select trade_date, open, high, low, close, vol
from stock_daily_qfq_at(date '2024-12-31')
where ts_code = '510300.SH' and trade_date between date '2024-01-01' and date '2024-12-31'
order by trade_date`,
  },
  {
    name: "stock_daily_with_factor",
    asks: "On which of the last days did codes go without a factor of their own?",
    sql: `select trade_date, count(*) filter (where factor_carried) as carried, count(*) filter (where adj_factor is null) as unknown
from stock_daily_with_factor
where trade_date > (select max(trade_date) - 30 from stock_daily)
group by trade_date
having bool_or(factor_carried or adj_factor is null)
order by trade_date`,
  },
  {
    name: "trade_cal",
    asks: "On which open days of this year is no bar stored at all?",
    sql: `select cal_date
from trade_cal
where exchange = 'SSE' and is_open = 1
  and cal_date between date_trunc('year', current_date) and current_date
  and not exists (select from stock_daily where trade_date = cal_date)
order by cal_date`,
  },
  {
    name: "fina_indicator",
    asks: "Which figures did a company change after it had announced them?",
    sql: `select end_date, ann_date, update_flag, eps, roe, netprofit_yoy
from fina_indicator
where ts_code = '600519.SH'
order by end_date, ann_date, update_flag`,
  },
  {
    name: "fina_indicator_current",
    asks: "The companies with the highest return on equity in a report period",
    sql: `select ts_code, ann_date, roe, netprofit_yoy, debt_to_assets
from fina_indicator_current
where end_date = date '2024-12-31' and roe is not null
order by roe desc
limit 20`,
  },
  {
    name: "disclosure_date",
    asks: "Who reports in the coming week?",
    sql: `select pre_date, ts_code, end_date
from disclosure_date
where actual_date is null and pre_date between current_date and current_date + 7
order by pre_date, ts_code`,
  },
  {
    name: "sync_task",
    asks: "What ran lately, and how did it end?",
    sql: `select job_type, status, total_processed, total_failed, total_units, started_at, completed_at - started_at as took, reason
from sync_task
order by started_at desc
limit 20`,
  },
  {
    name: "sync_unit",
    asks: "What is still open in the tasks that run, and why?",
    sql: `select task.job_type, unit.status, count(*) as units, max(unit.last_error) as one_error
from sync_unit as unit
join sync_task as task on task.id = unit.task_id
where task.status = 'RUNNING' and unit.status <> 'done'
group by task.job_type, unit.status
order by task.job_type, unit.status`,
  },
  {
    name: "sync_failure_record",
    asks: "What failed this week, and how much of it got through after all?",
    sql: `select job_type, kind, count(*) as failures, count(resolved_at) as resolved
from sync_failure_record
where created_at > now() - interval '7 days'
group by job_type, kind
order by failures desc`,
  },
  {
    name: "sync_failure",
    asks: "Which failures need a person?",
    sql: `select id, job_type, unit_key, kind, retry_count, last_attempt_at, error_message
from sync_failure
where needs_person
order by last_attempt_at desc
limit 50`,
  },
  {
    name: "mirror_origin",
    asks: "Is what lies here the market's, or a trial's?",
    sql: `select kind, identity, recorded_at
from mirror_origin`,
  },
  {
    name: "schema_migration",
    asks: "Which migrations does this database have?",
    sql: `select name, applied_at
from schema_migration
order by name`,
  },
];

/** Rows that belong together by these columns. No foreign key: either side may be mirrored first. */
export const references: readonly { readonly from: string; readonly to: string }[] = [
  { from: "stock_daily (ts_code)", to: "stock_info (ts_code)" },
  { from: "stock_daily (trade_date)", to: "trade_cal (cal_date)" },
  { from: "disclosure_date (ts_code)", to: "stock_info (ts_code)" },
  { from: "fina_indicator (ts_code)", to: "stock_info (ts_code)" },
  { from: "fina_indicator (ts_code, end_date)", to: "disclosure_date (ts_code, end_date)" },
  { from: "sync_failure_record (task_id, sequence)", to: "sync_unit (task_id, sequence)" },
];
