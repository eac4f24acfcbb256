// Applies migrations to a database: each once, in order, forward only. Concurrent runners and a crash half-way are safe,
// because each migration runs in one transaction that first inserts its row in schema_migration.
import { createHash } from "node:crypto";
import { SyncError } from "../errors.ts";
import type { Clock, Database, Log, LongStatements } from "../ports.ts";
import { say } from "../words/say.ts";

/** One file of migrations/, by its name. */
export type MigrationFile = { readonly name: string; readonly sql: string };

const namePattern = /^\d{4}_[a-z0-9_]+\.sql$/;

/** Services for a migration that takes longer than the timeout of one statement. Without them it must be short. */
export type LongRun = LongStatements & {
  readonly clock: Clock;
  /** Milliseconds until this runner's timeout. */
  readonly remainingMilliseconds: () => number;
};

/**
 * @returns the names of the migrations applied by this call
 * @throws SyncError permanent, naming the file: a wrong name, a gap, or an applied file that was edited since;
 *   rate-limited when a long migration is still running and this runner is out of time: the next call continues to wait
 */
export async function migrate(
  database: Database,
  files: readonly MigrationFile[],
  log: Log,
  long?: LongRun,
): Promise<string[]> {
  const ordered = inOrder(files);
  await createLedger(database);
  const applied = new Map(
    (await database.run("select name, checksum from schema_migration order by name")).map((row) => [
      row.name,
      row.checksum,
    ]),
  );
  const appliedNow: string[] = [];
  for (const file of ordered) {
    const checksum = applied.get(file.name) ?? (await applyAs(database, file, long));
    if (checksum === undefined) {
      appliedNow.push(file.name);
      log.info("migration applied", { name: file.name });
    } else if (checksum !== checksumOf(file)) {
      throw new SyncError(
        "permanent",
        `migration ${file.name} was edited after it was applied: put it back and write a new one`,
      );
    }
  }
  return appliedNow;
}

/** Statements end with a semicolon and a blank line; migrations have no function bodies that could contain one. */
export function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n[ \t]*\r?\n|\s*$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

/** Characters of the statements that are sent together. */
const togetherMax = 30_000;

/**
 * The statements as they are sent: comments that follow each other go together. They are four fifths of all statements,
 * and each call takes some ten milliseconds. A call takes only one statement, so they are in a block.
 */
function sendableOf(sql: string): string[] {
  const sendable: string[] = [];
  let comments: string[] = [];
  const send = () => {
    if (comments.length > 0) sendable.push(`do $migration$ begin\n${comments.join("")}end $migration$`);
    comments = [];
  };
  for (const statement of statementsOf(sql)) {
    const isComment = /^comment on /i.test(statement);
    if (!isComment || comments.join("").length + statement.length > togetherMax) send();
    if (isComment) comments.push(`${statement};\n`);
    else sendable.push(statement);
  }
  send();
  return sendable;
}

/**
 * Refuses to run an older release on a newer schema, unless that is explicitly allowed.
 * @throws SyncError permanent, naming the newest migration of the database and of this release
 */
export async function refuseNewerSchema(
  database: Database,
  files: readonly MigrationFile[],
  isAllowed: () => Promise<boolean>,
): Promise<void> {
  const known = inOrder(files).at(-1)?.name ?? "0000";
  await createLedger(database);
  const [last] = await database.run("select name from schema_migration order by name desc limit 1");
  const newest = String(last?.name ?? "0000");
  if (numberOf(newest) <= numberOf(known) || (await isAllowed())) return;
  throw new SyncError("permanent", say("schemaNewer", { newest, known }));
}

/** @throws SyncError of any kind, naming the file */
async function applyAs(database: Database, file: MigrationFile, long: LongRun | undefined) {
  const until = longUntil(file);
  try {
    const isShort = until === undefined || long === undefined;
    return await (isShort ? apply(database, file) : applyLong(database, file, until, long));
  } catch (error) {
    if (!(error instanceof SyncError) || error.message.startsWith("migration ")) throw error;
    throw new SyncError(error.kind, `migration ${file.name}: ${error.message}`, { cause: error });
  }
}

/** The query in the line `-- long until: QUERY` of a long migration. It returns true once the migration is done. */
function longUntil({ name, sql }: MigrationFile): string | undefined {
  const [line, until] = /^-- long\b[ \t]*(?:until: (\S.*))?/m.exec(sql) ?? [];
  if (line !== undefined && until === undefined) {
    throw new SyncError("permanent", say("migrationMark", { name }));
  }
  return until?.trim();
}

/** Interval for checking a long statement. */
const lookMilliseconds = 10_000;

/** Starting a statement takes up to a minute; a runner with less time than this left starts none and ends. */
const runnerMillisecondsMin = 90_000;

/** Starts of a long migration. A statement that ended in the background without its result has failed; its error is lost. */
const startsMax = 3;

/**
 * Runs outside of any transaction; only the file's query decides whether it is done. So a lost answer or the end of this
 * runner does no harm, and another runner waits for the statement that this one has started.
 */
async function applyLong(
  database: Database,
  file: MigrationFile,
  until: string,
  long: LongRun,
): Promise<undefined> {
  const { name } = file;
  for (let starts = 0; ; ) {
    const state = await lookAfter(database, name, until);
    if (state === "done") break;
    if (long.remainingMilliseconds() < runnerMillisecondsMin) {
      throw new SyncError("rate-limited", say("migrationRunning", { name }));
    }
    if (state === "running") {
      await long.clock.sleep(lookMilliseconds);
      continue;
    }
    starts += 1;
    const isEnded = starts <= startsMax && (await startAll(file, long)) === "ended";
    if (starts > startsMax || (isEnded && !(await isTrue(database, until)))) {
      throw new SyncError("permanent", say("migrationUnfinished", { name, until }));
    }
  }
  await database.run(
    "insert into schema_migration (name, checksum) values (:name, :checksum) on conflict (name) do nothing",
    { name, checksum: checksumOf(file) },
  );
  return undefined;
}

/** Runs the statements in sequence, up to the first that continues in the background. */
async function startAll(file: MigrationFile, long: LongRun): Promise<"ended" | "running"> {
  for (const statement of statementsOf(file.sql)) {
    if ((await long.runLong(`${markOf(file.name)}\n${statement}`)) === "running") return "running";
  }
  return "ended";
}

/** A comment by which the running statement is found in pg_stat_activity. */
function markOf(name: string): string {
  return `/* migration ${name} */`;
}

/** Also running when the state is unknown: the running statement may block this query. */
async function lookAfter(database: Database, name: string, until: string) {
  const active = `select exists (
  select from pg_stat_activity
  where state = 'active' and pid <> pg_backend_pid() and starts_with(query, :mark)
)`;
  try {
    if (await isTrue(database, until)) return "done";
    return (await isTrue(database, active, { mark: markOf(name) })) ? "running" : "stopped";
  } catch (error) {
    if (error instanceof SyncError && error.kind === "transient") return "running";
    throw error;
  }
}

async function isTrue(database: Database, query: string, parameters = {}): Promise<boolean> {
  const [row = {}] = await database.run(query, parameters);
  return Object.values(row)[0] === true;
}

/** @returns undefined when applied now, or the checksum of the runner that came first */
async function apply(database: Database, file: MigrationFile): Promise<string | undefined> {
  return await database.transaction(async (run) => {
    // Waits here for another runner's transaction with the same row.
    const [claimed] = await run(
      `insert into schema_migration (name, checksum)
values (:name, :checksum)
on conflict (name) do nothing
returning name`,
      { name: file.name, checksum: checksumOf(file) },
    );
    if (claimed === undefined) {
      const [first] = await run("select checksum from schema_migration where name = :name", {
        name: file.name,
      });
      return String(first?.checksum);
    }
    for (const statement of sendableOf(file.sql)) await run(statement);
    return undefined;
  });
}

async function createLedger(database: Database): Promise<void> {
  const [found] = await database.run("select to_regclass('schema_migration') is not null as exists");
  if (found?.exists === true) return;
  try {
    await database.run(`create table if not exists schema_migration (
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  constraint schema_migration_key primary key (name)
)`);
  } catch (error) {
    // "if not exists" can still lose against another runner; then the table is there.
    const [there] = await database.run("select to_regclass('schema_migration') is not null as exists");
    if (there?.exists !== true) throw error;
  }
  await database.run("comment on table schema_migration is 'Migrations that were applied'");
  await database.run("comment on column schema_migration.name is 'File name in migrations/'");
  await database.run(
    "comment on column schema_migration.checksum is 'SHA-256 of the file when it was applied'",
  );
  await database.run("comment on column schema_migration.applied_at is 'When it was applied'");
}

function inOrder(files: readonly MigrationFile[]): MigrationFile[] {
  const ordered = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  ordered.forEach((file, at) => {
    const { name } = file;
    longUntil(file); // to refuse a wrong mark before anything is applied
    const expected = String(at + 1).padStart(4, "0");
    if (!namePattern.test(name) || !name.startsWith(expected)) {
      throw new SyncError(
        "permanent",
        `migration ${name}: expected ${expected}_verb_object.sql in its place`,
      );
    }
  });
  return ordered;
}

function numberOf(name: string): number {
  return Number(name.slice(0, 4));
}

/** Line endings do not count: a checkout may change them. */
function checksumOf({ sql }: MigrationFile): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}
