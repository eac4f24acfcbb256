// The database's tables by the datasets' files: one entry for each table, which several datasets may share. Pure.
import type { DataCheck } from "../shared/catalogue/checks.ts";
import {
  type Column,
  type ColumnType,
  type ColumnWords,
  columnsOf,
  type DatasetSpec,
  type DatasetWords,
  dayColumnOf,
  hasMembersEachDay,
} from "../shared/catalogue/dataset.ts";
import { catalogueOf, type Dataset } from "../shared/catalogue/datasets.ts";
import { measures } from "../shared/catalogue/measures.ts";
import { isMember } from "../shared/coverage/members.ts";

/** A loaded file of shared/catalogue/datasets/. */
export type DatasetFile = {
  /** Its name, such as stock-daily.ts. */
  readonly file: string;
  readonly spec: DatasetSpec;
  readonly words: DatasetWords;
  /** What its stored rows are checked for. */
  readonly checks?: readonly DataCheck[] | undefined;
};

/** The name of a file's dataset. */
export function nameOf(file: string): string {
  return file.replace(/\.ts$/, "").replaceAll("-", "_");
}

export type WantedColumn = {
  readonly name: string;
  readonly type: (typeof sqlTypes)[ColumnType];
  /** "C" for codes: compared byte by byte, the same everywhere. */
  readonly collation: "C" | null;
  readonly nullable: boolean;
  /** Meaning and measure; undefined while no file describes it. */
  readonly words?: ColumnWords;
  /** Whether it holds only 0 or 1. */
  readonly flag: boolean;
};

export type WantedTable = {
  readonly name: string;
  /** The words of its first dataset. */
  readonly words: DatasetWords;
  /** Without stored_at, which every table has. */
  readonly columns: readonly WantedColumn[];
  /** Columns unique together; undefined when an answer replaces its slice. */
  readonly key?: readonly string[];
  /** The columns of each index besides the key's. */
  readonly indexes: readonly (readonly string[])[];
  /** For each joined interface: an index of the rows that lack it, which are few. */
  readonly lacks: readonly Lack[];
  /** The datasets whose days must be checked again when a row of the table goes; none when it has no days. */
  readonly checksAgain?: { readonly dayColumn: string; readonly datasets: readonly string[] };
};

export type Lack = {
  /** Null in a row that lacks the interface. */
  readonly column: string;
  /** SQL: the rows that are looked at. */
  readonly where: string;
  /** Columns of the index. */
  readonly columns: readonly string[];
};

/** How each kind of value is stored. */
export const sqlTypes = {
  code: "text",
  text: "text",
  day: "date",
  number: "numeric",
  flag: "smallint",
} as const;

/** The tables of these files, in the files' order. */
export function tablesOf(files: readonly DatasetFile[]): WantedTable[] {
  const catalogue = catalogued(files);
  return [...Map.groupBy(files, ({ spec }) => spec.table)].map(([name, sharers]) =>
    tableOf(name, sharers, catalogue),
  );
}

/** The datasets of the files, linked; without links to files that do not exist, which problems.ts reports. */
function catalogued(files: readonly DatasetFile[]): Dataset[] {
  const names = files.map(({ file }) => nameOf(file));
  const isThere = (name: string | undefined) => name === undefined || names.includes(name);
  const specs = files.map(({ file, spec }): [string, DatasetSpec] => {
    const { members, filedIn, evidence, ...rest } = spec;
    const list = members !== undefined && "list" in members ? members.list : undefined;
    return [
      nameOf(file),
      {
        ...rest,
        ...(members !== undefined && isThere(list) && { members }),
        ...(filedIn !== undefined && isThere(filedIn) && { filedIn }),
        ...(evidence !== undefined && isThere(evidence) && { evidence }),
      },
    ];
  });
  return Object.values(catalogueOf(Object.fromEntries(specs)));
}

function tableOf(name: string, sharers: readonly DatasetFile[], catalogue: readonly Dataset[]): WantedTable {
  const [first] = sharers;
  if (first === undefined) throw new Error(`the table ${name} belongs to no dataset`);
  const { key, replacesSlice } = first.spec;
  const asked = [
    ...sharers.flatMap(({ spec }) => spec.indexes ?? []),
    ...sharers.flatMap(({ spec }) => sliceIndexes(spec)),
  ];
  return {
    name,
    words: first.words,
    columns: columnsOfTable(sharers),
    ...(!replacesSlice && { key }),
    indexes: asked.filter((index, at) => asked.findIndex((other) => `${other}` === `${index}`) === at),
    lacks: lacksOf(name, catalogue),
    ...checksAgainOf(name, catalogue),
  };
}

/** Two datasets that share a table may share a column: one index serves both. */
function lacksOf(table: string, catalogue: readonly Dataset[]): Lack[] {
  const sharers = catalogue.filter((dataset) => dataset.table === table && hasMembersEachDay(dataset));
  const wanted = sharers.flatMap((dataset) =>
    dataset.details.flatMap(({ shownBy }) => (shownBy === undefined ? [] : [{ dataset, column: shownBy }])),
  );
  return [...Map.groupBy(wanted, ({ column }) => column)].map(([column, of]) => ({
    column,
    where: [
      `${column} is null`,
      ...(of.slice(1).length === 0 ? of.flatMap(({ dataset }) => ownRows(dataset)) : []),
    ].join(" and "),
    columns: of.flatMap(({ dataset }) => [dayColumnOf(dataset), "ts_code"]).slice(0, 2),
  }));
}

function ownRows(dataset: Dataset): string[] {
  return dataset.sharesTable ? [isMember(dataset, "ts_code")] : [];
}

function checksAgainOf(table: string, catalogue: readonly Dataset[]): Pick<WantedTable, "checksAgain"> {
  const asking = catalogue.filter(
    (dataset) =>
      hasMembersEachDay(dataset) && (dataset.table === table || dataset.explainedBy?.table === table),
  );
  const [first] = catalogue.filter((dataset) => dataset.table === table);
  if (first === undefined || asking.length === 0) return {};
  return { checksAgain: { dayColumn: dayColumnOf(first), datasets: asking.map(({ name }) => name) } };
}

/**
 * Rows are counted and replaced by day, so one index starts with the day, even if the key does not. Without a unique
 * key, another index finds the rows of a code. A list needs none: it is read whole.
 */
function sliceIndexes(spec: DatasetSpec): string[][] {
  const { slices, dayColumn, key, indexes = [], replacesSlice } = spec;
  if (slices === "lists" || dayColumn === undefined) return replacesSlice ? [[...key]] : [];
  const codes = columnsOf(spec).flatMap(({ name, type }) =>
    type === "code" && key.includes(name) ? [name] : [],
  );
  const unique = replacesSlice ? [] : [key];
  const hasDay = [...unique, ...indexes].some(([first]) => first === dayColumn);
  return [
    ...(replacesSlice && codes.length > 0 ? [[...codes, dayColumn]] : []),
    ...(hasDay ? [] : [[dayColumn, ...codes]]),
  ];
}

/** Key columns first, then the interfaces' columns in order, then the dataset's constants, then what is known of a code. */
function columnsOfTable(sharers: readonly DatasetFile[]): WantedColumn[] {
  const named = new Map<string, Column>();
  for (const column of sharers.flatMap(({ spec }) => columnsOf(spec))) {
    if (!named.has(column.name)) named.set(column.name, column);
  }
  const key = sharers.flatMap(({ spec }) => spec.key);
  const constants = sharers.flatMap(({ spec }) => Object.keys(spec.constants ?? {}));
  const marks = sharers.flatMap(({ spec }) => spec.securities?.goneOn ?? []);
  const columns = [...named.values()].toSorted((a, b) => placeIn(key, a.name) - placeIn(key, b.name));
  const names = [...new Set([...columns.map(({ name }) => name), ...constants, ...marks])];
  return names.map((name) => {
    const type = named.get(name)?.type ?? (marks.includes(name) ? "day" : "text");
    const words = sharers.map((sharer) => sharer.words.columns[name]).find((found) => found !== undefined);
    return {
      ...{ name, type: sqlTypes[type], collation: type === "code" ? "C" : null, flag: type === "flag" },
      nullable: !sharers.every(({ spec }) => hasAlways(spec, name)),
      ...(words && { words }),
    };
  });
}

function placeIn(key: readonly string[], name: string): number {
  const at = key.indexOf(name);
  return at === -1 ? key.length : at;
}

/** Whether every row of the dataset has a value for it. */
function hasAlways(spec: DatasetSpec, name: string): boolean {
  return (
    name in (spec.constants ?? {}) || columnsOf(spec).find((own) => own.name === name)?.required === true
  );
}

/** The column's comment in the database: meaning, then unit, then the meaning of null. */
export function commentOf([measure, meaning]: ColumnWords): string {
  const unit = measures[measure].en;
  const [what = "", ...more] = meaning.split("; ");
  return [unit === "" ? what : `${what}, ${unit}`, ...more].join("; ");
}
