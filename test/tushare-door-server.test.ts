// The mirror under TuShare's protocol over HTTP: the addresses and forms that clients of TuShare use.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRowsMax } from "../local/surroundings.ts";
import { pythonLines } from "../local/tushare-door/python-lines.ts";
import { type DoorServer, startDoor } from "../local/tushare-door/server.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { migratedDatabase, type TestDatabase } from "./support/database.ts";

const question = {
  api_name: "daily",
  token: "any",
  params: { ts_code: "600519.SH" },
  fields: "trade_date,close,pe",
};
let database: TestDatabase;
let door: DoorServer;

beforeAll(async () => {
  database = await migratedDatabase();
  await database.run(
    "insert into stock_daily (ts_code, trade_date, close) values ('600519.SH', '2024-01-05', 1663.360)",
  );
  door = await startDoor({ readerUrl: database.url, settings: readSettings({}) });
});
afterAll(async () => {
  await door?.close();
  await database.run("delete from stock_daily");
  await database.close();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}, to = door) {
  const response = await fetch(`${to.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

describe("a question", () => {
  const { api_name, ...nameless } = question;
  const ofDaily = { ...question, fields: "trade_date,close" };
  test.each([
    ["the root, as the documentation has it", "/lenient", ofDaily],
    [
      "the path of the client since 1.3",
      "/lenient/daily",
      { ...ofDaily, params: { ...ofDaily.params, ts_type_name: "x" } },
    ],
    ["TuShare's own path", "/lenient/dataapi/daily", ofDaily],
    [
      "a path that names the interface alone",
      "/lenient/dataapi/daily",
      { ...nameless, fields: ["trade_date", "close"] },
    ],
    ["another content type", "/lenient/", ofDaily, { "content-type": "text/plain" }],
  ] as [string, string, object, Record<string, string>?][])("by %s", async (_form, path, body, headers) => {
    const { status, text } = await post(path, body, headers);
    expect(status).toBe(200);
    expect(text).toContain(`"items":[["20240105",1663.360]],"has_more":false,"count":-1}}`);
    expect(JSON.parse(text)).toMatchObject({
      code: 0,
      msg: "",
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("is refused with status 200 where rows may be missing, unless it is asked at the lenient address", async () => {
    const { status, text } = await post("/", { ...question, fields: "" });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      code: 50101,
      data: null,
      msg: expect.stringContaining("npx tushare-sync run"),
    });
  });

  test("without a token is refused as TuShare does", async () => {
    const { text } = await post("/", { ...question, token: "" });
    expect(JSON.parse(text)).toMatchObject({ code: 40101, msg: "您的token不对，请确认。", data: null });
  });
});

/** As the clients put them on the wire: line for line, with the spaces and escapes of their JSON. */
const wire = {
  python:
    `{"api_name": "daily", "token": "any", "params": {"ts_code": "600519.SH", "trade_date": "", "start_date": null, ` +
    `"end_date": null, "limit": 5000, "offset": 0}, "fields": "trade_date,close"}`,
  pythonList:
    `{"api_name": "daily", "token": "any", "params": {"ts_code": ["600519.SH"], "trade_date": 20240105}, ` +
    `"fields": ["trade_date", "close"]}`,
  node: JSON.stringify({
    api_name: "daily",
    token: "any",
    params: { ts_code: "600519.SH", start_date: undefined },
    fields: ["trade_date", "close"],
  }),
  usual: JSON.stringify({ api_name: "adj_factor", token: "any", params: { ts_code: "600519.SH" } }),
  escaped: `{"api_name": "stock_basic", "token": "any", "params": {"name": "\\u8d35\\u5dde"}, "fields": []}`,
};
const python = [
  "User-Agent: python-requests/2.32.3",
  "Accept-Encoding: gzip, deflate",
  "Accept: */*",
  "Connection: keep-alive",
];
const json = "Content-Type: application/json";
const axios = [
  "Accept: application/json, text/plain, */*",
  "Content-Type: application/json",
  "User-Agent: axios/1.7.7",
  "Accept-Encoding: gzip, compress, deflate, br",
];
const undici = [
  "connection: keep-alive",
  "content-type: application/json",
  "accept: */*",
  "accept-language: *",
  "sec-fetch-mode: cors",
  "user-agent: node",
  "accept-encoding: gzip, deflate",
];
const bar = `{"fields":["trade_date","close"],"items":[["20240105",1663.360]],"has_more":false,"count":-1}`;

/** Requests one after another on one connection, and what came back: the server keeps it open for clients that ask again. */
async function onOneConnection(requests: readonly string[]): Promise<string[]> {
  const socket = connect(Number(new URL(door.url).port), "127.0.0.1");
  const answers: string[] = [];
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    socket.emit("part");
  });
  for (const request of requests) {
    text = "";
    socket.write(request);
    while (!isWhole(text)) await once(socket, "part");
    answers.push(text);
  }
  socket.destroy();
  return answers;
}

function isWhole(answer: string): boolean {
  const [head = "", body] = answer.split("\r\n\r\n");
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  return body !== undefined && Buffer.byteLength(body) >= Number(length);
}

function raw(path: string, headers: readonly string[], body: string): string {
  const lines = [`POST ${path} HTTP/1.1`, `Host: ${new URL(door.url).host}`, ...headers];
  return [...lines, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
}

describe("clients of others are answered as they are", () => {
  test.each([
    ["the official Python client", () => raw("/lenient", [...python, json], wire.python)],
    [
      "its releases since 1.3, with the interface in the path",
      () => raw("/lenient/daily", [...python, json], wire.python),
    ],
    ["a Python notebook without the client", () => raw("/lenient", [...python, json], wire.pythonList)],
    ["npm's clients on axios", () => raw("/lenient/", axios, wire.node)],
    ["npm's clients on fetch", () => raw("/lenient/", undici, wire.node)],
    ["npm's clients that name no charset and no type", () => raw("/lenient/", [], wire.node)],
    [
      "a client that sends its body in parts",
      () =>
        [
          ...[
            "POST /lenient HTTP/1.1",
            `Host: ${new URL(door.url).host}`,
            json,
            "Transfer-Encoding: chunked",
            "",
          ],
          ...[wire.node.slice(0, 20), wire.node.slice(20)].flatMap((part) => [
            part.length.toString(16),
            part,
          ]),
          ...["0", "", ""],
        ].join("\r\n"),
    ],
  ])("%s", async (_client, request) => {
    const answers = await onOneConnection([request(), request()]);
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\n/);
      expect(answer).not.toMatch(/^content-encoding:/im);
      expect(answer).toContain(`"code":0,"msg":"","data":${bar}}`);
    }
  });

  test("without fields they get TuShare's, and a name may be written with escapes", async () => {
    const [usual, escaped] = await onOneConnection([
      raw("/lenient", axios, wire.usual),
      raw("/lenient", [...python, json], wire.escaped),
    ]);
    expect(usual).toContain(`"data":{"fields":["ts_code","trade_date","adj_factor"],"items":[`);
    expect(escaped).toContain(`"data":{"fields":["ts_code","symbol","name",`);
  });
});

test("ENDPOINT_ROWS_MAX raises the cap of every interface, and lowers none", async () => {
  await database.run(
    `insert into stock_daily (ts_code, trade_date, close)
select '510300.SH', cast(day as date), 1
from generate_series(timestamp '2023-01-01', timestamp '2023-04-20', interval '1 day') as day`,
  );
  const settings = readSettings({ SYNC_FUND_ROW_CAP: "100" });
  const rowsOf = async (variable: string | undefined) => {
    const rowsMax = readRowsMax({ ENDPOINT_ROWS_MAX: variable });
    const capped = await startDoor({ readerUrl: database.url, settings, rowsMax });
    const { text } = await post(
      "/lenient",
      { api_name: "fund_daily", token: "any", params: { ts_code: "510300.SH" } },
      {},
      capped,
    );
    await capped.close();
    const { items, has_more } = JSON.parse(text).data;
    return [items.length, has_more];
  };
  expect(await rowsOf(undefined)).toEqual([100, true]);
  expect(await rowsOf("105")).toEqual([105, true]);
  expect(await rowsOf("110")).toEqual([110, false]);
  expect(await rowsOf("5")).toEqual([100, true]);
  for (const wrong of ["-1", "1.5", "all", "2000001"]) {
    expect(() => readRowsMax({ ENDPOINT_ROWS_MAX: wrong })).toThrow(/ENDPOINT_ROWS_MAX/);
  }
});

test("web pages of others, unknown paths, other methods and long questions are turned away", async () => {
  expect((await post("/", question, { origin: "http://example.com" })).status).toBe(403);
  expect((await post("/a/b/c", question)).status).toBe(404);
  expect((await fetch(door.url)).status).toBe(405);
  expect((await post("/", " ".repeat(1024 * 1024 + 1))).status).toBe(413);
});

test("two lines of Python use it", () => {
  expect(pythonLines("http://127.0.0.1:1")).toEqual([
    'pro = ts.pro_api("any")',
    'pro._DataApi__http_url = "http://127.0.0.1:1"',
  ]);
});
