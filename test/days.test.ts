// What is missing is known by name, from the rows, the list and the recorded absences, whichever way the rows came: by day,
// by code, by hand.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import * as coverage from "../shared/coverage/coverage.ts";
import { readDays } from "../shared/coverage/days.ts";
import { missingCells, missingRanges } from "../shared/coverage/missing.ts";
import { firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

const range = { from: firstDay, to: lastDay };
const daily = datasets.stock_daily;
const [tenth = ""] = marketDays.filter((day) => day === "20240110");

/** A row for each code and day, with all joined values. */
async function store(codes: readonly string[], days: readonly string[]): Promise<void> {
  await world.sql(
    `insert into stock_daily (ts_code, trade_date, close, adj_factor, total_mv)
     select code, to_date(day, 'YYYYMMDD'), 1, 1, 1 from unnest($1::text[]) as code, unnest($2::text[]) as day
     on conflict do nothing`,
    [codes, days],
  );
}

/** Codes that the list expects on a day. */
async function listed(day: string): Promise<string[]> {
  const rows = await world.sql<{ ts_code: string }>(
    `select ts_code from stock_info
     where is_etf = 'N' and list_status <> 'P' and list_date <= to_date($1, 'YYYYMMDD')
       and coalesce(delist_date, 'infinity') > to_date($1, 'YYYYMMDD')
     order by ts_code`,
    [day],
  );
  return rows.map(({ ts_code }) => ts_code);
}

/** Every listed code on every day. */
async function storeAll(days: readonly string[] = marketDays): Promise<void> {
  for (const day of days) await store(await listed(day), [day]);
}

const remove = (code: string, day: string) =>
  world.sql("delete from stock_daily where ts_code = $1 and trade_date = to_date($2, 'YYYYMMDD')", [
    code,
    day,
  ]);
const suspend = (code: string, day: string, timing: string | null = null) =>
  world.sql(
    `insert into suspend_d (ts_code, trade_date, suspend_type, suspend_timing)
     values ($1, to_date($2, 'YYYYMMDD'), 'S', $3)`,
    [code, day, timing],
  );
const record = (code: string, day: string, reason: string, looks = 3, of = "daily") =>
  world.sql(
    `insert into sync_absence (dataset, ts_code, trade_date, interface, reason, looks)
     values ('stock_daily', $1, to_date($2, 'YYYYMMDD'), $3, $4, $5)`,
    [code, day, of, reason, looks],
  );

const states = (keep = true, of = range) => readDays(world.services.database, daily, of, keep);
const wanted = async () =>
  (await states()).filter((state) => state.wanted > 0).map(({ day, wanted: cells }) => `${day} ${cells}`);
const names = async (days: readonly string[] = marketDays) =>
  (await missingCells(world.services.database, daily, days, 100)).map(
    ({ day, ts_code, interface: of, isUnexplained }) =>
      [day, ts_code, of, ...(isUnexplained ? ["unexplained"] : [])].join(" "),
  );
const kept = async () =>
  (
    await world.sql<{ day: string }>(
      "select to_char(trade_date, 'YYYYMMDD') as day from sync_day where dataset = 'stock_daily' order by 1",
    )
  ).map(({ day }) => day);

describe("a day", () => {
  test("is wanted while a listed code has no row, and its state counts and names what is missing", async () => {
    await storeAll();
    expect(await wanted()).toEqual([]);
    await remove("600519.SH", tenth);
    await remove("000001.SZ", tenth);
    expect(await wanted()).toEqual([`${tenth} 2`]);
    expect(await names()).toEqual([`${tenth} 000001.SZ daily`, `${tenth} 600519.SH daily`]);
    const [state] = (await states()).filter(({ day }) => day === tenth);
    const expected = (await listed(tenth)).length;
    expect(state).toEqual({
      ...{ day: tenth, expected, stored: expected - 2, explained: 0, unexplained: 0, missing: 2, wanted: 2 },
    });
  });

  test("of an empty database lacks every listed code", async () => {
    for (const { day, expected, missing, stored } of await states()) {
      expect({ day, expected, missing, stored }).toEqual({
        ...{ day, expected: (await listed(day)).length, missing: expected, stored: 0 },
      });
    }
  });

  test("does not count a row of a code that is not listed then, nor an ETF's row", async () => {
    await storeAll();
    await remove("600519.SH", tenth);
    await store(["000003.SZ", "400001.BJ"], [tenth]); // delisted on that day, and unknown
    await world.sql("insert into stock_info (ts_code, name, is_etf) values ('510300.SH', '300ETF', 'Y')");
    await store(["510300.SH"], [tenth]);
    expect(await names()).toEqual([`${tenth} 600519.SH daily`]);
  });

  test("is whole when a suspension explains what is absent, and no halt within the day does", async () => {
    await storeAll();
    await remove("600519.SH", tenth);
    await suspend("600519.SH", tenth, "09:30-10:00");
    expect(await wanted()).toEqual([`${tenth} 1`]);
    await suspend("600519.SH", tenth);
    expect(await wanted()).toEqual([]);
    const [state] = (await states()).filter(({ day }) => day === tenth);
    expect(state).toMatchObject({ explained: 1, unexplained: 0, missing: 0 });
  });

  test("keeps a row on a suspended day, and counts it as stored", async () => {
    await storeAll();
    await suspend("600519.SH", tenth);
    const [state] = (await states()).filter(({ day }) => day === tenth);
    expect(state).toMatchObject({ stored: (await listed(tenth)).length, explained: 0, wanted: 0 });
  });

  test("is wanted while a row lacks the values of a joined interface", async () => {
    await storeAll();
    await world.sql(
      "update stock_daily set adj_factor = null where ts_code = '600519.SH' and trade_date = '20240105'",
    );
    await world.sql(
      "update stock_daily set total_mv = null where ts_code = '000001.SZ' and trade_date = '20240105'",
    );
    expect(await wanted()).toEqual(["20240105 2"]);
    expect(await names()).toEqual(["20240105 000001.SZ daily_basic", "20240105 600519.SH adj_factor"]);
  });

  test("is looked at again until an unexplained absence was looked for three times", async () => {
    await storeAll();
    await remove("600519.SH", tenth);
    await record("600519.SH", tenth, "unexplained", 2);
    expect(await wanted()).toEqual([`${tenth} 1`]);
    expect(await names()).toEqual([`${tenth} 600519.SH daily unexplained`]);
    await world.sql("update sync_absence set looks = 3");
    expect(await wanted()).toEqual([]);
    expect((await states()).find(({ day }) => day === tenth)).toMatchObject({ unexplained: 1, missing: 0 });
    expect(await names()).toEqual([`${tenth} 600519.SH daily unexplained`]);
  });

  test("is whole with a recorded absence of a row, of a joined interface, or of an interface on the whole day", async () => {
    await storeAll();
    await remove("600519.SH", tenth);
    await record("600519.SH", tenth, "no_data");
    await world.sql(
      "update stock_daily set total_mv = null where ts_code = '000001.SZ' and trade_date = '20240105'",
    );
    await record("000001.SZ", "20240105", "no_data", 0, "daily_basic");
    await world.sql("update stock_daily set adj_factor = null where trade_date = '20240104'");
    await record("", "20240104", "no_data", 0, "adj_factor");
    expect(await wanted()).toEqual([]);
    expect(await names()).toEqual([]);
  });
});

describe("a whole day is kept, so that it need not be counted again,", () => {
  test("by those who may write, and by no reader", async () => {
    await storeAll();
    const read = await states(false);
    expect(await kept()).toEqual([]);
    expect(await states(true)).toEqual(read);
    expect(await kept()).toEqual(marketDays);
    expect(await states(true)).toEqual(read);
  });

  test.each([
    ["a row is deleted", () => remove("600519.SH", tenth), `${tenth} 1`],
    [
      "a row gets another code",
      () =>
        world.sql(
          "update stock_daily set ts_code = '400001.BJ' where ts_code = '600519.SH' and trade_date = '20240110'",
        ),
      `${tenth} 1`,
    ],
    [
      "a value of a joined interface is emptied",
      () =>
        world.sql(
          "update stock_daily set total_mv = null where ts_code = '600519.SH' and trade_date = '20240110'",
        ),
      `${tenth} 1`,
    ],
    [
      "a suspension that explained an absence is deleted",
      () => world.sql("delete from suspend_d"),
      "20240108 1",
    ],
    [
      "a code is listed that was not known",
      () =>
        world.sql(
          `insert into stock_info (ts_code, name, is_etf, list_status, list_date) values ('300999.SZ', 'New', 'N', 'L', '20240117')`,
        ),
      "20240117 1",
    ],
    [
      "the list gives another listing day",
      () => world.sql("update stock_info set list_date = '20240109' where ts_code = '688981.SH'"),
      "20240109 1",
    ],
  ])("until %s", async (_what, change, found) => {
    await storeAll();
    await remove("300750.SZ", "20240108");
    await suspend("300750.SZ", "20240108");
    expect(await wanted()).toEqual([]);
    expect(await kept()).toEqual(marketDays);
    await change();
    expect(await wanted()).toEqual([found]);
  });

  test("until the table is truncated", async () => {
    await storeAll();
    await states();
    await world.sql("truncate stock_daily");
    expect(await kept()).toEqual([]);
    expect((await wanted()).length).toBe(marketDays.length);
  });

  test("and a change of other values, or a row stored again, does not cost it", async () => {
    await storeAll();
    await states();
    await world.sql("update stock_daily set close = 2, total_mv = 3");
    expect(await kept()).toEqual(marketDays);
  });
});

describe("the missing range of a code", () => {
  const missing = async (code = "600519.SH", asked = range, refresh = false) => {
    const among = async (...others: string[]) => {
      const codes = [code, ...others];
      const found = await missingRanges(world.services.database, daily, { codes, refresh }, asked);
      return found.filter(({ ts_code }) => ts_code === code).map(({ from, to }) => `${from}-${to}`)[0];
    };
    const alone = await among();
    expect(await among("000002.SZ", "300750.SZ", "999999.SZ", "830799.BJ")).toBe(alone); // where days are kept as whole
    return alone;
  };

  test("of an empty database is the open days of the range", async () => {
    expect(await missing()).toBe("20240102-20240117");
    expect(await missing("600519.SH", { from: "20240106", to: "20240114" })).toBe("20240108-20240112");
    expect(await missing("600519.SH", { from: "20240106", to: "20240107" })).toBeUndefined();
  });

  test("begins at its listing and ends before its delisting", async () => {
    expect(await missing("688981.SH")).toBe("20240110-20240117");
    expect(await missing("000003.SZ")).toBe("20240102-20240109");
    expect(await missing("000003.SZ", { from: tenth, to: lastDay })).toBeUndefined();
  });

  test("is the whole range for a code that is only in the data, not in the list", async () => {
    await store(["400001.BJ"], [firstDay]);
    expect(await missing("400001.BJ")).toBe("20240103-20240117");
  });

  test("reaches from its first gap to its last, whichever way the other rows came", async () => {
    await store(["600519.SH"], marketDays.slice(0, 8));
    expect(await missing()).toBe("20240112-20240117");
    await remove("600519.SH", "20240104");
    expect(await missing()).toBe("20240104-20240117");
  });

  test("leaves out suspended days, recorded absences, and days that are kept as whole", async () => {
    await store(["600519.SH"], marketDays.slice(2));
    await suspend("600519.SH", "20240102");
    expect(await missing()).toBe("20240103-20240103");
    await record("600519.SH", "20240103", "unexplained", 2);
    expect(await missing()).toBe("20240103-20240103");
    await world.sql("update sync_absence set looks = 3");
    expect(await missing()).toBeUndefined();
    await storeAll();
    await states();
    expect(await missing("000001.SZ")).toBeUndefined();
  });

  test("includes a day on which its row lacks the values of a joined interface", async () => {
    await store(["600519.SH"], marketDays);
    await world.sql("update stock_daily set adj_factor = null where trade_date = '20240109'");
    expect(await missing()).toBe("20240109-20240109");
  });

  test("is all of its listing on refresh", async () => {
    await store(["688981.SH"], marketDays.slice(6));
    expect(await missing("688981.SH")).toBeUndefined();
    expect(await missing("688981.SH", range, true)).toBe("20240110-20240117");
  });

  test("is found for more codes than fit one query", async () => {
    const codes = Array.from({ length: 450 }, (_, at) => `${String(at).padStart(6, "0")}.SZ`);
    const found = await missingRanges(world.services.database, daily, { codes, refresh: false }, range);
    expect(found.map(({ ts_code }) => ts_code)).toEqual(codes);
  });

  test("on some days is found for all members at once", async () => {
    await storeAll();
    await remove("600519.SH", "20240104");
    await remove("600519.SH", tenth);
    await remove("000001.SZ", "20240105");
    const days = ["20240104", "20240105", tenth];
    expect(await missingRanges(world.services.database, daily, { days }, range)).toEqual([
      { ts_code: "000001.SZ", from: "20240105", to: "20240105" },
      { ts_code: "600519.SH", from: "20240104", to: tenth },
    ]);
  });
});

test("days of many years are counted in parts, with none lost or repeated between two parts", async () => {
  await world.sql(
    `insert into trade_cal (exchange, cal_date, is_open)
     select 'SSE', day, 1 from generate_series(date '2019-01-01', date '2021-12-31', interval '1 day') as day
     on conflict (exchange, cal_date) do update set is_open = 1`,
  );
  const days = (await states(true, { from: "20190101", to: "20211231" })).map(({ day }) => day);
  expect(days).toHaveLength(365 + 366 + 365);
  expect(new Set(days).size).toBe(days.length);
  expect([days[0], days.at(-1)]).toEqual(["20190101", "20211231"]);
});

test("of many days, those with nothing of any member are not counted one by one, and are as a count says", async () => {
  await world.sql(
    `insert into trade_cal (exchange, cal_date, is_open)
     select 'SSE', day, 1 from generate_series(date '2019-01-01', date '2019-12-31', interval '1 day') as day
     on conflict (exchange, cal_date) do update set is_open = 1`,
  );
  await store(["510300.SH"], ["20190102", "20190603"]);
  await store(["600519.SH"], ["20190603"]);
  await suspend("000001.SZ", "20190703");
  await record("600519.SH", "20190904", "no_data");
  const year = await states(false, { from: "20190101", to: "20191231" });
  const ends = [
    "0131",
    "0228",
    "0331",
    "0430",
    "0531",
    "0630",
    "0731",
    "0831",
    "0930",
    "1031",
    "1130",
    "1231",
  ];
  const counted = [];
  for (const end of ends) {
    counted.push(...(await states(false, { from: `2019${end.slice(0, 2)}01`, to: `2019${end}` })));
  }
  expect(year).toEqual(counted);
  expect(year.filter(({ stored, explained }) => stored + explained > 0).map(({ day }) => day)).toEqual([
    "20190603",
    "20190703",
    "20190904",
  ]);
});

test("the newest stored day is that of a stock, not of an ETF", async () => {
  expect(await coverage.newestStoredDay(world.services.database, datasets.stock_daily)).toBeUndefined();
  await world.sql("insert into stock_info (ts_code, name, is_etf) values ('510300.SH', '300ETF', 'Y')");
  await store(["510300.SH"], [lastDay]);
  expect(await coverage.newestStoredDay(world.services.database, datasets.stock_daily)).toBeUndefined();
  await store(["600519.SH"], ["20240105"]);
  expect(await coverage.newestStoredDay(world.services.database, datasets.stock_daily)).toBe("20240105");
});

test("codes are known from the list or from the stored data; the others are named", async () => {
  await store(["400001.BJ"], [firstDay]);
  const asked = ["999999.SZ", "600519.SH", "400001.BJ", "888888.SH"];
  const unknown = await coverage.unknownCodes(world.services.database, datasets.stock_daily, asked);
  expect(unknown).toEqual(["888888.SH", "999999.SZ"]);
});
