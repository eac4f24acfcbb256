// The real engine of a simulation: PGlite in this thread, with the real schema. Statements are prepared once, and time and
// ids come from the simulation. Answers have the form of the Data API's client.
import type { Field, SqlParameter } from "@aws-sdk/client-rds-data";
import type { PGlite } from "@electric-sql/pglite";
import { bindParameters } from "../local/data-api/parameters.ts";
import { readStatement } from "../local/data-api/sql.ts";
import { makeCluster } from "../local/database/new-cluster.ts";
import { backendMessages, cString, readTexts } from "../local/database/pglite-messages.ts";
import { runMessages } from "../local/database/pglite-run.ts";

export type Answer = {
  readonly columnMetadata: readonly { readonly label: string }[];
  readonly records: readonly (readonly Field[])[];
};

export type Engine = {
  /** Runs one statement as the Data API does. @throws Error as the Data API's client does */
  execute(sql: string, parameters: readonly SqlParameter[]): Promise<Answer>;
  /** Sets the time of now(), and of the defaults of columns. */
  setTime(milliseconds: number): void;
  /** For the checks of a simulation: the rows of a query, all cells as text. */
  rows(sql: string): Promise<Record<string, string | null>[]>;
  /** Whether a statement runs. */
  isBusy(): boolean;
  /** Takes all rows away, and begins ids anew. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

/** Found before the engine's own, because the search path names this schema first. */
const ownFunctions = `create schema simulation;
create table simulation.clock (milliseconds bigint);
insert into simulation.clock values (0);
create sequence simulation.ids;
create function simulation.now() returns timestamptz language sql stable
  as 'select to_timestamp(current_setting(''simulation.milliseconds'')::double precision / 1000)';
create function simulation.gen_random_uuid() returns uuid language sql volatile
  as 'select overlay(overlay(md5(nextval(''simulation.ids'')::text) placing ''4'' from 13) placing ''8'' from 17)::uuid';
set search_path = simulation, pg_catalog, public;
set simulation.milliseconds = '0';
set plan_cache_mode = force_generic_plan;
set jit = off`;

export async function openEngine(): Promise<Engine> {
  const db = await makeCluster(undefined, "schema");
  await db.exec(ownFunctions);
  await ownDefaults(db);
  const tables = await emptyTables(db);
  const { rows: identities } = await db.query<{ restart: string }>(
    `select format('alter table %s alter column %I restart', attrelid::regclass, attname) as restart
     from pg_attribute where attidentity <> '' and attrelid >= 16384`,
  );
  const restarts = identities.map(({ restart }) => restart);
  const prepared = new Map<string, string>();
  let milliseconds = 0;
  let applied = 0;
  let running = 0;

  async function send(...messages: Buffer[]): Promise<Buffer> {
    running += 1;
    const reply = await runMessages(db, Buffer.concat(messages)).finally(() => {
      running -= 1;
    });
    return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength);
  }

  async function ask(sql: string, values: readonly (string | Buffer | null)[], types: readonly number[]) {
    const key = `${types} ${sql}`;
    let name = prepared.get(key);
    const first: Buffer[] = [];
    if (name === undefined) {
      name = `s${prepared.size}`;
      first.push(parse(name, sql, types));
    }
    if (applied !== milliseconds) {
      await send(query(`set simulation.milliseconds = '${milliseconds}'`));
      applied = milliseconds;
    }
    const reply = await send(...first, bind(name, values), describe, run, sync);
    const error = errorIn(reply);
    if (error !== undefined) throw error;
    prepared.set(key, name);
    return reply;
  }

  return {
    isBusy: () => running > 0,
    async execute(sql, parameters) {
      const word = /^\s*(begin|commit|rollback)\s*$/i.exec(sql)?.[1];
      if (word !== undefined) {
        const error = errorIn(await send(query(word)));
        if (error !== undefined) throw error;
        return { columnMetadata: [], records: [] };
      }
      const { text, names } = readStatement(sql);
      const { types, values } = bindParameters(names, parameters as Parameters<typeof bindParameters>[1]);
      return readAnswer(await ask(text, values, types));
    },
    setTime(now) {
      milliseconds = Math.floor(now);
    },
    async rows(sql) {
      const reply = await send(query(sql));
      const error = errorIn(reply);
      if (error !== undefined) throw error;
      const names = columnsIn(reply).map(({ name }) => name);
      return readTexts(reply).map((row) =>
        Object.fromEntries(row.map((cell, at) => [names[at] ?? "", cell])),
      );
    },
    async clear() {
      const deletes = tables.map((table) => `delete from ${table}`).join(";");
      const error = errorIn(
        await send(query(`${deletes}; ${restarts.join(";")}; alter sequence simulation.ids restart`)),
      );
      if (error !== undefined) throw error;
    },
    async close() {
      await db.close();
    },
  };
}

/** The defaults of columns were bound to the engine's own functions by the migrations. */
async function ownDefaults(db: PGlite): Promise<void> {
  const found = await db.query<{ statement: string }>(
    `select format('alter table %s alter column %I set default simulation.%s', attrelid::regclass, attname,
       pg_get_expr(adbin, adrelid)) as statement
     from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
     where pg_get_expr(adbin, adrelid) in ('pg_catalog.now()', 'now()', 'pg_catalog.gen_random_uuid()', 'gen_random_uuid()')`,
  );
  const statements = found.rows.map(({ statement }) =>
    statement.replace("simulation.pg_catalog.", "simulation."),
  );
  await db.exec(statements.join(";"));
}

/** Tables without rows in a new database, each before the tables that it refers to. */
async function emptyTables(db: PGlite): Promise<string[]> {
  const names = await db.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  );
  const refers = await db.query<{ one: string; other: string }>(
    "select conrelid::regclass::text as one, confrelid::regclass::text as other from pg_constraint where contype = 'f'",
  );
  const left: string[] = [];
  for (const { name } of names.rows) {
    const found = await db.query(`select from ${name} limit 1`);
    if (found.rows.length === 0) left.push(name);
  }
  const ordered: string[] = [];
  while (left.length > 0) {
    const at = left.findIndex(
      (name) => !refers.rows.some(({ one, other }) => other === name && one !== name && left.includes(one)),
    );
    ordered.push(...left.splice(Math.max(0, at), 1));
  }
  return ordered;
}

// The messages of PostgreSQL's protocol that a prepared statement needs.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

const describe = message("D", Buffer.from("P\0"));
const run = message("E", Buffer.from("\0\0\0\0\0"));
const sync = message("S", Buffer.alloc(0));

function query(sql: string): Buffer {
  return message("Q", Buffer.from(`${sql}\0`));
}

function parse(name: string, sql: string, types: readonly number[]): Buffer {
  return message("P", Buffer.from(`${name}\0${sql}\0`), int16(types.length), ...types.map(int32));
}

function bind(name: string, values: readonly (string | Buffer | null)[]): Buffer {
  const parts = values.flatMap((value) => {
    if (value === null) return [int32(-1)];
    const bytes = Buffer.from(value);
    return [int32(bytes.length), bytes];
  });
  return message("B", Buffer.from(`\0${name}\0`), int16(0), int16(values.length), ...parts, int16(0));
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function columnsIn(reply: Buffer): { name: string; type: number }[] {
  const columns: { name: string; type: number }[] = [];
  for (const { type, start } of backendMessages(reply)) {
    if (type !== "T") continue;
    let at = start + 7;
    for (let left = reply.readInt16BE(start + 5); left > 0; left -= 1) {
      const [name, next] = cString(reply, at);
      columns.push({ name, type: reply.readInt32BE(next + 6) });
      at = next + 18;
    }
  }
  return columns;
}

function readAnswer(reply: Buffer): Answer {
  const columns = columnsIn(reply);
  return {
    columnMetadata: columns.map(({ name }) => ({ label: name })),
    records: readTexts(reply).map((row) => row.map((cell, at) => asField(cell, columns[at]?.type ?? 0))),
  };
}

/** As the Data API gives a cell: whole numbers and truth values by their kind, numeric and times as text. */
function asField(cell: string | null, type: number): Field {
  if (cell === null) return { isNull: true };
  if (type === 16) return { booleanValue: cell === "t" };
  if (type === 20 || type === 21 || type === 23 || type === 26) return { longValue: Number(cell) };
  if (type === 700 || type === 701) return { doubleValue: Number(cell) };
  if (type === 1184) return { stringValue: cell.replace(/\+00(?= BC$|$)/, "") };
  return { stringValue: cell };
}

/** The first error of a reply, as the Data API's client throws it. */
function errorIn(reply: Buffer): Error | undefined {
  for (const { type, start, end } of backendMessages(reply)) {
    if (type !== "E") continue;
    const fields = new Map(
      reply
        .toString("utf8", start + 5, end)
        .split("\0")
        .map((field) => [field.slice(0, 1), field.slice(1)]),
    );
    const detail = fields.get("D") ? `\n  Detail: ${fields.get("D")}` : "";
    const error = new Error(`${fields.get("S")}: ${fields.get("M")}${detail}; SQLState: ${fields.get("C")}`);
    return Object.assign(error, { name: "DatabaseErrorException", $fault: "client" });
  }
  return undefined;
}
