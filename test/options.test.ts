// The command line's faults: each kind by name with its filters; everything else is refused with a plain sentence.
import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { OptionError, readOptions, usage } from "../local/options.ts";
import { faultKinds } from "../local/tushare/faults.ts";
import type { Upstream, UpstreamOptions } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";

const upstreams: Upstream[] = [];
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
});

const faultsOf = (text: string) => readOptions(["--faults", text]).faults;

async function upstreamWith(faults: UpstreamOptions["faults"]): Promise<Upstream> {
  const upstream = await serveUpstream({ today: "20260630", stocks: 50, latencyMs: 0, faults });
  upstreams.push(upstream);
  return upstream;
}

async function rowsOf(upstream: Upstream, name: string, tradeDate: string): Promise<number | string> {
  const body = JSON.stringify({ api_name: name, token: "t", params: { trade_date: tradeDate } });
  const response = await fetch(upstream.url, { method: "POST", body });
  const { data, msg } = (await response.json()) as { data: { items: unknown[] } | null; msg: string };
  return data?.items.length ?? msg;
}

test.each([
  ["none", []],
  ["hang", [{ kind: "hang" }]],
  [
    "latency:2000,http-5xx:0.1",
    [
      { kind: "latency", value: 2000 },
      { kind: "http-5xx", probability: 0.1 },
    ],
  ],
  ["partial-day:20240105", [{ kind: "partial-day", date: "20240105" }]],
  ["partial-day:600519.SH:daily", [{ kind: "partial-day", code: "600519.SH", interface: "daily" }]],
  ["partial-day:0.5:20240105:x2", [{ kind: "partial-day", value: 0.5, date: "20240105", count: 2 }]],
  [
    "latency:2000:10%:daily_basic",
    [{ kind: "latency", value: 2000, probability: 0.1, interface: "daily_basic" }],
  ],
  [
    " too-fast:x3 , day-quota:20 ",
    [
      { kind: "too-fast", count: 3 },
      { kind: "day-quota", value: 20 },
    ],
  ],
  ["column-renamed:pct_chg:daily", [{ kind: "column-renamed", column: "pct_chg", interface: "daily" }]],
  [
    '[{"kind":"reset","date":["20240105"]}, "hang"]',
    [{ kind: "reset", date: ["20240105"] }, { kind: "hang" }],
  ],
  ['{"kind":"reset"}', [{ kind: "reset" }]],
])("--faults %s is read as the faults it names", (text, faults) => {
  expect(faultsOf(text)).toEqual(faults);
});

test("a preset is a list of faults, and without the option there are none", () => {
  expect(faultsOf("storm").map(({ kind }) => kind)).toContain("hang");
  expect(readOptions([]).faults).toEqual([]);
});

test.each([
  ["http500:0.1", '--faults: fault kind is "http500", expected one of latency, hang, reset, http-5xx'],
  ["latency:2000,", '--faults: fault kind is "", expected one of latency'],
  [
    "latency:fast",
    "--faults: fault 'latency:fast' has 'fast', expected a trade date (20240105), an interface",
  ],
  ["hang:daily2", "--faults: fault 'hang:daily2' has 'daily2', expected a trade date"],
  ["reset:2", "--faults: probability of reset is 2, expected 0 to 1"],
  ["reset:0.1:10%", "--faults: fault 'reset:0.1:10%' gives its probability twice, expected once"],
  [
    '[{"kind":"reset","chance":1}]',
    "--faults: fault reset has 'chance', expected kind, interface, date, probability",
  ],
  [
    '[{"kind":"reset","interface":"dayly"}]',
    "--faults: interface of reset is 'dayly', expected a TuShare interface",
  ],
  ['[{"kind":"latency","value":-1}]', "--faults: value of latency is -1, expected a number from 0"],
  ['[{"kind":', '--faults: faults are [{"kind":, which is not JSON, expected such as [{"kind": "reset"}]'],
])("--faults %s is refused in one sentence", (text, sentence) => {
  expect(() => faultsOf(text)).toThrow(OptionError);
  expect(() => faultsOf(text)).toThrow(sentence);
});

test("the help names every kind of fault", () => {
  const words = usage.split(/[\s,]+/);
  expect(faultKinds.filter((kind) => !words.includes(kind))).toEqual([]);
});

test("faults given on the command line affect the calls they name, and a line typed at run time replaces them", async () => {
  const upstream = await upstreamWith(faultsOf("empty-day:20260629:daily,address-limit:adj_factor:x1"));
  expect(await rowsOf(upstream, "daily", "20260629")).toBe(0);
  expect(await rowsOf(upstream, "daily", "20260626")).toBeGreaterThan(0);
  expect(await rowsOf(upstream, "adj_factor", "20260629")).toMatch(/IP数量超限/);
  expect(await rowsOf(upstream, "adj_factor", "20260629")).toBeGreaterThan(0);

  const replace = (line: string) =>
    fetch(`${upstream.url}/control/faults`, { method: "POST", body: JSON.stringify(line) });
  expect(await (await replace("permission:daily")).json()).toEqual([
    { kind: "permission", interface: "daily" },
  ]);
  expect(await rowsOf(upstream, "daily", "20260626")).toMatch(/没有接口\(daily\)访问权限/);
  const refused = await replace("earthquake");
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({ error: expect.stringContaining('fault kind is "earthquake"') });
});

test("a web page of another site cannot switch faults on, and cannot use up calls", async () => {
  const upstream = await upstreamWith([]);
  const call = { api_name: "trade_cal", token: "t", params: {} };
  for (const [headers, error] of [
    [{ host: "rebound.example" }, "Host is 'rebound.example', expected localhost or 127.0.0.1"],
    [{ host: "127.0.0.1.example" }, "Host is '127.0.0.1.example', expected localhost or 127.0.0.1"],
    [{ host: "a b" }, "Host is 'a b', expected localhost or 127.0.0.1"],
    [{ origin: "https://example.com" }, "Origin is 'https://example.com', expected none or"],
    [{ origin: "null" }, "Origin is 'null', expected none or"],
  ] as [Record<string, string>, string][]) {
    for (const [path, body] of [
      ["/control/faults", "storm"],
      ["/", call],
    ] as const) {
      const reply = await post(`${upstream.url}${path}`, headers, body);
      expect(reply).toEqual({ status: 403, body: { error: expect.stringContaining(error) } });
    }
  }
  expect(await (await fetch(`${upstream.url}/control/faults`)).json()).toEqual([]);
  expect((await upstream.stats()).interfaces).toEqual({});

  const here = { host: "localhost:9" };
  expect((await post(`${upstream.url}/control/faults`, here, "reset")).body).toEqual([{ kind: "reset" }]);
});

/** fetch sets the Host header itself. */
function post(url: string, headers: Record<string, string>, body: unknown) {
  return new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
    const asked = request(url, { method: "POST", headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, body: JSON.parse(text) });
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
}
