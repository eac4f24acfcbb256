// A whole mirror from one PostgreSQL database to another: as `push` moves it, and one table as psql pipes it from COPY to COPY.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { compareMirrors } from "../cli/move/difference.ts";
import { type MovedTable, readTables, tablesIn } from "../cli/move/layout.ts";
import { moveAll } from "../cli/move/move.ts";
import { startDataApi } from "../local/data-api/server.ts";
import { openDatabase } from "../local/page/database.ts";
import { makeDataApi } from "../shared/adapters/data-api.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import type { Clock, Database, Log } from "../shared/ports.ts";
import { migrationFiles } from "../test/support/database.ts";
import { startPostgresServer } from "../test/support/postgres-server.ts";
import { fill } from "./reads.ts";
import { median } from "./report.ts";

const table = "stock_daily";
const stop = new AbortController().signal;
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export type MoveMeasurement = { readonly way: string; readonly rowsPerSecond: number };

/** Each way in turn, so often; medians. @throws Error when a move ends with a difference */
export async function measureMoves(
  size: { readonly stocks: number; readonly etfs: number; readonly days: number },
  rounds: number,
): Promise<{ rows: number; measured: MoveMeasurement[] }> {
  const [from, to] = [await startPostgresServer(), await startPostgresServer()];
  const [source, target] = [from, to].map(({ url }) =>
    openDatabase(url, "-c TimeZone=UTC", { statementMilliseconds: 120_000 }),
  ) as [ReturnType<typeof openDatabase>, ReturnType<typeof openDatabase>];
  const servers = [
    await startDataApi({ databaseUrl: from.url }),
    await startDataApi({ databaseUrl: to.url }),
  ] as const;
  try {
    for (const database of [source, target]) await migrate(database, migrationFiles(), silent);
    await fill(from.url, { ...size, asked: 0, clients: 0 });
    const tables = await readTables(source, tablesIn(migrationFiles()));
    const moves = async (one: Database, other: Database) => {
      const both = { source: one, target: other };
      const comparison = await compareMirrors(both, tables, { stop, onTable: () => undefined });
      await moveAll(both, comparison, false, { stop, onRows: () => undefined });
    };
    const [sourceApi, targetApi] = servers.map(({ url }) => throughDataApi(url)) as [Database, Database];
    const pipe = `psql -qX "$FROM" -c 'copy ${table} to stdout' | psql -qX "$TO" -c 'copy ${table} from stdin'`;
    const environment = { ...process.env, FROM: from.url, TO: to.url };
    const ways: { way: string; run: () => Promise<unknown> }[] = [
      { way: "psql, COPY to COPY", run: () => promisify(execFile)("sh", ["-c", pipe], { env: environment }) },
      { way: "move, each side by a connection", run: () => moves(source, target) },
      { way: "move, each side by a local Data API", run: () => moves(sourceApi, targetApi) },
    ];
    const rates = ways.map((): number[] => []);
    const compared: number[] = [];
    let rows = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, { way, run }] of ways.entries()) {
        await target.run(`truncate ${tables.map(({ name }: MovedTable) => name)}`);
        const began = performance.now();
        await run();
        const seconds = (performance.now() - began) / 1_000;
        const [{ count } = {}] = await target.run(`select count(*) as count from ${table}`);
        rates[at]?.push(Number(count) / seconds);
        if (way.startsWith("psql")) continue;
        const beganAt = performance.now();
        const { differences, source: all } = await compareMirrors({ source, target }, tables, {
          stop,
          onTable: () => undefined,
        });
        if (differences.length > 0) throw new Error(`${way}: ${differences.length} slices differ`);
        rows = all.rows;
        compared.push(all.rows / ((performance.now() - beganAt) / 1_000));
      }
    }
    return {
      rows,
      measured: [
        ...ways.map(({ way }, at) => ({ way, rowsPerSecond: median(rates[at] ?? []) })),
        { way: "comparison of both sides", rowsPerSecond: median(compared) },
      ],
    };
  } finally {
    for (const server of servers) await server.close();
    for (const database of [source, target]) await database.close();
    for (const server of [from, to]) await server.stop();
  }
}

function throughDataApi(endpoint: string): Database {
  const arn = (name: string) => `arn:aws:rds:us-east-1:000000000000:${name}`;
  return makeDataApi({
    ...{ resourceArn: arn("cluster:bench"), secretArn: arn("secret:bench"), database: "tushare" },
    ...{ clock, resumeSecondsMax: 10 },
    client: {
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
  });
}
