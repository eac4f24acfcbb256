// A worker thread in front of the engine's thread. It serves the engine on a port (pglite-wire.ts), so that
// sockets are read while a statement runs, and reopens an engine that is lost. It sends the port to the parent.
import { parentPort, workerData } from "node:worker_threads";
import { hasNoSpace } from "../no-space.ts";
import { startEngine } from "./engine.ts";
import type { EngineOptions } from "./engine-messages.ts";
import { servePglite } from "./pglite-wire.ts";

export interface PgliteThreadData extends EngineOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly password: string | undefined;
  readonly idleInTransactionMilliseconds: number;
  readonly readingMilliseconds: number;
}

export type PgliteThreadMessage =
  | { readonly port: number }
  | { readonly lost: string }
  | { readonly isFull: true }
  | { readonly closed: true };

const say = (message: PgliteThreadMessage) => parentPort?.postMessage(message);

const { dataDir, content, ...options } = workerData as PgliteThreadData;

let engine = await startEngine({ dataDir, content });
let isReplacing = false;

const server = await servePglite(engine, {
  ...options,
  onLost: (error) => void replaceEngine(error),
  onFullDisk: () => say({ isFull: true }),
});

/** Committed data is on disk, so the engine reopens as after a crash. An in-memory database is gone. */
async function replaceEngine(error: unknown): Promise<void> {
  if (isReplacing) return;
  isReplacing = true;
  const reason = error instanceof Error ? error.message : String(error);
  await engine.kill();
  if (dataDir === undefined) return say({ lost: reason });
  if (dataDir !== undefined && hasNoSpace(dataDir)) return say({ isFull: true }); // a new engine would fail too
  const opening = startEngine({ dataDir, content }).then((opened) => {
    engine = opened;
    return opened;
  });
  try {
    await server.replaceEngine(opening, `the embedded database is opened again, because ${reason}`);
    isReplacing = false;
  } catch (failure) {
    say({ lost: failure instanceof Error ? failure.message : String(failure) });
  }
}

parentPort?.on("message", async () => {
  await server.close();
  await engine.close();
  say({ closed: true });
  parentPort?.close();
});
say({ port: server.port });
