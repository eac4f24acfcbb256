// A new cluster. Making one (initdb) takes PGlite seconds of work and the migrations take another, opening a copy takes
// a tenth of that: so the first one is kept as an archive, and every later one is a copy.
import { globSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { migrate } from "../../shared/ledger/migrate.ts";
import type { Database, SqlParameters, SqlRow } from "../../shared/ports.ts";
import { readStatement } from "../data-api/sql.ts";
import { hashOfFiles, kept } from "../kept.ts";

/** What a new cluster holds: nothing, or the schema that the migrations of this checkout give. */
export type ClusterContent = "nothing" | "schema";

const startParams = [...PGlite.defaultStartParams, "-c", "timezone=UTC", "-c", "log_timezone=UTC"];
const migrations = join(import.meta.dirname, "..", "..", "migrations");

const archives = { nothing: emptyArchive, schema: migratedArchive } as const;

/** Opens the cluster that a folder holds. */
export async function openCluster(dataDir: string): Promise<PGlite> {
  return await PGlite.create({ dataDir, startParams });
}

/**
 * Makes a cluster and opens it. Where nothing can be kept (a read-only folder, a full disk) an empty one is made anew,
 * and the migrations are left to whoever runs them.
 * @param dataDir undefined keeps it in memory
 * @param folder where the archives are kept, if not beside the dependencies
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
  const make = async (file: string) => archiveCluster(await PGlite.create({ startParams }), file);
  return await kept(`cluster-${engineVersion()}.tar`, make, folder);
}

async function migratedArchive(folder?: string): Promise<string> {
  const hash = hashOfFiles(["migrations/*.sql", "shared/ledger/migrate.ts"], engineVersion());
  const make = async (file: string) => {
    const db = await makeCluster(undefined, "nothing", folder);
    await migrateIn(db);
    await archiveCluster(db, file);
  };
  return await kept(`migrated-${hash}.tar`, make, folder);
}

/** Writes the cluster of an engine to a file, and ends the engine. */
async function archiveCluster(db: PGlite, file: string): Promise<void> {
  await db.exec("checkpoint"); // a copy has nothing to recover then
  const archive = await db.dumpDataDir("none");
  await db.close();
  await writeFile(file, archive.stream(), { flush: true }); // it gets its name when all of it is on the disk
}

/** As the deployed function does, which finds nothing to do then: it still compares what it has with what was applied. */
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

/** Of which version of the engine a kept cluster is. */
function engineVersion(): string {
  const manifest = new URL("../package.json", import.meta.resolve("@electric-sql/pglite"));
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
