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
import { encodeOrigin, simulatedOrigin } from "../shared/catalogue/origin.ts";
import { readerUser } from "../shared/catalogue/stack.ts";
import { askCli } from "./support/cli.ts";
import { type LocalApi, startLocalApi } from "./support/local-api.ts";
import { operationsOf, requestsFor } from "./support/openapi-requests.ts";

const requestsEach = 8;
const folder = mkdtempSync(join(tmpdir(), "read-paths-"));
let api: LocalApi;
let withdraw = () => {};
let task = "";

beforeAll(async () => {
  api = await startLocalApi();
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
