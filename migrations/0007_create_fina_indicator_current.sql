create view fina_indicator_current as
select distinct on (ts_code, end_date)
  ts_code, end_date, ann_date, update_flag, eps, dt_eps, total_revenue_ps, revenue_ps, capital_rese_ps,
  surplus_rese_ps, undist_profit_ps, extra_item, profit_dedt, gross_margin, current_ratio, quick_ratio,
  cash_ratio, ar_turn, ca_turn, fa_turn, assets_turn, op_income, ebit, ebitda, fcff, fcfe, current_exint,
  noncurrent_exint, interestdebt, netdebt, tangible_asset, working_capital, networking_capital,
  invest_capital, retained_earnings, diluted2_eps, bps, ocfps, retainedps, cfps, ebit_ps, fcff_ps, fcfe_ps,
  netprofit_margin, grossprofit_margin, cogs_of_sales, expense_of_sales, profit_to_gr, saleexp_to_gr,
  adminexp_of_gr, finaexp_of_gr, impai_ttm, gc_of_gr, op_of_gr, ebit_of_gr, roe, roe_waa, roe_dt, roa, npta,
  roic, roe_yearly, roa2_yearly, debt_to_assets, assets_to_eqt, dp_assets_to_eqt, ca_to_assets,
  nca_to_assets, tbassets_to_totalassets, int_to_talcap, eqt_to_talcapital, currentdebt_to_debt,
  longdeb_to_debt, ocf_to_shortdebt, debt_to_eqt, eqt_to_debt, eqt_to_interestdebt, tangibleasset_to_debt,
  tangasset_to_intdebt, tangibleasset_to_netdebt, ocf_to_debt, turn_days, roa_yearly, roa_dp, fixed_assets,
  profit_to_op, q_saleexp_to_gr, q_gc_to_gr, q_roe, q_dt_roe, q_npta, q_ocf_to_sales, basic_eps_yoy,
  dt_eps_yoy, cfps_yoy, op_yoy, ebt_yoy, netprofit_yoy, dt_netprofit_yoy, ocf_yoy, roe_yoy, bps_yoy,
  assets_yoy, eqt_yoy, tr_yoy, or_yoy, q_sales_yoy, q_op_qoq, equity_yoy, valuechange_income, interst_income,
  daa, profit_prefin_exp, non_op_profit, rd_exp, invturn_days, arturn_days, inv_turn, total_fa_trun, roe_avg,
  roic_yearly, opincome_of_ebt, investincome_of_ebt, n_op_profit_of_ebt, tax_to_ebt, dtprofit_to_profit,
  op_to_ebt, nop_to_ebt, salescash_to_or, ocf_to_or, ocf_to_opincome, capitalized_to_da, ocf_to_profit,
  ocf_to_interestdebt, ocf_to_netdebt, ebit_to_interest, longdebt_to_workingcapital, ebitda_to_debt,
  cash_to_liqdebt, cash_to_liqdebt_withinterest, op_to_liqdebt, op_to_debt, q_opincome, q_investincome,
  q_dtprofit, q_eps, q_netprofit_margin, q_gsprofit_margin, q_exp_to_sales, q_profit_to_gr, q_adminexp_to_gr,
  q_finaexp_to_gr, q_impair_to_gr_ttm, q_op_to_gr, q_opincome_to_ebt, q_investincome_to_ebt,
  q_dtprofit_to_profit, q_salescash_to_or, q_ocf_to_or, q_gr_yoy, q_gr_qoq, q_sales_qoq, q_op_yoy,
  q_profit_yoy, q_profit_qoq, q_netprofit_yoy, q_netprofit_qoq, stored_at
from fina_indicator
order by ts_code, end_date,
  update_flag is not distinct from '1' desc,
  ann_date >= end_date desc nulls last,
  ann_date desc nulls last,
  -- A function takes at most 100 arguments.
  num_nonnulls(
    eps, dt_eps, total_revenue_ps, revenue_ps, capital_rese_ps, surplus_rese_ps, undist_profit_ps,
    extra_item, profit_dedt, gross_margin, current_ratio, quick_ratio, cash_ratio, ar_turn, ca_turn, fa_turn,
    assets_turn, op_income, ebit, ebitda, fcff, fcfe, current_exint, noncurrent_exint, interestdebt, netdebt,
    tangible_asset, working_capital, networking_capital, invest_capital, retained_earnings, diluted2_eps,
    bps, ocfps, retainedps, cfps, ebit_ps, fcff_ps, fcfe_ps, netprofit_margin, grossprofit_margin,
    cogs_of_sales, expense_of_sales, profit_to_gr, saleexp_to_gr, adminexp_of_gr, finaexp_of_gr, impai_ttm,
    gc_of_gr, op_of_gr, ebit_of_gr, roe, roe_waa, roe_dt, roa, npta, roic, roe_yearly, roa2_yearly,
    debt_to_assets, assets_to_eqt, dp_assets_to_eqt, ca_to_assets, nca_to_assets, tbassets_to_totalassets,
    int_to_talcap, eqt_to_talcapital, currentdebt_to_debt, longdeb_to_debt, ocf_to_shortdebt, debt_to_eqt,
    eqt_to_debt, eqt_to_interestdebt, tangibleasset_to_debt, tangasset_to_intdebt, tangibleasset_to_netdebt,
    ocf_to_debt, turn_days, roa_yearly, roa_dp, fixed_assets, profit_to_op
  ) + num_nonnulls(
    q_saleexp_to_gr, q_gc_to_gr, q_roe, q_dt_roe, q_npta, q_ocf_to_sales, basic_eps_yoy, dt_eps_yoy,
    cfps_yoy, op_yoy, ebt_yoy, netprofit_yoy, dt_netprofit_yoy, ocf_yoy, roe_yoy, bps_yoy, assets_yoy,
    eqt_yoy, tr_yoy, or_yoy, q_sales_yoy, q_op_qoq, equity_yoy, valuechange_income, interst_income, daa,
    profit_prefin_exp, non_op_profit, rd_exp, invturn_days, arturn_days, inv_turn, total_fa_trun, roe_avg,
    roic_yearly, opincome_of_ebt, investincome_of_ebt, n_op_profit_of_ebt, tax_to_ebt, dtprofit_to_profit,
    op_to_ebt, nop_to_ebt, salescash_to_or, ocf_to_or, ocf_to_opincome, capitalized_to_da, ocf_to_profit,
    ocf_to_interestdebt, ocf_to_netdebt, ebit_to_interest, longdebt_to_workingcapital, ebitda_to_debt,
    cash_to_liqdebt, cash_to_liqdebt_withinterest, op_to_liqdebt, op_to_debt, q_opincome, q_investincome,
    q_dtprofit, q_eps, q_netprofit_margin, q_gsprofit_margin, q_exp_to_sales, q_profit_to_gr,
    q_adminexp_to_gr, q_finaexp_to_gr, q_impair_to_gr_ttm, q_op_to_gr, q_opincome_to_ebt,
    q_investincome_to_ebt, q_dtprofit_to_profit, q_salescash_to_or, q_ocf_to_or, q_gr_yoy, q_gr_qoq,
    q_sales_qoq, q_op_yoy, q_profit_yoy, q_profit_qoq, q_netprofit_yoy, q_netprofit_qoq
  ) desc,
  update_flag;

comment on view fina_indicator_current is 'The one current version of each report: the corrected one first, then the latest announced after the period ended, then the fullest';

comment on column fina_indicator_current.ts_code is 'TuShare code, such as 600519.SH';

comment on column fina_indicator_current.end_date is 'Last day of the report period';

comment on column fina_indicator_current.ann_date is 'Day of the announcement; null when TuShare has none';

comment on column fina_indicator_current.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column fina_indicator_current.eps is 'Basic earnings, CNY a share';

comment on column fina_indicator_current.dt_eps is 'Diluted earnings, CNY a share';

comment on column fina_indicator_current.total_revenue_ps is 'Total revenue, CNY a share';

comment on column fina_indicator_current.revenue_ps is 'Operating revenue, CNY a share';

comment on column fina_indicator_current.capital_rese_ps is 'Capital reserve, CNY a share';

comment on column fina_indicator_current.surplus_rese_ps is 'Surplus reserve, CNY a share';

comment on column fina_indicator_current.undist_profit_ps is 'Undistributed profit, CNY a share';

comment on column fina_indicator_current.extra_item is 'Non-recurring items, CNY';

comment on column fina_indicator_current.profit_dedt is 'Net profit without non-recurring items, CNY';

comment on column fina_indicator_current.gross_margin is 'Gross profit, an amount and not a ratio, CNY';

comment on column fina_indicator_current.current_ratio is 'Current assets to current liabilities, times';

comment on column fina_indicator_current.quick_ratio is 'Quick assets to current liabilities, times';

comment on column fina_indicator_current.cash_ratio is 'Cash to current liabilities, times';

comment on column fina_indicator_current.ar_turn is 'Receivables turnover, times';

comment on column fina_indicator_current.ca_turn is 'Current asset turnover, times';

comment on column fina_indicator_current.fa_turn is 'Fixed asset turnover, times';

comment on column fina_indicator_current.assets_turn is 'Asset turnover, times';

comment on column fina_indicator_current.op_income is 'Net operating income, CNY';

comment on column fina_indicator_current.ebit is 'Earnings before interest and tax, CNY';

comment on column fina_indicator_current.ebitda is 'Earnings before interest, tax, depreciation and amortisation, CNY';

comment on column fina_indicator_current.fcff is 'Free cash flow to the firm, CNY';

comment on column fina_indicator_current.fcfe is 'Free cash flow to equity, CNY';

comment on column fina_indicator_current.current_exint is 'Current liabilities without interest, CNY';

comment on column fina_indicator_current.noncurrent_exint is 'Non-current liabilities without interest, CNY';

comment on column fina_indicator_current.interestdebt is 'Debt with interest, CNY';

comment on column fina_indicator_current.netdebt is 'Net debt, CNY';

comment on column fina_indicator_current.tangible_asset is 'Tangible assets, CNY';

comment on column fina_indicator_current.working_capital is 'Working capital, CNY';

comment on column fina_indicator_current.networking_capital is 'Net working capital, CNY';

comment on column fina_indicator_current.invest_capital is 'Invested capital, CNY';

comment on column fina_indicator_current.retained_earnings is 'Retained earnings, CNY';

comment on column fina_indicator_current.diluted2_eps is 'Earnings diluted on the shares at the period''s end, CNY a share';

comment on column fina_indicator_current.bps is 'Net assets, CNY a share';

comment on column fina_indicator_current.ocfps is 'Net operating cash flow, CNY a share';

comment on column fina_indicator_current.retainedps is 'Retained earnings, CNY a share';

comment on column fina_indicator_current.cfps is 'Net cash flow, CNY a share';

comment on column fina_indicator_current.ebit_ps is 'Earnings before interest and tax, CNY a share';

comment on column fina_indicator_current.fcff_ps is 'Free cash flow to the firm, CNY a share';

comment on column fina_indicator_current.fcfe_ps is 'Free cash flow to equity, CNY a share';

comment on column fina_indicator_current.netprofit_margin is 'Net profit to revenue, percent';

comment on column fina_indicator_current.grossprofit_margin is 'Gross profit to revenue, percent';

comment on column fina_indicator_current.cogs_of_sales is 'Cost of sales to revenue, percent';

comment on column fina_indicator_current.expense_of_sales is 'Period expense to revenue, percent';

comment on column fina_indicator_current.profit_to_gr is 'Net profit to total revenue, percent';

comment on column fina_indicator_current.saleexp_to_gr is 'Selling expense to total revenue, percent';

comment on column fina_indicator_current.adminexp_of_gr is 'Administrative expense to total revenue, percent';

comment on column fina_indicator_current.finaexp_of_gr is 'Finance expense to total revenue, percent';

comment on column fina_indicator_current.impai_ttm is 'Impairment to total revenue, percent';

comment on column fina_indicator_current.gc_of_gr is 'Total cost to total revenue, percent';

comment on column fina_indicator_current.op_of_gr is 'Operating profit to total revenue, percent';

comment on column fina_indicator_current.ebit_of_gr is 'EBIT to total revenue, percent';

comment on column fina_indicator_current.roe is 'Return on equity, percent';

comment on column fina_indicator_current.roe_waa is 'Return on weighted average equity, percent';

comment on column fina_indicator_current.roe_dt is 'Return on equity without non-recurring items, percent';

comment on column fina_indicator_current.roa is 'Return on assets, percent';

comment on column fina_indicator_current.npta is 'Net profit to assets, percent';

comment on column fina_indicator_current.roic is 'Return on invested capital, percent';

comment on column fina_indicator_current.roe_yearly is 'Return on equity, annualised, percent';

comment on column fina_indicator_current.roa2_yearly is 'Return on assets, annualised, percent';

comment on column fina_indicator_current.debt_to_assets is 'Liabilities to assets, percent';

comment on column fina_indicator_current.assets_to_eqt is 'Equity multiplier, times';

comment on column fina_indicator_current.dp_assets_to_eqt is 'Equity multiplier as DuPont uses it, times';

comment on column fina_indicator_current.ca_to_assets is 'Current to all assets, percent';

comment on column fina_indicator_current.nca_to_assets is 'Non-current to all assets, percent';

comment on column fina_indicator_current.tbassets_to_totalassets is 'Tangible to all assets, percent';

comment on column fina_indicator_current.int_to_talcap is 'Debt with interest to total invested capital, percent';

comment on column fina_indicator_current.eqt_to_talcapital is 'Equity of the parent to total invested capital, percent';

comment on column fina_indicator_current.currentdebt_to_debt is 'Current to all liabilities, percent';

comment on column fina_indicator_current.longdeb_to_debt is 'Non-current to all liabilities, percent';

comment on column fina_indicator_current.ocf_to_shortdebt is 'Operating cash flow to current liabilities, times';

comment on column fina_indicator_current.debt_to_eqt is 'Liabilities to equity, times';

comment on column fina_indicator_current.eqt_to_debt is 'Equity of the parent to liabilities, times';

comment on column fina_indicator_current.eqt_to_interestdebt is 'Equity of the parent to debt with interest, times';

comment on column fina_indicator_current.tangibleasset_to_debt is 'Tangible assets to liabilities, times';

comment on column fina_indicator_current.tangasset_to_intdebt is 'Tangible assets to debt with interest, times';

comment on column fina_indicator_current.tangibleasset_to_netdebt is 'Tangible assets to net debt, times';

comment on column fina_indicator_current.ocf_to_debt is 'Operating cash flow to liabilities, times';

comment on column fina_indicator_current.turn_days is 'Operating cycle, days';

comment on column fina_indicator_current.roa_yearly is 'Net profit to assets, annualised, percent';

comment on column fina_indicator_current.roa_dp is 'Net profit to assets as DuPont uses it, percent';

comment on column fina_indicator_current.fixed_assets is 'Fixed assets, CNY';

comment on column fina_indicator_current.profit_to_op is 'Total profit to revenue, percent';

comment on column fina_indicator_current.q_saleexp_to_gr is 'Selling expense to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_gc_to_gr is 'Total cost to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_roe is 'Return on equity, of the single quarter, percent';

comment on column fina_indicator_current.q_dt_roe is 'Return on equity without non-recurring items, of the single quarter, percent';

comment on column fina_indicator_current.q_npta is 'Net profit to assets, of the single quarter, percent';

comment on column fina_indicator_current.q_ocf_to_sales is 'Operating cash flow to revenue, of the single quarter, percent';

comment on column fina_indicator_current.basic_eps_yoy is 'Basic earnings a share, growth on the year before, percent';

comment on column fina_indicator_current.dt_eps_yoy is 'Diluted earnings a share, growth on the year before, percent';

comment on column fina_indicator_current.cfps_yoy is 'Operating cash flow a share, growth on the year before, percent';

comment on column fina_indicator_current.op_yoy is 'Operating profit, growth on the year before, percent';

comment on column fina_indicator_current.ebt_yoy is 'Total profit, growth on the year before, percent';

comment on column fina_indicator_current.netprofit_yoy is 'Net profit of the parent, growth on the year before, percent';

comment on column fina_indicator_current.dt_netprofit_yoy is 'Net profit without non-recurring items, growth on the year before, percent';

comment on column fina_indicator_current.ocf_yoy is 'Operating cash flow, growth on the year before, percent';

comment on column fina_indicator_current.roe_yoy is 'Return on equity, growth on the year before, percent';

comment on column fina_indicator_current.bps_yoy is 'Net assets a share, growth since the start of the year, percent';

comment on column fina_indicator_current.assets_yoy is 'Assets, growth since the start of the year, percent';

comment on column fina_indicator_current.eqt_yoy is 'Equity of the parent, growth since the start of the year, percent';

comment on column fina_indicator_current.tr_yoy is 'Total revenue, growth on the year before, percent';

comment on column fina_indicator_current.or_yoy is 'Operating revenue, growth on the year before, percent';

comment on column fina_indicator_current.q_sales_yoy is 'Operating revenue, single quarter, growth on the year before, percent';

comment on column fina_indicator_current.q_op_qoq is 'Operating profit, single quarter, growth on the quarter before, percent';

comment on column fina_indicator_current.equity_yoy is 'Net assets, growth on the year before, percent';

comment on column fina_indicator_current.valuechange_income is 'Net result of fair-value changes, CNY';

comment on column fina_indicator_current.interst_income is 'Interest expense, CNY';

comment on column fina_indicator_current.daa is 'Depreciation and amortisation, CNY';

comment on column fina_indicator_current.profit_prefin_exp is 'Operating profit before finance cost, CNY';

comment on column fina_indicator_current.non_op_profit is 'Non-operating profit, CNY';

comment on column fina_indicator_current.rd_exp is 'Research and development expense, CNY';

comment on column fina_indicator_current.invturn_days is 'Days of inventory, days';

comment on column fina_indicator_current.arturn_days is 'Days of receivables, days';

comment on column fina_indicator_current.inv_turn is 'Inventory turnover, times';

comment on column fina_indicator_current.total_fa_trun is 'Turnover of all fixed assets, times';

comment on column fina_indicator_current.roe_avg is 'Return on average equity, percent';

comment on column fina_indicator_current.roic_yearly is 'Return on invested capital, annualised, percent';

comment on column fina_indicator_current.opincome_of_ebt is 'Net operating income to total profit, percent';

comment on column fina_indicator_current.investincome_of_ebt is 'Net investment income to total profit, percent';

comment on column fina_indicator_current.n_op_profit_of_ebt is 'Non-operating result to total profit, percent';

comment on column fina_indicator_current.tax_to_ebt is 'Income tax to total profit, percent';

comment on column fina_indicator_current.dtprofit_to_profit is 'Net profit without non-recurring items to net profit, percent';

comment on column fina_indicator_current.op_to_ebt is 'Operating profit to total profit, percent';

comment on column fina_indicator_current.nop_to_ebt is 'Non-operating profit to total profit, percent';

comment on column fina_indicator_current.salescash_to_or is 'Cash from sales to revenue, percent';

comment on column fina_indicator_current.ocf_to_or is 'Operating cash flow to revenue, percent';

comment on column fina_indicator_current.ocf_to_opincome is 'Operating cash flow to net operating income, percent';

comment on column fina_indicator_current.capitalized_to_da is 'Capital expenditure to depreciation and amortisation, percent';

comment on column fina_indicator_current.ocf_to_profit is 'Operating cash flow to operating profit, percent';

comment on column fina_indicator_current.ocf_to_interestdebt is 'Operating cash flow to debt with interest, times';

comment on column fina_indicator_current.ocf_to_netdebt is 'Operating cash flow to net debt, times';

comment on column fina_indicator_current.ebit_to_interest is 'Interest cover, times';

comment on column fina_indicator_current.longdebt_to_workingcapital is 'Long-term debt to working capital, times';

comment on column fina_indicator_current.ebitda_to_debt is 'EBITDA to liabilities, times';

comment on column fina_indicator_current.cash_to_liqdebt is 'Cash to current liabilities, times';

comment on column fina_indicator_current.cash_to_liqdebt_withinterest is 'Cash to current debt with interest, times';

comment on column fina_indicator_current.op_to_liqdebt is 'Operating profit to current liabilities, times';

comment on column fina_indicator_current.op_to_debt is 'Operating profit to liabilities, times';

comment on column fina_indicator_current.q_opincome is 'Net operating income of the single quarter, CNY';

comment on column fina_indicator_current.q_investincome is 'Net investment income of the single quarter, CNY';

comment on column fina_indicator_current.q_dtprofit is 'Net profit without non-recurring items of the single quarter, CNY';

comment on column fina_indicator_current.q_eps is 'Earnings of the single quarter, CNY a share';

comment on column fina_indicator_current.q_netprofit_margin is 'Net profit to revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_gsprofit_margin is 'Gross profit to revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_exp_to_sales is 'Period expense to revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_profit_to_gr is 'Net profit to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_adminexp_to_gr is 'Administrative expense to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_finaexp_to_gr is 'Finance expense to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_impair_to_gr_ttm is 'Impairment to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_op_to_gr is 'Operating profit to total revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_opincome_to_ebt is 'Net operating income to total profit, of the single quarter, percent';

comment on column fina_indicator_current.q_investincome_to_ebt is 'Net investment income to total profit, of the single quarter, percent';

comment on column fina_indicator_current.q_dtprofit_to_profit is 'Net profit without non-recurring items to net profit, of the single quarter, percent';

comment on column fina_indicator_current.q_salescash_to_or is 'Cash from sales to revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_ocf_to_or is 'Operating cash flow to revenue, of the single quarter, percent';

comment on column fina_indicator_current.q_gr_yoy is 'Total revenue, single quarter, growth on the year before, percent';

comment on column fina_indicator_current.q_gr_qoq is 'Total revenue, single quarter, growth on the quarter before, percent';

comment on column fina_indicator_current.q_sales_qoq is 'Operating revenue, single quarter, growth on the quarter before, percent';

comment on column fina_indicator_current.q_op_yoy is 'Operating profit, single quarter, growth on the year before, percent';

comment on column fina_indicator_current.q_profit_yoy is 'Net profit, single quarter, growth on the year before, percent';

comment on column fina_indicator_current.q_profit_qoq is 'Net profit, single quarter, growth on the quarter before, percent';

comment on column fina_indicator_current.q_netprofit_yoy is 'Net profit of the parent, single quarter, growth on the year before, percent';

comment on column fina_indicator_current.q_netprofit_qoq is 'Net profit of the parent, single quarter, growth on the quarter before, percent';

comment on column fina_indicator_current.stored_at is 'When this row was stored or last changed here';
