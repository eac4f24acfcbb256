// Migrations that take longer than the Data API's statement timeout, releases that find another release's schema, and
// the upgrade of a database filled by the first release candidate.
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startDataApi } from "../local/data-api/server.ts";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { type LongRun, migrate, refuseNewerSchema } from "../shared/ledger/migrate.ts";
import type { Clock, Database, LongStatements } from "../shared/ports.ts";
import { realClock, silentLog, type TestDatabase } from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";

const minutes = 60_000;

/** In place of the service's 45 seconds; on a busy machine a short statement takes a third of it. */
const statementMilliseconds = 500;

for (const { engine, missing, openEmpty } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    let engineBehind: TestDatabase;
    let dataApi: Awaited<ReturnType<typeof startDataApi>>;
    let database: Database & LongStatements;
    let client: pg.Client;
    const clock: Clock = {
      ...realClock,
      sleep: () => realClock.sleep(20), // in place of seconds
    };
    beforeAll(async () => {
      engineBehind = await openEmpty();
      client = new pg.Client({ connectionString: engineBehind.url });
      await client.connect();
      dataApi = await startDataApi({ databaseUrl: engineBehind.url, limits: { statementMilliseconds } });
      process.env.AWS_ENDPOINT_URL_RDS_DATA = dataApi.url;
      const arn = "arn:aws:rds:us-east-1:000000000000:cluster:test";
      database = makeDataApi({
        ...{ resourceArn: arn, secretArn: arn, database: "tushare", clock, resumeSecondsMax: 10 },
      });
      await database.run("select 1"); // the address is read from the environment now
      await database.runLong("select 1");
    });
    afterAll(async () => {
      await client?.end();
      await dataApi?.close();
      await engineBehind?.close();
    });
    beforeEach(async () => {
      await client.query("drop schema public cascade");
      await client.query("create schema public");
      await client.query("create table slow (n integer)");
    });

    const long = (until: string, sql: string) => ({
      name: "0001_do_slowly.sql",
      sql: `-- long until: ${until}\n${sql};\n`,
    });
    const once = long(
      "select count(*) > 0 from slow",
      "insert into slow (n) select 1 from (select pg_sleep(1.2)) as wait",
    );
    const run = (file: { name: string; sql: string }, more: Partial<LongRun> = {}) =>
      migrate(database, [file], silentLog, {
        ...{ runLong: database.runLong, clock, remainingMilliseconds: () => 10 * minutes, ...more },
      });
    const rows = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
    const ledger = async () => (await rows("select name from schema_migration")).map(({ name }) => name);

    test("a statement longer than the Data API's timeout is waited for, runs once, and is recorded when it ends", async () => {
      expect(await run(once)).toEqual([once.name]);
      expect(await rows("select n from slow")).toEqual([{ n: 1 }]);
      expect(await ledger()).toEqual([once.name]);
      expect(await run(once)).toEqual([]);
    });

    test("a runner that runs out of time stops, and the next one waits for the statement that the first started", async () => {
      let left = 10 * minutes;
      const runLong: LongRun["runLong"] = async (sql) => {
        const how = await database.runLong(sql);
        left = minutes;
        return how;
      };
      const first = run(once, { runLong, remainingMilliseconds: () => left });
      await expect(first).rejects.toMatchObject({
        kind: "rate-limited",
        message: `migration ${once.name} is still running in the database`,
      });
      expect(await ledger()).toEqual([]);
      expect(await run(once)).toEqual([once.name]);
      expect(await rows("select n from slow")).toEqual([{ n: 1 }]);
    });

    test("when a runner died after its statement ended, the next one only records it", async () => {
      await client.query("insert into slow (n) values (7)");
      expect(await run(once)).toEqual([once.name]);
      expect(await rows("select n from slow")).toEqual([{ n: 7 }]);
    });

    test("after a lost reply the statement counts as running and is not started again", async () => {
      const runLong: LongRun["runLong"] = async (sql) => {
        await client.query(sql);
        return "running";
      };
      await run(once, { runLong });
      expect(await rows("select n from slow")).toEqual([{ n: 1 }]);
    });

    test("an index is built concurrently with writes", async () => {
      const until =
        "select coalesce((select indisvalid from pg_index where indexrelid = to_regclass('slow_n')), false)";
      const file = {
        name: "0001_index_slow.sql",
        sql: `-- long until: ${until}\ndrop index concurrently if exists slow_n;\n\ncreate index concurrently slow_n on slow (n);\n`,
      };
      expect(await run(file)).toEqual([file.name]);
      expect(await rows(until)).toEqual([{ coalesce: true }]);
    });

    test("a statement whose failure is not reported is started again a few times, then the error names it", async () => {
      const failing = long(
        "select count(*) > 0 from slow",
        "insert into slow (n) select 1 / (length(cast(pg_sleep(0.9) as text)) - length(cast(pg_sleep(0) as text)))",
      );
      await expect(run(failing)).rejects.toMatchObject({
        kind: "permanent",
        message: expect.stringContaining(`migration ${failing.name} has ended without its result`),
      });
      expect(await ledger()).toEqual([]);
    });

    test("a statement that fails at once says why; one that does not reach its end condition says so", async () => {
      const wrong = long("select false", "insert into nowhere (n) values (1)");
      await expect(run(wrong)).rejects.toThrow(/^migration 0001_do_slowly\.sql: .*nowhere/);
      const idle = long("select count(*) > 0 from slow", "delete from slow");
      await expect(run(idle)).rejects.toThrow("select count(*) > 0 from slow is not true");
      expect(await ledger()).toEqual([]);
    });

    test("a long mark without an end condition is refused before anything is applied", async () => {
      const first = { name: "0001_create_table.sql", sql: "create table first (n integer);\n" };
      const unmarked = { name: "0002_do_slowly.sql", sql: "-- long\ndelete from slow;\n" };
      await expect(migrate(database, [first, unmarked], silentLog)).rejects.toThrow("0002_do_slowly.sql");
      expect(await rows("select to_regclass('first') as found")).toEqual([{ found: null }]);
    });

    test("a runner that cannot wait applies a long migration like any other, once", async () => {
      const short = {
        ...once,
        sql: "-- long until: select exists (select from slow)\ninsert into slow (n) values (1);\n",
      };
      expect(await migrate(database, [short], silentLog)).toEqual([once.name]);
      expect(await migrate(database, [short], silentLog)).toEqual([]);
      expect(await rows("select n from slow")).toEqual([{ n: 1 }]);
    });

    test("a migration without the mark that times out fails by name, and is not retried", async () => {
      let begun = 0;
      const counting: Database = {
        run: database.run,
        transaction: (work) =>
          database.transaction((execute) => {
            begun += 1;
            return work(execute);
          }),
      };
      const slow = { name: "0001_do_slowly.sql", sql: "insert into slow (n) select 1 from pg_sleep(2);\n" };
      await expect(migrate(counting, [slow], silentLog)).rejects.toThrow(
        /^migration 0001_do_slowly\.sql: .*StatementTimeoutException/,
      );
      expect(begun).toBe(1);
      expect(await rows("select n from slow")).toEqual([]);
    });

    test("an older release on a newer schema is refused in one sentence, unless it is explicitly allowed", async () => {
      const [one, two] = [1, 2].map((n) => ({
        name: `000${n}_create_table.sql`,
        sql: `create table made_${n} (n integer);\n`,
      }));
      if (one === undefined || two === undefined) throw new Error("two files");
      const never = async () => false;
      await refuseNewerSchema(database, [one], never);
      await migrate(database, [one, two], silentLog);
      await refuseNewerSchema(database, [one, two], never);
      await expect(refuseNewerSchema(database, [one], never)).rejects.toMatchObject({
        kind: "permanent",
        message:
          "the database was migrated by a newer release, up to 0002_create_table.sql, and this one knows migrations up to " +
          "0001_create_table.sql: deploy the newer one, or say -c olderRelease=true if its notes allow it",
      });
      await refuseNewerSchema(database, [one], async () => true);
    });
  });
}
