// What the checks of stored rows find: nothing in a consistent market, next to nothing in TuShare's own answers, and each
// broken row by name.
import { globSync } from "node:fs";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveUpstream } from "../local/tushare/protocol.ts";
import { checksDifference } from "../schema/checks.ts";
import { inOrder, readDatasetFiles } from "../schema/dataset-files.ts";
import { migrationOf } from "../schema/migration.ts";
import { readCatalog } from "../schema/read-schema.ts";
import type { DatasetFile } from "../schema/tables.ts";
import { type DataCheck, dataChecks, priceRange } from "../shared/catalogue/checks.ts";
import { type InterfaceSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { readChecks } from "../shared/coverage/data-checks.ts";
import { statementsOf } from "../shared/ledger/migrate.ts";
import { capturedFolder, capturedRows, furtherFilesOf, hasCaptured } from "./support/captured.ts";
import type { TestDatabase } from "./support/database.ts";
import { inventedFile } from "./support/invented-dataset.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import type { Row } from "./support/small-market.ts";

const { stock_daily, etf_daily, index_daily, stock_list, suspend_d, trading_calendar } = datasets;
const files = inOrder(await readDatasetFiles());

/** A week of a share, as consistent as the exchange makes it, with a dividend on the Thursday. */
const bars = [
  ["20240102", 10, 10.2, 9.9, 10.1, 10, 1],
  ["20240103", 10.1, 10.4, 10, 10.3, 10.1, 1],
  ["20240104", 9.7, 9.9, 9.6, 9.8, 9.79, 1.0521],
  ["20240105", 9.8, 10.1, 9.7, 10, 9.8, 1.0521],
] as const;
/** A share of each board, a fund and an index, and the codes of all. */
const shares = ["600001.SH", "300001.SZ", "688001.SH", "830001.BJ", "920001.BJ"];
const [share = "", chinext = "", , beijing = ""] = shares;
const fund = "510300.SH";
const index = "000300.SH";

const kinds = await databaseKinds();
/** Whole markets are checked on one engine, the fastest here. */
const fastest = kinds.findLast(({ missing }) => missing === undefined)?.engine;

for (const { engine, missing, openMigrated } of kinds) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let database: TestDatabase;
    let client: pg.Client;
    beforeAll(async () => {
      database = await openMigrated();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
    });
    afterAll(async () => {
      await client?.end();
      await database?.close();
    });

    /** Stores rows under the columns' names. */
    async function store(table: string, rows: readonly Row[]): Promise<void> {
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].join(", ");
      for (let at = 0; at < rows.length; at += 5_000) {
        await client.query(
          `insert into ${table} (${columns})
           select ${columns} from jsonb_populate_recordset(cast(null as ${table}), cast($1 as jsonb))
           on conflict do nothing`,
          [JSON.stringify(rows.slice(at, at + 5_000))],
        );
      }
    }

    async function found(from = "1990-01-01", to = "2030-12-31"): Promise<string[]> {
      const { rows } = await client.query(
        `select concat_ws(' ', check_name, dataset, ts_code, to_char(trade_date, 'YYYYMMDD'), found, expected) as line
         from data_check($1, $2)
         order by 1`,
        [from, to],
      );
      return rows.map(({ line }) => line);
    }

    describe("a week of one share of each board, a fund and an index", () => {
      beforeAll(async () => {
        const prices = (code: string, day: (typeof bars)[number]) => {
          const [trade_date, open, high, low, close, pre_close] = day;
          return {
            ts_code: code,
            trade_date,
            open,
            high,
            low,
            close,
            pre_close,
            vol: 5_000,
            amount: 500 * close,
          };
        };
        const factor = ([, , , , , , adj_factor]: (typeof bars)[number]) => ({ adj_factor });
        const valued = { float_share: 4_000, turnover_rate: 1.25 };
        await store(
          stock_daily.table,
          shares.flatMap((code) => bars.map((day) => ({ ...prices(code, day), ...factor(day), ...valued }))),
        );
        await store(
          etf_daily.table,
          bars.map((day) => ({ ...prices(fund, day), ...factor(day) })),
        );
        const points = bars.filter(([day]) => day !== "20240104");
        await store(
          index_daily.table,
          points.map((day) => prices(index, day)),
        );
        await store(trading_calendar.table, calendarOf(["20231229", ...bars.map(([day]) => day)]));
        await store(
          stock_list.table,
          shares.map((code) => ({
            ...{
              ts_code: code,
              name: code,
              exchange: "SSE",
              is_etf: "N",
              list_status: "L",
              list_date: "20200102",
            },
          })),
        );
      });
      afterAll(async () => {
        const tables = [stock_daily, index_daily, suspend_d, stock_list, trading_calendar];
        await client.query(`truncate ${tables.map(({ table }) => table).join(", ")}`);
      });
      beforeEach(() => client.query("begin"));
      afterEach(() => client.query("rollback"));

      test("fails no check", async () => {
        expect(await found()).toEqual([]);
      });

      const change = (code: string, day: string, set: string) =>
        `update ${code === index ? index_daily.table : stock_daily.table} set ${set}
         where ts_code = '${code}' and trade_date = '${day}'`;

      test.each<[what: string, sql: string, line: string]>([
        [
          "an opening price above the highest",
          change(share, "20240103", "open = 10.41"),
          `price_range stock_daily ${share} 20240103 open 10.41, close 10.3 10..10.4`,
        ],
        [
          "a lowest price above the close",
          change(index, "20240105", "low = 10.05, open = 10.05"),
          `price_range index_daily ${index} 20240105 open 10.05, close 10 10.05..10.1`,
        ],
        [
          "a volume in shares and not in lots",
          change(fund, "20240103", "vol = vol * 100"),
          `average_price etf_daily ${fund} 20240103 0.1030 10..10.4`,
        ],
        [
          "an amount of another day",
          change(share, "20240103", "amount = amount * 1.02"),
          `average_price stock_daily ${share} 20240103 10.5060 10..10.4`,
        ],
        [
          "a previous close that ignores the dividend",
          change(share, "20240104", "pre_close = 10.3"),
          `reference_price stock_daily ${share} 20240104 10.3 9.79`,
        ],
        [
          "a factor that lacks the dividend",
          `update ${stock_daily.table} set adj_factor = 1 where ts_code = '${fund}'`,
          `reference_price etf_daily ${fund} 20240104 9.79 10.300`,
        ],
        [
          "a previous close of an index",
          change(index, "20240103", "pre_close = 10.15"),
          `reference_price index_daily ${index} 20240103 10.15 10.10`,
        ],
        [
          "a close beyond the limit of the main board",
          change(share, "20240105", "close = 11, high = 11, amount = 5000"),
          `price_jump stock_daily ${share} 20240105 close 11 8.82..10.78`,
        ],
        [
          "a close beyond the limit of ChiNext",
          change(chinext, "20240105", "close = 7.7, low = 7.7"),
          `price_jump stock_daily ${chinext} 20240105 close 7.7 7.84..11.76`,
        ],
        [
          "a close beyond the limit of the Beijing exchange",
          change(beijing, "20240105", "close = 13, high = 13"),
          `price_jump stock_daily ${beijing} 20240105 close 13 6.86..12.74`,
        ],
        [
          "a close of a fund beyond its limit",
          change(fund, "20240105", "close = 11, high = 11"),
          `price_jump etf_daily ${fund} 20240105 close 11 8.820..10.780`,
        ],
        [
          "a turnover rate in parts and not in percent",
          change(share, "20240103", "turnover_rate = 0.0125"),
          `turnover_volume stock_daily ${share} 20240103 5000 50.00`,
        ],
        [
          "a price on a day of a whole suspension",
          `insert into suspend_d (ts_code, trade_date, suspend_type) values ('${share}', '20240103', 'S')`,
          `suspended_price stock_daily ${share} 20240103 close 10.3`,
        ],
      ])("and then only the broken one is found: %s", async (_what, sql, line) => {
        await client.query(sql);
        expect(await found()).toEqual([line]);
        expect(await found("2024-01-02", "2024-01-02")).toEqual([]);
      });

      const beyond = change(share, "20240105", "close = 13, high = 13");

      test.each<[what: string, sql: string]>([
        [
          "an amount that was rounded",
          change(share, "20240103", "high = 10.3, low = 10.3, open = 10.3, amount = 5150.01"),
        ],
        ["a factor whose last digit moved", change(share, "20240105", "adj_factor = 1.0525")],
        ["a first week without a limit", `update ${stock_list.table} set list_date = '20231229'; ${beyond}`],
        ["a limit of twenty percent", change(chinext, "20240105", "close = 11.5, high = 11.5")],
        [
          "a jump on the day of a split",
          change(
            share,
            "20240105",
            "close = 5, high = 5.1, low = 4.9, open = 5, amount = 2500, pre_close = 4.9, adj_factor = 2.1042",
          ),
        ],
        [
          "a jump after a suspension",
          `delete from ${stock_daily.table} where ts_code = '${share}' and trade_date = '20240104'; ${beyond}`,
        ],
        ["a day without a volume", change(share, "20240103", "vol = 0, amount = 0, turnover_rate = 0")],
        [
          "a day without any figure but the close",
          change(
            share,
            "20240103",
            "open = null, high = null, low = null, pre_close = null, vol = null, amount = null, adj_factor = null, turnover_rate = null, float_share = null",
          ),
        ],
        [
          "a halt of some hours",
          `insert into suspend_d (ts_code, trade_date, suspend_type, suspend_timing) values ('${share}', '20240103', 'S', '09:30-10:00')`,
        ],
        [
          "a resumption",
          `insert into suspend_d (ts_code, trade_date, suspend_type) values ('${share}', '20240103', 'R')`,
        ],
      ])("and it is no failure: %s", async (_what, sql) => {
        await client.query(sql);
        expect(await found()).toEqual([]);
      });
    });

    test("are read by dataset, day and code, as many as asked for", async () => {
      const day = (trade_date: string, open: number) => ({
        ts_code: share,
        trade_date,
        open,
        high: 10,
        low: 9,
        close: 9.5,
      });
      await store(stock_daily.table, [
        day("20240103", 11),
        day("20240102", 12),
        { ...day("20240102", 13), ts_code: fund },
      ]);
      const week = { from: "20240101", to: "20240107" };
      const first = {
        check: "price_range",
        ts_code: share,
        day: "20240102",
        found: "open 12, close 9.5",
        expected: "9..10",
      };
      expect(await readChecks(database, stock_daily, week, 9)).toEqual([
        first,
        { ...first, day: "20240103", found: "open 11, close 9.5" },
      ]);
      expect(await readChecks(database, stock_daily, week, 1)).toEqual([first]);
      expect(await readChecks(database, etf_daily, week, 9)).toEqual([
        { ...first, ts_code: fund, found: "open 13, close 9.5" },
      ]);
      expect(await readChecks(database, index_daily, week, 9)).toEqual([]);
      await client.query(`truncate ${stock_daily.table}`);
    });

    test.skipIf(engine !== fastest)(
      "find nothing in a simulated market: suspensions, dividends and new listings included",
      async () => {
        const upstream = await serveUpstream({
          today: "20260630",
          stocks: 120,
          latencyMs: 0,
          minuteLimit: 10_000,
        });
        const rowsOf = async ({ name, columns }: InterfaceSpec, params: object): Promise<Row[]> => {
          const fields = columns.map((column) => column.name).join(",");
          const body = JSON.stringify({ api_name: name, token: "t", params, fields });
          const reply = await fetch(upstream.url, { method: "POST", body });
          const { data } = (await reply.json()) as { data: { fields: string[]; items: Row[string][][] } };
          return data.items.map((item) =>
            Object.fromEntries(data.fields.map((field, at) => [field, item[at] ?? null])),
          );
        };
        const calendar = await rowsOf(trading_calendar.main, {
          exchange: "SSE",
          start_date: "20260101",
          end_date: "20260630",
        });
        const days = calendar
          .filter(({ is_open }) => is_open === 1)
          .map(({ cal_date }) => String(cal_date))
          .sort()
          .slice(-60);
        await store(trading_calendar.table, calendar);
        const listed = await rowsOf(stock_list.main, { list_status: "L" });
        await store(
          stock_list.table,
          listed.map(({ ts_code = null, name = null, list_date = null }) => ({
            ts_code,
            name,
            list_date,
            exchange: "SSE",
            is_etf: "N",
            list_status: "L",
          })),
        );
        for (const trade_date of days) {
          for (const dataset of [stock_daily, etf_daily]) {
            const [main = [], ...details] = await Promise.all(
              interfacesOf(dataset).map((one) => rowsOf(one, { trade_date })),
            );
            await store(dataset.table, joined(main, details.flat()));
          }
          await store(suspend_d.table, await rowsOf(suspend_d.main, { trade_date }));
        }
        await upstream.close();
        const { rows } = await client.query(
          `select count(*)::int as bars, count(distinct (ts_code, adj_factor)) > count(distinct ts_code) as has_dividends,
           exists (select from ${suspend_d.table} where suspend_timing is null) as has_suspensions
         from ${stock_daily.table}`,
        );
        expect(rows).toEqual([{ bars: expect.any(Number), has_dividends: true, has_suspensions: true }]);
        expect(rows[0].bars).toBeGreaterThan(5_000);
        expect(await found()).toEqual([]);
        await client.query(
          `truncate ${[stock_daily, stock_list, suspend_d, trading_calendar].map(({ table }) => table).join(", ")}`,
        );
      },
      60_000,
    );

    test.skipIf(!hasCaptured || engine !== fastest)(
      "find one row in all captured answers: a price on a day on which TuShare says the stock was suspended",
      async () => {
        const rowsIn = (spec: InterfaceSpec) =>
          [...globSync(`${spec.name}__*`, { cwd: capturedFolder }).sort(), ...furtherFilesOf(spec)]
            .filter((file) => !file.endsWith(".json"))
            .flatMap((file) => capturedRows(file, spec));
        for (const dataset of [stock_daily, etf_daily]) {
          await store(dataset.table, joined(rowsIn(dataset.main), dataset.details.flatMap(rowsIn)));
        }
        await store(index_daily.table, rowsIn(index_daily.main));
        const openDays = rowsIn(trading_calendar.main).filter(({ is_open }) => is_open !== "0");
        await store(
          trading_calendar.table,
          calendarOf([...new Set(openDays.map(({ cal_date }) => String(cal_date)))].sort()),
        );
        await store(
          stock_list.table,
          rowsIn(stock_list.main).map(({ ts_code = null, list_date = null }) => ({
            ...{ ts_code, list_date, name: "", exchange: "SSE", is_etf: "N", list_status: "L" },
          })),
        );
        // As suspend_d has it; the answers of that interface which were captured are of another day.
        await store(suspend_d.table, [{ ts_code: "000001.SZ", trade_date: "20090223", suspend_type: "S" }]);
        const { rows } = await client.query(
          `select count(*)::int as bars, count(adj_factor)::int as factors, count(turnover_rate)::int as valued
           from ${stock_daily.table}`,
        );
        expect(rows).toEqual([{ bars: 49_477, factors: 22_067, valued: 6_396 }]);
        expect(await found()).toEqual(["suspended_price stock_daily 000001.SZ 20090223 close 14.99"]);
      },
      60_000,
    );

    test("are made from the datasets' files; if not, npm run make-migration writes the function again", async () => {
      expect(checksDifference(files, await catalog())).toEqual([]);
    });

    test("change with a dataset's file, and the down migration restores them", async () => {
      const more = files.map((file) =>
        file.file === "index-daily.ts" ? { ...file, checks: [priceRange] } : file,
      );
      const before = await catalog();
      const { up, down } = migrationOf("change_checks", checksDifference(more, before), []);
      await run(up.text);
      expect(checksDifference(more, await catalog())).toEqual([]);
      await run(down.text);
      expect(await catalog()).toEqual(before);
    });

    const catalog = () => readCatalog(async (sql) => (await client.query(sql)).rows);
    const run = async (text: string) => {
      for (const statement of statementsOf(text)) await client.query(statement);
    };
  });
}

test("every check is used by a dataset, and only those have a name", () => {
  const used = new Set(files.flatMap(({ checks = [] }: DatasetFile) => checks.map(({ check }) => check)));
  expect([...used].sort()).toEqual(Object.keys(dataChecks).sort());
});

test("a first migration creates the function, and its down migration drops it", () => {
  const checks: DataCheck[] = [{ check: "reference_price", reference: "vol", price: "close", tick: 1 }];
  const invented = [...files, { ...inventedFile(), checks }];
  const [create, comment] = checksDifference(invented, { relations: [], functions: [] });
  expect(create?.up).toContain("from invented_daily as bar\n");
  expect(create?.down).toBe("drop function data_check(date, date)");
  expect(comment?.up).toContain("\n- price_jump: close differs from");
});

/** Open days, each with the one before it. */
function calendarOf(days: readonly string[]): Row[] {
  return days.map((cal_date, at) => ({
    exchange: "SSE",
    cal_date,
    is_open: 1,
    pretrade_date: days[at - 1] ?? null,
  }));
}

/** The main rows, each with what the details have for its code and day. */
function joined(main: readonly Row[], details: readonly Row[]): Row[] {
  const rows = new Map<string, Row>();
  for (const row of main)
    rows.set(`${row.ts_code} ${row.trade_date}`, { ...rows.get(`${row.ts_code} ${row.trade_date}`), ...row });
  for (const detail of details) {
    const key = `${detail.ts_code} ${detail.trade_date}`;
    const row = rows.get(key);
    if (row !== undefined) rows.set(key, { ...detail, ...row });
  }
  return [...rows.values()];
}
