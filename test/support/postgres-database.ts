// The databases the promises about concurrency are kept on: PGlite takes one statement after the other, a PostgreSQL
// server really runs two at once.
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { migrate } from "../../shared/ledger/migrate.ts";
import {
  emptyDatabase,
  migratedDatabase,
  migrationFiles,
  silentLog,
  type TestDatabase,
  throughDataApi,
} from "./database.ts";
import { startPostgresServer, whyNoPostgresServer } from "./postgres-server.ts";

export type DatabaseKind = {
  readonly engine: string;
  /** Why it cannot run here, as a sentence. */
  readonly missing: string | undefined;
  openEmpty(): Promise<TestDatabase>;
  openMigrated(): Promise<TestDatabase>;
};

export async function databaseKinds(): Promise<DatabaseKind[]> {
  return [
    { engine: "PGlite", missing: undefined, openEmpty: emptyDatabase, openMigrated: migratedDatabase },
    {
      engine: "a PostgreSQL server",
      missing: await whyNoPostgresServer(),
      openEmpty: () => onServer(),
      async openMigrated() {
        migrated ??= migratedTemplate();
        return await onServer(await migrated);
      },
    },
  ];
}

/** For the tests around: a database and a client of it, opened before them and closed after them. */
export function opened(open: () => Promise<TestDatabase>): {
  readonly database: TestDatabase;
  readonly client: pg.Client;
} {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await open();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.close();
  });
  return {
    get database() {
      return database;
    },
    get client() {
      return client;
    },
  };
}

/** Takes everything away that migrations made. */
export async function emptySchema(client: pg.Client): Promise<void> {
  await client.query("drop schema public cascade");
  await client.query("create schema public");
}

async function onServer(like?: string): Promise<TestDatabase> {
  const server = await startPostgresServer(like);
  return await throughDataApi(server.url, () => server.stop());
}

let migrated: Promise<string> | undefined;

/** The migrations take a second of a server too, so its other databases are copies of the first. */
async function migratedTemplate(): Promise<string> {
  const { url } = await startPostgresServer();
  const database = await throughDataApi(url, async () => undefined);
  await migrate(database, migrationFiles(), silentLog);
  await database.close();
  return new URL(url).pathname.slice(1);
}
