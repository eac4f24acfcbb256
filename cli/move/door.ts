// What is checked before a row is read: that both sides hold the same kind of mirror, that nothing writes there, and that the
// target may be written.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../infra/deployment-file.ts";
import { isSame, type Origin } from "../../shared/catalogue/origin.ts";
import { type MigrationFile, migrate } from "../../shared/ledger/migrate.ts";
import { readOrigin } from "../../shared/ledger/origin.ts";
import type { Database } from "../../shared/ports.ts";
import { nameOrigin } from "../../shared/words/origin.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { type MovedTable, readTables, tablesIn } from "./layout.ts";
import type { Side } from "./side.ts";

export type Sides = { readonly source: Side; readonly target: Side };

export type Entered = {
  readonly origin: Origin;
  /** The target has no origin yet: it takes the source's. */
  readonly isNew: boolean;
  /** The target is a database without tables: it gets the schema before rows. */
  readonly isBlank: boolean;
  readonly tables: readonly MovedTable[];
};

/** @throws CommandError when the sides are not two mirrors of one origin and schema, both at rest; nothing is changed then */
export async function enter({ source, target }: Sides, t: Messages): Promise<Entered> {
  if (source.place === target.place) throw new CommandError(exitCodes.usage, t.move.sameSide(source.name));
  const files = readMigrations();
  await requireSchema(source, files, t);
  const found = await readOrigin(source.database);
  if (found === undefined) throw new CommandError(exitCodes.conflict, t.move.noOrigin(source.name));
  const origin: Origin = { kind: found.kind, identity: found.identity };
  await requireRest(source, t);
  const names = tablesIn(files);
  const tables = await readTables(source.database, names);
  if (target.kind !== "stack" && (await isBlank(target.database)))
    return { origin, isNew: true, isBlank: true, tables };
  await requireSchema(target, files, t);
  const there = await readOrigin(target.database);
  if (there !== undefined && !isSame(origin, there)) {
    const named = (each: Origin) => t.said(nameOrigin(each));
    throw new CommandError(
      exitCodes.conflict,
      t.move.otherOrigin(source.name, named(origin), target.name, named(there)),
    );
  }
  await requireRest(target, t);
  requireSameTables(tables, await readTables(target.database, names), { source, target }, t);
  await requireRights(target, tables, t);
  return { origin, isNew: there === undefined, isBlank: false, tables };
}

/** Makes a blank database a mirror. */
export async function makeSchema(target: Database): Promise<void> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  await migrate(target, readMigrations(), silent);
}

/** @throws CommandError conflict, naming what runs and how it is stopped */
export async function requireRest({ name, database }: Side, t: Messages): Promise<void> {
  const rows = await database.run(
    `select job_type as work from sync_task where status in ('PENDING', 'RUNNING')
union all
select 'verify ' || dataset from sync_verification
where status = 'RUNNING' and updated_at > now() - interval '15 minutes' -- else its stack was stopped
order by 1`,
  );
  if (rows.length === 0) return;
  const work = rows.map((row) => String(row.work));
  throw new CommandError(exitCodes.conflict, t.move.busy(name, work.join(", ")), { details: { work } });
}

/** Records where the rows come from, before the first of them. */
export async function takeOrigin(target: Database, { kind, identity }: Origin): Promise<void> {
  await target.run(
    "insert into mirror_origin (kind, identity) values (:kind, :identity) on conflict do nothing",
    { kind, identity },
  );
}

function readMigrations(): MigrationFile[] {
  const folder = join(root, "migrations");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !name.endsWith(".down.sql"))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") }));
}

/** Only a database without any table is made a mirror: somebody's own tables mean that another one was meant. */
async function isBlank(database: Database): Promise<boolean> {
  const [row] = await database.run(
    "select exists (select from information_schema.tables where table_schema = current_schema()) as has_tables",
  );
  return row?.has_tables === false;
}

async function requireSchema(side: Side, files: readonly MigrationFile[], t: Messages): Promise<void> {
  const [found] = await side.database.run("select to_regclass('schema_migration') is not null as is_there");
  if (found?.is_there !== true) throw new CommandError(exitCodes.conflict, t.move.notAMirror(side.name));
  const applied = await side.database.run("select name, checksum from schema_migration order by name");
  const [newest, known] = [String(applied.at(-1)?.name ?? "0000"), files.at(-1)?.name ?? "0000"];
  const isSameSchema =
    applied.length === files.length &&
    files.every((file, at) => applied[at]?.name === file.name && applied[at]?.checksum === checksumOf(file));
  if (isSameSchema) return;
  const say = newest < known ? t.move.olderSchema[side.kind] : t.move.otherSchema;
  throw new CommandError(exitCodes.conflict, say(side.name, newest, known));
}

/** As migrations are recorded: line endings do not count. */
function checksumOf({ sql }: MigrationFile): string {
  return createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}

/** A schema that somebody changed by hand: the text of a row would not be read as it was written. */
function requireSameTables(
  source: readonly MovedTable[],
  target: readonly MovedTable[],
  sides: Sides,
  t: Messages,
): void {
  const shape = ({ columns, key }: MovedTable) => JSON.stringify([columns, key]);
  const shapes = new Map(target.map((table) => [table.name, shape(table)]));
  const other = source.find((table) => shapes.get(table.name) !== shape(table));
  if (other !== undefined || source.length !== target.length) {
    const name = other?.name ?? "";
    throw new CommandError(exitCodes.conflict, t.move.otherTable(name, sides.source.name, sides.target.name));
  }
}

async function requireRights({ name, database }: Side, tables: readonly MovedTable[], t: Messages) {
  const [row] = await database.run(
    `select string_agg(name, ', ' order by name) as refused, current_setting('transaction_read_only') = 'on' as is_read_only
from unnest(string_to_array(:names, ',')) as wanted (name)
where not (has_table_privilege(name, 'insert') and has_table_privilege(name, 'update') and has_table_privilege(name, 'delete'))`,
    { names: ["mirror_origin", ...tables.map((table) => table.name)].join(",") },
  );
  if (row?.is_read_only === true) throw new CommandError(exitCodes.conflict, t.move.readOnly(name));
  if (typeof row?.refused === "string")
    throw new CommandError(exitCodes.conflict, t.move.noRights(name, row.refused));
}
