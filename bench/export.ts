// A whole table to a file: as `export` writes it, as it would be cell by cell, and as COPY gives it over the port.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { countRows, readColumns, readLines } from "../cli/export-table.ts";
import { en } from "../cli/messages/en.ts";
import { openParquet } from "../cli/parquet.ts";
import { openSql, type Sql } from "../cli/sql.ts";
import type { Target } from "../cli/target.ts";
import { simulatedOrigin } from "../shared/catalogue/origin.ts";
import { csvHead, csvLine } from "../shared/reads/csv.ts";
import type { Engine } from "./engines.ts";
import { median } from "./report.ts";

const origin = simulatedOrigin({ seed: 1, stocks: 5_400 });
const table = "stock_daily";
const selection = { table, from: undefined, to: undefined, codes: undefined };

export type ExportMeasurement = {
  readonly way: string;
  readonly rowsPerSecond: number;
  /** Of this process's main thread: what a laptop or a build machine spends. */
  readonly cpuSecondsOfMillion: number;
  readonly megabytes: number;
};

/** Each way in turn, so often; medians. @throws Error when two ways to CSV differ by a byte in size */
export async function measureExports(engine: Engine, rounds: number): Promise<ExportMeasurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-export-"));
  const sql = openSql(targetOf(engine), en, { stop: new AbortController().signal, timeoutSeconds: 600 });
  try {
    const total = await countRows(sql, selection);
    const ways = waysOf(engine, sql, folder, total);
    const found = ways.map(({ way }) => ({ way, rates: [] as number[], cpu: [] as number[], bytes: 0 }));
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, { write }] of ways.entries()) {
        const [began, cpu] = [performance.now(), process.threadCpuUsage()];
        const bytes = await write();
        const { user, system } = process.threadCpuUsage(cpu);
        found[at]?.rates.push(total / ((performance.now() - began) / 1_000));
        found[at]?.cpu.push(((user + system) / 1e6 / total) * 1e6);
        if (found[at]) found[at].bytes = bytes;
      }
    }
    const [byCell, byLine] = found.map(({ bytes }) => bytes);
    if (byCell !== byLine) throw new Error(`${byCell} bytes cell by cell, ${byLine} bytes as lines`);
    return found.map(({ way, rates, cpu, bytes }) => ({
      way,
      rowsPerSecond: median(rates),
      cpuSecondsOfMillion: median(cpu),
      megabytes: bytes / 1e6,
    }));
  } finally {
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each writes the file and answers its bytes. */
function waysOf(engine: Engine, sql: Sql, folder: string, total: number) {
  const file = (name: string) => join(folder, name);
  return [
    {
      way: "CSV, cell by cell through the Data API (as `query` does)",
      async write() {
        const columns = await readColumns(sql, table, en);
        const parts = [csvHead(columns)];
        const names = columns.map(({ name }) => `"${name}"`).join(", ");
        for await (const { rows } of sql.readPages(
          `select ${names} from ${table} order by ts_code, trade_date`,
        ))
          parts.push(rows.map((row) => csvLine(row, columns)).join(""));
        writeFileSync(file("cells.csv"), parts.join(""));
        return statSync(file("cells.csv")).size;
      },
    },
    {
      way: "CSV, `export`",
      async write() {
        const columns = await readColumns(sql, table, en);
        const parts = [csvHead(columns)];
        for await (const { text } of readLines(sql, selection, columns, "csv", total)) parts.push(text);
        writeFileSync(file("lines.csv"), parts.join(""));
        return statSync(file("lines.csv")).size;
      },
    },
    {
      way: "Parquet, `export`",
      async write() {
        const columns = await readColumns(sql, table, en);
        const parquet = openParquet(file("rows.parquet"), columns, { numbers: "double", origin });
        for await (const { text } of readLines(sql, selection, columns, "cells", total))
          await parquet.write(text);
        await parquet.finish();
        return statSync(file("rows.parquet")).size;
      },
    },
    { way: "COPY over the port, not written", write: () => copyAll(engine.databaseUrl) },
  ];
}

async function copyAll(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  let bytes = 0;
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }; // not in the types
  connection.on("copyData", ({ chunk }: { chunk: Buffer }) => {
    bytes += chunk.length;
  });
  await client.query(
    `copy (select * from ${table} order by ts_code, trade_date) to stdout (format csv, header)`,
  );
  await client.end();
  return bytes;
}

function targetOf({ dataApiUrl }: Engine): Target {
  const arn = (name: string) => `arn:aws:rds:us-east-1:000000000000:${name}`;
  return {
    ...{
      stack: undefined,
      name: "bench",
      origin,
      upstreamUrl: undefined,
      apiUrl: "http://127.0.0.1:9",
      ways: {},
    },
    clients: {
      region: "us-east-1",
      endpoint: dataApiUrl,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    outputs: {
      DatabaseArn: arn("cluster:bench"),
      DatabaseReaderSecretArn: arn("secret:bench"),
      DatabaseName: "tushare",
    },
  };
}
