// The price of planned units before they are sent: calls to each interface, minutes at the configured rate, share of the
// day's quota. Pure; dollars are calculated in cli/cost.ts.
import { type InterfaceSpec, interfacesOf, rowCapOf, type Securities } from "../catalogue/dataset.ts";
import { type Catalogue, type Dataset, datasets, evidenceFor, securityOf } from "../catalogue/datasets.ts";
import { daysBetween } from "../catalogue/dates.ts";
import { periodsBetween, versionsOfPeriod } from "../catalogue/periods.ts";
import { daysOf, type Selector } from "../catalogue/selector.ts";
import type { Settings } from "../catalogue/settings.ts";
import { slotSeconds } from "../catalogue/slot.ts";
import { tierOfCalls } from "../catalogue/tiers.ts";
import type { PlannedUnit } from "../unit.ts";

/** Number of instruments, which is the size of an answer for the whole market. */
export type MarketSize = { readonly stocks: number; readonly etfs: number };

/** Used for an empty database: the numbers of 2026. */
export const marketByDefault: MarketSize = { stocks: 5_500, etfs: 1_500 };

/** The field of MarketSize for each kind of security. */
export const sizes = { stock: "stocks", etf: "etfs" } as const satisfies Readonly<
  Record<Securities["one"], keyof MarketSize>
>;

export type PlanPrice = {
  readonly units: number;
  /** Calls to each interface, further pages estimated. */
  readonly calls: Readonly<Record<string, number>>;
  /** Rows of the answers to the main interfaces, estimated. */
  readonly rows: number;
  /** Minutes from the first call to the last, at the configured rate. */
  readonly minutes: number;
  /** Seconds that slots are held, all slots together. */
  readonly slotSeconds: number;
  /** Share of the daily quota, of the most used interface; null when the account has no quota. 2 means two days. */
  readonly quotaShare: number | null;
};

/** Trading days in a calendar year. */
export const openDaysOfYear = 243;

/** Estimated rows of a day, where the dataset's file does not say: events, and sums by exchange. */
const rowsUntold = { events: 30, sums: 3 } as const;

/** Delisted and suspended stocks, as a share of the listed ones. */
const otherStatusesShare = 0.07;

/** A list is fetched by status; nearly all of its rows have this one. */
const listedStatus = "L";

export function priceOf(
  units: readonly PlannedUnit[],
  settings: Settings,
  market: MarketSize = marketByDefault,
  catalogue: Catalogue = datasets,
): PlanPrice {
  const calls = new Map<string, number>();
  let rows = 0;
  let turns = 0;
  for (const { dataset: name, selector } of units) {
    const dataset = catalogue[name];
    const rowsOfUnit = estimateRows(dataset, selector, market);
    const pagesOfUnit = specsFor(dataset, selector).map((spec) => {
      const pages = pagesOf(spec, rowsOfUnit, rowCapOf(spec, settings));
      calls.set(spec.name, (calls.get(spec.name) ?? 0) + pages);
      return pages;
    });
    const evidence = evidenceFor(dataset, selector.by);
    if (evidence !== undefined) calls.set(evidence.name, (calls.get(evidence.name) ?? 0) + 1); // few rows
    rows += rowsOfUnit;
    turns += Math.max(...pagesOfUnit); // interfaces are called in parallel, pages in sequence
  }
  return {
    units: units.length,
    calls: Object.fromEntries([...calls].sort(([a], [b]) => (a < b ? -1 : 1))),
    rows: Math.round(rows),
    minutes: Math.round((turns * settings.TUSHARE_MIN_INTERVAL * 1000) / 60) / 1000,
    slotSeconds: Math.round(turns * slotSeconds(settings.WORKER_SLOTS, settings.TUSHARE_MIN_INTERVAL)),
    quotaShare: quotaShare([...calls.values()], settings.TUSHARE_CALLS_A_MINUTE),
  };
}

function quotaShare(calls: readonly number[], callsAMinute: number): number | null {
  const { callsADay: quota } = tierOfCalls(callsAMinute);
  if (quota === undefined) return null;
  const most =
    quota.of === "all interfaces" ? calls.reduce((sum, each) => sum + each, 0) : Math.max(0, ...calls);
  return Math.round((most / quota.calls) * 10_000) / 10_000;
}

/** The interfaces of a unit, as fetch-unit.ts chooses them. */
function specsFor(dataset: Dataset, selector: Selector): readonly InterfaceSpec[] {
  return selector.by === "period" && dataset.byPeriod !== undefined
    ? [dataset.byPeriod, ...dataset.details]
    : interfacesOf(dataset);
}

/** Rows expected in one slice: the number of securities, or of other subjects. */
export function subjectsOf(dataset: Dataset, market: MarketSize): number {
  const { members, expects, key, securities, rowsOfSlice } = dataset;
  if (rowsOfSlice !== undefined) return rowsOfSlice;
  if (members !== undefined && "codes" in members) return members.codes.length;
  if (members === undefined && expects === "none") return rowsUntold.events;
  if (members === undefined && securities === undefined && !key.includes("ts_code")) return rowsUntold.sums;
  return market[sizes[securityOf(dataset) ?? "stock"]];
}

/** Rows of the answer to the main interface. */
function estimateRows(dataset: Dataset, selector: Selector, market: MarketSize): number {
  const subjects = subjectsOf(dataset, market);
  switch (selector.by) {
    case "date":
    case "announced":
    case "whole":
      return subjects;
    case "month":
    case "range":
      return subjects * openDaysOf(selector);
    case "code":
      return dataset.slices === "periods"
        ? periodsBetween(selector.from, selector.to).length * rowsOfPeriod(dataset)
        : openDaysOf(selector);
    case "calendar":
      return daysBetween(selector.from, selector.to) + 1;
    case "list_status":
    case "exchange": {
      const share = selector.list_status === listedStatus ? 1 : otherStatusesShare;
      return (subjects * share) / (selector.by === "exchange" ? 2 : 1);
    }
    case "period":
      return dataset.slices === "periods" ? subjects * rowsOfPeriod(dataset) : subjects;
  }
}

/** Rows that one subject has for a report period: as many as its file says for each of the calls, or versions of one row. */
export function rowsOfPeriod({ rowsOfCode, main }: Dataset): number {
  return rowsOfCode === undefined ? versionsOfPeriod : rowsOfCode * partsOf(main);
}

/** Calls for a slice of so many rows: each of its parts takes one, and further pages. */
export function pagesOf(spec: InterfaceSpec, rows: number, rowCap = spec.rowCap): number {
  const parts = partsOf(spec);
  return parts * (Math.floor(rows / parts / rowCap) + 1);
}

function partsOf({ each }: InterfaceSpec): number {
  return each?.values.length ?? 1;
}

function openDaysOf(selector: Selector): number {
  const { from, to } = daysOf(selector) ?? { from: "", to: "" };
  return ((daysBetween(from, to) + 1) * openDaysOfYear) / 365;
}
