// What a plan says about a run before it starts: the calls that it will make. No task is created.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { tierOfCalls } from "../shared/catalogue/tiers.ts";
import { priceOf } from "../shared/plan/plan-price.ts";
import type { PlannedUnit } from "../shared/unit.ts";
import { lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const settings = readSettings({});
const units = (count: number, dataset: PlannedUnit["dataset"], selector: Selector): PlannedUnit[] =>
  Array.from({ length: count }, () => ({ dataset, selector }));
const aDate: Selector = { by: "date", trade_date: "20240102" };
const aCode = (from: string, to: string): Selector => ({ by: "code", ts_code: "600519.SH", from, to });

describe("a plan's price", () => {
  test.each<[string, PlannedUnit[], Partial<ReturnType<typeof priceOf>>]>([
    [
      "a day of stocks is one call to each of three interfaces",
      units(100, "stock_daily", aDate),
      {
        calls: { adj_factor: 100, daily: 100, daily_basic: 100 },
        rows: 550_000,
        minutes: 0.583,
        slotSeconds: 175,
      },
    ],
    [
      "a dataset whose file says how many rows a day has is priced by that",
      units(2, "cb_daily", aDate),
      { calls: { cb_daily: 2 }, rows: 630 },
    ],
    [
      "a day of ETFs fits under its cap",
      units(10, "etf_daily", aDate),
      { calls: { fund_adj: 10, fund_daily: 10 }, rows: 15_000 },
    ],
    [
      "a stock's life in one range is one call to each",
      units(1, "stock_daily", aCode("20010827", "20241231")),
      { calls: { adj_factor: 1, daily: 1, daily_basic: 1 }, slotSeconds: 2 },
    ],
    [
      "a company's reports are one call",
      units(2, "finance", aCode("20200101", "20241231")),
      { calls: { fina_indicator: 2 }, rows: 52 },
    ],
    [
      "a company's segments are a call for each of the three divisions, and further pages of each",
      [
        ...units(1, "fina_mainbz", aCode("20220101", "20241231")),
        ...units(1, "fina_mainbz", aCode("20180101", "20241231")),
      ],
      { calls: { fina_mainbz: 3 + 9 }, rows: (12 + 28) * 24 },
    ],
    [
      "a period of all companies is several pages, which take several turns of a slot",
      units(1, "finance", { by: "period", period: "20231231" }),
      { calls: { fina_indicator_vip: 4 }, rows: 7_150, slotSeconds: 7 },
    ],
    [
      "the stock list is a call for each status",
      (["L", "D", "P"] as const).flatMap((list_status) =>
        units(1, "stock_list", { by: "list_status", list_status }),
      ),
      { calls: { stock_basic: 3 } },
    ],
    ["nothing to do costs nothing", [], { units: 0, calls: {}, minutes: 0, slotSeconds: 0, quotaShare: 0 }],
  ])("%s", (_, planned, expected) => {
    expect(priceOf(planned, settings)).toMatchObject(expected);
  });

  test("named members count themselves, and a month or a range counts its days", () => {
    const { list: _, ...daily } = datasets.stock_daily;
    const named: Dataset = { ...daily, members: { codes: ["000300.SH", "000905.SH"] } };
    const rows = (selector: Selector) =>
      priceOf(units(1, "stock_daily", selector), settings, undefined, { ...datasets, stock_daily: named })
        .rows;
    expect(rows(aDate)).toBe(2);
    expect(rows({ by: "announced", ann_date: "20240102" })).toBe(2);
    expect(rows({ by: "range", from: "20230101", to: "20231231" })).toBe(2 * 243);
    expect(rows({ by: "month", month: "202401" })).toBe(41);
  });

  test("a market above a row cap takes another page", () => {
    const market = { stocks: 6_100, etfs: 2_000 };
    expect(priceOf(units(1, "stock_daily", aDate), settings, market).calls).toEqual({
      ...{ adj_factor: 2, daily: 2, daily_basic: 2, suspend_d: 1 },
    });
    expect(priceOf(units(1, "etf_daily", aDate), settings, market).calls.fund_daily).toBe(2); // exactly the cap
  });

  test("the day's quota is that of the account's tier", () => {
    const of = (callsAMinute: string) =>
      priceOf(units(5_000, "stock_daily", aDate), readSettings({ TUSHARE_CALLS_A_MINUTE: callsAMinute }))
        .quotaShare;
    expect(of("200")).toBe(0.05); // of 100,000 calls to each interface
    expect(of("50")).toBe(2.5); // of 8,000 to all of them
    expect(of("500")).toBeNull();
    expect(tierOfCalls(199).callsADay?.of).toBe("all interfaces");
  });

  test("fewer calls a minute take longer, and hold slots longer", () => {
    const slow = priceOf(units(60, "stock_daily", aDate), readSettings({ TUSHARE_MIN_INTERVAL: "1" }));
    expect(slow).toMatchObject({ minutes: 1, slotSeconds: 300 });
  });
});

describe("the dispatcher's plan", () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
    await world.reset();
  });
  afterAll(() => world.close());

  const run = { job: "DAILY_HISTORY", from: marketDays[0], to: lastDay };

  test("is exact: it creates no task, and the run then makes exactly these calls", async () => {
    const { plan, outcome, tasks, sent } = await world.dispatch({ plan: run });
    expect({ outcome, tasks, sent }).toEqual({ outcome: "planned", tasks: [], sent: 0 });
    expect(await world.tasks()).toEqual([]);
    expect(world.work.bodies()).toEqual([]);

    await world.dispatch(run);
    await world.runToEnd();
    const made: Record<string, number> = {};
    for (const { name } of world.calls) made[name] = (made[name] ?? 0) + 1;
    expect(plan?.calls).toEqual(made);
    expect(plan?.range).toEqual({ from: run.from, to: run.to });
    expect(plan?.first[0]).toBe(`stock_daily/${marketDays[0]}`);

    const again = await world.dispatch({ plan: run });
    expect(again.plan).toMatchObject({ units: 0, calls: {}, first: [], last: null });
  });

  test("refuses what the run would refuse, with the same message", async () => {
    const refused = async (plan: unknown) =>
      await world.dispatch({ plan }).catch((error: Error) => error.message);
    expect(await refused({ job: "DAILY_HISTORY", from: "2024" })).toMatch(
      /^plan.from is "2024", expected a day that exists/,
    );
    expect(await refused({ job: "DAILY_HISTORY", from: "20240201", to: "20240101" })).toMatch(/is after to/);
    expect(await refused({ job: "DAILY_HISTORY", codes: ["999999.SH"] })).toMatch(
      /no stock 999999.SH in stock_info/,
    );
    expect(await refused("DAILY_HISTORY")).toMatch(/^plan is "DAILY_HISTORY", expected a run/);
  });
});
