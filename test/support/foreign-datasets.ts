// Datasets that nobody mirrors, with tables of their own: what the catalogue promises has to hold for any file.
import type { Column, DatasetSpec, InterfaceSpec } from "../../shared/catalogue/dataset.ts";
import { specs } from "../../shared/catalogue/dataset-files.ts";
import { type Catalogue, catalogueOf } from "../../shared/catalogue/datasets.ts";

const code: Column = { name: "ts_code", type: "code", required: true };
const day: Column = { name: "bar_day", type: "day", required: true, from: "trade_date" };

const other = {
  ...{ title: { en: "foreign", zh: "foreign" }, set: "core", cadence: "night", documentation: [1] },
  details: [],
} as const satisfies Partial<DatasetSpec>;

function asked(name: string, columns: readonly Column[], answers: InterfaceSpec["answers"]): InterfaceSpec {
  return { name, columns, answers, points: 100, rowCap: 10 };
}

const files = {
  foreign_list: {
    ...other,
    table: "foreign_list",
    key: ["ts_code"],
    main: asked(
      "foreign_basic",
      [
        code,
        { name: "list_status", type: "text" },
        { name: "born", type: "day" },
        { name: "gone", type: "day" },
      ],
      ["list_status"],
    ),
    slices: "lists",
    expects: "before",
    securities: { one: "stock", codes: { within: [["9", "A"]] }, listedFrom: "born", listedTo: "gone" },
    passing: ["P"],
    lists: () => [{ by: "list_status", list_status: "L" }],
  },
  foreign_bars: {
    ...other,
    table: "foreign_bars",
    key: ["ts_code", "bar_day"],
    main: asked(
      "foreign_bar",
      [code, day, { name: "rows", type: "number" }, { name: "sequence", type: "text" }],
      ["date", "code"],
    ),
    details: [asked("foreign_factor", [code, day, { name: "factor", type: "number" }], ["date", "code"])],
    slices: "days",
    expects: "members",
    members: { list: "foreign_list" },
    dayColumn: "bar_day",
  },
  foreign_prices: {
    ...other,
    table: "foreign_prices",
    key: ["month"],
    main: asked(
      "foreign_price",
      [
        { name: "month", type: "text", required: true },
        { name: "value", type: "number" },
      ],
      ["month"],
    ),
    slices: "months",
    expects: "some",
    dayColumn: "month",
  },
  foreign_calendar: {
    ...other,
    table: "foreign_calendar",
    key: ["exchange", "cal_date"],
    main: asked(
      "foreign_cal",
      [
        { name: "exchange", type: "text", required: true },
        { name: "cal_date", type: "day", required: true },
        { name: "is_open", type: "flag", required: true },
        { name: "pretrade_date", type: "day" },
      ],
      ["calendar"],
    ),
    slices: "lists",
    expects: "every_day",
    dayColumn: "cal_date",
    lists: () => [{ by: "calendar", exchange: "SSE", from: "20240101", to: "20240110" }],
  },
  /** Every column is of the key, and one of them may be null. */
  foreign_pauses: {
    ...other,
    table: "foreign_pauses",
    key: ["ts_code", "bar_day", "timing"],
    main: asked("foreign_pause", [code, day, { name: "timing", type: "text" }], ["date"]),
    slices: "days",
    expects: "none",
    members: { codes: ["900001.SH"] },
    dayColumn: "bar_day",
  },
  /** No key: two trades may be the same in every column. */
  foreign_trades: {
    ...other,
    table: "foreign_trades",
    key: ["ts_code", "bar_day"],
    replacesSlice: true,
    main: {
      ...asked(
        "foreign_trade",
        [code, day, { name: "buyer", type: "text" }, { name: "price", type: "number" }],
        ["date", "code"],
      ),
      requires: ["venue"],
      always: { venue: "X" },
    },
    slices: "days",
    expects: "none",
    members: { codes: ["900001.SH", "900002.SH"] },
    dayColumn: "bar_day",
    constants: { source: "trades" },
  },
} satisfies Readonly<Record<string, DatasetSpec>>;

export type ForeignName = keyof typeof files;

export const foreignDatasets = catalogueOf({ ...specs, ...files }) satisfies Catalogue;

/** Their tables, as migrations would make them. */
export const foreignTables = [
  "create table foreign_list (ts_code text primary key, list_status text, born date, gone date, stored_at timestamptz not null default now())",
  "create table foreign_bars (ts_code text, bar_day date, rows numeric, sequence text, factor numeric, stored_at timestamptz not null default now(), primary key (ts_code, bar_day))",
  "create table foreign_prices (month text primary key, value numeric, stored_at timestamptz not null default now())",
  "create table foreign_calendar (exchange text, cal_date date, is_open smallint, pretrade_date date, stored_at timestamptz not null default now(), primary key (exchange, cal_date))",
  "create table foreign_pauses (ts_code text not null, bar_day date not null, timing text, stored_at timestamptz not null default now(), unique nulls not distinct (ts_code, bar_day, timing))",
  "create table foreign_trades (ts_code text not null, bar_day date not null, buyer text, price numeric, source text, stored_at timestamptz not null default now())",
  "create index foreign_trades_day on foreign_trades (bar_day, ts_code)",
];
