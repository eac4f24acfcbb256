// An upstream that needs almost no CPU: replies of real size from the simulated TuShare, fetched once and then served
// as stored bytes from another thread (upstream-thread.ts). So generating them is not measured.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { startUpstream } from "../local/tushare/upstream.ts";
import type { Prefetch, Version } from "./upstream-thread.ts";

export type ReadyUpstream = {
  readonly url: string;
  /** The trading days it has, ascending, each YYYYMMDD. */
  readonly days: readonly string[];
  serve(version: Version): Promise<void>;
  close(): Promise<void>;
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
  await simulated.close();
  return {
    url,
    days,
    async serve(version) {
      thread.postMessage(version);
      await once(thread, "message");
    },
    close: async () => void (await thread.terminate()),
  };
}

async function openDays(url: string): Promise<string[]> {
  const params = { exchange: "SSE", start_date: "20251001", end_date: today };
  const body = JSON.stringify({ api_name: "trade_cal", token: "bench", params, fields: "cal_date,is_open" });
  const response = await fetch(url, { method: "POST", body });
  const { data } = (await response.json()) as { data: { fields: string[]; items: (string | number)[][] } };
  const [day, isOpen] = ["cal_date", "is_open"].map((name) => data.fields.indexOf(name));
  return data.items
    .filter((item) => item[isOpen ?? -1] === 1)
    .map((item) => String(item[day ?? -1]))
    .sort();
}
