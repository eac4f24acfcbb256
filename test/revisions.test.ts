// Values that TuShare changes after they were stored: overwritten, recorded, and refused when they are too many.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask } from "./support/ask-api.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { lastDay, marketDays, type Row } from "./support/small-market.ts";
import { honest, makeWorld, type World } from "./support/world.ts";

let world: World;
const day = "20240104";
const code = "600519.SH";
const again = { job: "DAILY_HISTORY", from: day, to: day, refresh: true };
const oneStock = { job: "DAILY_HISTORY", from: "20240102", to: lastDay, codes: [code], refresh: true };

type Revision = Record<
  "day" | "ts_code" | "column_name" | "old_value" | "new_value" | "class",
  string | null
> & {
  believed: boolean;
};

const revisions = () =>
  world.sql<Revision>(
    `select to_char(day, 'YYYYMMDD') as day, ts_code, column_name, old_value, new_value, class,
       believed_at is not null as believed
     from data_revision order by ts_code, day, column_name, id`,
  );
const sync = async (command: object) => {
  await world.dispatch(command);
  await world.runToEnd();
};
const upstream = (table: "daily" | "adj_factor" | "daily_basic", on = day, ts_code = code): Row => {
  const row = world.state.market[table].find((one) => one.trade_date === on && one.ts_code === ts_code);
  if (row === undefined) throw new Error("the market has no such row");
  return row;
};
const stored = async (column: string, ts_code = code, on = day) =>
  (await world.storedDaily()).find((row) => row.ts_code === ts_code && row.trade_date === on)?.[column];

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    beforeAll(async () => {
      world = await makeWorld(openMigrated);
    });
    afterAll(() => world?.close());
    beforeEach(() => world.reset());

    test("a restated close is overwritten, and recorded with its old value, its new one and the task", async () => {
      await sync(again);
      expect(await revisions()).toEqual([]);
      const old = upstream("daily").close;
      upstream("daily").close = 99.5;
      await sync(again);
      expect(await stored("close")).toBe("99.5");
      expect(await revisions()).toEqual([
        {
          day,
          ts_code: code,
          column_name: "close",
          old_value: String(old),
          new_value: "99.5",
          class: "changed",
          believed: false,
        },
      ]);
      const [{ key, dataset, task_id } = {}] = await world.sql(
        "select key, dataset, task_id from data_revision",
      );
      expect(key).toEqual({ ts_code: code, trade_date: "2024-01-04" });
      expect(dataset).toBe("stock_daily");
      expect(task_id).toBe((await world.tasks()).at(-1)?.id);
    });

    test("a row that somebody else stores while the answer of an empty day is fetched is compared as any other", async () => {
      world.state.onCall = async (call, reply) => {
        await world.sql(
          `insert into stock_daily (ts_code, trade_date, close) values ('${code}', '${day}', 1) on conflict do nothing`,
        );
        return honest(call, reply);
      };
      await sync(again);
      expect(await stored("close")).toBe(String(upstream("daily").close));
      expect(
        (await world.storedDaily()).filter(({ trade_date }) => trade_date === day).length,
      ).toBeGreaterThan(1);
      expect(await revisions()).toMatchObject([{ column_name: "close", old_value: "1", class: "changed" }]);
    });

    test("an answer without a change writes neither rows nor revisions", async () => {
      await sync(again);
      const before = await world.footprint();
      await sync(again);
      expect(await world.footprint()).toEqual(before);
      expect(await revisions()).toEqual([]);
    });

    test("a number with other digits but the same value is no revision", async () => {
      await sync(again);
      await world.sql("update stock_daily set close = close * 1.000, vol = vol + 1 where ts_code = $1", [
        code,
      ]);
      await sync(again);
      expect((await revisions()).map(({ column_name }) => column_name)).toEqual(["vol"]);
    });

    test("a value that arrives late is no revision, and a missing row of a joined interface empties nothing", async () => {
      await sync(again);
      await world.sql("update stock_daily set pb = null where ts_code = $1", [code]);
      await sync(again);
      expect(await stored("pb")).not.toBeNull();
      world.state.market.daily_basic = world.state.market.daily_basic.filter((row) => row.ts_code !== code);
      for (const on of ["20240118", "20240119", "20240122"]) {
        world.setTime(on, 18);
        await sync(again);
      }
      expect(await stored("pb")).not.toBeNull();
      expect(await revisions()).toEqual([]);
    });

    test("an emptied value is kept until it is seen empty on a second day", async () => {
      await sync(again);
      const old = await stored("pb");
      upstream("daily_basic").pb = null;
      await sync(again);
      await sync(again); // the same day: not a second sighting
      const pending = {
        day,
        ts_code: code,
        column_name: "pb",
        old_value: old,
        new_value: null,
        class: "emptied",
      };
      expect(await stored("pb")).toBe(old);
      expect(await revisions()).toEqual([{ ...pending, believed: false }]);
      world.setTime("20240118", 18);
      await sync(again);
      expect(await stored("pb")).toBeNull();
      expect(await revisions()).toEqual([{ ...pending, believed: true }]);
    });

    test("an emptied value that comes back is forgotten, and counts as seen once when it is empty again", async () => {
      await sync(again);
      const pb = upstream("daily_basic").pb ?? null;
      for (const [on, value] of [
        ["20240117", null],
        ["20240118", pb],
        ["20240119", null],
      ] as const) {
        world.setTime(on, 18);
        upstream("daily_basic").pb = value;
        await sync(again);
        expect(await revisions()).toHaveLength(value === null ? 1 : 0);
      }
      expect(await stored("pb")).toBe(String(pb));
    });

    test("a factor scaled over a stock's whole history is a corporate action", async () => {
      await sync(oneStock);
      for (const on of marketDays)
        upstream("adj_factor", on).adj_factor = 2 * Number(upstream("adj_factor", on).adj_factor);
      await sync(oneStock);
      const classes = (await revisions()).map((row) => `${row.column_name} ${row.class}`);
      expect(new Set(classes)).toEqual(new Set(["adj_factor corporate_action"]));
      expect(classes).toHaveLength(marketDays.length);
    });

    test("a factor changed in its last digit is rounding, and changed on one day amid others a restatement", async () => {
      await sync({ ...again, from: "20240102", to: lastDay });
      await world.sql("update stock_daily set stored_at = '2024-01-17'");
      world.setTime("20240118", 18);
      upstream("adj_factor").adj_factor = Number(upstream("adj_factor").adj_factor) + 0.0001;
      upstream("adj_factor", day, "000001.SZ").adj_factor = 7.77;
      await sync(again);
      expect((await revisions()).map((row) => [row.ts_code, row.class])).toEqual([
        ["000001.SZ", "restatement"],
        [code, "last_digit"],
      ]);
    });

    test("days that are fetched one by one are classed together", async () => {
      await sync({ ...again, from: "20240102", to: lastDay });
      world.setTime("20240118", 18);
      for (const on of ["20240116", "20240117"])
        upstream("adj_factor", on).adj_factor = 1.5 * Number(upstream("adj_factor", on).adj_factor);
      await sync({ ...again, from: "20240116", to: lastDay });
      expect((await revisions()).map((row) => [row.day, row.class])).toEqual([
        ["20240116", "corporate_action"],
        ["20240117", "corporate_action"],
      ]);
    });

    test("are read page by page, those seen last first, by code, day and dataset", async () => {
      await sync({ ...again, to: "20240105" });
      for (const [on, close] of [
        ["20240104", 91],
        ["20240105", 92],
      ] as const)
        upstream("daily", on).close = close;
      upstream("daily", "20240105", "000001.SZ").close = 93;
      await sync({ ...again, to: "20240105" });
      const services = {
        ...world.services,
        dispatcher: { start: () => Promise.reject(new Error("started")) },
      };
      const read = async (query: string) => (await ask(services, `GET /api/revisions?${query}`)).body;
      const valuesOf = async (query: string) =>
        (await read(query)).revisions.map((row: { new_value: string }) => row.new_value).sort();
      expect(await valuesOf(`code=${code}`)).toEqual(["91", "92"]);
      expect(await valuesOf("from=20240105")).toEqual(["92", "93"]);
      expect(await valuesOf("to=20240104")).toEqual(["91"]);
      expect(await valuesOf("dataset=etf_daily")).toEqual([]);
      expect(await valuesOf("since=20240117")).toEqual(["91", "92", "93"]);
      expect(await valuesOf("since=20240118")).toEqual([]);
      const first = await read("limit=2");
      const rest = await read(`limit=2&cursor=${first.next_cursor}`);
      expect([...first.revisions, ...rest.revisions].map(({ id }) => id)).toHaveLength(3);
      expect(new Set([...first.revisions, ...rest.revisions].map(({ id }) => id)).size).toBe(3);
      expect(rest.next_cursor).toBeNull();
    });

    describe("of too many changes at once", () => {
      const codes = Array.from({ length: 40 }, (_, at) => `${601_000 + at}.SH`);

      /** Forty more stocks of that day. */
      beforeEach(async () => {
        for (const ts_code of codes) {
          for (const table of ["daily", "adj_factor", "daily_basic"] as const) {
            world.state.market[table].push({ ...upstream(table), ts_code });
          }
        }
        await sync(again);
        for (const ts_code of codes) upstream("daily", day, ts_code).vol = 7;
      });

      test("none is stored, and the failure names the column, the share and two examples", async () => {
        const before = await world.footprint();
        await sync(again);
        expect(await world.footprint()).toEqual(before);
        expect(await revisions()).toEqual([]);
        const [failure] = await world.failures();
        expect(failure).toMatchObject({ kind: "permanent", next_attempt_at: null });
        expect(failure?.error_message).toMatch(
          /^stock_daily\/20240104: vol differs in 40 of 52 stored rows, more than 50 % .*such as 601000\.SH 2024-01-04 \S+ -> 7 and 601039\.SH/,
        );
      });

      test("all are stored when a person accepts them, and the failure is resolved", async () => {
        await sync(again);
        await sync({ ...again, acceptChanges: true });
        expect(await revisions()).toHaveLength(40);
        expect(await stored("vol", codes[0])).toBe("7");
        expect((await world.failures()).map(({ resolved_at }) => resolved_at)).toEqual([expect.any(Date)]);
      });

      test("a column that is empty at once counts too", async () => {
        for (const ts_code of codes) upstream("daily", day, ts_code).vol = null;
        await sync(again);
        expect((await world.failures())[0]?.error_message).toContain("vol differs in 40 of 52 stored rows");
        expect(await stored("vol", codes[0])).not.toBeNull();
      });
    });
  });
}
