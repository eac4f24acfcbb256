// A read cannot change a row: the database user of everything that only reads has no right to. Tried here by every way we
// know, on the embedded engine and on a server, where the user logs in as on AWS.
import { randomUUID } from "node:crypto";
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
  RollbackTransactionCommand,
} from "@aws-sdk/client-rds-data";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDataApi } from "../local/data-api/server.ts";
import { startDatabase } from "../local/database/database.ts";
import { findReader } from "../local/reader.ts";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { scramVerifier } from "../shared/adapters/scram.ts";
import { readerUser } from "../shared/catalogue/stack.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import { letReaderIn } from "../shared/ledger/reader.ts";
import type { Database } from "../shared/ports.ts";
import {
  migrationFiles,
  realClock,
  silentLog,
  type TestDatabase,
  throughDataApi,
} from "./support/database.ts";
import { databaseKinds } from "./support/postgres-database.ts";
import { type PostgresServer, startPostgresServer, whyNoPostgresServer } from "./support/postgres-server.ts";

const password = "the-password-of-the-reader";
const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:reader";

const resourceArn = "arn:aws:rds:us-east-1:000000000000:cluster:of-the-reader";

const insert = "insert into trade_cal (exchange, cal_date, is_open) values ('SSE', '2024-01-06', 0)";

/** What would change a row, a table, or what else the database keeps. */
const attempts: readonly (readonly [what: string, sql: string])[] = [
  ["insert", insert],
  ["insert of what it reads", "insert into trade_cal select * from trade_cal on conflict do nothing"],
  ["upsert", `${insert} on conflict (exchange, cal_date) do update set is_open = 1`],
  ["update", "update trade_cal set is_open = 1 - is_open"],
  ["update of no row", "update trade_cal set is_open = 0 where false"],
  ["delete", "delete from trade_cal"],
  ["merge", "merge into trade_cal t using trade_cal s on t.cal_date = s.cal_date when matched then delete"],
  ["truncate", "truncate trade_cal"],
  ["a CTE that deletes", "with gone as (delete from trade_cal returning *) select count(*) from gone"],
  ["a CTE that inserts", `with made as (${insert} returning *) select * from made`],
  ["explain analyze of a delete", "explain analyze delete from trade_cal"],
  ["insert into a view", "insert into stock_daily_current (ts_code) values ('1')"],
  ["select for update", "select * from trade_cal for update"],
  ["select for share", "select * from trade_cal for share"],
  ["select into", "select * into copied from trade_cal"],
  ["create table", "create table made (id integer)"],
  ["create table as", "create table made as select * from trade_cal"],
  ["a temporary table", "create temporary table made (id integer)"],
  ["create view", "create view made as select 1 as one"],
  ["create function", "create function made() returns integer language sql return 1"],
  ["create schema", "create schema made"],
  ["create sequence", "create sequence made"],
  ["drop table", "drop table trade_cal"],
  ["alter table", "alter table trade_cal add column made integer"],
  ["create index", "create index on trade_cal (is_open)"],
  ["comment", "comment on table trade_cal is 'made'"],
  ["nextval", "select nextval(pg_get_serial_sequence('data_revision', 'id'))"],
  ["setval", "select setval(pg_get_serial_sequence('data_revision', 'id'), 99)"],
  ["a function of a trigger", "select check_days_again()"],
  ["code", "do $$ begin delete from trade_cal; end $$"],
  ["code that commits", "do $$ begin commit; execute 'delete from trade_cal'; end $$"],
  ["copy from a file", "copy trade_cal from '/tmp/rows'"],
  ["copy to a file", "copy trade_cal to '/tmp/rows'"],
  ["copy from a program", "copy trade_cal from program 'true'"],
  ["reading a file", "select pg_read_file('/etc/passwd')"],
  ["importing a file", "select lo_import('/etc/passwd')"],
  ["exporting to a file", "select lo_export(1, '/tmp/rows')"],
  ["rights of its own", `alter role ${readerUser} superuser`],
  ["another's password", "alter role postgres password 'made'"],
  ["a role", "create role made"],
  ["another's role", "set role postgres"],
  ["another's session", "set session authorization postgres"],
  ["a right of its owner", "grant pg_write_all_data to current_user"],
  ["a setting of the server", "alter system set fsync = off"],
  ["lock table", "lock table trade_cal in exclusive mode"],
];

/** What changes no row of the mirror, but something of the user's own or nothing: only a read-only transaction refuses it. */
const ofItsOwn: readonly (readonly [what: string, sql: string])[] = [
  ["its own password", `alter role ${readerUser} password 'made'`],
  ["its own settings", `alter role ${readerUser} set default_transaction_read_only = off`],
  ["a right on a table, of which nothing comes", `grant insert on trade_cal to ${readerUser}`],
];

/** What may come before an attempt. Some of it is refused by itself, some is allowed and gives nothing. */
const waysOut = [
  "set transaction read write",
  "set session characteristics as transaction read write",
  "set default_transaction_read_only = off",
  "set local transaction_read_only = off",
  "reset default_transaction_read_only",
  "reset all",
  "reset role",
  "set role none",
  "set role postgres",
  "reset session authorization",
  "set session authorization default",
  "set session authorization postgres",
  "set local session authorization postgres",
  "set session session authorization postgres",
  "set session_authorization = postgres",
  "set local session_authorization to 'postgres'",
  'set "session_authorization" = postgres',
  'set U&"session\\005fauthorization" = postgres',
  "set/**/session/**/authorization postgres",
  "/* a /* b */ select */ set session authorization postgres",
  "--\r set session authorization postgres",
  "-- select\nset session authorization postgres",
  "select set_config('session_authorization', 'postgres', false)",
  "select set_config('role', 'postgres', true)",
  "select query_to_xml('set session authorization postgres', true, true, '')",
  "prepare other as select set_config('session_authorization', 'postgres', false)",
  "explain analyze select set_config('session_authorization', 'postgres', false)",
  "do $$ begin execute 'set session ' || 'authorization postgres'; end $$",
  "discard all",
  "create function pg_temp.other() returns void language sql as 'set session authorization postgres'",
];

for (const { engine, missing, openMigrated } of await databaseKinds()) {
  if (missing !== undefined) console.warn(`skipped: ${missing}`);

  describe.skipIf(missing !== undefined)(`a reader of ${engine}`, () => {
    let database: TestDatabase;
    let client: pg.Client;
    let reader: Database;
    let readerUrl: string;
    let stop = async () => {};
    beforeAll(async () => {
      database = await openMigrated();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query(
        `insert into trade_cal (exchange, cal_date, is_open) values ('SSE', '2024-01-04', 1), ('SSE', '2024-01-05', 1)`,
      );
      await letReaderIn(database, scramVerifier(password));
      readerUrl = Object.assign(new URL(database.url), { username: readerUser, password }).href;
      const dataApi = await startDataApi({
        databaseUrl: database.url,
        reader: { databaseUrl: readerUrl, isSecret: (arn) => arn === secretArn },
      });
      process.env.AWS_ENDPOINT_URL_RDS_DATA = dataApi.url;
      const own = { resourceArn, secretArn, database: "tushare", clock: realClock };
      reader = makeDataApi({ ...own, resumeSecondsMax: 10 });
      await reader.run("select 1");
      stop = () => dataApi.close();
    });
    afterAll(async () => {
      await stop();
      await client?.end();
      await database?.close();
    });

    /** Everything that the database keeps: rows, tables, sequences, users with their rights and settings, large objects. */
    async function kept(): Promise<unknown> {
      const { rows: tables } = await client.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public' order by 1",
      );
      const rows: Record<string, string> = {};
      for (const { name } of tables) {
        const digest = `select coalesce(md5(string_agg(t::text, ';' order by t::text)), '') as digest from ${name} t`;
        rows[name] = (await client.query<{ digest: string }>(digest)).rows[0]?.digest ?? "";
      }
      const rest = await client.query(
        `select
           (select string_agg(concat_ws(',', relname, relkind, relacl), ';' order by oid) from pg_class
             where relnamespace = 'public'::regnamespace) as relations,
           (select string_agg(cast(s.* as text), ';' order by sequencename) from pg_sequences s) as sequences,
           (select string_agg(cast(r.* as text), ';' order by oid) from pg_authid r
             where rolname in ('postgres', 'made', '${readerUser}')) as roles,
           (select string_agg(cast(m.* as text), ';' order by roleid) from pg_auth_members m
             where member = '${readerUser}'::regrole) as members,
           (select string_agg(cast(s.* as text), ';') from pg_db_role_setting s) as settings,
           (select string_agg(cast(nspname as text), ',') from pg_namespace where nspname = 'made') as schemas,
           (select count(*) from pg_proc where proname = 'made') as functions,
           (select count(*) from pg_largeobject_metadata) as objects`,
      );
      return { rows, rest: rest.rows[0] };
    }

    /** A right is missing, the transaction is read-only, the engine has no such thing, or has it only in or out of one. */
    const refusal = /SQLState: (42501|25006|0A000|25001|25P01|2D000)/;

    test("reads every table and view, with and without a transaction", async () => {
      const { rows } = await client.query<{ name: string }>(
        "select table_name as name from information_schema.tables where table_schema = 'public'",
      );
      expect(rows.length).toBeGreaterThan(20);
      for (const { name } of rows) await reader.run(`select * from ${name} limit 1`);
      const count = await reader.transaction((run) => run("select count(*) as days from trade_cal"));
      expect(count).toEqual([{ days: 2 }]);
      expect(await reader.run("select session_user as name")).toEqual([{ name: readerUser }]);
    });

    test("reads through the functions of the schema", async () => {
      await reader.run("select * from stock_daily_of('600519.SH')");
      await reader.run("select * from stock_daily_qfq_at('2024-01-05')");
      await reader.run("select * from listed_on('2024-01-05')");
    });

    describe("is refused, and nothing is changed by", () => {
      let before: unknown;
      beforeAll(async () => {
        before = await kept();
      });

      test.each([...attempts, ...ofItsOwn])("%s", async (_what, sql) => {
        await expect(reader.run(sql)).rejects.toThrow(refusal);
        await expect(reader.transaction((run) => run(sql))).rejects.toThrow(refusal);
        expect(await kept()).toEqual(before);
      });

      test.each(attempts)("%s in a transaction that it has made writable", async (_what, sql) => {
        const work = reader.transaction(async (run) => {
          await run("set transaction read write");
          await run(sql);
        });
        await expect(work).rejects.toThrow(refusal);
        expect(await kept()).toEqual(before);
      });

      test.each(waysOut)("an insert after %j", async (way) => {
        await reader.run(way).catch(() => undefined);
        await expect(reader.run(insert)).rejects.toThrow(refusal);
        const work = reader.transaction(async (run) => {
          await run(way);
          await run(insert);
        });
        await expect(work).rejects.toThrow();
        expect(await kept()).toEqual(before);
      });

      test.each(waysOut)("an insert after %j over the wire, alone, in one text and in two", async (way) => {
        const own = new pg.Client({ connectionString: readerUrl });
        own.on("error", () => undefined);
        await own.connect();
        try {
          await own.query(way).catch(() => undefined);
          await expect(own.query(insert)).rejects.toThrow();
          await expect(own.query(`select 1; ${way}; ${insert}`)).rejects.toThrow();
          await expect(own.query(`select 1 --\r; ${way}; ${insert}`)).rejects.toThrow();
          await own.query("rollback").catch(() => undefined);
          expect((await own.query("select session_user as name")).rows).toEqual([{ name: readerUser }]);
        } finally {
          await own.end();
        }
        expect(await kept()).toEqual(before);
      });

      test("rows copied over the wire", async () => {
        const own = new pg.Client({ connectionString: readerUrl });
        await own.connect();
        await expect(own.query("copy trade_cal from stdin")).rejects.toThrow();
        await expect(own.query("copy trade_cal from/**/stdin")).rejects.toThrow();
        await own.end();
        expect(await kept()).toEqual(before);
      });
    });

    test("does not find a transaction of the owner", async () => {
      const client = new RDSDataClient({});
      const asOwner = {
        resourceArn,
        secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:owner",
      };
      const { transactionId } = await client.send(new BeginTransactionCommand(asOwner));
      const own = { resourceArn, secretArn, transactionId };
      const asked = client.send(new ExecuteStatementCommand({ ...own, sql: insert }));
      await expect(asked).rejects.toMatchObject({ name: "TransactionNotFoundException" });
      const ended = client.send(new CommitTransactionCommand({ ...own, transactionId: transactionId ?? "" }));
      await expect(ended).rejects.toMatchObject({ name: "TransactionNotFoundException" });
      await client.send(new RollbackTransactionCommand({ ...asOwner, transactionId: transactionId ?? "" }));
      client.destroy();
    });

    test("the owner writes as before, while the reader reads", async () => {
      for (let round = 0; round < 5; round += 1) {
        const [, seen] = await Promise.all([
          database.run("update trade_cal set is_open = 1"),
          reader.run("select session_user as name"),
          database.run("create temporary table scratch (id integer)").catch(() => undefined),
        ]);
        expect(seen).toEqual([{ name: readerUser }]);
      }
      expect((await client.query("select session_user as name")).rows).not.toEqual([{ name: readerUser }]);
    });

    test("reads at once what a later migration makes", async () => {
      await database.run("create table made_later (id integer)");
      await database.run("create view made_of_it as select * from made_later");
      expect(await reader.run("select * from made_of_it")).toEqual([]);
      await database.run("drop table made_later cascade");
    });

    test("keeps its rights and its password, however often and by however many at once it is let in", async () => {
      const verifier = scramVerifier(password);
      await Promise.all([1, 2, 3].map(() => letReaderIn(database, verifier)));
      const { rows } = await client.query(
        `select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolpassword
         from pg_authid where rolname = '${readerUser}'`,
      );
      const not = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false };
      expect(rows).toEqual([{ rolcanlogin: true, ...not, rolreplication: false, rolpassword: verifier }]);
      await expect(reader.run(insert)).rejects.toThrow();
    });

    test("its password is kept as the server itself would keep it", async () => {
      await client.query("set password_encryption = 'scram-sha-256'");
      await client.query(`create role of_a_test password '${password}'`);
      const { rows } = await client.query<{ text: string }>(
        "select rolpassword as text from pg_authid where rolname = 'of_a_test'",
      );
      await client.query("drop role of_a_test");
      const kept = rows[0]?.text ?? "";
      const salt = Buffer.from(/:([^$]+)\$/.exec(kept)?.[1] ?? "", "base64");
      expect(salt).toHaveLength(16);
      expect(scramVerifier(password, salt)).toBe(kept);
    });

    test("anything but such a verifier is refused before a statement is made of it", async () => {
      for (const text of [password, "", `${scramVerifier(password)}' superuser --`]) {
        await expect(letReaderIn(database, text)).rejects.toThrow(/holds no password/);
      }
    });
  });

  describe.skipIf(missing !== undefined)(`${engine} as someone's own server, which gets no such user`, () => {
    let database: TestDatabase;
    let reader: Database;
    let stop = async () => {};
    beforeAll(async () => {
      database = await openMigrated();
      const found = findReader({ url: `${database.url}?options=-c%20work_mem%3D8MB`, kind: "postgres" });
      found.learn([{ arn: secretArn, name: "x", value: JSON.stringify({ username: readerUser }) }]);
      expect(found.overrides).toEqual({ READER_PASSWORD_SECRET_ARN: "" });
      const dataApi = await startDataApi({ databaseUrl: database.url, reader: found });
      process.env.AWS_ENDPOINT_URL_RDS_DATA = dataApi.url;
      const own = { resourceArn, secretArn, database: "tushare", clock: realClock };
      reader = makeDataApi({ ...own, resumeSecondsMax: 10 });
      await reader.run("select 1");
      stop = () => dataApi.close();
    });
    afterAll(async () => {
      await stop();
      await database?.close();
    });

    test("reads in read-only transactions, whatever its address sets", async () => {
      expect(await reader.run("select current_setting('work_mem') as m")).toEqual([{ m: "8MB" }]);
      await expect(reader.run(insert)).rejects.toThrow(/SQLState: 25006/);
      await expect(reader.transaction((run) => run(insert))).rejects.toThrow(/SQLState: 25006/);
      await database.run(insert);
      expect(await reader.run("select is_open from trade_cal")).toEqual([{ is_open: 0 }]);
      await database.run("delete from trade_cal");
    });
  });
}

const missing = await whyNoPostgresServer();
describe.skipIf(missing !== undefined)("an owner who is no superuser, as on AWS", () => {
  const owner = `owner_${randomUUID().replaceAll("-", "")}`;
  let server: PostgresServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await startPostgresServer();
    const name = new URL(server.url).pathname.slice(1);
    await asked(
      server.url,
      `create role ${owner} login createrole`,
      `alter database ${name} owner to ${owner}`,
    );
    const url = Object.assign(new URL(server.url), { username: owner, password: "" }).href;
    database = await throughDataApi(url, async () => undefined);
    await migrate(database, migrationFiles(), silentLog);
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await asked(new URL("/postgres", server.url).href, `drop role ${owner}`);
  });

  test("lets the reader in, who reads everything and changes nothing", async () => {
    // The user belongs to the whole server; other tests there may have made it, as its superuser.
    await asked(
      server.url,
      `do $$ begin create role ${readerUser}; exception when duplicate_object then end $$`,
      `grant ${readerUser} to ${owner} with admin option`,
    );
    await letReaderIn(database, scramVerifier(password));
    const readerUrl = Object.assign(new URL(server.url), { username: readerUser, password }).href;
    expect(await asked(readerUrl, "select count(*)::integer as days from trade_cal")).toEqual([{ days: 0 }]);
    await expect(asked(readerUrl, "set default_transaction_read_only = off", insert)).rejects.toThrow(
      "permission denied for table trade_cal",
    );
    await expect(asked(readerUrl, "create temporary table made (id integer)")).rejects.toThrow();
  });
});

describe("the embedded database with a password", () => {
  let embedded: Awaited<ReturnType<typeof startDatabase>>;
  let readerUrl: string;
  beforeAll(async () => {
    embedded = await startDatabase({ dataDir: undefined, password: "of-the-owner" });
    readerUrl = findReader(embedded).databaseUrl;
  });
  afterAll(() => embedded?.close());

  test("says that there is no reader before a deployment has made it, and makes nobody the owner instead", async () => {
    await expect(asked(readerUrl, "select 1")).rejects.toThrow(`role "${readerUser}" does not exist`);
    await expect(asked(readerUrl, "create table made (id integer)")).rejects.toThrow("does not exist");
    expect(await asked(embedded.url, "select to_regclass('made') as made")).toEqual([{ made: null }]);
  });

  test("asks a reader for it too, who then may only read", async () => {
    await asked(embedded.url, `create role ${readerUser} login`, "create table trade_cal (cal_date date)");
    await asked(embedded.url, `grant select on trade_cal to ${readerUser}`);
    expect(await asked(readerUrl, "select * from trade_cal")).toEqual([]);
    await expect(asked(readerUrl, "delete from trade_cal")).rejects.toThrow("permission denied");
    const wrong = Object.assign(new URL(readerUrl), { password: "guessed" }).href;
    await expect(asked(wrong, "select 1")).rejects.toThrow("password authentication failed");
  });

  test("returns to its owner after a reader, whatever either has set for itself", async () => {
    await asked(embedded.url, `set session authorization ${readerUser}`, "set work_mem = '9MB'");
    expect(
      await asked(embedded.url, "select session_user as name, current_setting('work_mem') as m"),
    ).toEqual([{ name: "postgres", m: "4MB" }]);
    await asked(readerUrl, "set statement_timeout = '7s'", "set role none");
    expect(
      await asked(embedded.url, "select session_user as name, current_setting('statement_timeout') as t"),
    ).toEqual([{ name: "postgres", t: "0" }]);
  });
});

/** The rows of the last statement. */
async function asked(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const sql of statements) rows = (await client.query(sql)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
