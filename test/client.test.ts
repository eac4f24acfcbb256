// The typed client of the HTTP API: its types are those of the description, and its requests are the ones the API takes.
import { readFileSync } from "node:fs";
import { AwsClient } from "aws4fetch";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { ApiError, type Client, makeClient, pages, type Send } from "../client/client.ts";
import { operations, type Task } from "../client/operations.ts";
import { clientSource } from "../docs/client-document.ts";
import { describeApi } from "../shared/api/openapi.ts";
import { routes } from "../shared/api/routes.ts";
import { clientOf } from "./support/ask-api.ts";
import { makeMarket } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
let api: Client;
beforeAll(async () => {
  world = await makeWorld();
  await world.reset();
  await world.insert("stock_daily", makeMarket().daily);
  await world.sql("update stock_daily set adj_factor = 1");
  api = clientOf({ ...world.services, dispatcher: { start: async () => {} } });
});
afterAll(() => world?.close());

/** A client whose requests get this answer, and the requests. */
function answered(answer: () => Response | Promise<Response>) {
  const asked: { url: string; init: RequestInit }[] = [];
  const send: Send = async (url, init) => {
    asked.push({ url, init });
    return await answer();
  };
  return { asked, client: makeClient({ url: "https://api.example/", fetch: send }) };
}

test("its types are what the description gives; if not, `npm run docs` writes them again", () => {
  const written = readFileSync(new URL("../client/operations.ts", import.meta.url), "utf8");
  expect(clientSource()).toBe(written.replaceAll("\r\n", "\n"));
  expect(Object.keys(operations)).toEqual(routes.map(({ id }) => id));
});

test("a type that is not known is refused, not guessed", () => {
  const description = structuredClone(describeApi(routes)) as { components: { schemas: object } };
  Object.assign(description.components.schemas, { Odd: { type: "tuple" } });
  expect(() => clientSource(description as never)).toThrow("Odd: type tuple is not read");
});

test("the API answers each kind of call: fields in the path, in the query, in the body, and a key", async () => {
  const found = await api.readInstrument({ ts_code: "600519.SH" });
  expect(found.name).toBeTypeOf("string");
  const { rows } = await api.readDailyOfCode({ ts_code: "600519.SH", from: "2024-01-02", limit: 2 });
  expect(rows).toHaveLength(2);
  const start = { job_type: "DAILY_HISTORY", from: "20240102", refresh: true } as const;
  const task = await api.runJob(start, { idempotencyKey: "once" });
  expect(task).toMatchObject({ job_type: "DAILY_HISTORY", command: { from: "20240102", refresh: true } });
  expect((await api.runJob(start, { idempotencyKey: "once" })).id).toBe(task.id);
  expectTypeOf(task).toEqualTypeOf<Task>();
});

test("a table as CSV is text", async () => {
  const csv = await api.readDailyOfCode({ ts_code: "600519.SH", format: "csv" });
  expectTypeOf(csv).toEqualTypeOf<string>();
  expect(csv).toMatch(/^ts_code,trade_date,/);
});

test("pages follow the cursor to the end", async () => {
  const codes: string[] = [];
  for await (const { instruments } of pages(api.listInstruments, { limit: 2 }))
    codes.push(...instruments.map(({ ts_code }) => ts_code));
  expect(codes).toEqual(
    makeMarket()
      .stock_basic.map(({ ts_code }) => ts_code)
      .sort(),
  );
});

test("a server that repeats a page does not make an endless loop", async () => {
  const { client } = answered(() => Response.json({ tasks: [], next_cursor: "same" }));
  const read = async () => {
    for await (const _ of pages(client.listTasks, {}));
  };
  await expect(read()).rejects.toThrow("repeats the page at the cursor same");
});

test("an error of the API has its status and its problem", async () => {
  const error = await api.readDailyOfCode({ ts_code: "nonsense" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    ...{ operation: "readDailyOfCode", status: 400 },
    problem: { error: "bad_input", field: "ts_code", value: "nonsense" },
  });
  expect(String(error)).toContain("readDailyOfCode: HTTP 400: ts_code");
});

test.each([
  ["API Gateway", 403, "application/json", '{"message":"Forbidden"}'],
  ["a proxy", 502, "text/html", "<h1>Bad Gateway</h1>"],
])("a refusal by %s has no problem, and is an ApiError too", async (_, status, type, body) => {
  const { client } = answered(() => new Response(body, { status, headers: { "content-type": type } }));
  const error = await client.listJobs().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "ApiError", status, problem: undefined });
});

test("a page that is not the API's is named, not parsed", async () => {
  const html = () => new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } });
  await expect(answered(html).client.listJobs()).rejects.toThrow("text/html instead of JSON");
});

test.each(["", "..", "."])("a path field '%s' would be another operation, so it is refused", async (id) => {
  const { client, asked } = answered(() => Response.json({}));
  await expect(client.readTask({ id })).rejects.toThrow(new TypeError("readTask needs the field id"));
  expect(asked).toEqual([]);
});

test("fields are encoded, and those that are undefined are left out", async () => {
  const { client, asked } = answered(() => Response.json({}));
  await client.readInstrument({ ts_code: "a/b?c#d" });
  await client.listInstruments({ q: "茅台 & ETF", is_etf: undefined });
  expect(asked.map(({ url }) => url)).toEqual([
    "https://api.example/api/instruments/a%2Fb%3Fc%23d",
    "https://api.example/api/instruments?q=%E8%8C%85%E5%8F%B0+%26+ETF",
  ]);
});

test("a signal ends the request", async () => {
  const waits = makeClient({
    url: "http://api.example",
    fetch: (_, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  });
  const ends = new AbortController();
  const asked = waits.listJobs({}, { signal: ends.signal });
  ends.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
});

test("a wrong field, a missing one and a key that is not taken are errors of the types", () => {
  // @ts-expect-error: no such field
  void (() => api.listTasks({ jobs: "REFERENCE" }));
  // @ts-expect-error: the code is needed
  void (() => api.readInstrument());
  // @ts-expect-error: reading takes no key
  void (() => api.listTasks({}, { idempotencyKey: "x" }));
  // @ts-expect-error: no table as CSV
  void (() => api.listTasks({ format: "csv" }));
  expectTypeOf(api.readOrigin).returns.resolves.toHaveProperty("is_real");
});

describe("the examples of docs/developer.md", () => {
  const read = (file: string) => readFileSync(new URL(`../docs/${file}`, import.meta.url), "utf8");
  const blocksIn = (file: string) =>
    [...read(file).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const [local = "", signed = ""] = blocksIn("developer.md");

  /** Runs an example without its imports: what it imports, and the globals it uses, are given. */
  async function run(example: string, given: Record<string, unknown>): Promise<unknown[]> {
    const shown: unknown[] = [];
    const names = { ...given, console: { log: (value: unknown) => shown.push(value) } };
    const code = `return (async () => {${example.replaceAll(/^import .*$/gm, "")}})();`;
    await (new Function(...Object.keys(names), code)(...Object.values(names)) as Promise<void>);
    return shown;
  }

  test("are the same in the Chinese page", () => {
    expect(blocksIn("developer.zh.md")).toEqual([local, signed]);
  });

  test("prices and names, from a stack on this machine", async () => {
    const given: string[] = [];
    const makeHere = ({ url }: { url: string }) => {
      given.push(url);
      return api;
    };
    await world.sql("update stock_info set name = '贵州茅台' where ts_code = '600519.SH'");
    const [prices, names] = await run(local, { makeClient: makeHere, pages });
    expect(given).toEqual(["http://127.0.0.1:45661"]);
    expect(prices).toHaveLength(5);
    expect(prices).toContainEqual(expect.stringMatching(/^\d{8} [\d.]+$/));
    expect(names).toEqual(["600519.SH 贵州茅台"]);
  });

  test("signed requests to a deployed one", async () => {
    const asked: Request[] = [];
    const process = {
      env: { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "ap-southeast-1" },
    };
    const fetch = async (request: Request) => {
      asked.push(request);
      return Response.json({ tasks: [], next_cursor: null });
    };
    expect(await run(signed, { AwsClient, makeClient, process, fetch })).toEqual([[]]);
    expect(asked[0]?.url).toMatch(/\/api\/tasks\?limit=1$/);
    expect(asked[0]?.headers.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/ap-southeast-1\/execute-api\/aws4_request/,
    );
  });
});
