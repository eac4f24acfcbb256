// The worker thread in front of the engine's own: serves it on a loopback port (pglite-wire.ts), so that connections are
// heard while a statement runs, and opens the engine again when it was lost. Tells the parent the port.
import { parentPort, workerData } from "node:worker_threads";
import { hasNoSpace } from "../no-space.ts";
import { startEngine } from "./engine.ts";
import type { EngineOptions } from "./engine-messages.ts";
import { servePglite } from "./pglite-wire.ts";

export interface PgliteThreadData extends EngineOptions {
  readonly port: number;
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

/** What was committed is on disk, so the engine opens again as after a crash; without a disk there is nothing left. */
async function replaceEngine(error: unknown): Promise<void> {
  if (isReplacing) return;
  isReplacing = true;
  const reason = error instanceof Error ? error.message : String(error);
  await engine.kill();
  if (dataDir === undefined) return say({ lost: reason });
  if (dataDir !== undefined && hasNoSpace(dataDir)) return say({ isFull: true }); // it would be lost again at once
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
