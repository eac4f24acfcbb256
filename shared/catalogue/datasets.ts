// The dataset catalogue: what is mirrored into which table, from which interfaces, in which slices. Each dataset is a file
// in datasets/; dataset-files.ts collects them.
import {
  type DatasetSpec,
  hasMembersEachDay,
  type InterfaceSpec,
  isByTradingDay,
  type Securities,
} from "./dataset.ts";
import { specs } from "./dataset-files.ts";
import type { Selector } from "./selector.ts";

export type DatasetName = keyof typeof specs;

export type Dataset = DatasetSpec & {
  readonly name: DatasetName;
  /** The list that `members` names. */
  readonly list?: Dataset;
  /** The list that `filedIn` names. */
  readonly schedule?: Dataset;
  /** The dataset that `evidence` names. */
  readonly explainedBy?: Dataset;
  /** Its table also holds rows of another dataset. */
  readonly sharesTable?: true;
};

/** Datasets by name; a test may add its own. */
export type Catalogue = Readonly<Record<DatasetName, Dataset>>;

export const datasets: Catalogue = catalogueOf(specs);

/** Whether the catalogue has a dataset of this name. */
export function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(datasets, name);
}

/** Makes the catalogue from the files and links each dataset to the lists it names. @throws Error when a list is missing */
export function catalogueOf<Name extends string>(
  files: Readonly<Record<Name, DatasetSpec>>,
): Readonly<Record<Name, Dataset>> {
  const made: Record<string, Dataset> = {};
  const all = Object.entries<DatasetSpec>(files);
  const make = (name: string): Dataset => {
    const spec = all.find(([each]) => each === name)?.[1];
    if (spec === undefined) throw new Error(`no dataset ${name}`);
    const { members, filedIn, evidence, table } = spec;
    const list = members !== undefined && "list" in members ? make(members.list) : undefined;
    const schedule = filedIn === undefined ? undefined : make(filedIn);
    const explainedBy = evidence === undefined ? undefined : make(evidence);
    made[name] ??= {
      name: name as DatasetName, // as: a catalogue of files that are not in datasets/ is a test's
      ...spec,
      ...(list && { list }),
      ...(schedule && { schedule }),
      ...(explainedBy && { explainedBy }),
      ...(all.filter(([, other]) => other.table === table).length > 1 && { sharesTable: true }),
    };
    return made[name];
  };
  const inOrder = Object.keys(files).map((name) => [name, make(name)] as const);
  return Object.fromEntries(inOrder) as Readonly<Record<Name, Dataset>>; // as: an entry was made of each
}

/** Datasets by trading day: the ones with coverage for each open day, and with a freshness. */
export const datasetsByDay: readonly Dataset[] = Object.values(datasets).filter(isByTradingDay);

/** Those of which each member has a row on each trading day: what is missing of a day is known by name. */
export const datasetsByName: readonly Dataset[] = datasetsByDay.filter(hasMembersEachDay);

/** The trading calendar, from which every plan by day is made. */
export function calendarDataset(): Dataset {
  const found = Object.values(datasets).find(({ expects }) => expects === "every_day");
  if (found === undefined) throw new Error("no dataset is a calendar");
  return found;
}

/** The list of the securities that have rows in a dataset; the dataset itself where it is that list. */
export function listOf(dataset: Dataset): (Dataset & { readonly securities: Securities }) | undefined {
  const { list = dataset } = dataset;
  return list.securities && { ...list, securities: list.securities };
}

/** The interface that is called with each unit of a slice to explain absences; undefined when there is none. */
export function evidenceFor(dataset: Dataset, by: Selector["by"]): InterfaceSpec | undefined {
  const main = hasMembersEachDay(dataset) ? dataset.explainedBy?.main : undefined;
  return main?.answers.includes(by) ? main : undefined;
}

/** The names of the datasets of which a dataset's rows explain absences. */
export function datasetsExplainedBy(all: Catalogue, { name }: Dataset): DatasetName[] {
  return Object.values(all).flatMap((each) => (each.explainedBy?.name === name ? [each.name] : []));
}

/** What one security of a dataset is called; undefined where the dataset has no list. */
export function securityOf(dataset: Dataset): Securities["one"] | undefined {
  return listOf(dataset)?.securities.one;
}
