// The dataset catalogue: what is mirrored into which table, from which interfaces, in which slices.
// Data only. Field meanings are on the tables (migrations/); limits come from TuShare's documentation pages.

/** How a reply's value is checked and stored. Numbers are stored as numeric, digit for digit. */
export type ColumnType = "code" | "day" | "number" | "text" | "flag";

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** A row without it is refused. */
  readonly required?: true;
};

export type InterfaceSpec = {
  /** TuShare's api_name. */
  readonly name: string;
  /** Asked for by name: TuShare's default columns and their order change over the years. */
  readonly columns: readonly Column[];
  /** Rows after which a reply is cut without a word. */
  readonly rowCap: number;
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
  /** Hour in Shanghai from which a trading day's data is due. Only for data by trading day. */
  readonly publicationHour?: number;
  /** TuShare's documentation page: https://tushare.pro/document/2?doc_id= */
  readonly documentation: readonly number[];
};

export type DatasetName = "trading_calendar" | "stock_list" | "stock_daily";

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
        ...text("symbol", "area", "industry", "fullname", "enname", "cnspell", "market", "exchange"),
        ...text("curr_type", "list_status"),
        { name: "list_date", type: "day" },
        { name: "delist_date", type: "day" },
        ...text("is_hs", "act_name", "act_ent_type"),
      ],
      rowCap: 6_000,
    },
    details: [],
    documentation: [25],
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
    publicationHour: 17, // daily by 16, daily_basic by 17
    documentation: [27, 28, 32],
  },
};

/** Main and joined interfaces, main first. */
export function interfacesOf(dataset: Dataset): readonly InterfaceSpec[] {
  return [dataset.main, ...dataset.details];
}

/** Every stored column, each once, in the order of the interfaces. */
export function columnsOf(dataset: Dataset): readonly Column[] {
  const seen = new Map(
    interfacesOf(dataset).flatMap((spec) => spec.columns.map((column) => [column.name, column])),
  );
  return [...seen.values()];
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
