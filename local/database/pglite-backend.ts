// Shares PGlite's one PostgreSQL session between many connections: whole batches in turn, transactions kept together,
// settings and prepared statements kept apart. pglite-wire.ts has the sockets and their framing. Still shared, as there
// is only one session: temporary tables, advisory locks, LISTEN and SQL-level PREPARE.
import { isDeepStrictEqual } from "node:util";
import type { Engine } from "./engine.ts";
import {
  messages as build,
  errorCodeIn,
  type Message,
  readTexts,
  replaceError,
  tagsIn,
} from "./pglite-messages.ts";
import { keepUp } from "./pglite-upkeep.ts";

/** The state of one connection in the shared session. */
export interface Session {
  readonly id: number;
  /** The user it runs as: the owner of everything, or one that the catalogue has. */
  user: string;
  /** Whether the settings include those of its user. */
  hasUserSettings: boolean;
  /** Settings that differ from the server's defaults; applied again whenever the session's turn comes. */
  settings: Map<string, string>;
  settingsChanged: boolean;
  /** The Parse messages of its prepared statements; the unnamed one is kept under "". */
  readonly statements: Map<string, Buffer>;
  statementsEpoch: number;
  /** Its statement_timeout, 0 for none; undefined when it may have changed since it was read. */
  timeoutMilliseconds: number | undefined;
}

interface Job {
  readonly session: Session;
  readonly batch: readonly Message[];
  readonly resolve: (output: Buffer) => void;
  readonly reject: (error: Error) => void;
  readonly queuedAt: number;
}

export interface Backend {
  /** Runs one batch (up to a Sync, Flush or simple Query) when it is the session's turn; returns the raw reply. */
  run(session: Session, batch: readonly Message[]): Promise<Buffer>;
  /** Cancels the session's running or waiting statement. */
  cancel(session: Session): void;
  /** Cancels the session's statement, rolls back its transaction and removes the session. */
  leave(session: Session): Promise<void>;
}

export interface BackendOptions {
  /** A session idle in a transaction for this long while others wait is ended, as with PostgreSQL's timeout for it. */
  readonly idleInTransactionMilliseconds: number;
  readonly onIdleInTransaction: (session: Session) => void;
  /** A read-only transaction that keeps others waiting for this long is ended. */
  readonly readingMilliseconds: number;
  readonly onReadingTooLong: (session: Session) => void;
  /** Called when a statement does not end after an interrupt. */
  readonly onUnstoppable: () => void;
  readonly onFullDisk: () => void;
}

/** The user of the one session there is, who may do anything. */
export const owner = "postgres";

const upkeepMilliseconds = 10_000;

/** A statement usually ends milliseconds after an interrupt; a large rollback may take a second. */
const stoppingMilliseconds = 5_000;

export async function makeBackend(engine: Engine, options: BackendOptions): Promise<Backend> {
  const queue: Job[] = [];
  let running = false;
  let stoppable: Session | undefined; // the session of the running statement
  let stopped: StopReason | undefined; // why that statement was interrupted
  let unstoppable: NodeJS.Timeout | undefined;
  let current: Session | undefined; // the session of the settings now applied
  let user: string | undefined = owner; // the user of the one session now; undefined where a statement may have changed it
  let holder: Session | undefined; // in a transaction, or between Flush and Sync: no other session may run
  let unnamedOwner: Session | undefined;
  let epoch = 0; // increased when a session deallocates all prepared statements
  let idleTimer: NodeJS.Timeout | undefined;
  let keptUpAt = performance.now();
  let endedAt = performance.now(); // of the last statement
  let heldSince = 0; // when the holder's transaction began
  let readingEnded: Session | undefined; // the holder, once checked for a read-only transaction

  async function execute(...parts: readonly Buffer[]): Promise<Buffer> {
    return (await engine.run(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))).output;
  }

  /** Interrupts the running statement and keeps the first reason. If it does not end, the engine counts as broken. */
  function stop(reason: StopReason): void {
    stopped ??= reason;
    engine.interrupt();
    unstoppable ??= setTimeout(options.onUnstoppable, stoppingMilliseconds);
  }

  /** Runs messages that may be interrupted, with the session's statement_timeout, as PGlite has no timer for it. */
  async function executeStoppably(session: Session, parts: readonly Buffer[], unlessStopped?: Buffer) {
    const timeout = session.timeoutMilliseconds
      ? setTimeout(() => stop("timeout"), session.timeoutMilliseconds)
      : undefined;
    stoppable = session;
    stopped = undefined;
    try {
      const { output, isStopped } = await engine.run(Buffer.concat(parts), unlessStopped);
      return { output, reason: isStopped ? stopped : undefined };
    } finally {
      stoppable = undefined;
      clearTimeout(timeout);
      clearTimeout(unstoppable);
      unstoppable = undefined;
    }
  }

  const upkeep = newSession(0);
  const defaults = new Map(
    readTexts(await execute(build.query("select lower(name), setting from pg_settings"))).map(
      ([name, value]) => [name ?? "", value ?? ""] as const,
    ),
  );

  /** @throws when the owner is not let back, which would leave the engine of no use */
  async function becomeOwner(): Promise<void> {
    if (user === owner) return;
    // By name: "reset session authorization" does nothing here, as the engine's session began without a login.
    if (errorCodeIn(await execute(build.query(`set session authorization ${owner}`))) !== undefined)
      throw new Error("its owner was refused");
    user = owner;
  }

  /** False when there is no such user. */
  async function become({ user: wanted }: Session): Promise<boolean> {
    if (wanted === user) return true;
    await becomeOwner();
    if (wanted === owner) return true;
    const output = await execute(build.query(`set session authorization ${literal(wanted)}`));
    if (errorCodeIn(output) !== undefined) return false;
    user = wanted;
    return true;
  }

  /** Settings that `alter role … set` gave the session's user, as for a login; what the client asked for is stronger. */
  async function addUserSettings(session: Session): Promise<void> {
    if (session.user === owner || session.hasUserSettings) return;
    const sql = `select unnest(rolconfig) from pg_catalog.pg_roles where rolname = ${literal(session.user)}`;
    for (const [text] of readTexts(await execute(build.query(sql)))) {
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text ?? "") ?? [];
      if (!session.settings.has(name)) session.settings.set(name, value);
      session.hasUserSettings = true;
    }
    session.timeoutMilliseconds = undefined;
  }

  async function switchTo(session: Session): Promise<void> {
    if (current !== session) {
      if (current?.settingsChanged) user = undefined;
      await becomeOwner();
      if (current?.settingsChanged) {
        const changed = "select name, setting from pg_settings where source = 'session'";
        const rows = readTexts(await execute(build.query(changed)));
        current.settings = new Map(rows.map(([name, value]) => [name ?? "", value ?? ""]));
        current.settingsChanged = false;
      }
      const before = current?.settings ?? new Map<string, string>();
      current = session;
      await addUserSettings(session);
      for (const [name, value] of session.settings) {
        if (defaults.get(name.toLowerCase()) === value) session.settings.delete(name);
      }
      if (!isDeepStrictEqual(before, session.settings)) {
        const sets = Array.from(session.settings, ([name, value]) =>
          build.query(`select set_config(${literal(name)}, ${literal(value)}, false)`),
        );
        await execute(...(before.size > 0 ? [build.query("reset all")] : []), ...sets);
      }
    }
    if (session.statementsEpoch !== epoch) {
      session.statementsEpoch = epoch;
      for (const parse of session.statements.values()) await execute(parse, build.sync);
    }
  }

  async function perform({ session, batch }: Job): Promise<Buffer> {
    await switchTo(session);
    const last = batch.at(-1);
    if (!(await become(session))) {
      const refusal = build.error("28000", `role "${session.user}" does not exist`);
      return last?.type === "H" ? refusal : Buffer.concat([refusal, build.ready("I")]);
    }
    const autocommit = holder !== session;
    const unnamed = session.statements.get("");
    if (last?.type === "Q") session.statements.delete("");
    else if (unnamed && unnamedOwner !== session && !batch.some((message) => message.parses === "")) {
      await execute(unnamed, build.sync);
    }
    for (const message of batch) {
      if (message.parses !== undefined) session.statements.set(message.parses, message.bytes);
      if (message.closes !== undefined) session.statements.delete(message.closes);
      if (message.bytes.length < 100_000 && message.bytes.includes("set_config")) changed(session);
    }
    unnamedOwner = session;

    await readTimeout(session);

    const bytes = batch.map((message) => message.bytes);
    const isEnd = last?.type === "Q" || last?.type === "S";
    const executes = last?.type === "S" && batch.some((message) => message.type === "E");
    if (!executes) {
      const { output, reason } = await executeStoppably(session, bytes);
      if (isEnd) requireReady(output);
      return observe(session, explained(output, reason));
    }

    // An autocommitted statement commits at its Sync, so a late cancel can still roll it back before.
    const { output, reason } = await executeStoppably(session, bytes.slice(0, -1), build.sync);
    if (reason === undefined) {
      requireReady(output);
      return observe(session, output);
    }
    if (errorCodeIn(output) !== undefined) {
      return observe(session, explained(Buffer.concat([output, await execute(build.sync)]), reason));
    }
    await execute(build.parse("this statement was cancelled")); // a syntax error, which aborts the transaction
    const ended = await execute(build.sync);
    if (autocommit) holder = undefined;
    return observe(session, Buffer.concat([build.error("57014", stopTexts[reason]), ended]));
  }

  /** Reads the timeout again only after a statement that may have changed it, as it costs a query. */
  async function readTimeout(session: Session): Promise<void> {
    if (session.timeoutMilliseconds !== undefined) return;
    const sql = "select setting from pg_catalog.pg_settings where name = 'statement_timeout'";
    const [row] = readTexts(await execute(build.query(sql)));
    if (row !== undefined) session.timeoutMilliseconds = Number(row[0]); // no row in a failed transaction
  }

  /** Learns from a reply whether the session stays in a transaction and whether it changed shared state. */
  function observe(session: Session, output: Buffer): Buffer {
    const ready = isReady(output);
    if (output.includes(fullDisk)) options.onFullDisk();
    const wasHolder = holder === session;
    holder = ready && output.at(-1) === 0x49 ? undefined : session; // status 'I'
    if (holder !== undefined && !wasHolder) heldSince = performance.now();
    if (holder === undefined) readingEnded = undefined;
    // SET LOCAL ends with its transaction.
    if (wasHolder && holder === undefined && session.timeoutMilliseconds !== 0)
      session.timeoutMilliseconds = undefined;
    for (const tag of tagsIn(output)) {
      if (tag === "SET" || tag === "RESET" || tag === "DISCARD ALL") changed(session);
      if (tag === "DISCARD ALL" || tag === "DEALLOCATE ALL") {
        epoch += 1;
        session.statements.clear();
        session.statementsEpoch = epoch;
      }
    }
    return output;
  }

  function changed(session: Session): void {
    session.settingsChanged = true;
    session.timeoutMilliseconds = undefined;
  }

  function nextJob(): Job | undefined {
    if (!holder) return queue.shift();
    const index = queue.findIndex((job) => job.session === holder);
    return index < 0 ? undefined : queue.splice(index, 1)[0];
  }

  async function drain(): Promise<void> {
    if (running) return;
    running = true;
    clearTimeout(idleTimer);
    for (let job = nextJob(); job; job = nextJob()) {
      try {
        const output = await perform(job);
        job.resolve(output);
      } catch (error) {
        job.reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (!holder && performance.now() - keptUpAt > upkeepMilliseconds) {
        // If the engine is lost here, the next statement fails too and handles it.
        await keepUpAsOwner().catch(() => undefined);
        keptUpAt = performance.now();
      }
      endedAt = performance.now();
      if (holder && leftToRead(holder) <= 0) await endReading(holder);
    }
    running = false;
    watchHolder();
  }

  /** While others wait, a transaction may neither idle nor read for long. */
  function watchHolder(): void {
    clearTimeout(idleTimer);
    const watched = holder;
    if (!watched || running || !queue.some(({ session }) => session !== watched)) return;
    const leftToIdle = options.idleInTransactionMilliseconds - (performance.now() - endedAt);
    const left = readingEnded === watched ? leftToIdle : Math.min(leftToIdle, leftToRead(watched));
    idleTimer = setTimeout(
      async () => {
        if (performance.now() - endedAt >= options.idleInTransactionMilliseconds) {
          options.onIdleInTransaction(watched);
        } else if (holder === watched && !running) {
          running = true;
          await endReading(watched);
          running = false;
          void drain();
        }
      },
      Math.max(0, left),
    ).unref();
  }

  function leftToRead(reader: Session): number {
    const waiting = queue.find(({ session }) => session !== reader);
    if (waiting === undefined || readingEnded === reader) return Number.POSITIVE_INFINITY;
    return options.readingMilliseconds - (performance.now() - Math.max(waiting.queuedAt, heldSince));
  }

  /** Ends the holder's transaction only if it is read-only: one that writes would lose its work. */
  async function endReading(reader: Session): Promise<void> {
    readingEnded = reader; // once for each transaction
    const sql = "select setting from pg_catalog.pg_settings where name = 'transaction_read_only'";
    const [row] = await execute(build.query(sql)).then(readTexts, () => []);
    if (row?.[0] === "on") options.onReadingTooLong(reader);
  }

  async function keepUpAsOwner(): Promise<void> {
    await switchTo(upkeep);
    await keepUp(async (sql) => readTexts(await execute(build.query(sql))));
  }

  function run(session: Session, batch: readonly Message[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      queue.push({ session, batch, resolve, reject, queuedAt: performance.now() });
      watchHolder();
      void drain();
    });
  }

  return {
    run,
    cancel(session) {
      const waiting = queue.findIndex((job) => job.session === session);
      if (waiting >= 0 && holder !== session) {
        const [job] = queue.splice(waiting, 1);
        job?.resolve(Buffer.concat([build.error("57014", stopTexts.request), build.ready("I")]));
      } else if (stoppable === session) stop("request");
    },
    async leave(session) {
      if (stoppable === session) stop("request");
      for (let i = queue.length - 1; i >= 0; i--) if (queue[i]?.session === session) queue.splice(i, 1);
      if (holder === session) {
        await run(session, [build.message(build.sync), build.message(build.query("rollback"))]);
      }
      const named = [...session.statements.keys()].filter((name) => name !== "");
      const closes = named.map((name) => build.message(build.close(name)));
      if (closes.length > 0) await run(session, [...closes, build.message(build.sync)]);
    },
  };
}

export function newSession(id: number): Session {
  return {
    ...{ id, user: owner, hasUserSettings: false },
    settings: new Map(),
    settingsChanged: false,
    statements: new Map(),
    statementsEpoch: 0,
    timeoutMilliseconds: 0,
  };
}

/** The message ReadyForQuery at the end: 'Z', length 5, status. */
function isReady(output: Buffer): boolean {
  return output.length >= 6 && output.at(-6) === 0x5a;
}

/** After a crash in the middle of a statement, PGlite never answers again. */
function requireReady(output: Buffer): void {
  if (!isReady(output)) throw new Error("a statement ended it");
}

/** The SQLSTATE of a full disk, as it stands in an error of the engine. */
const fullDisk = Buffer.from("\0C53100\0M");

type StopReason = keyof typeof stopTexts;
const stopTexts = {
  request: "canceling statement due to user request",
  timeout: "canceling statement due to statement timeout",
} as const;

/** Corrects the message: for the engine, every stop is a cancel request. */
function explained(output: Buffer, reason: StopReason | undefined): Buffer {
  if (reason !== "timeout" || errorCodeIn(output) !== "57014") return output;
  return replaceError(output, build.error("57014", stopTexts.timeout));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
