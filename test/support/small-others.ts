// Rows of an interface that the small market does not have: one for each day and code, typed by the interface's columns.
// With them a dataset that is only a file can be planned, fetched and stored in the use-case tests.
import type { Column, InterfaceSpec } from "../../shared/catalogue/dataset.ts";
import { marketDays, type Params, type Row } from "./small-market.ts";

export function rowsOfAny({ columns }: InterfaceSpec, { ts_code = "600519.SH" }: Params): Row[] {
  const dated = columns.filter(({ type }) => type === "day");
  return (dated.length === 0 ? marketDays.slice(-1) : marketDays).map((day, at) =>
    Object.fromEntries(columns.map((column) => [column.from ?? column.name, cell(column, ts_code, day, at)])),
  );
}

function cell({ name, type }: Column, code: string, day: string, at: number): string | number {
  const values = { code, day, number: at + 0.5, flag: at % 2, text: `${name} ${at}` };
  return values[type];
}
