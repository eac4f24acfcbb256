// Preliminary results. The reporting schedule does not tell of them: each stock is asked for in turn, and with 5,000
// points each period.
import {
  type Column,
  type DatasetSpec,
  type DatasetWords,
  days,
  listed,
  numbers,
  onDemand,
  text,
} from "../dataset.ts";

const columns: readonly Column[] = [
  { name: "ts_code", type: "code", required: true },
  ...days("ann_date"),
  { name: "end_date", type: "day", required: true },
  ...numbers(
    ...listed(`
revenue operate_profit total_profit n_income total_assets total_hldr_eqy_exc_min_int diluted_eps
diluted_roe yoy_net_profit bps
`),
  ),
  ...onDemand(
    numbers(
      ...listed(`
yoy_sales yoy_op yoy_tp yoy_dedu_np yoy_eps yoy_roe growth_assets yoy_equity growth_bps or_last_year
op_last_year tp_last_year np_last_year eps_last_year open_net_assets open_bps
`),
    ),
  ),
  ...text("perf_summary"),
  { name: "is_audit", type: "flag", onDemand: true },
  ...onDemand(text("remark")),
  ...text("update_flag"),
];

export const spec = {
  title: { en: "preliminary results", zh: "业绩快报" },
  table: "express",
  key: ["ts_code", "end_date", "ann_date", "update_flag"],
  main: {
    name: "express",
    columns,
    answers: ["code"],
    requires: ["ts_code"],
    parameters: { start_date: null, end_date: null },
    selects: { period: "end_date" },
    points: 2_000,
    rowCap: 2_000, // undocumented; a stock has few rows
  },
  byPeriod: {
    name: "express_vip",
    columns,
    answers: ["period"],
    selects: { period: "end_date" },
    parameters: { start_date: null, end_date: null },
    points: 5_000,
    rowCap: 5_000, // undocumented
  },
  details: [],
  slices: "periods",
  expects: "none",
  members: { list: "stock_list" },
  indexes: [["end_date"], ["ann_date"]],
  turnDays: 30,
  dayColumn: "end_date",
  set: "finance",
  cadence: "night",
  documentation: [46],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Preliminary results, every version, from express or express_vip",
    zh: "业绩快报，保留每个版本，来自 express 或 express_vip",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    ann_date: ["none", "Day of the announcement", "公告日"],
    end_date: ["none", "Last day of the report period", "报告期最后一天"],
    revenue: ["CNY", "Operating revenue", "营业收入"],
    operate_profit: ["CNY", "Operating profit", "营业利润"],
    total_profit: ["CNY", "Profit before tax", "利润总额"],
    n_income: ["CNY", "Net profit", "净利润"],
    total_assets: ["CNY", "Total assets", "总资产"],
    total_hldr_eqy_exc_min_int: ["CNY", "Equity without minorities", "归属于母公司的股东权益"],
    diluted_eps: ["CNY a share", "Diluted earnings per share", "摊薄每股收益"],
    diluted_roe: ["percent", "Diluted return on equity", "摊薄净资产收益率"],
    yoy_net_profit: ["CNY", "Net profit of the year before, restated: an amount, whatever its name", "去年同期修正后净利润，为金额而非增长率"],
    bps: ["CNY a share", "Net assets per share", "每股净资产"],
    yoy_sales: ["percent", "Revenue growth", "营收同比"],
    yoy_op: ["percent", "Operating profit growth", "营业利润同比"],
    yoy_tp: ["percent", "Pre-tax profit growth", "利润总额同比"],
    yoy_dedu_np: ["percent", "Parent net profit growth", "归母净利同比"],
    yoy_eps: ["percent", "Earnings per share, growth", "每股收益同比"],
    yoy_roe: ["percentage points", "Change of the weighted return on equity", "加权平均净资产收益率增减"],
    growth_assets: ["percent", "Assets against start of year", "总资产比年初"],
    yoy_equity: ["percent", "Equity against start of year", "权益比年初"],
    growth_bps: ["percent", "Net assets per share against start of year", "每股净资产比年初"],
    or_last_year: ["CNY", "Revenue last year", "去年同期营收"],
    op_last_year: ["CNY", "Operating profit last year", "去年同期营业利润"],
    tp_last_year: ["CNY", "Pre-tax profit last year", "去年同期利润总额"],
    np_last_year: ["CNY", "Net profit last year", "去年同期净利润"],
    eps_last_year: ["CNY a share", "Earnings per share last year", "去年同期每股收益"],
    open_net_assets: ["CNY", "Net assets at start", "期初净资产"],
    open_bps: ["CNY a share", "Net assets per share at start", "期初每股净资产"],
    perf_summary: ["none", "Remarks on results", "业绩说明"],
    is_audit: ["none", "1 audited, 0 not", "1 已审计，0 未审计"],
    remark: ["none", "Remark", "备注"],
    update_flag: ["none", "1 for the version as it was corrected, 0 for the version as it was first announced; null when TuShare says neither", "1 为更正后的版本，0 为首次公告的版本；TuShare 未说明时为空"],
  },
};
