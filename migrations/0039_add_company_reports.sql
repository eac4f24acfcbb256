create table balancesheet (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  f_ann_date date,
  report_type text,
  update_flag text,
  comp_type text,
  end_type text,
  total_share numeric,
  cap_rese numeric,
  undistr_porfit numeric,
  surplus_rese numeric,
  special_rese numeric,
  money_cap numeric,
  trad_asset numeric,
  notes_receiv numeric,
  accounts_receiv numeric,
  oth_receiv numeric,
  prepayment numeric,
  div_receiv numeric,
  int_receiv numeric,
  inventories numeric,
  amor_exp numeric,
  nca_within_1y numeric,
  sett_rsrv numeric,
  loanto_oth_bank_fi numeric,
  premium_receiv numeric,
  reinsur_receiv numeric,
  reinsur_res_receiv numeric,
  pur_resale_fa numeric,
  oth_cur_assets numeric,
  total_cur_assets numeric,
  fa_avail_for_sale numeric,
  htm_invest numeric,
  lt_eqt_invest numeric,
  invest_real_estate numeric,
  time_deposits numeric,
  oth_assets numeric,
  lt_rec numeric,
  fix_assets numeric,
  cip numeric,
  const_materials numeric,
  fixed_assets_disp numeric,
  produc_bio_assets numeric,
  oil_and_gas_assets numeric,
  intan_assets numeric,
  r_and_d numeric,
  goodwill numeric,
  lt_amor_exp numeric,
  defer_tax_assets numeric,
  decr_in_disbur numeric,
  oth_nca numeric,
  total_nca numeric,
  cash_reser_cb numeric,
  depos_in_oth_bfi numeric,
  prec_metals numeric,
  deriv_assets numeric,
  rr_reins_une_prem numeric,
  rr_reins_outstd_cla numeric,
  rr_reins_lins_liab numeric,
  rr_reins_lthins_liab numeric,
  refund_depos numeric,
  ph_pledge_loans numeric,
  refund_cap_depos numeric,
  indep_acct_assets numeric,
  client_depos numeric,
  client_prov numeric,
  transac_seat_fee numeric,
  invest_as_receiv numeric,
  total_assets numeric,
  lt_borr numeric,
  st_borr numeric,
  cb_borr numeric,
  depos_ib_deposits numeric,
  loan_oth_bank numeric,
  trading_fl numeric,
  notes_payable numeric,
  acct_payable numeric,
  adv_receipts numeric,
  sold_for_repur_fa numeric,
  comm_payable numeric,
  payroll_payable numeric,
  taxes_payable numeric,
  int_payable numeric,
  div_payable numeric,
  oth_payable numeric,
  acc_exp numeric,
  deferred_inc numeric,
  st_bonds_payable numeric,
  payable_to_reinsurer numeric,
  rsrv_insur_cont numeric,
  acting_trading_sec numeric,
  acting_uw_sec numeric,
  non_cur_liab_due_1y numeric,
  oth_cur_liab numeric,
  total_cur_liab numeric,
  bond_payable numeric,
  lt_payable numeric,
  specific_payables numeric,
  estimated_liab numeric,
  defer_tax_liab numeric,
  defer_inc_non_cur_liab numeric,
  oth_ncl numeric,
  total_ncl numeric,
  depos_oth_bfi numeric,
  deriv_liab numeric,
  depos numeric,
  agency_bus_liab numeric,
  oth_liab numeric,
  prem_receiv_adva numeric,
  depos_received numeric,
  ph_invest numeric,
  reser_une_prem numeric,
  reser_outstd_claims numeric,
  reser_lins_liab numeric,
  reser_lthins_liab numeric,
  indept_acc_liab numeric,
  pledge_borr numeric,
  indem_payable numeric,
  policy_div_payable numeric,
  total_liab numeric,
  treasury_share numeric,
  ordin_risk_reser numeric,
  forex_differ numeric,
  invest_loss_unconf numeric,
  minority_int numeric,
  total_hldr_eqy_exc_min_int numeric,
  total_hldr_eqy_inc_min_int numeric,
  total_liab_hldr_eqy numeric,
  lt_payroll_payable numeric,
  oth_comp_income numeric,
  oth_eqt_tools numeric,
  oth_eqt_tools_p_shr numeric,
  lending_funds numeric,
  acc_receivable numeric,
  st_fin_payable numeric,
  payables numeric,
  hfs_assets numeric,
  hfs_sales numeric,
  cost_fin_assets numeric,
  fair_value_fin_assets numeric,
  cip_total numeric,
  oth_pay_total numeric,
  long_pay_total numeric,
  debt_invest numeric,
  oth_debt_invest numeric,
  oth_eq_invest numeric,
  oth_illiq_fin_assets numeric,
  oth_eq_ppbond numeric,
  receiv_financing numeric,
  use_right_assets numeric,
  lease_liab numeric,
  contract_assets numeric,
  contract_liab numeric,
  accounts_receiv_bill numeric,
  accounts_pay numeric,
  oth_rcv_total numeric,
  fix_assets_total numeric,
  stored_at timestamptz not null default now(),
  constraint balancesheet_key unique nulls not distinct (ts_code, end_date, ann_date, f_ann_date, report_type, update_flag)
);

create index balancesheet_by_end_date on balancesheet (end_date);

create index balancesheet_by_ann_date on balancesheet (ann_date);

comment on table balancesheet is 'Balance sheets, every version of every report, from balancesheet or balancesheet_vip. A null is a figure the company does not report';

comment on column balancesheet.ts_code is 'TuShare code, such as 600519.SH';

comment on column balancesheet.end_date is 'Last day of the report period';

comment on column balancesheet.ann_date is 'Day of the announcement';

comment on column balancesheet.f_ann_date is 'Day on which this version was announced; null when TuShare has none';

comment on column balancesheet.report_type is 'Kind of statement; always 1, the consolidated one';

comment on column balancesheet.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column balancesheet.comp_type is 'Kind of company, 1 industry, 2 bank, 3 insurer, 4 broker';

comment on column balancesheet.end_type is 'Quarter of the report, 1 to 4';

comment on column balancesheet.total_share is 'Shares at the end of the period, shares';

comment on column balancesheet.cap_rese is 'Capital reserve, CNY';

comment on column balancesheet.undistr_porfit is 'Undistributed profit, CNY';

comment on column balancesheet.surplus_rese is 'Surplus reserve, CNY';

comment on column balancesheet.special_rese is 'Special reserve, CNY';

comment on column balancesheet.money_cap is 'Cash and bank, CNY';

comment on column balancesheet.trad_asset is 'Trading financial assets, CNY';

comment on column balancesheet.notes_receiv is 'Notes receivable, CNY';

comment on column balancesheet.accounts_receiv is 'Accounts receivable, CNY';

comment on column balancesheet.oth_receiv is 'Other receivables, CNY';

comment on column balancesheet.prepayment is 'Prepayments, CNY';

comment on column balancesheet.div_receiv is 'Dividends receivable, CNY';

comment on column balancesheet.int_receiv is 'Interest receivable, CNY';

comment on column balancesheet.inventories is 'Inventories, CNY';

comment on column balancesheet.amor_exp is 'Deferred expenses, CNY';

comment on column balancesheet.nca_within_1y is 'Non-current assets due within a year, CNY';

comment on column balancesheet.sett_rsrv is 'Settlement reserve, CNY';

comment on column balancesheet.loanto_oth_bank_fi is 'Placements with banks, CNY';

comment on column balancesheet.premium_receiv is 'Premiums receivable, CNY';

comment on column balancesheet.reinsur_receiv is 'Reinsurance receivables, CNY';

comment on column balancesheet.reinsur_res_receiv is 'Reinsurance reserves receivable, CNY';

comment on column balancesheet.pur_resale_fa is 'Reverse repos, CNY';

comment on column balancesheet.oth_cur_assets is 'Other current assets, CNY';

comment on column balancesheet.total_cur_assets is 'Total current assets, CNY';

comment on column balancesheet.fa_avail_for_sale is 'Available-for-sale assets, CNY';

comment on column balancesheet.htm_invest is 'Held-to-maturity investments, CNY';

comment on column balancesheet.lt_eqt_invest is 'Long-term equity investments, CNY';

comment on column balancesheet.invest_real_estate is 'Investment property, CNY';

comment on column balancesheet.time_deposits is 'Time deposits, CNY';

comment on column balancesheet.oth_assets is 'Other assets, CNY';

comment on column balancesheet.lt_rec is 'Long-term receivables, CNY';

comment on column balancesheet.fix_assets is 'Fixed assets, CNY';

comment on column balancesheet.cip is 'Construction in progress, CNY';

comment on column balancesheet.const_materials is 'Construction materials, CNY';

comment on column balancesheet.fixed_assets_disp is 'Fixed assets in disposal, CNY';

comment on column balancesheet.produc_bio_assets is 'Productive biological assets, CNY';

comment on column balancesheet.oil_and_gas_assets is 'Oil and gas assets, CNY';

comment on column balancesheet.intan_assets is 'Intangible assets, CNY';

comment on column balancesheet.r_and_d is 'Development expenditure, CNY';

comment on column balancesheet.goodwill is 'Goodwill, CNY';

comment on column balancesheet.lt_amor_exp is 'Long-term deferred expenses, CNY';

comment on column balancesheet.defer_tax_assets is 'Deferred tax assets, CNY';

comment on column balancesheet.decr_in_disbur is 'Loans and advances, CNY';

comment on column balancesheet.oth_nca is 'Other non-current assets, CNY';

comment on column balancesheet.total_nca is 'Total non-current assets, CNY';

comment on column balancesheet.cash_reser_cb is 'Cash and central bank balances, CNY';

comment on column balancesheet.depos_in_oth_bfi is 'Deposits with other institutions, CNY';

comment on column balancesheet.prec_metals is 'Precious metals, CNY';

comment on column balancesheet.deriv_assets is 'Derivative assets, CNY';

comment on column balancesheet.rr_reins_une_prem is 'Reinsurers'' share of unearned premiums, CNY';

comment on column balancesheet.rr_reins_outstd_cla is 'Reinsurers'' share of claims reserve, CNY';

comment on column balancesheet.rr_reins_lins_liab is 'Reinsurers'' share of life reserve, CNY';

comment on column balancesheet.rr_reins_lthins_liab is 'Reinsurers'' share of long-term health reserve, CNY';

comment on column balancesheet.refund_depos is 'Deposits paid, CNY';

comment on column balancesheet.ph_pledge_loans is 'Policy loans, CNY';

comment on column balancesheet.refund_cap_depos is 'Statutory capital deposit, CNY';

comment on column balancesheet.indep_acct_assets is 'Separate account assets, CNY';

comment on column balancesheet.client_depos is 'Client money in cash, CNY';

comment on column balancesheet.client_prov is 'Client money in settlement reserve, CNY';

comment on column balancesheet.transac_seat_fee is 'Exchange seat fees, CNY';

comment on column balancesheet.invest_as_receiv is 'Investments classified as receivables, CNY';

comment on column balancesheet.total_assets is 'Total assets, CNY';

comment on column balancesheet.lt_borr is 'Long-term borrowings, CNY';

comment on column balancesheet.st_borr is 'Short-term borrowings, CNY';

comment on column balancesheet.cb_borr is 'Borrowings from central bank, CNY';

comment on column balancesheet.depos_ib_deposits is 'Deposits from customers and banks, CNY';

comment on column balancesheet.loan_oth_bank is 'Placements from banks, CNY';

comment on column balancesheet.trading_fl is 'Trading financial liabilities, CNY';

comment on column balancesheet.notes_payable is 'Notes payable, CNY';

comment on column balancesheet.acct_payable is 'Accounts payable, CNY';

comment on column balancesheet.adv_receipts is 'Advances received, CNY';

comment on column balancesheet.sold_for_repur_fa is 'Repos, CNY';

comment on column balancesheet.comm_payable is 'Fees and commissions payable, CNY';

comment on column balancesheet.payroll_payable is 'Staff pay payable, CNY';

comment on column balancesheet.taxes_payable is 'Taxes payable, CNY';

comment on column balancesheet.int_payable is 'Interest payable, CNY';

comment on column balancesheet.div_payable is 'Dividends payable, CNY';

comment on column balancesheet.oth_payable is 'Other payables, CNY';

comment on column balancesheet.acc_exp is 'Accrued expenses, CNY';

comment on column balancesheet.deferred_inc is 'Deferred income, CNY';

comment on column balancesheet.st_bonds_payable is 'Short-term bonds payable, CNY';

comment on column balancesheet.payable_to_reinsurer is 'Payable to reinsurers, CNY';

comment on column balancesheet.rsrv_insur_cont is 'Insurance contract reserves, CNY';

comment on column balancesheet.acting_trading_sec is 'Client brokerage money, CNY';

comment on column balancesheet.acting_uw_sec is 'Underwriting money, CNY';

comment on column balancesheet.non_cur_liab_due_1y is 'Non-current liabilities due within a year, CNY';

comment on column balancesheet.oth_cur_liab is 'Other current liabilities, CNY';

comment on column balancesheet.total_cur_liab is 'Total current liabilities, CNY';

comment on column balancesheet.bond_payable is 'Bonds payable, CNY';

comment on column balancesheet.lt_payable is 'Long-term payables, CNY';

comment on column balancesheet.specific_payables is 'Special payables, CNY';

comment on column balancesheet.estimated_liab is 'Provisions, CNY';

comment on column balancesheet.defer_tax_liab is 'Deferred tax liabilities, CNY';

comment on column balancesheet.defer_inc_non_cur_liab is 'Deferred income, non-current, CNY';

comment on column balancesheet.oth_ncl is 'Other non-current liabilities, CNY';

comment on column balancesheet.total_ncl is 'Total non-current liabilities, CNY';

comment on column balancesheet.depos_oth_bfi is 'Deposits from other institutions, CNY';

comment on column balancesheet.deriv_liab is 'Derivative liabilities, CNY';

comment on column balancesheet.depos is 'Customer deposits, CNY';

comment on column balancesheet.agency_bus_liab is 'Agency business liabilities, CNY';

comment on column balancesheet.oth_liab is 'Other liabilities, CNY';

comment on column balancesheet.prem_receiv_adva is 'Premiums received in advance, CNY';

comment on column balancesheet.depos_received is 'Deposits received, CNY';

comment on column balancesheet.ph_invest is 'Policyholder deposits, CNY';

comment on column balancesheet.reser_une_prem is 'Unearned premium reserve, CNY';

comment on column balancesheet.reser_outstd_claims is 'Claims reserve, CNY';

comment on column balancesheet.reser_lins_liab is 'Life insurance reserve, CNY';

comment on column balancesheet.reser_lthins_liab is 'Long-term health reserve, CNY';

comment on column balancesheet.indept_acc_liab is 'Separate account liabilities, CNY';

comment on column balancesheet.pledge_borr is 'Pledged borrowings, CNY';

comment on column balancesheet.indem_payable is 'Claims payable, CNY';

comment on column balancesheet.policy_div_payable is 'Policy dividends payable, CNY';

comment on column balancesheet.total_liab is 'Total liabilities, CNY';

comment on column balancesheet.treasury_share is 'Treasury shares, CNY';

comment on column balancesheet.ordin_risk_reser is 'General risk reserve, CNY';

comment on column balancesheet.forex_differ is 'Currency translation difference, CNY';

comment on column balancesheet.invest_loss_unconf is 'Unrecognised investment loss, CNY';

comment on column balancesheet.minority_int is 'Minority interests, CNY';

comment on column balancesheet.total_hldr_eqy_exc_min_int is 'Equity without minorities, CNY';

comment on column balancesheet.total_hldr_eqy_inc_min_int is 'Equity with minorities, CNY';

comment on column balancesheet.total_liab_hldr_eqy is 'Total liabilities and equity, CNY';

comment on column balancesheet.lt_payroll_payable is 'Long-term staff pay payable, CNY';

comment on column balancesheet.oth_comp_income is 'Other comprehensive income, CNY';

comment on column balancesheet.oth_eqt_tools is 'Other equity instruments, CNY';

comment on column balancesheet.oth_eqt_tools_p_shr is 'Preference shares within other equity instruments, CNY';

comment on column balancesheet.lending_funds is 'Margin loans to clients, CNY';

comment on column balancesheet.acc_receivable is 'Receivables (brokers), CNY';

comment on column balancesheet.st_fin_payable is 'Short-term financing payable, CNY';

comment on column balancesheet.payables is 'Payables (brokers), CNY';

comment on column balancesheet.hfs_assets is 'Assets held for sale, CNY';

comment on column balancesheet.hfs_sales is 'Liabilities held for sale, CNY';

comment on column balancesheet.cost_fin_assets is 'Financial assets at amortised cost, CNY';

comment on column balancesheet.fair_value_fin_assets is 'Financial assets at fair value through other comprehensive income, CNY';

comment on column balancesheet.cip_total is 'Construction in progress, total, CNY';

comment on column balancesheet.oth_pay_total is 'Other payables, total, CNY';

comment on column balancesheet.long_pay_total is 'Long-term payables, total, CNY';

comment on column balancesheet.debt_invest is 'Debt investments, CNY';

comment on column balancesheet.oth_debt_invest is 'Other debt investments, CNY';

comment on column balancesheet.oth_eq_invest is 'Other equity investments, CNY';

comment on column balancesheet.oth_illiq_fin_assets is 'Other non-current financial assets, CNY';

comment on column balancesheet.oth_eq_ppbond is 'Perpetual bonds within other equity instruments, CNY';

comment on column balancesheet.receiv_financing is 'Receivables held for financing, CNY';

comment on column balancesheet.use_right_assets is 'Right-of-use assets, CNY';

comment on column balancesheet.lease_liab is 'Lease liabilities, CNY';

comment on column balancesheet.contract_assets is 'Contract assets, CNY';

comment on column balancesheet.contract_liab is 'Contract liabilities, CNY';

comment on column balancesheet.accounts_receiv_bill is 'Notes and accounts receivable, CNY';

comment on column balancesheet.accounts_pay is 'Notes and accounts payable, CNY';

comment on column balancesheet.oth_rcv_total is 'Other receivables, total, CNY';

comment on column balancesheet.fix_assets_total is 'Fixed assets, total, CNY';

comment on column balancesheet.stored_at is 'When this row was stored or last changed here';

create table cashflow (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  f_ann_date date,
  report_type text,
  update_flag text,
  comp_type text,
  end_type text,
  net_profit numeric,
  finan_exp numeric,
  c_fr_sale_sg numeric,
  recp_tax_rends numeric,
  n_depos_incr_fi numeric,
  n_incr_loans_cb numeric,
  n_inc_borr_oth_fi numeric,
  prem_fr_orig_contr numeric,
  n_incr_insured_dep numeric,
  n_reinsur_prem numeric,
  n_incr_disp_tfa numeric,
  ifc_cash_incr numeric,
  n_incr_disp_faas numeric,
  n_incr_loans_oth_bank numeric,
  n_cap_incr_repur numeric,
  c_fr_oth_operate_a numeric,
  c_inf_fr_operate_a numeric,
  c_paid_goods_s numeric,
  c_paid_to_for_empl numeric,
  c_paid_for_taxes numeric,
  n_incr_clt_loan_adv numeric,
  n_incr_dep_cbob numeric,
  c_pay_claims_orig_inco numeric,
  pay_handling_chrg numeric,
  pay_comm_insur_plcy numeric,
  oth_cash_pay_oper_act numeric,
  st_cash_out_act numeric,
  n_cashflow_act numeric,
  oth_recp_ral_inv_act numeric,
  c_disp_withdrwl_invest numeric,
  c_recp_return_invest numeric,
  n_recp_disp_fiolta numeric,
  n_recp_disp_sobu numeric,
  stot_inflows_inv_act numeric,
  c_pay_acq_const_fiolta numeric,
  c_paid_invest numeric,
  n_disp_subs_oth_biz numeric,
  oth_pay_ral_inv_act numeric,
  n_incr_pledge_loan numeric,
  stot_out_inv_act numeric,
  n_cashflow_inv_act numeric,
  c_recp_borrow numeric,
  proc_issue_bonds numeric,
  oth_cash_recp_ral_fnc_act numeric,
  stot_cash_in_fnc_act numeric,
  free_cashflow numeric,
  c_prepay_amt_borr numeric,
  c_pay_dist_dpcp_int_exp numeric,
  incl_dvd_profit_paid_sc_ms numeric,
  oth_cashpay_ral_fnc_act numeric,
  stot_cashout_fnc_act numeric,
  n_cash_flows_fnc_act numeric,
  eff_fx_flu_cash numeric,
  n_incr_cash_cash_equ numeric,
  c_cash_equ_beg_period numeric,
  c_cash_equ_end_period numeric,
  c_recp_cap_contrib numeric,
  incl_cash_rec_saims numeric,
  uncon_invest_loss numeric,
  prov_depr_assets numeric,
  depr_fa_coga_dpba numeric,
  amort_intang_assets numeric,
  lt_amort_deferred_exp numeric,
  decr_deferred_exp numeric,
  incr_acc_exp numeric,
  loss_disp_fiolta numeric,
  loss_scr_fa numeric,
  loss_fv_chg numeric,
  invest_loss numeric,
  decr_def_inc_tax_assets numeric,
  incr_def_inc_tax_liab numeric,
  decr_inventories numeric,
  decr_oper_payable numeric,
  incr_oper_payable numeric,
  others numeric,
  im_net_cashflow_oper_act numeric,
  conv_debt_into_cap numeric,
  conv_copbonds_due_within_1y numeric,
  fa_fnc_leases numeric,
  im_n_incr_cash_equ numeric,
  net_dism_capital_add numeric,
  net_cash_rece_sec numeric,
  credit_impa_loss numeric,
  use_right_asset_dep numeric,
  oth_loss_asset numeric,
  end_bal_cash numeric,
  beg_bal_cash numeric,
  end_bal_cash_equ numeric,
  beg_bal_cash_equ numeric,
  stored_at timestamptz not null default now(),
  constraint cashflow_key unique nulls not distinct (ts_code, end_date, ann_date, f_ann_date, report_type, update_flag)
);

create index cashflow_by_end_date on cashflow (end_date);

create index cashflow_by_ann_date on cashflow (ann_date);

comment on table cashflow is 'Cash flow statements, every version of every report, from cashflow or cashflow_vip. A null is a figure the company does not report';

comment on column cashflow.ts_code is 'TuShare code, such as 600519.SH';

comment on column cashflow.end_date is 'Last day of the report period';

comment on column cashflow.ann_date is 'Day of the announcement';

comment on column cashflow.f_ann_date is 'Day on which this version was announced; null when TuShare has none';

comment on column cashflow.report_type is 'Kind of statement; always 1, the consolidated one';

comment on column cashflow.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column cashflow.comp_type is 'Kind of company, 1 industry, 2 bank, 3 insurer, 4 broker';

comment on column cashflow.end_type is 'Quarter of the report, 1 to 4';

comment on column cashflow.net_profit is 'Net profit, CNY';

comment on column cashflow.finan_exp is 'Financial expense, CNY';

comment on column cashflow.c_fr_sale_sg is 'Cash from sales, CNY';

comment on column cashflow.recp_tax_rends is 'Tax refunds received, CNY';

comment on column cashflow.n_depos_incr_fi is 'Net increase in deposits, CNY';

comment on column cashflow.n_incr_loans_cb is 'Net increase in central bank loans, CNY';

comment on column cashflow.n_inc_borr_oth_fi is 'Net increase in borrowings from institutions, CNY';

comment on column cashflow.prem_fr_orig_contr is 'Premiums received, CNY';

comment on column cashflow.n_incr_insured_dep is 'Net increase in policyholder deposits, CNY';

comment on column cashflow.n_reinsur_prem is 'Net cash from reinsurance, CNY';

comment on column cashflow.n_incr_disp_tfa is 'Net increase from trading assets, CNY';

comment on column cashflow.ifc_cash_incr is 'Interest and fees received, CNY';

comment on column cashflow.n_incr_disp_faas is 'Net increase from available-for-sale assets, CNY';

comment on column cashflow.n_incr_loans_oth_bank is 'Net increase in placements from banks, CNY';

comment on column cashflow.n_cap_incr_repur is 'Net increase from repos, CNY';

comment on column cashflow.c_fr_oth_operate_a is 'Other operating cash received, CNY';

comment on column cashflow.c_inf_fr_operate_a is 'Operating inflows, subtotal, CNY';

comment on column cashflow.c_paid_goods_s is 'Cash paid for goods and services, CNY';

comment on column cashflow.c_paid_to_for_empl is 'Cash paid to staff, CNY';

comment on column cashflow.c_paid_for_taxes is 'Taxes paid, CNY';

comment on column cashflow.n_incr_clt_loan_adv is 'Net increase in loans to customers, CNY';

comment on column cashflow.n_incr_dep_cbob is 'Net increase in deposits with central bank and banks, CNY';

comment on column cashflow.c_pay_claims_orig_inco is 'Claims paid, CNY';

comment on column cashflow.pay_handling_chrg is 'Fees paid, CNY';

comment on column cashflow.pay_comm_insur_plcy is 'Policy dividends paid, CNY';

comment on column cashflow.oth_cash_pay_oper_act is 'Other operating cash paid, CNY';

comment on column cashflow.st_cash_out_act is 'Operating outflows, subtotal, CNY';

comment on column cashflow.n_cashflow_act is 'Net operating cash flow, CNY';

comment on column cashflow.oth_recp_ral_inv_act is 'Other investing cash received, CNY';

comment on column cashflow.c_disp_withdrwl_invest is 'Cash from disposal of investments, CNY';

comment on column cashflow.c_recp_return_invest is 'Cash from investment returns, CNY';

comment on column cashflow.n_recp_disp_fiolta is 'Net cash from disposal of long-term assets, CNY';

comment on column cashflow.n_recp_disp_sobu is 'Net cash from disposal of subsidiaries, CNY';

comment on column cashflow.stot_inflows_inv_act is 'Investing inflows, subtotal, CNY';

comment on column cashflow.c_pay_acq_const_fiolta is 'Cash paid for long-term assets (capex), CNY';

comment on column cashflow.c_paid_invest is 'Cash paid for investments, CNY';

comment on column cashflow.n_disp_subs_oth_biz is 'Net cash paid for subsidiaries, CNY';

comment on column cashflow.oth_pay_ral_inv_act is 'Other investing cash paid, CNY';

comment on column cashflow.n_incr_pledge_loan is 'Net increase in pledged loans, CNY';

comment on column cashflow.stot_out_inv_act is 'Investing outflows, subtotal, CNY';

comment on column cashflow.n_cashflow_inv_act is 'Net investing cash flow, CNY';

comment on column cashflow.c_recp_borrow is 'Cash from borrowings, CNY';

comment on column cashflow.proc_issue_bonds is 'Cash from bond issues, CNY';

comment on column cashflow.oth_cash_recp_ral_fnc_act is 'Other financing cash received, CNY';

comment on column cashflow.stot_cash_in_fnc_act is 'Financing inflows, subtotal, CNY';

comment on column cashflow.free_cashflow is 'Free cash flow to the firm, CNY';

comment on column cashflow.c_prepay_amt_borr is 'Debt repaid, CNY';

comment on column cashflow.c_pay_dist_dpcp_int_exp is 'Dividends and interest paid, CNY';

comment on column cashflow.incl_dvd_profit_paid_sc_ms is 'Dividends to minorities within c_pay_dist_dpcp_int_exp, CNY';

comment on column cashflow.oth_cashpay_ral_fnc_act is 'Other financing cash paid, CNY';

comment on column cashflow.stot_cashout_fnc_act is 'Financing outflows, subtotal, CNY';

comment on column cashflow.n_cash_flows_fnc_act is 'Net financing cash flow, CNY';

comment on column cashflow.eff_fx_flu_cash is 'Effect of exchange rates, CNY';

comment on column cashflow.n_incr_cash_cash_equ is 'Net increase in cash and equivalents, CNY';

comment on column cashflow.c_cash_equ_beg_period is 'Cash and equivalents at start, CNY';

comment on column cashflow.c_cash_equ_end_period is 'Cash and equivalents at end, CNY';

comment on column cashflow.c_recp_cap_contrib is 'Cash from capital contributions, CNY';

comment on column cashflow.incl_cash_rec_saims is 'From minorities within c_recp_cap_contrib, CNY';

comment on column cashflow.uncon_invest_loss is 'Unrecognised investment loss, CNY';

comment on column cashflow.prov_depr_assets is 'Asset impairment provisions, CNY';

comment on column cashflow.depr_fa_coga_dpba is 'Depreciation, CNY';

comment on column cashflow.amort_intang_assets is 'Amortisation of intangibles, CNY';

comment on column cashflow.lt_amort_deferred_exp is 'Amortisation of long-term deferred expenses, CNY';

comment on column cashflow.decr_deferred_exp is 'Decrease in deferred expenses, CNY';

comment on column cashflow.incr_acc_exp is 'Increase in accrued expenses, CNY';

comment on column cashflow.loss_disp_fiolta is 'Loss on disposal of long-term assets, CNY';

comment on column cashflow.loss_scr_fa is 'Loss on scrapping fixed assets, CNY';

comment on column cashflow.loss_fv_chg is 'Fair value loss, CNY';

comment on column cashflow.invest_loss is 'Investment loss, CNY';

comment on column cashflow.decr_def_inc_tax_assets is 'Decrease in deferred tax assets, CNY';

comment on column cashflow.incr_def_inc_tax_liab is 'Increase in deferred tax liabilities, CNY';

comment on column cashflow.decr_inventories is 'Decrease in inventories, CNY';

comment on column cashflow.decr_oper_payable is 'Decrease in operating receivables, whatever its name, CNY';

comment on column cashflow.incr_oper_payable is 'Increase in operating payables, CNY';

comment on column cashflow.others is 'Other, CNY';

comment on column cashflow.im_net_cashflow_oper_act is 'Net operating cash flow, indirect method, CNY';

comment on column cashflow.conv_debt_into_cap is 'Debt converted into capital, CNY';

comment on column cashflow.conv_copbonds_due_within_1y is 'Convertible bonds due within a year, CNY';

comment on column cashflow.fa_fnc_leases is 'Fixed assets under finance lease, CNY';

comment on column cashflow.im_n_incr_cash_equ is 'Net increase in cash, indirect method, CNY';

comment on column cashflow.net_dism_capital_add is 'Net increase in placements to banks, CNY';

comment on column cashflow.net_cash_rece_sec is 'Net cash from client brokerage, CNY';

comment on column cashflow.credit_impa_loss is 'Credit impairment loss, CNY';

comment on column cashflow.use_right_asset_dep is 'Depreciation of right-of-use assets, CNY';

comment on column cashflow.oth_loss_asset is 'Other asset impairment, CNY';

comment on column cashflow.end_bal_cash is 'Cash at end, CNY';

comment on column cashflow.beg_bal_cash is 'Cash at start, CNY';

comment on column cashflow.end_bal_cash_equ is 'Cash equivalents at end, CNY';

comment on column cashflow.beg_bal_cash_equ is 'Cash equivalents at start, CNY';

comment on column cashflow.stored_at is 'When this row was stored or last changed here';

create table dividend (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  div_proc text,
  stk_div numeric,
  stk_bo_rate numeric,
  stk_co_rate numeric,
  cash_div numeric,
  cash_div_tax numeric,
  record_date date,
  ex_date date,
  pay_date date,
  div_listdate date,
  imp_ann_date date,
  base_date date,
  base_share numeric,
  stored_at timestamptz not null default now()
);

create index dividend_by_end_date on dividend (end_date);

create index dividend_by_ann_date on dividend (ann_date);

create index dividend_by_ts_code_end_date on dividend (ts_code, end_date);

comment on table dividend is 'Dividends and bonus shares, a row for each stage, from the interface dividend';

comment on column dividend.ts_code is 'TuShare code, such as 600519.SH';

comment on column dividend.end_date is 'Period that the dividend is for, its last day';

comment on column dividend.ann_date is 'Day of the proposal; may be null';

comment on column dividend.div_proc is 'Stage, such as 预案 (proposed), 股东大会通过 (approved), 实施 (carried out)';

comment on column dividend.stk_div is 'Bonus and conversion shares, shares a share';

comment on column dividend.stk_bo_rate is 'Bonus shares, shares a share';

comment on column dividend.stk_co_rate is 'Conversion shares, shares a share';

comment on column dividend.cash_div is 'Cash after tax, 0 until it is carried out, CNY a share';

comment on column dividend.cash_div_tax is 'Cash before tax, CNY a share';

comment on column dividend.record_date is 'Record day';

comment on column dividend.ex_date is 'Ex-dividend day';

comment on column dividend.pay_date is 'Day of payment';

comment on column dividend.div_listdate is 'Day on which the bonus shares are listed';

comment on column dividend.imp_ann_date is 'Day on which it was announced as carried out';

comment on column dividend.base_date is 'Day of the share base';

comment on column dividend.base_share is 'Share base, ten thousand shares';

comment on column dividend.stored_at is 'When this row was stored or last changed here';

create table express (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  update_flag text,
  revenue numeric,
  operate_profit numeric,
  total_profit numeric,
  n_income numeric,
  total_assets numeric,
  total_hldr_eqy_exc_min_int numeric,
  diluted_eps numeric,
  diluted_roe numeric,
  yoy_net_profit numeric,
  bps numeric,
  yoy_sales numeric,
  yoy_op numeric,
  yoy_tp numeric,
  yoy_dedu_np numeric,
  yoy_eps numeric,
  yoy_roe numeric,
  growth_assets numeric,
  yoy_equity numeric,
  growth_bps numeric,
  or_last_year numeric,
  op_last_year numeric,
  tp_last_year numeric,
  np_last_year numeric,
  eps_last_year numeric,
  open_net_assets numeric,
  open_bps numeric,
  perf_summary text,
  is_audit smallint,
  remark text,
  stored_at timestamptz not null default now(),
  constraint express_key unique nulls not distinct (ts_code, end_date, ann_date, update_flag),
  constraint express_is_audit check (is_audit in (0, 1))
);

create index express_by_end_date on express (end_date);

create index express_by_ann_date on express (ann_date);

comment on table express is 'Preliminary results, every version, from express or express_vip';

comment on column express.ts_code is 'TuShare code, such as 600519.SH';

comment on column express.end_date is 'Last day of the report period';

comment on column express.ann_date is 'Day of the announcement';

comment on column express.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column express.revenue is 'Operating revenue, CNY';

comment on column express.operate_profit is 'Operating profit, CNY';

comment on column express.total_profit is 'Profit before tax, CNY';

comment on column express.n_income is 'Net profit, CNY';

comment on column express.total_assets is 'Total assets, CNY';

comment on column express.total_hldr_eqy_exc_min_int is 'Equity without minorities, CNY';

comment on column express.diluted_eps is 'Diluted earnings per share, CNY a share';

comment on column express.diluted_roe is 'Diluted return on equity, percent';

comment on column express.yoy_net_profit is 'Net profit of the year before, restated: an amount, whatever its name, CNY';

comment on column express.bps is 'Net assets per share, CNY a share';

comment on column express.yoy_sales is 'Revenue growth, percent';

comment on column express.yoy_op is 'Operating profit growth, percent';

comment on column express.yoy_tp is 'Pre-tax profit growth, percent';

comment on column express.yoy_dedu_np is 'Parent net profit growth, percent';

comment on column express.yoy_eps is 'Earnings per share, growth, percent';

comment on column express.yoy_roe is 'Change of the weighted return on equity, percentage points';

comment on column express.growth_assets is 'Assets against start of year, percent';

comment on column express.yoy_equity is 'Equity against start of year, percent';

comment on column express.growth_bps is 'Net assets per share against start of year, percent';

comment on column express.or_last_year is 'Revenue last year, CNY';

comment on column express.op_last_year is 'Operating profit last year, CNY';

comment on column express.tp_last_year is 'Pre-tax profit last year, CNY';

comment on column express.np_last_year is 'Net profit last year, CNY';

comment on column express.eps_last_year is 'Earnings per share last year, CNY a share';

comment on column express.open_net_assets is 'Net assets at start, CNY';

comment on column express.open_bps is 'Net assets per share at start, CNY a share';

comment on column express.perf_summary is 'Remarks on results';

comment on column express.is_audit is '1 audited, 0 not';

comment on column express.remark is 'Remark';

comment on column express.stored_at is 'When this row was stored or last changed here';

create table fina_audit (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  audit_result text,
  audit_fees numeric,
  audit_agency text,
  audit_sign text,
  stored_at timestamptz not null default now()
);

create index fina_audit_by_end_date on fina_audit (end_date);

create index fina_audit_by_ann_date on fina_audit (ann_date);

create index fina_audit_by_ts_code_end_date on fina_audit (ts_code, end_date);

comment on table fina_audit is 'Opinions of auditors on reports, from the interface fina_audit';

comment on column fina_audit.ts_code is 'TuShare code, such as 600519.SH';

comment on column fina_audit.end_date is 'Last day of the report period';

comment on column fina_audit.ann_date is 'Day of the announcement';

comment on column fina_audit.audit_result is 'Opinion';

comment on column fina_audit.audit_fees is 'Fee, CNY';

comment on column fina_audit.audit_agency is 'Firm of the auditors';

comment on column fina_audit.audit_sign is 'Auditors who signed';

comment on column fina_audit.stored_at is 'When this row was stored or last changed here';

create table forecast (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date not null,
  type text,
  update_flag text,
  p_change_min numeric,
  p_change_max numeric,
  net_profit_min numeric,
  net_profit_max numeric,
  last_parent_net numeric,
  first_ann_date date,
  summary text,
  change_reason text,
  stored_at timestamptz not null default now(),
  constraint forecast_key unique nulls not distinct (ts_code, end_date, ann_date, type, update_flag)
);

create index forecast_by_end_date on forecast (end_date);

create index forecast_by_ann_date_ts_code on forecast (ann_date, ts_code);

comment on table forecast is 'Earnings guidance, every version, from the interface forecast. Money is in ten thousand CNY, other than in the statements';

comment on column forecast.ts_code is 'TuShare code, such as 600519.SH';

comment on column forecast.end_date is 'Last day of the report period';

comment on column forecast.ann_date is 'Day of the announcement';

comment on column forecast.type is 'Kind, such as 预增 (increase), 预减 (decrease), 扭亏 (back to profit), 首亏 (first loss)';

comment on column forecast.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column forecast.p_change_min is 'Lowest change of the net profit, percent';

comment on column forecast.p_change_max is 'Highest change of the net profit, percent';

comment on column forecast.net_profit_min is 'Lowest net profit, ten thousand CNY';

comment on column forecast.net_profit_max is 'Highest net profit, ten thousand CNY';

comment on column forecast.last_parent_net is 'Net profit of the parent''s owners in the year before, ten thousand CNY';

comment on column forecast.first_ann_date is 'Day of the first announcement';

comment on column forecast.summary is 'Summary';

comment on column forecast.change_reason is 'Reason of the change';

comment on column forecast.stored_at is 'When this row was stored or last changed here';

create table income (
  ts_code text collate "C" not null,
  end_date date not null,
  ann_date date,
  f_ann_date date,
  report_type text,
  update_flag text,
  comp_type text,
  end_type text,
  basic_eps numeric,
  diluted_eps numeric,
  total_revenue numeric,
  revenue numeric,
  int_income numeric,
  prem_earned numeric,
  comm_income numeric,
  n_commis_income numeric,
  n_oth_income numeric,
  n_oth_b_income numeric,
  prem_income numeric,
  out_prem numeric,
  une_prem_reser numeric,
  reins_income numeric,
  n_sec_tb_income numeric,
  n_sec_uw_income numeric,
  n_asset_mg_income numeric,
  oth_b_income numeric,
  fv_value_chg_gain numeric,
  invest_income numeric,
  ass_invest_income numeric,
  forex_gain numeric,
  total_cogs numeric,
  oper_cost numeric,
  int_exp numeric,
  comm_exp numeric,
  biz_tax_surchg numeric,
  sell_exp numeric,
  admin_exp numeric,
  fin_exp numeric,
  assets_impair_loss numeric,
  prem_refund numeric,
  compens_payout numeric,
  reser_insur_liab numeric,
  div_payt numeric,
  reins_exp numeric,
  oper_exp numeric,
  compens_payout_refu numeric,
  insur_reser_refu numeric,
  reins_cost_refund numeric,
  other_bus_cost numeric,
  operate_profit numeric,
  non_oper_income numeric,
  non_oper_exp numeric,
  nca_disploss numeric,
  total_profit numeric,
  income_tax numeric,
  n_income numeric,
  n_income_attr_p numeric,
  minority_gain numeric,
  oth_compr_income numeric,
  t_compr_income numeric,
  compr_inc_attr_p numeric,
  compr_inc_attr_m_s numeric,
  ebit numeric,
  ebitda numeric,
  insurance_exp numeric,
  undist_profit numeric,
  distable_profit numeric,
  rd_exp numeric,
  fin_exp_int_exp numeric,
  fin_exp_int_inc numeric,
  transfer_surplus_rese numeric,
  transfer_housing_imprest numeric,
  transfer_oth numeric,
  adj_lossgain numeric,
  withdra_legal_surplus numeric,
  withdra_legal_pubfund numeric,
  withdra_biz_devfund numeric,
  withdra_rese_fund numeric,
  withdra_oth_ersu numeric,
  workers_welfare numeric,
  distr_profit_shrhder numeric,
  prfshare_payable_dvd numeric,
  comshare_payable_dvd numeric,
  capit_comstock_div numeric,
  net_after_nr_lp_correct numeric,
  credit_impa_loss numeric,
  net_expo_hedging_benefits numeric,
  oth_impair_loss_assets numeric,
  total_opcost numeric,
  amodcost_fin_assets numeric,
  oth_income numeric,
  asset_disp_income numeric,
  continued_net_profit numeric,
  end_net_profit numeric,
  stored_at timestamptz not null default now(),
  constraint income_key unique nulls not distinct (ts_code, end_date, ann_date, f_ann_date, report_type, update_flag)
);

create index income_by_end_date on income (end_date);

create index income_by_ann_date on income (ann_date);

comment on table income is 'Income statements, every version of every report, from income or income_vip. A null is a figure the company does not report';

comment on column income.ts_code is 'TuShare code, such as 600519.SH';

comment on column income.end_date is 'Last day of the report period';

comment on column income.ann_date is 'Day of the announcement';

comment on column income.f_ann_date is 'Day on which this version was announced; null when TuShare has none';

comment on column income.report_type is 'Kind of statement; always 1, the consolidated one';

comment on column income.update_flag is '1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither';

comment on column income.comp_type is 'Kind of company, 1 industry, 2 bank, 3 insurer, 4 broker';

comment on column income.end_type is 'Quarter of the report, 1 to 4';

comment on column income.basic_eps is 'Basic earnings per share, CNY a share';

comment on column income.diluted_eps is 'Diluted earnings per share, CNY a share';

comment on column income.total_revenue is 'Total operating revenue, CNY';

comment on column income.revenue is 'Operating revenue, CNY';

comment on column income.int_income is 'Interest income, CNY';

comment on column income.prem_earned is 'Premiums earned, CNY';

comment on column income.comm_income is 'Fee and commission income, CNY';

comment on column income.n_commis_income is 'Net fee and commission income, CNY';

comment on column income.n_oth_income is 'Other net operating gains, CNY';

comment on column income.n_oth_b_income is 'Net income of other business, CNY';

comment on column income.prem_income is 'Insurance premium income, CNY';

comment on column income.out_prem is 'Premiums ceded, CNY';

comment on column income.une_prem_reser is 'Change in unearned premium reserve, CNY';

comment on column income.reins_income is 'Inward reinsurance premiums, CNY';

comment on column income.n_sec_tb_income is 'Net income from brokerage, CNY';

comment on column income.n_sec_uw_income is 'Net income from underwriting, CNY';

comment on column income.n_asset_mg_income is 'Net income from asset management, CNY';

comment on column income.oth_b_income is 'Income of other business, CNY';

comment on column income.fv_value_chg_gain is 'Fair value gains, CNY';

comment on column income.invest_income is 'Investment income, CNY';

comment on column income.ass_invest_income is 'Share of profit of associates and joint ventures, CNY';

comment on column income.forex_gain is 'Exchange gains, CNY';

comment on column income.total_cogs is 'Total operating cost, CNY';

comment on column income.oper_cost is 'Operating cost, CNY';

comment on column income.int_exp is 'Interest expense, CNY';

comment on column income.comm_exp is 'Fee and commission expense, CNY';

comment on column income.biz_tax_surchg is 'Business taxes and surcharges, CNY';

comment on column income.sell_exp is 'Selling expense, CNY';

comment on column income.admin_exp is 'Administrative expense, CNY';

comment on column income.fin_exp is 'Financial expense, CNY';

comment on column income.assets_impair_loss is 'Asset impairment loss, CNY';

comment on column income.prem_refund is 'Surrenders, CNY';

comment on column income.compens_payout is 'Claims paid, CNY';

comment on column income.reser_insur_liab is 'Change in insurance reserves, CNY';

comment on column income.div_payt is 'Policyholder dividends, CNY';

comment on column income.reins_exp is 'Reinsurance expense, CNY';

comment on column income.oper_exp is 'Operating expenditure (financials), CNY';

comment on column income.compens_payout_refu is 'Claims recovered from reinsurers, CNY';

comment on column income.insur_reser_refu is 'Reserves recovered from reinsurers, CNY';

comment on column income.reins_cost_refund is 'Reinsurance cost recovered, CNY';

comment on column income.other_bus_cost is 'Cost of other business, CNY';

comment on column income.operate_profit is 'Operating profit, CNY';

comment on column income.non_oper_income is 'Non-operating income, CNY';

comment on column income.non_oper_exp is 'Non-operating expense, CNY';

comment on column income.nca_disploss is 'Loss on disposal of non-current assets, CNY';

comment on column income.total_profit is 'Profit before tax, CNY';

comment on column income.income_tax is 'Income tax, CNY';

comment on column income.n_income is 'Net profit, minorities included, CNY';

comment on column income.n_income_attr_p is 'Net profit of the parent''s owners, CNY';

comment on column income.minority_gain is 'Minority interest in profit, CNY';

comment on column income.oth_compr_income is 'Other comprehensive income, CNY';

comment on column income.t_compr_income is 'Total comprehensive income, CNY';

comment on column income.compr_inc_attr_p is 'Comprehensive income of the parent''s owners, CNY';

comment on column income.compr_inc_attr_m_s is 'Comprehensive income of minorities, CNY';

comment on column income.ebit is 'Earnings before interest and tax, CNY';

comment on column income.ebitda is 'Earnings before interest, tax, depreciation and amortisation, CNY';

comment on column income.insurance_exp is 'Insurance business expense, CNY';

comment on column income.undist_profit is 'Undistributed profit at start of year, CNY';

comment on column income.distable_profit is 'Distributable profit, CNY';

comment on column income.rd_exp is 'Research and development expense, CNY';

comment on column income.fin_exp_int_exp is 'Interest expense within the financial expense, CNY';

comment on column income.fin_exp_int_inc is 'Interest income within the financial expense, CNY';

comment on column income.transfer_surplus_rese is 'Transfer from surplus reserve, CNY';

comment on column income.transfer_housing_imprest is 'Transfer from housing fund, CNY';

comment on column income.transfer_oth is 'Other transfers in, CNY';

comment on column income.adj_lossgain is 'Prior-year profit adjustment, CNY';

comment on column income.withdra_legal_surplus is 'Appropriation to statutory surplus, CNY';

comment on column income.withdra_legal_pubfund is 'Appropriation to statutory welfare fund, CNY';

comment on column income.withdra_biz_devfund is 'Appropriation to enterprise expansion fund, CNY';

comment on column income.withdra_rese_fund is 'Appropriation to reserve fund, CNY';

comment on column income.withdra_oth_ersu is 'Appropriation to discretionary surplus, CNY';

comment on column income.workers_welfare is 'Staff bonus and welfare, CNY';

comment on column income.distr_profit_shrhder is 'Profit available to shareholders, CNY';

comment on column income.prfshare_payable_dvd is 'Preference dividends, CNY';

comment on column income.comshare_payable_dvd is 'Ordinary dividends, CNY';

comment on column income.capit_comstock_div is 'Stock dividends capitalised, CNY';

comment on column income.net_after_nr_lp_correct is 'Net profit without non-recurring items, before correction, CNY';

comment on column income.credit_impa_loss is 'Credit impairment loss, CNY';

comment on column income.net_expo_hedging_benefits is 'Net exposure hedging gains, CNY';

comment on column income.oth_impair_loss_assets is 'Other impairment losses, CNY';

comment on column income.total_opcost is 'Total operating cost, in a second form, CNY';

comment on column income.amodcost_fin_assets is 'Gain on derecognition of amortised-cost assets, CNY';

comment on column income.oth_income is 'Other income (grants), CNY';

comment on column income.asset_disp_income is 'Gain on asset disposal, CNY';

comment on column income.continued_net_profit is 'Net profit of continuing operations, CNY';

comment on column income.end_net_profit is 'Net profit of discontinued operations, CNY';

comment on column income.stored_at is 'When this row was stored or last changed here';

create table namechange (
  ts_code text collate "C" not null,
  start_date date,
  name text,
  end_date date,
  ann_date date,
  change_reason text,
  stored_at timestamptz not null default now()
);

create index namechange_by_ts_code_start_date on namechange (ts_code, start_date);

comment on table namechange is 'Names that stocks have had, from the interface namechange';

comment on column namechange.ts_code is 'TuShare code, such as 600519.SH';

comment on column namechange.start_date is 'First day of the name';

comment on column namechange.name is 'Short name in that time';

comment on column namechange.end_date is 'Last day of the name; null while it is valid';

comment on column namechange.ann_date is 'Day of the announcement; often null';

comment on column namechange.change_reason is 'Reason of the change';

comment on column namechange.stored_at is 'When this row was stored or last changed here';

create table new_share (
  ts_code text collate "C" not null,
  sub_code text,
  name text,
  ipo_date date,
  issue_date date,
  amount numeric,
  market_amount numeric,
  price numeric,
  pe numeric,
  limit_amount numeric,
  funds numeric,
  ballot numeric,
  stored_at timestamptz not null default now(),
  constraint new_share_key primary key (ts_code)
);

comment on table new_share is 'New issues of shares, from the interface new_share';

comment on column new_share.ts_code is 'TuShare code, such as 600519.SH';

comment on column new_share.sub_code is 'Code for the subscription';

comment on column new_share.name is 'Short name';

comment on column new_share.ipo_date is 'Day of the online issue';

comment on column new_share.issue_date is 'Day of listing; null until it is set';

comment on column new_share.amount is 'Shares issued, ten thousand shares';

comment on column new_share.market_amount is 'Shares issued online, ten thousand shares';

comment on column new_share.price is 'Issue price, CNY; 0 or null until it is set';

comment on column new_share.pe is 'Issue price to earnings, times';

comment on column new_share.limit_amount is 'Most shares that one may subscribe to, ten thousand shares';

comment on column new_share.funds is 'Money raised, hundred million CNY';

comment on column new_share.ballot is 'Share of the subscriptions that was allotted, percent';

comment on column new_share.stored_at is 'When this row was stored or last changed here';

create table stock_company (
  ts_code text collate "C" not null,
  com_name text,
  com_id text,
  exchange text,
  chairman text,
  manager text,
  secretary text,
  reg_capital numeric,
  setup_date date,
  province text,
  city text,
  website text,
  email text,
  office text,
  employees numeric,
  main_business text,
  ann_date date,
  stored_at timestamptz not null default now(),
  constraint stock_company_key primary key (ts_code)
);

comment on table stock_company is 'Profiles of listed companies, from the interface stock_company';

comment on column stock_company.ts_code is 'TuShare code, such as 600519.SH';

comment on column stock_company.com_name is 'Full name of the company';

comment on column stock_company.com_id is 'Unified social credit code';

comment on column stock_company.exchange is 'Exchange, SSE, SZSE or BSE';

comment on column stock_company.chairman is 'Legal representative';

comment on column stock_company.manager is 'General manager';

comment on column stock_company.secretary is 'Board secretary';

comment on column stock_company.reg_capital is 'Registered capital, ten thousand CNY';

comment on column stock_company.setup_date is 'Day of its foundation';

comment on column stock_company.province is 'Province';

comment on column stock_company.city is 'City';

comment on column stock_company.website is 'Web site';

comment on column stock_company.email is 'E-mail';

comment on column stock_company.office is 'Address of the office';

comment on column stock_company.employees is 'Employees, number';

comment on column stock_company.main_business is 'What it does mainly';

comment on column stock_company.ann_date is 'Day of the announcement that TuShare took it from';

comment on column stock_company.stored_at is 'When this row was stored or last changed here';
