// DATABASE_URL puts the mirror into a PostgreSQL server in place of the embedded database.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMirror, temporaryDataDir } from "./support/npm-start.ts";
import { type PostgresServer, startPostgresServer, whyNoPostgresServer } from "./support/postgres-server.ts";

const missing = await whyNoPostgresServer();
if (missing !== undefined) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)("a PostgreSQL server by DATABASE_URL", () => {
  const dataDir = temporaryDataDir();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(async () => {
    await server.stop();
    dataDir.remove();
  });

  test("holds the rows of the job, and a second start has nothing left to do", async () => {
    const args = ["--stocks", "60", "--from", "20260901", "--to", "20260930", "--data-dir", dataDir.path];
    const environment = { DATABASE_URL: server.url };
    const first = await startMirror([...args, "--once", "--json"], environment).ended;
    expect(first.output).toContain("DAILY_HISTORY COMPLETED");
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("select count(*)::int as rows from stock_daily");
    const { rows: grants } = await client.query(
      "select * from information_schema.role_table_grants where grantee = 'tushare_reader'",
    );
    await client.end();
    expect(grants).toEqual([]); // it gets no user of ours: reads are read-only transactions (reader.test.ts)
    expect(rows[0].rows).toBe(first.json.rows);
    expect(first.json.rows).toBeGreaterThan(1_000);

    const second = await startMirror([...args, "--once", "--json"], environment).ended;
    expect(second.json).toMatchObject({ units: 0, rows: first.json.rows, calls: {} });
  });

  test("that cannot be reached is named in the error, without its password", async () => {
    const environment = { DATABASE_URL: "postgres://someone:secret-word@127.0.0.1:1/mirror" };
    const { code, output } = await startMirror(["--once", "--data-dir", dataDir.path], environment).ended;
    expect(code).toBe(1);
    expect(output).toContain("127.0.0.1:1");
    expect(output).not.toContain("secret-word");
  });
});
