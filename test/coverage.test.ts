// Events, of which a day may have any number: an answer that was proven complete explains the rows it did not hold, as
// long as all rows it did hold are still stored. Data with a row of each member each day is in days.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import type { Selector } from "../shared/catalogue/selector.ts";
import { holeIn, openDayBack, openDaysIn, readCalendar } from "../shared/coverage/calendar.ts";
import * as coverage from "../shared/coverage/coverage.ts";
import { unitKey } from "../shared/unit.ts";
import { unitsOfDays } from "./support/a-unit.ts";
import { firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const range = { from: firstDay, to: lastDay };
const events = datasets.suspend_d;

/** A row for each code and day. */
async function store(codes: readonly string[], days: readonly string[]): Promise<void> {
  await world.sql(
    `insert into suspend_d (ts_code, trade_date, suspend_type)
     select code, to_date(day, 'YYYYMMDD'), 'S' from unnest($1::text[]) as code, unnest($2::text[]) as day`,
    [codes, days],
  );
}

/** The open days of a range whose answers are missing. */
async function missingDays(asked: typeof range): Promise<string[]> {
  const { database } = world.services;
  const days = openDaysIn(await readCalendar(database), asked);
  const missing = await coverage.missingSlices(database, events, unitsOfDays(events, days));
  return missing.map((unit) => unitKey(unit).replace("suspend_d/", ""));
}

const settle = (selector: Selector, rows: number, more?: { at?: string; status?: string }) =>
  world.settleUnit({ dataset: "suspend_d", selector }, rows, more);
const settleDate = (trade_date: string, rows: number, more?: Parameters<typeof settle>[2]) =>
  settle({ by: "date", trade_date }, rows, more);
const settleCode = (ts_code: string, days: { from: string; to: string }, rows: number, at?: string) =>
  settle({ by: "code", ts_code, ...days }, rows, at === undefined ? {} : { at });

describe("the days that are missing", () => {
  const missing = () => missingDays(range);
  const settleAll = async (days: readonly string[]) => {
    for (const day of days) await settleDate(day, 2);
    await store(["000001.SZ", "600519.SH"], days);
  };

  test("are all open days of an empty database, and no closed one", async () => {
    expect(await missing()).toEqual(marketDays);
  });

  test("are those without an answer that was proven complete, even if some of their rows are stored", async () => {
    await settleAll(marketDays.slice(2));
    await store(["000001.SZ", "600519.SH"], marketDays.slice(0, 1));
    expect(await missing()).toEqual(marketDays.slice(0, 2));
  });

  test.each(["pending", "sent", "not_due", "failed", "parked"])(
    "include a day whose unit is %s",
    async (status) => {
      await settleAll(marketDays.slice(1));
      await settleDate(firstDay, 0, { status });
      expect(await missing()).toEqual([firstDay]);
    },
  );

  test("include a day that has lost a row, however many answers it had", async () => {
    await settleAll(marketDays);
    await settleDate(firstDay, 1);
    await world.sql("delete from suspend_d where ts_code = '600519.SH' and trade_date = '2024-01-02'");
    expect(await missing()).toEqual([firstDay]);
  });

  test("of many years are found in parts, with no day lost or repeated between two parts", async () => {
    await world.sql(
      `insert into trade_cal (exchange, cal_date, is_open)
       select 'SSE', day, 1 from generate_series(date '2019-01-01', date '2021-12-31', interval '1 day') as day
       on conflict (exchange, cal_date) do update set is_open = 1`,
    );
    const days = await missingDays({ from: "20190101", to: "20211231" });
    expect(days).toHaveLength(365 + 366 + 365);
    expect(new Set(days).size).toBe(days.length);
    expect([days[0], days.at(-1)]).toEqual(["20190101", "20211231"]);
  });
});

describe("the range of a code without an answer", () => {
  const missing = async (code = "600519.SH", asked = range, refresh = false) => {
    const found = await coverage.unansweredRanges(world.services.database, events, [code], asked, refresh);
    return found.map(({ from, to }) => `${from}-${to}`)[0];
  };

  test("of an empty database is the open days of the range", async () => {
    expect(await missing()).toBe("20240102-20240117");
    expect(await missing("600519.SH", { from: "20240106", to: "20240114" })).toBe("20240108-20240112");
    expect(await missing("600519.SH", { from: "20240106", to: "20240107" })).toBeUndefined();
  });

  test("begins after its latest stored day, or at an earlier gap that no answer explains", async () => {
    await store(["600519.SH"], marketDays.slice(0, 8));
    expect(await missing()).toBe("20240112-20240117");
    await world.sql("delete from suspend_d where trade_date = '2024-01-04'");
    expect(await missing()).toBe("20240104-20240117");
  });

  test("leaves out days that an answer for the stock did not hold, while that answer's rows are stored", async () => {
    await store(["600519.SH"], [...marketDays.slice(0, 4), ...marketDays.slice(6)]);
    await settleCode("600519.SH", range, 10);
    expect(await missing()).toBeUndefined();
    await world.sql("delete from suspend_d where trade_date = '2024-01-15'");
    expect(await missing()).toBe("20240108-20240115");
  });

  test("is not explained by an answer for another stock, or for other days", async () => {
    await settleCode("000001.SZ", range, 0);
    await settleCode("600519.SH", { from: "20240103", to: "20240116" }, 0);
    expect(await missing()).toBe("20240102-20240117");
  });

  test("includes the day of the answer itself: its data may have been published later that day", async () => {
    await settleCode("600519.SH", range, 0, "2024-01-17T16:00:00+08:00");
    expect(await missing()).toBe("20240117-20240117");
    await settleCode("600519.SH", range, 0, "2024-01-18T00:30:00+08:00");
    expect(await missing()).toBeUndefined();
  });

  test("leaves out days with a complete answer for the whole market, while its rows are stored", async () => {
    for (const day of marketDays.slice(0, 11)) await settleDate(day, 1);
    await store(["000001.SZ"], marketDays);
    expect(await missing()).toBe("20240117-20240117");
  });

  test("includes a day when a row of its whole-market answer is gone", async () => {
    for (const day of marketDays) await settleDate(day, 2);
    await store(["000001.SZ", "600519.SH"], marketDays);
    expect(await missing()).toBeUndefined();
    await world.sql("delete from suspend_d where ts_code = '600519.SH' and trade_date = '2024-01-10'");
    expect(await missing()).toBe("20240110-20240110");
  });

  test("is all of the range on refresh", async () => {
    await store(["688981.SH"], marketDays);
    await settleCode("688981.SH", range, 12);
    expect(await missing("688981.SH")).toBeUndefined();
    expect(await missing("688981.SH", range, true)).toBe("20240102-20240117");
  });

  test("is found for more stocks than fit one query", async () => {
    const codes = Array.from({ length: 450 }, (_, at) => `${String(at).padStart(6, "0")}.SZ`);
    const found = await coverage.unansweredRanges(world.services.database, events, codes, range, false);
    expect(found.map(({ ts_code }) => ts_code)).toEqual(codes);
  });
});

describe("the calendar", () => {
  test("gives the open days of a range in order", async () => {
    expect(openDaysIn(await readCalendar(world.services.database), range)).toEqual(marketDays);
  });

  test("counts open days back, and gives the first it knows when there are fewer", async () => {
    const calendar = await readCalendar(world.services.database);
    expect(openDayBack(calendar, "20240114", 1)).toBe("20240112");
    expect(openDayBack(calendar, "20240114", 3)).toBe("20240110");
    expect(openDayBack(calendar, "20240114", 300)).toBe(firstDay);
    expect(openDayBack(calendar, "20231231", 3)).toBe("20231231");
  });

  test("has no gap at weekends and holidays, but has one where an open day is deleted", async () => {
    const facts = async () => {
      const calendar = await readCalendar(world.services.database);
      return { ...calendar, hole: holeIn(calendar, range) };
    };
    expect(await facts()).toMatchObject({ lastDay: "20240331", hole: undefined });
    await world.sql("delete from trade_cal where cal_date in ('2024-01-06', '2024-01-09')");
    expect(await facts()).toMatchObject({ lastDay: "20240331", hole: "20240110" });
  });
});
