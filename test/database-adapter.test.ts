// The production database adapter against the local Data API: a sleeping cluster, and more rows than fit one request.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startDataApi } from "../local/data-api/server.ts";
import { startDatabase } from "../local/database/database.ts";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import type { SyncError } from "../shared/errors.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import * as tasks from "../shared/ledger/tasks.ts";
import { storeUnit } from "../shared/ledger/units.ts";
import type { Clock, Database } from "../shared/ports.ts";
import type { Table } from "../shared/rows/rows.ts";
import { writesOf } from "../shared/rows/write.ts";
import { migrationFiles, silentLog } from "./support/database.ts";

let engine: Awaited<ReturnType<typeof startDatabase>>;
let dataApi: Awaited<ReturnType<typeof startDataApi>>;
let slept: number[];

/** Time passes only while the adapter waits. */
const clock: Clock = {
  now: () => new Date(),
  monotonic: () => slept.reduce((sum, milliseconds) => sum + milliseconds, 0),
  async sleep(milliseconds) {
    slept.push(milliseconds);
  },
};

beforeAll(async () => {
  engine = await startDatabase({ dataDir: undefined });
  dataApi = await startDataApi({ databaseUrl: engine.url });
  process.env.AWS_ENDPOINT_URL_RDS_DATA = dataApi.url;
  Object.assign(process.env, { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" });
});

beforeEach(() => {
  slept = [];
});

afterAll(async () => {
  await dataApi.close();
  await engine.close();
});

function adapter(resumeSecondsMax: number): Database {
  const resourceArn = "arn:aws:rds:us-east-1:000000000000:cluster:test";
  const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:test";
  return makeDataApi({ resourceArn, secretArn, database: "tushare", clock, resumeSecondsMax });
}

test("the adapter waits for a paused cluster, and then runs the statement", async () => {
  dataApi.suspend({ calls: 12 });
  expect(await adapter(60).run("select 1 as one")).toEqual([{ one: 1 }]);
  expect(slept).toHaveLength(12);
});

test("a cluster that does not resume in time is a transient error", async () => {
  dataApi.suspend({ calls: 40 });
  const refused = adapter(30).run("select 1 as one");
  await expect(refused).rejects.toMatchObject({ kind: "transient" } satisfies Partial<SyncError>);
  expect(clock.monotonic()).toBeLessThanOrEqual(32_000);
  dataApi.suspend({ calls: 0 });
});

test.each([
  ["a wrong statement", "selec 1", "permanent"],
  ["a value its column cannot hold", "select cast('x' as integer)", "permanent"],
  ["a deadlock", "do 'begin raise exception using errcode = ''40P01''; end'", "transient"],
  ["a server going down", "do 'begin raise exception using errcode = ''57P01''; end'", "transient"],
])("%s is %s", async (_what, sql, kind) => {
  await expect(adapter(5).run(sql)).rejects.toMatchObject({ kind });
});

test("a failed transaction stores nothing", async () => {
  const database = adapter(5);
  await database.run("create table left_behind (id integer)");
  const failing = database.transaction(async (run) => {
    await run("insert into left_behind (id) values (1)");
    await run("selec 1");
  });
  await expect(failing).rejects.toMatchObject({ kind: "permanent" });
  expect(await database.run("select count(*) as rows from left_behind")).toEqual([{ rows: 0 }]);
});

test("rows that do not fit one request of the Data API are all stored, with several requests in one transaction", async () => {
  const database = adapter(5);
  await migrate(database, migrationFiles(), silentLog);
  const dataset = datasets.stock_daily;
  const { task } = await tasks.openTask(database, { job_type: "DAILY_HISTORY", batch_size: 50, config: {} });
  const selector = { by: "date", trade_date: "20240102" } as const;
  await tasks.startTask(database, task.id, { units: [{ dataset: "stock_daily", selector }], reason: null });
  const [unit] = await tasks.unitsToSend(database, task);
  if (unit === undefined) throw new Error("no unit was planned");

  const table = tableOf(20_000);
  const reviser = { taskId: task.id, shareMax: 50 };
  expect(writesOf(dataset, selector, table, reviser).before).not.toEqual([]);
  expect(await storeUnit(database, unit, dataset, table, 1, 50)).toMatchObject({
    changed: 20_000,
    taskStatus: "COMPLETED",
  });
  const [stored] = await database.run("select count(*) as rows, sum(close) as closes from stock_daily");
  expect(stored).toEqual({ rows: 20_000, closes: String((20_000 * 19_999) / 2) });
  expect(await storeUnit(database, unit, dataset, table, 1, 50)).toMatchObject({ changed: 0 });
});

/** Rows of one day whose numbers are as long as real ones get. */
function tableOf(size: number): Table {
  const columns = columnsOf(datasets.stock_daily).map(({ name, type }) => {
    const cell = (row: number) => {
      if (type === "code") return `${String(row).padStart(6, "0")}.SZ`;
      if (type === "day") return "20240102";
      return name === "close" ? String(row) : `12345678.${row}`;
    };
    return [name, Array.from({ length: size }, (_, row) => cell(row))];
  });
  return { columns: Object.fromEntries(columns), size };
}
