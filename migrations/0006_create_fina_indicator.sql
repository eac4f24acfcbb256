create table fina_indicator (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  update_flag text,
  eps numeric,
  dt_eps numeric,
  total_revenue_ps numeric,
  revenue_ps numeric,
  capital_rese_ps numeric,
  surplus_rese_ps numeric,
  undist_profit_ps numeric,
  extra_item numeric,
  profit_dedt numeric,
  gross_margin numeric,
  current_ratio numeric,
  quick_ratio numeric,
  cash_ratio numeric,
  ar_turn numeric,
  ca_turn numeric,
  fa_turn numeric,
  assets_turn numeric,
  op_income numeric,
  ebit numeric,
  ebitda numeric,
  fcff numeric,
  fcfe numeric,
  current_exint numeric,
  noncurrent_exint numeric,
  interestdebt numeric,
  netdebt numeric,
  tangible_asset numeric,
  working_capital numeric,
  networking_capital numeric,
  invest_capital numeric,
  retained_earnings numeric,
  diluted2_eps numeric,
  bps numeric,
  ocfps numeric,
  retainedps numeric,
  cfps numeric,
  ebit_ps numeric,
  fcff_ps numeric,
  fcfe_ps numeric,
  netprofit_margin numeric,
  grossprofit_margin numeric,
  cogs_of_sales numeric,
  expense_of_sales numeric,
  profit_to_gr numeric,
  saleexp_to_gr numeric,
  adminexp_of_gr numeric,
  finaexp_of_gr numeric,
  impai_ttm numeric,
  gc_of_gr numeric,
  op_of_gr numeric,
  ebit_of_gr numeric,
  roe numeric,
  roe_waa numeric,
  roe_dt numeric,
  roa numeric,
  npta numeric,
  roic numeric,
  roe_yearly numeric,
  roa2_yearly numeric,
  debt_to_assets numeric,
  assets_to_eqt numeric,
  dp_assets_to_eqt numeric,
  ca_to_assets numeric,
  nca_to_assets numeric,
  tbassets_to_totalassets numeric,
  int_to_talcap numeric,
  eqt_to_talcapital numeric,
  currentdebt_to_debt numeric,
  longdeb_to_debt numeric,
  ocf_to_shortdebt numeric,
  debt_to_eqt numeric,
  eqt_to_debt numeric,
  eqt_to_interestdebt numeric,
  tangibleasset_to_debt numeric,
  tangasset_to_intdebt numeric,
  tangibleasset_to_netdebt numeric,
  ocf_to_debt numeric,
  turn_days numeric,
  roa_yearly numeric,
  roa_dp numeric,
  fixed_assets numeric,
  profit_to_op numeric,
  q_saleexp_to_gr numeric,
  q_gc_to_gr numeric,
  q_roe numeric,
  q_dt_roe numeric,
  q_npta numeric,
  q_ocf_to_sales numeric,
  basic_eps_yoy numeric,
  dt_eps_yoy numeric,
  cfps_yoy numeric,
  op_yoy numeric,
  ebt_yoy numeric,
  netprofit_yoy numeric,
  dt_netprofit_yoy numeric,
  ocf_yoy numeric,
  roe_yoy numeric,
  bps_yoy numeric,
  assets_yoy numeric,
  eqt_yoy numeric,
  tr_yoy numeric,
  or_yoy numeric,
  q_sales_yoy numeric,
  q_op_qoq numeric,
  equity_yoy numeric,
  valuechange_income numeric,
  interst_income numeric,
  daa numeric,
  profit_prefin_exp numeric,
  non_op_profit numeric,
  rd_exp numeric,
  invturn_days numeric,
  arturn_days numeric,
  inv_turn numeric,
  total_fa_trun numeric,
  roe_avg numeric,
  roic_yearly numeric,
  opincome_of_ebt numeric,
  investincome_of_ebt numeric,
  n_op_profit_of_ebt numeric,
  tax_to_ebt numeric,
  dtprofit_to_profit numeric,
  op_to_ebt numeric,
  nop_to_ebt numeric,
  salescash_to_or numeric,
  ocf_to_or numeric,
  ocf_to_opincome numeric,
  capitalized_to_da numeric,
  ocf_to_profit numeric,
  ocf_to_interestdebt numeric,
  ocf_to_netdebt numeric,
  ebit_to_interest numeric,
  longdebt_to_workingcapital numeric,
  ebitda_to_debt numeric,
  cash_to_liqdebt numeric,
  cash_to_liqdebt_withinterest numeric,
  op_to_liqdebt numeric,
  op_to_debt numeric,
  q_opincome numeric,
  q_investincome numeric,
  q_dtprofit numeric,
  q_eps numeric,
  q_netprofit_margin numeric,
  q_gsprofit_margin numeric,
  q_exp_to_sales numeric,
  q_profit_to_gr numeric,
  q_adminexp_to_gr numeric,
  q_finaexp_to_gr numeric,
  q_impair_to_gr_ttm numeric,
  q_op_to_gr numeric,
  q_opincome_to_ebt numeric,
  q_investincome_to_ebt numeric,
  q_dtprofit_to_profit numeric,
  q_salescash_to_or numeric,
  q_ocf_to_or numeric,
  q_gr_yoy numeric,
  q_gr_qoq numeric,
  q_sales_qoq numeric,
  q_op_yoy numeric,
  q_profit_yoy numeric,
  q_profit_qoq numeric,
  q_netprofit_yoy numeric,
  q_netprofit_qoq numeric,
  stored_at timestamptz not null default now(),
  constraint fina_indicator_key unique nulls not distinct (ts_code, end_date, ann_date, update_flag)
);

create index fina_indicator_by_end_date on fina_indicator (end_date);

create index fina_indicator_by_ann_date on fina_indicator (ann_date);

comment on table fina_indicator is 'Financial indicators, every version of every report, from fina_indicator or fina_indicator_vip. A null is a figure the company does not report';

comment on column fina_indicator.ts_code is 'TuShare code, such as 600519.SH';

comment on column fina_indicator.end_date is 'Last day of the report period';

comment on column fina_indicator.ann_date is 'Day of the announcement; null when TuShare has none';

comment on column fina_indicator.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column fina_indicator.eps is 'Basic earnings, CNY a share';

comment on column fina_indicator.dt_eps is 'Diluted earnings, CNY a share';

comment on column fina_indicator.total_revenue_ps is 'Total revenue, CNY a share';

comment on column fina_indicator.revenue_ps is 'Operating revenue, CNY a share';

comment on column fina_indicator.capital_rese_ps is 'Capital reserve, CNY a share';

comment on column fina_indicator.surplus_rese_ps is 'Surplus reserve, CNY a share';

comment on column fina_indicator.undist_profit_ps is 'Undistributed profit, CNY a share';

comment on column fina_indicator.extra_item is 'Non-recurring items, CNY';

comment on column fina_indicator.profit_dedt is 'Net profit without non-recurring items, CNY';

comment on column fina_indicator.gross_margin is 'Gross profit, an amount and not a ratio, CNY';

comment on column fina_indicator.current_ratio is 'Current assets to current liabilities, times';

comment on column fina_indicator.quick_ratio is 'Quick assets to current liabilities, times';

comment on column fina_indicator.cash_ratio is 'Cash to current liabilities, times';

comment on column fina_indicator.ar_turn is 'Receivables turnover, times';

comment on column fina_indicator.ca_turn is 'Current asset turnover, times';

comment on column fina_indicator.fa_turn is 'Fixed asset turnover, times';

comment on column fina_indicator.assets_turn is 'Asset turnover, times';

comment on column fina_indicator.op_income is 'Net operating income, CNY';

comment on column fina_indicator.ebit is 'Earnings before interest and tax, CNY';

comment on column fina_indicator.ebitda is 'Earnings before interest, tax, depreciation and amortisation, CNY';

comment on column fina_indicator.fcff is 'Free cash flow to the firm, CNY';

comment on column fina_indicator.fcfe is 'Free cash flow to equity, CNY';

comment on column fina_indicator.current_exint is 'Current liabilities without interest, CNY';

comment on column fina_indicator.noncurrent_exint is 'Non-current liabilities without interest, CNY';

comment on column fina_indicator.interestdebt is 'Debt with interest, CNY';

comment on column fina_indicator.netdebt is 'Net debt, CNY';

comment on column fina_indicator.tangible_asset is 'Tangible assets, CNY';

comment on column fina_indicator.working_capital is 'Working capital, CNY';

comment on column fina_indicator.networking_capital is 'Net working capital, CNY';

comment on column fina_indicator.invest_capital is 'Invested capital, CNY';

comment on column fina_indicator.retained_earnings is 'Retained earnings, CNY';

comment on column fina_indicator.diluted2_eps is 'Earnings diluted on the shares at the period''s end, CNY a share';

comment on column fina_indicator.bps is 'Net assets, CNY a share';

comment on column fina_indicator.ocfps is 'Net operating cash flow, CNY a share';

comment on column fina_indicator.retainedps is 'Retained earnings, CNY a share';

comment on column fina_indicator.cfps is 'Net cash flow, CNY a share';

comment on column fina_indicator.ebit_ps is 'Earnings before interest and tax, CNY a share';

comment on column fina_indicator.fcff_ps is 'Free cash flow to the firm, CNY a share';

comment on column fina_indicator.fcfe_ps is 'Free cash flow to equity, CNY a share';

comment on column fina_indicator.netprofit_margin is 'Net profit to revenue, percent';

comment on column fina_indicator.grossprofit_margin is 'Gross profit to revenue, percent';

comment on column fina_indicator.cogs_of_sales is 'Cost of sales to revenue, percent';

comment on column fina_indicator.expense_of_sales is 'Period expense to revenue, percent';

comment on column fina_indicator.profit_to_gr is 'Net profit to total revenue, percent';

comment on column fina_indicator.saleexp_to_gr is 'Selling expense to total revenue, percent';

comment on column fina_indicator.adminexp_of_gr is 'Administrative expense to total revenue, percent';

comment on column fina_indicator.finaexp_of_gr is 'Finance expense to total revenue, percent';

comment on column fina_indicator.impai_ttm is 'Impairment to total revenue, percent';

comment on column fina_indicator.gc_of_gr is 'Total cost to total revenue, percent';

comment on column fina_indicator.op_of_gr is 'Operating profit to total revenue, percent';

comment on column fina_indicator.ebit_of_gr is 'EBIT to total revenue, percent';

comment on column fina_indicator.roe is 'Return on equity, percent';

comment on column fina_indicator.roe_waa is 'Return on weighted average equity, percent';

comment on column fina_indicator.roe_dt is 'Return on equity without non-recurring items, percent';

comment on column fina_indicator.roa is 'Return on assets, percent';

comment on column fina_indicator.npta is 'Net profit to assets, percent';

comment on column fina_indicator.roic is 'Return on invested capital, percent';

comment on column fina_indicator.roe_yearly is 'Return on equity, annualised, percent';

comment on column fina_indicator.roa2_yearly is 'Return on assets, annualised, percent';

comment on column fina_indicator.debt_to_assets is 'Liabilities to assets, percent';

comment on column fina_indicator.assets_to_eqt is 'Equity multiplier, times';

comment on column fina_indicator.dp_assets_to_eqt is 'Equity multiplier as DuPont uses it, times';

comment on column fina_indicator.ca_to_assets is 'Current to all assets, percent';

comment on column fina_indicator.nca_to_assets is 'Non-current to all assets, percent';

comment on column fina_indicator.tbassets_to_totalassets is 'Tangible to all assets, percent';

comment on column fina_indicator.int_to_talcap is 'Debt with interest to total invested capital, percent';

comment on column fina_indicator.eqt_to_talcapital is 'Equity of the parent to total invested capital, percent';

comment on column fina_indicator.currentdebt_to_debt is 'Current to all liabilities, percent';

comment on column fina_indicator.longdeb_to_debt is 'Non-current to all liabilities, percent';

comment on column fina_indicator.ocf_to_shortdebt is 'Operating cash flow to current liabilities, times';

comment on column fina_indicator.debt_to_eqt is 'Liabilities to equity, times';

comment on column fina_indicator.eqt_to_debt is 'Equity of the parent to liabilities, times';

comment on column fina_indicator.eqt_to_interestdebt is 'Equity of the parent to debt with interest, times';

comment on column fina_indicator.tangibleasset_to_debt is 'Tangible assets to liabilities, times';

comment on column fina_indicator.tangasset_to_intdebt is 'Tangible assets to debt with interest, times';

comment on column fina_indicator.tangibleasset_to_netdebt is 'Tangible assets to net debt, times';

comment on column fina_indicator.ocf_to_debt is 'Operating cash flow to liabilities, times';

comment on column fina_indicator.turn_days is 'Operating cycle, days';

comment on column fina_indicator.roa_yearly is 'Net profit to assets, annualised, percent';

comment on column fina_indicator.roa_dp is 'Net profit to assets as DuPont uses it, percent';

comment on column fina_indicator.fixed_assets is 'Fixed assets, CNY';

comment on column fina_indicator.profit_to_op is 'Total profit to revenue, percent';

comment on column fina_indicator.q_saleexp_to_gr is 'Selling expense to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_gc_to_gr is 'Total cost to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_roe is 'Return on equity, of the single quarter, percent';

comment on column fina_indicator.q_dt_roe is 'Return on equity without non-recurring items, of the single quarter, percent';

comment on column fina_indicator.q_npta is 'Net profit to assets, of the single quarter, percent';

comment on column fina_indicator.q_ocf_to_sales is 'Operating cash flow to revenue, of the single quarter, percent';

comment on column fina_indicator.basic_eps_yoy is 'Basic earnings a share, growth on the year before, percent';

comment on column fina_indicator.dt_eps_yoy is 'Diluted earnings a share, growth on the year before, percent';

comment on column fina_indicator.cfps_yoy is 'Operating cash flow a share, growth on the year before, percent';

comment on column fina_indicator.op_yoy is 'Operating profit, growth on the year before, percent';

comment on column fina_indicator.ebt_yoy is 'Total profit, growth on the year before, percent';

comment on column fina_indicator.netprofit_yoy is 'Net profit of the parent, growth on the year before, percent';

comment on column fina_indicator.dt_netprofit_yoy is 'Net profit without non-recurring items, growth on the year before, percent';

comment on column fina_indicator.ocf_yoy is 'Operating cash flow, growth on the year before, percent';

comment on column fina_indicator.roe_yoy is 'Return on equity, growth on the year before, percent';

comment on column fina_indicator.bps_yoy is 'Net assets a share, growth since the start of the year, percent';

comment on column fina_indicator.assets_yoy is 'Assets, growth since the start of the year, percent';

comment on column fina_indicator.eqt_yoy is 'Equity of the parent, growth since the start of the year, percent';

comment on column fina_indicator.tr_yoy is 'Total revenue, growth on the year before, percent';

comment on column fina_indicator.or_yoy is 'Operating revenue, growth on the year before, percent';

comment on column fina_indicator.q_sales_yoy is 'Operating revenue, single quarter, growth on the year before, percent';

comment on column fina_indicator.q_op_qoq is 'Operating profit, single quarter, growth on the quarter before, percent';

comment on column fina_indicator.equity_yoy is 'Net assets, growth on the year before, percent';

comment on column fina_indicator.valuechange_income is 'Net result of fair-value changes, CNY';

comment on column fina_indicator.interst_income is 'Interest expense, CNY';

comment on column fina_indicator.daa is 'Depreciation and amortisation, CNY';

comment on column fina_indicator.profit_prefin_exp is 'Operating profit before finance cost, CNY';

comment on column fina_indicator.non_op_profit is 'Non-operating profit, CNY';

comment on column fina_indicator.rd_exp is 'Research and development expense, CNY';

comment on column fina_indicator.invturn_days is 'Days of inventory, days';

comment on column fina_indicator.arturn_days is 'Days of receivables, days';

comment on column fina_indicator.inv_turn is 'Inventory turnover, times';

comment on column fina_indicator.total_fa_trun is 'Turnover of all fixed assets, times';

comment on column fina_indicator.roe_avg is 'Return on average equity, percent';

comment on column fina_indicator.roic_yearly is 'Return on invested capital, annualised, percent';

comment on column fina_indicator.opincome_of_ebt is 'Net operating income to total profit, percent';

comment on column fina_indicator.investincome_of_ebt is 'Net investment income to total profit, percent';

comment on column fina_indicator.n_op_profit_of_ebt is 'Non-operating result to total profit, percent';

comment on column fina_indicator.tax_to_ebt is 'Income tax to total profit, percent';

comment on column fina_indicator.dtprofit_to_profit is 'Net profit without non-recurring items to net profit, percent';

comment on column fina_indicator.op_to_ebt is 'Operating profit to total profit, percent';

comment on column fina_indicator.nop_to_ebt is 'Non-operating profit to total profit, percent';

comment on column fina_indicator.salescash_to_or is 'Cash from sales to revenue, percent';

comment on column fina_indicator.ocf_to_or is 'Operating cash flow to revenue, percent';

comment on column fina_indicator.ocf_to_opincome is 'Operating cash flow to net operating income, percent';

comment on column fina_indicator.capitalized_to_da is 'Capital expenditure to depreciation and amortisation, percent';

comment on column fina_indicator.ocf_to_profit is 'Operating cash flow to operating profit, percent';

comment on column fina_indicator.ocf_to_interestdebt is 'Operating cash flow to debt with interest, times';

comment on column fina_indicator.ocf_to_netdebt is 'Operating cash flow to net debt, times';

comment on column fina_indicator.ebit_to_interest is 'Interest cover, times';

comment on column fina_indicator.longdebt_to_workingcapital is 'Long-term debt to working capital, times';

comment on column fina_indicator.ebitda_to_debt is 'EBITDA to liabilities, times';

comment on column fina_indicator.cash_to_liqdebt is 'Cash to current liabilities, times';

comment on column fina_indicator.cash_to_liqdebt_withinterest is 'Cash to current debt with interest, times';

comment on column fina_indicator.op_to_liqdebt is 'Operating profit to current liabilities, times';

comment on column fina_indicator.op_to_debt is 'Operating profit to liabilities, times';

comment on column fina_indicator.q_opincome is 'Net operating income of the single quarter, CNY';

comment on column fina_indicator.q_investincome is 'Net investment income of the single quarter, CNY';

comment on column fina_indicator.q_dtprofit is 'Net profit without non-recurring items of the single quarter, CNY';

comment on column fina_indicator.q_eps is 'Earnings of the single quarter, CNY a share';

comment on column fina_indicator.q_netprofit_margin is 'Net profit to revenue, of the single quarter, percent';

comment on column fina_indicator.q_gsprofit_margin is 'Gross profit to revenue, of the single quarter, percent';

comment on column fina_indicator.q_exp_to_sales is 'Period expense to revenue, of the single quarter, percent';

comment on column fina_indicator.q_profit_to_gr is 'Net profit to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_adminexp_to_gr is 'Administrative expense to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_finaexp_to_gr is 'Finance expense to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_impair_to_gr_ttm is 'Impairment to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_op_to_gr is 'Operating profit to total revenue, of the single quarter, percent';

comment on column fina_indicator.q_opincome_to_ebt is 'Net operating income to total profit, of the single quarter, percent';

comment on column fina_indicator.q_investincome_to_ebt is 'Net investment income to total profit, of the single quarter, percent';

comment on column fina_indicator.q_dtprofit_to_profit is 'Net profit without non-recurring items to net profit, of the single quarter, percent';

comment on column fina_indicator.q_salescash_to_or is 'Cash from sales to revenue, of the single quarter, percent';

comment on column fina_indicator.q_ocf_to_or is 'Operating cash flow to revenue, of the single quarter, percent';

comment on column fina_indicator.q_gr_yoy is 'Total revenue, single quarter, growth on the year before, percent';

comment on column fina_indicator.q_gr_qoq is 'Total revenue, single quarter, growth on the quarter before, percent';

comment on column fina_indicator.q_sales_qoq is 'Operating revenue, single quarter, growth on the quarter before, percent';

comment on column fina_indicator.q_op_yoy is 'Operating profit, single quarter, growth on the year before, percent';

comment on column fina_indicator.q_profit_yoy is 'Net profit, single quarter, growth on the year before, percent';

comment on column fina_indicator.q_profit_qoq is 'Net profit, single quarter, growth on the quarter before, percent';

comment on column fina_indicator.q_netprofit_yoy is 'Net profit of the parent, single quarter, growth on the year before, percent';

comment on column fina_indicator.q_netprofit_qoq is 'Net profit of the parent, single quarter, growth on the quarter before, percent';

comment on column fina_indicator.stored_at is 'When this row was stored or last changed here';
