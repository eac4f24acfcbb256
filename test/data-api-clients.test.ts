// Libraries written by others for the real service, unchanged, against the local Data API.
// data-api-client itself is only published for the retired AWS SDK 2; the TypeORM driver carries its successor.

import { eq, inArray, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/aws-data-api/pg";
import {
  boolean,
  date,
  integer,
  jsonb,
  numeric,
  pgTable,
  serial,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { pg as connectTypeorm } from "typeorm-aurora-data-api-driver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Caller,
  type Engine,
  engineKinds,
  resourceArn,
  secretArn,
  startCaller,
} from "./support/data-api.ts";

const quotes = pgTable("quotes", {
  id: serial("id").primaryKey(),
  code: text("code").notNull().unique(),
  tradeDate: date("trade_date"),
  price: numeric("price", { precision: 20, scale: 4 }),
  volume: integer("volume"),
  isEtf: boolean("is_etf").default(false),
  raw: jsonb("raw"),
  tags: text("tags").array(),
  seenAt: timestamp("seen_at", { withTimezone: true }),
  key: uuid("key"),
});

for (const { engine, missing, start } of await engineKinds()) {
  describe.skipIf(missing)(`on ${engine}${missing ? ` (skipped: ${missing})` : ""}`, () => {
    let running: Engine;
    let api: Caller;

    beforeAll(async () => {
      running = await start();
      api = await startCaller({ databaseUrl: running.databaseUrl });
      await api.execute(`create table quotes (id serial primary key, code text not null unique, trade_date date,
        price numeric(20, 4), volume int, is_etf boolean default false, raw jsonb, tags text[],
        seen_at timestamptz, key uuid)`);
    });
    afterAll(async () => {
      await api?.stop();
      await running?.stop();
    });

    describe("drizzle-orm", () => {
      const connect = () => drizzle({ client: api.client, resourceArn, secretArn, database: "tushare" });
      const quote = {
        code: "600519.SH",
        tradeDate: "2024-01-02",
        price: "1685.0100",
        volume: 32156,
        isEtf: false,
        raw: { industry: "白酒", lots: [1, 2] },
        seenAt: new Date("2024-01-02T07:00:00.123Z"),
        key: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
      };

      test("reads back every kind of column it wrote", async () => {
        const db = connect();
        const [inserted] = await db.insert(quotes).values(quote).returning();
        expect(inserted).toMatchObject({ ...quote, tags: null });
        expect(await db.select().from(quotes).where(eq(quotes.code, quote.code))).toEqual([inserted]);
      });

      test("updates on conflict, and reads arrays", async () => {
        const db = connect();
        await db
          .insert(quotes)
          .values([
            { code: quote.code, price: "1700" },
            { code: "510300.SH", isEtf: true },
          ])
          .onConflictDoUpdate({ target: quotes.code, set: { price: sql`excluded.price` } });
        await db.execute(sql`update quotes set tags = string_to_array(${"a,b"}, ',') where is_etf`);
        const rows = await db
          .select({ code: quotes.code, price: quotes.price, tags: quotes.tags })
          .from(quotes)
          .where(inArray(quotes.code, [quote.code, "510300.SH"]))
          .orderBy(quotes.code);
        expect(rows).toEqual([
          { code: "510300.SH", price: null, tags: ["a", "b"] },
          { code: quote.code, price: "1700.0000", tags: null },
        ]);
      });

      test("rolls a failed transaction back and keeps a finished one", async () => {
        const db = connect();
        const failing = db.transaction(async (tx) => {
          await tx.insert(quotes).values({ code: "lost" });
          throw new Error("changed my mind");
        });
        await expect(failing).rejects.toThrow("changed my mind");
        await db.transaction(async (tx) => void (await tx.insert(quotes).values({ code: "kept" })));
        const rows = await db
          .select({ code: quotes.code })
          .from(quotes)
          .where(inArray(quotes.code, ["lost", "kept"]));
        expect(rows).toEqual([{ code: "kept" }]);
      });
    });

    describe("the TypeORM driver", () => {
      const connect = () =>
        connectTypeorm("us-east-1", secretArn, resourceArn, "tushare", undefined, {
          endpoint: api.api.url,
          credentials: { accessKeyId: "any", secretAccessKey: "any" },
        });

      test("writes and reads rows by name", async () => {
        const driver = connect();
        const insert =
          "insert into quotes (code, volume, price) values ($1, $2, $3::numeric) returning id, code";
        const [row] = await driver.query(insert, ["000001.SZ", 7, "9.21"]);
        expect(row).toMatchObject({ code: "000001.SZ" });
        // The driver's arrays have a member that is the array itself, which no comparison survives.
        const [...found] = await driver.query("select volume, price, trade_date from quotes where id = $1", [
          row.id,
        ]);
        expect(found).toEqual([{ volume: 7, price: "9.2100", trade_date: null }]);
      });

      test("carries a transaction, and reports the service's errors", async () => {
        const driver = connect();
        await driver.startTransaction();
        await driver.query("insert into quotes (code) values ($1)", ["typeorm"]);
        await expect(driver.query("insert into quotes (code) values ($1)", ["typeorm"])).rejects.toThrow(
          /duplicate key value violates unique constraint.*SQLState: 23505/s,
        );
        await driver.rollbackTransaction();
        expect(await driver.query("select 1 from quotes where code = $1", ["typeorm"])).toHaveLength(0);
      });
    });
  });
}
