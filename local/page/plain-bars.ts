// Daily bars without an adjustment factor, such as those of an index: of every dataset that has bars in a table of its own.
import { columnsOf } from "../../shared/catalogue/dataset.ts";
import { datasets, datasetsByDay } from "../../shared/catalogue/datasets.ts";
import { addDays, type Day } from "../../shared/catalogue/dates.ts";
import type { Database } from "../../shared/ports.ts";
import type { DailyRow } from "../../shared/reads/daily.ts";
import { codePattern } from "../../shared/words/codes.ts";

export const barColumns = ["open", "high", "low", "close", "vol"] as const;

/** A table with bars, and the list that names its codes. */
type Bars = { readonly table: string; readonly list: string | undefined };

const matchesMax = 5;

/** Tables of bars by code and day, besides those with a factor. */
const tables: readonly Bars[] = datasetsByDay.flatMap((dataset) => {
  const columns = columnsOf(dataset);
  const has = (name: string) => columns.some((column) => column.name === name);
  if (!barColumns.every(has) || columns.some(({ isFactor }) => isFactor)) return [];
  const list = Object.values(datasets).find(
    ({ set, slices, table, key, main }) =>
      set === dataset.set &&
      slices === "lists" &&
      table !== dataset.table &&
      key.join() === "ts_code" &&
      main.columns.some(({ name }) => name === "name"),
  );
  return [{ table: dataset.table, list: list?.table }];
});

export type PlainMatch = {
  readonly ts_code: string;
  readonly name: string;
  readonly newest: Day;
  readonly table: string;
};

/** Codes with stored bars that are, or whose name contains, what was typed. */
export async function searchPlain(database: Database, typed: string): Promise<PlainMatch[]> {
  const code = typed.normalize("NFKC").trim().toUpperCase();
  if (code === "") return [];
  const found = await Promise.all(tables.map((bars) => matchesIn(database, bars, code, typed.trim())));
  return found.flat();
}

async function matchesIn(
  database: Database,
  { table, list }: Bars,
  code: string,
  typed: string,
): Promise<PlainMatch[]> {
  // Each code has bars of thousands of days: its newest day is one look into the key.
  const codes = `with recursive code as (
  (select ts_code from ${table} order by ts_code limit 1)
  union all
  select (select ts_code from ${table} where ts_code > code.ts_code order by ts_code limit 1) from code where code.ts_code is not null
)`;
  const named = list === undefined ? "" : `left join ${list} as listed on listed.ts_code = code.ts_code`;
  const name = list === undefined ? "cast(null as text)" : "listed.name";
  const rows = await database.run(
    `${codes}
select code.ts_code, coalesce(${name}, '') as name, (
    select to_char(max(trade_date), 'YYYYMMDD') from ${table} where ${table}.ts_code = code.ts_code
  ) as newest
from code
${named}
where code.ts_code is not null
  and (code.ts_code = :code or split_part(code.ts_code, '.', 1) = :code or strpos(lower(${name}), lower(:typed)) > 0)
order by code.ts_code = :code desc, code.ts_code
limit :count`,
    { code, typed, count: matchesMax },
  );
  return rows.map((row) => ({
    ...{ ts_code: String(row.ts_code), name: String(row.name) },
    ...{ newest: String(row.newest), table },
  }));
}

/** Whether a text is a whole code, which no name of a stock can be. */
export function isWholeCode(typed: string): boolean {
  return codePattern.test(typed.normalize("NFKC").trim().toUpperCase());
}

/** Ascending by day. */
export async function readPlainBars(
  database: Database,
  { table, ts_code }: Pick<PlainMatch, "table" | "ts_code">,
  { from, to }: { readonly from?: Day | undefined; readonly to?: Day | undefined },
): Promise<DailyRow[]> {
  const rows = await database.run(
    `select to_char(trade_date, 'YYYYMMDD') as trade_date, ${barColumns.map((name) => `cast(${name} as text) as ${name}`).join(", ")}
from ${table}
where ts_code = :code and trade_date >= to_date(:from, 'YYYYMMDD') and trade_date < to_date(:before, 'YYYYMMDD')
order by trade_date`,
    { code: ts_code, from: from ?? "19000101", before: to === undefined ? "99990101" : addDays(to, 1) },
  );
  return rows.map(({ trade_date, ...figures }) => ({
    ...{ ts_code, trade_date: String(trade_date) },
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
  }));
}
