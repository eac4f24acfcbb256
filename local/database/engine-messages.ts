// What engine.ts and its thread, pglite-engine.ts, say to each other.

export interface EngineOptions {
  /** Undefined keeps everything in memory. */
  readonly dataDir: string | undefined;
  /** An archived cluster that a new one is a copy of; an empty one when absent. */
  readonly archive: string | undefined;
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
