// Cash flow statements by company and report period, every version of a report; only the consolidated kind. Quarterly
// reports leave out the indirect method.
import { type Column, type DatasetSpec, type DatasetWords, days, listed, numbers, text } from "../dataset.ts";

const columns: readonly Column[] = [
  { name: "ts_code", type: "code", required: true },
  ...days("ann_date", "f_ann_date"),
  { name: "end_date", type: "day", required: true },
  ...text("comp_type", "report_type", "end_type"),
  ...numbers(
    ...listed(`
net_profit finan_exp c_fr_sale_sg recp_tax_rends n_depos_incr_fi n_incr_loans_cb n_inc_borr_oth_fi
prem_fr_orig_contr n_incr_insured_dep n_reinsur_prem n_incr_disp_tfa ifc_cash_incr n_incr_disp_faas
n_incr_loans_oth_bank n_cap_incr_repur c_fr_oth_operate_a c_inf_fr_operate_a c_paid_goods_s
c_paid_to_for_empl c_paid_for_taxes n_incr_clt_loan_adv n_incr_dep_cbob c_pay_claims_orig_inco
pay_handling_chrg pay_comm_insur_plcy oth_cash_pay_oper_act st_cash_out_act n_cashflow_act
oth_recp_ral_inv_act c_disp_withdrwl_invest c_recp_return_invest n_recp_disp_fiolta n_recp_disp_sobu
stot_inflows_inv_act c_pay_acq_const_fiolta c_paid_invest n_disp_subs_oth_biz oth_pay_ral_inv_act
n_incr_pledge_loan stot_out_inv_act n_cashflow_inv_act c_recp_borrow proc_issue_bonds
oth_cash_recp_ral_fnc_act stot_cash_in_fnc_act free_cashflow c_prepay_amt_borr
c_pay_dist_dpcp_int_exp incl_dvd_profit_paid_sc_ms oth_cashpay_ral_fnc_act stot_cashout_fnc_act
n_cash_flows_fnc_act eff_fx_flu_cash n_incr_cash_cash_equ c_cash_equ_beg_period
c_cash_equ_end_period c_recp_cap_contrib incl_cash_rec_saims uncon_invest_loss prov_depr_assets
depr_fa_coga_dpba amort_intang_assets lt_amort_deferred_exp decr_deferred_exp incr_acc_exp
loss_disp_fiolta loss_scr_fa loss_fv_chg invest_loss decr_def_inc_tax_assets incr_def_inc_tax_liab
decr_inventories decr_oper_payable incr_oper_payable others im_net_cashflow_oper_act
conv_debt_into_cap conv_copbonds_due_within_1y fa_fnc_leases im_n_incr_cash_equ net_dism_capital_add
net_cash_rece_sec credit_impa_loss use_right_asset_dep oth_loss_asset end_bal_cash beg_bal_cash
end_bal_cash_equ beg_bal_cash_equ
`),
  ),
  ...text("update_flag"),
];

export const spec = {
  title: { en: "cash flow statements", zh: "现金流量表" },
  table: "cashflow",
  key: ["ts_code", "end_date", "ann_date", "f_ann_date", "report_type", "update_flag"],
  main: {
    name: "cashflow",
    columns,
    answers: ["code"],
    requires: ["ts_code"],
    parameters: { start_date: null, end_date: null },
    always: { report_type: "1" },
    selects: { period: "end_date" },
    points: 2_000,
    rowCap: 2_000, // undocumented; a stock has some 200 rows
  },
  byPeriod: {
    name: "cashflow_vip",
    columns,
    answers: ["period"],
    always: { report_type: "1" },
    selects: { period: "end_date" },
    parameters: { start_date: null, end_date: null },
    points: 5_000,
    rowCap: 5_000, // undocumented
  },
  details: [],
  slices: "periods",
  expects: "members",
  members: { list: "stock_list" },
  filedIn: "disclosure",
  indexes: [["end_date"], ["ann_date"]],
  dayColumn: "end_date",
  set: "finance",
  cadence: "night",
  documentation: [44],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Cash flow statements, every version of every report, from cashflow or cashflow_vip. A null is a figure the company does not report",
    zh: "现金流量表，保留每份财报的每个版本，来自 cashflow 或 cashflow_vip。公司未披露的项目为空",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    f_ann_date: ["none", "Day on which this version was announced; null when TuShare has none", "该版本的实际公告日；TuShare 未提供时为空"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    comp_type: ["none", "Kind of company, 1 industry, 2 bank, 3 insurer, 4 broker", "公司类型，1 一般工商业，2 银行，3 保险，4 证券"],
    report_type: ["none", "Kind of statement; always 1, the consolidated one", "报表类型；固定为 1，即合并报表"],
    end_type: ["none", "Quarter of the report, 1 to 4", "报告期所属季度，1 至 4"],
    net_profit: ["CNY", "Net profit", "净利润"],
    finan_exp: ["CNY", "Financial expense", "财务费用"],
    c_fr_sale_sg: ["CNY", "Cash from sales", "销售商品、提供劳务收到的现金"],
    recp_tax_rends: ["CNY", "Tax refunds received", "收到的税费返还"],
    n_depos_incr_fi: ["CNY", "Net increase in deposits", "客户存款和同业存放款项净增加额"],
    n_incr_loans_cb: ["CNY", "Net increase in central bank loans", "向中央银行借款净增加额"],
    n_inc_borr_oth_fi: ["CNY", "Net increase in borrowings from institutions", "向其他金融机构拆入资金净增加额"],
    prem_fr_orig_contr: ["CNY", "Premiums received", "收到原保险合同保费取得的现金"],
    n_incr_insured_dep: ["CNY", "Net increase in policyholder deposits", "保户储金净增加额"],
    n_reinsur_prem: ["CNY", "Net cash from reinsurance", "收到再保业务现金净额"],
    n_incr_disp_tfa: ["CNY", "Net increase from trading assets", "处置交易性金融资产净增加额"],
    ifc_cash_incr: ["CNY", "Interest and fees received", "收取利息和手续费净增加额"],
    n_incr_disp_faas: ["CNY", "Net increase from available-for-sale assets", "处置可供出售金融资产净增加额"],
    n_incr_loans_oth_bank: ["CNY", "Net increase in placements from banks", "拆入资金净增加额"],
    n_cap_incr_repur: ["CNY", "Net increase from repos", "回购业务资金净增加额"],
    c_fr_oth_operate_a: ["CNY", "Other operating cash received", "收到其他与经营活动有关的现金"],
    c_inf_fr_operate_a: ["CNY", "Operating inflows, subtotal", "经营活动现金流入小计"],
    c_paid_goods_s: ["CNY", "Cash paid for goods and services", "购买商品、接受劳务支付的现金"],
    c_paid_to_for_empl: ["CNY", "Cash paid to staff", "支付给职工以及为职工支付的现金"],
    c_paid_for_taxes: ["CNY", "Taxes paid", "支付的各项税费"],
    n_incr_clt_loan_adv: ["CNY", "Net increase in loans to customers", "客户贷款及垫款净增加额"],
    n_incr_dep_cbob: ["CNY", "Net increase in deposits with central bank and banks", "存放央行和同业款项净增加额"],
    c_pay_claims_orig_inco: ["CNY", "Claims paid", "支付原保险合同赔付款项的现金"],
    pay_handling_chrg: ["CNY", "Fees paid", "支付手续费的现金"],
    pay_comm_insur_plcy: ["CNY", "Policy dividends paid", "支付保单红利的现金"],
    oth_cash_pay_oper_act: ["CNY", "Other operating cash paid", "支付其他与经营活动有关的现金"],
    st_cash_out_act: ["CNY", "Operating outflows, subtotal", "经营活动现金流出小计"],
    n_cashflow_act: ["CNY", "Net operating cash flow", "经营活动产生的现金流量净额"],
    oth_recp_ral_inv_act: ["CNY", "Other investing cash received", "收到其他与投资活动有关的现金"],
    c_disp_withdrwl_invest: ["CNY", "Cash from disposal of investments", "收回投资收到的现金"],
    c_recp_return_invest: ["CNY", "Cash from investment returns", "取得投资收益收到的现金"],
    n_recp_disp_fiolta: ["CNY", "Net cash from disposal of long-term assets", "处置固定资产、无形资产和其他长期资产收回的现金净额"],
    n_recp_disp_sobu: ["CNY", "Net cash from disposal of subsidiaries", "处置子公司及其他营业单位收到的现金净额"],
    stot_inflows_inv_act: ["CNY", "Investing inflows, subtotal", "投资活动现金流入小计"],
    c_pay_acq_const_fiolta: ["CNY", "Cash paid for long-term assets (capex)", "购建固定资产、无形资产和其他长期资产支付的现金"],
    c_paid_invest: ["CNY", "Cash paid for investments", "投资支付的现金"],
    n_disp_subs_oth_biz: ["CNY", "Net cash paid for subsidiaries", "取得子公司及其他营业单位支付的现金净额"],
    oth_pay_ral_inv_act: ["CNY", "Other investing cash paid", "支付其他与投资活动有关的现金"],
    n_incr_pledge_loan: ["CNY", "Net increase in pledged loans", "质押贷款净增加额"],
    stot_out_inv_act: ["CNY", "Investing outflows, subtotal", "投资活动现金流出小计"],
    n_cashflow_inv_act: ["CNY", "Net investing cash flow", "投资活动产生的现金流量净额"],
    c_recp_borrow: ["CNY", "Cash from borrowings", "取得借款收到的现金"],
    proc_issue_bonds: ["CNY", "Cash from bond issues", "发行债券收到的现金"],
    oth_cash_recp_ral_fnc_act: ["CNY", "Other financing cash received", "收到其他与筹资活动有关的现金"],
    stot_cash_in_fnc_act: ["CNY", "Financing inflows, subtotal", "筹资活动现金流入小计"],
    free_cashflow: ["CNY", "Free cash flow to the firm", "企业自由现金流量"],
    c_prepay_amt_borr: ["CNY", "Debt repaid", "偿还债务支付的现金"],
    c_pay_dist_dpcp_int_exp: ["CNY", "Dividends and interest paid", "分配股利、利润或偿付利息支付的现金"],
    incl_dvd_profit_paid_sc_ms: ["CNY", "Dividends to minorities within c_pay_dist_dpcp_int_exp", "其中子公司支付给少数股东的股利、利润"],
    oth_cashpay_ral_fnc_act: ["CNY", "Other financing cash paid", "支付其他与筹资活动有关的现金"],
    stot_cashout_fnc_act: ["CNY", "Financing outflows, subtotal", "筹资活动现金流出小计"],
    n_cash_flows_fnc_act: ["CNY", "Net financing cash flow", "筹资活动产生的现金流量净额"],
    eff_fx_flu_cash: ["CNY", "Effect of exchange rates", "汇率变动对现金的影响"],
    n_incr_cash_cash_equ: ["CNY", "Net increase in cash and equivalents", "现金及现金等价物净增加额"],
    c_cash_equ_beg_period: ["CNY", "Cash and equivalents at start", "期初现金及现金等价物余额"],
    c_cash_equ_end_period: ["CNY", "Cash and equivalents at end", "期末现金及现金等价物余额"],
    c_recp_cap_contrib: ["CNY", "Cash from capital contributions", "吸收投资收到的现金"],
    incl_cash_rec_saims: ["CNY", "From minorities within c_recp_cap_contrib", "其中子公司吸收少数股东投资收到的现金"],
    uncon_invest_loss: ["CNY", "Unrecognised investment loss", "未确认投资损失"],
    prov_depr_assets: ["CNY", "Asset impairment provisions", "资产减值准备"],
    depr_fa_coga_dpba: ["CNY", "Depreciation", "固定资产折旧、油气资产折耗、生产性生物资产折旧"],
    amort_intang_assets: ["CNY", "Amortisation of intangibles", "无形资产摊销"],
    lt_amort_deferred_exp: ["CNY", "Amortisation of long-term deferred expenses", "长期待摊费用摊销"],
    decr_deferred_exp: ["CNY", "Decrease in deferred expenses", "待摊费用减少"],
    incr_acc_exp: ["CNY", "Increase in accrued expenses", "预提费用增加"],
    loss_disp_fiolta: ["CNY", "Loss on disposal of long-term assets", "处置固定、无形资产和其他长期资产的损失"],
    loss_scr_fa: ["CNY", "Loss on scrapping fixed assets", "固定资产报废损失"],
    loss_fv_chg: ["CNY", "Fair value loss", "公允价值变动损失"],
    invest_loss: ["CNY", "Investment loss", "投资损失"],
    decr_def_inc_tax_assets: ["CNY", "Decrease in deferred tax assets", "递延所得税资产减少"],
    incr_def_inc_tax_liab: ["CNY", "Increase in deferred tax liabilities", "递延所得税负债增加"],
    decr_inventories: ["CNY", "Decrease in inventories", "存货的减少"],
    decr_oper_payable: ["CNY", "Decrease in operating receivables, whatever its name", "经营性应收项目的减少，字段名易误解"],
    incr_oper_payable: ["CNY", "Increase in operating payables", "经营性应付项目的增加"],
    others: ["CNY", "Other", "其他"],
    im_net_cashflow_oper_act: ["CNY", "Net operating cash flow, indirect method", "经营活动产生的现金流量净额，间接法"],
    conv_debt_into_cap: ["CNY", "Debt converted into capital", "债务转为资本"],
    conv_copbonds_due_within_1y: ["CNY", "Convertible bonds due within a year", "一年内到期的可转换公司债券"],
    fa_fnc_leases: ["CNY", "Fixed assets under finance lease", "融资租入固定资产"],
    im_n_incr_cash_equ: ["CNY", "Net increase in cash, indirect method", "现金及现金等价物净增加额，间接法"],
    net_dism_capital_add: ["CNY", "Net increase in placements to banks", "拆出资金净增加额"],
    net_cash_rece_sec: ["CNY", "Net cash from client brokerage", "代理买卖证券收到的现金净额"],
    credit_impa_loss: ["CNY", "Credit impairment loss", "信用减值损失"],
    use_right_asset_dep: ["CNY", "Depreciation of right-of-use assets", "使用权资产折旧"],
    oth_loss_asset: ["CNY", "Other asset impairment", "其他资产减值损失"],
    end_bal_cash: ["CNY", "Cash at end", "现金的期末余额"],
    beg_bal_cash: ["CNY", "Cash at start", "现金的期初余额"],
    end_bal_cash_equ: ["CNY", "Cash equivalents at end", "现金等价物的期末余额"],
    beg_bal_cash_equ: ["CNY", "Cash equivalents at start", "现金等价物的期初余额"],
    update_flag: ["none", "1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither", "1 为更正后的版本，0 为首次公告的版本；TuShare 未说明时为空"],
  },
};
