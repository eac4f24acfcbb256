// An upstream that needs almost no CPU: replies of real size from the simulated TuShare, fetched once and then served
// as stored bytes from another thread (upstream-thread.ts). So generating them is not measured.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { startUpstream } from "../local/tushare/upstream.ts";
import { listStatuses } from "../shared/catalogue/dataset.ts";
import type { Prefetch, Version } from "./upstream-thread.ts";

export type ReadyUpstream = {
  readonly url: string;
  /** The trading days it has, ascending, each YYYYMMDD. */
  readonly days: readonly string[];
  /** Its stock list. */
  readonly stocks: readonly ListedStock[];
  serve(version: Version): Promise<void>;
  close(): Promise<void>;
};

/** A stock of the list, with TuShare's names. */
export type ListedStock = {
  readonly ts_code: string;
  readonly list_date: string;
  readonly delist_date: string | null;
};

const today = "20260302";
/** With this many stocks a day has about 5,450 bars. */
const stocks = 5_460;

/** Fetches the last `count` trading days of a generated market, then serves them. */
export async function startReadyUpstream(count: number): Promise<ReadyUpstream> {
  const simulated = await startUpstream({ today, stocks, gzip: false, latencyMs: 0, minuteLimit: 1_000_000 });
  const days = (await openDays(simulated.url)).slice(-count);
  const thread = new Worker(new URL("./upstream-thread.ts", import.meta.url), {
    workerData: { url: simulated.url, days } satisfies Prefetch,
  });
  const [url] = (await once(thread, "message")) as [string];
  const listed = await Promise.all(listStatuses.map((list_status) => stocksOf(simulated.url, list_status)));
  await simulated.close();
  return {
    url,
    days,
    stocks: listed.flat(),
    async serve(version) {
      thread.postMessage(version);
      await once(thread, "message");
    },
    close: async () => void (await thread.terminate()),
  };
}

async function openDays(url: string): Promise<string[]> {
  const params = { exchange: "SSE", start_date: "20251001", end_date: today };
  const rows = await ask(url, "trade_cal", params, ["cal_date", "is_open"]);
  return rows
    .filter(({ is_open }) => is_open === 1)
    .map(({ cal_date }) => String(cal_date))
    .sort();
}

async function stocksOf(url: string, list_status: string): Promise<ListedStock[]> {
  const rows = await ask(url, "stock_basic", { list_status }, ["ts_code", "list_date", "delist_date"]);
  return rows.map(({ ts_code, list_date, delist_date }) => ({
    ts_code: String(ts_code),
    list_date: String(list_date),
    delist_date: delist_date === null ? null : String(delist_date),
  }));
}

type Row = Readonly<Record<string, string | number | null>>;

async function ask(
  url: string,
  api_name: string,
  params: Readonly<Record<string, string>>,
  fields: readonly string[],
): Promise<Row[]> {
  const body = JSON.stringify({ api_name, token: "bench", params, fields: fields.join(",") });
  const response = await fetch(url, { method: "POST", body });
  const { data } = (await response.json()) as { data: { fields: string[]; items: Row[string][][] } };
  return data.items.map((item) =>
    Object.fromEntries(data.fields.map((name, at) => [name, item[at] ?? null])),
  );
}
