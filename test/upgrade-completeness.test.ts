// A mirror of the version before, which knew what was whole from the answers of its units, gets the completeness model by
// migration: from its rows and its ledger, without a call.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import { readDays } from "../shared/coverage/days.ts";
import { missingCells, missingRanges } from "../shared/coverage/missing.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import { migrationFiles, silentLog, type TestDatabase } from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";

const before = "0018_create_suspend_d.sql";

const days = Array.from({ length: 20 }, (_, at) => `202401${String(at + 1).padStart(2, "0")}`);
const [first = "", last = ""] = [days[0], days.at(-1)];
const stocks = Array.from({ length: 30 }, (_, at) => `${600000 + at}.SH`);
const etfs = ["510300.SH", "510500.SH"];
const [index = "", young = "", suspended = ""] = ["000300.SH", "600001.SH", "600002.SH"];
const range = { from: first, to: last };

/** What the mirror of the version before held: each cell and whether it has a row, a factor and a valuation. */
function cellsOfStocks() {
  return days.flatMap((day, at) =>
    stocks.flatMap((code, place) => {
      if (code === young && at < 5) return []; // not listed yet
      if (code === suspended && at >= 7 && at < 14) return []; // suspended
      if (at === 9 && place >= 10) return []; // the answer held a third of the day, and was taken for whole
      if (at === 15) return []; // never asked for
      const factor = at === 11 ? null : 1; // no factor on one day: its answer was empty
      const value = code === "600003.SH" && at === 3 ? null : 1; // one stock had no valuation
      return [{ code, day, factor, value }];
    }),
  );
}

for (const { engine, missing, openEmpty } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let database: TestDatabase;
    let client: pg.Client;
    beforeAll(async () => {
      database = await openEmpty();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const files = migrationFiles().sort((one, other) => (one.name < other.name ? -1 : 1));
      const old = files.findIndex(({ name }) => name === before) + 1;
      expect(old).toBe(18);
      await migrate(database, files.slice(0, old), silentLog);
      await fill();
      await migrate(database, files, silentLog);
    });
    afterAll(async () => {
      await client?.end();
      await database?.close();
    });

    async function fill(): Promise<void> {
      const insert = (sql: string, rows: readonly object[]) => client.query(sql, [JSON.stringify(rows)]);
      await insert(
        `insert into trade_cal (exchange, cal_date, is_open)
         select 'SSE', to_date(day, 'YYYYMMDD'), 1 from json_to_recordset($1) as row (day text)`,
        days.map((day) => ({ day })),
      );
      await insert(
        `insert into stock_info (ts_code, name, is_etf, list_status, list_date)
         select code, code, etf, 'L', to_date(since, 'YYYYMMDD')
         from json_to_recordset($1) as row (code text, etf text, since text)`,
        [
          ...stocks.map((code) => ({ code, etf: "N", since: code === young ? days[5] : "20200101" })),
          ...etfs.map((code) => ({ code, etf: "Y", since: "20200101" })),
        ],
      );
      await insert(
        `insert into stock_daily (ts_code, trade_date, close, adj_factor, total_mv)
         select code, to_date(day, 'YYYYMMDD'), 1, factor, value
         from json_to_recordset($1) as row (code text, day text, factor numeric, value numeric)`,
        [
          ...cellsOfStocks(),
          // Stored by code: one has every day, the other begins late.
          ...days.map((day) => ({ code: etfs[0], day, factor: 1 })),
          ...days.slice(4).map((day) => ({ code: etfs[1], day, factor: 1 })),
        ],
      );
      await insert(
        `insert into index_daily (ts_code, trade_date, close)
         select code, to_date(day, 'YYYYMMDD'), 1 from json_to_recordset($1) as row (code text, day text)`,
        days.slice(6).map((day) => ({ code: index, day })),
      );
      const stored = Map.groupBy(cellsOfStocks(), ({ day }) => day);
      await settle("stock_daily", [
        ...[...stored].map(([trade_date, rows]) => ({
          ...{ key: trade_date, rows: rows.length, selector: { by: "date", trade_date } },
        })),
      ]);
      const byCode = (ts_code: string | undefined, rows: number) => ({
        ...{ key: `${ts_code}`, rows, selector: { by: "code", ts_code, from: first, to: last } },
      });
      await settle("etf_daily", [byCode(etfs[0], 20), byCode(etfs[1], 16)]);
      await settle("index_daily", [byCode(index, 14)]);
    }

    async function settle(dataset: string, units: readonly object[]): Promise<void> {
      await client.query(
        `with task as (
           insert into sync_task (job_type, status, batch_size, config) values ('OLD_' || $1, 'COMPLETED', 1, '{}')
           returning id
         )
         insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status, rows, settled_at)
         select id, row_number() over (), $1, key, selector, 'done', rows, '2024-02-01 00:00+08'
         from task, json_to_recordset($2) as row (key text, selector jsonb, rows integer)`,
        [dataset, JSON.stringify(units)],
      );
    }

    const wanted = async (dataset: keyof typeof datasets) =>
      (await readDays(database, datasets[dataset], range, true))
        .filter((state) => state.wanted > 0)
        .map(({ day, wanted: cells }) => [day, cells]);

    test("days that were whole stay whole, and a suspension that nothing recorded is not fetched again", async () => {
      const states = await readDays(database, datasets.stock_daily, range, false);
      const of = (at: number) => states.find(({ day }) => day === days[at]);
      expect(of(0)).toMatchObject({ expected: 29, stored: 29, unexplained: 0, wanted: 0 });
      expect(of(8)).toMatchObject({ expected: 30, stored: 29, unexplained: 1, wanted: 0 });
      expect(of(3)).toMatchObject({ expected: 29, stored: 29, unexplained: 1, wanted: 0 });
    });

    test("a day that was taken for whole with a third of its rows is missing again, by name", async () => {
      const cells = await missingCells(database, datasets.stock_daily, [days[9] ?? ""], 100);
      const wantedCells = cells.filter(({ isUnexplained }) => !isUnexplained);
      expect(wantedCells.map(({ ts_code }) => ts_code)).toEqual(stocks.slice(10));
    });

    test("so are a day whose factors never came and a day that was never asked for; nothing else is", async () => {
      expect(await wanted("stock_daily")).toEqual([
        [days[9], 20],
        [days[11], 29],
        [days[15], 30],
      ]);
    });

    test("what was stored by code is whole by day too, with the days that a code's answer did not hold", async () => {
      expect(await wanted("etf_daily")).toEqual([]);
      const asked = { codes: [index, ...etfs], refresh: false };
      expect(
        await missingRanges(database, datasets.index_daily, { ...asked, codes: [index] }, range),
      ).toEqual([]);
      expect(await missingRanges(database, datasets.etf_daily, { ...asked, codes: etfs }, range)).toEqual([]);
    });
  });
}
