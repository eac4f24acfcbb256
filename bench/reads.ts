// Reads of a database that holds ten million daily rows: by the named SQL with one client, and over the HTTP API (the
// deployed function on the local stack) with sixteen concurrent clients.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startStack } from "../local/aws/stack.ts";
import { synthesise } from "../local/synth.ts";
import { encodeOrigin } from "../shared/catalogue/origin.ts";
import type { Database } from "../shared/ports.ts";
import {
  linesOfCode,
  linesOfDay,
  newestTradeDate,
  pageOfCode,
  pageOfDay,
  pageRowsMax,
} from "../shared/reads/daily.ts";
import { countEtfsByExchange, findInstruments } from "../shared/reads/instruments.ts";
import type { Engine } from "./engines.ts";
import { benchOrigin } from "./functions.ts";
import { quantile } from "./report.ts";

export type ReadsOptions = {
  readonly stocks: number;
  readonly etfs: number;
  readonly days: number;
  /** How many times each read runs with one client, and in total over the API. */
  readonly asked: number;
  readonly clients: number;
};

export type ReadMeasurement = {
  readonly read: string;
  /** In milliseconds: the named SQL through the Data API, and the HTTP API. */
  readonly databaseP95: number;
  readonly apiP50: number;
  readonly apiP95: number;
};

/** The first day: days are consecutive, without weekends. */
const firstDay = "2019-01-01";

/** Fills the tables in the database itself: six prices and fourteen valuations a row, as real rows have. */
export async function fill(databaseUrl: string, options: ReadsOptions): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("truncate stock_daily, stock_info, trade_cal");
  await client.query(
    `insert into trade_cal (exchange, cal_date, is_open)
     select 'SSE', day, case when extract(isodow from day) < 6 then 1 else 0 end
     from generate_series(date '${firstDay}', date '${firstDay}' + $1::int * 7 / 5 + 7, interval '1 day') as day`,
    [options.days],
  );
  await client.query(
    `insert into stock_info (ts_code, symbol, name, market, exchange, is_etf, list_status, list_date)
     select case when at <= $1 then lpad(at::text, 6, '0') || '.SZ' else (510000 + at - $1)::text || '.SH' end,
       at::text, 'name ' || at, case when at <= $1 then '主板' else 'E' end,
       case when at <= $1 then 'SZSE' else 'SSE' end,
       case when at <= $1 then 'N' else 'Y' end, 'L', date '2010-01-04'
     from generate_series(1, $1::int + $2::int) as at`,
    [options.stocks, options.etfs],
  );
  await client.query(
    `insert into stock_daily (ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount,
       adj_factor, turnover_rate, turnover_rate_f, volume_ratio, pe, pe_ttm, pb, ps, ps_ttm, dv_ratio, dv_ttm,
       total_share, float_share, free_share, total_mv, circ_mv)
     select ts_code, day, price, price + 0.21, price - 0.3, price + 0.1, price, 0.1, 0.8312, 123456.78, 987654.321,
       1.2345, v, v, v, v, v, v, v, v, v, v, 19405.9181, 19405.5, 10234.7, 123456.789, 120000.5
     from (
       select ts_code, cal_date as day, round((10 + random() * 90)::numeric, 2) as price,
         case when is_etf = 'N' then round((random() * 30)::numeric, 4) end as v
       from (select cal_date from trade_cal where is_open = 1 order by cal_date limit $1) as open_day
       cross join stock_info
     ) as bar`,
    [options.days],
  );
  await client.query("analyze");
  const { rows } = await client.query<{ rows: string }>("select count(*) as rows from stock_daily");
  await client.end();
  return Number(rows[0]?.rows);
}

export async function measureReads(engine: Engine, options: ReadsOptions): Promise<ReadMeasurement[]> {
  const assembly = mkdtempSync(join(tmpdir(), "bench-reads-"));
  await synthesise(assembly, { egress: "none" });
  const stack = await startStack({
    assembly,
    endpoints: { rdsData: engine.dataApiUrl },
    overrides: { TUSHARE_URL: "http://127.0.0.1:9", MIRROR_ORIGIN: encodeOrigin(benchOrigin) },
    schedulesEnabled: false,
  });
  try {
    const measured: ReadMeasurement[] = [];
    for (const { read, ask, path } of readsOf(options)) {
      const database = await timed(options.asked, 1, (at) => ask(engine.database, at));
      const api = await timed(options.asked * 2, options.clients, async (at) => {
        const response = await fetch(`${stack.apiUrl}${path(at)}`);
        await response.arrayBuffer();
        if (response.status !== 200) throw new Error(`${path(at)} answered ${response.status}`);
      });
      measured.push({
        read,
        databaseP95: quantile(database, 0.95),
        apiP50: quantile(api, 0.5),
        apiP95: quantile(api, 0.95),
      });
    }
    return measured;
  } finally {
    await stack.close();
    rmSync(assembly, { recursive: true, force: true });
  }
}

type Read = {
  readonly read: string;
  readonly ask: (database: Database, at: number) => Promise<unknown>;
  readonly path: (at: number) => string;
};

/** Each read uses another code and another day, so that it does not read only cached pages. */
function readsOf({ stocks, days }: ReadsOptions): Read[] {
  const code = (at: number) => `${String(1 + ((at * 7_919) % stocks)).padStart(6, "0")}.SZ`;
  const year = { from: "20220103", to: "20221230" };
  const day = (at: number) => {
    const date = new Date(Date.parse(firstDay) + ((at * 13) % days) * 86_400_000);
    const weekday = date.getUTCDay();
    if (weekday % 6 === 0) date.setUTCDate(date.getUTCDate() + (weekday === 6 ? 2 : 1));
    return date.toISOString().slice(0, 10).replaceAll("-", "");
  };
  const range = `from=${year.from}&to=${year.to}`;
  return [
    {
      read: "one code, one year",
      ask: (database, at) => pageOfCode(database, code(at), year, { adjust: "none" }, pageRowsMax),
      path: (at) => `/api/daily/${code(at)}?${range}`,
    },
    {
      read: "one code, one year, qfq",
      ask: (database, at) => pageOfCode(database, code(at), year, { adjust: "qfq" }, pageRowsMax),
      path: (at) => `/api/daily/${code(at)}?${range}&adjust=qfq`,
    },
    {
      read: "whole market, one day, a page",
      ask: (database, at) => pageOfDay(database, { trade_date: day(at), is_etf: undefined }, pageRowsMax),
      path: (at) => `/api/daily?trade_date=${day(at)}`,
    },
    {
      read: "whole market, one day, as CSV, its first answer",
      ask: (database, at) => linesOfDay(database, { trade_date: day(at), is_etf: undefined }),
      path: (at) => `/api/daily?trade_date=${day(at)}&format=csv`,
    },
    {
      read: "one code, all years, as CSV",
      ask: (database, at) => linesOfCode(database, code(at), {}, { adjust: "none" }),
      path: (at) => `/api/daily/${code(at)}?format=csv`,
    },
    {
      read: "ETF list, a page",
      ask: (database) => findInstruments(database, { is_etf: "Y" }, { limit: 500 }),
      path: () => "/api/instruments?is_etf=Y",
    },
    {
      read: "ETFs by exchange",
      ask: (database) => countEtfsByExchange(database),
      path: () => "/api/instruments/etf-count",
    },
    {
      read: "newest day of the market",
      ask: (database) => newestTradeDate(database),
      path: (at) => `/api/instruments/${code(at)}`,
    },
  ];
}

/** Milliseconds of each of `count` reads, by this many concurrent clients. */
export async function timed(
  count: number,
  clients: number,
  ask: (at: number) => Promise<unknown>,
): Promise<number[]> {
  // Warms every client's execution environment before measuring.
  for (let round = 0; round < 3; round += 1)
    await Promise.all(Array.from({ length: clients }, (_, at) => ask(round * clients + at)));
  const milliseconds: number[] = [];
  let next = 0;
  const client = async () => {
    while (next < count) {
      const at = next;
      next += 1;
      const startedAt = performance.now();
      await ask(at);
      milliseconds.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return milliseconds;
}
