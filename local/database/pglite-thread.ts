// The worker thread PGlite lives in: a statement blocks the thread that runs it, so it must not be the main one.
// Opens the cluster, serves it on a loopback port (pglite-wire.ts) and tells the parent which.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import { openCluster } from "./new-cluster.ts";
import { servePglite } from "./pglite-wire.ts";

export interface PgliteThreadData {
  /** Undefined keeps everything in memory. */
  readonly dataDir: string | undefined;
  /** An archived cluster that a new one is a copy of; an empty one when absent. */
  readonly archive: string | undefined;
  readonly port: number;
  readonly idleInTransactionMilliseconds: number;
}

export type PgliteThreadMessage = { readonly port: number } | { readonly closed: true };

const { dataDir, archive, port, idleInTransactionMilliseconds } = workerData as PgliteThreadData;

async function open(): Promise<PGlite> {
  if (dataDir === undefined) return await openCluster(undefined, true, archive);
  // A cluster is only trusted once this file says it was made whole: creation may have been killed half-way.
  const created = join(dataDir, "created");
  const cluster = join(dataDir, "cluster");
  const isNew = !existsSync(created);
  if (isNew) rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { recursive: true });
  const db = await openCluster(cluster, isNew, archive);
  if (isNew) writeFileSync(created, "PGlite made the cluster beside this file completely.\n");
  return db;
}

async function start(preferredPort: number): Promise<void> {
  const db = await open();
  let lost = false;
  const server = await servePglite(db, {
    port: preferredPort,
    idleInTransactionMilliseconds,
    // The engine can be ended by a statement, for example pg_terminate_backend on itself. What was committed is on
    // disk, so it is opened again like after a crash; without a disk there is nothing to return to.
    onFatal(error) {
      if (lost) return;
      lost = true;
      if (dataDir === undefined) throw error;
      void server.close().then(() => start(server.port));
    },
  });
  parentPort?.removeAllListeners("message");
  parentPort?.on("message", async () => {
    await server.close();
    await db.close(); // a clean shutdown: the next start need not recover
    parentPort?.postMessage({ closed: true } satisfies PgliteThreadMessage);
    parentPort?.close();
  });
  parentPort?.postMessage({ port: server.port } satisfies PgliteThreadMessage);
}

await start(port);
