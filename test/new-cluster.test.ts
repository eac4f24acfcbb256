// A new embedded database: a copy of one made before, with what the migrations give, and nothing of an earlier database.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { startDatabase } from "../local/database/database.ts";
import { makeCluster } from "../local/database/new-cluster.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import { readHolding } from "../shared/ledger/origin.ts";
import { migrationFiles, silentLog, throughDataApi } from "./support/database.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "new-cluster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a new database has the schema, the migrations find nothing to do, and nothing is recorded in it", async () => {
  const engine = await startDatabase({ dataDir: temporaryFolder(), content: "schema" });
  const database = await throughDataApi(engine.url, () => engine.close());
  onTestFinished(() => database.close());
  expect(await migrate(database, migrationFiles(), silentLog)).toEqual([]);
  const [ledger] = await database.run("select count(*) as migrations from schema_migration");
  expect(ledger).toEqual({ migrations: migrationFiles().length });
  expect(await readHolding(database)).toBe("nothing");
});

test("a new database has none beside it, so a copy writes no files that nobody opens", async () => {
  const dataDir = temporaryFolder();
  const engine = await startDatabase({ dataDir });
  const client = new pg.Client({ connectionString: engine.url });
  await client.connect();
  const { rows } = await client.query("select datname from pg_database");
  expect(rows).toEqual([{ datname: "postgres" }]);
  await client.end();
  await engine.close();
  expect(readdirSync(join(dataDir, "cluster", "base"))).toHaveLength(1);
});

test("a folder that has a database is opened as it is, whatever a new one would hold", async () => {
  const dataDir = temporaryFolder();
  await (await startDatabase({ dataDir })).close();
  const engine = await startDatabase({ dataDir, content: "schema" });
  const database = await throughDataApi(engine.url, () => engine.close());
  onTestFinished(() => database.close());
  const [found] = await database.run("select to_regclass('schema_migration') is null as is_empty");
  expect(found).toEqual({ is_empty: true });
});

test("when nothing can be cached a new cluster is made, and the migrations fill it", async () => {
  const file = join(temporaryFolder(), "a-file");
  writeFileSync(file, "");
  const db = await makeCluster(undefined, "schema", join(file, "kept"));
  const { rows } = await db.query("select to_regclass('schema_migration') is null as is_empty");
  expect(rows).toEqual([{ is_empty: true }]);
  await db.close();
});
