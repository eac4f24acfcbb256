// The database of the local stack: PGlite in a worker thread, or the PostgreSQL server that DATABASE_URL names.
// Both are reached by a postgres:// URL; the Data API in front of it is data-api/server.ts.
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import pg from "pg";
import { say } from "../../shared/words/say-here.ts";
import { loopback } from "../listen.ts";
import { isLoopback } from "../loopback.ts";
import { hasNoSpace, isNoSpace, NoSpaceError } from "../no-space.ts";
import type { ClusterContent } from "./new-cluster.ts";
import type { PgliteThreadData, PgliteThreadMessage } from "./pglite-thread.ts";

export interface Database {
  /** postgres://…, for psql, the Data API server and any other client. */
  readonly url: string;
  readonly kind: "pglite" | "postgres";
  /** Resolves with the reason when the embedded engine is lost and does not open again. */
  readonly lost: Promise<Error>;
  /** Stops the embedded engine cleanly; leaves a server that was not started here alone. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Where the embedded database keeps its files; undefined keeps it in memory. One process at a time. */
  readonly dataDir: string | undefined;
  /** The content of a new embedded database; "nothing" when absent. */
  readonly content?: ClusterContent;
  /** The port to prefer for the embedded database; any free one when absent, 0 or taken. */
  readonly port?: number;
  /** The address that the embedded database listens on; 127.0.0.1 when absent. */
  readonly host?: string | undefined;
  /** The embedded database asks every client for it; required for a host that other machines can reach. */
  readonly password?: string | undefined;
  /** Use this PostgreSQL server instead of the embedded database. */
  readonly databaseUrl?: string;
  /** How long a client may stay idle in a transaction of the embedded database while others wait. */
  readonly idleInTransactionSeconds?: number;
  /** How long a read-only transaction of the embedded database may keep others waiting. */
  readonly readingSeconds?: number;
}

const serverVersionMin = 15;
const connectMilliseconds = 10_000;
const closeMilliseconds = 10_000;

/** Starts (or finds) the database. Rejects with one sentence that says what to do; it never contains the password. */
export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl) return await findServer(options.databaseUrl);
  if (options.host !== undefined && !isLoopback(options.host) && !options.password) {
    throw new Error(say("hostNeedsPassword", { host: options.host }));
  }
  const workerData: PgliteThreadData = {
    dataDir: options.dataDir === undefined ? undefined : resolve(options.dataDir),
    content: options.content ?? "nothing",
    port: options.port ?? 0,
    ...{ host: options.host, password: options.password },
    idleInTransactionMilliseconds: (options.idleInTransactionSeconds ?? 60) * 1000,
    readingMilliseconds: (options.readingSeconds ?? 2) * 1000,
  };
  setEngineFlags();
  const thread = new Worker(new URL("./pglite-thread.ts", import.meta.url), { workerData });
  const port = await firstPort(thread, options.dataDir);
  const lost = Promise.withResolvers<Error>();
  const lose = (reason: string) =>
    lost.resolve(whyNot(options.dataDir, (place) => say("engineLost", { place, reason })));
  thread.on("error", (error: Error) => lose(error.message));
  thread.on("message", (message: PgliteThreadMessage) => {
    if ("lost" in message) lose(message.lost);
    if ("isFull" in message && options.dataDir !== undefined) lost.resolve(new NoSpaceError(options.dataDir));
  });
  return {
    lost: lost.promise,
    url: urlHere(port, options),
    kind: "pglite",
    async close() {
      const closed = once(thread, "message", { signal: AbortSignal.timeout(closeMilliseconds) });
      thread.postMessage("close");
      await closed.catch(() => undefined); // committed data survives an unclean shutdown too
      await thread.terminate();
    },
  };
}

/** V8's flags for the embedded engine, to be set before its thread starts. */
export function setEngineFlags(): void {
  // V8 frees WebAssembly code that it has replaced with a faster version while other threads use theirs, which can end
  // the process (SIGSEGV). The engine's replaced code is a few megabytes, so it is kept.
  setFlagsFromString("--no-wasm-code-gc");
  // By default V8 optimises functions that a start runs only for a moment, which is a fifth of its CPU. What runs for
  // seconds is optimised with this budget too, and ends as fast.
  setFlagsFromString("--wasm-tiering-budget=100000000");
}

/** The address for clients on this machine, with the password. */
function urlHere(port: number, { host = loopback, password }: DatabaseOptions): string {
  const address = host === "0.0.0.0" || host === "::" ? loopback : isIPv6(host) ? `[${host}]` : host;
  const user = password === undefined ? "postgres" : `postgres:${encodeURIComponent(password)}`;
  return `postgres://${user}@${address}:${port}/postgres`;
}

async function firstPort(thread: Worker, dataDir: string | undefined): Promise<number> {
  const failed = once(thread, "exit").then(() => {
    throw new Error(say("engineEnded"));
  });
  try {
    const [message] = (await Promise.race([once(thread, "message"), failed])) as [PgliteThreadMessage];
    failed.catch(() => undefined);
    if ("port" in message) return message.port;
    throw new Error(say("engineEnded"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw whyNot(dataDir, (place) => say("engineRefused", { place, reason }), cause);
  }
}

/** On a full disk the engine fails with many different messages, so check the disk itself. */
function whyNot(dataDir: string | undefined, words: (place: string) => string, cause?: unknown): Error {
  if (dataDir !== undefined && (isNoSpace(cause) || hasNoSpace(dataDir))) {
    return new NoSpaceError(dataDir, cause);
  }
  return new Error(words(dataDir ?? say("inMemory")), { cause });
}

async function findServer(databaseUrl: string): Promise<Database> {
  const place = describePlace(databaseUrl);
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectMilliseconds,
  });
  client.on("error", () => undefined); // a failure to connect is reported by connect() as well
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    const version = rows[0]?.version ?? "unknown";
    if (!(Number.parseInt(version, 10) >= serverVersionMin)) {
      throw new Error(say("serverTooOld", { version, least: serverVersionMin }));
    }
  } catch (cause) {
    throw new Error(say("serverRefused", { place, reason: reasonOf(cause) }), { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
  return { url: databaseUrl, kind: "postgres", lost: new Promise(() => {}), close: async () => {} };
}

/** host:port/database of a URL, without user and password. */
function describePlace(databaseUrl: string): string {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new Error(say("serverUrl", { example: "postgres://user:password@host:5432/database" }));
  }
  const { hostname, port, pathname, searchParams } = new URL(databaseUrl);
  return `${hostname || searchParams.get("host") || "localhost"}:${port || 5432}${pathname}`;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ECONNREFUSED") return say("nothingListens");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return say("hostUnknown");
  if (cause instanceof Error && /timeout/i.test(cause.message)) {
    return say("serverSilent", { seconds: connectMilliseconds / 1000 });
  }
  return cause instanceof Error ? cause.message : String(cause);
}
