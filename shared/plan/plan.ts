// (job, command, what is stored, today) -> units. Pure. Plans the fewest calls that can be proven complete: a date costs one
// call to each interface for any number of stocks, a stock costs one call for each range that fits under the row cap.
import { interfacesOf, rowCapOf } from "../catalogue/dataset.ts";
import type { Dataset } from "../catalogue/datasets.ts";
import { addDays, type Day } from "../catalogue/dates.ts";
import type { Nothing } from "../catalogue/nothing.ts";
import { versionsOfPeriod } from "../catalogue/periods.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { DayRange, MissingRange } from "../coverage/calendar.ts";
import type { PlannedUnit } from "../unit.ts";

export type Plan = {
  readonly units: readonly PlannedUnit[];
  /** Those of the units that are stored and fetched again. */
  readonly rereads?: readonly PlannedUnit[];
  readonly reason: string | null;
  /** The reason is also logged as a warning for operators. */
  readonly warns?: true;
  /** The planned days, where the plan is by day. */
  readonly range?: DayRange;
  /** Why it has no unit, if it has none. */
  readonly nothing?: Nothing;
};

/** Units one task may hold, so that they fit one request of 4 MiB. All A shares since 1990 by stock are about 7,000. */
export const unitsMax = 20_000;

/** Share of a row cap that a planned unit may fill. */
const capShareMax = 0.9;

/** The units of a whole-list dataset on a day. */
export function planLists(dataset: Dataset, today: Day): PlannedUnit[] {
  const selectors = dataset.lists?.(today) ?? [];
  return selectors.map((selector) => ({ dataset: dataset.name, selector }));
}

/** One unit a code, or several where its days (or report periods) may pass the row cap. `allDays` are ascending. */
export function planByCode(
  dataset: Dataset,
  missing: readonly MissingRange[],
  allDays: readonly Day[],
  settings: Settings,
): PlannedUnit[] {
  const rowCap = Math.min(...interfacesOf(dataset).map((spec) => rowCapOf(spec, settings)));
  const rowsOfDay = dataset.rowsOfCode ?? (dataset.slices === "periods" ? versionsOfPeriod : 1);
  const daysMax = Math.max(1, Math.floor((rowCap * capShareMax) / rowsOfDay));
  return missing.flatMap(({ ts_code, from, to }) => {
    const days = allDays.filter((day) => day >= from && day <= to);
    const parts = Math.max(1, Math.ceil(days.length / daysMax));
    return Array.from({ length: parts }, (_, part): PlannedUnit => {
      const first = part === 0 ? from : (days[Math.ceil((part * days.length) / parts)] ?? from);
      const next = days[Math.ceil(((part + 1) * days.length) / parts)];
      const last = part === parts - 1 || next === undefined ? to : addDays(next, -1);
      return { dataset: dataset.name, selector: { by: "code", ts_code, from: first, to: last } };
    });
  });
}
