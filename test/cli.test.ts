// Promises of the command line, checked by running it against a real local stack.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { en } from "../cli/messages/en.ts";
import { localTarget } from "../cli/target.ts";
import { type Tool, waysIn } from "../cli/ways-in.ts";
import { readRunning } from "../local/running.ts";
import { askCli, jsonLines, runCli } from "./support/cli.ts";
import { type Run, referenceDataDir, slow, startMirror } from "./support/npm-start.ts";

const dataDir = await referenceDataDir(60);
const scratch = mkdtempSync(join(tmpdir(), "cli-test-"));
let stack: Run;

const typed = (...args: string[]) => runCli([...args, "--data-dir", dataDir.path]);
const cli = (...args: string[]) => askCli([...args, "--data-dir", dataDir.path]);
/** The note on stderr with every answer of an invented market. */
const simulated = "SIMULATED DATA (seed 1, 60 stocks): every price is invented, none is the market's";
const month = ["--from", "20260901", "--to", "20260930"];

beforeAll(async () => {
  stack = startMirror(["--data-dir", dataDir.path, "--stocks", "60", "--job", "REFERENCE"], slow);
  await stack.printed("Still up");
});
afterAll(async () => {
  stack.signal("SIGINT");
  await stack.ended;
  expect(readRunning(dataDir.path)).toBeUndefined();
  dataDir.remove();
  rmSync(scratch, { recursive: true, force: true });
});

test("a plan shows units, calls and minutes, and starts nothing", async () => {
  const { code, out } = await cli("plan", "DAILY_HISTORY", ...month, "--cost", "--json");
  expect(code).toBe(0);
  const [plan] = jsonLines<{ units: number; calls: object; minutes: number; cost: { dollars: number } }>(out);
  expect(plan).toMatchObject({
    units: 21,
    calls: { adj_factor: 21, daily: 21, daily_basic: 21 },
    minutes: 0.053,
  });
  expect(plan?.cost.dollars).toBeGreaterThan(0);
  const tasks = jsonLines<{ tasks: { job_type: string }[] }>((await cli("status", "--json")).out)[0]?.tasks;
  expect(new Set(tasks?.map(({ job_type }) => job_type))).toEqual(new Set(["REFERENCE"]));
});

test("a run is followed to its end, and a second one finds nothing left to do", async () => {
  const first = await typed("run", "DAILY_HISTORY", ...month);
  expect(first.code).toBe(0);
  expect(first.error).toMatch(/DAILY_HISTORY COMPLETED: 21\/21 units, 1,\d{3} rows/);
  const second = await cli("run", "DAILY_HISTORY", ...month, "--json");
  expect(second.code).toBe(0);
  expect(jsonLines(second.out)[0]).toMatchObject({ status: "COMPLETED", total_units: 0 });
  const third = await cli("run", "DAILY_HISTORY", ...month);
  expect(third.error).toContain("DAILY_HISTORY COMPLETED: nothing to do");
  expect((await cli("status")).out).toMatch(/DAILY_HISTORY +COMPLETED +nothing to do/);
  expect((await cli("plan", "DAILY_HISTORY", ...month)).out).toContain("nothing to do");
});

test("the stocks of a day are listed with the codes they had then", async () => {
  const on = async (day: string) => {
    const { out } = await cli("instruments", "--on", day, "--kind", "stock", "--json");
    const [answer] = jsonLines<{ instruments: { ts_code: string }[] }>(out);
    return answer?.instruments.map(({ ts_code }) => ts_code) ?? [];
  };
  const [before, after] = [await on("2025-02-14"), await on("2025-02-17")];
  expect(before.filter((code) => !after.includes(code))).toEqual(["300114.SZ"]);
  expect(after.filter((code) => !before.includes(code))).toEqual(["302132.SZ"]);
  const found = await cli("instruments", "--search", "302132");
  expect(found.out).toMatch(/302132\.SZ +\S+ +SZSE +L +\d{8}/);
});

test("a live job is a conflict; it can be watched, paused, resumed and cancelled by its name", async () => {
  const started = await cli("run", "DAILY_HISTORY", "--from", "20180601", "--detach", "--json");
  const [task] = jsonLines<{ id: string }>(started.out);
  const again = await cli("run", "DAILY_HISTORY", "--detach");
  expect(again.code).toBe(4);
  expect(again.error).toContain(`a task of DAILY_HISTORY, started by another command, is live`);
  expect(again.error).toContain(`tushare-sync status ${task?.id} --watch`);

  expect((await cli("pause", "DAILY_HISTORY")).out).toContain("DAILY_HISTORY is paused");
  expect((await cli("status")).out).toMatch(/^DAILY_HISTORY PAUSED: .*\(paused by a command\)$/m);
  const watched = await cli("status", "DAILY_HISTORY", "--watch", "--json");
  expect(watched.code).toBe(1);
  expect(jsonLines(watched.out).at(-1)).toMatchObject({ id: task?.id, status: "PAUSED" });
  expect((await cli("resume", task?.id ?? "")).code).toBe(0);
  expect((await cli("cancel", "daily_history")).code).toBe(0);
  const cancelled = await cli("pause", "DAILY_HISTORY");
  expect(cancelled).toMatchObject({ code: 4, out: "", error: "the task is CANCELLED\n" });
});

describe("query", () => {
  test("answers as a table, as CSV and as JSON with every digit", async () => {
    const sql = "select 1 as a, '' as b, null as c, cast(0.12345678901234567890 as numeric) as d";
    const [table, csv, json] = await Promise.all(
      ["table", "csv", "json"].map((format) => cli("query", sql, "--format", format)),
    );
    expect(table?.out).toBe(
      "a  b  c                       d\n-  -  -  ----------------------\n1        0.12345678901234567890\n",
    );
    expect(csv?.out).toBe('a,b,c,d\r\n1,"",,0.12345678901234567890\r\n');
    expect(json?.out).toBe('[{"a":1,"b":"","c":null,"d":0.12345678901234567890}]\n');
  });

  test("reads a result too large for one response of the Data API, and keeps the rows in order", async () => {
    const { code, out, error } = await typed(
      "query",
      "select i, repeat('x', 200) as x from generate_series(1, 12000) as i;",
      ...["--format", "csv"],
    );
    expect({ code, error }).toEqual({ code: 0, error: expect.any(String) }); // which says why it failed
    const numbers = out
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => Number(line.split(",")[0]));
    expect(out.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(numbers).toEqual(Array.from({ length: 12_000 }, (_, at) => at + 1));
  });

  test("a reader that disconnects leaves no open transaction that blocks others", async () => {
    const args = [
      "query",
      "select i, repeat('x', 200) from generate_series(1, 200000) as i",
      "--format",
      "csv",
    ];
    const cut = await runCli([...args, "--data-dir", dataDir.path], {}, 1_000);
    expect(cut).toMatchObject({ code: 0, error: `${simulated}\n` });
    const next = await cli("query", "select 1 as a", "--json");
    expect(next.out).toBe('[{"a":1}]\n');
  }, 20_000); // far less than the three minutes after which the Data API ends a transaction itself

  test("cannot write in any way", async () => {
    for (const sql of [
      "delete from stock_daily",
      "copy (select 1) to program 'true'",
      "/* hm */ set x = 1",
    ]) {
      const { code, error } = await cli("query", sql);
      expect(code).toBe(2);
      expect(error).toMatch(/^query is read-only: expected select, .* begins with (delete|copy|set)\n$/);
    }
    for (const sql of [
      "explain analyze delete from stock_daily",
      "with gone as (delete from stock_daily returning 1) select 1",
    ]) {
      const { code, error } = await cli("query", sql);
      expect(code).toBe(1);
      expect(error).toMatch(/read-only transaction|must not contain data-modifying/);
    }
    const { out } = await cli("query", "select count(*) > 0 as kept from stock_daily", "--json");
    expect(out).toBe('[{"kept":true}]\n');
  });
});

describe("a statement that is given up", () => {
  const endless = [
    ["waits", "select pg_sleep(1000)"],
    ["computes", "select count(*) from generate_series(1, 2000000000)"],
  ] as const;

  test.each(endless)("and %s ends after its timeout, and the next command is answered", async (_, sql) => {
    const { code, error } = await cli("query", sql, "--timeout", "1");
    expect(code).toBe(1);
    expect(error).toBe(
      `${simulated}\nthe statement took longer than 1 s and was stopped: select less, or raise --timeout (at most 45)\n`,
    );
    const exported = await cli("export", "trade_cal", "--from", "20260901", "--to", "20260902");
    expect(exported.out.split("\r\n")).toHaveLength(4);
  });

  test("by Ctrl-C ends in the engine", async () => {
    const sql = "select pg_sleep(1000) as given_up";
    const args = ["query", sql, "--timeout", "45", "--data-dir", dataDir.path];
    const { code, error } = await runCli(args, {}, undefined, { printed: simulated, milliseconds: 1_000 });
    expect({ code, error }).toEqual({ code: 130, error: `${simulated}\nstopped\n` });
    const startedAt = performance.now();
    expect((await cli("query", "select 1 as a", "--json")).out).toBe('[{"a":1}]\n');
    expect(performance.now() - startedAt).toBeLessThan(15_000); // the time of a start, far from the timeout
  });

  test("an invalid timeout is refused", async () => {
    const { code, error } = await cli("query", "select 1", "--timeout", "46");
    expect({ code, error }).toEqual({
      code: 2,
      error: "--timeout is 46, expected whole seconds from 1 to 45\n",
    });
  });
});

describe("export", () => {
  test("Parquet holds the rows of SQL in types of their own, in several groups and pages", async () => {
    const file = join(scratch, "daily.parquet");
    const done = await cli("export", "stock_daily", ...month, "--out", file, "--json");
    expect(done.code).toBe(0);
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    const types = Object.fromEntries(
      metadata.schema.map(({ name, type, converted_type }) => [name, converted_type ?? type]),
    );
    expect(types).toMatchObject({ ts_code: "UTF8", trade_date: "DATE", close: "DOUBLE" });

    const stored = await cli(
      "query",
      "select ts_code, trade_date, close, pe, vol from stock_daily where trade_date between '2026-09-01' and '2026-09-30' order by 1, 2",
      "--json",
    );
    const rows = await parquetReadObjects({
      file: buffer,
      columns: ["ts_code", "trade_date", "close", "pe", "vol"],
      compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    });
    expect(rows.map((row) => ({ ...row, trade_date: row.trade_date.toISOString().slice(0, 10) }))).toEqual(
      JSON.parse(stored.out),
    );
    expect(jsonLines(done.out)[0]).toMatchObject({ rows: rows.length, format: "parquet", file });
    expect(rows.length).toBeGreaterThan(1_000);

    const origin = { kind: "simulated", identity: "seed 1, 60 stocks" };
    expect(jsonLines(done.out)[0]).toMatchObject({ origin });
    expect(jsonLines(done.error)).toEqual([{ warning: simulated, origin }]);
    expect(
      Object.fromEntries(metadata.key_value_metadata?.map(({ key, value }) => [key, value]) ?? []),
    ).toEqual({
      origin: "simulated seed 1, 60 stocks",
      warning: simulated,
    });
  });

  test("CSV to the standard output holds the requested range and codes, and nothing else", async () => {
    const { out, code, error } = await typed(
      "export",
      "stock_daily",
      "--codes",
      "000001.SZ",
      "--from",
      "2026-09-01",
      "--to",
      "20260903",
    );
    expect(code).toBe(0);
    expect(error).toContain(simulated);
    const [head, ...lines] = out.trim().split("\r\n");
    expect(head).toMatch(/^ts_code,trade_date,open,/);
    expect(lines.map((line) => line.split(",").slice(0, 2).join(" "))).toEqual([
      "000001.SZ 2026-09-01",
      "000001.SZ 2026-09-02",
      "000001.SZ 2026-09-03",
    ]);
  });

  test("an invalid argument is refused by its name, and leaves no file", async () => {
    const cases: [string[], RegExp][] = [
      [["stock_info", "--from", "20240101"], /stock_info has no day column/],
      [["trade_cal", "--codes", "600519.SH"], /trade_cal has no code column/],
      [["stock_daily", "--from", "20240230"], /--from is '20240230', expected a day/],
      [["stock_daily", "--format", "parquet"], /Parquet needs a file/],
      [["sync_task"], /<table> is 'sync_task', expected one of trade_cal/],
    ];
    const runs = await Promise.all(cases.map(([args]) => cli("export", ...args)));
    for (const [at, { code, error, out }] of runs.entries()) {
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(error).toMatch(cases[at]?.[1] ?? /never/);
    }
  });
});

test("every answer comes with a note that the market is invented, in the language of the locale", async () => {
  for (const args of [["status"], ["coverage"], ["query", "select 1 as a"], ["doctor", "--no-calls"]]) {
    const { error } = await cli(...args);
    expect(error).toContain(simulated);
  }
  const chinese = await askCli(["status", "--data-dir", dataDir.path], { LC_ALL: "zh_CN.UTF-8" });
  expect(chinese.error).toBe("模拟数据 SIMULATED（种子 1，60 只股票）：所有价格均为虚构，不是真实行情\n");
  const { out } = await cli("status", "--json");
  expect(jsonLines(out)[0]).toMatchObject({ origin: { kind: "simulated", identity: "seed 1, 60 stocks" } });
});

test("coverage shows which trading days are complete", async () => {
  const { out } = await cli("coverage", ...month, "--json");
  const [coverage] = jsonLines<{ newest_trade_date: string; days: { stocks: { whole: boolean } }[] }>(out);
  expect(coverage?.days).toHaveLength(21);
  expect(coverage?.days.every(({ stocks }) => stocks.whole)).toBe(true);
  expect((await cli("coverage", ...month, "--missing")).out).toContain(
    "Every trading day from 20260901 to 20260930 is complete.",
  );
});

test("coverage and status name a row that is gone: by month, by day, by code, and for the task that stored it", async () => {
  const database = new pg.Client({ connectionString: readRunning(dataDir.path)?.databaseUrl });
  await database.connect();
  const { rows } = await database.query(
    "delete from stock_daily where ts_code = (select min(ts_code) from stock_daily where trade_date = '2026-09-10') and trade_date = '2026-09-10' returning *",
  );
  const [{ ts_code }] = rows;
  try {
    const out = async (...args: string[]) => (await cli(...args)).out;
    expect(await out("coverage", "stock_daily", "--by", "month", ...month)).toMatch(/202609 +21 +20 .* 1$/m);
    expect(await out("coverage", "stock_daily", "--missing", ...month)).toMatch(/20260910 .* 1 +partial$/m);
    expect(await out("coverage", "stock_daily", "--day", "20260910")).toMatch(
      new RegExp(`${ts_code} +daily +missing`),
    );
    expect(await out("coverage", "stock_daily", "--code", ts_code, ...month)).toMatch(
      /20260910 +20260910 +1 +daily/,
    );
    const { tasks } = jsonLines<{ tasks: { id: string; job_type: string; status: string }[] }>(
      await out("status", "--json"),
    )[0] ?? { tasks: [] };
    const task = tasks.find(({ job_type, status }) => job_type === "DAILY_HISTORY" && status === "COMPLETED");
    const line = `absent   stock daily data on 20260910: 1 missing (${ts_code})`;
    expect(await out("status", task?.id ?? "")).toContain(line);
    const chinese = await askCli(["status", task?.id ?? "", "--data-dir", dataDir.path], {
      LC_ALL: "zh_CN.UTF-8",
    });
    expect(chinese.out).toContain(`缺少  股票日线 20260910：缺失 1（${ts_code}）`);
  } finally {
    const columns = Object.keys(rows[0]);
    await database.query(
      `insert into stock_daily (${columns.join(", ")}) select ${columns.join(", ")} from jsonb_populate_record(null::stock_daily, $1)`,
      [JSON.stringify(rows[0])],
    );
    await database.end();
  }
});

test("verify answers whether the mirror is whole, names what is missing, and repairs exactly that", async () => {
  const whole = await cli("verify", "stock_daily", ...month, "--json");
  expect(whole.code).toBe(0);
  const [proof] = jsonLines<{ whole: boolean; verifications: { dataset: string; counts: object }[] }>(
    whole.out,
  );
  expect(proof).toMatchObject({
    whole: true,
    verifications: [{ dataset: "stock_daily", counts: { missing: 0 } }],
  });

  const code = await deleteOne("20260910");
  const lost = await cli("verify", "stock_daily", ...month);
  expect(lost.code).toBe(1);
  expect(lost.out).toMatch(
    /^stock_daily 20260901-20260930: MISSING: [\d,]+ of [\d,]+ rows stored.*1 missing/,
  );
  expect(lost.out).toMatch(new RegExp(`missing +20260910 +${code} +daily`));

  const repaired = await cli("verify", "stock_daily", ...month, "--repair");
  expect(repaired.code).toBe(0);
  expect(repaired.error).toMatch(/DAILY_HISTORY COMPLETED: 1\/1 units/);
  const day = ["--from", "20260909", "--to", "20260911", "--upstream"];
  const price = await cli("verify", "stock_daily", ...day, "--plan");
  expect(price.code).toBe(0);
  expect(price.out).toMatch(
    /^comparing stock_daily 20260909-20260911 with TuShare takes\n +units +3,.*\n.*daily 3, daily_basic 3/,
  );
  const same = await cli("verify", "stock_daily", ...day, "--json");
  expect(same.code).toBe(0);
  expect(jsonLines(same.out)[0]).toMatchObject({
    verifications: [{ how: "upstream", status: "COMPLETED", counts: { missing: 0, different: 0 } }],
  });
  const missed = await deleteOne("20260910");
  const different = await cli("verify", "stock_daily", ...day);
  expect(different.code).toBe(1);
  expect(different.out).toMatch(new RegExp(`missing +20260910 +${missed} +daily`));
  const again = await cli("verify", "stock_daily", ...day, "--repair");
  expect(again.code).toBe(0);
  expect(again.out).toMatch(/^stock_daily 20260910-20260910: /);
  // Whether a comparison is seen under way depends on its speed.
  expect(again.error).toMatch(
    /MISSING\n.*fetching what is missing or different \(1\)\n.*1\/1 units.*complete\n/s,
  );

  expect((await cli("verify", "stock_daily", "--plan")).error).toContain("--plan is only for --upstream");
  const list = await cli("verify", "stock_list", "--from", "20260901");
  expect(list.code).toBe(2);
  expect(list.error).toContain("--from is not an option of stock_list, which takes --repair");
}, 240_000);

/** Deletes the row of one stock on a day, and says which. */
async function deleteOne(day: string): Promise<string> {
  const client = new pg.Client({ connectionString: readRunning(dataDir.path)?.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ ts_code: string }>(
    `delete from stock_daily where trade_date = $1
       and ts_code = (select max(ts_code) from stock_daily where trade_date = $1 and ts_code > '6')
     returning ts_code`,
    [day],
  );
  await client.end();
  return rows[0]?.ts_code ?? "";
}

test("the doctor finds no problem in a healthy local stack, makes the calls it announces, and prints no token", async () => {
  const upstream = readRunning(dataDir.path)?.upstreamUrl ?? "";
  const countCalls = async () => {
    const stats = (await (await fetch(`${upstream}/control/stats`)).json()) as {
      interfaces: Record<string, { calls: number }>;
    };
    return Object.values(stats.interfaces).reduce((sum, { calls }) => sum + calls, 0);
  };
  const before = await countCalls();
  const token = "a-token-that-nobody-may-see";
  const { code, out, error } = await runCli(["doctor", "--data-dir", dataDir.path], { TUSHARE_TOKEN: token });
  expect(code).toBe(0);
  const announced = Number(/calling \S+ (\d+) times/.exec(error)?.[1]);
  expect((await countCalls()) - before).toBe(announced);
  expect(out).toMatch(/ok {7}the token is valid, 2000 points/);
  expect(out).toMatch(/note {5}the account has no right to fina_indicator_vip/);
  expect(out).toContain("0 problems");
  expect(out + error).not.toContain(token);
});

/** Whether a program of this machine can do what the lines of `connect` need. */
const can = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const tools: Readonly<Record<Tool, boolean>> = {
  browser: true,
  tushare: can("python3", "--version"), // with a client of ours in place of theirs
  python: can("python3", "--version"),
  shell: can("curl", "--aws-sigv4", "aws:amz", "--version"),
  psql: can("psql", "--version"),
  pandas: can("python3", "-c", "import pandas, sqlalchemy, psycopg2"),
  duckdb: can("duckdb", "--version"),
  // Texts to paste into a program with windows: their addresses are those that psql was tried with.
  dbeaver: false,
  grafana: false,
};

describe("connect", () => {
  const named = ["--data-dir", dataDir.path];
  const target = () => localTarget(dataDir.path, { wantsReal: false }, en);
  const waysNow = () => waysIn(target(), ` ${named.join(" ")}`, en);
  const linesOf = (tool: Tool, title?: string) =>
    waysNow().find((way) => way.tool === tool && (title === undefined || way.title === title))?.lines ?? [];
  const first = "000001.SZ";

  async function perform(program: string, args: readonly string[], input: string): Promise<string> {
    const child = spawn(program, args, {
      cwd: scratch,
      env: {
        ...process.env,
        ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_SESSION_TOKEN: "" },
        ...{ PYTHONPATH: join(import.meta.dirname, "support", "python") },
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
    child.stdin.end(input);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(said);
    return said;
  }
  const shell = (lines: readonly string[]) => perform("sh", ["-e"], lines.join("\n"));
  const python = (lines: readonly string[]) => perform("python3", ["-"], lines.join("\n"));

  test("prints every way in, and with --json the addresses", async () => {
    const { code, out } = await cli("connect");
    expect(code).toBe(0);
    for (const { title, lines } of waysNow()) {
      expect(out).toContain(title);
      for (const line of lines) expect(out).toContain(`  ${line}\n`);
    }
    const [json] = jsonLines((await cli("connect", "--json")).out);
    expect(json).toEqual({
      database_url: expect.stringMatching(/^postgresql:\/\/tushare_reader@127\.0\.0\.1:\d+\/\w+$/),
      tushare_url: readRunning(dataDir.path)?.tushareUrl,
      api_url: readRunning(dataDir.path)?.apiUrl,
      page_url: readRunning(dataDir.path)?.pageUrl,
    });
    expect((await fetch(String(json?.page_url))).status).toBe(200);
  });

  test.skipIf(!tools.tushare)("the lines for TuShare's client are answered", async () => {
    expect(await python(linesOf("tushare"))).toContain(first);
  });
  test.skipIf(!tools.python)("the lines for Python without it are answered", async () => {
    expect(await python(linesOf("python"))).toMatch(/^\[\['000001\.SZ', /);
  });
  test.skipIf(!tools.shell).each([en.connect.curlTushare, en.connect.http, en.connect.signedHttp])(
    "the lines for curl are answered: %s",
    async (title) => {
      expect(await shell(linesOf("shell", title))).toContain(`"${first}"`);
    },
  );
  test.skipIf(!tools.psql)("the line for psql is answered, and its user cannot write", async () => {
    const lines = linesOf("psql");
    expect(await shell(lines)).toMatch(/000001\.SZ \|/);
    const write = lines.map((line) => line.replace(/select .*(?=")/, "delete from stock_info"));
    await expect(shell(write)).rejects.toThrow(/permission denied|read-only/);
  });
  test.skipIf(!tools.pandas)("the lines for pandas are answered", async () => {
    expect(await python(linesOf("pandas"))).toContain(first);
  });
  test("the addresses for DBeaver and Grafana are those of psql", () => {
    const { hostname, port, username } = new URL(linesOf("psql")[0]?.split(" ")[1] ?? "");
    expect(linesOf("dbeaver")[0]).toContain(`//${hostname}:${port}/`);
    expect(linesOf("dbeaver")[0]).toContain(`user=${username}&`);
    expect(linesOf("grafana").join()).toContain(`url: ${hostname}:${port},    user: ${username},`);
  });
  test("the file for DuckDB is written, and read where DuckDB is installed", async () => {
    const [exports = "", reads = ""] = linesOf("duckdb");
    const bin = join(import.meta.dirname, "..", "bin", "tushare-sync.mjs");
    await shell([exports.replace("npx tushare-sync", `'${process.execPath}' '${bin}'`)]);
    const file = await asyncBufferFromFile(join(scratch, "stocks.parquet"));
    expect(Number((await parquetMetadataAsync(file)).num_rows)).toBeGreaterThan(50);
    if (tools.duckdb) expect(await shell([reads])).toContain("SSE");
  });
});

test("failures and retry accept only records that exist", async () => {
  expect((await cli("failures")).out).toBe("No failures.\n");
  expect(await cli("retry", "99")).toMatchObject({ code: 2, error: "there is no failure record 99\n" });
  expect(await cli("retry", "x")).toMatchObject({ code: 2 });
  expect(await cli("dismiss", "99", "--reason", "wound up")).toMatchObject({
    code: 2,
    error: "there is no failure record 99\n",
  });
  expect(await cli("dismiss", "all", "--reason", "wound up")).toMatchObject({ code: 2 });
  expect(await cli("dismiss", "99")).toMatchObject({ code: 2 });
  expect((await cli("retry", "all", "--job", "DAILY_HISTORY")).out).toContain("0 units");
});

describe("without a stack", () => {
  const nowhere = join(scratch, "nowhere");

  test("one sentence says how to get one, in the language of the locale, and the exit code is 3", async () => {
    const english = await runCli(["status", "--data-dir", nowhere]);
    expect(english).toMatchObject({ code: 3, out: "" });
    expect(english.error).toBe(
      `no stack is running in ${nowhere}: start one with \`npm start\`, or name a deployed stack with --stack\n`,
    );
    const chinese = await runCli(["status", "--data-dir", nowhere], { LC_ALL: "zh_CN.UTF-8" });
    expect(chinese.code).toBe(3);
    expect(chinese.error).toContain("没有运行的环境");
    const json = await askCli(["status", "--data-dir", nowhere, "--json"]);
    expect(jsonLines(json.error)[0]).toMatchObject({ error: { exitCode: 3 } });
  });

  test("an invalid command line is refused in one sentence with exit code 2", async () => {
    const cases: [string[], RegExp][] = [
      [[], /a command is missing/],
      [["plan"], /a word is missing/],
      [
        ["plan", "DAILY"],
        /DAILY is neither a job \(REFERENCE, DAILY_HISTORY, .* nor a set or dataset \(core, /,
      ],
      [["plan", "core,indx"], /indx is neither .*; did you mean index\?/],
      [["run", "DAILY"], /<job> is 'DAILY', expected one of REFERENCE, DAILY_HISTORY/],
      [["status", "--wacht"], /no option --wacht: did you mean --watch/],
      [["run", "REFERENCE", "--from"], /Not enough arguments following: from/],
    ];
    const runs = await Promise.all(cases.map(([args], at) => (at === 0 ? runCli(args) : askCli(args))));
    for (const [at, { code, error }] of runs.entries()) {
      expect(code).toBe(2);
      expect(error).toMatch(cases[at]?.[1] ?? /never/);
      expect(error.trim().split("\n")).toHaveLength(1);
    }
  });

  test("completion knows the commands and the jobs", async () => {
    const jobs = await runCli(["--get-yargs-completions", "tushare-sync", "run", "ETF"]);
    expect(jobs.out.trim().split("\n")).toEqual(["ETF_LIST", "ETF_HISTORY", "ETF_INCREMENTAL"]);
    expect((await runCli(["completion"])).out).toContain("--get-yargs-completions");
  });
});

test("a killed stack counts as no stack, though its file is still there; the file holds no password", () => {
  const running = JSON.parse(readFileSync(join(dataDir.path, "running.json"), "utf8")) as {
    databaseUrl: string;
  };
  expect(running.databaseUrl).not.toMatch(/:[^/@]+@/);
  const { pid } = spawnSync(process.execPath, ["--version"]); // it has ended
  const left = mkdtempSync(join(scratch, "killed-"));
  writeFileSync(join(left, "running.json"), JSON.stringify({ ...running, pid }));
  expect(readRunning(left)).toBeUndefined();
  writeFileSync(join(left, "running.json"), JSON.stringify({ ...running, pid: process.pid }));
  expect(readRunning(left)?.databaseUrl).toBe(running.databaseUrl);
});
