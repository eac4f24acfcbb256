// Rows of the datasets' tables that belong together without a foreign key, as either side may be mirrored first. Pure.

import { type DatasetFile, nameOf } from "../schema/tables.ts";
import { columnsOf, type DatasetSpec, isByTradingDay } from "../shared/catalogue/dataset.ts";

export type Reference = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly to: { readonly table: string; readonly columns: readonly string[] };
};

/** In the ledger: a failure record may outlive its task. */
const ofLedger: Reference = {
  table: "sync_failure_record",
  columns: ["task_id", "sequence"],
  to: { table: "sync_unit", columns: ["task_id", "sequence"] },
};

/**
 * References from rows to the list of their securities, to the calendar by day, and to the list of filings by the
 * columns that both keys share.
 */
export function referencesOf(files: readonly DatasetFile[]): Reference[] {
  const named = (name: string) => files.find(({ file }) => nameOf(file) === name)?.spec;
  const calendar = files.find(({ spec }) => spec.expects === "every_day")?.spec;
  const calendarDay = calendar?.main.columns.find(
    ({ name, type }) => type === "day" && calendar.key.includes(name),
  );
  const found = files.flatMap(({ spec }) => {
    const { members, filedIn, dayColumn, key } = spec;
    const list = members !== undefined && "list" in members ? named(members.list) : undefined;
    const filings = filedIn === undefined ? undefined : named(filedIn);
    const both = filings?.key.filter((name) => key.includes(name)) ?? [];
    return [
      ...(list && hasColumn(spec, "ts_code") ? [joining(spec, ["ts_code"], list, ["ts_code"])] : []),
      ...(calendar && calendarDay && isByTradingDay(spec) && dayColumn !== undefined
        ? [joining(spec, [dayColumn], calendar, [calendarDay.name])]
        : []),
      ...(filings && both.length > 0 ? [joining(spec, both, filings, both)] : []),
    ];
  });
  const texts = found.map((reference) => JSON.stringify(reference));
  return [...found.filter((_, at) => texts.indexOf(texts[at] ?? "") === at), ofLedger];
}

function joining(
  from: DatasetSpec,
  columns: readonly string[],
  to: DatasetSpec,
  toColumns: readonly string[],
): Reference {
  return { table: from.table, columns, to: { table: to.table, columns: toColumns } };
}

function hasColumn(spec: DatasetSpec, name: string): boolean {
  return columnsOf(spec).some((column) => column.name === name);
}
