// Company reports of the generated market: fina_indicator with its double versions, and the reporting schedule.
import type { Calendar } from "./calendar.ts";
import { financeAmounts } from "./finance-fields.ts";
import { unit } from "./hash.ts";
import { type Cell, interfaces, type Query, type Row } from "./interfaces.ts";
import type { Security } from "./securities.ts";

const { fields } = interfaces.fina_indicator;
const alwaysNull = new Set(["impai_ttm", "tangibleasset_to_netdebt"]);
const bankLacks = new Set([
  "current_ratio",
  "quick_ratio",
  "cash_ratio",
  "inv_turn",
  "ar_turn",
  "gross_margin",
]);
const revised = new Set(["fcff", "fcfe", "fcff_ps", "fcfe_ps"]);
const perShare = /^(eps|dt_eps|diluted2_eps|q_eps|bps|ocfps|cfps|retainedps)$|_ps$/;

// The ends of the quarters, each with the range of days in which its report is published; annual reports in the next
// year.
const quarters = [
  { end: "0331", filed: ["0410", "0430"], later: 0 },
  { end: "0630", filed: ["0715", "0831"], later: 0 },
  { end: "0930", filed: ["1010", "1031"], later: 0 },
  { end: "1231", filed: ["0201", "0430"], later: 1 },
] as const;

/** The last days of the quarters, MMDD. */
export const quarterEnds = quarters.map(({ end }) => end);

type Period = { end: string; planned: string };

/** The reports published by `today`: newest period first, all codes of a period together. */
export function* financeRows(
  calendar: Calendar,
  stocks: readonly (readonly [string, Security])[],
  query: Query,
  today: string,
): Generator<Row> {
  for (const period of periodsUntil(today, query)) {
    for (const [code, stock] of stocks) {
      const announced = announcedOn(stock, period.end);
      // A report is in the reply from the day after its filing.
      if (announced >= today || !reportsOn(calendar, stock, period.end)) continue;
      const luck = unit(stock.seed, Number(period.end), 201);
      const flags = luck < 0.2 ? ["1", "0"] : luck < 0.3 ? ["0"] : ["1"];
      for (const flag of flags) yield reportRow(stock, code, announced, period.end, flag);
    }
  }
}

/** The reporting schedule: one row for each company and period that has ended. */
export function* disclosureRows(
  calendar: Calendar,
  stocks: readonly (readonly [string, Security])[],
  query: Query,
  today: string,
): Generator<Row> {
  for (const period of periodsUntil(today, query)) {
    for (const [code, stock] of stocks) {
      if (!reportsOn(calendar, stock, period.end)) continue;
      const actual = announcedOn(stock, period.end);
      const wasMoved = unit(stock.seed, Number(period.end), 202) < 0.05;
      const planned = wasMoved ? period.planned : actual;
      yield [
        code,
        period.end,
        period.end,
        planned,
        actual <= today ? actual : null,
        wasMoved ? actual : null,
      ];
    }
  }
}

// Only the periods a query can select: rows of other periods would never be read.
function* periodsUntil(today: string, query: Query): Generator<Period> {
  const only = query.period;
  const { start_date: start = "", end_date: last = "99999999" } = query;
  for (let year = Number(today.slice(0, 4)); year >= 1990; year--) {
    for (const { end: quarterEnd, filed, later } of quarters.toReversed()) {
      const end = `${year}${quarterEnd}`;
      if (end >= today || end < start || end > last || (only ?? end) !== end) continue;
      yield { end, planned: `${year + later}${filed[1]}` };
    }
  }
}

/** The day on which a company files its report of a period. */
export function announcedOn({ seed }: Security, end: string): string {
  const quarter = quarters.find((one) => one.end === end.slice(4)) ?? quarters[0];
  const year = Number(end.slice(0, 4)) + quarter.later;
  const at = (day: string) => Date.UTC(year, Number(day.slice(0, 2)) - 1, Number(day.slice(2)));
  const [from, to] = [at(quarter.filed[0]), at(quarter.filed[1])];
  const days = Math.floor(((to - from) / 86400000 + 1) * unit(seed, Number(end), 203));
  return new Date(from + days * 86400000).toISOString().slice(0, 10).replaceAll("-", "");
}

/** Whether a company reports on a period: from three years before its listing until its delisting. */
export function reportsOn({ openDays }: Calendar, { listed, delisted }: Security, end: string): boolean {
  const firstYear = Number((openDays[listed] ?? "9999").slice(0, 4)) - 3;
  return Number(end.slice(0, 4)) >= firstYear && end < (openDays[delisted] ?? "99999999");
}

function reportRow(stock: Security, code: string, announced: string, end: string, flag: string): Row {
  const isBank = stock.industry === "银行";
  return fields.map(({ name }, at): Cell => {
    if (name === "ts_code") return code;
    if (name === "ann_date") return announced;
    if (name === "end_date") return end;
    if (name === "update_flag") return flag;
    if (alwaysNull.has(name) || (isBank && bankLacks.has(name))) return null;
    if (flag === "0" && revised.has(name)) return null;
    const luck = unit(stock.seed, Number(end), 300 + at);
    if (financeAmounts.has(name))
      return Math.round((luck - 0.15) * 10 ** (10 + 3 * unit(stock.seed, 204))) / 100;
    if (perShare.test(name)) return Math.round((luck - 0.1) * 80000) / 10000;
    return Math.round((luck * 140 - 30) * 10000) / 10000;
  });
}
