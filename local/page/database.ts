// The ledger and the data for the page, read directly from the local database: a function would have to run every
// second. The statements are those of shared/, with their :named parameters.
import pg from "pg";
import type { Database, SqlParameters, SqlRow } from "../../shared/ports.ts";
import { readStatement } from "../data-api/sql.ts";
import { withSettings } from "../database/url.ts";

/** Two, so that a chart does not wait for the coverage. */
const connectionsMax = 2;
/**
 * Statements that each connection keeps prepared: planning takes half of the time of some. The fields and filters of questions make
 * more; those that come later are planned each time.
 */
const preparedMax = 100;
/** The database cancels a statement after this time. */
const statementMilliseconds = 15_000;

type Reader = Database & { close(): Promise<void> };

type Limits = {
  readonly statementMilliseconds: number;
  /** Also the longest wait for a free connection; without it there is no end of either. */
  readonly connectMilliseconds?: number;
  readonly connections?: number;
};

/**
 * @param settings of each session, as `-c name=value`
 * @param limits by default those of a page, which waits
 */
export function openDatabase(url: string, settings = "", limits: Limits = { statementMilliseconds }): Reader {
  const pool = new pg.Pool({
    connectionString: settings === "" ? url : withSettings(url, settings),
    max: limits.connections ?? connectionsMax,
    statement_timeout: limits.statementMilliseconds,
    connectionTimeoutMillis: limits.connectMilliseconds ?? 0,
  });
  pool.on("error", () => undefined); // the next statement reports it
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < preparedMax) names.set(text, `prepared_${names.size}`);
    return names.get(text);
  };
  return {
    run: (sql, parameters) => run(pool, nameOf, sql, parameters),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await work((sql, parameters) => run(client, nameOf, sql, parameters));
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
  nameOf: (text: string) => string | undefined,
  sql: string,
  parameters: SqlParameters = {},
): Promise<SqlRow[]> {
  const { text, names } = readStatement(sql);
  const name = nameOf(text);
  const { rows } = await on.query<Record<string, string | number | boolean | null>>({
    text,
    values: names.map((parameter) => parameters[parameter] ?? null),
    ...(name !== undefined && { name }),
  });
  return rows;
}
