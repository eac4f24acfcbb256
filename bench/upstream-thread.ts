// The thread of upstream.ts: a minimal HTTP server that returns the stored bytes of a reply by interface and day.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { parentPort, workerData } from "node:worker_threads";
import { type InterfaceSpec, interfacesOf } from "../shared/catalogue/dataset.ts";
import { datasets, evidenceFor } from "../shared/catalogue/datasets.ts";

/**
 * first: as the simulator made the replies. changed: with every adjustment factor doubled, so that every stored row
 * differs.
 */
export type Version = "first" | "changed";

export type Prefetch = { readonly url: string; readonly days: readonly string[] };

type Reply = { data: { fields: string[]; items: (string | number | null)[][] } };

const { url, days } = workerData as Prefetch;
const replies = new Map<string, Buffer>();
let version: Version = "first";

const evidence = evidenceFor(datasets.stock_daily, "date");
for (const spec of [...interfacesOf(datasets.stock_daily), ...(evidence ? [evidence] : [])]) {
  for (const day of days) {
    const first = await fetchReply(spec, day);
    replies.set(`first ${spec.name} ${day}`, first);
    replies.set(`changed ${spec.name} ${day}`, spec.name === "adj_factor" ? doubled(first) : first);
  }
}

const server = createServer(async (request, response) => {
  const { api_name, params } = (await json(request)) as { api_name: string; params: { trade_date: string } };
  const bytes = replies.get(`${version} ${api_name} ${params.trade_date}`);
  response.writeHead(bytes ? 200 : 404, { "content-type": "application/json" });
  response.end(bytes);
});
server.keepAliveTimeout = 0; // a slot may pause between rounds; its sockets stay
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  parentPort?.postMessage(`http://127.0.0.1:${port}`);
});
parentPort?.on("message", (wanted: Version) => {
  version = wanted;
  parentPort?.postMessage("served from now on");
});

async function fetchReply(spec: InterfaceSpec, day: string): Promise<Buffer> {
  const fields = spec.columns.map(({ name }) => name).join(",");
  const body = JSON.stringify({ api_name: spec.name, token: "bench", params: { trade_date: day }, fields });
  const response = await fetch(url, { method: "POST", body });
  return Buffer.from(await response.arrayBuffer());
}

function doubled(bytes: Buffer): Buffer {
  const reply = JSON.parse(bytes.toString()) as Reply;
  const factor = reply.data.fields.indexOf("adj_factor");
  for (const item of reply.data.items) item[factor] = Number(item[factor]) * 2;
  return Buffer.from(JSON.stringify(reply));
}
