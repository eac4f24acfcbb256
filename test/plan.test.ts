// From what is missing to units: complete, without overlap, each verifiable with one call.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { addDays, type Day, daysBetween, firstTradingDay } from "../shared/catalogue/dates.ts";
import { lastDueDay } from "../shared/catalogue/due.ts";
import { periodsBetween } from "../shared/catalogue/periods.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import type { MissingRange } from "../shared/coverage/calendar.ts";
import { planByCode, planLists, unitsMax } from "../shared/plan/plan.ts";
import { sliceRules } from "../shared/plan/slices.ts";
import { encodeUnit, type PlannedUnit, unitKey } from "../shared/unit.ts";

const daily = datasets.stock_daily;
const settings = readSettings({});

describe("the calendar", () => {
  test.each(["20150630", "20191231", "20200101", "20260105", "20291231", "20300101", "20391231"])(
    "is planned on %s without a gap or an overlap, from the first trading day to the end of next year",
    (today) => {
      const ranges = rangesOf(planLists(datasets.trading_calendar, today));
      expect(ranges[0]?.from).toBe(firstTradingDay);
      for (const [at, range] of ranges.entries()) {
        expect(range.from <= range.to).toBe(true);
        expect(range.from).toBe(at === 0 ? firstTradingDay : addDays(ranges[at - 1]?.to ?? "", 1));
      }
      const last = ranges.at(-1)?.to ?? "";
      expect(last >= `${Number(today.slice(0, 4)) + 1}1231`).toBe(true);
    },
  );

  test("is planned in ranges that hold at most 0.9 of the row cap", () => {
    for (const { from, to } of rangesOf(planLists(datasets.trading_calendar, "20260105"))) {
      expect(daysBetween(from, to) + 1).toBeLessThan(0.9 * datasets.trading_calendar.main.rowCap);
    }
  });
});

test("the stock list is planned with survivors, the delisted and the suspended", () => {
  const units = planLists(datasets.stock_list, "20260105");
  expect(units.map(unitKey)).toEqual(["stock_list/L", "stock_list/D", "stock_list/P"]);
});

test("the ETF list is planned for both exchanges, listed, delisted and to be listed", () => {
  expect(planLists(datasets.etf_list, "20260105").map(unitKey)).toEqual(
    ["SH/L", "SH/D", "SH/P", "SZ/L", "SZ/D", "SZ/P"].map((part) => `etf_list/${part}`),
  );
});

test("the reporting schedule is planned for the four newest periods that have ended", () => {
  const keys = (today: Day) => planLists(datasets.disclosure, today).map(unitKey);
  const schedule = (...days: Day[]) => days.map((day) => `disclosure/${day}`);
  expect(keys("20260105")).toEqual(schedule("20251231", "20250930", "20250630", "20250331"));
  expect(keys("20260331")).toEqual(schedule("20251231", "20250930", "20250630", "20250331"));
  expect(keys("20260401")).toEqual(schedule("20260331", "20251231", "20250930", "20250630"));
});

test("a company's old reports are two units under a cap of 100 rows, a third of them in two versions", () => {
  const ends = periodsBetween("19940101", "20251231").map(({ end }) => end);
  const missing = { ts_code: "600519.SH", from: "19940101", to: "20251231" };
  expect(planByCode(datasets.finance, [missing], ends, settings).map(unitKey)).toEqual([
    "finance/600519.SH/19940101-20100330",
    "finance/600519.SH/20100331-20251231",
  ]);
});

describe("a stock", () => {
  const small: Dataset = { ...daily, main: { ...daily.main, rowCap: 10 } }; // so that 9 days are 0.9 of it
  const openDays = daysFrom("20240101", 30);

  test.each([
    { days: 1, units: ["20240101-20240101"] },
    { days: 9, units: ["20240101-20240109"] },
    { days: 10, units: ["20240101-20240105", "20240106-20240110"] },
    { days: 18, units: ["20240101-20240109", "20240110-20240118"] },
    { days: 19, units: ["20240101-20240107", "20240108-20240113", "20240114-20240119"] },
  ])("with $days open days under a cap of 10 is $units.length units", ({ days, units }) => {
    const missing = { ts_code: "600519.SH", from: "20240101", to: addDays("20240101", days - 1) };
    expect(planByCode(small, [missing], openDays, settings).map((unit) => unitKey(unit).slice(-17))).toEqual(
      units,
    );
  });

  test("with no open day in its range is still asked for once", () => {
    const missing = { ts_code: "600519.SH", from: "19900101", to: "19900105" };
    expect(planByCode(small, [missing], openDays, settings).map(unitKey)).toEqual([
      "stock_daily/600519.SH/19900101-19900105",
    ]);
  });

  test("with all its history is at most two units under the real cap", () => {
    const weekdays = daysFrom(firstTradingDay, 13_200).filter((_, at) => at % 7 < 5);
    const missing = { ts_code: "600519.SH", from: firstTradingDay, to: weekdays.at(-1) ?? "" };
    expect(planByCode(daily, [missing], weekdays, settings)).toHaveLength(2);
  });

  test("is covered whole, in order, without overlap, and never by a unit of more than 0.9 of the cap", () => {
    const ranges = fc
      .tuple(fc.integer({ min: -5, max: 400 }), fc.integer({ min: 0, max: 400 }))
      .map(([start, length]) => ({
        from: addDays("20230101", start),
        to: addDays("20230101", start + length),
      }));
    const open = fc.array(fc.boolean(), { minLength: 420, maxLength: 420 });
    fc.assert(
      fc.property(ranges, open, fc.integer({ min: 2, max: 60 }), (range, isOpen, rowCap) => {
        const days = daysFrom("20230101", 420).filter((_, at) => isOpen[at]);
        const dataset: Dataset = { ...daily, main: { ...daily.main, rowCap } };
        const missing: MissingRange = { ts_code: "600519.SH", ...range };
        const parts = rangesOf(planByCode(dataset, [missing], days, settings));
        expect(parts[0]?.from).toBe(range.from);
        expect(parts.at(-1)?.to).toBe(range.to);
        for (const [at, part] of parts.entries()) {
          if (at > 0) expect(part.from).toBe(addDays(parts[at - 1]?.to ?? "", 1));
          const held = days.filter((day) => day >= part.from && day <= part.to).length;
          expect(held).toBeLessThanOrEqual(Math.floor(0.9 * rowCap));
        }
      }),
    );
  });
});

test("the largest task's units fit the statement that stores them", () => {
  const selector = { by: "code", ts_code: "4920017.BJ", from: "19901219", to: "20271231" } as const;
  const unit: PlannedUnit = { dataset: "stock_daily", selector };
  const columns = [`${unitKey(unit)},`, `${JSON.stringify(selector)}\u001f`, `${unit.dataset},`];
  const bytes = JSON.stringify(columns.join("")).length; // a request is JSON: quotes and separators grow
  expect(unitsMax * bytes).toBeLessThan(4 * 1024 * 1024);
});

test("a unit's message is far below what the queue and a schedule take", () => {
  const selector = { by: "code", ts_code: "123456789012.ABCD", from: "19901219", to: "20271231" } as const;
  const unit = { dataset: "stock_daily", selector } as const;
  const task = { task_id: "0198c2f0-5d3e-4c11-9f0a-3b1f6f0f2a01", sequence: unitsMax, retry: 10 };
  const message = {
    version: 1,
    job_type: "DAILY_INCREMENTAL",
    unit_key: unitKey(unit),
    ...task,
    ...unit,
  } as const;
  expect(encodeUnit(message).length).toBeLessThan(1_024);
});

describe("a day is due", () => {
  test.each([
    ["from its publication hour", "2024-06-28T09:00:00Z", "20240628"],
    ["not a second earlier", "2024-06-28T08:59:59Z", "20240627"],
    ["until midnight in Shanghai", "2024-06-28T15:59:59Z", "20240628"],
    ["as yesterday after midnight", "2024-06-28T16:00:00Z", "20240628"],
    ["as last year's on new year's morning", "2024-12-31T23:00:00Z", "20241231"],
  ])("%s", (_when, now, day) => {
    expect(lastDueDay(daily, new Date(now))).toBe(day);
  });

  test("at once where the dataset has no publication hour", () => {
    expect(lastDueDay(datasets.stock_list, new Date("2024-06-27T16:00:00Z"))).toBe("20240628");
  });
});

function rangesOf(units: readonly PlannedUnit[]): { from: Day; to: Day }[] {
  return units.map(({ selector }) => {
    if (!("from" in selector)) throw new Error("not a range");
    return { from: selector.from, to: selector.to };
  });
}

function daysFrom(first: Day, count: number): Day[] {
  return Array.from({ length: count }, (_, at) => addDays(first, at));
}

test("a code's range is divided by the rows that it has on a day", () => {
  const { index_weight } = datasets;
  const days = Array.from({ length: 365 }, (_, at) => addDays("20240101", at));
  const missing = { ts_code: "399300.SZ", from: "20240101", to: "20241230" };
  const daysMax = Math.floor((0.9 * index_weight.main.rowCap) / (index_weight.rowsOfCode ?? 1));
  expect(planByCode(index_weight, [missing], days, settings)).toHaveLength(Math.ceil(365 / daysMax));
});

test("a weekly count is asked for on its day of the week only", () => {
  const { pledge_stat } = datasets;
  const calendar = { firstDay: undefined, lastDay: undefined, openDays: [], holes: [] };
  const range = { from: "20260601", to: "20260614" };
  expect(sliceRules.announcements.selectors(pledge_stat, range, range.to, calendar)).toEqual([
    { by: "announced", ann_date: "20260605" },
    { by: "announced", ann_date: "20260612" },
  ]);
});

test("lock-ups are planned month by month, ten years ahead", () => {
  const ranges = rangesOf(planLists(datasets.share_float, "20260615"));
  expect(ranges[0]).toEqual({ from: "20050801", to: "20050831" });
  expect(ranges.at(-1)).toEqual({ from: "20360601", to: "20360630" });
  for (const [at, { from }] of ranges.entries()) {
    if (at > 0) expect(from).toBe(addDays(ranges[at - 1]?.to ?? "", 1));
  }
});
