// The databases the promises about concurrency are kept on: PGlite takes one statement after the other, a PostgreSQL
// server really runs two at once.
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
      openEmpty: emptyServer,
      async openMigrated() {
        const database = await emptyServer();
        await migrate(database, migrationFiles(), silentLog);
        return database;
      },
    },
  ];
}

async function emptyServer(): Promise<TestDatabase> {
  const server = await startPostgresServer();
  return await throughDataApi(server.url, () => server.stop());
}
