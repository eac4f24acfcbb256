// The funds of the small market: ETFs, more of them than trading days, and what else TuShare lists beside them.
import { cents, marketDays, type Row } from "./small-market.ts";

const etfs = [
  { ts_code: "159915.SZ", name: "创业板ETF", status: "L", listed: "20111209" },
  { ts_code: "510300.SH", name: "沪深300ETF", status: "L", listed: "20120528" },
  { ts_code: "588990.SH", name: "科创芯片ETF", status: "L", listed: "20240110" },
  { ts_code: "512340.SH", name: "中证退市", status: "D", listed: "20150105" },
  { ts_code: "563999.SH", name: "待上市ETF", status: "P", listed: null },
  ...Array.from({ length: 12 }, (_, at) => ({
    ts_code: `${515000 + at}.SH`,
    name: `行业${at}${["ETF", "FUND", ""][at % 3]}`, // not every ETF says so in its name
    status: "L",
    listed: "20200102",
  })),
];

/** Listed open funds, closed-end ones, REITs, and a feeder fund that calls itself ETF; some under codes near those of ETFs. */
const others = [
  "161725.SZ LOF白酒 股票型 契约型开放式",
  "500058.SH 基金银丰 混合型 契约型封闭式",
  "508000.SH 张江REIT REITs 契约型封闭式",
  "501300.SH 美元债LOF QDII 契约型开放式",
  "160001.SZ 联接ETF 股票型 契约型开放式",
  "519001.SH 银华价值 混合型 契约型开放式",
  "150019.SZ 银华锐进 股票型 契约型开放式",
];

/** What TuShare's list has of each ETF; some of the oldest have no kind at all. */
const etfKind = { fund_type: "股票型", type: "契约型开放式" };

export const etfCodes = etfs.map(({ ts_code }) => ts_code);
export const tradedEtfCodes = etfs
  .filter(({ status }) => status === "L")
  .map(({ ts_code }) => ts_code)
  .sort();

export function makeFunds(): Record<"etf_basic" | "fund_basic" | "fund_daily" | "fund_adj", Row[]> {
  const funds = [
    ...etfs.map((etf, at) => ({ ...etf, ...(at % 4 === 3 ? { fund_type: null, type: null } : etfKind) })),
    ...others.map((text) => {
      const [ts_code = "", name = "", fund_type = "", type = ""] = text.split(" ");
      return { ts_code, name, status: "L", listed: "20150105", fund_type, type };
    }),
  ];
  const traded = funds.filter(({ status }) => status === "L");
  const keys = traded.flatMap(({ ts_code, listed }) =>
    marketDays.filter((day) => day >= (listed ?? "")).map((trade_date) => ({ ts_code, trade_date })),
  );
  return {
    etf_basic: etfs.map(({ ts_code, name, status, listed }) => ({
      ts_code,
      csname: name,
      cname: `${name}基金`,
      index_code: "000300.SH",
      index_name: "沪深300",
      setup_date: "20110101",
      list_date: listed,
      list_status: status,
      exchange: ts_code.slice(-2),
      mgr_name: "华夏",
      custod_name: "工商银行",
      mgt_fee: 0.15,
      etf_type: "境内",
    })),
    fund_basic: funds.map(({ ts_code, name, status, listed, fund_type, type }) => ({
      ts_code,
      name,
      fund_type,
      type,
      management: "华夏基金",
      custodian: "工商银行",
      found_date: "20110101",
      list_date: listed,
      delist_date: status === "D" ? "20231229" : null,
      m_fee: 0.5,
      status: status === "P" ? "I" : status,
      market: "E",
    })),
    fund_daily: keys.map((key, at) => ({
      ...key,
      ...{ pre_close: 3.5, open: 3.51, high: 3.6, low: 3.4, close: cents(3.5 + at / 1000, 3) },
      ...{ change: cents(at / 1000, 3), pct_chg: 0.1, vol: 1000 + at, amount: 350.25 },
    })),
    fund_adj: keys.map((key) => ({ ...key, adj_factor: key.ts_code === "510300.SH" ? 1.208 : 1 })),
  };
}
