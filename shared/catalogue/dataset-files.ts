// Made by `npm run datasets` from the files in datasets/: their collection, in the order in which people see them.
import type { DatasetSpec, DatasetWords } from "./dataset.ts";
import * as balancesheet from "./datasets/balancesheet.ts";
import * as blockTrade from "./datasets/block-trade.ts";
import * as bseMapping from "./datasets/bse-mapping.ts";
import * as cashflow from "./datasets/cashflow.ts";
import * as cbBasic from "./datasets/cb-basic.ts";
import * as cbDaily from "./datasets/cb-daily.ts";
import * as cnCpi from "./datasets/cn-cpi.ts";
import * as cnGdp from "./datasets/cn-gdp.ts";
import * as cnM from "./datasets/cn-m.ts";
import * as disclosure from "./datasets/disclosure.ts";
import * as dividend from "./datasets/dividend.ts";
import * as etfDaily from "./datasets/etf-daily.ts";
import * as etfList from "./datasets/etf-list.ts";
import * as express from "./datasets/express.ts";
import * as finaAudit from "./datasets/fina-audit.ts";
import * as finaMainbz from "./datasets/fina-mainbz.ts";
import * as finance from "./datasets/finance.ts";
import * as forecast from "./datasets/forecast.ts";
import * as fundNav from "./datasets/fund-nav.ts";
import * as fundPortfolio from "./datasets/fund-portfolio.ts";
import * as fundShare from "./datasets/fund-share.ts";
import * as hkHold from "./datasets/hk-hold.ts";
import * as income from "./datasets/income.ts";
import * as indexBasic from "./datasets/index-basic.ts";
import * as indexClassify from "./datasets/index-classify.ts";
import * as indexDaily from "./datasets/index-daily.ts";
import * as indexDailybasic from "./datasets/index-dailybasic.ts";
import * as indexMemberAll from "./datasets/index-member-all.ts";
import * as indexWeight from "./datasets/index-weight.ts";
import * as limitListD from "./datasets/limit-list-d.ts";
import * as margin from "./datasets/margin.ts";
import * as marginDetail from "./datasets/margin-detail.ts";
import * as moneyflow from "./datasets/moneyflow.ts";
import * as moneyflowHsgt from "./datasets/moneyflow-hsgt.ts";
import * as namechange from "./datasets/namechange.ts";
import * as newShare from "./datasets/new-share.ts";
import * as pledgeStat from "./datasets/pledge-stat.ts";
import * as repurchase from "./datasets/repurchase.ts";
import * as shareFloat from "./datasets/share-float.ts";
import * as shibor from "./datasets/shibor.ts";
import * as stkHoldernumber from "./datasets/stk-holdernumber.ts";
import * as stkHoldertrade from "./datasets/stk-holdertrade.ts";
import * as stkLimit from "./datasets/stk-limit.ts";
import * as stockCompany from "./datasets/stock-company.ts";
import * as stockDaily from "./datasets/stock-daily.ts";
import * as stockList from "./datasets/stock-list.ts";
import * as suspendD from "./datasets/suspend-d.ts";
import * as topInst from "./datasets/top-inst.ts";
import * as topList from "./datasets/top-list.ts";
import * as top10Floatholders from "./datasets/top10-floatholders.ts";
import * as top10Holders from "./datasets/top10-holders.ts";
import * as tradingCalendar from "./datasets/trading-calendar.ts";

export const specs = {
  trading_calendar: tradingCalendar.spec,
  stock_list: stockList.spec,
  disclosure: disclosure.spec,
  stock_daily: stockDaily.spec,
  finance: finance.spec,
  etf_list: etfList.spec,
  etf_daily: etfDaily.spec,
  bse_mapping: bseMapping.spec,
  suspend_d: suspendD.spec,
  balancesheet: balancesheet.spec,
  cashflow: cashflow.spec,
  dividend: dividend.spec,
  express: express.spec,
  fina_audit: finaAudit.spec,
  fina_mainbz: finaMainbz.spec,
  forecast: forecast.spec,
  income: income.spec,
  namechange: namechange.spec,
  new_share: newShare.spec,
  stock_company: stockCompany.spec,
  index_basic: indexBasic.spec,
  index_classify: indexClassify.spec,
  index_daily: indexDaily.spec,
  index_dailybasic: indexDailybasic.spec,
  index_member_all: indexMemberAll.spec,
  index_weight: indexWeight.spec,
  block_trade: blockTrade.spec,
  hk_hold: hkHold.spec,
  limit_list_d: limitListD.spec,
  margin_detail: marginDetail.spec,
  margin: margin.spec,
  moneyflow_hsgt: moneyflowHsgt.spec,
  moneyflow: moneyflow.spec,
  stk_limit: stkLimit.spec,
  top_inst: topInst.spec,
  top_list: topList.spec,
  pledge_stat: pledgeStat.spec,
  repurchase: repurchase.spec,
  share_float: shareFloat.spec,
  stk_holdernumber: stkHoldernumber.spec,
  stk_holdertrade: stkHoldertrade.spec,
  top10_floatholders: top10Floatholders.spec,
  top10_holders: top10Holders.spec,
  cn_cpi: cnCpi.spec,
  cn_gdp: cnGdp.spec,
  cn_m: cnM.spec,
  shibor: shibor.spec,
  fund_nav: fundNav.spec,
  fund_portfolio: fundPortfolio.spec,
  fund_share: fundShare.spec,
  cb_basic: cbBasic.spec,
  cb_daily: cbDaily.spec,
} as const satisfies Readonly<Record<string, DatasetSpec>>;

export const words: Readonly<Record<keyof typeof specs, DatasetWords>> = {
  trading_calendar: tradingCalendar.words,
  stock_list: stockList.words,
  disclosure: disclosure.words,
  stock_daily: stockDaily.words,
  finance: finance.words,
  etf_list: etfList.words,
  etf_daily: etfDaily.words,
  bse_mapping: bseMapping.words,
  suspend_d: suspendD.words,
  balancesheet: balancesheet.words,
  cashflow: cashflow.words,
  dividend: dividend.words,
  express: express.words,
  fina_audit: finaAudit.words,
  fina_mainbz: finaMainbz.words,
  forecast: forecast.words,
  income: income.words,
  namechange: namechange.words,
  new_share: newShare.words,
  stock_company: stockCompany.words,
  index_basic: indexBasic.words,
  index_classify: indexClassify.words,
  index_daily: indexDaily.words,
  index_dailybasic: indexDailybasic.words,
  index_member_all: indexMemberAll.words,
  index_weight: indexWeight.words,
  block_trade: blockTrade.words,
  hk_hold: hkHold.words,
  limit_list_d: limitListD.words,
  margin_detail: marginDetail.words,
  margin: margin.words,
  moneyflow_hsgt: moneyflowHsgt.words,
  moneyflow: moneyflow.words,
  stk_limit: stkLimit.words,
  top_inst: topInst.words,
  top_list: topList.words,
  pledge_stat: pledgeStat.words,
  repurchase: repurchase.words,
  share_float: shareFloat.words,
  stk_holdernumber: stkHoldernumber.words,
  stk_holdertrade: stkHoldertrade.words,
  top10_floatholders: top10Floatholders.words,
  top10_holders: top10Holders.words,
  cn_cpi: cnCpi.words,
  cn_gdp: cnGdp.words,
  cn_m: cnM.words,
  shibor: shibor.words,
  fund_nav: fundNav.words,
  fund_portfolio: fundPortfolio.words,
  fund_share: fundShare.words,
  cb_basic: cbBasic.words,
  cb_daily: cbDaily.words,
};
