// A PostgreSQL server in front of PGlite, on a loopback port unless told otherwise: sockets, message framing, startup, cancel, COPY.
// pglite-backend.ts shares the one session between the connections. Why not @electric-sql/pglite-socket (0.2.17,
// measured 2026-11-22): six connections that send values of up to 400 kB get each other's answers, settings and
// prepared statements are shared, and COPY FROM STDIN ends the whole database.
import { randomInt } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { readerUser } from "../../shared/catalogue/stack.ts";
import { listen } from "../listen.ts";
import type { Engine } from "./engine.ts";
import { type Backend, makeBackend, newSession, owner, type Session } from "./pglite-backend.ts";
import { backendMessages, messages as build, cString, type Message, readMessage } from "./pglite-messages.ts";
import { makeScram, type Scram } from "./scram.ts";

interface Connection {
  readonly session: Session;
  readonly secret: number;
  readonly socket: Socket;
  readonly read: Reader;
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const requestCodes = { cancel: 80877102, ssl: 80877103, gss: 80877104, three: 196608 } as const;
const messageBytesMax = 256 * 1024 * 1024;

/** Of a client that may not do anything yet; PostgreSQL allows as much for its first message. */
const firstBytesMax = 10_000;
const enterMillisecondsMax = 60_000; // PostgreSQL's authentication_timeout

export interface WireOptions {
  /** The port to prefer: any free one is taken when it is 0 or in use. */
  readonly port: number;
  /** 127.0.0.1 when absent. */
  readonly host?: string | undefined;
  /** Every client is asked for it. */
  readonly password?: string | undefined;
  readonly idleInTransactionMilliseconds: number;
  readonly readingMilliseconds: number;
  /** The engine was lost, or a statement in it could not be stopped. */
  readonly onLost: (error: unknown) => void;
  /** Called when a statement failed on a full disk. It was rolled back; the engine can still read. */
  readonly onFullDisk: () => void;
}

export interface WireServer {
  readonly port: number;
  /** Ends every connection with the message `text`; new connections wait for the new engine. */
  replaceEngine(opening: Promise<Engine>, text: string): Promise<void>;
  close(): Promise<void>;
}

export async function servePglite(engine: Engine, options: WireOptions): Promise<WireServer> {
  const scram = options.password ? makeScram(options.password) : undefined;
  const connections = new Map<number, Connection>();
  let opened = open(engine);

  async function open(engine: Engine) {
    const greeting = await serverParameters(engine);
    await engine.run(build.query(withoutSetConfig));
    const backend = await makeBackend(engine, {
      ...options,
      onIdleInTransaction: (session) =>
        end(session, "25P03", "idle in a transaction while others wait for the embedded database"),
      onReadingTooLong: (session) =>
        end(session, "25P04", "a read kept others waiting for the embedded database for too long"),
      onUnstoppable: () => options.onLost(new Error("a statement could not be stopped")),
    });
    return { greeting, backend };
  }

  function end({ id }: Session, code: string, text: string): void {
    const socket = connections.get(id)?.socket;
    socket?.write(build.error(code, `terminating connection: ${text}`, "FATAL"));
    socket?.destroySoon();
  }

  async function serve(connection: Connection): Promise<void> {
    const { session, socket } = connection;
    connections.set(session.id, connection);
    socket.on("error", () => socket.destroy()); // ends the read, and so the session
    const current = opened;
    const leave = () => current.then(({ backend }) => backend.leave(session)).catch(() => undefined);
    socket.on("close", () => {
      // The client has disconnected: cancel its statement, which would block the others.
      if (connections.has(session.id)) void leave();
    });
    try {
      const { greeting, backend } = await current;
      const late = setTimeout(() => socket.destroy(), enterMillisecondsMax);
      const isIn = await startUp(connection, greeting, backend).finally(() => clearTimeout(late));
      if (isIn) await converse(connection, backend);
    } catch (error) {
      // The engine does not throw for a bad statement, only when it is lost.
      if (connections.has(session.id)) {
        const reason = error instanceof Error ? error.message : String(error);
        end(session, "57P01", `the embedded database is opened again, because ${reason}`);
        if (current === opened) options.onLost(error);
      }
    }
    connections.delete(session.id);
    socket.end();
    await leave();
  }

  /** Handles the requests before the first message; false when the connection is finished after them. */
  async function startUp(connection: Connection, greeting: Buffer, backend: Backend): Promise<boolean> {
    const { session, secret, socket, read } = connection;
    for (;;) {
      const request = await read(0, firstBytesMax);
      if (!request || request.length < 8) return false;
      const code = request.readInt32BE(4);
      if (code === requestCodes.ssl || code === requestCodes.gss) socket.write("N");
      else if (code === requestCodes.cancel) {
        const target = connections.get(request.readInt32BE(8));
        if (target?.secret === request.readInt32BE(12)) backend.cancel(target.session);
        return false;
      } else {
        const { user, settings } = requested(request);
        // Any other name is the owner's, as ever: there is one user here, and one who may only read.
        if (user === readerUser) session.user = user;
        session.settings = settings;
        if (session.settings.has("statement_timeout")) session.timeoutMilliseconds = undefined;
        if (code !== requestCodes.three) socket.write(build.protocolThree);
        if (scram !== undefined && !(await proves(connection, scram))) return false;
        const key = build.key(session.id, secret);
        return socket.write(Buffer.concat([build.authenticated, greeting, key, build.ready("I")])) || true;
      }
    }
  }

  let lastId = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    lastId += 1;
    const secret = randomInt(2 ** 31);
    void serve({ session: newSession(lastId), secret, socket, read: makeReader(socket) });
  });
  const port = await listen(server, options.port, options.host);
  return {
    port,
    async replaceEngine(opening, text) {
      opened = opening.then(open);
      opened.catch(() => undefined); // the caller of replaceEngine gets the error
      for (const { session, socket } of connections.values()) {
        connections.delete(session.id); // so its own end is not reported
        socket.write(build.error("57P01", `terminating connection: ${text}`, "FATAL"));
        socket.destroySoon();
      }
      await opened;
    },
    async close() {
      for (const { socket } of connections.values()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether the client knows the password. */
async function proves({ socket, read }: Connection, scram: Scram): Promise<boolean> {
  socket.write(build.askPassword);
  const exchange = scram.begin(firstOfPassword(await read(1, firstBytesMax)));
  if (exchange === undefined) return refuse("28000", "a password by SCRAM-SHA-256 is expected");
  socket.write(build.challenge(exchange.challenge));
  const answer = exchange.finish((await read(1, firstBytesMax))?.toString("utf8", 5) ?? "");
  if (answer === undefined) return refuse("28P01", "password authentication failed");
  return socket.write(build.lastOfPassword(answer)) || true;

  function refuse(code: string, text: string): false {
    socket.write(build.error(code, text, "FATAL"));
    socket.destroySoon(); // reads no more of what the client sends
    return false;
  }
}

/** Forwards batches until the client disconnects. */
async function converse({ session, socket, read }: Connection, backend: Backend): Promise<void> {
  let batch: Message[] = [];
  for (;;) {
    const bytes = await read(1);
    if (!bytes || bytes[0] === 0x58) return; // X: Terminate
    const plain = refuseProgram(readMessage(bytes, `c${session.id}_`));
    const message = session.user === owner ? plain : refuseOtherUser(plain);
    const isCopy =
      message === plain && (message.type === "Q" || message.type === "P") && isCopyFromClient(bytes);
    // Not possible in the extended protocol: the rows come only after the Execute has started.
    batch.push(
      isCopy && message.type === "P" ? build.message(build.parse("copy from stdin unsupported")) : message,
    );
    if (message.type === "Q" && isCopy) {
      const whole = await collectCopy(bytes, socket, read);
      if (!whole) return;
      socket.write(withoutCopyIn(await backend.run(session, [{ type: "Q", bytes: whole }])));
    } else if (message.type === "Q" || message.type === "S" || message.type === "H") {
      socket.write(await backend.run(session, batch));
    } else continue;
    batch = [];
  }
}

/** PGlite cannot run programs: it would stop answering and need a restart. */
function refuseProgram(message: Message): Message {
  if (message.type !== "Q" && message.type !== "P") return message;
  const text = message.bytes.toString("utf8", 5).replace(/--[^\n]*|\/\*.*?\*\//gs, " ");
  if (!/\bcopy\b[^;]*\b(to|from)\s+program\b/i.test(text)) return message;
  return refused(message, "0A000", noProgram);
}

/** The engine itself raises the error, so that it aborts a transaction like any other error. */
function refused(message: Message, code: string, text: string): Message {
  const refusal = `do 'begin raise exception using errcode = ''${code}'', message = ''${text}''; end'`;
  return {
    ...message,
    bytes: message.type === "Q" ? build.query(refusal) : build.parse(refusal, message.parses),
  };
}

/**
 * The engine has one session, its owner's, which would let a reader become the owner again by name. So a reader sends one
 * statement at a time, sets no user, and runs no code that could. The function that sets one is taken from all but the owner.
 */
function refuseOtherUser(message: Message): Message {
  if (message.type !== "Q" && message.type !== "P") return message;
  const textAt = message.type === "Q" ? 5 : cString(message.bytes, 5)[1];
  const [text] = cString(message.bytes, textAt);
  const statement = text.replace(beforeStatement, "");
  const [, word = "", rest = ""] = /^(\w*)(.*)$/s.exec(statement) ?? [];
  if (isCopyFromClient(message.bytes)) return refused(message, "42501", onlyReads);
  // The extended protocol takes one statement only.
  if (message.type === "Q" && /;[\s;]*[^\s;]/.test(text)) return refused(message, "42501", onlyOneStatement);
  const isAllowed = /^set$/i.test(word) ? mayBeSet.test(rest) : readerMaySend.test(statement);
  return isAllowed ? message : refused(message, "42501", onlyReads);
}

/** Space and comments; a comment in a comment is none of these, and so no statement begins after it. */
const beforeStatement = /^(?:\s|--[^\r\n]*(?=[\r\n]|$)|\/\*(?:(?!\/\*|\*\/)[\s\S])*\*\/)*/;

/** All that is listed is for the engine to judge: of these it lets a reader do what a reader may. */
const readerMaySend =
  /^(?:$|\(|(?:select|with|values|table|explain|show|declare|fetch|move|close|begin|start|commit|end|rollback|abort|savepoint|release|prepare|execute|deallocate|insert|update|delete|merge|truncate|create|alter|drop|copy|lock|grant|revoke|comment|vacuum|analyze|reset|listen|unlisten|notify)\b)/i;

/** A setting with a plain name that is not the user's: also not one in quotes, which have escapes. */
const mayBeSet =
  /^\s+(?:(?:local|session)\s+)?(?!(?:session|local|authorization|session_authorization)\b)[a-z_][\w.]*[\s=]/i;

const onlyOneStatement = "a reader of the embedded database sends one statement at a time";
const onlyReads = "permission denied: a reader of the embedded database may not send this";

const withoutSetConfig = "revoke execute on function pg_catalog.set_config(text, text, boolean) from public";

const noProgram = "the embedded database runs no programs: COPY to or from a PROGRAM is refused";

function isCopyFromClient(message: Buffer): boolean {
  const [name, queryAt] = message[0] === 0x50 ? cString(message, 5) : ["", 5];
  const query = message.toString("utf8", queryAt, queryAt + 10_000);
  return name === "" && /^(\s|--[^\n]*\n|\/\*.*?\*\/)*copy\s[^;]*\sfrom\s+stdin\b/is.test(query);
}

/** Collects the rows of a COPY before it starts: the engine cannot wait for them in the middle of a statement. */
async function collectCopy(query: Buffer, socket: Socket, read: Reader): Promise<Buffer | undefined> {
  socket.write(build.copyIn(/\bbinary\b/i.test(query.toString("utf8", 5))));
  const parts = [query];
  for (;;) {
    const bytes = await read(1);
    if (!bytes) return undefined;
    const type = String.fromCharCode(bytes[0] ?? 0);
    if (type === "d" || type === "c" || type === "f") parts.push(bytes);
    if (type === "c" || type === "f") return Buffer.concat(parts);
  }
}

function withoutCopyIn(output: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (const { type, start, end } of backendMessages(output)) {
    if (type !== "G") kept.push(output.subarray(start, end));
  }
  return Buffer.concat(kept);
}

/** What the client asked for in its first message: its user, its settings, and those in `options=-c name=value`. */
function requested(request: Buffer): { user: string | undefined; settings: Map<string, string> } {
  const settings = new Map<string, string>();
  let user: string | undefined;
  for (let at = 8; at < request.length - 1; ) {
    const [name, valueAt] = cString(request, at);
    const [value, next] = cString(request, valueAt);
    at = next;
    if (name === "user") user = value;
    else if (name === "options") {
      for (const [, key = "", text = ""] of value.matchAll(/-c\s*([\w.]+)=((?:\\.|\S)*)/g)) {
        settings.set(key, text.replaceAll(/\\(.)/g, "$1"));
      }
    } else if (!["database", "replication", "client_encoding"].includes(name)) settings.set(name, value);
  }
  return { user, settings };
}

/** The parameter messages that every client gets at startup, as the engine itself would send them. */
async function serverParameters(engine: Engine): Promise<Buffer> {
  const user = Buffer.from("\0\0\0\0\0\x03\0\0user\0postgres\0database\0postgres\0\0");
  user.writeInt32BE(user.length, 0);
  const { output } = await engine.run(user);
  const parameters: Buffer[] = [];
  for (const { type, start, end } of backendMessages(output)) {
    if (type === "S") parameters.push(output.subarray(start, end));
  }
  return Buffer.concat(parameters);
}

/** The text in SASLInitialResponse: the method's name, a length, the method's first message. */
function firstOfPassword(message: Buffer | undefined): string {
  if (message === undefined || message[0] !== 0x70) return "";
  const [method, lengthAt] = cString(message, 5);
  return method === "SCRAM-SHA-256" ? message.toString("utf8", lengthAt + 4) : "";
}

/**
 * Reads one whole message: a length and its body, after `typeBytes` of type. Undefined when the peer has disconnected.
 */
type Reader = (typeBytes: 0 | 1, bytesMax?: number) => Promise<Buffer | undefined>;

function makeReader(socket: Socket): Reader {
  let chunks: Buffer[] = [];
  let available = 0;
  let gone = false;
  let wake = () => {};
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    available += chunk.length;
    wake();
  });
  socket.on("close", () => {
    gone = true;
    wake();
  });

  async function peek(bytes: number): Promise<Buffer | undefined> {
    while (available < bytes) {
      if (gone) return undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const [first] = chunks;
    if (first && first.length >= bytes) return first;
    const joined = Buffer.concat(chunks);
    chunks = [joined];
    return joined;
  }

  return async (typeBytes, bytesMax = messageBytesMax) => {
    const head = await peek(typeBytes + 4);
    const bytes = typeBytes + (head?.readInt32BE(typeBytes) ?? 0);
    if (!head || bytes < typeBytes + 4 || bytes > bytesMax) return undefined;
    const whole = await peek(bytes);
    if (!whole) return undefined;
    chunks[0] = whole.subarray(bytes);
    if (chunks[0].length === 0) chunks.shift();
    available -= bytes;
    return whole.subarray(0, bytes);
  };
}
