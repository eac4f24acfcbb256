// What a dataset is described by: the fields of the files in datasets/, and what follows from them. Each file exports
// `spec`, which the functions carry, and `words`, which only documents, migrations and people's pages need.
// Limits come from TuShare's documentation pages.
import type { CadenceName } from "./cadences.ts";
import type { Day } from "./dates.ts";
import type { Bilingual, Measure } from "./measures.ts";
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
  /** The slices it can be asked for. */
  readonly answers: readonly Selector["by"][];
  /** TuShare's parameters without which it refuses to answer. */
  readonly requires?: readonly string[];
  /** Points an account needs to call it (https://tushare.pro/document/1?doc_id=108). */
  readonly points: number;
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

/**
 * How the rows come. lists: whole lists. days: by trading day, or by code where that takes fewer calls. codes: by code with
 * a range. periods: by report period, or by code. announcements: by calendar day of the announcement. months: by month.
 * ranges: so many calendar days at a time.
 */
export type Slices = "lists" | "days" | "codes" | "periods" | "announcements" | "months" | "ranges";

/**
 * What an answer must hold to be whole, beside its caps and its slice. members: a row of each security that is listed then.
 * some: at least one row of a slice that is due. none: events, of which there may be none. before: as many as the list had.
 * every_day: each open day names the one before it.
 */
export type Expects = "members" | "some" | "none" | "before" | "every_day";

/** What the rows are about: the securities of a list, or those named here. */
export type Members = { readonly list: string } | { readonly codes: readonly string[] };

/** Of a list of securities: what its codes look like, and which columns say from when to when each is listed. */
export type Securities = {
  /** How people call one of them. */
  readonly one: "stock" | "etf";
  /**
   * First characters of the codes: from the first text of a pair, up to and not including the second. As ranges, because an
   * index can look them up; and a rule, because a code that trades since yesterday is not in any list yet.
   */
  readonly codes: { readonly within: CodeRanges } | { readonly outside: CodeRanges };
  readonly listedFrom: string;
  readonly listedTo: string;
};
export type CodeRanges = readonly (readonly [from: string, before: string])[];

export type JobNames =
  | { readonly list: Uppercase<string> }
  | { readonly history: Uppercase<string>; readonly incremental: Uppercase<string> };

/** What a dataset's file says. Its name is that of the file, with underscores. */
export type DatasetSpec = {
  /** In a table of datasets, and in sentences: without an article. */
  readonly title: Bilingual;
  readonly table: string;
  /** Natural key; also the join key of the interfaces. */
  readonly key: readonly string[];
  /** No key is unique: an answer takes the place of all rows of its slice. */
  readonly replacesSlice?: true;
  /** Columns that questions search by beside the key, each an index. */
  readonly indexes?: readonly (readonly string[])[];
  /** Its rows are the dataset's rows. */
  readonly main: InterfaceSpec;
  /** Joined to the main rows by key; a missing row leaves nulls. */
  readonly details: readonly InterfaceSpec[];
  readonly slices: Slices;
  readonly expects: Expects;
  /** Of a whole list: the slices that are asked for on a day. */
  readonly lists?: (today: Day) => readonly Selector[];
  /** Of ranges: calendar days in one unit. */
  readonly rangeDays?: number;
  /** What its rows are about, where they are about securities. */
  readonly members?: Members;
  /** It is a list of securities. */
  readonly securities?: Securities;
  /** Reports: the list that says who has filed, and when. */
  readonly filedIn?: string;
  /** The column that a range selects on. */
  readonly dayColumn?: string;
  /** The first day that TuShare has data of; by default the first of the market. */
  readonly firstDay?: Day;
  /** Hour in Shanghai from which a slice that ends today is due; without one it is due on the next day. */
  readonly publicationHour?: number;
  /** The same rows of all companies by report period, for accounts that may. */
  readonly byPeriod?: InterfaceSpec;
  /** List statuses that are only passed through: the next answer for one may be shorter or empty. Others keep their rows. */
  readonly passing?: readonly string[];
  /** Columns that are the same in all its rows. */
  readonly constants?: Readonly<Record<string, string>>;
  /** What a person chooses together. */
  readonly set: DatasetSet;
  /** Where it stands in its set; those without a place come last, by name. */
  readonly place?: number;
  /** When its increments, or its list, start by themselves. */
  readonly cadence: CadenceName;
  /** Jobs with names of their own, where they do not follow from the dataset's. */
  readonly jobs?: JobNames;
  /** TuShare's documentation page: https://tushare.pro/document/2?doc_id= */
  readonly documentation: readonly number[];
};

/** In the order in which they are shown. */
export const datasetSets = ["core", "finance", "index", "flow", "holders", "macro"] as const;
export type DatasetSet = (typeof datasetSets)[number];

/** What people read about a dataset: comments of its table, documents. */
export type DatasetWords = {
  /** What one row of the table is. */
  readonly about: Bilingual;
  /** Of each stored column its measure, and its meaning in English and Chinese; of a table that two datasets share, in one of them. */
  readonly columns: Readonly<Record<string, ColumnWords>>;
  /** A question one would ask the table, and the statement that answers it. */
  readonly example?: { readonly asks: Bilingual; readonly sql: string };
};
export type ColumnWords = readonly [measure: Measure, en: string, zh: string];

/** Main and joined interfaces, main first. */
export function interfacesOf(dataset: DatasetSpec): readonly InterfaceSpec[] {
  return [dataset.main, ...dataset.details];
}

/** The column that a range of its rows is selected by. @throws Error when its file names none */
export function dayColumnOf({ table, dayColumn }: DatasetSpec): string {
  if (dayColumn === undefined) throw new Error(`the dataset of ${table} has no dayColumn`);
  return dayColumn;
}

/** Whether its rows belong to open days; those of announcements, and events of a code, may fall on any day. */
export function isByTradingDay({ slices, expects }: DatasetSpec): boolean {
  return slices === "days" || (slices === "codes" && expects !== "none");
}

/** Whether each of its interfaces can be asked by such a slice. */
export function canAskBy(dataset: DatasetSpec, by: Selector["by"]): boolean {
  return interfacesOf(dataset).every(({ answers }) => answers.includes(by));
}

/** The interface that gives the dataset's rows when it is asked by such a slice; undefined when none does. */
export function mainFor(
  { main, byPeriod }: Pick<DatasetSpec, "main" | "byPeriod">,
  by: Selector["by"],
): InterfaceSpec | undefined {
  return [main, byPeriod].find((spec) => spec?.answers.includes(by));
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
