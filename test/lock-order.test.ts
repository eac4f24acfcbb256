// One lock order (docs/decisions.md): rows of data in the order of their key, then units in the order of theirs, then their
// task, then failure records. Forced to overlap on a server; on every engine each statement's text is checked.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStatement } from "../local/data-api/sql.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { SyncError } from "../shared/errors.ts";
import { dismissFailure, recordFailure } from "../shared/ledger/failures.ts";
import { noteSentAgain } from "../shared/ledger/stalled.ts";
import * as tasks from "../shared/ledger/tasks.ts";
import { markNotDue, noteAttempt, storeUnit } from "../shared/ledger/units.ts";
import type { Database, SqlRow } from "../shared/ports.ts";
import type { Cell, Table } from "../shared/rows/rows.ts";
import type { Unit } from "../shared/unit.ts";
import type { TestDatabase } from "./support/database.ts";
import { lockFaults } from "./support/lock-order.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { randomFrom } from "./support/random.ts";

const rounds = 25;
const actsAtOnce = 24;
const unitsOfTask = 6;
const live = "00000000-0000-4000-8000-00000000000a";
const other = "00000000-0000-4000-8000-00000000000b";
const now = new Date("2026-11-22T00:00:00Z");
const { stock_daily } = datasets;

/** The same days in two tasks of one job, as when a history is started again after a cancel. */
const unitOf = (task_id: string, sequence: number): Unit => ({
  ...{ version: 1, task_id, sequence, job_type: "DAILY_HISTORY", dataset: "stock_daily", retry: 0 },
  unit_key: `stock_daily/2024010${sequence}`,
  selector: { by: "date", trade_date: `2024010${sequence}` },
});

let made = 0;

/** Three rows of a day, which other days' units have too, in an order of the caller's. */
function rowsOf(codes: readonly string[]): Table {
  made += 1;
  const cell = (name: string, type: string, code: string): Cell =>
    type === "code" ? code : type === "day" ? "20240104" : name === "vol" ? made : 1;
  const columns = columnsOf(stock_daily).map(({ name, type }) => [
    name,
    codes.map((code) => cell(name, type, code)),
  ]);
  return { size: codes.length, columns: Object.fromEntries(columns) as Table["columns"] };
}

// test/statements.test.ts checks every statement of shared/ in this way.
test.each<[string, string, string[]]>([
  [
    "a task before its units",
    `with a as (update sync_task set x = 1 where id = :id returning id)
     update sync_unit set y = 1 from a where task_id = a.id and sequence = :sequence`,
    ["a may lock sync_task before sync_unit is locked"],
  ],
  [
    "in this order in the text, but without a dependency",
    `with a as (select 1 from sync_unit where sequence = :sequence for update),
     b as (update sync_task set x = 1 where id = :id returning 1) select 1 from a cross join b`,
    ["b may lock sync_task before sync_unit is locked"],
  ],
  [
    "a failure record before the task",
    `with a as (update sync_failure_record set x = 1 returning 1)
     update sync_task set x = 1 where exists (select 1 from a)`,
    ["a may lock sync_failure_record before sync_task is locked"],
  ],
  [
    "units in no order",
    "update sync_unit set x = 1 where task_id = :id",
    ["the statement locks units in no order"],
  ],
  [
    "a unit before rows of data",
    `with a as (select 1 from sync_unit where sequence = :sequence for update),
     b as (insert into stock_daily as stored (x) select 1 on conflict do nothing returning 1)
     select 1 from b`,
    ["a may lock sync_unit before data is locked"],
  ],
  [
    "nothing out of order",
    `with a as (select 1 from sync_unit as unit join sync_task as task on true where sequence = :sequence
       for update of unit for no key update of task),
     b as (update sync_unit set x = 1 where sequence = :sequence and exists (select 1 from a))
     insert into sync_failure_record select 1 from a on conflict do nothing`,
    [],
  ],
])("a statement that locks %s is read as such", (_what, sql, faults) => {
  expect(lockFaults(sql)).toEqual(faults);
});

const [, server] = await databaseKinds();

describe.skipIf(server?.missing !== undefined)(
  `statements of the ledger at the same time${server?.missing ? ` (${server.missing})` : ""}`,
  () => {
    let database: TestDatabase;
    let pool: pg.Pool;
    let deadlocks = 0;

    beforeAll(async () => {
      if (server === undefined) throw new Error("there is a kind of database with a server");
      database = await server.openMigrated();
      const options = "-c deadlock_timeout=50ms";
      pool = new pg.Pool({ connectionString: database.url, max: actsAtOnce, options });
      // Ending it does not wait until its connections are closed, and the server then ends them.
      pool.on("error", () => undefined);
      // Each change takes a few milliseconds, so that statements meet while they hold locks.
      await pool.query(`create function wait_a_little() returns trigger language plpgsql as $$
        begin perform pg_sleep(0.003); return new; end $$`);
      for (const table of ["sync_unit", "sync_task", "sync_failure_record", "stock_daily"])
        await pool.query(
          `create trigger slow before update on ${table} for each row execute function wait_a_little()`,
        );
    });
    afterAll(async () => {
      await pool?.end();
      await database?.close();
    });

    /** Without the adapter's retries, which would hide a deadlock. */
    const ask = async (client: pg.Pool | pg.PoolClient, sql: string, parameters = {}): Promise<SqlRow[]> => {
      const { text, names } = readStatement(sql);
      const values = names.map((name) => (parameters as Record<string, unknown>)[name] ?? null);
      try {
        return (await client.query(text, values)).rows;
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (code === "40P01") deadlocks += 1;
        if (code === "23505") throw new SyncError("permanent", message, { cause: error, isDuplicate: true });
        throw error;
      }
    };
    const port: Database = {
      run: (sql, parameters) => ask(pool, sql, parameters),
      async transaction(work) {
        const client = await pool.connect();
        try {
          await client.query("begin");
          const result = await work((sql, parameters) => ask(client, sql, parameters));
          await client.query("commit");
          return result;
        } catch (error) {
          await client.query("rollback");
          throw error;
        } finally {
          client.release();
        }
      },
    };

    async function prepare(): Promise<void> {
      deadlocks = 0;
      for (const table of ["sync_failure_record", "sync_unit", "sync_task"])
        await pool.query(`delete from ${table}`);
      for (const [id, status] of [
        [live, "RUNNING"],
        [other, "PAUSED"],
      ]) {
        await pool.query(
          `insert into sync_task (id, job_type, status, batch_size, total_units, config)
           values ($1, 'DAILY_HISTORY', $2, ${unitsOfTask}, ${unitsOfTask}, '{}')`,
          [id, status],
        );
        await pool.query(
          `insert into sync_unit (task_id, sequence, dataset, unit_key, selector)
           select $1, n, 'stock_daily', 'stock_daily/2024010' || n, jsonb_build_object('by', 'date', 'trade_date', '2024010' || n)
           from generate_series(${unitsOfTask}, 1, -1) as n`,
          [id],
        );
      }
    }

    async function act(random: () => number): Promise<void> {
      const choose = <Choice>(from: readonly Choice[]): Choice =>
        from[Math.floor(random() * from.length)] as Choice;
      const id = choose([live, other]);
      const unit = unitOf(id, 1 + Math.floor(random() * unitsOfTask));
      const failure = {
        ...{ kind: "transient" as const, message: "no", attempts: 1, maxRetries: 3 },
        nextAttemptAt: choose([undefined, now]),
      };
      const task = await tasks.readTask(port, id);
      const codes = choose([
        ["000001.SZ", "000002.SZ", "600519.SH"],
        ["600519.SH", "000001.SZ"],
      ]);
      const acts = [
        () => task && tasks.confirmSent(port, task),
        () => storeUnit(port, unit, stock_daily, rowsOf(codes), 1, 100),
        () => storeUnit(port, unit, stock_daily, rowsOf(codes), 1, 100, { isNew: true }),
        () => recordFailure(port, unit, failure),
        () => recordFailure(port, unit, failure),
        () => recordFailure(port, { ...unitOf(live, unit.sequence), retry: 1 }, failure), // a person's
        () => markNotDue(port, unit, 1, now),
        () => noteAttempt(port, unit, 1, "no"),
        () =>
          noteSentAgain(
            port,
            [6, 4, 2, 1].map((sequence) => unitOf(choose([live, other]), sequence)),
          ),
        () => tasks.resumeTask(port, id),
        () => tasks.pauseTask(port, id, "a pause"),
        () => tasks.cancelTask(port, other, "cancelled"),
        async () => {
          const { rows } = await pool.query("select id from sync_failure_record where resolved_at is null");
          const record = choose(rows);
          if (record !== undefined) await dismissFailure(port, Number(record.id), "it may rest");
        },
      ];
      // A deadlock is counted; a second live task of the job is refused.
      await Promise.resolve<unknown>(choose<() => unknown>(acts)()).catch((error: Error) => {
        if (!/deadlock|sync_task_one_live/.test(error.message)) throw error;
      });
    }

    /** Counters equal the units, and no unit of a cancelled task waits for an attempt. */
    async function faults(): Promise<unknown[]> {
      const { rows } = await pool.query(
        `select task.id, task.status, total_processed, total_failed,
           count(*) filter (where unit.status = 'done')::int as done,
           count(*) filter (where unit.status = 'parked')::int as parked,
           count(*) filter (where task.status = 'CANCELLED' and unit.status in ('failed', 'not_due'))::int as left_over
         from sync_task as task join sync_unit as unit on unit.task_id = task.id
         group by task.id`,
      );
      return rows.filter(
        (row) => row.total_processed !== row.done || row.total_failed !== row.parked || row.left_over > 0,
      );
    }

    test(`${rounds} rounds of everything at once end without a deadlock, and the counters equal the units`, async () => {
      for (let seed = 1; seed <= rounds; seed += 1) {
        await prepare();
        const random = randomFrom(seed);
        await Promise.all(Array.from({ length: 3 * actsAtOnce }, () => act(random)));
        expect(`seed ${seed}: ${deadlocks} deadlocks`).toBe(`seed ${seed}: 0 deadlocks`);
        expect(await faults(), `seed ${seed}`).toEqual([]);
      }
    }, 120_000);

    test("a statement that locks the task before its units is noticed", async () => {
      const wrong = `with confirmed as (
  update sync_task set updated_at = now() where id = cast(:id as uuid) returning id
)
update sync_unit set sent_at = now() from confirmed where sync_unit.task_id = confirmed.id`;
      await prepare();
      for (let round = 0; round < rounds && deadlocks === 0; round += 1) {
        const units = Array.from({ length: unitsOfTask }, (_, at) => unitOf(live, at + 1));
        // All of them are awaited: one that still ran would block what comes next.
        await Promise.allSettled([
          ...units.map((unit) => storeUnit(port, unit, stock_daily, rowsOf(["000001.SZ"]), 1, 100)),
          port.run(wrong, { id: live }),
          port.run(wrong, { id: live }),
        ]);
        await pool.query("update sync_unit set status = 'sent'");
        await pool.query("update sync_task set total_processed = 0, status = 'RUNNING' where id = $1", [
          live,
        ]);
      }
      expect(deadlocks).toBeGreaterThan(0);
    });
  },
);
