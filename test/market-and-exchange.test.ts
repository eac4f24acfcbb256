// market and exchange have one meaning each: a database of the previous version is migrated completely, also while a
// worker of that version still writes, and the exchange has an index.
import { readFileSync } from "node:fs";
import pg from "pg";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import { migrate, statementsOf } from "../shared/ledger/migrate.ts";
import type { Database, SqlRow } from "../shared/ports.ts";
import { countEtfsByExchange, findInstruments } from "../shared/reads/instruments.ts";
import { writesOf } from "../shared/rows/write.ts";
import { migrationFiles, silentLog } from "./support/database.ts";
import { databaseKinds, emptySchema, opened } from "./support/postgres-database.ts";
import { makeWorld } from "./support/world.ts";

const splitting = "_split_market_and_exchange";
const files = migrationFiles().sort((a, b) => (a.name < b.name ? -1 : 1));
const before = files.slice(
  0,
  files.findIndex(({ name }) => name.includes(splitting)),
);

/** As the previous version stored them: an ETF's market was its exchange, a stock's exchange was what TuShare sent. */
const storedBefore = `insert into stock_info (ts_code, name, is_etf, market, exchange, list_status)
values ('000001.SZ', '平安银行', 'N', '主板', 'SZSE', 'L'), ('600519.SH', '贵州茅台', 'N', '主板', null, 'L'),
  ('689009.SH', '九号公司', 'N', 'CDR', 'SSE', 'L'), ('920002.BJ', '万达轴承', 'N', '北交所', null, 'L'),
  ('T00018.SH', '上港集箱', 'N', null, '', 'D'), ('430001.OC', '三板', 'N', null, 'NEEQ', 'D'),
  ('510300.SH', '沪深300ETF', 'Y', 'SH', 'SSE', 'L'), ('159915.SZ', '创业板ETF', 'Y', 'SZ', null, 'L')`;

const split = [
  { ts_code: "000001.SZ", market: "主板", exchange: "SZSE" },
  { ts_code: "159915.SZ", market: "E", exchange: "SZSE" },
  { ts_code: "430001.OC", market: null, exchange: null },
  { ts_code: "510300.SH", market: "E", exchange: "SSE" },
  { ts_code: "600519.SH", market: "主板", exchange: "SSE" },
  { ts_code: "689009.SH", market: "CDR", exchange: "SSE" },
  { ts_code: "920002.BJ", market: "北交所", exchange: "BSE" },
  { ts_code: "T00018.SH", market: null, exchange: "SSE" },
];

for (const { engine, missing, openEmpty } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    const on = opened(openEmpty);
    async function fillBefore(): Promise<void> {
      await emptySchema(on.client);
      await migrate(on.database, before, silentLog);
      await on.client.query(storedBefore);
    }
    const upgrade = (to = files) => migrate(on.database, to, silentLog);
    const stored = async () =>
      (await on.client.query("select ts_code, market, exchange from stock_info order by ts_code")).rows;

    describe("after an upgrade to the newest version", () => {
      beforeAll(async () => {
        await fillBefore();
        await upgrade();
      });

      test("an upgrade gives every stored row its exchange, and ETFs TuShare's market", async () => {
        expect(await stored()).toEqual(split);
      });

      test("a worker of the previous version may still write; the new version's next list run corrects its rows", async () => {
        await on.client.query(
          `insert into stock_info (ts_code, name, is_etf, market, exchange) values ('510300.SH', '300ETF', 'Y', 'SH', 'SSE')
           on conflict (ts_code) do update set market = coalesce(excluded.market, stock_info.market)`,
        );
        const columns = { ts_code: ["510300.SH"], name: ["沪深300ETF"], exchange: ["SSE"] };
        const selector = { by: "exchange", exchange: "SH", list_status: "L" } as const;
        const reviser = { taskId: "00000000-0000-4000-8000-000000000001", shareMax: 50 };
        const { sql, parameters } = writesOf(datasets.etf_list, selector, { columns, size: 1 }, reviser).last;
        await on.database.run(`with ${sql} select changed from written`, parameters);
        expect(await stored()).toEqual(split);
      });

      test("the ETFs of an exchange are found through the index", async () => {
        await on.client.query(
          `insert into stock_info (ts_code, name, is_etf, exchange, list_status)
           select lpad(at::text, 6, '0') || '.SZ', 'stock', 'N', 'SZSE', 'L' from generate_series(10000, 15000) as at
           union all
           select at || '.SH', 'ETF', 'Y', 'SSE', 'L' from generate_series(512000, 513000) as at`,
        );
        await on.client.query("analyze stock_info");
        const plans: string[] = [];
        const explaining: Database = {
          ...on.database,
          async run(sql, parameters) {
            const lines = await on.database.run(`explain ${sql}`, parameters);
            plans.push(lines.map((line) => String(line["QUERY PLAN"])).join("\n"));
            return [] as SqlRow[];
          },
        };
        await findInstruments(
          explaining,
          { is_etf: "Y", exchange: "SSE" },
          { after: "512500.SH", limit: 50 },
        );
        await countEtfsByExchange(explaining);
        expect(plans[0]).toContain("stock_info_by_is_etf_exchange");
        expect(plans).toEqual([
          expect.not.stringContaining("Seq Scan"),
          expect.not.stringContaining("Seq Scan"),
        ]);
      });
    });

    describe("the migration itself", () => {
      const splitOnly = files.slice(0, before.length + 1);
      beforeEach(fillBefore);

      test("the down migration gives ETFs their old market back, and the upgrade can be repeated", async () => {
        await upgrade(splitOnly);
        const name = splitOnly.at(-1)?.name ?? "";
        const down = new URL(`../migrations/${name.replace(".sql", ".down.sql")}`, import.meta.url);
        for (const statement of statementsOf(readFileSync(down, "utf8"))) await on.client.query(statement);
        await on.client.query("delete from schema_migration where name = $1", [name]);
        const etfs = (await stored()).filter(({ ts_code }) => /^(510300|159915)/.test(ts_code));
        expect(etfs.map(({ market }) => market)).toEqual(["SZ", "SH"]);
        await upgrade(splitOnly);
        expect(await stored()).toEqual(split);
      });

      // PGlite has one session: transactions run one after the other, so none waits for another.
      test.skipIf(engine === "PGlite")(
        "an upgrade waits for a worker that is writing, and there is no deadlock",
        async () => {
          await on.client.query("begin");
          await on.client.query("update stock_info set name = 'first' where ts_code = '600519.SH'");
          const upgraded = upgrade(splitOnly);
          const watcher = new pg.Client({ connectionString: on.database.url });
          await watcher.connect();
          const waiting =
            "select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and query like '%drop index%'";
          await expect
            .poll(async () => (await watcher.query(waiting)).rows[0].waiting, { timeout: 30_000 })
            .toBe(1);
          await watcher.end();
          await on.client.query("update stock_info set name = 'second' where ts_code = '000001.SZ'");
          await on.client.query("commit");
          await upgraded;
          expect(await stored()).toEqual(split);
        },
      );
    });
  });
}

test("every stored list has the exchange given by its codes, whatever TuShare's column says", async () => {
  const world = await makeWorld();
  try {
    await world.reset();
    await world.sql("truncate stock_info");
    for (const row of world.state.market.stock_basic) row.exchange = null;
    for (const job of ["REFERENCE", "ETF_LIST"]) await world.dispatch({ job });
    await world.runToEnd();
    const wrong = `select ts_code, is_etf, market, exchange from stock_info
      where exchange is distinct from case right(ts_code, 2) when 'SH' then 'SSE' when 'SZ' then 'SZSE' else 'BSE' end
        or (is_etf = 'Y' and market is distinct from 'E')`;
    expect(await world.sql(wrong)).toEqual([]);
    const [counted] = await world.sql("select count(distinct exchange) as exchanges from stock_info");
    expect(counted).toEqual({ exchanges: "3" });
  } finally {
    await world.close();
  }
});
