// The dataset catalogue: what is mirrored into which table, from which interfaces, in which slices. Each is a file of its
// own in datasets/, which dataset-files.ts collects.
import type { DatasetSpec, Securities } from "./dataset.ts";
import { specs } from "./dataset-files.ts";

export type DatasetName = keyof typeof specs;

export type Dataset = DatasetSpec & { readonly name: DatasetName };

export const datasets = Object.fromEntries(
  Object.entries<DatasetSpec>(specs).map(([name, spec]) => [name, { name, ...spec }]),
) as Readonly<Record<DatasetName, Dataset>>; // as: of its own entries

/** The dataset of this name, where a dataset's file names another. @throws Error when there is none */
export function datasetNamed(name: string): Dataset {
  const found = Object.values(datasets).find((dataset) => dataset.name === name);
  if (found === undefined) throw new Error(`no dataset ${name}`);
  return found;
}

/** The trading calendar: what every plan by day is made from. */
export function calendarDataset(): Dataset {
  const found = Object.values(datasets).find(({ expects }) => expects === "every_day");
  if (found === undefined) throw new Error("no dataset is a calendar");
  return found;
}

/** The list of the securities that the rows of a dataset are about; the dataset itself where it is that list. */
export function listOf(dataset: Dataset): (Dataset & { readonly securities: Securities }) | undefined {
  const { members } = dataset;
  const list = members !== undefined && "list" in members ? datasetNamed(members.list) : dataset;
  return list.securities && { ...list, securities: list.securities };
}

/** How people call one of the securities that the rows of a dataset are about; undefined where no list says. */
export function securityOf(dataset: Dataset): Securities["one"] | undefined {
  return listOf(dataset)?.securities.one;
}
