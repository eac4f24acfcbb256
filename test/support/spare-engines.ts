// Engines with the schema, for the test files that share a process. Starting one takes two CPU seconds: a file that is
// done with its engine leaves it empty, for the next file. An engine whose schema a test has changed is not kept.
import pg from "pg";
import { type Database, startDatabase } from "../../local/database/database.ts";

type Spare = {
  readonly engine: Database;
  /** The tables that have no rows in a new database, and those that have some. */
  readonly tables: { readonly empty: readonly string[]; readonly filled: readonly string[] };
  /** Of everything in a new database. */
  readonly fingerprint: string;
};

const spares: Spare[] = [];

/**
 * An engine with the migrations applied and no rows. `leave` it when its connections are closed.
 * @param migrate is called for a new one
 */
export async function takeEngine(
  migrate: (url: string) => Promise<void>,
): Promise<{ url: string; leave(): Promise<void> }> {
  const spare = spares.pop() ?? (await startSpare(migrate));
  return {
    url: spare.engine.url,
    async leave() {
      if (await asked(spare.engine.url, (client) => isEmptied(client, spare))) spares.push(spare);
      else await spare.engine.close();
    },
  };
}

async function startSpare(migrate: (url: string) => Promise<void>): Promise<Spare> {
  const engine = await startDatabase({ dataDir: undefined, content: "schema" });
  await migrate(engine.url);
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

/** Takes the rows away. False when something else is not as it was. */
async function isEmptied(client: pg.Client, { tables, fingerprint }: Spare): Promise<boolean> {
  try {
    await client.query(`truncate ${tables.empty} restart identity`);
  } catch {
    return false; // a table has gone, or another one refers to it
  }
  await client.query("delete from pg_statistic where starelid >= 16384");
  return (await fingerprintOf(client, tables)) === fingerprint;
}

/** Of the schema, of the settings of database and roles, and of the rows that migrations insert. */
async function fingerprintOf(client: pg.Client, { filled }: Spare["tables"]): Promise<string> {
  const { rows } = await client.query<{ fingerprint: string }>(
    `select md5(concat_ws(';',
       (select string_agg(concat_ws(',', oid, relname, relnamespace, relkind, relpersistence, relowner, relacl,
          reloptions, relrowsecurity), ';' order by oid) from pg_class where oid >= 16384 and relkind <> 't'),
       (select string_agg(cast(a.* as text), ';' order by attrelid, attnum) from pg_attribute a
          join pg_class on pg_class.oid = attrelid where attrelid >= 16384 and relkind <> 't'),
       ${["attrdef", "constraint", "proc", "rewrite", "trigger", "namespace", "type"].map(
         (name) =>
           `(select string_agg(cast(c.* as text), ';' order by oid) from pg_${name} c where oid >= 16384)`,
       )},
       (select string_agg(cast(i.* as text), ';' order by indexrelid) from pg_index i where indexrelid >= 16384),
       (select string_agg(cast(s.* as text), ';' order by setdatabase, setrole) from pg_db_role_setting s),
       (select string_agg(cast(s.* as text), ';' order by sequencename) from pg_sequences s),
       (select string_agg(cast(r.* as text), ';' order by oid) from pg_authid r),
       ${filled.map((name) => `(select string_agg(cast(t.* as text), ';' order by 1) from ${name} t)`)}
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
