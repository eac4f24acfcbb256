// The interfaces that the mirror answers as TuShare does, made from the catalogue: their fields, their parameters, and where
// a field is stored. Pure.
import {
  type Column,
  type ColumnType,
  columnsOf,
  type DatasetSpec,
  type InterfaceSpec,
  interfacesOf,
} from "../catalogue/dataset.ts";
import { type Catalogue, type Dataset, datasets } from "../catalogue/datasets.ts";

/** A field of an answer. */
export type Field = {
  readonly name: string;
  readonly type: ColumnType;
  /** Its value on `row`, a row of the dataset's table. */
  readonly sql: string;
};

export type Face = {
  readonly spec: InterfaceSpec;
  readonly dataset: Dataset;
  /** By name, in TuShare's order. */
  readonly fields: ReadonlyMap<string, Field>;
  /** The fields of an answer to a question that names none. */
  readonly usual: readonly Field[];
  /** TuShare's fields that are not stored. */
  readonly lacks: readonly string[];
  /** The field that start_date and end_date select on; answers come newest first by it. */
  readonly day: Field | undefined;
  /** Parameters that select rows in which a field has a value. */
  readonly filters: ReadonlyMap<string, Field>;
  /** Parameters that the mirror always fetched with: another value is not mirrored. */
  readonly always: Readonly<Record<string, string>>;
};

/** Every interface, by name. Where two datasets have the same one, the first one's counts. */
export function facesOf(all: Catalogue = datasets): ReadonlyMap<string, Face> {
  const faces = new Map<string, Face>();
  for (const dataset of Object.values(all)) {
    for (const spec of specsOf(dataset)) {
      if (!faces.has(spec.name)) faces.set(spec.name, describe(dataset, spec));
    }
  }
  return faces;
}

function specsOf(dataset: DatasetSpec): InterfaceSpec[] {
  const { byPeriod } = dataset;
  const specs = [...interfacesOf(dataset), ...(byPeriod === undefined ? [] : [byPeriod])];
  return specs.flatMap((spec) => (spec.fallback === undefined ? [spec] : [spec, spec.fallback]));
}

function describe(dataset: Dataset, spec: InterfaceSpec): Face {
  const listed = listedFields(spec);
  const found = listed.flatMap(({ name }) => fieldOf(dataset, spec, name) ?? []);
  const fields = new Map(found.map((field) => [field.name, field]));
  const dayName = spec.columns.find(({ name }) => name === dataset.dayColumn);
  const day = dayName && fields.get(dayName.from ?? dayName.name);
  return {
    ...{ spec, dataset, fields, day },
    usual: listed.flatMap(({ name, isUsual }) => (isUsual ? (fields.get(name) ?? []) : [])),
    lacks: listed.flatMap(({ name }) => (fields.has(name) ? [] : [name])),
    filters: new Map(filtersOf(dataset, spec, fields, day)),
    always: spec.always ?? {},
  };
}

function listedFields({ fields, columns }: InterfaceSpec): { name: string; isUsual: boolean }[] {
  const words =
    fields?.split(" ") ??
    columns.flatMap(({ name, from = name, part, stored, onDemand }) =>
      part === undefined && stored !== false ? [onDemand ? `${from}?` : from] : [],
    );
  return [...new Set(words)].map((word) => ({ name: word.replace("?", ""), isUsual: !word.endsWith("?") }));
}

/** Its own column; or one that the row has from another interface, or for all rows of the dataset alike. */
function fieldOf(dataset: Dataset, spec: InterfaceSpec, name: string): Field | undefined {
  const own = spec.columns.find(
    (column) => (column.from ?? column.name) === name && column.part === undefined && column.stored !== false,
  );
  const column = own ?? columnsOf(dataset).find((each) => each.name === name);
  if (column !== undefined) {
    return { name, type: column.type, sql: respelled(`row.${column.name}`, spellingOf(spec, name, own)) };
  }
  const constant = dataset.constants?.[name];
  return constant === undefined ? undefined : { name, type: "text", sql: `cast('${constant}' as text)` };
}

/** Stored values -> TuShare's. */
function spellingOf(spec: InterfaceSpec, name: string, own: Column | undefined): [string, string][] {
  const words = Object.entries(own?.words ?? {}).map(([theirs, ours]): [string, string] => [ours, theirs]);
  return [...words, ...Object.entries(spec.spells?.[name] ?? {})];
}

function respelled(sql: string, spelling: readonly (readonly [string, string])[]): string {
  if (spelling.length === 0) return sql;
  const cases = spelling.map(([ours, theirs]) => `when '${ours}' then '${theirs}'`).join(" ");
  return `(case ${sql} ${cases} else ${sql} end)`;
}

/** Of every interface, also where a field has the same name. */
const pageParameters = ["limit", "offset"];

function filtersOf(
  dataset: Dataset,
  spec: InterfaceSpec,
  fields: Face["fields"],
  day: Field | undefined,
): (readonly [string, Field])[] {
  const isRange = (name: string) => day !== undefined && (name === "start_date" || name === "end_date");
  const own = [...fields.values()].filter(
    ({ name, type }) => type !== "number" && !isRange(name) && !pageParameters.includes(name),
  );
  const renamed = Object.entries(spec.parameters ?? {}).map(([ours, theirs]) => [theirs ?? "", ours]);
  const others = [...renamed, ...Object.entries(spec.selects ?? {})];
  return [
    ...own.map((field) => [field.name, field] as const),
    ...(dataset.slices === "periods" && day !== undefined ? [["period", day] as const] : []),
    ...others.flatMap(([parameter = "", name = ""]) => {
      const field = fields.get(name);
      return field === undefined || fields.has(parameter) ? [] : [[parameter, field] as const];
    }),
  ];
}
