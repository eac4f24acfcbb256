// The dataset catalogue: what is mirrored into which table, from which interfaces, in which slices.
// Data only. Field meanings are on the tables (migrations/); limits come from TuShare's documentation pages.

import { financeNumbers } from "./finance-columns.ts";
import { type Settings, settingTable } from "./settings.ts";

/** How a reply's value is checked and stored. Numbers are stored as numeric, digit for digit. */
export type ColumnType = "code" | "day" | "number" | "text" | "flag";

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** A row without it is refused. */
  readonly required?: true;
  /** Asked for only because `keeps` judges by it. */
  readonly stored?: false;
  /** TuShare's name of it, where ours is another. */
  readonly from?: string;
  /** What of the value is kept: the first group. */
  readonly part?: RegExp;
  /** Our word for a value of TuShare's; other values stay as they are. */
  readonly words?: Readonly<Record<string, string>>;
};

export type InterfaceSpec = {
  /** TuShare's api_name. */
  readonly name: string;
  /** Asked for by name: TuShare's default columns and their order change over the years. */
  readonly columns: readonly Column[];
  /** Rows after which a reply is cut without a word. */
  readonly rowCap: number;
  /** The setting that says otherwise, where editions of the documentation disagree. */
  readonly rowCapSetting?: keyof Settings & `${string}ROW_CAP`;
  /** TuShare's name of a parameter, where it is not that of the selector; null where it knows none such. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  /** Parameters of every call. */
  readonly always?: Readonly<Record<string, string>>;
  /** Rows that are none of the dataset's are left out: every one of these columns must fit. */
  readonly keeps?: Readonly<Record<string, RegExp>>;
  /** Asked in its place when the account has no right to it. */
  readonly fallback?: InterfaceSpec;
};

export type Dataset = {
  readonly name: DatasetName;
  readonly table: string;
  /** Natural key; also the join key of the interfaces. */
  readonly key: readonly string[];
  /** Its rows are the dataset's rows. */
  readonly main: InterfaceSpec;
  /** Joined to the main rows by key; a missing row leaves nulls. */
  readonly details: readonly InterfaceSpec[];
  /** How its rows come: as whole lists, by trading day, or by report period. */
  readonly slices: "lists" | "days" | "periods";
  /** What its rows are about, where they are about securities. */
  readonly instruments?: "stock" | "etf";
  /** The column that a range selects on. */
  readonly dayColumn?: string;
  /** Hour in Shanghai from which a trading day's data is due. Only for data by trading day. */
  readonly publicationHour?: number;
  /** The same rows of all companies by report period, for accounts that may. */
  readonly byPeriod?: InterfaceSpec;
  /** List statuses that are only passed through: the next answer for one may be shorter or empty. Others keep their rows. */
  readonly passing?: readonly string[];
  /** Columns that are the same in all its rows. */
  readonly constants?: Readonly<Record<string, string>>;
  /** TuShare's documentation page: https://tushare.pro/document/2?doc_id= */
  readonly documentation: readonly number[];
};

export type DatasetName =
  | "trading_calendar"
  | "stock_list"
  | "disclosure"
  | "etf_list"
  | "stock_daily"
  | "etf_daily"
  | "finance";

/**
 * Codes of exchange-traded funds: Shanghai gives them 510 to 518, 520, 53, 55, 56 and 58, Shenzhen 159. Shanghai's 50 are
 * listed open and closed-end funds and REITs, 519 and 521 to 524 open funds; Shenzhen's 15, 16 and 18 are those beside 159.
 */
const etfCode = /^(5(1[0-8]|2[05-9]|[3568]\d)\d{3}\.SH|159\d{3}\.SZ)$/;

/** Of an answer about funds of all kinds, the ETFs. One rule for the list and for the prices, or they would not agree. */
const etfsOnly = { ts_code: etfCode } as const;

const fundListCap = 5_000;

/** The suffixes of codes, and what the field calls their exchanges. */
export const exchanges = { SH: "SSE", SZ: "SZSE", BJ: "BSE" } as const;
export type Exchange = (typeof exchanges)[keyof typeof exchanges];

/** Told by the code: TuShare's own column was not always there, and etf_basic's has other words. */
const exchangeOfCode: Column = {
  name: "exchange",
  type: "text",
  from: "ts_code",
  part: new RegExp(`\\.(${Object.keys(exchanges).join("|")})$`),
  words: exchanges,
};

const financeColumns: readonly Column[] = [
  { name: "ts_code", type: "code", required: true },
  { name: "end_date", type: "day", required: true },
  { name: "ann_date", type: "day" },
  { name: "update_flag", type: "text" },
  ...numbers(...financeNumbers),
];

export const datasets: Readonly<Record<DatasetName, Dataset>> = {
  trading_calendar: {
    name: "trading_calendar",
    table: "trade_cal",
    key: ["exchange", "cal_date"],
    main: {
      name: "trade_cal",
      columns: [
        { name: "exchange", type: "text", required: true },
        { name: "cal_date", type: "day", required: true },
        { name: "is_open", type: "flag", required: true },
        { name: "pretrade_date", type: "day" },
      ],
      rowCap: 10_000, // undocumented; this many were served in 2018, 13,161 in 2026
    },
    details: [],
    slices: "lists",
    documentation: [26],
  },
  stock_list: {
    name: "stock_list",
    table: "stock_info",
    key: ["ts_code"],
    main: {
      name: "stock_basic",
      columns: [
        { name: "ts_code", type: "code", required: true },
        { name: "name", type: "text", required: true },
        ...text("symbol", "area", "industry", "fullname", "enname", "cnspell", "market"),
        exchangeOfCode,
        ...text("curr_type", "list_status"),
        { name: "list_date", type: "day" },
        { name: "delist_date", type: "day" },
        ...text("is_hs", "act_name", "act_ent_type"),
      ],
      rowCap: 6_000,
    },
    details: [],
    slices: "lists",
    instruments: "stock",
    passing: ["P"], // listing suspended: a few stocks, lately none
    constants: { is_etf: "N" },
    documentation: [25],
  },
  disclosure: {
    name: "disclosure",
    table: "disclosure_date",
    key: ["ts_code", "end_date"],
    main: {
      name: "disclosure_date",
      columns: [
        { name: "ts_code", type: "code", required: true },
        { name: "end_date", type: "day", required: true },
        { name: "ann_date", type: "day" },
        { name: "pre_date", type: "day" },
        { name: "actual_date", type: "day" },
        ...text("modify_date"),
      ],
      parameters: { period: "end_date" },
      rowCap: 3_000,
    },
    details: [],
    slices: "lists",
    documentation: [162],
  },
  etf_list: {
    name: "etf_list",
    table: "stock_info",
    key: ["ts_code"],
    main: {
      name: "etf_basic",
      columns: [
        ...etfIdentity(),
        { name: "name", type: "text", required: true, from: "csname" },
        { name: "fullname", type: "text", from: "cname" },
        ...text("list_status"),
        { name: "list_date", type: "day" },
        { name: "setup_date", type: "day" },
        ...text("index_code", "index_name", "mgr_name", "custod_name", "etf_type"),
        ...numbers("mgt_fee"),
      ],
      rowCap: fundListCap,
      fallback: {
        name: "fund_basic",
        columns: [
          ...etfIdentity(),
          { name: "name", type: "text", required: true },
          { name: "list_status", type: "text", from: "status", words: { I: "P" } },
          { name: "list_date", type: "day" },
          { name: "delist_date", type: "day" },
          { name: "setup_date", type: "day", from: "found_date" },
          { name: "mgr_name", type: "text", from: "management" },
          { name: "custod_name", type: "text", from: "custodian" },
          { name: "mgt_fee", type: "number", from: "m_fee" },
          { name: "fund_type", type: "text", stored: false },
          { name: "type", type: "text", stored: false },
        ],
        rowCap: 15_000,
        parameters: { exchange: null, list_status: null },
        always: { market: "E" },
        // Never by name: of real ETFs that were delisted many had no ETF in theirs. A kind that is not told is no reason.
        keeps: { ...etfsOnly, fund_type: /^(?!REITs)/, type: /^(?!.*封闭式)/ },
      },
    },
    details: [],
    slices: "lists",
    instruments: "etf",
    passing: ["P"], // being issued
    constants: { is_etf: "Y", market: "E" }, // fund_basic's word for what is listed on an exchange; etf_basic has none
    documentation: [385, 19],
  },
  stock_daily: {
    name: "stock_daily",
    table: "stock_daily",
    key: ["ts_code", "trade_date"],
    main: {
      name: "daily",
      columns: [
        ...codeAndDay(),
        { name: "close", type: "number", required: true },
        ...numbers("open", "high", "low", "pre_close", "change", "pct_chg", "vol", "amount"),
      ],
      rowCap: 6_000,
    },
    details: [
      { name: "adj_factor", columns: [...codeAndDay(), ...numbers("adj_factor")], rowCap: 6_000 },
      {
        name: "daily_basic",
        columns: [
          ...codeAndDay(),
          ...numbers(
            "turnover_rate",
            "turnover_rate_f",
            "volume_ratio",
            "pe",
            "pe_ttm",
            "pb",
            "ps",
            "ps_ttm",
          ),
          ...numbers("dv_ratio", "dv_ttm", "total_share", "float_share", "free_share", "total_mv", "circ_mv"),
        ],
        rowCap: 6_000,
      },
    ],
    slices: "days",
    instruments: "stock",
    dayColumn: "trade_date",
    publicationHour: 17, // daily by 16, daily_basic by 17
    documentation: [27, 28, 32],
  },
  etf_daily: {
    name: "etf_daily",
    table: "stock_daily",
    key: ["ts_code", "trade_date"],
    main: {
      name: "fund_daily",
      columns: [
        ...codeAndDay(),
        { name: "close", type: "number", required: true },
        ...numbers("open", "high", "low", "pre_close", "change", "pct_chg", "vol", "amount"),
      ],
      keeps: etfsOnly,
      rowCap: settingTable.SYNC_FUND_ROW_CAP.default,
      rowCapSetting: "SYNC_FUND_ROW_CAP",
    },
    details: [
      {
        name: "fund_adj",
        columns: [...codeAndDay(), ...numbers("adj_factor")],
        keeps: etfsOnly,
        rowCap: settingTable.SYNC_FUND_ROW_CAP.default,
        rowCapSetting: "SYNC_FUND_ROW_CAP",
      },
    ],
    slices: "days",
    instruments: "etf",
    dayColumn: "trade_date",
    publicationHour: 17, // fund_adj about 17
    documentation: [127, 199],
  },
  finance: {
    name: "finance",
    table: "fina_indicator",
    key: ["ts_code", "end_date", "ann_date", "update_flag"],
    main: { name: "fina_indicator", columns: financeColumns, rowCap: 100 },
    // The cap is not documented: 2,000, 10,000 and 12,000 are told. Taken as the least, a page more is asked for in vain.
    byPeriod: { name: "fina_indicator_vip", columns: financeColumns, rowCap: 2_000 },
    details: [],
    slices: "periods",
    instruments: "stock",
    dayColumn: "end_date",
    documentation: [79],
  },
};

/** Main and joined interfaces, main first. */
export function interfacesOf(dataset: Dataset): readonly InterfaceSpec[] {
  return [dataset.main, ...dataset.details];
}

/** Every stored column, each once, in the order of the interfaces. */
export function columnsOf(dataset: Dataset): readonly Column[] {
  const specs = interfacesOf(dataset).flatMap((spec) => (spec.fallback ? [spec, spec.fallback] : [spec]));
  const columns = new Map<string, Column>();
  for (const column of specs.flatMap((spec) => spec.columns)) {
    if (column.stored !== false && !columns.has(column.name)) columns.set(column.name, column);
  }
  return [...columns.values()];
}

/** The row cap of an interface, as configured where that is left to the account. */
export function rowCapOf(spec: InterfaceSpec, settings: Settings): number {
  return spec.rowCapSetting === undefined ? spec.rowCap : settings[spec.rowCapSetting];
}

/** Code, and what it tells: symbol and exchange. */
function etfIdentity(): Column[] {
  return [
    { name: "ts_code", type: "code", required: true },
    { name: "symbol", type: "text", from: "ts_code", part: /^(\w+)\./ },
    exchangeOfCode,
  ];
}

function codeAndDay(): Column[] {
  return [
    { name: "ts_code", type: "code", required: true },
    { name: "trade_date", type: "day", required: true },
  ];
}

function numbers(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "number" }));
}

function text(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "text" }));
}
