// Sizes of a dataset: bytes of a row, rows and units of an evening and of ten years. They are computed from its file and
// measured cell sizes. docs/cost.md is made from them; test/dataset-figures.test.ts compares them with whole tables.
import { type ColumnType, columnsOf, interfacesOf, type Slices } from "../shared/catalogue/dataset.ts";
import { type Dataset, evidenceFor } from "../shared/catalogue/datasets.ts";
import { versionsOfPeriod } from "../shared/catalogue/periods.ts";
import { readSettings, type Settings } from "../shared/catalogue/settings.ts";
import {
  type MarketSize,
  marketByDefault,
  openDaysOfYear,
  pagesOf,
  priceOf,
  rowsOfPeriod,
  subjectsOf,
} from "../shared/plan/plan-price.ts";

/** Measured on cells of the simulated market: prices, valuations, reports and lists of one day and period. */
export const cellBytes: Readonly<Record<ColumnType, { readonly wire: number; readonly stored: number }>> = {
  code: { wire: 10, stored: 10 },
  day: { wire: 9, stored: 4 },
  number: { wire: 8, stored: 6.9 },
  text: { wire: 10, stored: 10 },
  flag: { wire: 2, stored: 2 },
};

/** Bytes for each column of the statement that stores rows, with its parameter names: once for each unit. */
export const statementBytesOfColumn = 310;

/** PostgreSQL's overhead for each row, page and entry of an index (https://www.postgresql.org/docs/16/storage-page-layout.html). */
const page = {
  bytes: 8_192,
  header: 24,
  rowHeader: 28,
  storedAt: 8,
  indexEntry: 12,
  indexFill: 0.9,
} as const;

export type DatasetFigures = {
  /** Through the Data API, for a row; the statement's own bytes are `statementBytes`, for a unit. */
  readonly wireBytes: number;
  readonly statementBytes: number;
  /** On disk with its indexes. */
  readonly storedBytes: number;
  /** Of an evening of a weekday: units, calls to TuShare and rows of their answers. */
  readonly evening: { readonly units: number; readonly calls: number; readonly rows: number };
  /** Of an evening too: what is stored and fetched again, with the default settings. */
  readonly reread: { readonly units: number; readonly calls: number; readonly rows: number };
  /** Of ten years, with what is stored of a list; a list is no work to catch up with. */
  readonly tenYears: { readonly units: number; readonly calls: number; readonly rows: number };
};

/** Stocks and ETFs on average over the last ten years. */
const marketOfTenYears: MarketSize = { stocks: 4_400, etfs: 700 };

const years = 10;

/** Units an evening of a dataset by day: the day itself, and checks of days not published before. */
const looksOfEvening = 3;

/** Rows that an increment fetches for a company that has filed. */
const rowsOfFiling = 33;

export function figuresOf(dataset: Dataset): DatasetFigures {
  const columns = columnsOf(dataset);
  const bytesOf = (way: "wire" | "stored") =>
    columns.reduce((sum, { type }) => sum + cellBytes[type][way], 0);
  return {
    wireBytes: Math.round(bytesOf("wire")),
    statementBytes: columns.length * statementBytesOfColumn,
    storedBytes: Math.round(rowOnDisk(bytesOf("stored"), columns.length) + indexesOnDisk(dataset)),
    evening: eveningOf(dataset),
    reread: rereadOf(dataset),
    tenYears: tenYearsOf(dataset),
  };
}

function rowOnDisk(cells: number, columns: number): number {
  const row = Math.ceil((page.rowHeader + columns / 8 + cells + page.storedAt) / 8) * 8;
  return page.bytes / Math.max(1, Math.floor((page.bytes - page.header) / row));
}

function indexesOnDisk(dataset: Dataset): number {
  const typeOf = new Map(columnsOf(dataset).map(({ name, type }) => [name, type]));
  const entries = [dataset.key, ...(dataset.indexes ?? [])].map((names) => {
    const bytes = names.reduce((sum, name) => sum + cellBytes[typeOf.get(name) ?? "text"].stored, 0);
    return (page.indexEntry + Math.ceil(bytes / 8) * 8) / page.indexFill;
  });
  return entries.reduce((sum, each) => sum + each, 0);
}

/** Figures of ten years and of an evening for a number of subjects. */
const amounts: Readonly<
  Record<
    Exclude<Slices, "lists">,
    (
      subjects: number,
      dataset: Dataset,
    ) => { years: readonly [units: number, rows: number]; evening: readonly [units: number, rows: number] }
  >
> = {
  days: (subjects, dataset) => {
    const isByCode = interfacesOf(dataset).every(({ answers }) => answers.includes("code"));
    const byCode = isByCode ? unitsByCode(dataset) : Number.POSITIVE_INFINITY;
    return {
      years: [Math.min(years * openDaysOfYear, byCode), years * openDaysOfYear * subjects],
      evening: [looksOfEvening, subjects],
    };
  },
  codes: (subjects, dataset) => ({
    years: [unitsByCode(dataset), years * openDaysOfYear * subjects],
    evening: [subjects, subjects],
  }),
  periods: (subjects, dataset) => {
    const filings = Math.round((4 * versionsOfPeriod * subjects) / openDaysOfYear);
    const answers = Math.ceil((4 * years * (dataset.rowsOfCode ?? 1)) / dataset.main.rowCap);
    return {
      years: [subjects * answers, 4 * years * rowsOfPeriod(dataset) * subjects],
      evening: [filings, filings * rowsOfFiling],
    };
  },
  announcements: (subjects) => ({
    years: [years * 365, years * 365 * subjects],
    evening: [looksOfEvening, subjects],
  }),
  months: (subjects) => ({ years: [years * 12, years * 12 * subjects], evening: [1 / 20, subjects / 20] }),
  ranges: (subjects, { rangeDays = 365 }) => ({
    years: [Math.ceil((years * 365) / rangeDays), years * openDaysOfYear * subjects],
    evening: [1, subjects],
  }),
};

/** Every subject listed today is fetched; the range of a subject fits in one answer up to the row cap. */
function unitsByCode(dataset: Dataset): number {
  const pages = Math.ceil((years * openDaysOfYear) / dataset.main.rowCap);
  return subjectsOf(dataset, marketByDefault) * pages;
}

function tenYearsOf(dataset: Dataset): DatasetFigures["tenYears"] {
  if (dataset.slices === "lists") return { units: 0, calls: 0, rows: listOfOnce(dataset).rows };
  // A company listed for only part of the time has filed too, and is fetched.
  const market = dataset.slices === "periods" ? marketByDefault : marketOfTenYears;
  const [units, rows] = amounts[dataset.slices](subjectsOf(dataset, market), dataset).years;
  return { units, calls: callsOf(dataset, units, rows), rows: Math.round(rows) };
}

/** Calls for so many units with so many rows, further pages estimated. */
function callsOf(dataset: Dataset, units: number, rows: number): number {
  const rowsOfUnit = rows / Math.max(units, 1);
  return interfacesOf(dataset).reduce((sum, spec) => sum + units * pagesOf(spec, rowsOfUnit), 0);
}

function eveningOf(dataset: Dataset): DatasetFigures["evening"] {
  if (dataset.slices === "lists") {
    const { units, calls, rows } = listOfOnce(dataset);
    const share = dataset.cadence === "weekly" ? 1 / 5 : 1;
    return { units: units * share, calls: calls * share, rows: Math.round(rows * share) };
  }
  const [units, rows] = amounts[dataset.slices](subjectsOf(dataset, marketByDefault), dataset).evening;
  const evidence =
    evidenceFor(dataset, dataset.slices === "codes" ? "code" : "date") === undefined ? 0 : units;
  return { units, calls: evidence + callsOf(dataset, units, rows), rows: Math.round(rows) };
}

/** What an increment fetches again, for an account that fetches reports by stock. */
function rereadOf(dataset: Dataset): DatasetFigures["reread"] {
  const subjects = subjectsOf(dataset, marketByDefault);
  const [units, rows] = rereads[dataset.slices]?.(subjects, readSettings({})) ?? [0, 0];
  return { units, calls: callsOf(dataset, units, rows), rows };
}

const rereads: Partial<
  Record<Slices, (subjects: number, settings: Settings) => [units: number, rows: number]>
> = {
  days(subjects, { SYNC_REREAD_DAYS: last, SYNC_REREAD_OLD_DAYS: old }) {
    return [last + old, (last + old) * subjects];
  },
  /** By the calls for the new day; one code in ten with all its days. */
  codes(subjects, { SYNC_REREAD_DAYS: last, SYNC_REREAD_OLD_DAYS: old }) {
    const whole = Math.min(old, Math.ceil(subjects / 10));
    return [0, subjects * last + whole * years * openDaysOfYear];
  },
  periods(subjects, { SYNC_REREAD_PERIODS: periods }) {
    const stocks = Math.ceil((subjects * periods) / 91);
    return [stocks, stocks * rowsOfFiling];
  },
};

/** A list, fetched once on a day of 2026. */
function listOfOnce(dataset: Dataset): { units: number; calls: number; rows: number } {
  const selectors = dataset.lists?.("20260701") ?? [];
  const price = priceOf(
    selectors.map((selector) => ({ dataset: dataset.name, selector })),
    readSettings({}),
  );
  const calls = Object.values(price.calls).reduce((sum, each) => sum + each, 0);
  return { units: price.units, calls, rows: price.rows };
}
