// The messages between engine.ts and its thread, pglite-engine.ts.
import type { ClusterContent } from "./new-cluster.ts";

export interface EngineOptions {
  /** Undefined keeps everything in memory. */
  readonly dataDir: string | undefined;
  /** The content of a new cluster; an existing one is opened unchanged. */
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

/** Name of the global function in the engine's thread that interrupts a statement. */
export const interruptFunction = "interruptStatement";
