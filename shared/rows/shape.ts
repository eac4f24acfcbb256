// The parts of a dataset's file from which the statements about its rows are made.
import { type Column, columnsOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Selector } from "../catalogue/selector.ts";
import type { Table } from "./rows.ts";

export type Shape = {
  readonly dataset: Dataset;
  readonly selector: Selector;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
  /** Columns with the same value in all rows, which the answers do not contain. */
  readonly constants: readonly (readonly [name: string, value: string])[];
  /** Columns about which the answer says nothing: their nulls do not mean that a value is gone. */
  readonly unsaid: readonly string[];
};

export function shapeOf(dataset: Dataset, selector: Selector, { unsaid }: Table): Shape {
  const columns = columnsOf(dataset);
  const named = (wanted: string) => columns.find(({ name }) => name === wanted);
  return {
    ...{ dataset, selector, table: dataset.table, columns },
    key: dataset.key.flatMap((name) => named(name) ?? []),
    constants: Object.entries(dataset.constants ?? {}).filter(([name]) => named(name) === undefined),
    unsaid: unsaid?.columns ?? [],
  };
}
