// What the tests themselves rely on: a database that another file has used is as a new one.
import pg from "pg";
import { expect, test } from "vitest";
import { emptyDatabase, migratedDatabase } from "./support/database.ts";

/** Uses a database and closes it. @returns its address */
async function use(...statements: string[]): Promise<string> {
  const database = await migratedDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
  await database.close();
  return database.url;
}

test("a database that was used is handed on without its rows, counts and statistics", async () => {
  const first = await use(
    "insert into sync_task (job_type, status, batch_size, config) values ('REFERENCE', 'FAILED', 1, '{}')",
    `insert into sync_failure_record (job_type, unit_key, kind, error_message, max_retries)
     values ('REFERENCE', 'a unit', 'permanent', 'no', 3)`,
    "analyze",
  );
  const database = await migratedDatabase();
  expect(database.url).toBe(first);
  const [found] = await database.run(
    `select (select count(*) from sync_task) as tasks, (select count(*) from sync_failure_record) as failures,
       (select count(*) from pg_stats where schemaname = 'public') as statistics,
       (select count(*) > 0 from schema_migration) as is_migrated`,
  );
  expect(found).toEqual({ tasks: 0, failures: 0, statistics: 0, is_migrated: true });
  const [record] = await database.run(
    `insert into sync_failure_record (job_type, unit_key, kind, error_message, max_retries)
     values ('REFERENCE', 'a unit', 'permanent', 'no', 3) returning id`,
  );
  expect(record).toEqual({ id: 1 });
  await database.close();
});

test.each([
  "alter table sync_task alter column batch_size set default 3",
  "drop view stock_daily_hfq cascade",
  "delete from schema_migration",
])("a database is not handed on after: %s", async (statement) => {
  const first = await use();
  expect(await use(statement)).toBe(first);
  expect(await use()).not.toBe(first);
});

test("an empty database that was used is handed on empty", async () => {
  const used = await emptyDatabase();
  await used.run("create table other (a int)");
  await used.close();
  const database = await emptyDatabase();
  expect(database.url).toBe(used.url);
  expect(await database.run("select from pg_tables where schemaname = 'public'")).toEqual([]);
  await database.close();
});
