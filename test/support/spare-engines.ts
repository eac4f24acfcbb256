// Engines for the test files that share a process. Starting one takes two CPU seconds: a file that is done with its
// engine leaves it as a new one, for the next file. An engine that cannot be made as new is not kept.
import pg from "pg";
import { type Database, startDatabase } from "../../local/database/database.ts";
import type { ClusterContent } from "../../local/database/new-cluster.ts";
import { startEngineHere } from "./engine-here.ts";

type Spare = {
  readonly engine: Database;
  /** The tables that have no rows in a new database, and those that have some. */
  readonly tables: { readonly empty: readonly string[]; readonly filled: readonly string[] };
  /** Of everything in a new database. */
  readonly fingerprint: string;
};

const spares: Record<ClusterContent, Spare[]> = { nothing: [], schema: [] };

/** Nothing follows in a script, and a kept engine would keep it from ending. */
const isTest = process.env.VITEST !== undefined;

/**
 * An empty engine, or one with the migrations applied and no rows. `leave` it when its connections are closed.
 * @param prepare is called for a new one
 */
export async function takeEngine(
  content: ClusterContent,
  prepare: (url: string) => Promise<void> = async () => undefined,
): Promise<{ url: string; leave(): Promise<void> }> {
  const spare = spares[content].pop() ?? (await startSpare(content, prepare));
  return {
    url: spare.engine.url,
    async leave() {
      if (isTest && (await asked(spare.engine.url, (client) => isEmptied(client, spare))))
        spares[content].push(spare);
      else await spare.engine.close();
    },
  };
}

async function startSpare(content: ClusterContent, prepare: (url: string) => Promise<void>): Promise<Spare> {
  // Migrations are stopped in some tests, and only a whole engine can be stopped.
  const engine = await (content === "nothing"
    ? startDatabase({ dataDir: undefined })
    : startEngineHere(content));
  await prepare(engine.url);
  return await asked(engine.url, async (client) => {
    const tables: Record<keyof Spare["tables"], string[]> = { empty: [], filled: [] };
    const named = "select tablename as name from pg_tables where schemaname = 'public' order by 1";
    for (const { name } of (await client.query<{ name: string }>(named)).rows) {
      const { rowCount } = await client.query(`select from ${name} limit 1`);
      tables[rowCount === 0 ? "empty" : "filled"].push(name);
    }
    return { engine, tables, fingerprint: await fingerprintOf(client, tables) };
  });
}

/** Takes the rows away, or all tables of an empty database. False when something else is not as it was. */
async function isEmptied(client: pg.Client, { tables, fingerprint }: Spare): Promise<boolean> {
  const isNothing = tables.empty.length === 0;
  try {
    await client.query(
      isNothing
        ? "drop schema public cascade; create schema public"
        : `truncate ${tables.empty} restart identity`,
    );
  } catch {
    return false; // a table has gone, or another one refers to it
  }
  await client.query("delete from pg_statistic where starelid >= 16384");
  return (await fingerprintOf(client, tables)) === fingerprint;
}

/** Of the schema, of the settings of database and roles, and of the rows that migrations insert. */
async function fingerprintOf(client: pg.Client, { filled }: Spare["tables"]): Promise<string> {
  const inserted = filled.map(
    (table) => `(select string_agg(cast(t.* as text), ';' order by cast(t.* as text)) from ${table} t)`,
  );
  const { rows } = await client.query<{ fingerprint: string }>(
    `select md5(concat_ws(';',
       (select string_agg(concat_ws(',', oid, relname, relnamespace, relkind, relpersistence, relowner, relacl,
          reloptions, relrowsecurity), ';' order by oid) from pg_class where oid >= 16384 and relkind <> 't'),
       (select string_agg(cast(a.* as text), ';' order by attrelid, attnum) from pg_attribute a
          join pg_class on pg_class.oid = attrelid where attrelid >= 16384 and relkind <> 't'),
       ${["attrdef", "constraint", "proc", "rewrite", "trigger", "type"].map(
         (name) =>
           `(select string_agg(cast(c.* as text), ';' order by oid) from pg_${name} c where oid >= 16384)`,
       )},
       (select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname not like 'pg_%'),
       (select string_agg(cast(i.* as text), ';' order by indexrelid) from pg_index i where indexrelid >= 16384),
       (select string_agg(cast(s.* as text), ';' order by setdatabase, setrole) from pg_db_role_setting s),
       (select string_agg(cast(s.* as text), ';' order by sequencename) from pg_sequences s),
       (select string_agg(cast(r.* as text), ';' order by oid) from pg_authid r),
       ${["''", ...inserted]}
     )) as fingerprint`,
  );
  return rows[0]?.fingerprint ?? "";
}

async function asked<Result>(url: string, ask: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
