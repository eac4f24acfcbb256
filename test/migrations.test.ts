// Migrations: each applied once, whole or not at all, never edited, and documented in the database itself.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SyncError } from "../shared/errors.ts";
import { type MigrationFile, migrate, statementsOf } from "../shared/ledger/migrate.ts";
import type { Database } from "../shared/ports.ts";
import { migrationFiles, silentLog } from "./support/database.ts";
import { databaseKinds, emptySchema, opened } from "./support/postgres-database.ts";

const folder = new URL("../migrations/", import.meta.url);
const files = migrationFiles();
const names = files.map(({ name }) => name).sort();
/** All of them take seconds. These are enough for what a runner does, whatever the files are. */
const some = files.filter(({ name }) => names.indexOf(name) < 3);
const someNames = names.slice(0, 3);

for (const { engine, missing, openEmpty } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`migrations on ${engine}${missing ? ` (${missing})` : ""}`, () => {
    const on = opened(openEmpty);
    const apply = (given: readonly MigrationFile[] = files, target: Database = on.database) =>
      migrate(target, given, silentLog);
    const tables = async () => {
      const { rows } = await on.client.query<{ name: string }>(
        "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S') order by 1",
      );
      return rows.map(({ name }) => name);
    };
    const ledger = async () => {
      const { rows } = await on.client.query<{ name: string }>(
        "select name from schema_migration order by name",
      );
      return rows.map(({ name }) => name);
    };

    describe("all of them", () => {
      let applied: string[];
      beforeAll(async () => {
        await emptySchema(on.client);
        applied = await apply([...files].reverse());
      });

      test("an empty database gets every migration, in order", async () => {
        expect(applied).toEqual(names);
        expect(await ledger()).toEqual(names);
      });

      test("every table and every column has a comment", async () => {
        const { rows } = await on.client.query<{ place: string; comment: string | null }>(
          `select concat_ws('.', relname, attname) as place, description as comment
           from pg_class
           left join lateral (
             select attname, attnum from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped
             union all select null, 0
           ) as part on true
           left join pg_description on objoid = pg_class.oid and classoid = 'pg_class'::regclass and objsubid = attnum
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`,
        );
        expect(rows.length).toBeGreaterThan(80);
        expect(rows.filter(({ comment }) => !comment).map(({ place }) => place)).toEqual([]);
      });

      test("the downs, run by hand in reverse, leave nothing but the list of migrations, and all can be applied again", async () => {
        for (const name of names.toReversed()) {
          const sql = readFileSync(new URL(downOf(name), folder), "utf8");
          for (const statement of statementsOf(sql)) await on.database.run(statement);
          await on.client.query("delete from schema_migration where name = $1", [name]);
        }
        expect(await tables()).toEqual(["schema_migration"]);
        expect(await apply()).toEqual(names);
      });
    });

    describe("a runner", () => {
      beforeEach(() => emptySchema(on.client));

      test("a second run applies nothing", async () => {
        await apply(some);
        expect(await apply(some)).toEqual([]);
        expect(await ledger()).toEqual(someNames);
      });

      test("only what is new is applied to a database that has the rest", async () => {
        await apply(some.slice(0, 2));
        expect(await apply(some)).toEqual(someNames.slice(2));
      });

      test("two runners at once apply each migration once, and both succeed", async () => {
        const ten = files.filter(({ name }) => names.indexOf(name) < 10);
        const [one, two] = await Promise.all([apply(ten), apply(ten)]);
        expect([...one, ...two].sort()).toEqual(names.slice(0, 10));
        expect(await ledger()).toEqual(names.slice(0, 10));
      });

      test("a runner stopped at any statement of a migration leaves nothing of it, and the next completes", async () => {
        const [first, second] = files;
        if (first === undefined || second === undefined) throw new Error("two migrations are expected");
        let stops = 0;
        for (; ; stops += 1) {
          await emptySchema(on.client);
          await apply([first]);
          const before = await tables();
          const isStopped = await apply([first, second], stoppedAt(on.database, stops)).then(
            () => false,
            () => true,
          );
          if (!isStopped) break;
          expect(await tables()).toEqual(before);
          expect(await ledger()).toEqual([first.name]);
          expect(await apply(some)).toEqual(someNames.slice(1));
        }
        expect(stops).toBeGreaterThan(1);
      });

      test("a statement that the database refuses rolls back its whole migration", async () => {
        const wrong = {
          name: "0004_create_two_tables.sql",
          sql: "create table first_table (id integer);\n\ncreate table first_table (id integer);\n",
        };
        await expect(apply([...some, wrong])).rejects.toThrow("first_table");
        expect(await ledger()).toEqual(someNames);
        expect(await tables()).not.toContain("first_table");
      });

      test("an applied file that was edited is refused by name; its line endings do not count", async () => {
        await apply(some);
        const crlf = some.map(({ name, sql }) => ({ name, sql: sql.replaceAll("\n", "\r\n") }));
        expect(await apply(crlf)).toEqual([]);
        const edited = some.map((file, at) => (at === 1 ? { ...file, sql: `${file.sql}\n-- more` } : file));
        await expect(apply(edited)).rejects.toThrow(/0002_create_trade_cal\.sql was edited/);
      });

      test("comments that follow each other take one call, and arrive as they were written", async () => {
        const comments = [
          "it's :a, and $1, $$ and $migration",
          ...Array.from({ length: 300 }, (_, at) => `${at} ${"long ".repeat(50)}`),
        ];
        const parts = [
          "create table noted (id integer)",
          ...comments.map((text) => `comment on column noted.id is '${text.replaceAll("'", "''")}'`),
          "comment on table noted is '列：数字'",
          "create table after_it (id integer)",
        ];
        const sent: string[] = [];
        const counting: Database = {
          ...on.database,
          transaction: (act) =>
            on.database.transaction((run) =>
              act(async (sql, parameters) => {
                sent.push(sql);
                return await run(sql, parameters);
              }),
            ),
        };
        const file = { name: "0004_create_noted.sql", sql: `${parts.join(";\n\n")};\n` };
        await apply(some);
        await apply([...some, file], counting);
        const { rows } = await on.client.query(
          "select obj_description('noted'::regclass) as of_table, col_description('noted'::regclass, 1) as of_column",
        );
        expect(rows).toEqual([{ of_table: "列：数字", of_column: comments.at(-1) }]);
        const [, ...ofFile] = sent;
        expect(ofFile.length).toBeLessThan(10);
        expect(Math.max(...ofFile.map((sql) => sql.length))).toBeLessThan(40_000);
        const first = [...some, { ...file, name: "0005_create_noted.sql", sql: `${parts[1]};\n` }];
        first.splice(3, 0, file);
        await apply(first);
        const { rows: again } = await on.client.query(
          "select col_description('noted'::regclass, 1) as of_column",
        );
        expect(again).toEqual([{ of_column: comments[0] }]);
      });

      test("a file with Windows line endings is split and applied like any other", async () => {
        const windows = (sql: string) => sql.replaceAll("\n", "\r\n");
        const unix = (statements: readonly string[]) =>
          statements.map((text) => text.replaceAll("\r\n", "\n"));
        for (const { name, sql } of files)
          expect(unix(statementsOf(windows(sql))), name).toEqual(statementsOf(sql));
        await apply(some.map(({ name, sql }) => ({ name, sql: windows(sql) })));
        expect(await ledger()).toEqual(someNames);
      });

      test.each([
        ["a gap", ["0001_create_one.sql", "0003_create_three.sql"], /0003_create_three\.sql: expected 0002/],
        [
          "a number used twice",
          ["0001_create_one.sql", "0001_create_two.sql"],
          /0001_create_two\.sql: expected 0002/,
        ],
        ["a name in another form", ["1_create.sql"], /1_create\.sql: expected 0001_verb_object\.sql/],
        ["a name with capitals", ["0001_Create.sql"], /0001_Create\.sql/],
        ["a start at another number", ["0002_create_two.sql"], /expected 0001/],
      ])(
        "%s among the files is refused by name, before anything is applied",
        async (_what, given, message) => {
          const made = given.map((name) => ({
            name,
            sql: `create table made_${name.slice(0, 1)} (id integer);\n`,
          }));
          await expect(apply(made)).rejects.toThrow(message);
          expect(await tables()).toEqual([]);
        },
      );

      test("tasks cancelled before the status existed become CANCELLED, and no others", async () => {
        const at = names.findIndex((name) => name.endsWith("_name_cancelled_tasks.sql"));
        await apply(files.filter(({ name }) => names.indexOf(name) < at));
        await on.client.query(
          `insert into sync_task (job_type, status, batch_size, config, total_units, total_failed, reason)
           values ('A', 'FAILED', 1, '{}', 3, 0, 'cancelled by a command'),
             ('B', 'FAILED', 1, '{}', 3, 0, 'started again by stock within two minutes: no right'),
             ('C', 'FAILED', 1, '{}', 0, 0, 'the trading calendar is empty: run the job REFERENCE'),
             ('D', 'FAILED', 1, '{}', 1, 1, null),
             ('E', 'COMPLETED', 1, '{}', 0, 0, null),
             ('F', 'PAUSED', 1, '{}', 1, 0, 'paused by a command')`,
        );
        await apply(files.filter(({ name }) => names.indexOf(name) <= at));
        const { rows } = await on.client.query<{ status: string }>(
          "select status from sync_task order by job_type",
        );
        expect(rows.map(({ status }) => status)).toEqual([
          ...["CANCELLED", "CANCELLED", "FAILED", "FAILED", "COMPLETED", "PAUSED"],
        ]);
      });
    });
  });
}

test("every migration has a down file, and every down file a migration", () => {
  for (const name of names) expect(existsSync(new URL(downOf(name), folder)), downOf(name)).toBe(true);
  const downs = readdirSync(folder).filter((name) => name.endsWith(".down.sql"));
  expect(downs.sort()).toEqual(names.map(downOf));
});

function downOf(name: string): string {
  return name.replace(/\.sql$/, ".down.sql");
}

/** A database that fails after so many statements of a transaction, the claim not counted; permanent: no retry. */
function stoppedAt(database: Database, statements: number): Database {
  return {
    run: database.run,
    transaction: (work) =>
      database.transaction(async (run) => {
        let left = statements + 1;
        return await work((sql, parameters) => {
          left -= 1;
          if (left < 0) throw new SyncError("permanent", "stopped");
          return run(sql, parameters);
        });
      }),
  };
}
