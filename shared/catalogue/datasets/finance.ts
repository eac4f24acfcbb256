// Financial indicators by company and report period, every version of a report.
import { type Column, type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

/** In TuShare's order. Their meanings and units are below. */
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

/** TuShare answers those up to equity_yoy unless it is asked for others, and the announcement before the period. */
const financeFields = ["ts_code ann_date end_date update_flag?"]
  .concat(financeNumbers.map((name, at) => (at > financeNumbers.indexOf("equity_yoy") ? `${name}?` : name)))
  .join(" ");

export const spec = {
  title: { en: "financial indicators", zh: "财务指标" },
  table: "fina_indicator",
  key: ["ts_code", "end_date", "ann_date", "update_flag"],
  main: {
    name: "fina_indicator",
    fields: financeFields,
    columns: financeColumns,
    answers: ["code"],
    requires: ["ts_code"],
    points: 2_000,
    rowCap: 100,
  },
  // The cap is undocumented: sources say 2,000, 10,000 and 12,000. The lowest costs only one more call, for an empty page.
  byPeriod: {
    name: "fina_indicator_vip",
    fields: financeFields,
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
  indexes: [["end_date"], ["ann_date"]],
  dayColumn: "end_date",
  set: "core",
  place: 5,
  cadence: "night",
  jobs: { history: "FINANCE_HISTORY", incremental: "FINANCE_INCREMENTAL" },
  documentation: [79],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Financial indicators, every version of every report, from fina_indicator or fina_indicator_vip. A null is a figure the company does not report",
    zh: "财务指标，保留每份财报的每个版本，来自 fina_indicator 或 fina_indicator_vip。公司未披露的指标为空",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    ann_date: ["none", "Day of the announcement; null when TuShare has none", "公告日；TuShare 未提供时为空"],
    update_flag: ["none", "1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither", "1 为更正后的版本，0 为首次公告的版本；TuShare 未说明时为空"],
    eps: ["CNY a share", "Basic earnings", "基本每股收益"],
    dt_eps: ["CNY a share", "Diluted earnings", "稀释每股收益"],
    total_revenue_ps: ["CNY a share", "Total revenue", "每股营业总收入"],
    revenue_ps: ["CNY a share", "Operating revenue", "每股营业收入"],
    capital_rese_ps: ["CNY a share", "Capital reserve", "每股资本公积"],
    surplus_rese_ps: ["CNY a share", "Surplus reserve", "每股盈余公积"],
    undist_profit_ps: ["CNY a share", "Undistributed profit", "每股未分配利润"],
    extra_item: ["CNY", "Non-recurring items", "非经常性损益"],
    profit_dedt: ["CNY", "Net profit without non-recurring items", "扣除非经常性损益后的净利润"],
    gross_margin: ["CNY", "Gross profit, an amount and not a ratio", "毛利，为金额而非比率"],
    current_ratio: ["times", "Current assets to current liabilities", "流动比率"],
    quick_ratio: ["times", "Quick assets to current liabilities", "速动比率"],
    cash_ratio: ["times", "Cash to current liabilities", "现金比率，即现金与流动负债之比"],
    ar_turn: ["turns", "Receivables turnover", "应收账款周转率"],
    ca_turn: ["turns", "Current asset turnover", "流动资产周转率"],
    fa_turn: ["turns", "Fixed asset turnover", "固定资产周转率"],
    assets_turn: ["turns", "Asset turnover", "总资产周转率"],
    op_income: ["CNY", "Net operating income", "经营活动净收益"],
    ebit: ["CNY", "Earnings before interest and tax", "息税前利润"],
    ebitda: ["CNY", "Earnings before interest, tax, depreciation and amortisation", "息税折旧摊销前利润"],
    fcff: ["CNY", "Free cash flow to the firm", "企业自由现金流量"],
    fcfe: ["CNY", "Free cash flow to equity", "股权自由现金流量"],
    current_exint: ["CNY", "Current liabilities without interest", "无息流动负债"],
    noncurrent_exint: ["CNY", "Non-current liabilities without interest", "无息非流动负债"],
    interestdebt: ["CNY", "Debt with interest", "带息债务"],
    netdebt: ["CNY", "Net debt", "净债务"],
    tangible_asset: ["CNY", "Tangible assets", "有形资产"],
    working_capital: ["CNY", "Working capital", "营运资金"],
    networking_capital: ["CNY", "Net working capital", "净营运资本"],
    invest_capital: ["CNY", "Invested capital", "投入资本"],
    retained_earnings: ["CNY", "Retained earnings", "留存收益"],
    diluted2_eps: ["CNY a share", "Earnings diluted on the shares at the period's end", "期末摊薄每股收益"],
    bps: ["CNY a share", "Net assets", "每股净资产"],
    ocfps: ["CNY a share", "Net operating cash flow", "每股经营活动现金流量净额"],
    retainedps: ["CNY a share", "Retained earnings", "每股留存收益"],
    cfps: ["CNY a share", "Net cash flow", "每股现金流量净额"],
    ebit_ps: ["CNY a share", "Earnings before interest and tax", "每股息税前利润"],
    fcff_ps: ["CNY a share", "Free cash flow to the firm", "每股企业自由现金流量"],
    fcfe_ps: ["CNY a share", "Free cash flow to equity", "每股股权自由现金流量"],
    netprofit_margin: ["percent", "Net profit to revenue", "销售净利率"],
    grossprofit_margin: ["percent", "Gross profit to revenue", "销售毛利率"],
    cogs_of_sales: ["percent", "Cost of sales to revenue", "销售成本率"],
    expense_of_sales: ["percent", "Period expense to revenue", "销售期间费用率"],
    profit_to_gr: ["percent", "Net profit to total revenue", "净利润占营业总收入"],
    saleexp_to_gr: ["percent", "Selling expense to total revenue", "销售费用占营业总收入"],
    adminexp_of_gr: ["percent", "Administrative expense to total revenue", "管理费用占营业总收入"],
    finaexp_of_gr: ["percent", "Finance expense to total revenue", "财务费用占营业总收入"],
    impai_ttm: ["percent", "Impairment to total revenue", "资产减值损失占营业总收入"],
    gc_of_gr: ["percent", "Total cost to total revenue", "营业总成本占营业总收入"],
    op_of_gr: ["percent", "Operating profit to total revenue", "营业利润占营业总收入"],
    ebit_of_gr: ["percent", "EBIT to total revenue", "息税前利润占营业总收入"],
    roe: ["percent", "Return on equity", "净资产收益率"],
    roe_waa: ["percent", "Return on weighted average equity", "加权平均净资产收益率"],
    roe_dt: ["percent", "Return on equity without non-recurring items", "扣除非经常性损益后的净资产收益率"],
    roa: ["percent", "Return on assets", "总资产报酬率"],
    npta: ["percent", "Net profit to assets", "总资产净利率"],
    roic: ["percent", "Return on invested capital", "投入资本回报率"],
    roe_yearly: ["percent", "Return on equity, annualised", "净资产收益率，年化"],
    roa2_yearly: ["percent", "Return on assets, annualised", "总资产报酬率，年化"],
    debt_to_assets: ["percent", "Liabilities to assets", "资产负债率"],
    assets_to_eqt: ["times", "Equity multiplier", "权益乘数"],
    dp_assets_to_eqt: ["times", "Equity multiplier as DuPont uses it", "权益乘数，杜邦分析口径"],
    ca_to_assets: ["percent", "Current to all assets", "流动资产占总资产"],
    nca_to_assets: ["percent", "Non-current to all assets", "非流动资产占总资产"],
    tbassets_to_totalassets: ["percent", "Tangible to all assets", "有形资产占总资产"],
    int_to_talcap: ["percent", "Debt with interest to total invested capital", "带息债务占全部投入资本"],
    eqt_to_talcapital: ["percent", "Equity of the parent to total invested capital", "归属于母公司的股东权益占全部投入资本"],
    currentdebt_to_debt: ["percent", "Current to all liabilities", "流动负债占负债合计"],
    longdeb_to_debt: ["percent", "Non-current to all liabilities", "非流动负债占负债合计"],
    ocf_to_shortdebt: ["times", "Operating cash flow to current liabilities", "经营活动现金流量净额与流动负债之比"],
    debt_to_eqt: ["times", "Liabilities to equity", "产权比率，即负债与股东权益之比"],
    eqt_to_debt: ["times", "Equity of the parent to liabilities", "归属于母公司的股东权益与负债之比"],
    eqt_to_interestdebt: ["times", "Equity of the parent to debt with interest", "归属于母公司的股东权益与带息债务之比"],
    tangibleasset_to_debt: ["times", "Tangible assets to liabilities", "有形资产与负债之比"],
    tangasset_to_intdebt: ["times", "Tangible assets to debt with interest", "有形资产与带息债务之比"],
    tangibleasset_to_netdebt: ["times", "Tangible assets to net debt", "有形资产与净债务之比"],
    ocf_to_debt: ["times", "Operating cash flow to liabilities", "经营活动现金流量净额与负债之比"],
    turn_days: ["days", "Operating cycle", "营业周期"],
    roa_yearly: ["percent", "Net profit to assets, annualised", "总资产净利率，年化"],
    roa_dp: ["percent", "Net profit to assets as DuPont uses it", "总资产净利率，杜邦分析口径"],
    fixed_assets: ["CNY", "Fixed assets", "固定资产合计"],
    profit_to_op: ["percent", "Total profit to revenue", "利润总额占营业收入"],
    q_saleexp_to_gr: ["percent", "Selling expense to total revenue, of the single quarter", "销售费用占营业总收入，单季度"],
    q_gc_to_gr: ["percent", "Total cost to total revenue, of the single quarter", "营业总成本占营业总收入，单季度"],
    q_roe: ["percent", "Return on equity, of the single quarter", "净资产收益率，单季度"],
    q_dt_roe: ["percent", "Return on equity without non-recurring items, of the single quarter", "扣除非经常性损益后的净资产收益率，单季度"],
    q_npta: ["percent", "Net profit to assets, of the single quarter", "总资产净利率，单季度"],
    q_ocf_to_sales: ["percent", "Operating cash flow to revenue, of the single quarter", "经营活动现金流量净额占营业收入，单季度"],
    basic_eps_yoy: ["percent", "Basic earnings a share, growth on the year before", "基本每股收益同比增长率"],
    dt_eps_yoy: ["percent", "Diluted earnings a share, growth on the year before", "稀释每股收益同比增长率"],
    cfps_yoy: ["percent", "Operating cash flow a share, growth on the year before", "每股经营活动现金流量净额同比增长率"],
    op_yoy: ["percent", "Operating profit, growth on the year before", "营业利润同比增长率"],
    ebt_yoy: ["percent", "Total profit, growth on the year before", "利润总额同比增长率"],
    netprofit_yoy: ["percent", "Net profit of the parent, growth on the year before", "归属于母公司股东的净利润同比增长率"],
    dt_netprofit_yoy: ["percent", "Net profit without non-recurring items, growth on the year before", "扣除非经常性损益后的净利润同比增长率"],
    ocf_yoy: ["percent", "Operating cash flow, growth on the year before", "经营活动现金流量净额同比增长率"],
    roe_yoy: ["percent", "Return on equity, growth on the year before", "净资产收益率同比增长率"],
    bps_yoy: ["percent", "Net assets a share, growth since the start of the year", "每股净资产相对年初增长率"],
    assets_yoy: ["percent", "Assets, growth since the start of the year", "资产总计相对年初增长率"],
    eqt_yoy: ["percent", "Equity of the parent, growth since the start of the year", "归属于母公司的股东权益相对年初增长率"],
    tr_yoy: ["percent", "Total revenue, growth on the year before", "营业总收入同比增长率"],
    or_yoy: ["percent", "Operating revenue, growth on the year before", "营业收入同比增长率"],
    q_sales_yoy: ["percent", "Operating revenue, single quarter, growth on the year before", "营业收入同比增长率，单季度"],
    q_op_qoq: ["percent", "Operating profit, single quarter, growth on the quarter before", "营业利润环比增长率，单季度"],
    equity_yoy: ["percent", "Net assets, growth on the year before", "净资产同比增长率"],
    valuechange_income: ["CNY", "Net result of fair-value changes", "价值变动净收益"],
    interst_income: ["CNY", "Interest expense", "利息费用"],
    daa: ["CNY", "Depreciation and amortisation", "折旧与摊销"],
    profit_prefin_exp: ["CNY", "Operating profit before finance cost", "扣除财务费用前的营业利润"],
    non_op_profit: ["CNY", "Non-operating profit", "非营业利润"],
    rd_exp: ["CNY", "Research and development expense", "研发费用"],
    invturn_days: ["days", "Days of inventory", "存货周转天数"],
    arturn_days: ["days", "Days of receivables", "应收账款周转天数"],
    inv_turn: ["turns", "Inventory turnover", "存货周转率"],
    total_fa_trun: ["turns", "Turnover of all fixed assets", "固定资产合计周转率"],
    roe_avg: ["percent", "Return on average equity", "平均净资产收益率"],
    roic_yearly: ["percent", "Return on invested capital, annualised", "投入资本回报率，年化"],
    opincome_of_ebt: ["percent", "Net operating income to total profit", "经营活动净收益占利润总额"],
    investincome_of_ebt: ["percent", "Net investment income to total profit", "价值变动净收益占利润总额"],
    n_op_profit_of_ebt: ["percent", "Non-operating result to total profit", "营业外收支净额占利润总额"],
    tax_to_ebt: ["percent", "Income tax to total profit", "所得税占利润总额"],
    dtprofit_to_profit: ["percent", "Net profit without non-recurring items to net profit", "扣除非经常性损益后的净利润占净利润"],
    op_to_ebt: ["percent", "Operating profit to total profit", "营业利润占利润总额"],
    nop_to_ebt: ["percent", "Non-operating profit to total profit", "非营业利润占利润总额"],
    salescash_to_or: ["percent", "Cash from sales to revenue", "销售商品、提供劳务收到的现金占营业收入"],
    ocf_to_or: ["percent", "Operating cash flow to revenue", "经营活动现金流量净额占营业收入"],
    ocf_to_opincome: ["percent", "Operating cash flow to net operating income", "经营活动现金流量净额占经营活动净收益"],
    capitalized_to_da: ["percent", "Capital expenditure to depreciation and amortisation", "资本支出占折旧与摊销"],
    ocf_to_profit: ["percent", "Operating cash flow to operating profit", "经营活动现金流量净额占营业利润"],
    ocf_to_interestdebt: ["times", "Operating cash flow to debt with interest", "经营活动现金流量净额与带息债务之比"],
    ocf_to_netdebt: ["times", "Operating cash flow to net debt", "经营活动现金流量净额与净债务之比"],
    ebit_to_interest: ["times", "Interest cover", "已获利息倍数"],
    longdebt_to_workingcapital: ["times", "Long-term debt to working capital", "长期债务与营运资金之比"],
    ebitda_to_debt: ["times", "EBITDA to liabilities", "息税折旧摊销前利润与负债之比"],
    cash_to_liqdebt: ["times", "Cash to current liabilities", "货币资金与流动负债之比"],
    cash_to_liqdebt_withinterest: ["times", "Cash to current debt with interest", "货币资金与带息流动负债之比"],
    op_to_liqdebt: ["times", "Operating profit to current liabilities", "营业利润与流动负债之比"],
    op_to_debt: ["times", "Operating profit to liabilities", "营业利润与负债之比"],
    q_opincome: ["CNY", "Net operating income of the single quarter", "经营活动净收益，单季度"],
    q_investincome: ["CNY", "Net investment income of the single quarter", "价值变动净收益，单季度"],
    q_dtprofit: ["CNY", "Net profit without non-recurring items of the single quarter", "扣除非经常性损益后的净利润，单季度"],
    q_eps: ["CNY a share", "Earnings of the single quarter", "每股收益，单季度"],
    q_netprofit_margin: ["percent", "Net profit to revenue, of the single quarter", "销售净利率，单季度"],
    q_gsprofit_margin: ["percent", "Gross profit to revenue, of the single quarter", "销售毛利率，单季度"],
    q_exp_to_sales: ["percent", "Period expense to revenue, of the single quarter", "销售期间费用率，单季度"],
    q_profit_to_gr: ["percent", "Net profit to total revenue, of the single quarter", "净利润占营业总收入，单季度"],
    q_adminexp_to_gr: ["percent", "Administrative expense to total revenue, of the single quarter", "管理费用占营业总收入，单季度"],
    q_finaexp_to_gr: ["percent", "Finance expense to total revenue, of the single quarter", "财务费用占营业总收入，单季度"],
    q_impair_to_gr_ttm: ["percent", "Impairment to total revenue, of the single quarter", "资产减值损失占营业总收入，单季度"],
    q_op_to_gr: ["percent", "Operating profit to total revenue, of the single quarter", "营业利润占营业总收入，单季度"],
    q_opincome_to_ebt: ["percent", "Net operating income to total profit, of the single quarter", "经营活动净收益占利润总额，单季度"],
    q_investincome_to_ebt: ["percent", "Net investment income to total profit, of the single quarter", "价值变动净收益占利润总额，单季度"],
    q_dtprofit_to_profit: ["percent", "Net profit without non-recurring items to net profit, of the single quarter", "扣除非经常性损益后的净利润占净利润，单季度"],
    q_salescash_to_or: ["percent", "Cash from sales to revenue, of the single quarter", "销售商品、提供劳务收到的现金占营业收入，单季度"],
    q_ocf_to_or: ["percent", "Operating cash flow to revenue, of the single quarter", "经营活动现金流量净额占营业收入，单季度"],
    q_gr_yoy: ["percent", "Total revenue, single quarter, growth on the year before", "营业总收入同比增长率，单季度"],
    q_gr_qoq: ["percent", "Total revenue, single quarter, growth on the quarter before", "营业总收入环比增长率，单季度"],
    q_sales_qoq: ["percent", "Operating revenue, single quarter, growth on the quarter before", "营业收入环比增长率，单季度"],
    q_op_yoy: ["percent", "Operating profit, single quarter, growth on the year before", "营业利润同比增长率，单季度"],
    q_profit_yoy: ["percent", "Net profit, single quarter, growth on the year before", "净利润同比增长率，单季度"],
    q_profit_qoq: ["percent", "Net profit, single quarter, growth on the quarter before", "净利润环比增长率，单季度"],
    q_netprofit_yoy: ["percent", "Net profit of the parent, single quarter, growth on the year before", "归属于母公司股东的净利润同比增长率，单季度"],
    q_netprofit_qoq: ["percent", "Net profit of the parent, single quarter, growth on the quarter before", "归属于母公司股东的净利润环比增长率，单季度"],
  },
  marks: {
    day: "ann_date",
    sign: { en: "R", zh: "报" },
    tells: { en: "report of", zh: "财报" },
    shows: ["end_date"],
  },
  example: {
    asks: {
      en: "Which figures did a company change after it had announced them?",
      zh: "一家公司公告之后又更正了哪些指标？",
    },
    sql: `select end_date, ann_date, update_flag, eps, roe, netprofit_yoy
from fina_indicator
where ts_code = '600519.SH'
order by end_date, ann_date, update_flag`,
  },
};
