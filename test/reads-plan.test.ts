// The reads of the API reach the indexes of stock_daily: no question about a code or a day walks the whole table.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database, SqlRow } from "../shared/ports.ts";
import { dailyOfCode, dailyOfDay, newestTradeDate } from "../shared/reads/daily.ts";
import { isKnownCode, readInstrument } from "../shared/reads/instruments.ts";
import type { TestDatabase } from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";

const codes = 60;
const days = 600;
const some = { from: "20240101", to: "20241231" };

const reads: [string, (database: Database) => Promise<unknown>][] = [
  ["a code's prices", (database) => dailyOfCode(database, "000007.SZ", {}, { adjust: "none" }, 500)],
  [
    "a code's prices in a range",
    (database) => dailyOfCode(database, "000007.SZ", some, { adjust: "none" }, 500),
  ],
  ["a code's hfq prices", (database) => dailyOfCode(database, "000007.SZ", some, { adjust: "hfq" }, 500)],
  ["a code's qfq prices", (database) => dailyOfCode(database, "000007.SZ", some, { adjust: "qfq" }, 500)],
  [
    "a code's qfq prices on a base day",
    (database) => dailyOfCode(database, "000007.SZ", some, { adjust: "qfq", base: "20240601" }, 500),
  ],
  ["a day's prices", (database) => dailyOfDay(database, "20240105", undefined, { limit: 500 })],
  ["a page of a day's ETFs", (database) => dailyOfDay(database, "20240105", "Y", { after: "0", limit: 5 })],
  ["the newest day", (database) => newestTradeDate(database)],
  ["an instrument with its newest day", (database) => readInstrument(database, "000007.SZ")],
  ["whether a code is known", (database) => isKnownCode(database, "999999.SZ")],
];

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await openMigrated();
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query(
        `insert into stock_daily (ts_code, trade_date, close, adj_factor)
         select lpad(code::text, 6, '0') || '.SZ', date '2024-01-01' + day, 10, 1
         from generate_series(1, ${codes}) as code cross join generate_series(0, ${days - 1}) as day`,
      );
      await client.query("analyze stock_daily");
      await client.end();
    });
    afterAll(() => database?.close());

    test.each(reads)("%s", async (_, read) => {
      const plans: string[] = [];
      const explaining: Database = {
        ...database,
        async run(sql, parameters) {
          const lines = await database.run(`explain ${sql}`, parameters);
          plans.push(lines.map((line) => String(line["QUERY PLAN"])).join("\n"));
          return [] as SqlRow[];
        },
      };
      await read(explaining);
      expect(plans).toHaveLength(1);
      expect(plans[0]).toContain("stock_daily");
      expect(plans[0]).not.toMatch(/Seq Scan on stock_daily/);
    });

    test("and a question that needs the whole table does walk it", async () => {
      const lines = await database.run("explain select sum(close) from stock_daily");
      expect(JSON.stringify(lines)).toContain("Seq Scan on stock_daily");
    });
  });
}
