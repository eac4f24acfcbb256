// Facts -> a plan, without a database: which days a command covers, which units it needs, and what the plan says.
import { describe, expect, test } from "vitest";
import { codeAndDay, type DatasetSpec } from "../shared/catalogue/dataset.ts";
import { catalogueOf, type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { addDays, type Day, daysBetween, shanghaiInstant } from "../shared/catalogue/dates.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import type { RunCommand } from "../shared/commands/command.ts";
import type { Calendar } from "../shared/coverage/calendar.ts";
import { decide } from "../shared/plan/decide.ts";
import { decidePeriods } from "../shared/plan/decide-periods.ts";
import type { Facts } from "../shared/plan/facts.ts";
import type { PeriodFacts } from "../shared/plan/period-facts.ts";
import { periodScopeOf } from "../shared/plan/period-scope.ts";
import type { Plan } from "../shared/plan/plan.ts";
import { type Request, scopeOf, type TimeFacts } from "../shared/plan/scope.ts";
import type { TimedSlices } from "../shared/plan/slices.ts";
import { unitKey } from "../shared/unit.ts";

const settings = readSettings({ SYNC_DAILY_HISTORY_START_DATE: "20240101", SYNC_DAILY_LOOKBACK_DAYS: "3" });

/** Open on weekdays, from December 2023 to March 2024. */
const calendar: Calendar = {
  firstDay: "20231201",
  lastDay: "20240331",
  openDays: daysIn("20231201", "20240331").filter((day) => {
    const weekday = daysBetween("20240101", day) % 7; // a Monday
    return (weekday + 7) % 7 < 5;
  }),
  holes: [],
};

const common = {
  title: { en: "invented", zh: "虚构" },
  table: "invented",
  key: ["ts_code", "trade_date"],
  details: [],
  expects: "none",
  dayColumn: "trade_date",
  publicationHour: 17,
  set: "macro",
  cadence: "evening",
  documentation: [1],
  main: { name: "invented", columns: codeAndDay(), answers: ["date"], points: 120, rowCap: 1_000 },
} as const satisfies Partial<DatasetSpec>;

const invented = catalogueOf({
  day: { ...common, slices: "days" },
  announced: { ...common, slices: "announcements" },
  month: { ...common, slices: "months" },
  range: { ...common, slices: "ranges", rangeDays: 10, firstDay: "20231222" },
  weekly: { ...common, slices: "announcements", weekday: 4 },
  code: { ...common, slices: "codes", expects: "some", members: { codes: ["000001.XX", "000002.XX"] } },
});

type Asked = Omit<RunCommand, "job">;
const now = shanghaiInstant("20240117", 18); // a Wednesday

function request(dataset: Dataset, mode: Request["mode"], asked: Asked, at = now): Request {
  return { dataset, mode, command: { job: "DAILY_HISTORY", ...asked }, settings, now: at };
}

/** The plan when nothing of the request is stored, unless the facts say so. */
function planOf(asked: Request, facts: Partial<Facts & TimeFacts> = {}): Plan {
  const slices = asked.dataset.slices as TimedSlices; // as: those of the tables below
  const scope = scopeOf(asked, slices, { calendar, ...facts });
  const missing = "units" in scope || slices === "codes" ? undefined : scope.slices;
  return decide(asked, { calendar, ...(missing && { missing }), ...facts, scope });
}

/** The unit keys of the plan without their first part, in order. */
function keys({ units }: Plan): string[] {
  return units.map((unit) => unitKey(unit).replace(/^\w+\//, ""));
}

describe("the units of a history", () => {
  test.each<[string, Dataset, Asked, string[]]>([
    ["open days", invented.day, { from: "20240111", to: "20240115" }, ["20240111", "20240112", "20240115"]],
    [
      "all days",
      invented.announced,
      { from: "20240113", to: "20240115" },
      ["20240113", "20240114", "20240115"],
    ],
    ["months that have ended", invented.month, { from: "20231115" }, ["202311", "202312"]],
    [
      "months, whole where a part is asked for",
      invented.month,
      { from: "20231215", to: "20231220" },
      ["202312"],
    ],
    [
      "ranges of one length, the last cut at what is due",
      invented.range,
      { from: "20240105" },
      ["20240101-20240110", "20240111-20240117"],
    ],
    ["the settings' first day on", invented.range, {}, ["20240101-20240110", "20240111-20240117"]],
    [
      "the dataset's first day, not before",
      invented.range,
      { from: "20231201", to: "20231225" },
      ["20231222-20231231"],
    ],
    ["the last open days", invented.day, { days: 2 }, ["20240116", "20240117"]],
  ])("are %s", (_what, dataset, asked, units) => {
    expect(keys(planOf(request(dataset, "history", asked)))).toEqual(units);
  });
});

describe("the units of an increment", () => {
  test.each<[string, Dataset, Partial<TimeFacts>, string[]]>([
    ["the last open days", invented.day, { newestDay: "20240117" }, ["20240115", "20240116", "20240117"]],
    [
      "what is new",
      invented.day,
      { newestDay: "20240111" },
      ["20240112", "20240115", "20240116", "20240117"],
    ],
    [
      "the last calendar days",
      invented.announced,
      { newestDay: "20240117" },
      ["20240115", "20240116", "20240117"],
    ],
    ["the last two months that have ended", invented.month, { newestDay: "20240101" }, ["202311", "202312"]],
    ["the last range", invented.range, { newestDay: "20240117" }, ["20240101-20240110", "20240111-20240117"]],
    ["the newest slice of an empty database", invented.month, { wasAsked: false }, ["202312"]],
    [
      "the last slices, where answers held nothing",
      invented.announced,
      { wasAsked: true },
      ["20240115", "20240116", "20240117"],
    ],
  ])("are %s", (_what, dataset, facts, units) => {
    expect(keys(planOf(request(dataset, "incremental", {}), facts))).toEqual(units);
  });

  test("of an empty database come with a warning", () => {
    const plan = planOf(request(invented.day, "incremental", {}), { wasAsked: false });
    expect(plan).toMatchObject({ warns: true, range: { from: "20240117", to: "20240117" } });
    expect(plan.reason).toMatch(
      /holds no day: only 20240117 is synced; run its history job for earlier days/,
    );
  });
});

describe("a plan without units says why", () => {
  const future = { from: "20240118" };
  test.each<[string, Dataset, Asked, Plan["nothing"], RegExp]>([
    ["of a day to come", invented.day, future, "not_due", /20240118 is not due yet, until 2024-01-18 17:00/],
    [
      "of a month that has not ended",
      invented.month,
      { from: "20240105" },
      "not_due",
      /until 2024-01-31 17:00/,
    ],
    ["of an announcement to come", invented.announced, future, "not_due", /20240118 is not due yet/],
    ["of a range to come", invented.range, future, "not_due", /20240118 is not due yet/],
    [
      "of a weekend",
      invented.day,
      { from: "20240113", to: "20240114" },
      "no_open_day",
      /no trading day from 20240113/,
    ],
    [
      "of days without the weekday of its rows",
      invented.weekly,
      { from: "20240108", to: "20240110" },
      "no_open_day",
      /weekly has no day from 20240108 to 20240110/,
    ],
    [
      "of the time before its first day",
      invented.range,
      { from: "20231101", to: "20231201" },
      "before_first_day",
      /TuShare has no range before 20231222/,
    ],
  ])("%s", (_what, dataset, asked, nothing, reason) => {
    const plan = planOf(request(dataset, "history", asked));
    expect(plan).toMatchObject({ units: [], nothing });
    expect(plan.reason).toMatch(reason);
  });

  test("of a weekend and the days after it, requested on Sunday", () => {
    const asked = { from: "20240113", to: "20240116" };
    const sunday = request(invented.day, "history", asked, shanghaiInstant("20240114", 12));
    expect(planOf(sunday)).toMatchObject({
      units: [],
      nothing: "not_due",
      reason: "20240116 is not due yet",
    });
  });

  test("of what is stored, and of what is stored so far", () => {
    const stored = { missing: [] };
    expect(planOf(request(invented.day, "history", {}), stored)).toMatchObject({
      nothing: "stored",
      reason: null,
    });
    const plan = planOf(request(invented.month, "history", { from: "20231101", to: "20240117" }), stored);
    expect(plan).toMatchObject({ nothing: "stored_so_far" });
    expect(plan.reason).toBe("20240117 is not due yet: planned to 20231231");
  });

  test.each<[string, Partial<Calendar>, RegExp]>([
    ["no calendar", { firstDay: undefined, lastDay: undefined, openDays: [] }, /is empty/],
    ["a calendar that begins late", { firstDay: "20240110" }, /begins on 20240110, after 20240101/],
    ["a calendar that ends early", { lastDay: "20240116" }, /ends on 20240116, before 20240117/],
    [
      "a hole in the range",
      { holes: [{ before: "20240109", day: "20240112" }] },
      /lacks days before 20240112/,
    ],
  ])("or throws: %s", (_what, wrong, message) => {
    const broken = { calendar: { ...calendar, ...wrong } };
    expect(() => planOf(request(invented.day, "history", {}), broken)).toThrow(message);
    const byCode = { from: "20240101", codes: ["000001.XX"] };
    expect(() => planOf(request(invented.announced, "history", byCode), broken)).toThrow(message);
    // Units that are not by trading day need no calendar.
    expect(keys(planOf(request(invented.announced, "history", { from: "20240117" }), broken))).toEqual([
      "20240117",
    ]);
  });

  test("a gap before or after the range does not matter", () => {
    const holes = [
      { before: "20231204", day: "20231206" },
      { before: "20240301", day: "20240304" },
    ];
    const facts = { calendar: { ...calendar, holes } };
    expect(planOf(request(invented.day, "history", {}), facts).units).toHaveLength(13);
  });
});

describe("by code", () => {
  const ranges = [
    { ts_code: "000001.XX", from: "20240101", to: "20240117" },
    { ts_code: "000002.XX", from: "20240110", to: "20240117" },
  ];
  const codes = ranges.map(({ ts_code }) => ts_code);
  const { stock_daily } = datasets;

  test("is used for datasets that require a code", () => {
    const plan = planOf(request(invented.code, "history", {}), { codes, missingRanges: ranges });
    expect(keys(plan)).toEqual(["000001.XX/20240101-20240117", "000002.XX/20240110-20240117"]);
    expect(planOf(request(invented.code, "history", {}), { codes, missingRanges: [] })).toMatchObject({
      ...{ units: [], nothing: "stored" },
    });
  });

  test("days of the whole market are requested only where that takes fewer calls", () => {
    const plan = (days: number) =>
      keys(planOf(request(stock_daily, "history", { days }), { codes, missingRanges: ranges }));
    expect(plan(2)).toEqual(["20240116", "20240117"]);
    expect(plan(3)[0]).toBe("000001.XX/20240101-20240117");
  });

  test("of a command are named in the plan if not listed, and refused if unknown", () => {
    const named = (facts: Partial<Facts>) =>
      planOf(request(stock_daily, "history", { codes, from: "20240101" }), {
        codes,
        missingRanges: [],
        ...facts,
      });
    expect(named({ unlistedCodes: codes.slice(0, 1) })).toMatchObject({ nothing: "stored" });
    expect(named({ unlistedCodes: codes }).nothing).toBe("not_listed");
    expect(named({ unlistedCodes: codes }).reason).toMatch(
      /not listed from 20240101 to 20240117: 000001.XX, 000002.XX/,
    );
    const seven = Array.from({ length: 7 }, (_, at) => `90000${at}.SH`);
    expect(() => named({ unknownCodes: seven })).toThrow(
      "no stock 900000.SH, 900001.SH, 900002.SH, 900003.SH, 900004.SH and 2 more in stock_info",
    );
  });
});

describe("report periods", () => {
  const { finance } = datasets;
  const { list, schedule, byPeriod, ...plain } = finance;
  const whole: Dataset = { ...plain, main: { ...plain.main, answers: ["period"] } };
  const of = (dataset: Dataset, mode: Request["mode"], asked: Asked, facts: Partial<PeriodFacts> = {}) => {
    const about = request(dataset, mode, asked);
    const { wasAsked = true } = facts;
    const scope = periodScopeOf(about, false, wasAsked);
    return decidePeriods(about, { scope, wasAsked, knowsSchedule: true, ...facts });
  };

  test.each<[string, Dataset, Request["mode"], Asked, Partial<PeriodFacts>, string[], Plan["nothing"]]>([
    [
      "what is missing by code, on to the newest period",
      finance,
      "history",
      { from: "20230101" },
      { codes: ["600519.SH"], missingRanges: [{ ts_code: "600519.SH", from: "20230331", to: "20230930" }] },
      ["600519.SH/20230331-20231231"],
      "stored",
    ],
    [
      "whole periods, where the interface answers by them",
      whole,
      "history",
      {},
      { missingPeriods: [{ end: "20230930", deadline: "20231031" }] },
      ["20230930"],
      "stored",
    ],
    [
      "whole periods lately, where no list says who has filed",
      whole,
      "incremental",
      {},
      { missingPeriods: [{ end: "20231231", deadline: "20240430" }] },
      ["20231231"],
      "stored",
    ],
    [
      "first what failed, and nothing twice",
      finance,
      "incremental",
      {},
      {
        failed: {
          retried: [{ dataset: "finance", selector: { by: "period", period: "20230930" } }],
          left: [],
        },
        filings: [{ ts_code: "600519.SH", end_date: "20231231" }],
      },
      ["20230930", "600519.SH/20220331-20231231"],
      "stored",
    ],
    [
      "the filings of a day",
      finance,
      "incremental",
      { from: "20240110", to: "20240110" },
      { hasFilings: true, filings: [{ ts_code: "600519.SH", end_date: "20231231" }] },
      ["600519.SH/20231231-20231231"],
      "stored",
    ],
    ["nothing of a day without filings", finance, "incremental", { to: "20240110" }, {}, [], "no_filing"],
    ["nothing of filings to come", finance, "incremental", { from: "20240117" }, {}, [], "not_due"],
    ["nothing of a period to come", finance, "history", { from: "20240301" }, {}, [], "not_due"],
    [
      "nothing between periods",
      finance,
      "history",
      { from: "20231001", to: "20231101" },
      {},
      [],
      "no_period",
    ],
  ])("take %s", (_what, dataset, mode, asked, facts, units, nothing) => {
    const plan = of(dataset, mode, asked, facts);
    expect(keys(plan)).toEqual(units);
    expect(plan.nothing).toBe(nothing);
  });

  test("that were never requested, or without a filing schedule, come with a warning", () => {
    expect(of(finance, "incremental", {}, { wasAsked: false })).toMatchObject({
      ...{ warns: true, reason: "nothing was fetched yet: run FINANCE_HISTORY for the past" },
    });
    expect(of(finance, "incremental", {}, { knowsSchedule: false })).toMatchObject({
      ...{ warns: true, reason: expect.stringContaining("run the job REFERENCE") },
    });
    expect(of(finance, "incremental", {})).not.toHaveProperty("warns");
  });
});

function daysIn(from: Day, to: Day): Day[] {
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, at) => addDays(from, at));
}
