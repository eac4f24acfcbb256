// Which columns of a slice's rows hold which values. The rows of an answer are checked against it, because TuShare silently
// ignores a parameter that it does not know.
import { dayColumnOf, exchanges, fieldOfEach, type InterfaceSpec } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import type { Day } from "../catalogue/dates.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import { say } from "../words/say.ts";
import type { Keep, RowChecks, RowRule } from "./rows.ts";

export type Slice = {
  readonly fixed: readonly Fixed[];
  /** The first and last value of the column by which days are selected. */
  readonly days: { readonly column: string; readonly from: string; readonly to: string } | undefined;
};

type Fixed = {
  readonly column: string;
  readonly value: string;
  /** The answer may leave the value out. */
  readonly orEmpty?: true;
};

/** Reports are requested by the last day of their period. */
const periodColumn = "end_date";

/** The slice of a selector. @throws Error when the dataset's file does not name the column of its days */
export function sliceOf(dataset: Dataset, selector: Selector): Slice {
  const days = daysOf(selector);
  if (days === undefined) return { fixed: fixedBy(selector), days };
  const column = selector.by === "period" ? periodColumn : dayColumnOf(dataset);
  const type = dataset.main.columns.find(({ name }) => name === column)?.type;
  const { from, to } = type === "day" ? days : { from: days.from.slice(0, 6), to: days.to.slice(0, 6) }; // months
  return { fixed: fixedBy(selector), days: { column, from, to } };
}

function fixedBy(selector: Selector): Fixed[] {
  switch (selector.by) {
    case "code":
      return [{ column: "ts_code", value: selector.ts_code }];
    case "calendar":
      return [{ column: "exchange", value: selector.exchange }];
    case "list_status":
      return [{ column: "list_status", value: selector.list_status, orEmpty: true }];
    case "exchange":
      return [
        { column: "exchange", value: exchanges[selector.exchange] },
        { column: "list_status", value: selector.list_status, orEmpty: true },
      ];
    default:
      return [];
  }
}

/**
 * The checks for rows outside the slice. Such rows are refused; or left out, where the interface has no parameter for that
 * part of the slice and therefore returns more.
 * @param openDays given where rows are by trading day
 */
export function checksOf(
  dataset: Dataset,
  selector: Selector,
  spec: InterfaceSpec,
  openDays: ReadonlySet<Day> | undefined,
): RowChecks {
  const slice = sliceOf(dataset, selector);
  return { rule: rowRule(slice, dataset, spec, openDays), keeps: keepsOf(slice, spec) };
}

/** Also refuses rows that contradict the dataset's constant columns. */
function rowRule(
  slice: Slice,
  { constants = {} }: Dataset,
  spec: InterfaceSpec,
  openDays: ReadonlySet<Day> | undefined,
): RowRule {
  const always = Object.entries(constants).filter(([column]) =>
    spec.columns.some(({ name }) => name === column),
  );
  const fixed = [
    ...slice.fixed.filter(({ column }) => !isIgnored(spec, column)),
    ...always.map(([column, value]): Fixed => ({ column, value })),
    ...partOf(spec),
  ];
  const days = isIgnored(spec, "start_date") ? undefined : slice.days;
  return (cell) => {
    for (const { column, value, orEmpty } of fixed) {
      const found = cell(column);
      if (found !== value && !(orEmpty && found === "")) return say("cellNotAsked", { column, asked: value });
    }
    if (days === undefined) return undefined;
    const { column, from, to } = days;
    const day = cell(column);
    if (day < from || day > to) {
      return from === to
        ? say("cellNotAsked", { column, asked: from })
        : say("cellOutside", { column, from, to });
    }
    return openDays?.has(day) === false ? say("noTradingDay") : undefined;
  };
}

/** What a row of one of several calls says of itself: the value that the call asked for. */
function partOf({ each, always, columns }: InterfaceSpec): Fixed[] {
  const value = each && always?.[each.parameter];
  const column = each && columns.find(({ name, from = name }) => from === fieldOfEach(each))?.name;
  return value === undefined || column === undefined ? [] : [{ column, value, orEmpty: true }];
}

function keepsOf({ fixed, days }: Slice, spec: InterfaceSpec): Keep[] {
  const patterns = Object.entries(spec.keeps ?? {}).map(
    ([column, pattern]): Keep => ({ column, fits: (text) => pattern.test(text) }),
  );
  const values = fixed
    .filter(({ column }) => isIgnored(spec, column))
    .map(({ column, value }): Keep => ({ column, fits: (text) => text === value }));
  const { column = "", from = "", to = "" } = days ?? {};
  const within: Keep = { column, fits: (text) => text >= from && text <= to };
  return [...patterns, ...values, ...(days && isIgnored(spec, "start_date") ? [within] : [])];
}

/** Whether an interface has no parameter for this part of the selector. */
function isIgnored({ parameters }: InterfaceSpec, name: string): boolean {
  return parameters?.[name] === null;
}
