// The mirror under TuShare's protocol over HTTP: the addresses and forms that clients of TuShare use.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DoorServer, pythonLines, startDoor } from "../local/tushare-door/server.ts";
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

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${door.url}${path}`, {
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
