// Rows of an interface that the small market does not have: one for each day and code, typed by the interface's columns.
// With them a dataset that is only a file can be planned, fetched and stored in the use-case tests.
import type { Column, InterfaceSpec } from "../../shared/catalogue/dataset.ts";
import { marketDays, type Params, type Row } from "./small-market.ts";

export function rowsOfAny({ columns }: InterfaceSpec, params: Params): Row[] {
  const { ts_code = "600519.SH", start_date = "", end_date = "~" } = params;
  const dated = columns.filter(({ type }) => type === "day");
  // A range is one of the days; a parameter named like a column, as for an exchange or a day, is the column's value.
  const days = marketDays.filter(
    (day) => params.start_date === undefined || (day >= start_date && day <= end_date),
  );
  return (dated.length === 0 ? days.slice(-1) : days).map((day) => {
    const at = marketDays.indexOf(day); // the same values whatever the range
    return Object.fromEntries(
      columns.map((column) => {
        const name = column.from ?? column.name;
        const isRange = params.start_date !== undefined && name === "end_date";
        return [name, (isRange ? undefined : params[name]) ?? cell(column, ts_code, day, at)];
      }),
    );
  });
}

function cell({ name, type }: Column, code: string, day: string, at: number): string | number {
  const values = { code, day, number: at + 0.5, flag: at % 2, text: `${name} ${at}` };
  return values[type];
}
