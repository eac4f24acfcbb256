// Example queries for relations outside the datasets: views, functions, the ledger. In the order of the page's
// sections.
import type { Bilingual } from "../shared/catalogue/measures.ts";

/** A relation or a function of the schema, with an example question and its query. */
export type SchemaNote = { readonly name: string; readonly asks: Bilingual; readonly sql: string };

export const notes: readonly SchemaNote[] = [
  {
    name: "stock_daily_hfq",
    asks: {
      en: "What was the return of a stock in each year, with distributions reinvested?",
      zh: "一只股票每年的收益率是多少（分红再投资）？",
    },
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
    asks: {
      en: "The chart of a stock as of its newest day, with the days that use an earlier factor",
      zh: "一只股票以最新交易日为基准的走势，以及沿用旧复权因子的日子",
    },
    sql: `select trade_date, open, high, low, close, vol, factor_carried, base_date
from stock_daily_qfq
where ts_code = '600519.SH' and trade_date >= date '2024-01-01'
order by trade_date`,
  },
  {
    name: "stock_daily_qfq_at",
    asks: {
      en: "The chart of an ETF as it looked at the end of 2024, reproducible whatever is distributed later",
      zh: "一只 ETF 以 2024 年末为基准的走势，此后分红也不改变结果",
    },
    sql: `select trade_date, open, high, low, close, vol
from stock_daily_qfq_at(date '2024-12-31')
where ts_code = '510300.SH' and trade_date between date '2024-01-01' and date '2024-12-31'
order by trade_date`,
  },
  {
    name: "stock_daily_with_factor",
    asks: {
      en: "On which recent days did codes have no factor of their own?",
      zh: "最近哪些交易日有代码缺当日复权因子？",
    },
    sql: `select trade_date, count(*) filter (where factor_carried) as carried, count(*) filter (where adj_factor is null) as unknown
from stock_daily_with_factor
where trade_date > (select max(trade_date) - 30 from stock_daily)
group by trade_date
having bool_or(factor_carried or adj_factor is null)
order by trade_date`,
  },
  {
    name: "stock_daily_current",
    asks: {
      en: "The turnover of the whole market on each day, each security counted once",
      zh: "全市场每日成交额，每只证券只计一次",
    },
    sql: `select trade_date, count(*) as securities, sum(amount) as amount
from stock_daily_current
where trade_date >= date '2024-12-01'
group by trade_date
order by trade_date`,
  },
  {
    name: "stock_daily_of",
    asks: {
      en: "The closes of a stock over its whole life, whatever its code was then",
      zh: "一只股票上市以来的收盘价，不论当时用哪个代码",
    },
    sql: `select trade_date, ts_code, close
from stock_daily_of('302132.SZ')
order by trade_date`,
  },
  {
    name: "codes_of",
    asks: { en: "Which codes has a security had?", zh: "一只证券用过哪些代码？" },
    sql: "select codes_of('302132.SZ')",
  },
  {
    name: "listed_on",
    asks: {
      en: "How many stocks were listed at the end of 2024, also those that are gone now?",
      zh: "2024 年末有多少只股票上市（含此后退市的）？",
    },
    sql: `select count(*) as stocks
from listed_on(date '2024-12-31')
where is_etf = 'N'`,
  },
  {
    name: "code_alias",
    asks: { en: "Which stocks got another code, and when?", zh: "哪些股票换过代码，什么时候换的？" },
    sql: `select alias.old_code, alias.new_code, stock_info.name, alias.moved_on
from code_alias as alias
left join stock_info on stock_info.ts_code = alias.new_code
order by alias.moved_on, alias.old_code`,
  },
  {
    name: "code_security",
    asks: { en: "Which stocks had more than two codes?", zh: "哪些股票用过两个以上的代码？" },
    sql: `select newest_code, array_agg(ts_code order by moved_on nulls last) as codes
from code_security
group by newest_code
having count(*) > 2
order by newest_code`,
  },
  {
    name: "data_check",
    asks: {
      en: "Which rows of a month contradict themselves or the day before?",
      zh: "某月哪些行自相矛盾，或与前一日不符？",
    },
    sql: `select check_name, dataset, ts_code, trade_date, found, expected
from data_check(date '2024-06-01', date '2024-06-30')
order by trade_date, ts_code`,
  },
  {
    name: "fina_indicator_current",
    asks: {
      en: "The companies with the highest return on equity in a report period",
      zh: "某一报告期净资产收益率最高的公司",
    },
    sql: `select ts_code, ann_date, roe, netprofit_yoy, debt_to_assets
from fina_indicator_current
where end_date = date '2024-12-31' and roe is not null
order by roe desc
limit 20`,
  },
  {
    name: "stock_weekly",
    asks: {
      en: "The bars of a stock by week, unadjusted",
      zh: "一只股票的周线，未复权",
    },
    sql: `select trade_date, open, high, low, close, pct_chg
from stock_weekly
where ts_code = '600519.SH'
order by trade_date desc
limit 20`,
  },
  {
    name: "stock_weekly_hfq",
    asks: {
      en: "The bars of a stock by week, backward adjusted",
      zh: "一只股票的周线，后复权",
    },
    sql: `select trade_date, open, high, low, close, pct_chg
from stock_weekly_hfq
where ts_code = '600519.SH'
order by trade_date desc
limit 20`,
  },
  {
    name: "stock_weekly_qfq",
    asks: {
      en: "The bars of a stock by week, forward adjusted",
      zh: "一只股票的周线，前复权",
    },
    sql: `select trade_date, open, high, low, close, pct_chg
from stock_weekly_qfq
where ts_code = '600519.SH'
order by trade_date desc
limit 20`,
  },
  {
    name: "stock_monthly",
    asks: {
      en: "The bars of a stock by month, unadjusted",
      zh: "一只股票的月线，未复权",
    },
    sql: `select trade_date, open, high, low, close, pct_chg
from stock_monthly
where ts_code = '600519.SH'
order by trade_date desc
limit 20`,
  },
  {
    name: "stock_monthly_hfq",
    asks: {
      en: "The bars of a stock by month, backward adjusted",
      zh: "一只股票的月线，后复权",
    },
    sql: `select trade_date, open, high, low, close, pct_chg
from stock_monthly_hfq
where ts_code = '600519.SH'
order by trade_date desc
limit 20`,
  },
  {
    name: "stock_monthly_qfq",
    asks: {
      en: "The bars of a stock by month, forward adjusted",
      zh: "一只股票的月线，前复权",
    },
    sql: `select trade_date, open, high, low, close, pct_chg
from stock_monthly_qfq
where ts_code = '600519.SH'
order by trade_date desc
limit 20`,
  },
  {
    name: "income_current",
    asks: {
      en: "The companies with the highest net profit in a report period",
      zh: "某一报告期净利润最高的公司",
    },
    sql: `select ts_code, revenue, n_income_attr_p
from income_current
where end_date = date '2024-12-31' and n_income_attr_p is not null
order by n_income_attr_p desc
limit 20`,
  },
  {
    name: "income_at",
    asks: {
      en: "Which revenue of 2023 was known at the end of April 2024?",
      zh: "截至 2024 年 4 月末，已知的 2023 年营业收入是多少？",
    },
    sql: `select ts_code, f_ann_date, revenue
from income_at(date '2024-04-30')
where end_date = date '2023-12-31' and ts_code = '600519.SH'`,
  },
  {
    name: "balancesheet_current",
    asks: { en: "How did a company's debt develop?", zh: "一家公司的负债如何变化？" },
    sql: `select end_date, total_liab, total_assets, round(100 * total_liab / total_assets, 2) as debt_percent
from balancesheet_current
where ts_code = '600519.SH'
order by end_date`,
  },
  {
    name: "balancesheet_at",
    asks: {
      en: "Which equity of a period was known on a day?",
      zh: "某日已知的某一报告期股东权益是多少？",
    },
    sql: `select ts_code, f_ann_date, total_hldr_eqy_exc_min_int
from balancesheet_at(date '2024-04-30')
where end_date = date '2023-12-31' and ts_code = '600519.SH'`,
  },
  {
    name: "cashflow_current",
    asks: {
      en: "The companies whose operating cash flow exceeds their profit most",
      zh: "经营现金流超过净利润最多的公司",
    },
    sql: `select flow.ts_code, flow.n_cashflow_act, profit.n_income
from cashflow_current as flow
join income_current as profit using (ts_code, end_date)
where end_date = date '2024-12-31'
order by flow.n_cashflow_act - profit.n_income desc nulls last
limit 20`,
  },
  {
    name: "cashflow_at",
    asks: {
      en: "Which operating cash flow of a period was known on a day?",
      zh: "某日已知的某一报告期经营现金流是多少？",
    },
    sql: `select ts_code, f_ann_date, n_cashflow_act
from cashflow_at(date '2024-04-30')
where end_date = date '2023-12-31' and ts_code = '600519.SH'`,
  },
  {
    name: "data_revision",
    asks: {
      en: "What did TuShare change this week, by column?",
      zh: "本周 TuShare 改动了哪些列？",
    },
    sql: `select dataset, column_name, class, count(*) as changes, min(day) as first_day, max(day) as last_day
from data_revision
where seen_at > now() - interval '7 days'
group by dataset, column_name, class
order by changes desc`,
  },
  {
    name: "sync_task",
    asks: { en: "What ran lately, and how did it end?", zh: "最近运行了什么，结果如何？" },
    sql: `select job_type, status, total_processed, total_failed, total_units, started_at, completed_at - started_at as took, reason
from sync_task
order by started_at desc
limit 20`,
  },
  {
    name: "sync_unit",
    asks: {
      en: "What is still open in the tasks that run, and why?",
      zh: "正在运行的任务里还有哪些未完成，为什么？",
    },
    sql: `select task.job_type, unit.status, count(*) as units, max(unit.last_error) as one_error
from sync_unit as unit
join sync_task as task on task.id = unit.task_id
where task.status = 'RUNNING' and unit.status <> 'done'
group by task.job_type, unit.status
order by task.job_type, unit.status`,
  },
  {
    name: "sync_day",
    asks: {
      en: "Which whole days have securities without a row, and of how many is the reason not known?",
      zh: "哪些完整的交易日有证券没有行，其中多少原因不明？",
    },
    sql: `select dataset, trade_date, expected, stored, explained, unexplained
from sync_day
where explained + unexplained > 0
order by trade_date desc, dataset
limit 20`,
  },
  {
    name: "sync_absence",
    asks: {
      en: "What was looked for and not found, and nothing says why?",
      zh: "哪些数据取不到且原因不明？",
    },
    sql: `select dataset, trade_date, ts_code, interface, looks, seen_at
from sync_absence
where reason = 'unexplained'
order by trade_date desc, ts_code
limit 20`,
  },
  {
    name: "sync_verification",
    asks: {
      en: "Which datasets were proven whole, up to which day?",
      zh: "哪些数据集经核对是完整的，截至哪一天？",
    },
    sql: `select distinct on (dataset) dataset, verdict, first_day, last_day, missing, unexplained, finished_at
from sync_verification
where status = 'COMPLETED'
order by dataset, started_at desc`,
  },
  {
    name: "sync_finding",
    asks: {
      en: "What did the newest verification find missing?",
      zh: "最近一次核对发现缺少什么？",
    },
    sql: `select day, ts_code, part, stored, upstream
from sync_finding
where finding = 'missing'
  and verification = (select id from sync_verification order by started_at desc limit 1)
order by id
limit 50`,
  },
  {
    name: "sync_failure_record",
    asks: {
      en: "What failed this week, and how much of it succeeded later?",
      zh: "哪些失败需要人处理？",
    },
    sql: `select job_type, kind, count(*) as failures, count(resolved_at) as resolved
from sync_failure_record
where created_at > now() - interval '7 days'
group by job_type, kind
order by failures desc`,
  },
  {
    name: "sync_failure_month",
    asks: { en: "How often did each job fail in the months before?", zh: "各作业以往每月失败多少次？" },
    sql: `select month, job_type, sum(failures) as failures, sum(retries) as retries
from sync_failure_month
group by month, job_type
order by month desc, failures desc`,
  },
  {
    name: "sync_failure",
    asks: { en: "Which failures need action?", zh: "每条未解决的失败接下来会怎样？" },
    sql: `select id, job_type, unit_key, kind, retry_count, last_attempt_at, error_message
from sync_failure
where needs_person
order by last_attempt_at desc
limit 50`,
  },
  {
    name: "sync_list_answer",
    asks: {
      en: "How many codes did each part of the lists have, and when?",
      zh: "各列表最近一次各返回多少代码，何时返回？",
    },
    sql: `select dataset, unit_key, cardinality(codes) as codes, answered_at
from sync_list_answer
order by dataset, unit_key`,
  },
  {
    name: "mirror_origin",
    asks: {
      en: "Is the data here from the real market, or from a trial?",
      zh: "这里的数据是真实市场的，还是试用的？",
    },
    sql: `select kind, identity, recorded_at
from mirror_origin`,
  },
  {
    name: "schema_migration",
    asks: { en: "Which migrations does this database have?", zh: "这个数据库执行过哪些迁移？" },
    sql: `select name, applied_at
from schema_migration
order by name`,
  },
];
