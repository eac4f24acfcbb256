// Brings a database's schema up to the migrations it is given: each once, in order, forward only.
// Two runners and a crash half-way are safe, because a migration's ledger row goes in first, in its own transaction.
import { createHash } from "node:crypto";
import { SyncError } from "../errors.ts";
import type { Database, Log } from "../ports.ts";

/** One file of migrations/, by its name. */
export type MigrationFile = { readonly name: string; readonly sql: string };

const namePattern = /^\d{4}_[a-z0-9_]+\.sql$/;

/**
 * @returns the names that were applied now
 * @throws SyncError permanent, naming the file: a wrong name, a gap, or an applied file that was edited since
 */
export async function migrate(
  database: Database,
  files: readonly MigrationFile[],
  log: Log,
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
    const checksum = applied.get(file.name) ?? (await apply(database, file));
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

/** Statements end with a semicolon and a blank line; there are no bodies in which one could hide. */
export function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n[ \t]*\r?\n|\s*$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
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
    for (const statement of statementsOf(file.sql)) await run(statement);
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
  ordered.forEach(({ name }, at) => {
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

/** Line endings do not count: a checkout may change them. */
function checksumOf({ sql }: MigrationFile): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}
