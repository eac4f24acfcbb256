// The upstream of load.ts, in a thread: it answers the prices and factors of any ETF in any range at once, from texts that
// are made once for each range. Their values follow from code and day; load.ts computes them again in SQL.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { parentPort, workerData } from "node:worker_threads";

type Asked = {
  readonly params: { readonly ts_code: string; readonly start_date: string; readonly end_date: string };
  readonly fields: string;
};

/** In the texts, in place of the six digits of a code. */
const place = "______";

/** The cell of each field, as JSON. All other fields are prices. */
const cellOf: Readonly<Record<string, (day: string) => string>> = {
  ts_code: () => `"${place}.SH"`,
  trade_date: (day) => `"${day}"`,
  change: () => "0",
  pct_chg: () => "0",
  vol: (day) => `${place}.${day.slice(4, 6)}`,
  amount: (day) => `${place}.${day.slice(4, 6)}`,
  adj_factor: (day) => `1.${day.slice(0, 4)}`,
};
const price = (day: string) => `${Number(day.slice(6))}.${day.slice(4, 6)}`;

const days = workerData as readonly string[];
/** Texts between the codes, by fields and range. */
const texts = new Map<string, readonly string[]>();

const server = createServer(async (request, response) => {
  const { params, fields } = (await json(request)) as Asked;
  response.writeHead(200, { "content-type": "application/json" });
  response.end(textsOf(params.start_date, params.end_date, fields).join(params.ts_code.slice(0, 6)));
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  parentPort?.postMessage(`http://127.0.0.1:${port}`);
});

function textsOf(from: string, to: string, fields: string): readonly string[] {
  const key = `${from} ${to} ${fields}`;
  const made = texts.get(key) ?? makeText(from, to, fields.split(",")).split(place);
  texts.set(key, made);
  return made;
}

function makeText(from: string, to: string, fields: readonly string[]): string {
  const items = days
    .filter((day) => day >= from && day <= to)
    .map((day) => `[${fields.map((field) => (cellOf[field] ?? price)(day)).join(",")}]`);
  return `{"request_id":"bench","code":0,"msg":"","data":{"fields":${JSON.stringify(fields)},"items":[${items.join(",")}],"has_more":false}}`;
}
