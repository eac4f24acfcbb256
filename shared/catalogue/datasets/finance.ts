// Financial indicators by company and report period, every version of a report.
import { type Column, type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

/** In the order TuShare delivers them. Their meanings and units are on the table (migrations/). */
export const financeNumbers: readonly string[] = `
eps dt_eps total_revenue_ps revenue_ps capital_rese_ps surplus_rese_ps undist_profit_ps extra_item profit_dedt
gross_margin current_ratio quick_ratio cash_ratio ar_turn ca_turn fa_turn assets_turn op_income ebit ebitda fcff
fcfe current_exint noncurrent_exint interestdebt netdebt tangible_asset working_capital networking_capital
invest_capital retained_earnings diluted2_eps bps ocfps retainedps cfps ebit_ps fcff_ps fcfe_ps netprofit_margin
grossprofit_margin cogs_of_sales expense_of_sales profit_to_gr saleexp_to_gr adminexp_of_gr finaexp_of_gr impai_ttm
gc_of_gr op_of_gr ebit_of_gr roe roe_waa roe_dt roa npta roic roe_yearly roa2_yearly debt_to_assets assets_to_eqt
dp_assets_to_eqt ca_to_assets nca_to_assets tbassets_to_totalassets int_to_talcap eqt_to_talcapital
currentdebt_to_debt longdeb_to_debt ocf_to_shortdebt debt_to_eqt eqt_to_debt eqt_to_interestdebt
tangibleasset_to_debt tangasset_to_intdebt tangibleasset_to_netdebt ocf_to_debt turn_days roa_yearly roa_dp
fixed_assets profit_to_op q_saleexp_to_gr q_gc_to_gr q_roe q_dt_roe q_npta q_ocf_to_sales basic_eps_yoy dt_eps_yoy
cfps_yoy op_yoy ebt_yoy netprofit_yoy dt_netprofit_yoy ocf_yoy roe_yoy bps_yoy assets_yoy eqt_yoy tr_yoy or_yoy
q_sales_yoy q_op_qoq equity_yoy valuechange_income interst_income daa profit_prefin_exp non_op_profit rd_exp
invturn_days arturn_days inv_turn total_fa_trun roe_avg roic_yearly opincome_of_ebt investincome_of_ebt
n_op_profit_of_ebt tax_to_ebt dtprofit_to_profit op_to_ebt nop_to_ebt salescash_to_or ocf_to_or ocf_to_opincome
capitalized_to_da ocf_to_profit ocf_to_interestdebt ocf_to_netdebt ebit_to_interest longdebt_to_workingcapital
ebitda_to_debt cash_to_liqdebt cash_to_liqdebt_withinterest op_to_liqdebt op_to_debt q_opincome q_investincome
q_dtprofit q_eps q_netprofit_margin q_gsprofit_margin q_exp_to_sales q_profit_to_gr q_adminexp_to_gr
q_finaexp_to_gr q_impair_to_gr_ttm q_op_to_gr q_opincome_to_ebt q_investincome_to_ebt q_dtprofit_to_profit
q_salescash_to_or q_ocf_to_or q_gr_yoy q_gr_qoq q_sales_qoq q_op_yoy q_profit_yoy q_profit_qoq q_netprofit_yoy
q_netprofit_qoq`
  .trim()
  .split(/\s+/);

const financeColumns: readonly Column[] = [
  { name: "ts_code", type: "code", required: true },
  { name: "end_date", type: "day", required: true },
  { name: "ann_date", type: "day" },
  { name: "update_flag", type: "text" },
  ...numbers(...financeNumbers),
];

export const spec = {
  title: { en: "financial indicators", zh: "财务指标" },
  table: "fina_indicator",
  key: ["ts_code", "end_date", "ann_date", "update_flag"],
  main: {
    name: "fina_indicator",
    columns: financeColumns,
    answers: ["code"],
    requires: ["ts_code"],
    points: 2_000,
    rowCap: 100,
  },
  // The cap is not documented: sources give 2,000, 10,000 and 12,000. With the least, the only cost is one more call for a page that is empty.
  byPeriod: {
    name: "fina_indicator_vip",
    columns: financeColumns,
    answers: ["period", "code"],
    points: 5_000,
    rowCap: 2_000,
  },
  details: [],
  slices: "periods",
  expects: "members",
  members: { list: "stock_list" },
  filedIn: "disclosure",
  indexes: [["end_date"]],
  dayColumn: "end_date",
  set: "core",
  place: 5,
  cadence: "night",
  jobs: { history: "FINANCE_HISTORY", incremental: "FINANCE_INCREMENTAL" },
  documentation: [79],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Financial indicators of a company and report period, every version of a report",
    zh: "各公司各报告期的财务指标，保留每次修订",
  },
  columns: {},
};
