// What a dataset is described by: the fields of the files in datasets/, and what follows from them.
// Field meanings are on the tables (migrations/); limits come from TuShare's documentation pages.
import type { Day } from "./dates.ts";
import type { Selector } from "./selector.ts";
import type { Settings } from "./settings.ts";

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
  /** The setting that overrides the cap, where the documentation gives several. */
  readonly rowCapSetting?: keyof Settings & `${string}ROW_CAP`;
  /** TuShare's name of a parameter, where it is not that of the selector; null when the interface has no such parameter. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  /** Parameters of every call. */
  readonly always?: Readonly<Record<string, string>>;
  /** Rows that are none of the dataset's are left out: every one of these columns must fit. */
  readonly keeps?: Readonly<Record<string, RegExp>>;
  /** Asked in its place when the account has no right to it. */
  readonly fallback?: InterfaceSpec;
};

/** What a dataset's file says. Its name is the one it has in datasets.ts. */
export type DatasetSpec = {
  readonly table: string;
  /** Natural key; also the join key of the interfaces. */
  readonly key: readonly string[];
  /** Its rows are the dataset's rows. */
  readonly main: InterfaceSpec;
  /** Joined to the main rows by key; a missing row leaves nulls. */
  readonly details: readonly InterfaceSpec[];
  /** How its rows come: as whole lists, by trading day, or by report period. */
  readonly slices: "lists" | "days" | "periods";
  /** Of a whole list: the slices that are asked for on a day. */
  readonly lists?: (today: Day) => readonly Selector[];
  /** Its rows are the days of a calendar, in which none may lack. */
  readonly isCalendar?: true;
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

/** Main and joined interfaces, main first. */
export function interfacesOf(dataset: DatasetSpec): readonly InterfaceSpec[] {
  return [dataset.main, ...dataset.details];
}

/** Every stored column, each once, in the order of the interfaces. */
export function columnsOf(dataset: DatasetSpec): readonly Column[] {
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

/** The suffixes of codes, and what the field calls their exchanges. */
export const exchanges = { SH: "SSE", SZ: "SZSE", BJ: "BSE" } as const;
export type Exchange = (typeof exchanges)[keyof typeof exchanges];

/** Told by the code: TuShare's own column was not always there, and etf_basic's has other words. */
export const exchangeOfCode: Column = {
  name: "exchange",
  type: "text",
  from: "ts_code",
  part: new RegExp(`\\.(${Object.keys(exchanges).join("|")})$`),
  words: exchanges,
};

/** Statuses that a list of securities is asked for one by one: listed, delisted, and suspended or not listed yet. */
export const listStatuses = ["L", "D", "P"] as const;

/** The key of what is by code and trading day. */
export function codeAndDay(): Column[] {
  return [
    { name: "ts_code", type: "code", required: true },
    { name: "trade_date", type: "day", required: true },
  ];
}

export function numbers(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "number" }));
}

export function text(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "text" }));
}
