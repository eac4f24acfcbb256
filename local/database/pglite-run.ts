// Runs protocol messages in PGlite, with a limit on the size of the reply, and interrupts a running statement.
import type { PGlite } from "@electric-sql/pglite";
import { messages as build } from "./pglite-messages.ts";

/** PGlite's one session cannot wait for a slow reader, so the whole reply is kept in memory before it is sent. */
const replyBytesMax = 256 * 1024 * 1024;

const tooLarge = `the answer is larger than ${replyBytesMax / 1024 / 1024} MiB, which the embedded database cannot send at once: \
read it with a cursor (in psql, \\set FETCH_COUNT 10000) or with tushare-sync export`;

/** PostgreSQL's global variables that PGlite exports, as addresses in the engine's memory. */
interface Memory {
  readonly HEAPU8: Uint8Array;
  readonly _QueryCancelPending: number;
  readonly _InterruptPending: number;
  /** Address of a pointer to the latch that pg_sleep and other waits check. */
  readonly _MyLatch: number;
}

/** Does what PostgreSQL's SIGINT handler does: the statement ends when the engine next checks its flags. */
export function stopStatement(db: PGlite): void {
  const { HEAPU8: bytes, _QueryCancelPending, _InterruptPending, _MyLatch } = memoryOf(db);
  bytes[_QueryCancelPending] = 1;
  bytes[_InterruptPending] = 1;
  const latch = new DataView(bytes.buffer).getUint32(_MyLatch, true);
  if (latch !== 0) bytes[latch] = 1;
}

/** Returns the raw reply in a new buffer. */
export async function runMessages(db: PGlite, messages: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  // The streaming form: the plain one also parses every reply and keeps the parsed messages for ever.
  await db.execProtocolRawStream(messages, {
    syncToFs: false,
    onRawData(data) {
      bytes += data.length;
      if (bytes > replyBytesMax) {
        chunks = [];
        stopStatement(db);
      }
      chunks.push(data.slice());
    },
  });
  // An interrupt that came too late for this statement must not cancel the next one.
  const memory = memoryOf(db);
  memory.HEAPU8[memory._QueryCancelPending] = 0;
  if (bytes > replyBytesMax) chunks = [build.error("54000", tooLarge), readyAtEnd(chunks)];
  return join(chunks);
}

/** Joins chunks in a new buffer, which can be transferred to another thread. */
export function join(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** The message ReadyForQuery where it ends a reply. */
function readyAtEnd(chunks: readonly Uint8Array[]): Uint8Array {
  const end = Buffer.concat(chunks.slice(-2)).subarray(-6);
  return end[0] === 0x5a && end.readInt32BE(1) === 5 ? end : new Uint8Array(0);
}

function memoryOf(db: PGlite): Memory {
  return (db as unknown as { readonly Module: Memory }).Module;
}
