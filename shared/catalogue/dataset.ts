// The fields of the files in datasets/, and functions on them. Each file exports `spec`, which is bundled into the
// functions, and `words`, which only documents, migrations and pages need. It may export `checks` of its stored rows.
// Limits come from TuShare's documentation pages.
import type { CadenceName } from "./cadences.ts";
import type { Day } from "./dates.ts";
import type { Bilingual, Measure } from "./measures.ts";
import type { Selector } from "./selector.ts";
import type { Settings } from "./settings.ts";

/** How a value of a reply is checked and stored. Numbers are stored as numeric, with every digit. */
export const columnTypes = ["code", "day", "number", "text", "flag"] as const;
export type ColumnType = (typeof columnTypes)[number];

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** A row without it is refused. */
  readonly required?: true;
  /** Fetched only because `keeps` filters by it. */
  readonly stored?: false;
  /** TuShare's name of the column, where it differs from ours. */
  readonly from?: string;
  /** TuShare answers it only when it is asked for by name, which is always done here. */
  readonly onDemand?: true;
  /** An answer may come without it: TuShare has renamed it, or has two names for it. It is null then. */
  readonly mayLack?: true;
  /** Only the first capture group of the value is stored. */
  readonly part?: RegExp;
  /** TuShare's values -> ours; other values stay as they are. */
  readonly words?: Readonly<Record<string, string>>;
  /** A day that TuShare may write with dashes. It is stored as a day in any case. */
  readonly dashes?: true;
  /** A cumulative adjustment factor: TuShare may scale all its days at once, and its changes are classed. */
  readonly isFactor?: true;
};

export type EachValue = {
  readonly parameter: string;
  readonly values: readonly string[];
  /** TuShare's name of the column with the value, where it is not the parameter's. */
  readonly field?: string;
};

export type InterfaceSpec = {
  /** TuShare's api_name. */
  readonly name: string;
  /** Requested by name: TuShare's default columns and their order change over the years. */
  readonly columns: readonly Column[];
  /** The kinds of slices that it can be asked for. */
  readonly answers: readonly Selector["by"][];
  /** TuShare's parameters without which it refuses to answer. */
  readonly requires?: readonly string[];
  /** Points an account needs to call it (https://tushare.pro/document/1?doc_id=108). */
  readonly points: number;
  /** Rows after which a reply is cut without notice. */
  readonly rowCap: number;
  /** The setting that overrides the cap, where the documentation names several caps. */
  readonly rowCapSetting?: keyof Settings & `${string}ROW_CAP`;
  /** TuShare's name of a parameter, where it differs from the selector's; null when the interface lacks the parameter. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  /** Called once for each of these values of a parameter: the rows of a slice are those of all these calls. */
  readonly each?: EachValue;
  /** Parameters of every call. */
  readonly always?: Readonly<Record<string, string>>;
  /** Only rows in which each of these columns matches are kept; other rows do not belong to the dataset. */
  readonly keeps?: Readonly<Record<string, RegExp>>;
  /** Called instead when the account has no right to this interface. */
  readonly fallback?: InterfaceSpec;
  /** Of a joined interface: a column that all its rows have. A stored row without it lacks the joined row. */
  readonly shownBy?: string;
  /** Of a joined interface: it has rows of listed securities also on days on which they do not trade. */
  readonly hasIdleDays?: true;
  /** An account without the right to it, or an upstream without it, counts as an empty answer. */
  readonly optional?: true;
  /**
   * For the mirror's own endpoint: every field that TuShare answers, in its order; `?` after a name: only when it is asked
   * for. By default the fields of `columns`, where `onDemand` says the same.
   */
  readonly fields?: string;
  /** What TuShare takes an absent parameter for. */
  readonly absent?: Readonly<Record<string, string>>;
  /** Its parameters that select by a field of another name. */
  readonly selects?: Readonly<Record<string, string>>;
  /** Fields that it spells differently from the stored column: stored values -> its own. */
  readonly spells?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/**
 * How the rows are fetched. lists: whole lists. days: by trading day, or by code where that takes fewer calls. codes: by
 * code with a range. periods: by report period, or by code. announcements: by calendar day of the announcement.
 * months: by month. ranges: `rangeDays` calendar days at a time.
 */
export type Slices = "lists" | "days" | "codes" | "periods" | "announcements" | "months" | "ranges";

/**
 * What makes an answer whole, besides its cap and its slice. members: a row for each security listed then. some: at least
 * one row of a slice that is due. none: nothing, because there may be no events. before: about as many rows as the list
 * had before. every_day: each open day names the open day before it.
 */
export type Expects = "members" | "some" | "none" | "before" | "every_day";

/** The securities that have rows: those of a list, or the codes named here. */
export type Members = { readonly list: string } | { readonly codes: readonly string[] };

/** For a list of securities: the format of its codes, and the columns with the first and last day of listing. */
export type Securities = {
  /** What one security is called. */
  readonly one: "stock" | "etf";
  /**
   * Ranges of codes: from the first text of a pair up to, not including, the second. Ranges, because an index can search
   * them. A rule and not the list itself, because a newly listed code is not in the list yet.
   */
  readonly codes: { readonly within: CodeRanges } | { readonly outside: CodeRanges };
  readonly listedFrom: string;
  readonly listedTo: string;
  /**
   * The column with the day since which no answer has the code. It is set when all slices of the list were answered without
   * the code, and emptied when it is back. Without such a column a code stays in the list for ever.
   */
  readonly goneOn?: string;
};
export type CodeRanges = readonly (readonly [from: string, before: string])[];

export type JobNames =
  | { readonly list: Uppercase<string> }
  | { readonly history: Uppercase<string>; readonly incremental: Uppercase<string> };

/** The description of a dataset. Its name is the file's name, with underscores. */
export type DatasetSpec = {
  /** Used in tables and in sentences, without an article. */
  readonly title: Bilingual;
  readonly table: string;
  /** Natural key; also the join key of the interfaces. */
  readonly key: readonly string[];
  /** No key is unique: an answer replaces all rows of its slice. */
  readonly replacesSlice?: true;
  /** Indexes besides the key: the columns of each. */
  readonly indexes?: readonly (readonly string[])[];
  /** The interface whose rows are the dataset's rows. */
  readonly main: InterfaceSpec;
  /** Joined to the main rows by key; a missing row leaves nulls. */
  readonly details: readonly InterfaceSpec[];
  readonly slices: Slices;
  readonly expects: Expects;
  /** For a whole list: the slices to fetch on a day. */
  readonly lists?: (today: Day) => readonly Selector[];
  /** For `ranges`: calendar days in one unit. */
  readonly rangeDays?: number;
  /** For `announcements`: the only day of the week that has rows, Monday being 0. */
  readonly weekday?: number;
  /** Rows of a day, or of a whole list, about: for the prices of plans. Without it: those of its members or of the market. */
  readonly rowsOfSlice?: number;
  /** Rows that one code has on a day, or in a period, at most: a code's range is divided by it. Without it: one row. */
  readonly rowsOfCode?: number;
  /** The securities that have rows, where rows are about securities. */
  readonly members?: Members;
  /**
   * The dataset whose rows explain why a member has no row on a day. Its interface is called with each unit, and its rows
   * are stored with the unit's.
   */
  readonly evidence?: string;
  /** Set when the dataset is evidence: the values of a row that explains an absence. null is a null in the table. */
  readonly explains?: Readonly<Record<string, string | null>>;
  /** Set when the dataset is itself a list of securities. */
  readonly securities?: Securities;
  /** For reports: the list that says which company has filed, and when. */
  readonly filedIn?: string;
  /** For reports by code: days in which each code is fetched again, where a filing does not tell of every change. */
  readonly turnDays?: number;
  /** The column by which rows are selected in a range of days. */
  readonly dayColumn?: string;
  /** The first day for which TuShare has data; by default the first day of the market. */
  readonly firstDay?: Day;
  /** Hour in Shanghai from which a slice that ends today is due; without it, the slice is due on the next day. */
  readonly publicationHour?: number;
  /** The interface with the same rows of all companies by report period, for accounts with the right to it. */
  readonly byPeriod?: InterfaceSpec;
  /** Temporary list statuses: their next answer may be shorter or empty. For other statuses rows do not go away. */
  readonly passing?: readonly string[];
  /** Columns with the same value in all rows of the dataset. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Datasets that a person selects together. */
  readonly set: DatasetSet;
  /** Position in its set; datasets without a place come last, sorted by name. */
  readonly place?: number;
  /** The schedule of its incremental job, or of its list job. */
  readonly cadence: CadenceName;
  /** Names of its jobs, where they are not made from the dataset's name. */
  readonly jobs?: JobNames;
  /** TuShare's documentation page: https://tushare.pro/document/2?doc_id= */
  readonly documentation: readonly number[];
};

/** In the order in which they are shown. */
export const datasetSets = ["core", "finance", "index", "flow", "holders", "macro", "fund", "bond"] as const;
export type DatasetSet = (typeof datasetSets)[number];

/** Texts about a dataset, for the comments of its table and for documents. */
export type DatasetWords = {
  /** What one row of the table is. */
  readonly about: Bilingual;
  /** Measure and meaning (English, Chinese) of each stored column. Where two datasets share a table, one of them has it. */
  readonly columns: Readonly<Record<string, ColumnWords>>;
  /** A question about the data, and the statement that answers it. */
  readonly example?: { readonly asks: Bilingual; readonly sql: string };
  readonly marks?: DatasetMarks;
};

/** Days of a code that a chart of its prices marks. */
export type DatasetMarks = {
  /** The column with the day. */
  readonly day: string;
  /** One letter for the drawing. */
  readonly sign: Bilingual;
  readonly tells: Bilingual;
  /** Columns whose values are said. */
  readonly shows: readonly string[];
};

export type ColumnWords = readonly [measure: Measure, en: string, zh: string];

/** The main interface, then the joined ones. */
export function interfacesOf(dataset: DatasetSpec): readonly InterfaceSpec[] {
  return [dataset.main, ...dataset.details];
}

/** The names of all interfaces that are called for it, each once. */
export function calledFor(dataset: DatasetSpec): readonly string[] {
  const specs = [...interfacesOf(dataset), ...(dataset.byPeriod === undefined ? [] : [dataset.byPeriod])];
  return [
    ...new Set(
      specs.flatMap((spec) => [spec, ...(spec.fallback ? [spec.fallback] : [])]).map(({ name }) => name),
    ),
  ];
}

/** The column by which rows are selected in a range of days. @throws Error when the dataset's file names none */
export function dayColumnOf({ table, dayColumn }: DatasetSpec): string {
  if (dayColumn === undefined) throw new Error(`the dataset of ${table} has no dayColumn`);
  return dayColumn;
}

/** Whether its slices, or what is missing of it, are known by open days. */
export function needsCalendar(dataset: DatasetSpec): boolean {
  return isByTradingDay(dataset) || dataset.slices === "codes";
}

/** Whether its rows are dated by trading day. Announcements, and events of a code, may be on any day. */
export function isByTradingDay({ slices, expects }: DatasetSpec): boolean {
  return slices === "days" || (slices === "codes" && expects === "members");
}

/** Whether each of its days has a row of each member: what is missing of a day is known by name. */
export function hasMembersEachDay(dataset: DatasetSpec): boolean {
  return dataset.expects === "members" && dataset.members !== undefined && isByTradingDay(dataset);
}

/** Whether each of its interfaces can be asked for such a slice. */
export function canAskBy(dataset: DatasetSpec, by: Selector["by"]): boolean {
  return interfacesOf(dataset).every(({ answers }) => answers.includes(by));
}

/** The interface that returns the dataset's rows for such a slice; undefined when there is none. */
export function mainFor(
  { main, byPeriod }: Pick<DatasetSpec, "main" | "byPeriod">,
  by: Selector["by"],
): InterfaceSpec | undefined {
  return [main, byPeriod].find((spec) => spec?.answers.includes(by));
}

/** TuShare's name of the column that has the value of a call. */
export function fieldOfEach({ field, parameter }: EachValue): string {
  return field ?? parameter;
}

/** All stored columns without duplicates, in the order of the interfaces. */
export function columnsOf(dataset: DatasetSpec): readonly Column[] {
  const specs = interfacesOf(dataset).flatMap((spec) => (spec.fallback ? [spec, spec.fallback] : [spec]));
  const columns = new Map<string, Column>();
  for (const column of specs.flatMap((spec) => spec.columns)) {
    if (column.stored !== false && !columns.has(column.name)) columns.set(column.name, column);
  }
  return [...columns.values()];
}

/** The row cap of an interface; the setting counts where there is one. */
export function rowCapOf(spec: InterfaceSpec, settings: Settings): number {
  return spec.rowCapSetting === undefined ? spec.rowCap : settings[spec.rowCapSetting];
}

/** Suffixes of codes -> names of their exchanges. */
export const exchanges = { SH: "SSE", SZ: "SZSE", BJ: "BSE" } as const;
export type Exchange = (typeof exchanges)[keyof typeof exchanges];

/** Taken from the code: TuShare did not always have the column, and etf_basic uses other names. */
export const exchangeOfCode: Column = {
  name: "exchange",
  type: "text",
  from: "ts_code",
  part: new RegExp(`\\.(${Object.keys(exchanges).join("|")})$`),
  words: exchanges,
};

/** A list of securities is fetched once for each status: listed, delisted, and suspended or not listed yet. */
export const listStatuses = ["L", "D", "P"] as const;

/** The key columns of data by code and trading day. */
export function codeAndDay(): Column[] {
  return [
    { name: "ts_code", type: "code", required: true },
    { name: "trade_date", type: "day", required: true },
  ];
}

export function numbers(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "number" }));
}

/** A column with a cumulative adjustment factor. */
export function factor(name: string): Column {
  return { name, type: "number", isFactor: true };
}

export function text(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "text" }));
}

export function days(...names: string[]): Column[] {
  return names.map((name) => ({ name, type: "day" }));
}

/** Columns that TuShare answers only when they are asked for by name. */
export function onDemand(columns: readonly Column[]): Column[] {
  return columns.map((column) => ({ ...column, onDemand: true }));
}

/** The names in a text, separated by spaces or line ends. */
export function listed(text: string): string[] {
  return text.trim().split(/\s+/);
}
