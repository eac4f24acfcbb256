// What the first command of a new user promises; tested by running it.
import { createConnection } from "node:net";
import { networkInterfaces } from "node:os";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { npmStart, startMirror, temporaryDataDir } from "./support/npm-start.ts";
import { openStored } from "./support/stored.ts";

const dataDir = temporaryDataDir();
afterAll(() => dataDir.remove());

const small = ["--data-dir", dataDir.path, "--stocks", "60", "--from", "20260901", "--to", "2026-10-20"];

test("the main job runs to its end, and a second start has nothing left to do", async () => {
  const first = await npmStart([...small, "--once", "--json"]).ended;
  expect(first.output).toContain("DAILY_HISTORY COMPLETED");
  expect(first.code).toBe(0);
  expect(first.json).toMatchObject({ job: "DAILY_HISTORY", status: "COMPLETED", units: 30 });
  const asked = { from: "20260901", to: "20261020", codes: null };
  expect(first.json).toMatchObject({ ...asked, outcome: "started", fetched: true });
  expect(first.json.calls).toEqual({ adj_factor: 30, daily: 30, daily_basic: 30, suspend_d: 30 });
  expect(first.json.rows).toBeGreaterThan(1_500);

  const second = await startMirror([...small, "--once", "--json"]).ended;
  expect(second.code).toBe(0);
  expect(second.json).toMatchObject({ status: "COMPLETED", units: 0, rows: first.json.rows, calls: {} });
  expect(second.json).toMatchObject({ ...asked, outcome: "started", fetched: false, nothing: "stored" });
});

test("the stored rows are what the upstream holds: a bar has its factor, a suspended stock has none", async () => {
  const database = await openStored(dataDir.path);
  const { rows } = await database.query<Record<string, number>>(`select
    count(*)::int as bars,
    count(adj_factor)::int as factors,
    count(total_mv)::int as valuations,
    count(distinct trade_date)::int as days
  from stock_daily`);
  await database.close();
  const [counts] = rows;
  expect(counts?.days).toBe(30);
  expect(counts?.factors).toBe(counts?.bars);
  expect(counts?.valuations).toBe(counts?.bars);
});

test("it says in five lines what runs; while it does, any PostgreSQL client can query it, and only from this machine", async () => {
  const run = npmStart(small);
  await run.printed("Still up");
  const said = run.output().split("\n");
  const first = said.findIndex((line) => line.startsWith("SIMULATED DATA"));
  expect(said.slice(first + 1, first + 5)).toEqual([
    expect.stringMatching(/^ {2}page {7}http:\/\/127\.0\.0\.1:\d+ \(/),
    expect.stringContaining(`  ask it     npx tushare-sync connect --data-dir ${dataDir.path} (`),
    expect.stringContaining("  real data  npx tushare-sync setup ("),
    expect.stringContaining(`  stop       Ctrl-C; the data stay in ${dataDir.path},`),
  ]);
  const url = /psql (postgres:\/\/\S+)/.exec(run.output())?.[1] ?? "";
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select count(*) from stock_daily where trade_date = '2026-09-01'");
  await client.end();
  expect(Number(rows[0].count)).toBeGreaterThan(50);

  const endpoint = /--endpoint-url (http:\/\/\S+)/.exec(run.output())?.[1] ?? "";
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  for (const port of [new URL(url).port, new URL(endpoint).port]) {
    expect(await reaches("127.0.0.1", Number(port))).toBe(true);
    if (outside !== undefined) expect(await reaches(outside.address, Number(port))).toBe(false);
  }

  const other = await startMirror([...small, "--once"]).ended;
  expect(other.code).toBe(1);
  expect(other.output).toMatch(/in use by process \d+, started .+ choose another with --data-dir/);

  run.signal("SIGINT");
  expect((await run.ended).output).toContain("Stopped. The data stays in");
});

test.each([
  [["--from", "20240230"], "--from is '20240230', expected a day such as 20240131 or 2024-01-31"],
  [["--captured", "nowhere"], "--captured names 'nowhere', and there is no such folder"],
])("%j is refused in one sentence that names the value", async (args, sentence) => {
  const { code, output } = await startMirror(args).ended;
  expect(code).toBe(2);
  expect(output).toContain(sentence);
  expect(output.trim().split("\n")).toHaveLength(1);
});

test("a setting out of its range is refused before anything starts", async () => {
  const { code, output } = await npmStart([], { SYNC_FAILURE_MAX_RETRIES: "many" }).ended;
  expect(code).toBe(2);
  expect(output.trim()).toBe(
    "SYNC_FAILURE_MAX_RETRIES is 'many', expected a whole number from 0 to 10, for example 3",
  );
});

test("a job that the dispatcher refuses ends with the dispatcher's message and exit code 1", async () => {
  const { code, output } = await startMirror([...small, "--once", "--codes", "999999.SH"]).ended;
  expect(code).toBe(1);
  expect(output).toContain("no stock 999999.SH in stock_info");
});

test("a range that is not due is not called stored, and its JSON line says so", async () => {
  const future = ["--data-dir", dataDir.path, "--stocks", "60", "--once", "--from", "20290101"];
  const { code, output } = await startMirror(future).ended;
  expect(code).toBe(0);
  expect(output).toContain("calls      none: 20290101 is not due yet, until 2029-01-01 17:00 in Shanghai");
  expect(output).not.toContain("everything requested was already stored");
});

test("Ctrl-C while it starts ends it without waiting for what it starts", async () => {
  const other = temporaryDataDir();
  const run = startMirror(["--data-dir", other.path, "--stocks", "61"]);
  await run.printed("starting the database");
  const stoppedAt = performance.now();
  run.signal("SIGINT");
  const { code, output } = await run.ended;
  other.remove();
  expect([code, output]).toEqual([130, expect.stringContaining("Stopped. The data stays in")]);
  expect(performance.now() - stoppedAt).toBeLessThan(5_000); // a second on an idle machine; a start takes longer
});

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.on("connect", () => resolve(socket.destroy() && true));
    socket.on("error", () => resolve(false));
  });
}
