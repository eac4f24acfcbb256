// Shares PGlite's one PostgreSQL session between many connections: whole batches in turn, transactions kept together,
// settings and prepared statements kept apart. The sockets and their framing are left to pglite-wire.ts.
// Still shared, as there is only one session: temporary tables, advisory locks, LISTEN and SQL-level PREPARE.
import type { PGlite } from "@electric-sql/pglite";
import { messages as build, type Message, readTexts, tagsIn } from "./pglite-messages.ts";
import { keepUp } from "./pglite-upkeep.ts";

/** What one connection owns of the shared session. */
export interface Session {
  readonly id: number;
  /** Settings that differ from the server's defaults; applied again whenever the session's turn comes. */
  settings: Map<string, string>;
  settingsChanged: boolean;
  /** The Parse messages of its prepared statements; the unnamed one is kept under "". */
  readonly statements: Map<string, Buffer>;
  statementsEpoch: number;
}

interface Job {
  readonly session: Session;
  readonly batch: readonly Message[];
  readonly resolve: (output: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export interface Backend {
  /** Runs one batch (up to a Sync, Flush or simple Query) when the session's turn comes; answers the raw reply. */
  run(session: Session, batch: readonly Message[]): Promise<Buffer>;
  /** Asks that the statement under way be undone. It takes effect when the statement ends, before it commits. */
  cancel(session: Session): void;
  /** Rolls back what the session left open and forgets it. */
  leave(session: Session): Promise<void>;
}

export interface BackendOptions {
  /** A session idle in a transaction for so long while others wait is cut off, as PostgreSQL can be told to do. */
  readonly idleInTransactionMilliseconds: number;
  readonly onIdleInTransaction: (session: Session) => void;
}

const upkeepMilliseconds = 10_000;
// A statement shorter than this cannot have been cancelled by its caller's timeout; skipping the look saves turns.
const cancellableMilliseconds = 20;

export async function makeBackend(db: PGlite, options: BackendOptions): Promise<Backend> {
  const queue: Job[] = [];
  const cancelled = new Set<Session>();
  let running = false;
  let current: Session | undefined; // whose settings are in force
  let holder: Session | undefined; // in a transaction, or between Flush and Sync: nobody else may run
  let unnamedOwner: Session | undefined;
  let epoch = 0; // grows when somebody deallocates everybody's prepared statements
  let idleTimer: NodeJS.Timeout | undefined;
  let keptUpAt = performance.now();
  let endedAt = performance.now(); // of the last statement

  async function execute(...parts: readonly Buffer[]): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const message = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    // The streaming form: the plain one also parses every reply and keeps the parsed messages for ever.
    await db.execProtocolRawStream(message, {
      syncToFs: false,
      onRawData: (data) => void chunks.push(Buffer.from(data)),
    });
    return Buffer.concat(chunks);
  }

  const defaults = new Map(
    readTexts(await execute(build.query("select lower(name), setting from pg_settings"))).map(
      ([name, value]) => [name ?? "", value ?? ""] as const,
    ),
  );

  async function switchTo(session: Session): Promise<void> {
    if (current !== session) {
      if (current?.settingsChanged) {
        const changed = "select name, setting from pg_settings where source = 'session'";
        const rows = readTexts(await execute(build.query(changed)));
        current.settings = new Map(rows.map(([name, value]) => [name ?? "", value ?? ""]));
        current.settingsChanged = false;
      }
      if (current && current.settings.size > 0) {
        await execute(build.query("reset all"));
        await execute(build.query("reset session authorization"));
      }
      current = session;
      for (const [name, value] of session.settings) {
        if (defaults.get(name.toLowerCase()) === value) session.settings.delete(name);
        else await execute(build.query(`select set_config(${literal(name)}, ${literal(value)}, false)`));
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
    const autocommit = holder !== session;
    const unnamed = session.statements.get("");
    if (last?.type === "Q") session.statements.delete("");
    else if (unnamed && unnamedOwner !== session && !batch.some((message) => message.parses === "")) {
      await execute(unnamed, build.sync);
    }
    for (const message of batch) {
      if (message.parses !== undefined) session.statements.set(message.parses, message.bytes);
      if (message.closes !== undefined) session.statements.delete(message.closes);
      if (message.bytes.length < 100_000 && message.bytes.includes("set_config"))
        session.settingsChanged = true;
    }
    unnamedOwner = session;

    const bytes = batch.map((message) => message.bytes);
    const executes = last?.type === "S" && batch.some((message) => message.type === "E");
    if (!executes) return observe(session, await execute(...bytes));

    // An autocommitted statement commits at its Sync, so a cancel that came meanwhile can still undo it before.
    const startedAt = performance.now();
    const output = await execute(...bytes.slice(0, -1));
    if (performance.now() - startedAt > cancellableMilliseconds) await socketsWereRead();
    if (!cancelled.has(session)) {
      return observe(session, Buffer.concat([output, await execute(build.sync)]));
    }
    await execute(build.parse("this statement was cancelled")); // a syntax error, which aborts what was done
    const ended = await execute(build.sync);
    if (autocommit) holder = undefined;
    return observe(session, Buffer.concat([build.error("57014", cancelText), ended]));
  }

  /** Learns from a reply whether the session stays in a transaction and whether it changed shared state. */
  function observe(session: Session, output: Buffer): Buffer {
    const ready = output.length >= 6 && output.at(-6) === 0x5a; // 'Z', length 5, status
    holder = ready && output.at(-1) === 0x49 ? undefined : session; // status 'I'
    for (const tag of tagsIn(output)) {
      if (tag === "SET" || tag === "RESET" || tag === "DISCARD ALL") session.settingsChanged = true;
      if (tag === "DISCARD ALL" || tag === "DEALLOCATE ALL") {
        epoch += 1;
        session.statements.clear();
        session.statementsEpoch = epoch;
      }
    }
    return output;
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
        cancelled.delete(job.session);
        job.resolve(output);
      } catch (error) {
        job.reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (!holder && performance.now() - keptUpAt > upkeepMilliseconds) {
        // An engine that is lost here fails the next statement as well, where it is dealt with.
        await keepUp(async (sql) => readTexts(await execute(build.query(sql)))).catch(() => undefined);
        keptUpAt = performance.now();
      }
      endedAt = performance.now();
    }
    running = false;
    const idle = holder;
    if (idle && queue.length > 0) {
      const idledMilliseconds = performance.now() - endedAt;
      const leftMilliseconds = options.idleInTransactionMilliseconds - idledMilliseconds;
      idleTimer = setTimeout(() => options.onIdleInTransaction(idle), leftMilliseconds).unref();
    }
  }

  function run(session: Session, batch: readonly Message[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      queue.push({ session, batch, resolve, reject });
      void drain();
    });
  }

  return {
    run,
    cancel(session) {
      const waiting = queue.findIndex((job) => job.session === session);
      if (waiting >= 0 && holder !== session) {
        const [job] = queue.splice(waiting, 1);
        job?.resolve(Buffer.concat([build.error("57014", cancelText), build.ready("I")]));
      } else if (running && current === session) cancelled.add(session);
    },
    async leave(session) {
      for (let i = queue.length - 1; i >= 0; i--) if (queue[i]?.session === session) queue.splice(i, 1);
      if (holder === session) {
        await run(session, [build.message(build.sync), build.message(build.query("rollback"))]);
      }
      for (const name of session.statements.keys()) {
        if (name !== "") await run(session, [build.message(build.close(name)), build.message(build.sync)]);
      }
      cancelled.delete(session);
    },
  };
}

const cancelText = "canceling statement due to user request";

/** A cancel request comes on a connection of its own: one turn to accept it, one to read it, one to act. */
async function socketsWereRead(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
