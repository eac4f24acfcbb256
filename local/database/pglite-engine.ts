// The worker thread PGlite lives in: opens the cluster, runs protocol messages one after the other, and can interrupt
// the running statement. pglite-backend.ts decides which session runs when.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import {
  type EngineOptions,
  type EngineReply,
  type EngineRequest,
  interruptFunction,
} from "./engine-messages.ts";
import { makeCluster, openCluster } from "./new-cluster.ts";
import { join as joinBytes, runMessages, stopStatement } from "./pglite-run.ts";

const { dataDir, content } = workerData as EngineOptions;

async function open(): Promise<PGlite> {
  if (dataDir === undefined) return await makeCluster(undefined, content);
  // This file marks a complete cluster: without it, its creation may have been killed half-way.
  const created = join(dataDir, "created");
  const cluster = join(dataDir, "cluster");
  const isNew = !existsSync(created);
  if (isNew) rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { recursive: true });
  const db = isNew ? await makeCluster(cluster, content) : await openCluster(cluster);
  if (isNew) writeFileSync(created, "PGlite made the cluster beside this file completely.\n");
  return db;
}

const say = (reply: EngineReply, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(reply, transfer);

const db = await open();
let running: number | undefined;
let isStopped = false;

// Called in the middle of a statement (interrupt-thread.ts). The number makes sure that it is still the same statement.
function interruptStatement(run: number): void {
  if (run !== running) return;
  isStopped = true;
  stopStatement(db);
}
Object.assign(globalThis, { [interruptFunction]: interruptStatement });

parentPort?.on("message", async (request: EngineRequest) => {
  try {
    if ("close" in request) {
      await db.close();
      return say({ closed: true });
    }
    running = request.run;
    isStopped = false;
    let reply = await runMessages(db, request.messages);
    running = undefined;
    if (request.unlessStopped && !isStopped) {
      reply = joinBytes([reply, await runMessages(db, request.unlessStopped)]);
    }
    say({ reply, isStopped }, [reply.buffer]);
  } catch (error) {
    say({ lost: error instanceof Error ? error.message : String(error) });
  }
});
say({ ready: true });
