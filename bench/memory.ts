// Peak memory of each function with its largest input, in its own process with the heap size that Lambda sets. The
// worker's is measured with the ingest.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { Engine } from "./engines.ts";
import { type DeployedFunction, functionEnvironment } from "./functions.ts";
import { heapOptions } from "./slots.ts";

const run = promisify(execFile);

/** The largest input of a function, by a part of its name. */
const largest: Readonly<Record<string, { about: string; events: unknown[] }>> = {
  Dispatcher: {
    about: "a plan of 9,000 days, not started",
    events: [{ plan: { job: "DAILY_HISTORY", from: "19901219" } }],
  },
  Retry: {
    about: "ten messages that cannot be parsed",
    events: [
      {
        Records: Array.from({ length: 10 }, (_, at) => ({
          messageId: `letter-${at}`,
          body: "not a unit",
          attributes: { ApproximateReceiveCount: "6" },
        })),
      },
    ],
  },
  Api: { about: "a whole history as CSV, three times", events: [csv(), csv(), csv()] },
  Widget: { about: "the whole dashboard", events: [{ widgetContext: { dashboardName: "bench" } }] },
};

export type Peak = {
  readonly name: string;
  readonly about: string;
  readonly megabytes: number;
  readonly limit: number;
};

export async function measurePeaks(engine: Engine, functions: readonly DeployedFunction[]): Promise<Peak[]> {
  const nowhere = "http://127.0.0.1:9";
  const environment = functionEnvironment({
    dataApiUrl: engine.dataApiUrl,
    secretsUrl: nowhere,
    tushareUrl: nowhere,
  });
  await fillLongHistory(engine.databaseUrl);
  const peaks: Peak[] = [];
  for (const { name, bundle, memoryMegabytes } of functions) {
    const work = Object.entries(largest).find(([part]) => name.includes(part))?.[1];
    if (work === undefined) continue;
    const { stdout } = await run(
      process.execPath,
      [
        ...heapOptions(memoryMegabytes),
        join(import.meta.dirname, "invoke.ts"),
        bundle,
        JSON.stringify(work.events),
      ],
      { env: environment, maxBuffer: 64 * 1024 * 1024 },
    );
    const kilobytes = Number(/peak (\d+)/.exec(stdout)?.[1]);
    peaks.push({ name, about: work.about, megabytes: kilobytes / 1e3, limit: memoryMegabytes });
  }
  return peaks;
}

/** One stock with 8,800 days, and a calendar of the same days. */
async function fillLongHistory(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("truncate trade_cal, stock_info, stock_daily");
  await client.query(
    `insert into trade_cal (exchange, cal_date, is_open)
     select 'SSE', day, case when extract(isodow from day) < 6 then 1 else 0 end
     from generate_series(date '1990-12-19', current_date + 30, interval '1 day') as day`,
  );
  await client.query(
    `insert into stock_info (ts_code, name, list_status, list_date)
     select lpad(at::text, 6, '0') || '.SZ', 'name ' || at, 'L', date '1990-12-19' from generate_series(1, 12000) as at`,
  );
  await client.query(
    `insert into stock_daily (ts_code, trade_date, open, high, low, close, pre_close, vol, amount, adj_factor, pe, pb, total_mv)
     select '000001.SZ', cal_date, 10.01, 10.5, 9.99, 10.25, 10.11, 123456.78, 987654.321, 1.2345, 12.3456, 1.2345, 123456789.1234
     from trade_cal where is_open = 1 and cal_date < current_date`,
  );
  await client.end();
}

function csv(): object {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/api/daily/000001.SZ",
    rawQueryString: "format=csv",
    headers: {},
    requestContext: { requestId: "bench", http: { method: "GET", path: "/api/daily/000001.SZ" } },
    isBase64Encoded: false,
  };
}
