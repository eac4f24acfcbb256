// The ledger and the data for the page, read directly from the local database: a function would have to run every
// second. The statements are those of shared/, with their :named parameters.
import pg from "pg";
import type { Database, SqlParameters, SqlRow } from "../../shared/ports.ts";
import { readStatement } from "../data-api/sql.ts";
import { withSettings } from "../database/url.ts";

/** Two, so that a chart does not wait for the coverage. */
const connectionsMax = 2;
/** The database cancels a statement after this time. */
const statementMilliseconds = 15_000;

type Reader = Database & { close(): Promise<void> };

/** @param settings of each session, as `-c name=value` */
export function openDatabase(url: string, settings = ""): Reader {
  const pool = new pg.Pool({
    connectionString: settings === "" ? url : withSettings(url, settings),
    max: connectionsMax,
    statement_timeout: statementMilliseconds,
  });
  pool.on("error", () => undefined); // the next statement reports it
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
        client.release(true); // closing the connection ends an open transaction
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
