// (job, command, what is stored, today) -> units. Pure. Fewest calls that can be proven complete: a date costs one call
// to each interface whatever the number of stocks, a stock one call for each range that fits under the row cap.
import { type Dataset, interfacesOf } from "./datasets.ts";
import { addDays, type Day, shanghaiDay, shanghaiHours } from "./dates.ts";
import type { PlannedUnit } from "./unit.ts";

/** Units one task may hold, so that they fit one request of 4 MiB. All A shares since 1990 by stock are about 7,000. */
export const unitsMax = 20_000;

/** Of a row cap, what a planned unit may fill. */
const capShareMax = 0.9;

/** First day of the Shanghai exchange. */
export const firstTradingDay: Day = "19901219";

/** The calendar in ranges far below any cap TuShare was seen to use, to the end of next year. */
export function planCalendar(today: Day): PlannedUnit[] {
  const lastYear = Number(today.slice(0, 4)) + 1;
  const ranges: [Day, Day][] = [
    [firstTradingDay, "19991231"],
    ["20000101", "20091231"],
    ["20100101", "20191231"],
  ];
  for (let year = 2020; year <= lastYear; year += 10) {
    ranges.push([`${year}0101`, `${Math.min(year + 9, lastYear)}1231`]);
  }
  return ranges.map(([from, to]) => ({
    dataset: "trading_calendar",
    selector: { by: "calendar", exchange: "SSE", from, to },
  }));
}

export function planStockList(): PlannedUnit[] {
  return (["L", "D", "P"] as const).map((list_status) => ({
    dataset: "stock_list",
    selector: { by: "list_status", list_status },
  }));
}

export function planByDate(dataset: Dataset, missingDays: readonly Day[]): PlannedUnit[] {
  return missingDays.map((trade_date) => ({ dataset: dataset.name, selector: { by: "date", trade_date } }));
}

/** What one stock lacks: the first and last day of it. */
export type MissingRange = { readonly ts_code: string; readonly from: Day; readonly to: Day };

/** One unit a stock, or several where its open days may pass the row cap. `openDays` are ascending. */
export function planByCode(
  dataset: Dataset,
  missing: readonly MissingRange[],
  openDays: readonly Day[],
): PlannedUnit[] {
  const daysMax = Math.floor(Math.min(...interfacesOf(dataset).map(({ rowCap }) => rowCap)) * capShareMax);
  return missing.flatMap(({ ts_code, from, to }) => {
    const days = openDays.filter((day) => day >= from && day <= to);
    const parts = Math.max(1, Math.ceil(days.length / daysMax));
    return Array.from({ length: parts }, (_, part): PlannedUnit => {
      const first = part === 0 ? from : (days[Math.ceil((part * days.length) / parts)] ?? from);
      const next = days[Math.ceil(((part + 1) * days.length) / parts)];
      const last = part === parts - 1 || next === undefined ? to : addDays(next, -1);
      return { dataset: dataset.name, selector: { by: "code", ts_code, from: first, to: last } };
    });
  });
}

/** The newest day whose data is due: today from its publication hour on, else yesterday. */
export function lastDueDay(dataset: Dataset, now: Date): Day {
  const today = shanghaiDay(now);
  return shanghaiHours(now) >= (dataset.publicationHour ?? 0) ? today : addDays(today, -1);
}
