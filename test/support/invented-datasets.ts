// Invented datasets with tables of their own, for tests of planner, coverage and store on an engine: what holds for them
// holds for any file. Those for the simulator, with words, are in simulated-datasets.ts.
import { differenceOf } from "../../schema/changes.ts";
import { tablesOf } from "../../schema/tables.ts";
import {
  type Column,
  codeAndDay,
  type DatasetSpec,
  type DatasetWords,
  type InterfaceSpec,
  numbers,
  text,
} from "../../shared/catalogue/dataset.ts";
import { specs } from "../../shared/catalogue/dataset-files.ts";
import { catalogueOf } from "../../shared/catalogue/datasets.ts";

export const code: Column = { name: "ts_code", type: "code", required: true };
export const day = (name: string): Column => ({ name, type: "day" });
const keyDay = (name: string, from = name): Column => ({ name, type: "day", required: true, from });
const keyText = (name: string): Column => ({ name, type: "text", required: true });

export const common = {
  ...{ title: { en: "invented", zh: "虚构" }, details: [], documentation: [1] },
  ...{ set: "flow", cadence: "evening" },
} as const satisfies Partial<DatasetSpec>;

function ask(
  name: string,
  columns: readonly Column[],
  answers: InterfaceSpec["answers"],
  rowCap = 1_000,
): InterfaceSpec {
  return { name, columns, answers, points: 120, rowCap };
}

/** Statements that make the tables of these datasets, as their migration would. */
export function tableStatements(datasets: Readonly<Record<string, DatasetSpec>>): string[] {
  const words: DatasetWords = { about: { en: "", zh: "" }, columns: {} };
  const files = Object.entries(datasets).map(([file, spec]) => ({ file, spec, words }));
  return differenceOf(tablesOf(files), { relations: [], functions: [] }).changes.map(({ up }) => up);
}

const coins = { list: "coin_list" };
const bars = {
  ...{ ...common, key: ["ts_code", "trade_date"], dayColumn: "trade_date", publicationHour: 17 },
  expects: "members",
} as const satisfies Partial<DatasetSpec>;
const reports = {
  ...{ ...common, key: ["ts_code", "end_date"], slices: "periods", dayColumn: "end_date", members: coins },
} as const satisfies Partial<DatasetSpec>;

const plannedFiles = {
  coin_list: {
    ...{ ...common, table: "coin", key: ["ts_code"], slices: "lists", expects: "before" },
    main: ask("x_coin", [code, day("listed"), day("gone")], ["list_status"]),
    lists: () => [{ by: "list_status", list_status: "L" }],
    securities: { one: "stock", codes: { within: [["A", "D"]] }, listedFrom: "listed", listedTo: "gone" },
  },
  coin_bars: {
    ...{ ...bars, table: "coin_bar", slices: "days", members: coins },
    main: ask("x_coin_bar", codeAndDay(), ["date", "code"]),
  },
  index_bars: {
    ...{ ...bars, table: "index_bar", slices: "codes", members: { codes: ["III.XX", "JJJ.XX"] } },
    title: { en: "invented bars", zh: "虚构行情" },
    main: ask("x_index_bar", codeAndDay(), ["code"]),
  },
  /** Events of stocks, of which a day may have none. */
  events: {
    ...{ ...bars, table: "event", slices: "days", expects: "none", members: { list: "stock_list" } },
    title: { en: "invented events", zh: "虚构事件" },
    main: ask("x_event", codeAndDay(), ["date", "code"]),
  },
  notices: {
    ...{ ...common, table: "notice", key: ["ts_code", "ann_date"], replacesSlice: true },
    ...{ slices: "announcements", expects: "none", dayColumn: "ann_date", publicationHour: 17 },
    main: ask("x_notice", [code, keyDay("ann_date")], ["announced"]),
  },
  weights: {
    ...{ ...bars, table: "weight", slices: "months", expects: "some" },
    main: ask("x_weight", codeAndDay(), ["month"]),
  },
  rates: {
    ...{ ...bars, table: "rate", slices: "ranges", rangeDays: 7, firstDay: "20240101", expects: "some" },
    main: ask("x_rate", codeAndDay(), ["range"]),
  },
  filings: {
    ...{ ...common, table: "filing", key: ["ts_code", "end_date"], slices: "lists", expects: "before" },
    main: ask("x_filing", [code, keyDay("end_date"), day("actual_date")], ["period"]),
    lists: () => [],
    members: coins,
  },
  reports: {
    ...{ ...reports, table: "report", expects: "members", filedIn: "filings" },
    main: ask("x_report", [code, keyDay("end_date")], ["code"], 100),
  },
  holders: {
    ...{ ...reports, table: "holder", expects: "some" },
    main: ask("x_holder", [code, keyDay("end_date")], ["period"]),
  },
} as const satisfies Readonly<Record<string, DatasetSpec>>;

/** Datasets of which only the keys matter. */
export const planned = catalogueOf({ ...specs, ...plannedFiles });
export type PlannedName = keyof typeof plannedFiles;
export const plannedTables = Object.values(plannedFiles).map(({ table }) => table);
export const makePlannedTables = tableStatements(plannedFiles);

const barDay = keyDay("bar_day", "trade_date");
const storedFile = { ...common, set: "core", cadence: "night", dayColumn: "bar_day" } as const;

const storedFiles = {
  foreign_list: {
    ...{ ...common, table: "foreign_list", key: ["ts_code"], slices: "lists", expects: "before" },
    main: ask("foreign_basic", [code, ...text("list_status"), day("born"), day("gone")], ["list_status"], 10),
    securities: { one: "stock", codes: { within: [["9", "A"]] }, listedFrom: "born", listedTo: "gone" },
    passing: ["P"],
    lists: () => [{ by: "list_status", list_status: "L" }],
  },
  foreign_bars: {
    ...{ ...storedFile, table: "foreign_bars", key: ["ts_code", "bar_day"], slices: "days" },
    ...{ expects: "members", members: { list: "foreign_list" } },
    main: ask("foreign_bar", [code, barDay, ...numbers("rows"), ...text("sequence")], ["date", "code"], 10),
    details: [
      {
        ...ask("foreign_factor", [code, barDay, ...numbers("factor")], ["date", "code"], 10),
        shownBy: "factor",
      },
    ],
  },
  foreign_prices: {
    ...{ ...storedFile, table: "foreign_prices", key: ["month"], slices: "months", expects: "some" },
    dayColumn: "month",
    main: ask("foreign_price", [keyText("month"), ...numbers("value")], ["month"], 10),
  },
  foreign_calendar: {
    ...{ ...storedFile, table: "foreign_calendar", key: ["exchange", "cal_date"], slices: "lists" },
    ...{ expects: "every_day", dayColumn: "cal_date" },
    main: ask(
      "foreign_cal",
      [
        ...[keyText("exchange"), keyDay("cal_date"), day("pretrade_date")],
        { name: "is_open", type: "flag", required: true },
      ],
      ["calendar"],
      10,
    ),
    lists: () => [{ by: "calendar", exchange: "SSE", from: "20240101", to: "20240110" }],
  },
  /** Every column is of the key, and one of them may be null. */
  foreign_pauses: {
    ...{ ...storedFile, table: "foreign_pauses", key: ["ts_code", "bar_day", "timing"], slices: "days" },
    ...{ expects: "none", members: { codes: ["900001.SH"] } },
    main: ask("foreign_pause", [code, barDay, ...text("timing")], ["date"], 10),
  },
  /** No key: two trades may be the same in every column. */
  foreign_trades: {
    ...{ ...storedFile, table: "foreign_trades", key: ["ts_code", "bar_day"], replacesSlice: true },
    ...{ slices: "days", expects: "none", members: { codes: ["900001.SH", "900002.SH"] } },
    main: {
      ...ask("foreign_trade", [code, barDay, ...text("buyer"), ...numbers("price")], ["date", "code"], 10),
      ...{ requires: ["venue"], always: { venue: "X" } },
    },
    constants: { source: "trades" },
  },
} as const satisfies Readonly<Record<string, DatasetSpec>>;

/** Datasets with cells to store; replies are cut after ten rows. */
export const stored = catalogueOf({ ...specs, ...storedFiles });
export type StoredName = keyof typeof storedFiles;
export const storedTables = Object.values(storedFiles).map(({ table }) => table);
export const makeStoredTables = tableStatements(storedFiles);
