// Questions in TuShare's protocol: to the local endpoint, strictly, as a notebook asks it; to the same database directly, with
// the statement that makes the same JSON; and to the simulated TuShare at its limit, by clients that keep to it.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import pg from "pg";
import { readStatement } from "../local/data-api/sql.ts";
import { startUpstream } from "../local/tushare/upstream.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { readDays } from "../shared/coverage/days.ts";
import { facesOf } from "../shared/tushare-door/face.ts";
import { readQuestion, readRequest } from "../shared/tushare-door/question.ts";
import { statementOf } from "../shared/tushare-door/rows.ts";
import type { Engine } from "./engines.ts";
import { timed } from "./reads.ts";
import { quantile } from "./report.ts";

export type EndpointOptions = {
  readonly stocks: number;
  /** A tenth of the stocks has this many days, the others the last ones only. */
  readonly days: number;
  readonly lastDays: number;
  readonly asked: number;
  /** Questions to the simulated TuShare, of which each waits for its turn. */
  readonly askedAtLimit: number;
  readonly clients: readonly number[];
};

export type EndpointMeasurement = {
  readonly question: string;
  readonly way: "endpoint" | "the same SQL directly" | "simulated TuShare at its limit";
  readonly clients: number;
  readonly p50: number;
  readonly p95: number;
  readonly kilobytes: number;
};

/** Calls a minute to one interface, for 2,000 points. */
const minuteLimit = 200;

/** The newest day with data: a Friday. */
const newestDay = "2025-12-26";

type Ask = (at: number) => Promise<string>;

export async function measureEndpoint(
  engine: Engine,
  options: EndpointOptions,
): Promise<{ rows: number; measured: EndpointMeasurement[] }> {
  const { days, codes, rows } = await fillForQuestions(engine, options);
  const thread = new Worker(new URL("./door-thread.ts", import.meta.url), { workerData: engine.databaseUrl });
  const [url] = (await once(thread, "message")) as [string];
  const pool = new pg.Pool({ connectionString: engine.databaseUrl, max: Math.max(...options.clients) });
  const measured: EndpointMeasurement[] = [];
  const code = (at: number) => codes[(at * 7_919) % codes.length] ?? "";
  const day = (at: number) => days[(at * 13) % days.length] ?? "";
  const range = { start_date: "20160101", end_date: newestDay.replaceAll("-", "") };
  for (const [question, params] of [
    ["one stock, ten years", (at: number) => ({ ts_code: code(at), ...range })],
    ["whole market, one day", (at: number) => ({ trade_date: day(at) })],
  ] as const) {
    const ways: [EndpointMeasurement["way"], Ask][] = [
      ["endpoint", async (at) => await post(url, params(at))],
      ["the same SQL directly", async (at) => await direct(pool, params(at))],
    ];
    for (const clients of options.clients) {
      for (const [way, ask] of ways) {
        const bytes = Buffer.byteLength(await ask(0));
        const times = await timed(options.asked, clients, ask);
        measured.push({ question, way, clients, ...describe(times, bytes) });
      }
    }
  }
  await pool.end();
  await thread.terminate();
  return { rows, measured };
}

/** Clients that share the minute's calls take turns: a refused call would not be faster. */
export async function measureAtLimit(options: EndpointOptions): Promise<EndpointMeasurement[]> {
  const upstream = await startUpstream({ stocks: options.stocks, minuteLimit });
  const calendar = JSON.parse(
    await post(upstream.url, { is_open: "1", end_date: shanghaiToday() }, "trade_cal"),
  ) as { data: { fields: string[]; items: string[][] } };
  const at = calendar.data.fields.indexOf("cal_date");
  const days = calendar.data.items.map((item) => String(item[at])).sort();
  const [first = "", last = ""] = [days.at(-options.days - 1), days.at(-2)];
  const { data: list } = JSON.parse(await post(upstream.url, {}, "stock_basic")) as typeof calendar;
  const listedOn = list.fields.indexOf("list_date");
  const codes = list.items
    .filter((item) => String(item[listedOn]) < first)
    .map(([ts_code]) => String(ts_code));
  const measured: EndpointMeasurement[] = [];
  let turn = performance.now();
  const inTurn =
    (ask: Ask): Ask =>
    async (asked) => {
      turn = Math.max(turn, performance.now()) + 60_000 / minuteLimit;
      await sleep(turn - performance.now());
      return await ask(asked);
    };
  for (const [question, ask] of [
    [
      "one stock, ten years",
      (asked) =>
        post(upstream.url, { ts_code: codes[(asked * 7) % codes.length], start_date: first, end_date: last }),
    ],
    ["whole market, one day", (asked) => post(upstream.url, { trade_date: days.at(-2 - asked) })],
  ] as [string, Ask][]) {
    for (const clients of options.clients) {
      const bytes = Buffer.byteLength(await inTurn(ask)(0));
      const times = await timed(options.askedAtLimit, clients, inTurn(ask));
      measured.push({
        ...{ question, way: "simulated TuShare at its limit", clients },
        ...describe(times, bytes),
      });
    }
  }
  await upstream.close();
  return measured;
}

function describe(times: readonly number[], bytes: number) {
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), kilobytes: bytes / 1000 };
}

const shanghaiToday = () =>
  new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll("-", "");

async function post(url: string, params: object, api_name = "daily"): Promise<string> {
  const body = JSON.stringify({ api_name, token: "bench", params, fields: "" });
  const response = await fetch(url, { method: "POST", body });
  const text = await response.text();
  if (!text.includes('"code":0,')) throw new Error(`${JSON.stringify(params)}: ${text.slice(0, 300)}`);
  return text;
}

const faces = facesOf();

/** The rows' statement alone: no proof that they are all, and no request around it. */
async function direct(pool: pg.Pool, params: object): Promise<string> {
  const body = JSON.stringify({ api_name: "daily", token: "bench", params, fields: "" });
  const question = readQuestion(readRequest(body), undefined, { faces, rowCapOf: ({ spec }) => spec.rowCap });
  const { sql, parameters } = statementOf(question);
  const { text, names } = readStatement(sql);
  const given: Record<string, unknown> = {
    ...parameters,
    ...{ limit: question.limit, offset: question.offset, bytes_max: 10_000_000 },
  };
  const { rows } = await pool.query<{ text: string }>(
    text,
    names.map((name) => given[name] ?? null),
  );
  return rows.map((row) => row.text).join(",");
}

/** Every day is known to be whole, as after a history and its verification. */
async function fillForQuestions(engine: Engine, { stocks, days, lastDays }: EndpointOptions) {
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  await client.connect();
  await client.query("truncate stock_daily, stock_info, trade_cal, sync_day");
  await client.query(
    `insert into trade_cal (exchange, cal_date, is_open, pretrade_date)
     select 'SSE', cast(day as date), case when extract(isodow from day) < 6 then 1 else 0 end,
       cast(day as date) - case extract(isodow from day) when 1 then 3 when 7 then 2 else 1 end
     from generate_series(timestamp '2010-01-01', timestamp '2027-12-31', interval '1 day') as day`,
  );
  const open = `select cal_date from trade_cal where is_open = 1 and cal_date <= date '${newestDay}' order by cal_date desc`;
  const { rows: listed } = await client.query<{ long: string; short: string }>(
    `select (select min(cal_date)::text from (${open} limit $1) as d) as long,
       (select min(cal_date)::text from (${open} limit $2) as d) as short`,
    [days, lastDays],
  );
  const [{ long = "", short = "" } = {}] = listed;
  await client.query(
    `insert into stock_info (ts_code, symbol, name, market, exchange, is_etf, list_status, list_date)
     select lpad(at::text, 6, '0') || '.SZ', at::text, 'name ' || at, '主板', 'SZSE', 'N', 'L',
       case when at % 10 = 0 then date '${long}' else date '${short}' end
     from generate_series(1, $1::int) as at`,
    [stocks],
  );
  await client.query(
    `insert into stock_daily (ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount,
       adj_factor, turnover_rate, turnover_rate_f, volume_ratio, pe, pe_ttm, pb, ps, ps_ttm, dv_ratio, dv_ttm,
       total_share, float_share, free_share, total_mv, circ_mv)
     select ts_code, cal_date, price, price + 0.21, price - 0.3, price + 0.1, price, 0.1, 0.8312, 123456.78, 987654.321,
       1.2345, v, v, v, v, v, v, v, v, v, v, 19405.9181, 19405.5, 10234.7, 123456.789, 120000.5
     from (
       select ts_code, cal_date, round((10 + random() * 90)::numeric, 2) as price, round((random() * 30)::numeric, 4) as v
       from (${open}) as open_day
       join stock_info on cal_date >= list_date
     ) as bar
     order by cal_date, ts_code`,
  );
  await client.query("vacuum analyze");
  const range = { from: long.replaceAll("-", ""), to: newestDay.replaceAll("-", "") };
  await readDays(engine.database, datasets.stock_daily, range, true);
  await client.query("vacuum analyze sync_day");
  const { rows: lastOnes } = await client.query<{ day: string }>(
    `select to_char(cal_date, 'YYYYMMDD') as day from (${open} limit $1) as d`,
    [lastDays],
  );
  const { rows: longest } = await client.query<{ ts_code: string }>(
    `select ts_code from stock_info where list_date = date '${long}' order by ts_code`,
  );
  const { rows: counted } = await client.query<{ rows: string }>("select count(*) as rows from stock_daily");
  await client.end();
  return {
    days: lastOnes.map(({ day }) => day),
    codes: longest.map(({ ts_code }) => ts_code),
    rows: Number(counted[0]?.rows),
  };
}
