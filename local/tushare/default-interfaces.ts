// All known interfaces: those of interfaces.ts, and every other one that a dataset's file describes. So a new dataset
// is served without a change in this folder; default-rows.ts makes its rows.
import {
  type Column,
  type DatasetSpec,
  type DatasetWords,
  type InterfaceSpec,
  interfacesOf,
} from "../../shared/catalogue/dataset.ts";
import { specs, words } from "../../shared/catalogue/dataset-files.ts";
import type { Selector } from "../../shared/catalogue/selector.ts";
import { type Field, type Interface, interfaces } from "./interfaces.ts";

/** A dataset's file, and all of them by the dataset's name. */
export type DatasetFile = { readonly spec: DatasetSpec; readonly words?: DatasetWords };
export type DatasetFiles = Readonly<Record<string, DatasetFile>>;

/** How far apart the rows of one subject are; `once`: it has one set of rows, whatever the day. */
export type Pace = "days" | "calendar days" | "months" | "quarters" | "periods" | "once";

/** The key columns of a dataset, by role and in its own names. */
export type Shape = {
  readonly pace: Pace;
  /** The column of the time: a day, month or period. */
  readonly time?: string;
  /** The column of the subject's code. */
  readonly code?: string;
  /** Other columns of the key. */
  readonly others: readonly string[];
};

/** An interface without its own generator. */
export type DefaultInterface = {
  readonly dataset: string;
  readonly file: DatasetFile;
  readonly spec: InterfaceSpec;
  readonly shape: Shape;
  readonly face: Interface;
  /** Parameter that names a code. */
  readonly codeParameter: string | undefined;
};

export type Interfaces = {
  find(name: string): Interface | undefined;
  readonly files: DatasetFiles;
  readonly defaults: ReadonlyMap<string, DefaultInterface>;
};

/** TuShare's usual parameters of a slice. */
const parametersOf: Readonly<Record<Selector["by"], readonly string[]>> = {
  date: ["trade_date"],
  code: ["ts_code", "start_date", "end_date"],
  calendar: ["exchange", "start_date", "end_date"],
  list_status: ["list_status"],
  exchange: ["exchange", "list_status"],
  whole: [],
  period: ["period"],
  announced: ["ann_date"],
  month: ["month"],
  range: ["start_date", "end_date"],
};

export const catalogued: DatasetFiles = Object.fromEntries(
  Object.entries<DatasetSpec>(specs).map(([name, spec]) => [
    name,
    { spec, words: words[name as keyof typeof specs] }, // as: the keys of specs
  ]),
);

/**
 * The interfaces with a generator and all others of these datasets. If two datasets share one, the first one's is used.
 */
export function makeInterfaces(files: DatasetFiles): Interfaces {
  const written = new Map<string, Interface>(Object.entries(interfaces));
  const defaults = new Map<string, DefaultInterface>();
  for (const [dataset, file] of Object.entries(files)) {
    for (const spec of specsOf(file.spec)) {
      if (written.has(spec.name) || defaults.has(spec.name)) continue;
      defaults.set(spec.name, describe(dataset, file, spec));
    }
  }
  return { find: (name) => written.get(name) ?? defaults.get(name)?.face, files, defaults };
}

/** Every interface that a dataset may call. */
export function specsOf(dataset: DatasetSpec): InterfaceSpec[] {
  const main = [...interfacesOf(dataset), ...(dataset.byPeriod ? [dataset.byPeriod] : [])];
  return main.flatMap((spec) => (spec.fallback ? [spec, spec.fallback] : [spec]));
}

export const known = makeInterfaces(catalogued);

/** TuShare's name of a column; undefined when the interface has no such column. */
export function fieldOf({ columns }: InterfaceSpec, name: string | undefined): string | undefined {
  const column = columns.find((each) => each.name === name);
  return column && (column.from ?? column.name);
}

/** The columns of a reply: one for each of TuShare's names. */
export function answered({ columns }: InterfaceSpec): readonly (readonly [field: string, Column])[] {
  const byField = Map.groupBy(columns, ({ name, from }) => from ?? name);
  return [...byField].flatMap(([field, same]) => {
    const column = same.find(({ part }) => part === undefined) ?? same[0];
    return column === undefined ? [] : [[field, column] as const];
  });
}

export function shapeOf({ key, main, slices, dayColumn }: DatasetSpec): Shape {
  const typed = (...types: Column["type"][]) => {
    const fits = (name: string) =>
      types.some((type) => main.columns.some((c) => c.name === name && c.type === type));
    return key.find(fits) ?? main.columns.find(({ name }) => fits(name))?.name;
  };
  const code = typed("code");
  const spelled = key.find((name) => name !== code && /^(month|quarter)$/.test(fieldOf(main, name) ?? name));
  const time =
    slices === "lists"
      ? spelled
      : slices === "periods" && key.includes("end_date")
        ? "end_date"
        : (dayColumn ?? spelled ?? typed("day"));
  const isDay = main.columns.some(({ name, type }) => name === time && type === "day");
  const others = key.filter((name) => name !== code && name !== time);
  return {
    pace:
      time === undefined ? "once" : isDay ? paceOfDays(slices) : /quarter/.test(time) ? "quarters" : "months",
    ...(time !== undefined && { time }),
    ...(code !== undefined && { code }),
    others,
  };
}

function paceOfDays(slices: DatasetSpec["slices"]): Pace {
  if (slices === "periods" || slices === "months") return slices;
  return slices === "announcements" ? "calendar days" : "days";
}

function describe(dataset: string, file: DatasetFile, spec: InterfaceSpec): DefaultInterface {
  const shape = shapeOf(file.spec);
  const usual = [...new Set(spec.answers.flatMap((by) => parametersOf[by]))];
  const named = usual.flatMap((param) => {
    const theirs = spec.parameters?.[param];
    return theirs === null ? [] : [{ param, theirs: theirs ?? param }];
  });
  const hasField = (field: string | undefined) => answered(spec).some(([name]) => name === field);
  const meant = (param: string) =>
    param === "ts_code"
      ? shape.code
      : param === "ann_date"
        ? "ann_date"
        : (shape.time ?? file.spec.dayColumn);
  const chosen = named
    .filter(({ param }) => !["start_date", "end_date", "exchange", "list_status"].includes(param))
    .map(({ param, theirs }) => ({
      param,
      theirs,
      field: hasField(theirs) ? theirs : fieldOf(spec, meant(param)),
    }));
  const own = [
    ...named.map(({ theirs }) => theirs),
    ...(spec.requires ?? []),
    ...(spec.each === undefined ? [] : [spec.each.parameter]),
    ...Object.keys(spec.always ?? {}),
  ];
  const { each } = spec;
  const eachAlias = each?.field === undefined ? {} : { [each.parameter]: each.field };
  const isRange = named.some(({ theirs }) => theirs === "start_date");
  const aliases = chosen.filter(({ theirs, field }) => field !== undefined && field !== theirs);
  const dateField = isRange ? fieldOf(spec, file.spec.dayColumn ?? shape.time) : undefined;
  const hour = file.spec.publicationHour;
  const pairs = (months: boolean) =>
    aliases
      .filter(({ param }) => months === isPrefix(param, shape))
      .map(({ theirs, field = "" }) => [theirs, field]);
  const face: Interface = {
    fields: answered(spec).map(
      ([name, { type }]): Field => ({ name, type: isNumber(type) ? "number" : "text", isDefault: true }),
    ),
    key: file.spec.key.flatMap((name) => fieldOf(spec, name) ?? []),
    filters: [...new Set(own)].filter((name) => hasField(name) && !(isRange && name === "end_date")),
    aliases: { ...Object.fromEntries(pairs(false)), ...eachAlias },
    prefixes: Object.fromEntries(pairs(true)),
    ...(dateField !== undefined && { dateField }),
    codes: "one",
    needs: (spec.requires ?? []).map((param) => ({ oneOf: [param], message: `必填参数, ${param}` })),
    rowsMax: spec.rowCap,
    points: spec.points,
    ...(hour !== undefined && { publishedAt: `${String(hour).padStart(2, "0")}:00` }),
  };
  const codeParameter = chosen.find(({ param, field }) => param === "ts_code" && field !== undefined)?.theirs;
  return { dataset, file, spec, shape, face, codeParameter };
}

function isNumber(type: Column["type"]): boolean {
  return type === "number" || type === "flag"; // a flag is 0 or 1 on the wire
}

/** A month selects all days that begin with it. */
function isPrefix(param: string, { pace }: Shape): boolean {
  return param === "month" && pace !== "quarters";
}
