// The ledger and the data for the page, read from the local database itself: once a second a function would be woken
// for nothing. The statements are those of shared/, with their :named parameters.
import pg from "pg";
import type { Database, SqlParameters, SqlRow } from "../../shared/ports.ts";
import { readStatement } from "../data-api/sql.ts";

/** Two, so that a chart does not wait for the coverage. */
const connectionsMax = 2;
/** Nobody looks at a page for longer; the database stops it then. */
const statementMilliseconds = 15_000;

type Reader = Database & { close(): Promise<void> };

export function openDatabase(url: string): Reader {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    statement_timeout: statementMilliseconds,
  });
  pool.on("error", () => undefined); // the next statement says it
  return {
    run: (sql, parameters) => run(pool, sql, parameters),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await work((sql, parameters) => run(client, sql, parameters));
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        client.release(true); // whatever was begun ends with its connection
        throw error;
      }
    },
    close: () => pool.end(),
  };
}

async function run(
  on: pg.Pool | pg.PoolClient,
  sql: string,
  parameters: SqlParameters = {},
): Promise<SqlRow[]> {
  const { text, names } = readStatement(sql);
  const { rows } = await on.query<Record<string, string | number | boolean | null>>(
    text,
    names.map((name) => parameters[name] ?? null),
  );
  return rows;
}
