// A database that the first release candidate made and filled, brought to today's schema: every row is intact.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../shared/ledger/migrate.ts";
import { migrationFiles, silentLog, type TestDatabase } from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";

/** The migrations of the first release candidate, of 21 November 2026. */
const firstRelease = "0008_create_adjusted_prices.sql";

/** What a later migration changes in stored rows on purpose: columns of a table. */
const changed: Readonly<Record<string, readonly string[]>> = {
  sync_task: ["status"], // 0009: a cancelled task is CANCELLED
  stock_info: ["market", "exchange", "stored_at"], // 0010: an ETF's market is E, every code has its exchange
};

type Column = { readonly table: string; readonly name: string; readonly type: string };
type Row = Readonly<Record<string, unknown>>;

const task = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

/** What checks and references ask of a column in the row of a number, from 1. Others get a value of their type. */
const values: Readonly<Record<string, (n: number) => unknown>> = {
  "sync_task.id": task,
  "sync_task.job_type": (n) => `JOB_${n}`,
  "sync_task.status": (n) => ["COMPLETED", "PAUSED", "FAILED"][n - 1],
  "sync_task.total_units": () => 5,
  "sync_task.config": () => ({ job: "DAILY_HISTORY" }),
  "sync_task.reason": (n) => (n === 3 ? "cancelled by a command" : null),
  "sync_unit.task_id": task,
  "sync_unit.status": (n) => ["done", "failed", "parked"][n - 1],
  "sync_unit.dataset": () => "stock_daily",
  "sync_unit.selector": (n) => ({ by: "date", trade_date: `2024010${n}` }),
  "sync_failure_record.task_id": task,
  "sync_failure_record.kind": () => "transient",
  "trade_cal.exchange": () => "SSE",
  "stock_info.is_etf": (n) => (n === 3 ? "Y" : "N"),
  "stock_info.exchange": () => "SSE",
  "stock_info.market": () => "主板",
  "stock_info.list_status": () => "L",
  "fina_indicator.update_flag": () => "1",
};

function cellOf({ table, name, type }: Column, n: number): unknown {
  const given = values[`${table}.${name}`];
  if (given !== undefined) return given(n);
  if (name === "ts_code") return `60000${n}.SH`;
  if (type === "date") return `2024-01-0${n + 1}`;
  if (type.startsWith("timestamp")) return `2024-01-0${n} 01:02:03.456789Z`;
  if (type === "numeric") return `${n}.000000000000000000${n}`;
  if (type === "jsonb") return { n };
  if (type === "boolean") return true;
  if (type === "uuid") return task(n);
  return /int/.test(type) ? 1 : `${name} ${n}`;
}

for (const { engine, missing, openEmpty } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let database: TestDatabase;
    let client: pg.Client;
    beforeAll(async () => {
      database = await openEmpty();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
    });
    afterAll(async () => {
      await client?.end();
      await database?.close();
    });

    test("every row of every table of the first release is there after the upgrade, value for value", async () => {
      const files = migrationFiles().sort((one, other) => (one.name < other.name ? -1 : 1));
      const first = files.findIndex(({ name }) => name === firstRelease) + 1;
      expect(first).toBe(8);
      await migrate(database, files.slice(0, first), silentLog);
      const columns = await columnsOf();
      const tables = [...new Set(columns.map(({ table }) => table))];
      // Tasks before units, units before their failures.
      for (const table of [
        "sync_task",
        "sync_unit",
        ...tables.filter((name) => !/^sync_(task|unit)$/.test(name)),
      ])
        await fill(table, columns);
      const before = await contents(tables);
      expect(tables).toHaveLength(9);
      for (const table of tables)
        expect([table, before[table]?.length]).toEqual([table, rowsIn(table, first)]);

      await migrate(database, files, silentLog);
      const after = await contents(tables);
      for (const table of tables) {
        const kept = columns.filter((column) => column.table === table).map(({ name }) => name);
        const stays = kept.filter((name) => changed[table]?.includes(name) !== true);
        const only = (rows: readonly Row[] = []) =>
          rows.map((row) => Object.fromEntries(stays.map((name) => [name, row[name]])));
        expect(only(after[table]), table).toEqual(expect.arrayContaining(only(before[table])));
      }
      expect(after.sync_task?.map(({ status }) => status)).toEqual(["COMPLETED", "PAUSED", "CANCELLED"]);
      expect(after.stock_info?.map(({ market }) => market)).toEqual(["主板", "主板", "E"]);
      expect(await migrate(database, files, silentLog)).toEqual([]);
    });

    const rowsIn = (table: string, migrations: number) => (table === "schema_migration" ? migrations : 3);

    async function columnsOf(): Promise<Column[]> {
      const { rows } = await client.query<Column>(
        `select relname as table, attname as name, format_type(atttypid, null) as type
         from pg_attribute join pg_class on pg_class.oid = attrelid
         where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
           and attgenerated = '' and attidentity = ''
         order by relname, attnum`,
      );
      return rows;
    }

    async function fill(table: string, columns: readonly Column[]): Promise<void> {
      if (table === "schema_migration") return;
      const own = columns.filter((column) => column.table === table);
      for (const n of [1, 2, 3]) {
        const row = Object.fromEntries(own.map((column) => [column.name, cellOf(column, n)]));
        await client.query(
          `insert into ${table} (${own.map(({ name }) => name).join(", ")})
           select ${own.map(({ name }) => name).join(", ")} from jsonb_populate_record(null::${table}, $1)`,
          [JSON.stringify(row)],
        );
      }
    }

    async function contents(tables: readonly string[]): Promise<Record<string, Row[]>> {
      const all: Record<string, Row[]> = {};
      for (const table of tables) {
        // As text: a double would round what was stored.
        const { rows } = await client.query<{ row: string }>(
          `select to_jsonb(stored)::text as row from ${table} as stored order by stored`,
        );
        all[table] = rows.map(({ row }) => parseExactly(row));
      }
      return all;
    }

    function parseExactly(text: string): Row {
      return JSON.parse(text.replace(/: (-?\d+\.\d+)/g, ': "$1"')) as Row;
    }
  });
}
