// The size of a dataset: computed from its file, checked against the measured size of whole tables.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { added, costOfMonth, costOfRun, costOfTenYears, storedMonthOf } from "../cli/cost.ts";
import { cellBytes, figuresOf } from "../cli/dataset-figures.ts";
import { interfaces } from "../local/tushare/interfaces.ts";
import { makeMarket } from "../local/tushare/market.ts";
import { type DatasetSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { jobTypes } from "../shared/catalogue/jobs.ts";
import { simulated } from "./support/simulated-datasets.ts";

/** A file as a dataset, with the name of a real one, because the type allows only those names. */
const datasetOf = (spec: DatasetSpec): Dataset => ({ name: "stock_daily", ...spec });

/** Measured once on the local stack: 5,450 stocks and 1,350 ETFs, and the reports of 60 companies, 52 a unit. */
const dayRow = (of: "wireBytes" | "storedBytes") =>
  (figuresOf(datasets.stock_daily)[of] * 5_450 + figuresOf(datasets.etf_daily)[of] * 1_350) / 6_800;
const report = figuresOf(datasets.finance);

test.each([
  ["a row by trading day through the Data API", dayRow("wireBytes"), 202],
  ["a row by trading day on disk", dayRow("storedBytes"), 278],
  ["a report through the Data API", report.wireBytes + report.statementBytes / 52, 2_700],
  ["a report on disk", report.storedBytes, 1_486],
])("%s is computed within a sixth of the measured value", (_, reckoned, measured) => {
  expect(reckoned / measured).toBeGreaterThan(5 / 6);
  expect(reckoned / measured).toBeLessThan(7 / 6);
});

test("the computed bytes of a number match the cells of the simulated market", () => {
  const market = makeMarket({ seed: 1, stocks: 300, publicationHour: {} });
  const now = { date: "20261120", time: "23:59" };
  const asked = {
    daily: { trade_date: now.date },
    daily_basic: { trade_date: now.date },
    fina_indicator_vip: { period: "20260331" },
  };
  for (const [name, query] of Object.entries(asked)) {
    const { fields } = interfaces[name as keyof typeof asked]; // as: of its own keys
    const cells = [...market.rows(name, query, now)].flatMap((row) =>
      row.filter((_, at) => fields[at]?.type === "number").map((cell) => String(cell ?? "").length + 1),
    );
    const mean = cells.reduce((sum, bytes) => sum + bytes, 0) / cells.length;
    expect(Math.abs(mean - cellBytes.number.wire), name).toBeLessThan(1.5);
  }
});

describe.each(Object.values(simulated))("a dataset that comes by $spec.slices", ({ spec }) => {
  const dataset = datasetOf(spec);
  const figures = figuresOf(dataset);

  test("gets its bytes, its daily update and its ten years of history from its file", () => {
    const { evening, tenYears, wireBytes, storedBytes } = figures;
    const isList = spec.slices === "lists";
    for (const figure of [
      wireBytes,
      storedBytes,
      ...(isList ? [] : [evening.rows, evening.units, tenYears.rows]),
    ]) {
      expect(figure).toBeGreaterThan(0);
      expect(Number.isFinite(figure)).toBe(true);
    }
    expect(evening.calls).toBeGreaterThanOrEqual(evening.units * interfacesOf(dataset).length);
    expect(tenYears.units > 0).toBe(!isList);
  });

  test("gets a finite cost from its file", () => {
    const once = costOfTenYears(dataset, 1.75, 171);
    expect(once.dollars).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(once.dollars + storedMonthOf(dataset))).toBe(true);
  });
});

test("more columns mean more bytes, fewer members mean fewer rows", () => {
  const { flows, index_prices: index } = simulated;
  const one = figuresOf(datasetOf({ ...flows.spec, details: [] }));
  expect(one.storedBytes).toBeLessThan(figuresOf(datasetOf(flows.spec)).storedBytes);
  expect(figuresOf(datasetOf(index.spec)).tenYears).toEqual({ units: 2, calls: 2, rows: 2 * 2_430 });
});

test("a few members are fetched by code where that takes fewer units than days", () => {
  const { spec } = simulated.flows;
  const main = { ...spec.main, rowCap: 1_000 };
  const units = (changes: Partial<DatasetSpec>) =>
    figuresOf(datasetOf({ ...spec, main, ...changes })).tenYears.units;
  expect(units({})).toBe(2_430);
  expect(units({ members: { codes: ["000300.SH", "399001.SZ"] } })).toBe(2 * 3);
  const byDay = { ...main, answers: ["date"] } as const;
  expect(units({ members: { codes: ["000300.SH"] }, main: byDay })).toBe(2_430);
});

test("a run of every job costs the sum of its parts, whatever its datasets are", () => {
  for (const job of jobTypes) {
    const { dollars, parts } = costOfRun({
      job,
      units: 1_000,
      rows: 5_000_000,
      minutes: 6,
      slotSeconds: 1_750,
    });
    expect(dollars, job).toBeGreaterThan(0);
    expect(
      parts.reduce((sum, part) => sum + part.dollars, 0),
      job,
    ).toBeCloseTo(dollars, 2);
  }
});

test("the stored total is the sum of the datasets, and the document lists every dataset with its cost", () => {
  const all = Object.values(datasets);
  const month = costOfMonth({ kept: all, egress: "none", pauses: true, freeAmounts: false });
  const kept = all.reduce((sum, dataset) => sum + storedMonthOf(dataset), 0);
  const storage = month.parts.find(({ name }) => name === "storage")?.dollars ?? 0;
  expect(Math.abs(storage - kept)).toBeLessThan(0.005 * all.length);
  const document = readFileSync(new URL("../docs/cost.md", import.meta.url), "utf8");
  for (const { title } of all) expect(document.split(`\n| ${title.en} | `)).toHaveLength(3);
  expect(added([month, month]).dollars).toBeCloseTo(2 * month.dollars, 1);
});
