// One unit stores exactly the upstream's rows, once, and only from an answer that is proven complete.
// What happens when it fails is in sync-unit-failures.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ExactNumber } from "../shared/rows/rows.ts";
import { decodeUnit, encodeUnit } from "../shared/unit.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { asText, dailyTruth, firstDay, lastDay, marketDays, type Reply } from "./support/small-market.ts";
import { type Call, makeWorld, type World } from "./support/world.ts";

let world: World;
const day = "20240104";
const oneDay = { job: "DAILY_HISTORY", from: day, to: day };
const oneStock = { job: "DAILY_HISTORY", from: firstDay, to: lastDay, codes: ["600519.SH"] };

const truthOf = (code: string) => dailyTruth(world.state.market).filter(({ ts_code }) => ts_code === code);
const onlyUnit = async () => (await world.units())[0];
const onlyTask = async () => (await world.tasks())[0];
/** Changes the replies of one interface. */
const onReply = (name: string, change: (reply: Reply, call: Call) => Partial<Reply>) => {
  world.state.onCall = (call, reply) => (call.name === name ? { ...reply, ...change(reply, call) } : reply);
};
const cell = (reply: Reply, row: number, column: string, value: unknown): Partial<Reply> => ({
  items: reply.items.map((item, at) =>
    at === row ? item.map((old, place) => (reply.fields[place] === column ? value : old)) : item,
  ),
});

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(
    `a unit delivered twice, on ${engine}${missing ? ` (${missing})` : ""}`,
    () => {
      beforeAll(async () => {
        world = await makeWorld(openMigrated);
      });
      afterAll(() => world?.close());
      beforeEach(() => world.reset());

      test("one after the other is stored once and counted once, and the second calls nothing", async () => {
        await world.dispatch(oneDay);
        const receipt = world.work.receive();
        if (receipt === undefined) throw new Error("nothing was sent");
        await world.deliver(receipt);
        const before = await world.footprint();
        expect(await world.deliver(receipt)).toMatchObject({ outcome: "settled" });
        expect(world.calls).toHaveLength(4);
        expect(await world.footprint()).toEqual(before);
        expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1, total_failed: 0 });
      });

      test("at once, both at the moment of storing, is stored once and counted once", async () => {
        for (let round = 0; round < 5; round += 1) {
          await world.reset();
          await world.dispatch(oneDay);
          const receipt = world.work.receive();
          if (receipt === undefined) throw new Error("nothing was sent");
          meetAtCall(2 * 4);
          const outcomes = await Promise.all([world.deliver(receipt), world.deliver(receipt)]);
          expect(outcomes.map(({ outcome }) => outcome)).toEqual(["settled", "settled"]);
          expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market, [day]));
          expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 1 });
          expect(world.logged.filter(({ level }) => level === "error")).toEqual([]);
        }
      });

      test("in two tasks at once, by date and by stock over the same rows, ends with one set of them", async () => {
        await world.dispatch(oneDay);
        await world.sql("update sync_task set status = 'PAUSED'"); // so that a second task may be opened beside it
        await world.sql("update sync_task set job_type = 'DAILY_INCREMENTAL'");
        await world.dispatch({ ...oneStock, codes: ["600519.SH", "000001.SZ", "300750.SZ"] });
        await world.sql("update sync_task set status = 'RUNNING' where status = 'PAUSED'");
        const receipts = [1, 2, 3, 4].map(() => world.work.receive()).flatMap((receipt) => receipt ?? []);
        meetAtCall(4 * 4);
        await Promise.all(receipts.map((receipt) => world.deliver(receipt)));
        await world.runToEnd();
        expect((await world.units()).map(({ status }) => status)).toEqual(["done", "done", "done", "done"]);
        const codes = ["600519.SH", "000001.SZ", "300750.SZ"];
        const truth = dailyTruth(world.state.market).filter(
          ({ ts_code, trade_date }) => trade_date === day || codes.includes(String(ts_code)),
        );
        expect(await world.storedDaily()).toEqual(truth);
      });

      test("with all units of a task in flight at once, completes the task with the last unit", async () => {
        await world.dispatch({ ...oneDay, from: firstDay, to: lastDay });
        const receipts = marketDays.flatMap(() => world.work.receive() ?? []);
        meetAtCall(12 * 4);
        await Promise.all(receipts.map((receipt) => world.deliver(receipt)));
        expect(await onlyTask()).toMatchObject({ status: "COMPLETED", total_processed: 12, total_failed: 0 });
        expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market));
      });
    },
  );
}

describe("a unit", () => {
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.close());
  beforeEach(() => world.reset());

  const sync = async (command: object) => {
    await world.dispatch(command);
    await world.runToEnd();
  };

  describe("stores what the upstream has", () => {
    test("for a date, every value as text, whatever the order of rows and columns", async () => {
      await sync(oneDay);
      expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market, [day]));
      expect(await onlyUnit()).toMatchObject({ status: "done", rows: 12, attempts: 1 });
    });

    test("for a stock and its range", async () => {
      await sync(oneStock);
      expect(await world.storedDaily()).toEqual(truthOf("600519.SH"));
    });

    test("with nulls where the factor or the valuation has no row, and where a value is null", async () => {
      lose("daily_basic", "000002.SZ", "20240104");
      lose("adj_factor", "830799.BJ", "20240105");
      await sync({ ...oneDay, to: "20240105" });
      const stored = await world.storedDaily();
      const find = (code: string, on: string) =>
        stored.find(({ ts_code, trade_date }) => ts_code === code && trade_date === on);
      expect(find("000002.SZ", "20240104")).toMatchObject({
        pb: null,
        total_mv: null,
        adj_factor: expect.any(String),
      });
      expect(find("830799.BJ", "20240105")).toMatchObject({ adj_factor: null, pb: expect.any(String) });
      expect(find("000002.SZ", "20240105")).toMatchObject({ pe: null, pb: expect.any(String) });
    });

    test("with every digit of a number that no double can hold", async () => {
      const exact = "12345678901234567890.123456789012345678901234567890";
      onReply("daily", (reply) => cell(reply, 0, "amount", new ExactNumber(exact)));
      await sync(oneDay);
      expect((await world.storedDaily()).map(({ amount }) => amount)).toContain(exact);
    });

    test("of the stock list, with commas, quotes, back-slashes, colons, full-width text and SQL in it", async () => {
      await world.sql("truncate stock_info");
      await sync({ job: "REFERENCE" });
      const stored = await world.sql("select ts_code, name, market, is_hs from stock_info order by ts_code");
      const truth = world.state.market.stock_basic.map(asText);
      expect(stored).toEqual(
        truth.map(({ ts_code, name, market, is_hs }) => ({ ts_code, name, market, is_hs })),
      );
      expect(stored.map(({ name }) => name)).toContain("N'; drop table stock_info; --");
    });

    test("of the same key twice in one answer, the fuller of the two rows", async () => {
      onReply("daily", (reply) => {
        const [first = []] = reply.items;
        const poorer = first.map((value, at) => (reply.fields[at] === "vol" ? null : value));
        return { items: [poorer, ...reply.items, poorer] };
      });
      await sync(oneDay);
      expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market, [day]));
    });

    test("of an answer larger than one statement may be, all of it and its ledger entry at once", async () => {
      await world.sql("update stock_info set list_date = null"); // nothing is expected: these codes are in no list
      const digits = "1234567890".repeat(2);
      const rows = Array.from({ length: 6_000 }, (_, at) => ({
        ts_code: `${String(at).padStart(6, "0")}.SZ`,
        trade_date: day,
        close: at,
      }));
      world.state.market.daily = rows;
      world.state.market.adj_factor = [];
      world.state.market.daily_basic = rows.map(({ ts_code, trade_date }) => ({ ts_code, trade_date }));
      world.state.cap = 6_001; // proven complete by a second, empty page
      onReply("daily_basic", (reply) => ({
        items: reply.items.map((item) =>
          item.map((value, at) =>
            value === null && at > 0 ? new ExactNumber(`${digits}.${digits}`) : value,
          ),
        ),
      }));
      await sync({ ...oneDay, refresh: true });
      const [stored] = await world.sql(
        "select count(*) as rows, sum(close) as close, count(distinct circ_mv) as values, min(circ_mv) as circ_mv from stock_daily",
      );
      const exact = `${digits}.${digits}`;
      expect(stored).toEqual({
        rows: "6000",
        close: String((5_999 * 6_000) / 2),
        values: "1",
        circ_mv: exact,
      });
      expect(await onlyTask()).toMatchObject({ status: "COMPLETED" });
    });
  });

  describe("fetched again", () => {
    const again = { ...oneDay, refresh: true };

    test("rewrites no row that has not changed", async () => {
      await sync(oneDay);
      const before = await world.footprint();
      await sync(again);
      expect(await world.footprint()).toEqual(before);
      expect(world.counted.get("RowsChanged")).toBe(12);
    });

    test("rewrites only the row that has changed, with its new value", async () => {
      await sync(oneDay);
      const before = await world.footprint();
      const row = world.state.market.daily.find(
        (each) => each.trade_date === day && each.ts_code === "600519.SH",
      );
      if (row !== undefined) row.close = 1688.88;
      await sync(again);
      const after = await world.footprint();
      const changed = after
        .filter((each, at) => each.ctid !== before[at]?.ctid)
        .map(({ ts_code }) => ts_code);
      expect(changed).toEqual(["600519.SH"]);
      expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market, [day]));
    });

    test("never overwrites a value with a null, and fills in a null once there is a value", async () => {
      const truth = dailyTruth(world.state.market, [day]);
      const valued = world.state.market.daily_basic;
      world.state.market.daily_basic = [];
      await sync(oneDay);
      world.state.market.daily_basic = valued;
      await sync(again);
      expect(await world.storedDaily()).toEqual(truth);
      world.state.market.daily_basic = [];
      world.state.market.adj_factor = [];
      onReply("daily", (reply) => cell(reply, 3, "vol", null));
      await sync(again);
      expect(await world.storedDaily()).toEqual(truth);
    });
  });

  describe("is done only when its answer is proven complete", () => {
    test("a range cut at the cap is halved until nothing is cut; together the halves have every row", async () => {
      world.state.cap = 3;
      await sync(oneStock);
      expect(await world.storedDaily()).toEqual(truthOf("600519.SH"));
      const ranges = world.calls.filter(({ name }) => name === "daily").map(({ params }) => params);
      expect(ranges.length).toBeGreaterThan(4);
      expect(ranges.every(({ offset }) => offset === undefined)).toBe(true);
    });

    test.each([
      [5_999, 1],
      [6_000, 3],
      [6_500, 3],
    ])("a range of %i rows, silently cut at 6,000, takes %i calls", async (rows, calls) => {
      const to = await useLongStock(rows);
      onReply("daily", () => ({ hasMore: false }));
      await deliverRange("20000101", to);
      const [stored] = await world.sql(
        "select count(*) as rows, count(distinct trade_date) as days, sum(close) as close from stock_daily",
      );
      expect(stored).toEqual({
        rows: String(rows),
        days: String(rows),
        close: String((rows * (rows - 1)) / 2),
      });
      expect(world.calls.filter(({ name }) => name === "daily")).toHaveLength(calls);
    });

    test.each([6_000, 6_001, 12_500])(
      "a date of %i rows is paged to its end without trusting has_more",
      async (rows) => {
        world.state.market.daily = manyStocks(rows);
        world.state.onCall = (_call, reply) => ({ ...reply, hasMore: false });
        await sync(oneDay);
        const [stored] = await world.sql("select count(*) as rows, sum(close) as close from stock_daily");
        expect(stored).toEqual({ rows: String(rows), close: String((rows * (rows - 1)) / 2) });
      },
    );

    test.each<[string, (reply: Reply, call: Call) => Partial<Reply>]>([
      ["always true, every page the same", () => ({ hasMore: true })],
      [
        "always true, with empty pages",
        (_reply, { params }) => ({ hasMore: true, ...(params.offset && { items: [] }) }),
      ],
      ["true for a day on which nothing came", () => ({ hasMore: true, items: [] })],
    ])("a wrong has_more (%s) is never done, and the number of calls is limited", async (_what, change) => {
      onReply("daily", change);
      await world.dispatch(oneDay);
      expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
      expect(world.calls.length).toBeLessThan(20);
      expect((await onlyUnit())?.status).not.toBe("done");
      world.state.onCall = (_call, reply) => reply;
      await world.runToEnd();
      expect(await world.storedDaily()).toEqual(dailyTruth(world.state.market, [day]));
    });

    test("a has_more that is true for every range is never done, and the number of calls is limited", async () => {
      onReply("daily", () => ({ hasMore: true }));
      await world.dispatch(oneStock);
      expect(await world.deliverNext()).toMatchObject({ outcome: "redeliver" });
      expect(world.calls.length).toBeLessThan(20);
      expect(await world.storedDaily()).toEqual([]);
    });

    test.each<[string, (item: unknown[]) => boolean]>([
      ["skips a trading day", (item) => item.includes("20240110") && !item.includes("20240111")],
      ["holds nothing at all", () => true],
    ])("a calendar that %s is not done", async (_what, isLost) => {
      await world.sql("truncate trade_cal");
      onReply("trade_cal", ({ items }, { params }) =>
        params.start_date === "20200101" ? { items: items.filter((item) => !isLost(item)) } : {},
      );
      await world.dispatch({ job: "REFERENCE" });
      for (let unit = 0; unit < 12; unit += 1) await world.deliverNext(); // one of them twice
      const done = (await world.units()).filter(({ status }) => status === "done");
      expect(done.map(({ unit_key }) => unit_key)).not.toContain("trading_calendar/SSE/20200101-20251231");
    });

    test("an empty list of listed stocks is not done; empty lists of the others are, where none are stored", async () => {
      await world.sql("delete from stock_info where list_status = 'D'");
      onReply("stock_basic", () => ({ items: [] }));
      await world.dispatch({ job: "REFERENCE" });
      for (let unit = 0; unit < 13; unit += 1) await world.deliverNext(); // one of them twice
      const open = (await world.units()).filter(({ status }) => status !== "done");
      expect(open.map(({ unit_key }) => unit_key)).toEqual(["stock_list/L"]);
    });

    test("a listed stock without a row in its range is not done, and the failure names its days", async () => {
      world.state.market.daily = [];
      await sync(oneStock);
      expect(await onlyUnit()).toMatchObject({ status: "parked" });
      expect((await world.failures()).map(({ error_message }) => error_message)).toEqual([
        "600519.SH: 12 of 12 trading days without a row, and nothing says why: 20240102, 20240103, 20240104, 20240105, 20240108, …",
      ]);
    });
  });

  describe("is parked, naming the row, when a row is wrong", () => {
    test.each<[string, string, (reply: Reply) => Partial<Reply>, RegExp]>([
      [
        "a number that is a word",
        "daily",
        (reply) => cell(reply, 2, "close", "--"),
        /daily stock_daily\/20240104 row 3 \(.*\): close is "--", expected a JSON number/,
      ],
      [
        "a close that is missing",
        "daily",
        (reply) => cell(reply, 0, "close", null),
        /row 1 .*: close is missing/,
      ],
      [
        "an infinite factor",
        "adj_factor",
        (reply) => cell(reply, 0, "adj_factor", Number.POSITIVE_INFINITY),
        /adj_factor .* row 1/,
      ],
      [
        "a date that was not asked for",
        "daily",
        (reply) => cell(reply, 1, "trade_date", "20240105"),
        /row 2 \(.* "20240105"\): trade_date is not the requested 20240104/,
      ],
      [
        "a date that was not asked for, in a joined interface",
        "daily_basic",
        (reply) => cell(reply, 1, "trade_date", "20240103"),
        /daily_basic .*trade_date is not the requested 20240104/,
      ],
      [
        "a code in another form",
        "daily",
        (reply) => cell(reply, 0, "ts_code", "SH600519"),
        /ts_code is "SH600519", expected a code/,
      ],
      [
        "a row shorter than the header",
        "daily",
        ({ items }) => ({ items: items.map((item) => item.slice(1)) }),
        /values, expected/,
      ],
      [
        "a wanted column that is not there",
        "daily",
        ({ fields }) => ({ fields: fields.map((name) => name.replace("pct_chg", "pct_change")) }),
        /no column pct_chg, only .*pct_change/,
      ],
    ])("%s", async (_what, name, change, message) => {
      onReply(name, change);
      await sync(oneDay);
      expect(await world.storedDaily()).toEqual([]);
      expect(await world.failures()).toMatchObject([
        { kind: "permanent", error_message: expect.stringMatching(message), next_attempt_at: null },
      ]);
      expect(await onlyUnit()).toMatchObject({ status: "parked", attempts: 1 });
      expect(await onlyTask()).toMatchObject({ status: "FAILED", total_processed: 0, total_failed: 1 });
    });

    test("a row of another stock, of another day, or of a day without trading, in the range of one", async () => {
      for (const [column, value, message] of [
        ["ts_code", "000001.SZ", /ts_code is not the requested 600519\.SH/],
        ["trade_date", "20240118", /trade_date is outside 20240102 to 20240117/],
        ["trade_date", "20240106", /the calendar has no trading on that day/],
      ] as const) {
        await world.reset();
        onReply("daily", (reply) => cell(reply, 0, column, value));
        await sync(oneStock);
        expect((await world.failures()).map(({ error_message }) => error_message)).toEqual([
          expect.stringMatching(message),
        ]);
      }
    });

    test("rows for a date that the calendar now has as closed", async () => {
      await world.dispatch(oneDay);
      await world.sql("update trade_cal set is_open = 0 where cal_date = '2024-01-04'");
      await world.runToEnd();
      expect((await world.failures())[0]?.error_message).toMatch(/the calendar has no trading on that day/);
    });

    test("text that no database can hold", async () => {
      onReply("stock_basic", (reply) => cell(reply, 0, "name", "a\u0000b"));
      await sync({ job: "REFERENCE" });
      expect((await world.failures())[0]?.error_message).toMatch(/name is .*expected text without control/);
    });
  });
});

/** The upstream has no such row. */
function lose(name: "daily" | "adj_factor" | "daily_basic", code: string, on: string): void {
  const { market } = world.state;
  market[name] = market[name].filter((row) => row.ts_code !== code || row.trade_date !== on);
}

/** Holds every call to the upstream until so many have come. */
function meetAtCall(count: number): void {
  const all = Promise.withResolvers<void>();
  world.state.onCall = async (_call, reply) => {
    if (world.calls.length >= count) all.resolve();
    await all.promise;
    return reply;
  };
}

/** One stock that trades on so many days from 2000 on, and a calendar that is open on all of them. Gives the last. */
async function useLongStock(days: number): Promise<string> {
  const dayAt = (at: number) =>
    new Date(Date.UTC(2000, 0, 1 + at)).toISOString().slice(0, 10).replaceAll("-", "");
  await world.sql("truncate trade_cal");
  await world.sql(
    `insert into trade_cal (exchange, cal_date, is_open, pretrade_date)
     select 'SSE', date '2000-01-01' + at, 1, date '2000-01-01' + at - 1 from generate_series(0, 9000) as at`,
  );
  const { market } = world.state;
  market.daily = Array.from({ length: days }, (_, at) => ({
    ts_code: "600519.SH",
    trade_date: dayAt(at),
    close: at,
  }));
  market.adj_factor = [];
  market.daily_basic = [];
  return dayAt(days - 1);
}

/** A unit of one stock whose range is wider than the planner would make it. */
async function deliverRange(from: string, to: string): Promise<void> {
  await world.dispatch(oneStock);
  const unit = decodeUnit(world.work.bodies()[0] ?? "");
  world.work.clear();
  world.work.put(encodeUnit({ ...unit, selector: { by: "code", ts_code: "600519.SH", from, to } }));
  await world.deliverNext();
}

function manyStocks(count: number) {
  return Array.from({ length: count }, (_, at) => ({
    ts_code: `${String(at).padStart(6, "0")}.SZ`,
    trade_date: day,
    close: at,
  }));
}
