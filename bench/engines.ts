// The databases the bench runs on, each migrated, with the Data API in front of it: a PostgreSQL server and PGlite.
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import pg from "pg";
import { startDatabase } from "../local/database/database.ts";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import { claimOrigin } from "../shared/ledger/origin.ts";
import * as tasks from "../shared/ledger/tasks.ts";
import type { Database } from "../shared/ports.ts";
import { encodeUnit } from "../shared/unit.ts";
import { startPostgresServer, whyNoPostgresServer } from "../test/support/postgres-server.ts";
import { benchOrigin } from "./functions.ts";
import type { ListedStock } from "./upstream.ts";

export type Engine = {
  /** Name with version. */
  readonly name: string;
  readonly databaseUrl: string;
  readonly dataApiUrl: string;
  /** The same through the production adapter. */
  readonly database: Database;
  /** Opens a task for the days and gives the messages of its units. */
  plan(days: readonly string[]): Promise<string[]>;
  /** Rows stored of these days, and how many of them were stored or changed by the last round since `plan` or `empty`. */
  counts(days: readonly string[]): Promise<{ rows: number; changed: number }>;
  /** Deletes every row and task. */
  empty(): Promise<void>;
  /** CPU seconds of the Data API's thread so far. */
  dataApiCpuSeconds(): Promise<number>;
  close(): Promise<void>;
};

/** Opens an engine, or returns a sentence that says why it is skipped. */
export type EngineKind = {
  readonly missing: string | undefined;
  /** @param stocks the stock list */
  open(days: readonly string[], stocks?: readonly ListedStock[]): Promise<Engine>;
};

/** DATABASE_URL names the server to use: a separate database is created on it, and dropped at the end. */
export async function engineKinds(): Promise<EngineKind[]> {
  const given = process.env.DATABASE_URL;
  const missing = given ? undefined : await whyNoPostgresServer();
  return [
    {
      missing: missing && `PostgreSQL skipped: ${missing}, nor DATABASE_URL`,
      async open(days, stocks = []) {
        const server = given ? { url: given, stop: async () => {} } : await startPostgresServer();
        const how = given ? "as DATABASE_URL gives it" : "private, fsync off, else its defaults";
        const name = `tushare_sync_bench_${process.pid}`;
        await inDatabase(server.url, `create database ${name}`);
        const url = new URL(server.url);
        url.pathname = `/${name}`;
        return await openEngine("PostgreSQL", how, url.href, days, stocks, async () => {
          await inDatabase(server.url, `drop database ${name} with (force)`);
          await server.stop();
        });
      },
    },
    {
      missing: undefined,
      async open(days, stocks = []) {
        const dataDir = mkdtempSync(join(tmpdir(), "bench-pglite-"));
        process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
        const database = await startDatabase({ dataDir });
        const how = "in its thread, on disk";
        return await openEngine("PGlite", how, database.url, days, stocks, () => database.close());
      },
    },
  ];
}

async function openEngine(
  kind: string,
  how: string,
  databaseUrl: string,
  days: readonly string[],
  stocks: readonly ListedStock[],
  stop: () => Promise<void>,
): Promise<Engine> {
  const thread = new Worker(new URL("./data-api-thread.ts", import.meta.url), { workerData: databaseUrl });
  const [dataApiUrl] = (await once(thread, "message")) as [string];
  const database = connect(dataApiUrl);
  await migrate(database, migrationFiles(), { info: () => {}, warn: () => {}, error: () => {} });
  await claimOrigin(database, benchOrigin);
  await database.run(
    `insert into trade_cal (exchange, cal_date, is_open)
select 'SSE', to_date(day, 'YYYYMMDD'), 1
from unnest(string_to_array(:days, ',')) as open (day)`,
    { days: days.join(",") },
  );
  await database.run(
    `insert into stock_info (ts_code, name, list_date, delist_date)
select ts_code, ts_code, to_date(list_date, 'YYYYMMDD'), to_date(delist_date, 'YYYYMMDD')
from json_to_recordset(cast(:stocks as json)) as stock (ts_code text, list_date text, delist_date text)`,
    { stocks: JSON.stringify(stocks) },
  );
  const [version] = await database.run("select current_setting('server_version') as version");
  let since = "-infinity";
  const startCounting = async () => {
    const [row] = await database.run("select cast(clock_timestamp() as text) as now");
    since = String(row?.now);
  };
  const { table } = datasets.stock_daily;
  return {
    name: `${kind} ${String(version?.version).split(" ")[0]} (${how})`,
    databaseUrl,
    dataApiUrl,
    database,
    async plan(planned) {
      const { task } = await tasks.openTask(database, {
        job_type: "DAILY_HISTORY",
        batch_size: 1_000,
        config: {},
      });
      const units = planned.map((day) => ({
        dataset: "stock_daily" as const,
        selector: { by: "date" as const, trade_date: day },
      }));
      await tasks.startTask(database, task.id, { units, reason: null });
      await startCounting();
      return (await tasks.unitsToSend(database, task)).map(encodeUnit);
    },
    async counts(counted) {
      const [row] = await database.run(
        `select count(*) as rows, count(*) filter (where stored_at >= cast(:since as timestamptz)) as changed
from ${table}
where trade_date = any (cast(string_to_array(:days, ',') as date[]))`,
        { since, days: counted.join(",") },
      );
      return { rows: Number(row?.rows), changed: Number(row?.changed) };
    },
    async empty() {
      await database.run(
        `truncate ${table}, sync_absence, sync_day, sync_task, sync_unit, sync_failure_record`,
      );
      await startCounting();
    },
    async dataApiCpuSeconds() {
      const { user, system } = await thread.cpuUsage();
      return (user + system) / 1e6;
    },
    async close() {
      await thread.terminate();
      await stop();
    },
  };
}

/** The production adapter on a local Data API. */
export function connect(dataApiUrl: string): Database {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_RDS_DATA: dataApiUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  return makeDataApi({
    resourceArn: "arn:aws:rds:us-east-1:000000000000:cluster:bench",
    secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench",
    database: "bench",
    clock: {
      now: () => new Date(),
      monotonic: () => performance.now(),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    },
    resumeSecondsMax: 10,
  });
}

async function inDatabase(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function migrationFiles(): { name: string; sql: string }[] {
  const folder = join(import.meta.dirname, "..", "migrations");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !name.endsWith(".down.sql"))
    .map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") }));
}
