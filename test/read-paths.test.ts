// Everything that only reads asks the database as the user that may only read: the routes of the API, the widget, the command
// line. The deployed bundles answer, on a database that refuses that user's writes (reader.test.ts).
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { announce, localClients } from "../local/running.ts";
import { scramVerifier } from "../shared/adapters/scram.ts";
import { columnsOf } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { encodeOrigin, simulatedOrigin } from "../shared/catalogue/origin.ts";
import { readerUser } from "../shared/catalogue/stack.ts";
import { askCli } from "./support/cli.ts";
import { type LocalApi, startLocalApi } from "./support/local-api.ts";
import { operationsOf, requestsFor } from "./support/openapi-requests.ts";

const requestsEach = 8;
/** Columns of reports, each filled with all the digits of a double. */
const wide = columnsOf(datasets.finance)
  .filter(({ type }) => type === "number")
  .map(({ name }) => name);
const folder = mkdtempSync(join(tmpdir(), "read-paths-"));
let api: LocalApi;
let withdraw = () => {};
let task = "";

beforeAll(async () => {
  api = await startLocalApi({ context: { egress: "none", tushareEndpoint: "true" } });
  const { endpoint, outputs, functions } = api.stack;
  const origin = simulatedOrigin({ seed: 1, stocks: 60 });
  withdraw = announce(folder, {
    ...{ endpoint, functions, apiUrl: api.url, databaseUrl: "postgres://127.0.0.1", logFile: "" },
    ...{ readerUrl: "postgres://127.0.0.1", asksPassword: false },
    ...{ tushareUrl: "http://127.0.0.1:1", pageUrl: "http://127.0.0.1:1" },
    ...{ upstreamUrl: "http://127.0.0.1:1", outputs: { ...outputs, MirrorOrigin: encodeOrigin(origin) } },
  });
  await api.database.query(
    `insert into trade_cal (exchange, cal_date, is_open) values ('SSE', '2024-01-04', 1), ('SSE', '2024-01-05', 1);
     insert into stock_info (ts_code, name, is_etf, market, exchange, list_status, list_date)
       values ('600519.SH', '贵州茅台', 'N', '主板', 'SSE', 'L', '2001-08-27');
     insert into sync_task (job_type, status, batch_size, config)
       values ('DAILY_HISTORY', 'COMPLETED', 5, '{"from":"20240104","to":"20240105"}');
     insert into stock_daily (ts_code, trade_date, close, adj_factor) values ('600519.SH', '2024-01-05', 1663.36, 8.1)`,
  );
  const { rows } = await api.database.query<{ id: string }>(
    `insert into sync_task (job_type, status, batch_size, config, total_units)
     values ('ETF_LIST', 'RUNNING', 5, '{"job":"ETF_LIST"}', 2) returning id`,
  );
  task = rows[0]?.id ?? "";
});
afterAll(async () => {
  withdraw();
  await api?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The secrets that the database is asked with meanwhile, each once. */
async function secretsOf(work: () => Promise<unknown>): Promise<string[]> {
  api.secretsUsed.length = 0;
  await work();
  return [...new Set(api.secretsUsed)];
}

const readerSecret = () => api.stack.outputs.DatabaseReaderSecretArn ?? "";
const ownerSecret = () => api.stack.outputs.DatabaseSecretArn ?? "";

test("every GET of the API", async () => {
  const description = (await (await fetch(`${api.url}/openapi.json`)).json()) as Record<string, unknown>;
  const reads = operationsOf(description).filter(({ method }) => method === "GET");
  const known = { ts_code: ["600519.SH"], id: [task] };
  const asking: string[] = [];
  for (const operation of reads) {
    const shots = fc.sample(requestsFor(operation, { good: known, any: known }), {
      numRuns: requestsEach,
      seed: 1,
    });
    const used = await secretsOf(async () => {
      for (const { path, headers } of shots) {
        const { status } = await fetch(`${api.url}${path}`, { headers });
        expect(status, path).toBeLessThan(500);
        await fetch(`${api.url}${path}`, { method: "HEAD", headers });
      }
    });
    expect(
      used.filter((arn) => arn !== readerSecret()),
      operation.id,
    ).toEqual([]);
    if (used.length > 0) asking.push(operation.id);
  }
  expect(asking.length).toBeGreaterThanOrEqual(18);
  expect(reads.map(({ id }) => id).filter((id) => !asking.includes(id))).toEqual(["readDescription"]);
}, 60_000);

test("a change through the API is made as the owner", async () => {
  const used = await secretsOf(async () => {
    expect((await fetch(`${api.url}/api/tasks/${task}/pause`, { method: "POST" })).status).toBe(200);
  });
  expect(used).toEqual([ownerSecret()]);
});

test("the dashboard's widget, of the whole page and of a day's names", async () => {
  const widget = api.stack.functionName("DashboardProgressWidget");
  for (const event of [{}, { names: { dataset: "stock_daily", day: "20240105" } }]) {
    const used = await secretsOf(async () => {
      const { payload, failed } = await api.stack.invoke(widget, event);
      expect([failed, typeof payload], JSON.stringify(payload)).toEqual([false, "string"]);
    });
    expect(used).toEqual([readerSecret()]);
  }
});

describe("TuShare's protocol of a deployed stack", () => {
  const cli = (...line: string[]) => askCli([...line, "--data-dir", folder]);
  let token = "";
  const ask = async (question: object, { path = "", headers = {} } = {}) => {
    const body = JSON.stringify({ api_name: "daily", token, params: { ts_code: "600519.SH" }, ...question });
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
    const response = await fetch(`${api.url}/tushare${path}`, init);
    const text = await response.text();
    return { status: response.status, zipped: response.headers.get("content-encoding"), ...JSON.parse(text) };
  };

  test("asks for another try where it cannot read, in TuShare's shape and without the reason", async () => {
    const secrets = new SecretsManagerClient({ ...localClients, endpoint: api.stack.endpoint });
    const keep = (SecretString: string) =>
      secrets.send(
        new PutSecretValueCommand({ SecretId: api.stack.outputs.EndpointTokensSecretArn, SecretString }),
      );
    await keep("what nobody may see");
    const { status, code, msg, data } = await ask({ token: "any" });
    expect([status, code, data]).toEqual([200, -1000, null]);
    expect(msg).toMatch(/^系统内部错误，暂时无法读取.*请半分钟后再试$/);
    await keep("{}");
  });

  test("is asked with a token that the command line made and shows once", async () => {
    const made = await cli("endpoint-token", "add", "notebook");
    expect(made.out).toMatch(/^[0-9a-f]{56}\n$/);
    token = made.out.trim();
    expect((await cli("endpoint-token", "list")).out).toMatch(/notebook +\d{4}-\d\d-\d\d/);
    expect((await cli("endpoint-token", "list")).out).not.toContain(token);
    expect(await cli("endpoint-token", "add", "notebook")).toMatchObject({ code: 4, out: "" });
    for (const line of [["add"], ["revoke"], ["list", "x"], ["add", "a b"], ["revoke", "nobody"]]) {
      expect(await cli("endpoint-token", ...line), line.join(" ")).toMatchObject({ code: 2, out: "" });
    }
    const fields = "ts_code,trade_date,close";
    const used = await secretsOf(async () => {
      for (const path of ["/lenient", "/lenient/daily", "/lenient/dataapi", "/lenient/dataapi/daily"]) {
        expect(await ask({ fields }, { path })).toMatchObject({
          ...{ status: 200, code: 0, msg: "" },
          data: { items: [["600519.SH", "20240105", 1663.36]], has_more: false, count: -1 },
        });
      }
    });
    expect(used).toEqual([readerSecret()]);
    expect(await ask({})).toMatchObject({ status: 200, code: 50101, data: null }); // not proven whole
  });

  test("refuses in TuShare's shape, and asks the database nothing without a right token", async () => {
    const used = await secretsOf(async () => {
      for (const wrong of [`${token}0`, "any", "", 7, null]) {
        expect(await ask({ token: wrong })).toMatchObject({ status: 200, code: 40101, data: null });
      }
      expect(await ask({ api_name: "no_such" })).toMatchObject({ status: 200, code: 40203, data: null });
      expect(await ask({ params: { ts_code: "x".repeat(1024 * 1024) } })).toMatchObject({
        code: 50101,
        data: null,
      });
      expect(await ask({}, { path: "/a/b/c" })).toMatchObject({ code: -1000, data: null });
    });
    expect(used).toEqual([]);
  });

  test("a market's day fits; what is more than a function may answer is cut, and says so", async () => {
    await api.database.query(
      `insert into stock_daily (ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount)
         select at || '.SH', date '2024-01-04', 1234.56, 1234.56, 1234.56, 1234.56, 1234.56, -12.34, -1.2345, 123456789.01, 12345678.901
         from generate_series(600001, 605400) as at;
       insert into fina_indicator (ts_code, ann_date, end_date, update_flag, ${wide.join(", ")})
         select at || '.SH', date '2024-04-30', date '2023-12-31', 1, ${wide.map((_, at) => `random() * ${at + 1}`).join(", ")}
         from generate_series(600001, 602000) as at`,
    );
    for (const encoding of ["identity", "gzip"]) {
      const options = { path: "/lenient", headers: { "accept-encoding": encoding } };
      const day = await ask({ params: { trade_date: "20240104" } }, options);
      expect([day.code, day.data.items.length, day.data.has_more]).toEqual([0, 5_400, false]);
      expect(day.zipped).toBe(encoding === "gzip" ? "gzip" : null);
      const reports = { api_name: "fina_indicator_vip", params: { period: "20231231" } };
      const first = await ask(reports, options);
      expect(first.code).toBe(0);
      const { length } = first.data.items;
      expect(first.data.has_more).toBe(encoding === "identity");
      if (encoding === "gzip") expect(length).toBe(2_000);
      else {
        expect(length).toBeGreaterThan(500);
        const rest = await ask({ ...reports, params: { ...reports.params, offset: length } }, options);
        expect(length + rest.data.items.length).toBe(2_000);
        expect(rest.data.items[0]).not.toEqual(first.data.items.at(-1));
      }
    }
    // Long texts of any characters are hardly smaller when they are compressed.
    await api.database.query(
      `with pool as materialized (
         select string_agg(chr(19968 + cast(random() * 20000 as integer)), '') as text
         from generate_series(1, 20450) -- more than a compressor looks back
       )
       insert into stock_info (ts_code, name, is_etf, list_status, fullname)
         select 200000 + at || '.SZ', 'x', 'N', 'L', substr(text, 1 + at * 450 % 20000, 450)
         from pool cross join generate_series(1, 5999) as at`,
    );
    const options = { path: "/lenient", headers: { "accept-encoding": "gzip" } };
    const list = { api_name: "stock_basic", params: {}, fields: "ts_code,fullname" };
    const { data, zipped } = await ask(list, options);
    expect([zipped, data.has_more]).toEqual(["gzip", true]);
    expect(data.items.length).toBeGreaterThan(1_000);
    expect(data.items.length).toBeLessThan(4_000); // of 5,999: 8 MB of them would not fit
    const refusing = { "accept-encoding": "gzip;q=0" };
    expect((await ask(list, { ...options, headers: refusing })).zipped).toBeNull();
    await api.database.query(
      "delete from stock_daily where trade_date = '2024-01-04'; delete from fina_indicator; delete from stock_info where name = 'x'",
    );
  }, 60_000);

  test("a token that is revoked is listed no more", async () => {
    expect((await cli("endpoint-token", "revoke", "notebook")).out).toContain("notebook is revoked");
    expect((await cli("endpoint-token", "list")).out).toBe("No tokens.\n");
  });
});

describe("the command line", () => {
  const file = join(folder, "rows.csv");
  test.each([
    ["query", ["query", "select ts_code, close from stock_daily"], "600519.SH"],
    ["export", ["export", "stock_daily", "--format", "csv", "--out", file], ""],
    ["coverage", ["coverage", "--from", "20240101", "--to", "20240131"], "2024"],
    ["coverage of a dataset", ["coverage", "stock_daily", "--from", "20240101", "--to", "20240131"], ""],
    ["status", ["status"], "ETF_LIST"],
    ["failures", ["failures"], ""],
    ["instruments", ["instruments"], "600519.SH"],
    ["revisions", ["revisions"], ""],
  ])("%s", async (_name, line, shown) => {
    const used = await secretsOf(async () => {
      const { code, out, error } = await askCli([...line, "--data-dir", folder]);
      expect([code, error.includes("Error")], error).toEqual([0, false]);
      expect(out).toContain(shown);
    });
    expect(used).toEqual([readerSecret()]);
    if (line.includes(file)) expect(readFileSync(file, "utf8")).toContain("600519.SH");
  });

  test("cannot change a row by a query", async () => {
    const count = async () => (await api.database.query("select * from stock_daily")).rows;
    const before = await count();
    for (const sql of [
      "with gone as (delete from stock_daily returning *) select * from gone",
      "explain analyze delete from stock_daily",
      "select * from stock_daily for update",
    ]) {
      const { code, error } = await askCli(["query", sql, "--data-dir", folder]);
      expect([code, error]).toEqual([
        1,
        expect.stringMatching(/permission denied|read-only transaction|must not contain/),
      ]);
    }
    expect(await count()).toEqual(before);
  });

  test("says to deploy again where the stack is older and has no such user", async () => {
    const { DatabaseReaderSecretArn: _, ...older } = api.stack.outputs;
    const place = mkdtempSync(join(tmpdir(), "read-paths-older-"));
    const end = announce(place, {
      ...{ endpoint: api.stack.endpoint, functions: [], apiUrl: api.url, databaseUrl: "", logFile: "" },
      ...{ upstreamUrl: "", tushareUrl: "", pageUrl: "", readerUrl: "", asksPassword: false, outputs: older },
    });
    const { code, error } = await askCli(["query", "select 1", "--data-dir", place]);
    end();
    rmSync(place, { recursive: true });
    expect(code).not.toBe(0);
    expect(error).toContain(
      "DatabaseReaderSecretArn: the stack is older than this command line; deploy it again",
    );
  });
});

describe("the reader's password", () => {
  const kept = async () => {
    const sql = "select rolpassword as verifier from pg_authid where rolname = $1";
    return (await api.database.query<{ verifier: string }>(sql, [readerUser])).rows[0]?.verifier ?? "";
  };
  const isOf = (password: string, verifier: string) => {
    const salt = Buffer.from(/:([^$]+)\$/.exec(verifier)?.[1] ?? "", "base64");
    return scramVerifier(password, salt) === verifier;
  };
  let secrets: SecretsManagerClient;
  beforeAll(() => {
    secrets = new SecretsManagerClient({ ...localClients, endpoint: api.stack.endpoint });
  });
  afterAll(() => secrets.destroy());
  const put = (value: object) =>
    secrets.send(
      new PutSecretValueCommand({ SecretId: readerSecret(), SecretString: JSON.stringify(value) }),
    );
  const migrate = () => api.stack.invoke(api.stack.functionName("MigrationsMigrate"), { only: "reader" });

  test("is the one of its secret after a deployment, and stands in no log", async () => {
    const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: readerSecret() }));
    const { username, password } = JSON.parse(SecretString) as { username: string; password: string };
    expect(username).toBe(readerUser);
    expect(isOf(password, await kept())).toBe(true);
    expect(api.lines.join("\n")).not.toContain(password);
  });

  test("is a new one when a person has put it into the secret and asked for it", async () => {
    const password = "another-password-of-the-reader";
    await put({ username: readerUser, password });
    expect(isOf(password, await kept())).toBe(false);
    expect(await migrate()).toMatchObject({ failed: false });
    expect(isOf(password, await kept())).toBe(true);
  });

  test("is refused when it is short or missing, and the one before stays", async () => {
    const before = await kept();
    for (const value of [{ username: readerUser }, { username: readerUser, password: "short" }]) {
      await put(value);
      const { failed, payload } = await migrate();
      expect([failed, JSON.stringify(payload)]).toEqual([
        true,
        expect.stringContaining("20 or more characters"),
      ]);
    }
    expect(await kept()).toBe(before);
  });
});
