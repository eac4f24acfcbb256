// The problems in a dataset's file, for its author: those that types cannot express, and those found before a compiler
// runs. Pure.
import { cadences } from "../shared/catalogue/cadences.ts";
import { dataChecks } from "../shared/catalogue/checks.ts";
import {
  columnsOf,
  type DatasetSpec,
  datasetSets,
  type Expects,
  hasMembersEachDay,
  type InterfaceSpec,
  interfacesOf,
  type Slices,
} from "../shared/catalogue/dataset.ts";
import type { Bilingual } from "../shared/catalogue/measures.ts";
import { measures } from "../shared/catalogue/measures.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { reservedWords } from "./reserved-words.ts";
import { type DatasetFile, nameOf, sqlTypes, tablesOf } from "./tables.ts";

const expectations: readonly Expects[] = ["members", "some", "none", "before", "every_day"];

/** Required fields of every spec. The compiler checks them too, but a program that runs the file does not. */
const needed = [
  "title",
  "table",
  "key",
  "main",
  "details",
  "slices",
  "expects",
  "set",
  "cadence",
  "documentation",
];
const neededOfInterface = ["name", "columns", "answers", "points", "rowCap"];

/** One line for each problem, with the file and the field. */
export function problemsOf(files: readonly DatasetFile[]): string[] {
  const whole = files.filter((file) => lacking(file).length === 0);
  return [
    ...files.flatMap((file) => within(file, lacking(file))),
    ...whole.flatMap((file) =>
      within(file, [
        ...problemsOfSpec(file.spec, files),
        ...problemsOfWords(file),
        ...problemsOfChecks(file, files),
      ]),
    ),
    ...problemsOfTables(whole),
  ];
}

function within({ file }: DatasetFile, problems: readonly string[]): string[] {
  return problems.map((problem) => `shared/catalogue/datasets/${file}: ${problem}`);
}

/** Missing fields, checked first because the other rules read them. */
function lacking({ file, spec, words }: DatasetFile): string[] {
  const name = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\.ts$/.test(file)
    ? []
    : ["a file is named in small letters, with - between words, such as index-daily.ts"];
  if (spec === undefined) return [...name, "exports no spec"];
  if (words?.columns === undefined || words.about === undefined) {
    return [...name, "exports no words with about and columns"];
  }
  const interfaces = [spec.main, ...(spec.details ?? []), spec.main?.fallback, spec.byPeriod];
  return [
    ...name,
    ...absent(spec, needed).map((field) => `spec lacks ${field}`),
    ...interfaces
      .filter((one) => one !== undefined)
      .flatMap((one) =>
        absent(one, neededOfInterface).map((field) => `the interface ${one.name} lacks ${field}`),
      ),
  ];
}

function absent(value: object, fields: readonly string[]): string[] {
  const given = Object.entries(value).flatMap(([field, held]) => (held === undefined ? [] : [field]));
  return fields.filter((field) => !given.includes(field));
}

function problemsOfSpec(spec: DatasetSpec, files: readonly DatasetFile[]): string[] {
  const columns = columnsOf(spec);
  const names = columns.map(({ name }) => name);
  const unknown = (what: string, wanted: readonly string[]) =>
    wanted
      .filter((name) => !names.includes(name) && !(name in (spec.constants ?? {})))
      .map((name) => `${what} names ${name}, which is not a column`);
  const isCatalogued = (name: string) => files.some(({ file }) => nameOf(file) === name);
  const list = spec.members !== undefined && "list" in spec.members ? spec.members.list : undefined;
  const { securities } = spec;
  return [
    ...bothLanguages("title", spec.title),
    ...(datasetSets.includes(spec.set) ? [] : [`set is ${spec.set}, expected ${datasetSets.join(", ")}`]),
    ...(spec.cadence in cadences
      ? []
      : [`cadence is ${spec.cadence}, expected ${Object.keys(cadences).join(", ")}`]),
    ...(expectations.includes(spec.expects)
      ? []
      : [`expects is ${spec.expects}, expected ${expectations.join(", ")}`]),
    ...columns
      .filter(({ type }) => !(type in sqlTypes))
      .map(
        ({ name, type }) => `the column ${name} is a ${type}, expected ${Object.keys(sqlTypes).join(", ")}`,
      ),
    ...(spec.documentation.length > 0 ? [] : ["documentation names no page of TuShare's"]),
    ...(spec.key.length > 0 ? [] : ["key names no column"]),
    ...interfacesOf(spec).flatMap((one) => keyMissing(spec, one)),
    ...twice(spec),
    ...unknown("key", spec.key),
    ...(spec.indexes ?? []).flatMap((index) => unknown("indexes", index)),
    ...(spec.dayColumn === undefined ? [] : unknown("dayColumn", [spec.dayColumn])),
    ...(securities === undefined ? [] : unknown("securities", [securities.listedFrom, securities.listedTo])),
    ...(list === undefined || isCatalogued(list)
      ? []
      : [`members name the list ${list}, which is not a dataset`]),
    ...(spec.filedIn === undefined || isCatalogued(spec.filedIn)
      ? []
      : [`filedIn names ${spec.filedIn}, which is not a dataset`]),
    ...evidenceProblems(spec, files),
    ...unknown("explains", Object.keys(spec.explains ?? {})),
    ...[
      ...names,
      ...Object.keys(spec.constants ?? {}),
      ...(securities?.goneOn === undefined ? [] : [securities.goneOn]),
    ].flatMap(badName),
    ...badName(spec.table),
    ...slicesProblems(spec),
  ];
}

/** Without these fields it could not be said what is missing of a day. */
function evidenceProblems(spec: DatasetSpec, files: readonly DatasetFile[]): string[] {
  if (!hasMembersEachDay(spec)) return [];
  const evidence = files.find(({ file }) => nameOf(file) === spec.evidence)?.spec;
  return [
    ...spec.details
      .filter(({ shownBy, columns }) => !columns.some(({ name }) => name === shownBy))
      .map(({ name, shownBy }) =>
        shownBy === undefined
          ? `the interface ${name} lacks shownBy`
          : `shownBy of ${name} names ${shownBy}, which is not a column`,
      ),
    ...(spec.evidence === undefined || evidence?.explains !== undefined
      ? []
      : [`evidence names ${spec.evidence}, which is not a dataset with \`explains\``]),
  ];
}

function keyMissing({ key }: DatasetSpec, one: InterfaceSpec): string[] {
  return key
    .filter((name) => !one.columns.some((column) => column.name === name))
    .map((name) => `the interface ${one.name} lacks the key's column ${name}`);
}

/** A column of two interfaces would be overwritten by the second. */
function twice(spec: DatasetSpec): string[] {
  const names = interfacesOf(spec)
    .flatMap(({ columns }) => columns.map(({ name }) => name))
    .filter((name) => !spec.key.includes(name));
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map(
    (name) => `the column ${name} appears twice`,
  );
}

function badName(name: string): string[] {
  const advice = `give the column another \`name\`, and \`from: "${name}"\``;
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) return [`${name} cannot be a name in SQL: ${advice}`];
  if (reservedWords.has(name)) return [`${name} is a reserved word in SQL: ${advice}`];
  return [];
}

/** The selectors for each kind of slice; lists have their own. */
const askedBy: Readonly<Record<Slices, readonly Selector["by"][]>> = {
  lists: [],
  days: ["date"],
  codes: ["code"],
  periods: ["code", "period"],
  announcements: ["announced"],
  months: ["month"],
  ranges: ["range"],
};

/** Any calendar day: it only serves to read the selectors of a list. */
const anyDay = "20240102";

function slicesProblems(spec: DatasetSpec): string[] {
  const { slices, lists, dayColumn, rangeDays, members } = spec;
  const kinds = askedBy[slices];
  if (kinds === undefined) return [`slices is ${slices}, expected ${Object.keys(askedBy).join(", ")}`];
  const ofLists = [...new Set(lists?.(anyDay).map(({ by }) => by))];
  const deaf = interfacesOf(spec).filter(({ answers }) =>
    slices === "lists"
      ? !ofLists.every((by) => answers.includes(by))
      : !kinds.some((by) => answers.includes(by)),
  );
  const day = columnsOf(spec).find(({ name }) => name === dayColumn);
  return [
    ...(slices === "lists" && ofLists.length === 0 ? ["slices are lists, and there is no lists()"] : []),
    ...(slices === "ranges" && rangeDays === undefined
      ? ["slices are ranges, and there is no rangeDays"]
      : []),
    ...(slices !== "lists" && dayColumn === undefined
      ? [`slices are ${slices}, and there is no dayColumn`]
      : []),
    ...(slices === "codes" && members === undefined ? ["slices are codes, and there are no members"] : []),
    ...(day !== undefined && day.type !== "day"
      ? [`dayColumn ${day.name} is a ${day.type}, expected a day`]
      : []),
    ...deaf.map(
      ({ name, answers }) =>
        `slices are ${slices}, and the interface ${name} answers ${answers.join(", ") || "nothing"} only`,
    ),
  ];
}

function problemsOfWords({ spec, words }: DatasetFile): string[] {
  const types = new Map(columnsOf(spec).map(({ name, type }) => [name, type]));
  const { constants = {}, securities: { goneOn } = {} } = spec;
  if (goneOn !== undefined) types.set(goneOn, "day");
  const stored = new Set([...types.keys(), ...Object.keys(constants)]);
  return [
    ...bothLanguages("words.about", words.about),
    ...(words.example === undefined ? [] : bothLanguages("words.example.asks", words.example.asks)),
    ...Object.entries(words.columns).flatMap(([name, [measure, en, zh]]) => {
      const field = `words.columns.${name}`;
      if (!stored.has(name)) return [`${field} describes no column`];
      if (!(measure in measures)) return [`${field} has the measure ${measure}, expected one of measures.ts`];
      return [
        ...bothLanguages(field, { en, zh }),
        ...(types.get(name) === "number" && measure === "none"
          ? [`${field} is a number without a measure`]
          : []),
        ...(types.get(name) !== "number" && measure !== "none"
          ? [`${field} has a measure but is not a number`]
          : []),
        ...(types.get(name) === "day" && !/\bdays?\b/i.test(en)
          ? [`${field} does not say in English which day it is`]
          : []),
      ];
    }),
  ];
}

/** The fields of a check that name a column. */
const columnFields = new Set([
  ...["low", "high", "within", "volume", "amount"],
  ...["reference", "price", "factor", "shares", "rate"],
]);

function problemsOfChecks({ spec, checks = [] }: DatasetFile, files: readonly DatasetFile[]): string[] {
  const numbersOf = columnsOf(spec).flatMap(({ name, type }) => (type === "number" ? [name] : []));
  return checks.flatMap((check) => {
    const named = Object.entries(check).flatMap(([field, value]) => (columnFields.has(field) ? value : []));
    const evidence = check.check === "suspended_price" ? check.evidence : undefined;
    return [
      ...(check.check in dataChecks
        ? []
        : [`checks have ${check.check}, expected ${Object.keys(dataChecks).join(", ")}`]),
      ...named
        .filter((column) => !numbersOf.includes(column))
        .map((column) => `the check ${check.check} names ${column}, which is not a column of numbers`),
      ...(evidence === undefined || files.some(({ file }) => nameOf(file) === evidence)
        ? []
        : [`the check ${check.check} names ${evidence}, which is not a dataset`]),
      ...(spec.dayColumn === undefined
        ? [`the check ${check.check} compares days, and there is no dayColumn`]
        : []),
    ];
  });
}

function bothLanguages(field: string, { en, zh }: Bilingual): string[] {
  return [
    ...(/[a-z]/i.test(en) ? [] : [`${field} has no English`]),
    ...(/\p{Script=Han}/u.test(zh) ? [] : [`${field} has no Chinese`]),
    // The adapters read a colon before a letter as a parameter, even within quotes.
    ...(/:\w|\p{Cc}/u.test(en) ? [`${field} has a colon before a letter, or a line break, in English`] : []),
  ];
}

function problemsOfTables(files: readonly DatasetFile[]): string[] {
  return tablesOf(files).flatMap((table) => {
    const sharers = files.filter(({ spec }) => spec.table === table.name);
    const names = sharers.map(({ file }) => file).join(", ");
    const keys = new Set(sharers.map(({ spec }) => `${spec.key}${spec.replacesSlice ?? ""}`));
    return [
      ...(keys.size > 1 ? [`the table ${table.name} has two keys: ${names}`] : []),
      ...table.columns.flatMap((column) => {
        const described = sharers.filter(({ words }) => column.name in words.columns);
        const types = new Set(
          sharers.flatMap(({ spec }) => columnsOf(spec).find(({ name }) => name === column.name)?.type ?? []),
        );
        const place = `${table.name}.${column.name}`;
        if (types.size > 1) return [`${place} has two types, ${[...types].join(" and ")}: ${names}`];
        if (described.length === 0)
          return [`${place} is described nowhere: give it [measure, en, zh] in words.columns of ${names}`];
        if (described.length > 1)
          return [
            `${place} is described in each of ${described.map(({ file }) => file).join(", ")}: once is enough`,
          ];
        return [];
      }),
    ];
  });
}
