// What people see of completeness: a day's absences by name and reason, a code's days, how far a dataset is whole. On the
// small market, and on invented datasets, because the same must hold for any file.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Dataset, datasets } from "../shared/catalogue/datasets.ts";
import { absenceReasons, absentOn, readCodeCoverage } from "../shared/coverage/names.ts";
import { type Counting, nothingWhole, readReach } from "../shared/coverage/reach.ts";
import { byMonth, stateOfDay } from "../shared/coverage/state.ts";
import type { DayCoverage } from "../shared/coverage/stored-days.ts";
import { makePlannedTables, planned } from "./support/invented-datasets.ts";
import { firstDay, lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (const statement of makePlannedTables) await world.sql(statement);
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.reset();
  for (const { table } of [planned.index_bars, planned.events]) await world.sql(`delete from ${table}`);
});

const database = () => world.services.database;
const daily = datasets.stock_daily;
const range = { from: firstDay, to: lastDay };
const day = "20240110";

/** Every listed code on every day, with all joined values. */
async function storeAll(days: readonly string[] = marketDays): Promise<void> {
  await world.sql(
    `insert into stock_daily (ts_code, trade_date, close, adj_factor, total_mv)
     select ts_code, to_date(day, 'YYYYMMDD'), 1, 1, 1
     from unnest($1::text[]) as day
     join stock_info on is_etf = 'N' and list_status <> 'P' and list_date <= to_date(day, 'YYYYMMDD')
       and coalesce(delist_date, 'infinity') > to_date(day, 'YYYYMMDD')`,
    [days],
  );
}

const remove = (code: string, days: readonly string[]) =>
  world.sql("delete from stock_daily where ts_code = $1 and trade_date = any ($2::date[])", [code, days]);
const record = (code: string, on: string, reason: string, looks = 3, of = "daily") =>
  world.sql(
    `insert into sync_absence (dataset, ts_code, trade_date, interface, reason, looks)
     values ('stock_daily', $1, to_date($2, 'YYYYMMDD'), $3, $4, $5)`,
    [code, on, of, reason, looks],
  );
const suspend = (code: string, on: string) =>
  world.sql(
    "insert into suspend_d (ts_code, trade_date, suspend_type) values ($1, to_date($2, 'YYYYMMDD'), 'S')",
    [code, on],
  );

/** A market in which 20240110 has an absence for each reason. */
async function storeWithAbsences(): Promise<void> {
  await storeAll();
  for (const code of ["000001.SZ", "000004.SZ", "000005.SZ", "000006.SZ"]) await remove(code, [day]);
  await suspend("000004.SZ", day);
  await record("000005.SZ", day, "no_data");
  await record("000006.SZ", day, "unexplained");
  await world.sql(
    "update stock_daily set total_mv = null where ts_code = '600519.SH' and trade_date = '20240110'",
  );
}

describe("the absences of a day", () => {
  const all = [
    "000001.SZ daily missing 0",
    "000004.SZ daily evidence 0",
    "000005.SZ daily no_data 3",
    "000006.SZ daily unexplained 3",
    "600519.SH daily_basic missing 0",
  ];
  const names = async (page: Partial<Parameters<typeof absentOn>[3]> = {}, on = day) =>
    (await absentOn(database(), daily, on, { reasons: absenceReasons, limit: 100, ...page })).map(
      ({ ts_code, interface: of, reason, looks }) => `${ts_code} ${of} ${reason} ${looks}`,
    );

  test("are named by code, each with its interface, its reason and how often it was looked for", async () => {
    await storeWithAbsences();
    expect(await names()).toEqual(all);
    expect(await names({}, "20240109")).toEqual([]);
    expect(await names({}, "20240113")).toEqual([]); // a Saturday
  });

  test("are chosen by reason, and read page by page with none lost", async () => {
    await storeWithAbsences();
    expect(await names({ reasons: ["missing"] })).toEqual([all[0], all[4]]);
    const pages: string[] = [];
    for (let page = await names({ limit: 2 }); page.length > 0; ) {
      pages.push(...page);
      const [ts_code = "", of = ""] = page.at(-1)?.split(" ") ?? [];
      page = await names({ limit: 2, after: { ts_code, interface: of } });
    }
    expect(pages).toEqual(all);
  });

  test("of one code with several are on different pages when the page ends between them", async () => {
    await storeAll();
    await world.sql(
      "update stock_daily set total_mv = null, adj_factor = null where ts_code = '600519.SH' and trade_date = '20240110'",
    );
    expect(await names({ limit: 1 })).toEqual(["600519.SH adj_factor missing 0"]);
    expect(await names({ limit: 1, after: { ts_code: "600519.SH", interface: "adj_factor" } })).toEqual([
      "600519.SH daily_basic missing 0",
    ]);
  });

  test("are known of a dataset that no code names", async () => {
    const bars = planned.index_bars;
    await world.sql("insert into index_bar (ts_code, trade_date) values ('III.XX', '2024-01-10')");
    expect(await absentOn(database(), bars, day, { reasons: absenceReasons, limit: 10 })).toEqual([
      { ts_code: "JJJ.XX", interface: "x_index_bar", reason: "missing", looks: 0 },
    ]);
  });
});

describe("the coverage of a code", () => {
  const of = (code: string, asked = range, dataset: Dataset = daily) =>
    readCodeCoverage(database(), dataset, code, asked);

  test("counts its listed days by what is known of them, and says where it lacks some", async () => {
    await storeAll();
    await remove("600519.SH", [
      "20240104",
      "20240105",
      "20240108",
      "20240111",
      "20240115",
      "20240116",
      "20240117",
    ]);
    await suspend("600519.SH", "20240111");
    await record("600519.SH", "20240115", "no_data");
    await record("600519.SH", "20240116", "unexplained");
    await world.sql(
      "update stock_daily set adj_factor = null where ts_code = '600519.SH' and trade_date = '20240103'",
    );
    expect(await of("600519.SH")).toEqual({
      ...{ firstStored: "20240102", lastStored: "20240112", expected: 12, stored: 5 },
      absent: { missing: 5, unexplained: 1, no_data: 1, evidence: 1 },
      missingRanges: [
        { interface: "adj_factor", from: "20240103", to: "20240103", days: 1 },
        { interface: "daily", from: "20240104", to: "20240108", days: 3 }, // over a weekend
        { interface: "daily", from: "20240117", to: "20240117", days: 1 },
      ],
    });
  });

  test("begins at its listing and ends before its delisting, within the range", async () => {
    await storeAll();
    expect(await of("688981.SH")).toMatchObject({ firstStored: "20240110", expected: 6, stored: 6 });
    expect(await of("000003.SZ")).toMatchObject({ lastStored: "20240109", expected: 6, stored: 6 });
    expect(await of("600519.SH", { from: "20240104", to: "20240108" })).toMatchObject({
      ...{ firstStored: firstDay, lastStored: lastDay, expected: 3, stored: 3, missingRanges: [] },
    });
  });

  test("is unknown of a code that is neither a member nor stored", async () => {
    expect(await of("999999.SH")).toBeUndefined();
    expect(await of("600519.SH")).toMatchObject({ firstStored: undefined, expected: 12, stored: 0 });
  });

  test("is known of a dataset that no code names", async () => {
    await world.sql("insert into index_bar (ts_code, trade_date) values ('III.XX', '2024-01-02')");
    const bars = planned.index_bars;
    expect(await of("III.XX", { from: firstDay, to: "20240104" }, bars)).toMatchObject({
      ...{ expected: 3, stored: 1, absent: { missing: 2, unexplained: 0, no_data: 0, evidence: 0 } },
      missingRanges: [{ interface: "x_index_bar", from: "20240103", to: "20240104", days: 2 }],
    });
    expect(await of("ZZZ.XX", range, bars)).toBeUndefined();
  });
});

describe("how far a dataset is whole", () => {
  const ask = async (job = "DAILY_HISTORY") => {
    await world.dispatch({ job, ...range });
    await world.sql("update sync_task set status = 'COMPLETED'");
  };
  const reach = (counting?: Counting) => readReach(database(), daily, world.clock.now(), counting);
  const none = nothingWhole;

  test("is not known before a task asked for it, or while no day is whole", async () => {
    await storeAll();
    expect(await reach()).toEqual(none);
    await world.sql("delete from stock_daily");
    await ask();
    expect(await reach()).toEqual(none);
  });

  test("is the newest whole day, and the day before the first gap", async () => {
    await storeAll();
    await ask();
    expect(await reach()).toEqual({ ...none, newestWhole: lastDay, completeThrough: lastDay });
    await remove("600519.SH", ["20240108"]);
    expect(await reach()).toEqual({ ...none, newestWhole: lastDay, completeThrough: "20240105" });
    await remove("600519.SH", [lastDay]);
    expect(await reach()).toEqual({ ...none, newestWhole: "20240116", completeThrough: "20240105" });
    await remove("600519.SH", [firstDay]);
    expect(await reach()).toEqual({ ...none, newestWhole: "20240116" });
  });

  test("is the same whether its days are kept as whole or counted from their rows", async () => {
    await storeAll();
    await ask(); // the planner keeps the whole days
    const kept = await reach();
    expect(await world.sql("select count(*)::integer as days from sync_day")).toEqual([
      { days: marketDays.length },
    ]);
    await world.sql("delete from sync_day");
    expect(await reach()).toEqual(kept);
    await world.sql("delete from sync_day where trade_date < '2024-01-10'");
    expect(await reach()).toEqual(kept);
  });

  test("is told as far as the days are counted, and each question of one who may keep them counts on", async () => {
    await storeAll();
    await ask();
    await world.sql("delete from sync_day");
    await world.sql(
      `insert into trade_cal (exchange, cal_date, is_open)
       select 'SSE', day, 1 from generate_series(date '2023-11-01', date '2023-12-31', interval '1 day') as day
       on conflict (exchange, cal_date) do update set is_open = 1`,
    );
    await world.sql(`update sync_task set config = '{"from":"20231101","to":"20240117"}'`);
    await world.sql("update stock_info set list_date = '20240102' where list_date < '20240102'");
    for (const _ of [1, 2])
      expect(await reach({ daysMax: 10 })).toEqual({
        ...none,
        newestWhole: lastDay,
        uncountedFrom: "20231121",
      });
    expect(await world.sql("select count(*)::integer as days from sync_day")).toEqual([{ days: 0 }]);
    const open = ["20231121", "20231211", "20231231"]; // twenty days in each question
    for (const uncountedFrom of open)
      expect(await reach({ daysMax: 10, keep: true })).toEqual({
        ...none,
        newestWhole: lastDay,
        uncountedFrom,
      });
    expect(await reach({ daysMax: 10, keep: true })).toEqual({
      ...none,
      newestWhole: lastDay,
      completeThrough: lastDay,
    });
    await remove("600519.SH", ["20240108"]);
    expect(await reach({ daysMax: 10, keep: true })).toEqual({
      ...none,
      newestWhole: lastDay,
      completeThrough: "20240105",
    });
  });

  test("needs no counting any more after the evening check, which keeps the whole days of all that was asked for", async () => {
    await storeAll();
    await ask();
    await world.sql("delete from sync_day");
    await remove("600519.SH", ["20240116"]);
    await world.dispatch({ check: "freshness" });
    const kept = await world.sql("select to_char(trade_date, 'YYYYMMDD') as day from sync_day order by 1");
    expect(kept.map(({ day }) => day)).toEqual(marketDays.filter((day) => day !== "20240116"));
    expect(await reach()).toEqual({ ...none, newestWhole: lastDay, completeThrough: "20240115" });
  });

  test("goes by the answers, where a day may have any number of rows", async () => {
    const events = datasets.suspend_d;
    const settle = (trade_date: string) =>
      world.settleUnit({ dataset: events.name, selector: { by: "date", trade_date } }, 0);
    for (const on of [...marketDays.slice(0, 3), ...marketDays.slice(4)]) await settle(on);
    await world.sql(
      `insert into sync_task (id, job_type, status, batch_size, config)
       values (gen_random_uuid(), 'SUSPEND_D_HISTORY', 'COMPLETED', 1, '{"from":"20240102","to":"20240117"}')`,
    );
    expect(await readReach(database(), events, world.clock.now())).toEqual({
      ...none,
      ...{ newestWhole: lastDay, completeThrough: marketDays[2] },
    });
  });
});

const aDay = (of: Partial<DayCoverage>): DayCoverage => ({
  ...{ day, stored: 0, expected: 100, explained: 0, unexplained: 0, missing: 100, whole: false, asked: true },
  ...of,
});

test.each([
  ["whole", { whole: true, stored: 99, explained: 1, missing: 0 }],
  ["whole", { whole: true, asked: false, expected: null, unexplained: null, missing: null }],
  ["whole_with_unexplained", { whole: true, stored: 99, unexplained: 1, missing: 0 }],
  ["partial", { stored: 99, missing: 1 }],
  ["partial", {}],
  ["partial", { asked: false, stored: 80 }],
  ["partial", { expected: null, stored: 5 }],
  ["not_asked", { asked: false, stored: 79 }],
  ["not_asked", { asked: false, expected: null, stored: 5 }],
  ["not_asked", { expected: 0, missing: 0 }],
  ["not_due", { day: "20240112" }],
  ["whole", { day: "20240112", whole: true, stored: 100, missing: 0 }],
] as const)("a day is %s with %o", (state, of) => {
  expect(stateOfDay(aDay(of), "20240111")).toBe(state);
});

test("a month is the sum of its days that are due, and has no figures that its days do not have", () => {
  const days = [
    aDay({ day: "20240130", stored: 98, explained: 1, unexplained: 1, missing: 0, whole: true }),
    aDay({ day: "20240131", stored: 90, missing: 10 }),
    aDay({ day: "20240201", stored: 100, missing: 0, whole: true }),
    aDay({ day: "20240202" }),
  ];
  expect(byMonth(days, "20240201")).toEqual([
    {
      month: "202401",
      days: 2,
      wholeDays: 1,
      stored: 188,
      expected: 200,
      explained: 1,
      unexplained: 1,
      missing: 10,
    },
    {
      month: "202402",
      days: 1,
      wholeDays: 1,
      stored: 100,
      expected: 100,
      explained: 0,
      unexplained: 0,
      missing: 0,
    },
  ]);
  const events = [aDay({ expected: null, explained: null, unexplained: null, missing: null, stored: 7 })];
  expect(byMonth(events, day)).toMatchObject([{ stored: 7, expected: null, missing: null }]);
});
