// A new cluster. Making one (initdb) takes PGlite seconds of work, opening a copy of one a tenth of that: so the first
// one is kept as an archive, and every later one is a copy.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { kept } from "../kept.ts";

const startParams = [...PGlite.defaultStartParams, "-c", "timezone=UTC", "-c", "log_timezone=UTC"];

/** Opens the cluster of a folder, or one in memory. @param archive what a new one is a copy of; else an empty one */
export async function openCluster(
  dataDir: string | undefined,
  isNew: boolean,
  archive?: string,
): Promise<PGlite> {
  const place = dataDir === undefined ? {} : { dataDir };
  if (!isNew) return await PGlite.create({ ...place, startParams });
  const file = archive ?? (await emptyCluster().catch(() => undefined));
  if (file === undefined) return await PGlite.create({ ...place, startParams });
  return await PGlite.create({ ...place, startParams, loadDataDir: new Blob([readFileSync(file)]) });
}

/** Writes the cluster of a running engine to a file, as `openCluster` takes it. */
export async function archiveCluster(db: PGlite, file: string): Promise<void> {
  await db.exec("checkpoint"); // a copy has nothing to recover then
  const archive = await db.dumpDataDir("none");
  await writeFile(file, archive.stream());
}

/** Of which version of the engine a kept cluster is. */
export function engineVersion(): string {
  const manifest = new URL("../package.json", import.meta.resolve("@electric-sql/pglite"));
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

async function emptyCluster(): Promise<string> {
  return await kept(`cluster-${engineVersion()}.tar`, async (file) => {
    const db = await PGlite.create({ startParams });
    await archiveCluster(db, file);
    await db.close();
  });
}
