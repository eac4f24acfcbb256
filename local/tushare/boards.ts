// The boards of the generated market, as data: codes, first days, shares of the market, daily limits.

export type Board = {
  readonly kind: "stock" | "ETF" | "LOF" | "REIT";
  readonly suffix: "SH" | "SZ" | "BJ";
  readonly exchange: "SSE" | "SZSE" | "BSE";
  /** stock_basic.market; empty for funds. */
  readonly market: string;
  /** Part of the stocks, or of the funds, that is listed here. */
  readonly share: number;
  /** Well-known codes, given to the oldest securities; the others count up from `firstCode`. */
  readonly knownCodes: readonly number[];
  readonly firstCode: number;
  /** A stock that got another code: its number in the order of listing, both codes, and the day of the move. */
  readonly moved?: {
    readonly ordinal: number;
    readonly from: string;
    readonly to: string;
    readonly on: string;
  };
  readonly firstDate: string;
  /** Smallest and largest daily noise of a log price; 6.9 times the largest stays below the limit. */
  readonly step: readonly [number, number];
  readonly limit: number;
};

const main = {
  kind: "stock",
  market: "主板",
  firstDate: "19901219",
  step: [0.007, 0.0115],
  limit: 0.1,
} as const;
const fund = { market: "", step: [0.005, 0.01], limit: 0.1 } as const;
const shanghai = { suffix: "SH", exchange: "SSE" } as const;
const shenzhen = { suffix: "SZ", exchange: "SZSE" } as const;

export const boards: readonly Board[] = [
  { ...main, ...shanghai, share: 0.31, knownCodes: [600000, 600519], firstCode: 600004 },
  { ...main, ...shenzhen, share: 0.27, knownCodes: [1, 2594], firstCode: 2 },
  {
    ...main,
    ...shenzhen,
    market: "创业板",
    share: 0.26,
    knownCodes: [300750],
    firstCode: 300001,
    moved: { ordinal: 2, from: "300114.SZ", to: "302132.SZ", on: "20250217" },
    firstDate: "20091030",
  },
  {
    ...main,
    ...shanghai,
    market: "科创板",
    share: 0.11,
    knownCodes: [688981],
    firstCode: 688001,
    firstDate: "20190722",
    step: [0.01, 0.018],
    limit: 0.2,
  },
  {
    ...main,
    suffix: "BJ",
    exchange: "BSE",
    market: "北交所",
    share: 0.05,
    knownCodes: [920002],
    firstCode: 920008,
    moved: { ordinal: 2, from: "430047.BJ", to: "920047.BJ", on: "20251009" },
    firstDate: "20211115",
    step: [0.012, 0.024],
    limit: 0.3,
  },
  {
    ...fund,
    ...shanghai,
    kind: "ETF",
    share: 0.42,
    knownCodes: [510050, 510300, 510500],
    firstCode: 512000,
    firstDate: "20050223",
  },
  {
    ...fund,
    ...shenzhen,
    kind: "ETF",
    share: 0.15,
    knownCodes: [159915],
    firstCode: 159001,
    firstDate: "20060424",
  },
  { ...fund, ...shenzhen, kind: "LOF", share: 0.3, knownCodes: [], firstCode: 160105, firstDate: "20041220" },
  {
    ...fund,
    ...shanghai,
    kind: "LOF",
    share: 0.08,
    knownCodes: [],
    firstCode: 501000,
    firstDate: "20150602",
  },
  {
    ...fund,
    ...shanghai,
    kind: "REIT",
    share: 0.05,
    knownCodes: [],
    firstCode: 508000,
    firstDate: "20210621",
  },
];
