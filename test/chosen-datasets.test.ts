// What is kept up to date is chosen: sets and single datasets, with what they need, as far as the account's points go.
import { describe, expect, test } from "vitest";
import { awakeMinutesOf, keptByDefault } from "../cli/cost.ts";
import { readOptions } from "../local/options.ts";
import { checkVariables } from "../local/surroundings.ts";
import {
  choiceOf,
  pointsFor,
  readChoice,
  scheduledJobs,
  wordsOfChoice,
} from "../shared/catalogue/chosen-datasets.ts";
import { datasetSets } from "../shared/catalogue/dataset.ts";
import { specs } from "../shared/catalogue/dataset-files.ts";
import { catalogueOf, type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { jobs, jobTypes } from "../shared/catalogue/jobs.ts";
import { readSettings } from "../shared/catalogue/settings.ts";

const names = (chosen: readonly Dataset[]) => chosen.map(({ name }) => name);
const at = (text: string, callsAMinute = 200) => readChoice(text, callsAMinute);

describe("a choice of datasets", () => {
  test("is the core by default, with all of today's jobs of stocks, ETFs and reports", () => {
    expect(names(keptByDefault)).toEqual(
      names(Object.values(datasets)).filter((name) => datasets[name].set === "core"),
    );
    const { datasets: kept, beyondPoints } = choiceOf(readSettings({}));
    expect(scheduledJobs(kept)).toEqual(
      expect.arrayContaining([
        ...["REFERENCE", "DAILY_INCREMENTAL", "FINANCE_INCREMENTAL", "ETF_LIST", "ETF_INCREMENTAL"],
      ]),
    );
    expect(beyondPoints).toEqual([]);
  });

  test("of everything is every dataset, in the order of the catalogue", () => {
    const { datasets: kept, beyondPoints } = at("all", 500);
    expect(names(kept)).toEqual(Object.keys(datasets));
    expect(beyondPoints).toEqual([]);
    expect(scheduledJobs(kept)).toEqual(jobTypes.filter((job) => jobs[job].mode !== "history"));
  });

  test("brings the calendar, and the lists and the evidence that a dataset is planned from", () => {
    expect(names(at("index_daily").datasets)).toEqual(["trading_calendar", "index_daily"]);
    expect(names(at("etf_daily").datasets)).toEqual(["trading_calendar", "etf_list", "etf_daily"]);
    expect(names(at("stock_daily").datasets)).toEqual([
      ...["trading_calendar", "stock_list", "stock_daily", "suspend_d"],
    ]);
    expect(scheduledJobs(at("index_daily").datasets)).toEqual(["REFERENCE", "INDEX_DAILY_INCREMENTAL"]);
  });

  test("names a set, a dataset, or both by one word", () => {
    expect(names(at("finance").datasets)).toContain("finance");
    for (const set of datasetSets) {
      const all = Object.values(datasets).filter((dataset) => dataset.set === set);
      expect(names(at(set, 500).datasets)).toEqual(expect.arrayContaining(names(all)));
    }
    expect(at(" core , index_daily ").datasets).toEqual(at("index_daily,core,core").datasets);
  });

  test("leaves out what a set has beyond the account's points, and tries what is named by itself", () => {
    const rich = { ...specs.index_daily, main: { ...specs.index_daily.main, points: 5_000 } };
    const all = catalogueOf({ ...specs, index_daily: rich });
    const by = (text: string, calls: number) => readChoice(text, calls, all);
    expect(names(by("core,index", 200).beyondPoints)).toEqual(["index_daily"]);
    expect(names(by("core,index", 200).datasets)).not.toContain("index_daily");
    expect(by("index", 500).beyondPoints).toEqual([]);
    expect(names(by("index_daily", 200).datasets)).toContain("index_daily");
    // The core is always tried: a missing right is reported then, instead of a mirror that stands still.
    expect(by("core", 50).beyondPoints).toEqual([]);
  });

  test("asks the points of the dearest interface without which a dataset has no rows", () => {
    expect(pointsFor(datasets.stock_daily)).toBe(2_000);
    expect(pointsFor(datasets.bse_mapping)).toBe(0); // optional
  });

  test.each(["cor", "core,", "index_dayly", "core;index", "ALL", ""])("refuses '%s'", (text) => {
    expect(() => at(text)).toThrow(/SYNC_DATASETS is '.*', expected sets and datasets, of core, /);
  });

  test("suggests the nearest word", () => {
    expect(() => at("core,index_dayly")).toThrow(/did you mean index_daily\?/);
    expect(wordsOfChoice()).toEqual(expect.arrayContaining(["core", "all", "stock_daily"]));
  });

  test("is an option of npm start, and refused there before anything starts", () => {
    expect(readOptions(["--datasets", "core,index"]).datasets).toBe("core,index");
    expect(() => checkVariables({ SYNC_DATASETS: "indx" })).toThrow(/did you mean index\?/);
    expect(() => checkVariables({ SYNC_DATASETS: "core,index" })).not.toThrow();
  });

  test("of everything keeps the database awake at most half longer on a weekday", () => {
    const core = awakeMinutesOf(keptByDefault, "weekday").awake;
    expect(core).toBeGreaterThan(60);
    expect(awakeMinutesOf(Object.values(datasets), "weekday").awake).toBeLessThanOrEqual(1.5 * core);
  });
});
