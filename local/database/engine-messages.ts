// What engine.ts and its thread, pglite-engine.ts, say to each other.
import type { ClusterContent } from "./new-cluster.ts";

export interface EngineOptions {
  /** Undefined keeps everything in memory. */
  readonly dataDir: string | undefined;
  /** Of a new cluster; one that is there is opened as it is. */
  readonly content: ClusterContent;
}

export type EngineRequest =
  | { readonly run: number; readonly messages: Uint8Array; readonly unlessStopped: Uint8Array | undefined }
  | { readonly close: true };
export type EngineReply =
  | { readonly ready: true }
  | { readonly reply: Uint8Array; readonly isStopped: boolean }
  | { readonly lost: string }
  | { readonly closed: true };

/** What the engine's thread offers to whoever interrupts it, by name. */
export const interruptFunction = "interruptStatement";
