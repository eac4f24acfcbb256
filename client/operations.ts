// Written by `npm run docs` from the OpenAPI description: the operations of the HTTP API and their types.

export type JobType =
  "REFERENCE"
  | "DAILY_HISTORY"
  | "DAILY_INCREMENTAL"
  | "FINANCE_HISTORY"
  | "FINANCE_INCREMENTAL"
  | "ETF_LIST"
  | "ETF_HISTORY"
  | "ETF_INCREMENTAL"
  | "SUSPEND_D_HISTORY"
  | "SUSPEND_D_INCREMENTAL"
  | "BALANCESHEET_HISTORY"
  | "BALANCESHEET_INCREMENTAL"
  | "CASHFLOW_HISTORY"
  | "CASHFLOW_INCREMENTAL"
  | "DIVIDEND_HISTORY"
  | "DIVIDEND_INCREMENTAL"
  | "EXPRESS_HISTORY"
  | "EXPRESS_INCREMENTAL"
  | "FINA_AUDIT_HISTORY"
  | "FINA_AUDIT_INCREMENTAL"
  | "FINA_MAINBZ_HISTORY"
  | "FINA_MAINBZ_INCREMENTAL"
  | "FORECAST_HISTORY"
  | "FORECAST_INCREMENTAL"
  | "INCOME_HISTORY"
  | "INCOME_INCREMENTAL"
  | "NAMECHANGE"
  | "NEW_SHARE"
  | "STOCK_COMPANY"
  | "INDEX_BASIC"
  | "INDEX_CLASSIFY"
  | "INDEX_DAILY_HISTORY"
  | "INDEX_DAILY_INCREMENTAL"
  | "INDEX_DAILYBASIC_HISTORY"
  | "INDEX_DAILYBASIC_INCREMENTAL"
  | "INDEX_MEMBER_ALL"
  | "INDEX_WEIGHT_HISTORY"
  | "INDEX_WEIGHT_INCREMENTAL"
  | "BLOCK_TRADE_HISTORY"
  | "BLOCK_TRADE_INCREMENTAL"
  | "HK_HOLD_HISTORY"
  | "HK_HOLD_INCREMENTAL"
  | "LIMIT_LIST_D_HISTORY"
  | "LIMIT_LIST_D_INCREMENTAL"
  | "MARGIN_DETAIL_HISTORY"
  | "MARGIN_DETAIL_INCREMENTAL"
  | "MARGIN_HISTORY"
  | "MARGIN_INCREMENTAL"
  | "MONEYFLOW_HSGT_HISTORY"
  | "MONEYFLOW_HSGT_INCREMENTAL"
  | "MONEYFLOW_HISTORY"
  | "MONEYFLOW_INCREMENTAL"
  | "STK_LIMIT_HISTORY"
  | "STK_LIMIT_INCREMENTAL"
  | "TOP_INST_HISTORY"
  | "TOP_INST_INCREMENTAL"
  | "TOP_LIST_HISTORY"
  | "TOP_LIST_INCREMENTAL"
  | "PLEDGE_STAT_HISTORY"
  | "PLEDGE_STAT_INCREMENTAL"
  | "REPURCHASE_HISTORY"
  | "REPURCHASE_INCREMENTAL"
  | "SHARE_FLOAT"
  | "STK_HOLDERNUMBER_HISTORY"
  | "STK_HOLDERNUMBER_INCREMENTAL"
  | "STK_HOLDERTRADE_HISTORY"
  | "STK_HOLDERTRADE_INCREMENTAL"
  | "TOP10_FLOATHOLDERS_HISTORY"
  | "TOP10_FLOATHOLDERS_INCREMENTAL"
  | "TOP10_HOLDERS_HISTORY"
  | "TOP10_HOLDERS_INCREMENTAL"
  | "CN_CPI"
  | "CN_GDP"
  | "CN_M"
  | "SHIBOR_HISTORY"
  | "SHIBOR_INCREMENTAL"
  | "FUND_NAV_HISTORY"
  | "FUND_NAV_INCREMENTAL"
  | "FUND_PORTFOLIO_HISTORY"
  | "FUND_PORTFOLIO_INCREMENTAL"
  | "FUND_SHARE_HISTORY"
  | "FUND_SHARE_INCREMENTAL"
  | "CB_BASIC"
  | "CB_DAILY_HISTORY"
  | "CB_DAILY_INCREMENTAL";

export type JobName =
  "REFERENCE"
  | "DAILY_HISTORY"
  | "DAILY_INCREMENTAL"
  | "FINANCE_HISTORY"
  | "FINANCE_INCREMENTAL"
  | "ETF_LIST"
  | "ETF_HISTORY"
  | "ETF_INCREMENTAL"
  | "SUSPEND_D_HISTORY"
  | "SUSPEND_D_INCREMENTAL"
  | "BALANCESHEET_HISTORY"
  | "BALANCESHEET_INCREMENTAL"
  | "CASHFLOW_HISTORY"
  | "CASHFLOW_INCREMENTAL"
  | "DIVIDEND_HISTORY"
  | "DIVIDEND_INCREMENTAL"
  | "EXPRESS_HISTORY"
  | "EXPRESS_INCREMENTAL"
  | "FINA_AUDIT_HISTORY"
  | "FINA_AUDIT_INCREMENTAL"
  | "FINA_MAINBZ_HISTORY"
  | "FINA_MAINBZ_INCREMENTAL"
  | "FORECAST_HISTORY"
  | "FORECAST_INCREMENTAL"
  | "INCOME_HISTORY"
  | "INCOME_INCREMENTAL"
  | "NAMECHANGE"
  | "NEW_SHARE"
  | "STOCK_COMPANY"
  | "INDEX_BASIC"
  | "INDEX_CLASSIFY"
  | "INDEX_DAILY_HISTORY"
  | "INDEX_DAILY_INCREMENTAL"
  | "INDEX_DAILYBASIC_HISTORY"
  | "INDEX_DAILYBASIC_INCREMENTAL"
  | "INDEX_MEMBER_ALL"
  | "INDEX_WEIGHT_HISTORY"
  | "INDEX_WEIGHT_INCREMENTAL"
  | "BLOCK_TRADE_HISTORY"
  | "BLOCK_TRADE_INCREMENTAL"
  | "HK_HOLD_HISTORY"
  | "HK_HOLD_INCREMENTAL"
  | "LIMIT_LIST_D_HISTORY"
  | "LIMIT_LIST_D_INCREMENTAL"
  | "MARGIN_DETAIL_HISTORY"
  | "MARGIN_DETAIL_INCREMENTAL"
  | "MARGIN_HISTORY"
  | "MARGIN_INCREMENTAL"
  | "MONEYFLOW_HSGT_HISTORY"
  | "MONEYFLOW_HSGT_INCREMENTAL"
  | "MONEYFLOW_HISTORY"
  | "MONEYFLOW_INCREMENTAL"
  | "STK_LIMIT_HISTORY"
  | "STK_LIMIT_INCREMENTAL"
  | "TOP_INST_HISTORY"
  | "TOP_INST_INCREMENTAL"
  | "TOP_LIST_HISTORY"
  | "TOP_LIST_INCREMENTAL"
  | "PLEDGE_STAT_HISTORY"
  | "PLEDGE_STAT_INCREMENTAL"
  | "REPURCHASE_HISTORY"
  | "REPURCHASE_INCREMENTAL"
  | "SHARE_FLOAT"
  | "STK_HOLDERNUMBER_HISTORY"
  | "STK_HOLDERNUMBER_INCREMENTAL"
  | "STK_HOLDERTRADE_HISTORY"
  | "STK_HOLDERTRADE_INCREMENTAL"
  | "TOP10_FLOATHOLDERS_HISTORY"
  | "TOP10_FLOATHOLDERS_INCREMENTAL"
  | "TOP10_HOLDERS_HISTORY"
  | "TOP10_HOLDERS_INCREMENTAL"
  | "CN_CPI"
  | "CN_GDP"
  | "CN_M"
  | "SHIBOR_HISTORY"
  | "SHIBOR_INCREMENTAL"
  | "FUND_NAV_HISTORY"
  | "FUND_NAV_INCREMENTAL"
  | "FUND_PORTFOLIO_HISTORY"
  | "FUND_PORTFOLIO_INCREMENTAL"
  | "FUND_SHARE_HISTORY"
  | "FUND_SHARE_INCREMENTAL"
  | "CB_BASIC"
  | "CB_DAILY_HISTORY"
  | "CB_DAILY_INCREMENTAL"
  | "UNKNOWN";

export type DatasetName =
  "trading_calendar"
  | "stock_list"
  | "disclosure"
  | "stock_daily"
  | "finance"
  | "etf_list"
  | "etf_daily"
  | "bse_mapping"
  | "suspend_d"
  | "balancesheet"
  | "cashflow"
  | "dividend"
  | "express"
  | "fina_audit"
  | "fina_mainbz"
  | "forecast"
  | "income"
  | "namechange"
  | "new_share"
  | "stock_company"
  | "index_basic"
  | "index_classify"
  | "index_daily"
  | "index_dailybasic"
  | "index_member_all"
  | "index_weight"
  | "block_trade"
  | "hk_hold"
  | "limit_list_d"
  | "margin_detail"
  | "margin"
  | "moneyflow_hsgt"
  | "moneyflow"
  | "stk_limit"
  | "top_inst"
  | "top_list"
  | "pledge_stat"
  | "repurchase"
  | "share_float"
  | "stk_holdernumber"
  | "stk_holdertrade"
  | "top10_floatholders"
  | "top10_holders"
  | "cn_cpi"
  | "cn_gdp"
  | "cn_m"
  | "shibor"
  | "fund_nav"
  | "fund_portfolio"
  | "fund_share"
  | "cb_basic"
  | "cb_daily";

export type Problem = {
  /** about:blank: `error` is the kind */
  type: "about:blank";
  /** The HTTP status in words */
  title: string;
  /** The HTTP status */
  status: number;
  /** The same text as message */
  detail: string;
  /** Kind of error */
  error: "bad_input" | "not_found" | "method_not_allowed" | "conflict" | "unavailable" | "internal";
  /** What is wrong and what to do, as text for a person */
  message: string;
  /** The field that was refused */
  field?: string | undefined;
  /** Its value; null when it was missing */
  value?: unknown | undefined;
  /** What is allowed in the field */
  allowed?: string | undefined;
  /** What was probably meant */
  suggestion?: string | undefined;
};

export type Origin = {
  /** tushare: the real one; simulated: an invented market; captured: answers saved earlier; address: a server that is not TuShare's own */
  kind: "tushare" | "simulated" | "captured" | "address";
  /** Distinguishes origins of the same kind */
  identity: string;
  /** Whether the rows are real market data from TuShare */
  is_real: boolean;
  /** Warning to show with the data; null for real TuShare data */
  warning: string | null;
  recorded_at: string;
};

export type GatewayError = {
  /** API Gateway's message */
  message: string;
};

/** The conflicting task; without one the conflict is the origin of the data */
export type Task = {
  id: string;
  job_type: JobType;
  status: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED" | "PAUSED";
  /** Why it is paused, failed or cancelled */
  reason: string | null;
  /** The command that opened it, as it was given */
  command: Record<string, unknown>;
  /** The planned days; null before planning, and for a plan that is not by day */
  planned: {
    from: string;
    to: string;
  } | null;
  /** Why its plan has no unit; null when it has some */
  nothing: "stored" | "stored_so_far" | "fresh" | "not_due" | "before_first_day" | "no_open_day" | "not_listed" | "no_period" | "no_filing" | null;
  /** 0 until it is planned */
  total_units: number;
  /** Units by status */
  units: {
    pending: number;
    sent: number;
    done: number;
    not_due: number;
    failed: number;
    parked: number;
  };
  /** Rows of the answers that were proven whole */
  rows: number;
  /** Share of units done or parked, from 0 to 1 */
  progress: number;
  /** Recent for a live task, overall for one that has ended; null before the first unit */
  units_a_minute: number | null;
  started_at: string;
  updated_at: string;
  completed_at: string | null;
  /** null while unknown */
  estimated_end: string | null;
};

export type TaskConflict = {
  /** about:blank: `error` is the kind */
  type: "about:blank";
  /** The HTTP status in words */
  title: string;
  /** The HTTP status */
  status: number;
  /** The same text as message */
  detail: string;
  error: "conflict";
  message: string;
  task?: Task | undefined;
  /** For a start: whether that task was opened by the same command */
  asked?: "same" | "other" | undefined;
};

export type Tasks = {
  tasks: Task[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type Job = {
  job_type: JobType;
  mode: "reference" | "history" | "incremental";
  about: string;
  datasets: string[];
  /** Fields that a run of it accepts */
  takes: ("from" | "to" | "days" | "codes" | "refresh" | "acceptChanges" | "byPeriod")[];
  /** EventBridge Scheduler expressions, read in Asia/Shanghai; none where its datasets are not chosen */
  schedules: string[];
  /** Jobs that fetch the data its plan needs */
  after: string[];
  /** Its newest task; null when it never ran */
  last_task: Task | null;
};

export type Jobs = {
  jobs: Job[];
};

export type Dataset = {
  dataset: string;
  title: string;
  set: "core" | "finance" | "index" | "flow" | "holders" | "macro" | "fund" | "bond";
  table: string;
  /** The jobs that fetch it */
  jobs: JobType[];
  /** yes: the schedules keep it up to date. points: it is chosen by a set, but the account has too few points. no: it is not chosen */
  kept: "yes" | "points" | "no";
  /** Points that an account needs */
  points: number;
  /** Null when the database has no estimate yet */
  rows: number | null;
  /** Counted one by one, as far as 100000; otherwise estimated by the database */
  rows_are_counted: boolean;
  /** Of its rows; null for a list. Some datasets have months or quarters */
  first_day: string | null;
  last_day: string | null;
  /** Null where its days are not counted */
  newest_whole_day: string | null;
  /** The last day before the first one that is not whole */
  complete_through: string | null;
};

export type Datasets = {
  datasets: Dataset[];
};

export type DatasetDetail = {
  dataset: string;
  title: string;
  set: "core" | "finance" | "index" | "flow" | "holders" | "macro" | "fund" | "bond";
  table: string;
  /** The jobs that fetch it */
  jobs: JobType[];
  /** yes: the schedules keep it up to date. points: it is chosen by a set, but the account has too few points. no: it is not chosen */
  kept: "yes" | "points" | "no";
  /** Points that an account needs */
  points: number;
  /** Null when the database has no estimate yet */
  rows: number | null;
  /** Counted one by one, as far as 100000; otherwise estimated by the database */
  rows_are_counted: boolean;
  /** Of its rows; null for a list. Some datasets have months or quarters */
  first_day: string | null;
  last_day: string | null;
  /** Null where its days are not counted */
  newest_whole_day: string | null;
  /** The last day before the first one that is not whole */
  complete_through: string | null;
  /** The columns of the key; not unique where an answer replaces all rows of its slice */
  key: string[];
  is_unique: boolean;
  /** The column that `code` selects by */
  code_column: string | null;
  /** The column that `from` and `to` select by */
  day_column: string | null;
  columns: ({
    name: string;
    type: "code" | "day" | "number" | "text" | "flag";
  })[];
};

export type DatasetRows = {
  dataset: string;
  /** By column, the columns as in /api/datasets/{dataset}; numbers with every stored digit */
  rows: (Record<string, string | number | null>)[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type Failure = {
  id: number;
  /** UNKNOWN where the message could not be read */
  job_type: string;
  unit_key: string;
  task_id: string | null;
  /** The stock, where the unit is one stock */
  ts_code: string | null;
  kind: "transient" | "rate-limited" | "permanent";
  error_message: string;
  retry_count: number;
  max_retries: number;
  /** Open, and not retried automatically */
  needs_person: boolean;
  /** Its task was cancelled before a retry: run the job again */
  cancelled: boolean;
  created_at: string;
  last_attempt_at: string;
  /** null when no attempt is planned, such as in a paused task */
  next_attempt_at: string | null;
  resolved_at: string | null;
  /** Why it was resolved although its unit did not succeed; null otherwise */
  dismissed: string | null;
};

export type Failures = {
  failures: Failure[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type Revision = {
  id: number;
  dataset: string;
  /** The key of the row by column; the whole row, where rows have no unique key */
  key: Record<string, unknown>;
  /** null where rows have no code */
  ts_code: string | null;
  /** The day of the row; null where rows have none */
  day: string | null;
  /** null for a row that was removed or added */
  column: string | null;
  /** The stored value, as text */
  old_value: string | null;
  /** The value of TuShare, as text; null when it is empty */
  new_value: string | null;
  /** changed: a value other than the adjustment factor. Of the factor: last_digit for rounding, corporate_action for one ratio over all days before or since a day, restatement for anything else. emptied: TuShare has no value any more. removed, added: a row of an answer that replaces its slice */
  class: "changed" | "last_digit" | "corporate_action" | "restatement" | "emptied" | "removed" | "added";
  seen_at: string;
  /** When an emptied value was removed here: it must be empty on two days; null until then, and in other classes */
  believed_at: string | null;
  /** The task that saw it */
  task_id: string | null;
};

export type Revisions = {
  revisions: Revision[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type FailureConflict = {
  /** about:blank: `error` is the kind */
  type: "about:blank";
  /** The HTTP status in words */
  title: string;
  /** The HTTP status */
  status: number;
  /** The same text as message */
  detail: string;
  error: "conflict";
  message: string;
  failure: Failure;
};

export type Retry = {
  job_types: JobType[];
  /** Open failure records of these jobs, all of which are retried */
  failures: number;
};

export type Instrument = {
  ts_code: string;
  symbol: string | null;
  name: string;
  is_etf: "Y" | "N";
  /** Where it is listed: SSE, SZSE or BSE */
  exchange: string | null;
  /** TuShare's market: the board of a stock, such as 主板; E for ETFs */
  market: string | null;
  area: string | null;
  industry: string | null;
  /** L listed, D delisted, P not trading */
  list_status: string | null;
  list_date: string | null;
  delist_date: string | null;
  index_code: string | null;
  etf_type: string | null;
};

export type Instruments = {
  instruments: Instrument[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type InstrumentDetail = {
  ts_code: string;
  symbol: string | null;
  name: string;
  is_etf: "Y" | "N";
  /** Where it is listed: SSE, SZSE or BSE */
  exchange: string | null;
  /** TuShare's market: the board of a stock, such as 主板; E for ETFs */
  market: string | null;
  area: string | null;
  industry: string | null;
  /** L listed, D delisted, P not trading */
  list_status: string | null;
  list_date: string | null;
  delist_date: string | null;
  index_code: string | null;
  etf_type: string | null;
  fullname: string | null;
  enname: string | null;
  cnspell: string | null;
  curr_type: string | null;
  is_hs: string | null;
  act_name: string | null;
  act_ent_type: string | null;
  index_name: string | null;
  setup_date: string | null;
  mgr_name: string | null;
  custod_name: string | null;
  /** Management fee, percent a year */
  mgt_fee: number | null;
  /** The newest day of its stored prices */
  newest_trade_date: string | null;
};

export type EtfCount = {
  etfs: number;
  listed: number;
  exchanges: ({
    exchange: string | null;
    etfs: number;
    listed: number;
  })[];
};

export type DailyRow = {
  ts_code: string;
  trade_date: string;
  open: number | null;
  high: number | null;
  low: number | null;
  close: number | null;
  pre_close: number | null;
  change: number | null;
  pct_chg: number | null;
  vol: number | null;
  amount: number | null;
  adj_factor: number | null;
  turnover_rate: number | null;
  turnover_rate_f: number | null;
  volume_ratio: number | null;
  pe: number | null;
  pe_ttm: number | null;
  pb: number | null;
  ps: number | null;
  ps_ttm: number | null;
  dv_ratio: number | null;
  dv_ttm: number | null;
  total_share: number | null;
  float_share: number | null;
  free_share: number | null;
  total_mv: number | null;
  circ_mv: number | null;
};

export type AdjustedRow = {
  ts_code: string;
  trade_date: string;
  open: number | null;
  high: number | null;
  low: number | null;
  close: number | null;
  pre_close: number | null;
  change: number | null;
  pct_chg: number | null;
  vol: number | null;
  amount: number | null;
  adj_factor: number | null;
  /** The day has no factor, so the latest earlier one was used */
  factor_carried: boolean;
  /** For qfq: the day with unchanged prices */
  base_date: string | null;
};

export type DailyOfCode = {
  ts_code: string;
  adjust: "none" | "qfq" | "hfq";
  rows: DailyRow[] | AdjustedRow[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type DailyOfDay = {
  /** The day asked for, or the newest stored; null in an empty database */
  trade_date: string | null;
  rows: DailyRow[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type FinanceRow = {
  ts_code: string;
  end_date: string;
  ann_date: string | null;
  update_flag: string | null;
  eps: number | null;
  dt_eps: number | null;
  total_revenue_ps: number | null;
  revenue_ps: number | null;
  capital_rese_ps: number | null;
  surplus_rese_ps: number | null;
  undist_profit_ps: number | null;
  extra_item: number | null;
  profit_dedt: number | null;
  gross_margin: number | null;
  current_ratio: number | null;
  quick_ratio: number | null;
  cash_ratio: number | null;
  ar_turn: number | null;
  ca_turn: number | null;
  fa_turn: number | null;
  assets_turn: number | null;
  op_income: number | null;
  ebit: number | null;
  ebitda: number | null;
  fcff: number | null;
  fcfe: number | null;
  current_exint: number | null;
  noncurrent_exint: number | null;
  interestdebt: number | null;
  netdebt: number | null;
  tangible_asset: number | null;
  working_capital: number | null;
  networking_capital: number | null;
  invest_capital: number | null;
  retained_earnings: number | null;
  diluted2_eps: number | null;
  bps: number | null;
  ocfps: number | null;
  retainedps: number | null;
  cfps: number | null;
  ebit_ps: number | null;
  fcff_ps: number | null;
  fcfe_ps: number | null;
  netprofit_margin: number | null;
  grossprofit_margin: number | null;
  cogs_of_sales: number | null;
  expense_of_sales: number | null;
  profit_to_gr: number | null;
  saleexp_to_gr: number | null;
  adminexp_of_gr: number | null;
  finaexp_of_gr: number | null;
  impai_ttm: number | null;
  gc_of_gr: number | null;
  op_of_gr: number | null;
  ebit_of_gr: number | null;
  roe: number | null;
  roe_waa: number | null;
  roe_dt: number | null;
  roa: number | null;
  npta: number | null;
  roic: number | null;
  roe_yearly: number | null;
  roa2_yearly: number | null;
  debt_to_assets: number | null;
  assets_to_eqt: number | null;
  dp_assets_to_eqt: number | null;
  ca_to_assets: number | null;
  nca_to_assets: number | null;
  tbassets_to_totalassets: number | null;
  int_to_talcap: number | null;
  eqt_to_talcapital: number | null;
  currentdebt_to_debt: number | null;
  longdeb_to_debt: number | null;
  ocf_to_shortdebt: number | null;
  debt_to_eqt: number | null;
  eqt_to_debt: number | null;
  eqt_to_interestdebt: number | null;
  tangibleasset_to_debt: number | null;
  tangasset_to_intdebt: number | null;
  tangibleasset_to_netdebt: number | null;
  ocf_to_debt: number | null;
  turn_days: number | null;
  roa_yearly: number | null;
  roa_dp: number | null;
  fixed_assets: number | null;
  profit_to_op: number | null;
  q_saleexp_to_gr: number | null;
  q_gc_to_gr: number | null;
  q_roe: number | null;
  q_dt_roe: number | null;
  q_npta: number | null;
  q_ocf_to_sales: number | null;
  basic_eps_yoy: number | null;
  dt_eps_yoy: number | null;
  cfps_yoy: number | null;
  op_yoy: number | null;
  ebt_yoy: number | null;
  netprofit_yoy: number | null;
  dt_netprofit_yoy: number | null;
  ocf_yoy: number | null;
  roe_yoy: number | null;
  bps_yoy: number | null;
  assets_yoy: number | null;
  eqt_yoy: number | null;
  tr_yoy: number | null;
  or_yoy: number | null;
  q_sales_yoy: number | null;
  q_op_qoq: number | null;
  equity_yoy: number | null;
  valuechange_income: number | null;
  interst_income: number | null;
  daa: number | null;
  profit_prefin_exp: number | null;
  non_op_profit: number | null;
  rd_exp: number | null;
  invturn_days: number | null;
  arturn_days: number | null;
  inv_turn: number | null;
  total_fa_trun: number | null;
  roe_avg: number | null;
  roic_yearly: number | null;
  opincome_of_ebt: number | null;
  investincome_of_ebt: number | null;
  n_op_profit_of_ebt: number | null;
  tax_to_ebt: number | null;
  dtprofit_to_profit: number | null;
  op_to_ebt: number | null;
  nop_to_ebt: number | null;
  salescash_to_or: number | null;
  ocf_to_or: number | null;
  ocf_to_opincome: number | null;
  capitalized_to_da: number | null;
  ocf_to_profit: number | null;
  ocf_to_interestdebt: number | null;
  ocf_to_netdebt: number | null;
  ebit_to_interest: number | null;
  longdebt_to_workingcapital: number | null;
  ebitda_to_debt: number | null;
  cash_to_liqdebt: number | null;
  cash_to_liqdebt_withinterest: number | null;
  op_to_liqdebt: number | null;
  op_to_debt: number | null;
  q_opincome: number | null;
  q_investincome: number | null;
  q_dtprofit: number | null;
  q_eps: number | null;
  q_netprofit_margin: number | null;
  q_gsprofit_margin: number | null;
  q_exp_to_sales: number | null;
  q_profit_to_gr: number | null;
  q_adminexp_to_gr: number | null;
  q_finaexp_to_gr: number | null;
  q_impair_to_gr_ttm: number | null;
  q_op_to_gr: number | null;
  q_opincome_to_ebt: number | null;
  q_investincome_to_ebt: number | null;
  q_dtprofit_to_profit: number | null;
  q_salescash_to_or: number | null;
  q_ocf_to_or: number | null;
  q_gr_yoy: number | null;
  q_gr_qoq: number | null;
  q_sales_qoq: number | null;
  q_op_yoy: number | null;
  q_profit_yoy: number | null;
  q_profit_qoq: number | null;
  q_netprofit_yoy: number | null;
  q_netprofit_qoq: number | null;
};

export type Finance = {
  ts_code: string;
  /** The day as of which the reports are shown; null for today */
  as_of: string | null;
  rows: FinanceRow[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type DayRows = {
  /** whole: every row is stored or explained; whole_with_unexplained: nothing is to be fetched any more, but some rows were not found; partial: something is missing; not_due: not published yet; not_asked: no task covered the day */
  state: "whole" | "whole_with_unexplained" | "partial" | "not_due" | "not_asked";
  /** Securities with a row; the number of rows where `expected` is null */
  stored: number;
  /** Securities listed on that day; null for a dataset that does not expect a row of each security */
  expected: number | null;
  /** Of these, known to have no row, such as suspended ones; null for a dataset that does not expect a row of each security */
  explained: number | null;
  /** Rows, or values of a joined interface, that were looked for and not found; null for a dataset that does not expect a row of each security */
  unexplained: number | null;
  /** Rows, or values of a joined interface, of which nothing is known; null for a dataset that does not expect a row of each security */
  missing: number | null;
  /** Nothing is to be fetched any more */
  whole: boolean;
  /** A task that was not cancelled covered the whole day: what is not stored is missing */
  asked: boolean;
};

export type Coverage = {
  /** Newest day of the market; null in an empty database */
  newest_trade_date: string | null;
  from: string;
  to: string;
  days: {
    day: string;
    stocks: DayRows;
    etfs: DayRows;
  }[];
};

export type DatasetCoverage = {
  dataset: string;
  /** Its newest whole day; null when there is none */
  newest_whole_day: string | null;
  /** The last day of the unbroken run of whole days from the first requested day on, as far as days were counted; null when that day is not whole */
  complete_through: string | null;
  /** The first day that was not counted yet: complete_through may be later, and the next request counts on from here; null when nothing is left to count */
  uncounted_from: string | null;
  from: string;
  to: string;
  /** By day: the trading days, ascending */
  days?: ({
    day: string;
    /** whole: every row is stored or explained; whole_with_unexplained: nothing is to be fetched any more, but some rows were not found; partial: something is missing; not_due: not published yet; not_asked: no task covered the day */
    state: "whole" | "whole_with_unexplained" | "partial" | "not_due" | "not_asked";
    /** Securities with a row; the number of rows where `expected` is null */
    stored: number;
    /** Securities listed on that day; null for a dataset that does not expect a row of each security */
    expected: number | null;
    /** Of these, known to have no row, such as suspended ones; null for a dataset that does not expect a row of each security */
    explained: number | null;
    /** Rows, or values of a joined interface, that were looked for and not found; null for a dataset that does not expect a row of each security */
    unexplained: number | null;
    /** Rows, or values of a joined interface, of which nothing is known; null for a dataset that does not expect a row of each security */
    missing: number | null;
    /** Nothing is to be fetched any more */
    whole: boolean;
    /** A task that was not cancelled covered the whole day: what is not stored is missing */
    asked: boolean;
  })[] | undefined;
  /** By month, ascending: days that are due, and the sums of their rows */
  months?: ({
    /** YYYYMM */
    month: string;
    /** Trading days that are due */
    days: number;
    whole_days: number;
    /** Securities with a row; the number of rows where `expected` is null */
    stored: number;
    /** Securities listed on that day; null for a dataset that does not expect a row of each security */
    expected: number | null;
    /** Of these, known to have no row, such as suspended ones; null for a dataset that does not expect a row of each security */
    explained: number | null;
    /** Rows, or values of a joined interface, that were looked for and not found; null for a dataset that does not expect a row of each security */
    unexplained: number | null;
    /** Rows, or values of a joined interface, of which nothing is known; null for a dataset that does not expect a row of each security */
    missing: number | null;
  })[] | undefined;
};

export type DayNames = {
  dataset: string;
  day: string;
  absent: ({
    ts_code: string;
    /** The interface without a row; the first one of the dataset where no row is stored */
    interface: string;
    /** missing: nothing is known; unexplained: looked for and not found; no_data: the interfaces agree that there is none; evidence: another dataset says why, such as a suspension */
    reason: "missing" | "unexplained" | "no_data" | "evidence";
    /** Runs that looked for it and did not find it */
    looks: number;
  })[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

export type CodeCoverage = {
  dataset: string;
  ts_code: string;
  from: string;
  to: string;
  /** Its first stored day, of all days; null when nothing is stored */
  first_stored: string | null;
  last_stored: string | null;
  /** Trading days of the range on which it is listed */
  expected: number;
  /** Of these, with a row */
  stored: number;
  explained: {
    /** Absences on which the interfaces agree */
    no_data: number;
    /** Absences that another dataset explains, such as suspensions */
    evidence: number;
  };
  /** Absences that were looked for, and nothing says why */
  unexplained: number;
  /** Rows, or values of a joined interface, of which nothing is known */
  missing: number;
  /** Where they are, ascending; the first 500 */
  missing_ranges: {
    interface: string;
    from: string;
    to: string;
    /** Trading days */
    days: number;
  }[];
};

export type Verification = {
  id: string;
  dataset: string;
  /** rows: counted from the stored rows, without a call; upstream: compared with TuShare */
  how: "rows" | "upstream";
  /** Whether what is missing or different is fetched afterwards */
  repair: boolean;
  /** null until it is known, and for a whole list */
  from: string | null;
  /** null until it is known, and for a whole list */
  to: string | null;
  /** Where it goes on; null when it has ended */
  next_day: string | null;
  /** FAILED when nothing could be said; `reason` says why */
  status: "RUNNING" | "COMPLETED" | "FAILED";
  /** complete; explained: whole, with absences that are recorded; missing; different: not as TuShare has it. null until it is COMPLETED */
  verdict: "complete" | "explained" | "missing" | "different" | null;
  /** Why it failed, or why nothing was repaired */
  reason: string | null;
  counts: {
    /** Rows that the lists expect; null where no list says which rows a day must have, or, compared with TuShare, the rows it has */
    expected: number | null;
    /** Of these, stored; null like `expected` */
    stored: number | null;
    /** Of these, known to have no row, such as those of suspended stocks */
    explained: number;
    /** Looked for and not found, and nothing says why */
    unexplained: number;
    /** Rows or values; slices where no list says which rows must be there */
    missing: number;
    /** Rows that are not as TuShare has them, or only stored here */
    different: number;
    /** Rows that fail a check; they do not change the verdict */
    failed_checks: number;
  };
  /** Findings that can be read: at most 10000 */
  findings_kept: number;
  /** The task that fetches what is missing or different; null without one */
  task_id: string | null;
  /** The task that compares with TuShare; null without one */
  comparison_task_id: string | null;
  started_at: string;
  updated_at: string;
  finished_at: string | null;
};

export type Verifications = {
  verifications: Verification[];
};

export type VerificationConflict = {
  /** about:blank: `error` is the kind */
  type: "about:blank";
  /** The HTTP status in words */
  title: string;
  /** The HTTP status */
  status: number;
  /** The same text as message */
  detail: string;
  error: "conflict";
  message: string;
};

export type VerificationFindings = {
  id: string;
  dataset: string;
  /** rows: counted from the stored rows, without a call; upstream: compared with TuShare */
  how: "rows" | "upstream";
  /** Whether what is missing or different is fetched afterwards */
  repair: boolean;
  /** null until it is known, and for a whole list */
  from: string | null;
  /** null until it is known, and for a whole list */
  to: string | null;
  /** Where it goes on; null when it has ended */
  next_day: string | null;
  /** FAILED when nothing could be said; `reason` says why */
  status: "RUNNING" | "COMPLETED" | "FAILED";
  /** complete; explained: whole, with absences that are recorded; missing; different: not as TuShare has it. null until it is COMPLETED */
  verdict: "complete" | "explained" | "missing" | "different" | null;
  /** Why it failed, or why nothing was repaired */
  reason: string | null;
  counts: {
    /** Rows that the lists expect; null where no list says which rows a day must have, or, compared with TuShare, the rows it has */
    expected: number | null;
    /** Of these, stored; null like `expected` */
    stored: number | null;
    /** Of these, known to have no row, such as those of suspended stocks */
    explained: number;
    /** Looked for and not found, and nothing says why */
    unexplained: number;
    /** Rows or values; slices where no list says which rows must be there */
    missing: number;
    /** Rows that are not as TuShare has them, or only stored here */
    different: number;
    /** Rows that fail a check; they do not change the verdict */
    failed_checks: number;
  };
  /** Findings that can be read: at most 10000 */
  findings_kept: number;
  /** The task that fetches what is missing or different; null without one */
  task_id: string | null;
  /** The task that compares with TuShare; null without one */
  comparison_task_id: string | null;
  started_at: string;
  updated_at: string;
  finished_at: string | null;
  findings: ({
    /** missing, unexplained, different, or the name of a check */
    finding: string;
    /** Trading day, end of the report period, or first day of the slice; null for a list */
    day: string | null;
    /** null when it is about a whole day or slice */
    ts_code: string | null;
    /** The interface without a row, the column, or the slice; null when the row is only stored here */
    part: string | null;
    /** What is stored; null when nothing is */
    stored: string | null;
    /** What was expected; null when it is not known */
    upstream: string | null;
    /** The key of the row, when it was compared with TuShare; null otherwise */
    key: Record<string, unknown> | null;
  })[];
  /** Pass it as `cursor` to get the next page; null on the last page */
  next_cursor: string | null;
};

/** What each operation takes, and what it answers. */
export type Operations = {
  /** All jobs, each with its newest task. */
  listJobs: {
    input: Record<never, never>;
    answer: Jobs;
    hasCsv: false;
    takesKey: false;
  };
  /** Start a job. A field that the job does not take is refused; the answer names those that it takes. Planning happens after the answer: a task that cannot be planned ends as FAILED, with the reason. */
  runJob: {
    input: {
      /** the job */
      job_type: JobType;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** a whole number from 1 to 10000: instead of from: the last so many due trading days */
      days?: number | undefined;
      /** a list of 1 to 2000 TuShare codes: only these */
      codes?: string[] | undefined;
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
      /** true or false: by report period, or by stock; overrides the settings */
      byPeriod?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Fetch the past of stocks. Runs DAILY_HISTORY (stock daily data of a range, by day or by code, whichever costs fewer calls, resumable). */
  syncStockDailyHistory: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** a whole number from 1 to 10000: instead of from: the last so many due trading days */
      days?: number | undefined;
      /** a list of 1 to 2000 TuShare codes: only these */
      codes?: string[] | undefined;
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Fetch new daily data of stocks. Runs DAILY_INCREMENTAL (stock daily data: new data, and gaps in the last 60 trading days, or the days of a date range). */
  syncStockDailyIncrement: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** a whole number from 1 to 10000: instead of from: the last so many due trading days */
      days?: number | undefined;
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Retry every open failure of the stock daily jobs. */
  retryStockDailyFailures: {
    input: Record<never, never>;
    answer: Retry;
    hasCsv: false;
    takesKey: false;
  };
  /** Fetch the list of ETFs. Runs ETF_LIST (ETF list: at most once a day). */
  syncEtfLists: {
    input: {
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Fetch prices of ETFs that are not stored. Runs ETF_HISTORY (ETF prices of a range, by day or by code, whichever costs fewer calls, resumable). */
  syncEtfPrices: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** a whole number from 1 to 10000: instead of from: the last so many due trading days */
      days?: number | undefined;
      /** a list of 1 to 2000 TuShare codes: only these */
      codes?: string[] | undefined;
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Fetch all reports of the past. Runs FINANCE_HISTORY (financial indicators of all report periods since the configured one, by period if the account has the points, resumable). */
  syncFinanceHistory: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** a list of 1 to 2000 TuShare codes: only these */
      codes?: string[] | undefined;
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
      /** true or false: by report period, or by stock; overrides the settings */
      byPeriod?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Fetch new and missing reports. Runs FINANCE_INCREMENTAL (financial indicators: failed units first, then new filings, then missing reports, or filings of a date range). */
  syncFinanceIncrement: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** true or false: also fetch what is already stored */
      refresh?: boolean | undefined;
      /** true or false: store an answer however much it changes, SYNC_REVISION_SHARE_MAX notwithstanding */
      acceptChanges?: boolean | undefined;
      /** true or false: by report period, or by stock; overrides the settings */
      byPeriod?: boolean | undefined;
    };
    answer: Task;
    hasCsv: false;
    takesKey: true;
  };
  /** Tasks, the newest first. */
  listTasks: {
    input: {
      /** of this job */
      job?: JobType | undefined;
      /** one of PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, PAUSED: of this status */
      status?: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED" | "PAUSED" | undefined;
      /** a whole number from 1 to 100: tasks on a page */
      limit?: number | undefined;
      /** the id of a task, a UUID: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: Tasks;
    hasCsv: false;
    takesKey: false;
  };
  /** One task: status, progress, rate, estimated end, units by status. */
  readTask: {
    input: {
      /** the id of a task, a UUID: the task */
      id: string;
    };
    answer: Task;
    hasCsv: false;
    takesKey: false;
  };
  /** Pause a live task. Units in progress finish; queued messages are dropped. Schedules do not resume a paused task. Pausing is idempotent. */
  pauseTask: {
    input: {
      /** the id of a task, a UUID: the task */
      id: string;
    };
    answer: Task;
    hasCsv: false;
    takesKey: false;
  };
  /** Send the rest of a paused task, or of a live one whose queue was lost. */
  resumeTask: {
    input: {
      /** the id of a task, a UUID: the task */
      id: string;
    };
    answer: Task;
    hasCsv: false;
    takesKey: false;
  };
  /** End a task that is live or paused. It ends as CANCELLED, with the reason. What it has stored stays. Cancelling is idempotent. */
  cancelTask: {
    input: {
      /** the id of a task, a UUID: the task */
      id: string;
    };
    answer: Task;
    hasCsv: false;
    takesKey: false;
  };
  /** Failure records, the newest first. */
  listFailures: {
    input: {
      /** of this job; UNKNOWN for unreadable messages */
      job?: JobName | undefined;
      /** one of transient, rate-limited, permanent: of this kind */
      kind?: "transient" | "rate-limited" | "permanent" | undefined;
      /** true or false: only resolved records, or only open ones */
      resolved?: boolean | undefined;
      /** true or false: only records that are not retried automatically, or only the others */
      needs_person?: boolean | undefined;
      /** a whole number from 1 to 100: records on a page */
      limit?: number | undefined;
      /** a whole number from 1 to 999999999999999: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: Failures;
    hasCsv: false;
    takesKey: false;
  };
  /** Try a failed unit again now. */
  retryFailure: {
    input: {
      /** a whole number from 1 to 999999999999999: the failure record */
      id: number;
    };
    answer: Failure;
    hasCsv: false;
    takesKey: false;
  };
  /** Resolve a record without its unit, with a reason. For what needs no attempt any more, such as an unreadable message. No attempt of this record follows. A later run that needs the unit fetches it. Dismissing is idempotent; the first reason stays. */
  dismissFailure: {
    input: {
      /** a whole number from 1 to 999999999999999: the failure record */
      id: number;
      /** a text of 1 to 500 characters, without control characters: why it may rest */
      reason: string;
    };
    answer: Failure;
    hasCsv: false;
    takesKey: false;
  };
  /** Stocks and ETFs by code. The list of ETFs is `?is_etf=Y`; with `exchange` that of one exchange. */
  listInstruments: {
    input: {
      /** one of Y, N: Y: only ETFs, N: only stocks */
      is_etf?: "Y" | "N" | undefined;
      /** one of SSE, SZSE, BSE: listed on this exchange */
      exchange?: "SSE" | "SZSE" | "BSE" | undefined;
      /** one of L, D, P: listed, delisted, or not trading */
      status?: "L" | "D" | "P" | undefined;
      /** a text of 1 to 50 characters, without control characters: part of the code, the name or its pinyin initials; case does not matter */
      q?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: those listed then, with the codes they had; the other columns are those of now */
      on?: string | undefined;
      /** a whole number from 1 to 1000: instruments on a page */
      limit?: number | undefined;
      /** a TuShare code: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: Instruments;
    hasCsv: false;
    takesKey: false;
  };
  /** How many ETFs there are, in all and by exchange. */
  countEtfs: {
    input: Record<never, never>;
    answer: EtfCount;
    hasCsv: false;
    takesKey: false;
  };
  /** One stock or ETF, with its newest stored trade date. */
  readInstrument: {
    input: {
      /** a TuShare code: the instrument */
      ts_code: string;
    };
    answer: InstrumentDetail;
    hasCsv: false;
    takesKey: false;
  };
  /** Daily prices of a stock or an ETF, ascending by day. Unadjusted rows also have the valuation. Adjusted rows have prices rounded to 5 decimals, and show where an earlier factor was used. Without any factor, adjusted prices are null. Of a stock that got another code, adjusted rows are under the new code where it has them; unadjusted rows are under both. */
  readDailyOfCode: {
    input: {
      /** a TuShare code: the stock or ETF */
      ts_code: string;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** one of none, qfq, hfq: none by default; qfq forward, hfq backward adjusted */
      adjust?: "none" | "qfq" | "hfq" | undefined;
      /** true or false: also the days under other codes that the security has had, each day once; not with adjust=qfq */
      other_codes?: boolean | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: for qfq: the day with unchanged prices; the newest stored by default */
      base?: string | undefined;
      /** one of json, csv: json by default; csv has all rows, without pages */
      format?: "json" | "csv" | undefined;
      /** a whole number from 1 to 1000: rows on a page, 500 by default */
      limit?: number | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: DailyOfCode;
    hasCsv: true;
    takesKey: false;
  };
  /** Unadjusted prices and valuation of the whole market on one day, by code. Each security is there once: where the old and the new code of a stock both have a row, it is that of the new code. */
  readDailyOfDay: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the newest stored by default */
      trade_date?: string | undefined;
      /** one of Y, N: Y: only ETFs, N: only stocks */
      is_etf?: "Y" | "N" | undefined;
      /** one of json, csv: json by default; csv has all rows, without pages */
      format?: "json" | "csv" | undefined;
      /** a whole number from 1 to 1000: rows on a page, 500 by default */
      limit?: number | undefined;
      /** a TuShare code: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: DailyOfDay;
    hasCsv: true;
    takesKey: false;
  };
  /** Financial indicators of a company, one row for each report period, ascending. With as_of, only reports announced by that day count. TuShare often gives a correction the announcement day of the report it corrects; it then counts from that day. */
  readFinance: {
    input: {
      /** a TuShare code: the company */
      ts_code: string;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first end of a report period, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last end of a report period, included */
      to?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: only what was announced by then */
      as_of?: string | undefined;
      /** one of json, csv: json by default; csv has all rows, without pages */
      format?: "json" | "csv" | undefined;
      /** a whole number from 1 to 200: rows on a page, 40 by default */
      limit?: number | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: Finance;
    hasCsv: true;
    takesKey: false;
  };
  /** All datasets: what is stored of each, and whether the schedules keep it up to date. */
  listDatasets: {
    input: Record<never, never>;
    answer: Datasets;
    hasCsv: false;
    takesKey: false;
  };
  /** One dataset: its columns, what is stored, and through which day it is complete. */
  readDataset: {
    input: {
      /** the dataset */
      dataset: DatasetName;
    };
    answer: DatasetDetail;
    hasCsv: false;
    takesKey: false;
  };
  /** Rows of a dataset, the newest day first. All columns as they are stored. Prices adjusted for splits and dividends are under /api/daily; whole tables are read faster by `tushare-sync export`. */
  readRows: {
    input: {
      /** the dataset */
      dataset: DatasetName;
      /** a TuShare code: only its rows */
      code?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included */
      to?: string | undefined;
      /** one of json, csv: json by default; csv has all rows, as far as one answer holds them */
      format?: "json" | "csv" | undefined;
      /** a whole number from 1 to 5000: rows on a page, 500 by default */
      limit?: number | undefined;
      /** a whole number from 1 to 1000000: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: DatasetRows;
    hasCsv: true;
    takesKey: false;
  };
  /** Where every stored row comes from: real TuShare, a simulated market, captured answers. */
  readOrigin: {
    input: Record<never, never>;
    answer: Origin;
    hasCsv: false;
    takesKey: false;
  };
  /** Rows stored for each trading day, against the instruments listed on it. */
  readCoverage: {
    input: {
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included; 30 days back by default */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included; today in Shanghai by default */
      to?: string | undefined;
    };
    answer: Coverage;
    hasCsv: false;
    takesKey: false;
  };
  /** How complete one dataset is, by day or by month, and through which day. */
  readDatasetCoverage: {
    input: {
      /** one of stock_daily, etf_daily, suspend_d, index_daily, index_dailybasic, block_trade, hk_hold, limit_list_d, margin_detail, moneyflow, stk_limit, top_inst, top_list, fund_nav, fund_share, cb_daily: one by trading day */
      dataset: "stock_daily" | "etf_daily" | "suspend_d" | "index_daily" | "index_dailybasic" | "block_trade" | "hk_hold" | "limit_list_d" | "margin_detail" | "moneyflow" | "stk_limit" | "top_inst" | "top_list" | "fund_nav" | "fund_share" | "cb_daily";
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included; 30 days back by default, by month 365 */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included; today in Shanghai by default */
      to?: string | undefined;
      /** one of day, month: one row for each; day by default */
      by?: "day" | "month" | undefined;
    };
    answer: DatasetCoverage;
    hasCsv: false;
    takesKey: false;
  };
  /** What is absent of one day, by name and with the reason. A day on which nothing is absent has an empty list; so has a day on which the market is closed. */
  readDayNames: {
    input: {
      /** one of stock_daily, etf_daily, index_daily: one with a row of each security on each trading day */
      dataset: "stock_daily" | "etf_daily" | "index_daily";
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: a trading day */
      day: string;
      /** one of missing, unexplained, no_data, evidence: only these; all by default */
      reason?: "missing" | "unexplained" | "no_data" | "evidence" | undefined;
      /** a whole number from 1 to 1000: names on a page */
      limit?: number | undefined;
      /** a text of 1 to 60 characters, without control characters: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: DayNames;
    hasCsv: false;
    takesKey: false;
  };
  /** How complete one security is: its stored days, and where it lacks some. */
  readCodeCoverage: {
    input: {
      /** one of stock_daily, etf_daily, index_daily: one with a row of each security on each trading day */
      dataset: "stock_daily" | "etf_daily" | "index_daily";
      /** a TuShare code: a security of the dataset */
      ts_code: string;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included; the first requested day by default */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included; the newest day that is due by default */
      to?: string | undefined;
    };
    answer: CodeCoverage;
    hasCsv: false;
    takesKey: false;
  };
  /** Values that TuShare changed after they had been stored, those seen last first. from and to select the days of the changed rows, since the day on which a change was seen. */
  listRevisions: {
    input: {
      /** of this dataset */
      dataset?: DatasetName | undefined;
      /** a TuShare code: of this code */
      code?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first day of the rows, included */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last day of the rows, included */
      to?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: seen on this day in Shanghai or later */
      since?: string | undefined;
      /** a whole number from 1 to 100: revisions on a page */
      limit?: number | undefined;
      /** a whole number from 1 to 999999999999999: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: Revisions;
    hasCsv: false;
    takesKey: false;
  };
  /** Verify whether a dataset is whole. It counts the stored rows again and makes no call to TuShare. With `upstream` a task of the dataset's history job or list job fetches the range again and compares rows and values; it stores nothing, and its state is at `comparison_task_id`. An equal request while it runs returns and continues the same verification. */
  startVerification: {
    input: {
      /** the dataset */
      dataset: DatasetName;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the first, included; by default the first that a task was to fetch */
      from?: string | undefined;
      /** a day from 1900 to 2099, as YYYYMMDD or YYYY-MM-DD: the last, included; by default the newest that is due */
      to?: string | undefined;
      /** true or false: compare with what TuShare has now, which takes calls */
      upstream?: boolean | undefined;
      /** true or false: also fetch what is missing or different, by the same job */
      repair?: boolean | undefined;
    };
    answer: Verification;
    hasCsv: false;
    takesKey: false;
  };
  /** Verifications, the newest first. */
  listVerifications: {
    input: {
      /** a whole number from 1 to 100: verifications in the answer */
      limit?: number | undefined;
    };
    answer: Verifications;
    hasCsv: false;
    takesKey: false;
  };
  /** One verification with a page of its findings. */
  readVerification: {
    input: {
      /** the id of a verification, a UUID: the verification */
      id: string;
      /** a whole number from 1 to 1000: findings on a page */
      limit?: number | undefined;
      /** a whole number from 1 to 999999999999999: next_cursor of the previous page */
      cursor?: string | undefined;
    };
    answer: VerificationFindings;
    hasCsv: false;
    takesKey: false;
  };
  /** This description. */
  readDescription: {
    input: Record<never, never>;
    answer: Record<string, unknown>;
    hasCsv: false;
    takesKey: false;
  };
};

export const operations = {
  listJobs: { method: "GET", at: "/api/jobs" },
  runJob: { method: "POST", at: "/api/jobs/{job_type}/run" },
  syncStockDailyHistory: { method: "POST", at: "/api/stock-daily/sync/history" },
  syncStockDailyIncrement: { method: "POST", at: "/api/stock-daily/sync/increment" },
  retryStockDailyFailures: { method: "POST", at: "/api/stock-daily/failures/retry" },
  syncEtfLists: { method: "POST", at: "/api/etf/lists" },
  syncEtfPrices: { method: "POST", at: "/api/etf/prices" },
  syncFinanceHistory: { method: "POST", at: "/api/finance/sync/history" },
  syncFinanceIncrement: { method: "POST", at: "/api/finance/sync/increment" },
  listTasks: { method: "GET", at: "/api/tasks" },
  readTask: { method: "GET", at: "/api/tasks/{id}" },
  pauseTask: { method: "POST", at: "/api/tasks/{id}/pause" },
  resumeTask: { method: "POST", at: "/api/tasks/{id}/resume" },
  cancelTask: { method: "POST", at: "/api/tasks/{id}/cancel" },
  listFailures: { method: "GET", at: "/api/failures" },
  retryFailure: { method: "POST", at: "/api/failures/{id}/retry" },
  dismissFailure: { method: "POST", at: "/api/failures/{id}/dismiss" },
  listInstruments: { method: "GET", at: "/api/instruments" },
  countEtfs: { method: "GET", at: "/api/instruments/etf-count" },
  readInstrument: { method: "GET", at: "/api/instruments/{ts_code}" },
  readDailyOfCode: { method: "GET", at: "/api/daily/{ts_code}" },
  readDailyOfDay: { method: "GET", at: "/api/daily" },
  readFinance: { method: "GET", at: "/api/finance/{ts_code}" },
  listDatasets: { method: "GET", at: "/api/datasets" },
  readDataset: { method: "GET", at: "/api/datasets/{dataset}" },
  readRows: { method: "GET", at: "/api/datasets/{dataset}/rows" },
  readOrigin: { method: "GET", at: "/api/origin" },
  readCoverage: { method: "GET", at: "/api/coverage" },
  readDatasetCoverage: { method: "GET", at: "/api/coverage/{dataset}" },
  readDayNames: { method: "GET", at: "/api/coverage/{dataset}/days/{day}" },
  readCodeCoverage: { method: "GET", at: "/api/coverage/{dataset}/{ts_code}" },
  listRevisions: { method: "GET", at: "/api/revisions" },
  startVerification: { method: "POST", at: "/api/verifications" },
  listVerifications: { method: "GET", at: "/api/verifications" },
  readVerification: { method: "GET", at: "/api/verifications/{id}" },
  readDescription: { method: "GET", at: "/openapi.json" },
} as const;
