// Creates a cluster. initdb takes PGlite seconds, the migrations another, and opening a copy a tenth of that. So the
// first one is kept as an archive, and later ones are copies of it.
import { globSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { migrate } from "../../shared/ledger/migrate.ts";
import type { Database, SqlParameters, SqlRow } from "../../shared/ports.ts";
import { readStatement } from "../data-api/sql.ts";
import { hashOfFiles, kept } from "../kept.ts";

/** The content of a new cluster: nothing, or the schema after all migrations of this checkout. */
export type ClusterContent = "nothing" | "schema";

const startParams = [...PGlite.defaultStartParams, "-c", "timezone=UTC", "-c", "log_timezone=UTC"];
const migrations = join(import.meta.dirname, "..", "..", "migrations");

const archives = { nothing: emptyArchive, schema: migratedArchive } as const;

/** Opens the existing cluster of a folder. */
export async function openCluster(dataDir: string): Promise<PGlite> {
  return await PGlite.create({ dataDir, startParams });
}

/**
 * Creates a cluster and opens it. If no archive can be written (a read-only folder, a full disk), the cluster is
 * created empty, and the migrations run later as usual.
 * @param dataDir undefined keeps it in memory
 * @param folder for the archives; by default beside the dependencies
 */
export async function makeCluster(
  dataDir: string | undefined,
  content: ClusterContent,
  folder?: string,
): Promise<PGlite> {
  const archive = await archives[content](folder).catch(() => undefined);
  return await PGlite.create({
    startParams,
    ...(dataDir !== undefined && { dataDir }),
    ...(archive !== undefined && { loadDataDir: new Blob([readFileSync(archive)]) }),
  });
}

async function emptyArchive(folder?: string): Promise<string> {
  const make = async (file: string) => {
    const db = await PGlite.create({ startParams });
    await dropTemplates(db);
    await archiveCluster(db, file);
  };
  return await kept(`cluster-alone-${engineVersion()}.tar`, make, folder);
}

async function migratedArchive(folder?: string): Promise<string> {
  const hash = hashOfFiles(
    ["migrations/*.sql", "shared/ledger/migrate.ts", "local/database/new-cluster.ts"],
    engineVersion(),
  );
  const make = async (file: string) => {
    const db = await makeCluster(undefined, "nothing", folder);
    await migrateIn(db);
    await archiveCluster(db, file);
  };
  return await kept(`migrated-${hash}.tar`, make, folder);
}

/**
 * initdb makes three databases, and the engine only ever opens one. The templates are two thirds of the files, which
 * every copy would write: a start in a new folder takes up to a third less time without them.
 */
async function dropTemplates(db: PGlite): Promise<void> {
  await db.exec("update pg_database set datistemplate = false where datname <> current_database()");
  for (const template of ["template0", "template1"]) await db.exec(`drop database ${template}`);
}

/** Writes the cluster of an engine to a file, and closes the engine. */
async function archiveCluster(db: PGlite, file: string): Promise<void> {
  await db.exec("checkpoint"); // so a copy needs no recovery
  const archive = await db.dumpDataDir("none");
  await db.close();
  await writeFile(file, archive.stream(), { flush: true }); // the caller renames it once it is whole on disk
}

/**
 * Runs the migrations as the deployed function does. That one then finds nothing to do, but still checks the hashes of
 * what was applied.
 */
async function migrateIn(db: PGlite): Promise<void> {
  const paths = globSync(join(migrations, "*.sql")).filter((file) => !file.endsWith(".down.sql"));
  const files = paths.map((file) => ({ name: basename(file), sql: readFileSync(file, "utf8") }));
  const run =
    (on: Pick<PGlite, "query">) =>
    async (sql: string, parameters: SqlParameters = {}) => {
      const { text, names } = readStatement(sql);
      const values = names.map((name) => parameters[name] ?? null);
      return (await on.query<SqlRow>(text, values)).rows;
    };
  const database: Database = {
    run: run(db),
    transaction: (work) => db.transaction(async (transaction) => await work(run(transaction))),
  };
  await migrate(database, files, { info: () => {}, warn: () => {}, error: () => {} });
}

/** The engine's version, as a key for kept clusters. */
function engineVersion(): string {
  const manifest = new URL("../package.json", import.meta.resolve("@electric-sql/pglite"));
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
