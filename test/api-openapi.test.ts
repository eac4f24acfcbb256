// The description at /openapi.json against the API as it is deployed: a linter finds nothing in it, and requests
// generated from it, valid and invalid, get no 5xx and no response that it does not describe.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveTemplate } from "../local/aws/template.ts";
import { chinese } from "../shared/words/chinese.ts";
import { sentences } from "../shared/words/sentences.ts";
import { type LocalApi, startLocalApi } from "./support/local-api.ts";
import { type Operation, operationsOf, requestsFor, type Shot } from "./support/openapi-requests.ts";
import { makeMarket, type Row } from "./support/small-market.ts";

const seed = Number(process.env.TEST_SEED ?? Date.now() % 100_000);
/** At most, for each operation. */
const requestsEach = process.env.CI ? 100 : 30;

let api: LocalApi;
let description: Record<string, unknown>;
let operations: Operation[];
/** Values that name something stored. */
const known: Record<string, string[]> = { ts_code: ["600519.SH", "510300.SH"], q: ["ETF"] };
/** Stored ids, by the segment of the path before `{id}`. */
const idsOf: Record<string, string[]> = {};

beforeAll(async () => {
  api = await startLocalApi();
  description = (await (await fetch(`${api.url}/openapi.json`)).json()) as Record<string, unknown>;
  operations = operationsOf(description);
  await fill();
});
afterAll(() => api?.close());

/** Something of everything. */
async function fill(): Promise<void> {
  const { trade_cal, stock_basic, daily } = makeMarket();
  await insert("trade_cal", trade_cal);
  await insert("stock_info", stock_basic);
  await insert("stock_info", [
    {
      ts_code: "510300.SH",
      name: "沪深300ETF",
      is_etf: "Y",
      market: "E",
      exchange: "SSE",
      mgt_fee: 0.5,
      list_status: "L",
    },
  ]);
  await insert("stock_daily", daily);
  await insert("stock_daily", [
    { ts_code: "510300.SH", trade_date: "20240117", close: 3.3, adj_factor: 1.1 },
  ]);
  await insert("fina_indicator", [
    { ts_code: "600519.SH", end_date: "20230930", ann_date: "20231028", update_flag: "1", eps: 1.25 },
  ]);
  await api.database.query(
    `insert into data_revision (dataset, key, ts_code, day, column_name, old_value, new_value, class)
     values ('stock_daily', '{"ts_code":"600519.SH"}', '600519.SH', '2024-01-17', 'close', '1', '2', 'changed'),
       ('trading_calendar', '{"exchange":"SSE"}', null, null, 'pretrade_date', '2024-01-16', null, 'emptied')`,
  );
  const task = async (job: string, status: string) => {
    const { rows } = await api.database.query<{ id: string }>(
      `insert into sync_task (job_type, status, batch_size, config, total_units, reason)
       values ($1, $2, 5, '{"job":"ETF_LIST"}', 2, 'a reason') returning id`,
      [job, status],
    );
    return String(rows[0]?.id);
  };
  const failed = await task("REFERENCE", "FAILED");
  const tasks = [await task("ETF_LIST", "RUNNING"), await task("FINANCE_INCREMENTAL", "PAUSED"), failed];
  await api.database.query(
    `insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status)
     values ($1, 1, 'stock_list', 'stock_list/L', '{"by":"list_status","list_status":"L"}', 'parked')`,
    [failed],
  );
  await api.database.query(
    `insert into sync_failure_record (job_type, unit_key, task_id, sequence, kind, error_message, max_retries, resolved_at)
     values ('REFERENCE', 'stock_list/L', $1, 1, 'permanent', 'no permission', 3, null),
       ('REFERENCE', 'stock_list/L', $1, 1, 'transient', 'timeout', 3, now()),
       ('UNKNOWN', 'message/1', null, null, 'permanent', 'not JSON', 0, null)`,
    [failed],
  );
  const { rows: failures } = await api.database.query<{ id: string }>("select id from sync_failure_record");
  const { rows: verifications } = await api.database.query<{ id: string }>(
    `insert into sync_verification (dataset, how, asked, status) values ('stock_daily', 'rows', '{}', 'COMPLETED')
     returning id`,
  );
  Object.assign(idsOf, {
    tasks,
    verifications: verifications.map(({ id }) => id),
    failures: failures.map(({ id }) => String(id)),
  });
  known.id = Object.values(idsOf).flat();
}

async function insert(table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(", ");
  await api.database.query(
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1)`,
    [JSON.stringify(rows)],
  );
}

test("a linter finds nothing in the description", async () => {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems = await lintFromString({ source: JSON.stringify(description), config });
  const found = problems.map(
    ({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`,
  );
  expect(found).toEqual([]);
});

test("every operation says what it takes: each parameter and body field has a description and an example", () => {
  for (const { id, parameters, body } of operations) {
    const fields = Object.entries((body?.properties ?? {}) as Record<string, Record<string, unknown>>);
    const all = [...parameters.map(({ name, schema }) => [name, schema] as const), ...fields];
    for (const [name, schema] of all) expect(schema.examples, `${id} ${name}`).toHaveLength(1);
  }
  expect(operations.length).toBeGreaterThanOrEqual(24);
});

test("an answer is compressed on its way, is not sent twice, and links to the next page", async () => {
  const page = `${api.url}/api/instruments?limit=2&status=L`;
  const answer = await fetch(page);
  const body = (await answer.json()) as { next_cursor: string };
  expect(answer.headers.get("link")).toBe(
    `</api/instruments?limit=2&status=L&cursor=${body.next_cursor}>; rel="next"`,
  );
  const next = await fetch(new URL(/<(.*)>/.exec(answer.headers.get("link") ?? "")?.[1] ?? "", api.url));
  expect(next.status).toBe(200);
  const etag = answer.headers.get("etag") ?? "";
  const again = await fetch(page, { headers: { "if-none-match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const long = await fetch(`${api.url}/openapi.json`);
  expect(long.headers.get("content-encoding")).toBe("gzip");
  expect(await long.json()).toMatchObject({ openapi: "3.1.0" });
});

test("/docs shows the description to a browser, and lets nothing run in it", async () => {
  const page = await fetch(`${api.url}/docs`);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const text = await page.text();
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(page.headers.get("content-security-policy")).toContain(
    `default-src 'none'; style-src 'sha256-${hash}'`,
  );
  for (const { id } of operations) expect(text).toContain(`id="${id}"`);
  expect([page.headers.get("etag"), page.headers.get("content-encoding")]).toEqual([
    expect.stringMatching(/^W\//),
    "gzip",
  ]);
  const head = await fetch(`${api.url}/docs`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await fetch(`${api.url}/docs`, { method: "POST" })).status).toBe(405);
});

test(`requests generated from the description get no 5xx and no response that it does not describe (seed ${seed})`, async () => {
  const check = makeChecker();
  const seen = new Map<string, Set<number>>();
  for (const operation of operations) {
    const statuses = new Set<number>();
    seen.set(operation.id, statuses);
    const [, , kind = ""] = operation.path.split("/");
    const own = { ...known, id: idsOf[kind] ?? [] };
    const property = fc.asyncProperty(requestsFor(operation, { good: own, any: known }), async (shot) => {
      // Before each request: the dispatcher may still reopen a task because of a request of the operation before.
      if (operation.method !== "GET") await prepare(operation);
      statuses.add(await check(operation, shot));
    });
    const isSeen = () => statuses.has(400) && [...statuses].some((status) => status < 300);
    // Chance may leave out a success or a refusal: then there are more requests.
    for (let round = 0; round < 20 && (round === 0 || !isSeen()); round += 1)
      await fc.assert(property, { seed: seed + round, numRuns: requestsTo(operation), endOnFailure: true });
  }
  // The requests get the statuses they should: of every operation a success and its refusals.
  for (const [id, statuses] of seen) {
    expect([...statuses].filter((status) => status < 300).length, `${id}: ${[...statuses]}`).toBe(1);
    expect(statuses, id).toContain(400);
  }
  const all = new Set([...seen.values()].flatMap((statuses) => [...statuses]));
  expect([...all].sort()).toEqual([200, 202, 400, 404, 409]);
}, 240_000);

/** An operation that takes little is asked less often. */
function requestsTo({ parameters, body }: Operation): number {
  const fields = parameters.length + Object.keys((body?.properties ?? {}) as object).length;
  return Math.min(requestsEach, 10 + 4 * fields);
}

/** Makes a task live for operations on a task; leaves no task live for operations that start a job. */
async function prepare({ path }: Operation): Promise<void> {
  const tasks = idsOf.tasks ?? [];
  await api.database.query("delete from sync_task where id <> all ($1)", [tasks]);
  const statuses = path.includes("{id}") ? ["RUNNING", "PAUSED", "FAILED"] : ["FAILED", "FAILED", "FAILED"];
  await api.database.query(
    `update sync_task set status = wanted.status
     from unnest($1::uuid[], $2::text[]) as wanted (id, status) where sync_task.id = wanted.id`,
    [tasks, statuses],
  );
}

/** Sends a request and checks the response against the description. */
function makeChecker() {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addSchema(description, "api");
  const validators = new Map<string, ValidateFunction>();
  return async ({ id, method, path, answers }: Operation, shot: Shot): Promise<number> => {
    const init = { method, headers: shot.headers, ...(shot.body !== undefined && { body: shot.body }) };
    const answer = await fetch(`${api.url}${shot.path}`, init);
    const text = await answer.text();
    const what = `${id} ${method} ${shot.path} ${shot.body ?? ""} -> ${answer.status} ${text.slice(0, 300)}`;
    if (answer.status >= 500) throw new Error(`${what}\n${api.lines.slice(-3).join("")}`);
    const types = answers[answer.status] ?? [];
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "none";
    if (!types.includes(type)) throw new Error(`not described, ${type}: ${what}`);
    if (type.endsWith("json")) {
      const pointer = [path, method.toLowerCase()].map((step) => step.replaceAll("/", "~1")).join("/");
      const reference = `api#/paths/${encodeURI(pointer)}/responses/${answer.status}`;
      const place = schemaAt(reference, type);
      const validate = validators.get(place) ?? ajv.compile({ $ref: place });
      validators.set(place, validate);
      const body = JSON.parse(text) as Record<string, unknown>;
      if (!validate(body)) throw new Error(`${ajv.errorsText(validate.errors)}: ${what}`);
      if (answer.status >= 400)
        expect(body, what).toMatchObject({ status: answer.status, detail: body.message });
    }
    return answer.status;
  };
}

/** Where the schema of a response is: responses common to all operations are described once. */
function schemaAt(reference: string, type: string): string {
  const [, ...steps] = decodeURI(reference).split("/");
  const answer = steps
    .map((step) => step.replaceAll("~1", "/"))
    .reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, description);
  const place = typeof answer.$ref === "string" ? `api${answer.$ref}` : reference;
  return `${place}/content/${encodeURI(type.replaceAll("/", "~1"))}/schema`;
}

describe("other requests that a client makes", () => {
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${api.url}${path}`, init);
    return { status: answer.status, allow: answer.headers.get("allow"), text: await answer.text() };
  };

  test("HEAD is GET without a body, OPTIONS names the methods, others are 405", async () => {
    expect(await ask("/api/tasks", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await ask("/api/tasks", { method: "OPTIONS" })).toMatchObject({
      status: 204,
      allow: "GET, HEAD, OPTIONS",
    });
    const refused = await ask("/api/jobs/REFERENCE/run", { method: "GET" });
    expect([refused.status, refused.allow]).toEqual([405, "POST, OPTIONS"]);
    expect(JSON.parse(refused.text).error).toBe("method_not_allowed");
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      expect((await ask("/api/tasks", { method })).status).toBe(405);
    }
  });

  test.each(["/", "/api", "/api/nothing", "/api/tasks/1/2", "/api/daily/600519.SH/x"])(
    "%s is no path: 404",
    async (path) => {
      const { status, text } = await ask(path);
      expect([status, JSON.parse(text).error]).toEqual([404, "not_found"]);
    },
  );

  test.each(["/api/tasks/%ZZ", "/api/tasks/%E0%A4", "/api/daily/%20%20"])(
    "%s cannot be read: 400",
    async (path) => {
      expect((await ask(path)).status).toBe(400);
    },
  );

  test("a GET with a body and a header beyond ASCII is answered as one without", async () => {
    expect(await send("GET", "/api/tasks?limit=1", { "x-name": "caf\u00e9" }, "{}")).toBe(200);
    expect(await send("TRACE", "/api/tasks", {}, "")).toBe(405);
  });

  /** What fetch refuses to send. */
  function send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = request(
        `${api.url}${path}`,
        { method, headers: { ...headers, "content-length": body.length } },
        (answer) => {
          answer.resume();
          answer.on("end", () => resolve(answer.statusCode));
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }
});

test("the dispatcher carries out a start over HTTP, and the task shows the result", async () => {
  const answer = await fetch(`${api.url}/api/jobs/DAILY_INCREMENTAL/run`, {
    method: "POST",
    headers: { "idempotency-key": `from-a-test-${seed}` },
  });
  const { id } = (await answer.json()) as { id: string };
  const read = async () =>
    (await (await fetch(`${api.url}/api/tasks/${id}`)).json()) as Record<string, unknown>;
  await expect.poll(async () => (await read()).status, { timeout: 20_000 }).not.toBe("PENDING");
});

/** Its messages took it over the first limit of 400 kB; the SDK's clients are most of the rest. */
const bundleBytesMax = 560_000;

test("the function's bundle is under 560 kB, and holds one language", () => {
  const { resources, bundle } = resolveTemplate(api.assembly, "http://127.0.0.1:1");
  const found = resources.find(
    ({ logicalId }) => logicalId.startsWith("ApiHandler") && logicalId.length < 20,
  );
  if (found === undefined) throw new Error("the template has no function of the API");
  const code = readFileSync(join(bundle(found), "index.mjs"), "utf8");
  expect(Buffer.byteLength(code)).toBeLessThan(bundleBytesMax);
  expect([code.includes(sentences.calendarEmpty), code.includes(chinese.calendarEmpty)]).toEqual([
    true,
    false,
  ]);
});
