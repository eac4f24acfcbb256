// Simulated data is never taken for real data: tested by running `npm start` first as a trial, then with a token.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Upstream } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import { referenceDataDir, startMirror, temporaryDataDir } from "./support/npm-start.ts";
import { openStored } from "./support/stored.ts";

const scratch = temporaryDataDir();
const started = await referenceDataDir(60);
const trial = started.path;
/** Each part and form of it can be told from anything else. */
const token = "Zq7/xW+9kLm=secret-of-this-test";
const warning = "SIMULATED DATA (seed 1, 60 stocks): every price is invented, none is the market's";
const reference = ["--job", "REFERENCE", "--once", "--json"];

let upstream: Upstream;
/** Forwards calls and hides the server behind it, like a company's own proxy to TuShare. */
let proxy: Server;
let proxyUrl = "";

beforeAll(async () => {
  upstream = await serveUpstream({ stocks: 60, latencyMs: 0, minuteLimit: 1_100, tokens: [token] });
  proxy = createServer(async (request, response) => {
    if (request.method !== "POST") return void response.writeHead(404).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await fetch(upstream.url, { method: "POST", body: Buffer.concat(chunks) });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.close();
  await upstream.close();
  scratch.remove();
  started.remove();
});

const callsUpstream = async () => {
  const { interfaces, rejected } = await upstream.stats();
  return Object.values(interfaces).reduce((sum, { calls }) => sum + calls, rejected);
};
const originIn = async (dataDir: string) => {
  const database = await openStored(dataDir);
  const { rows } = await database.query("select kind, identity from mirror_origin");
  await database.close();
  return rows[0];
};

test("a trial says SIMULATED in its lines and in its JSON, and keeps to its own origin", async () => {
  const { code, output, json } = await startMirror([...reference, "--stocks", "60", "--data-dir", trial])
    .ended;
  expect(code).toBe(0);
  expect(output).toContain(warning);
  expect(json.origin).toEqual({ kind: "simulated", identity: "seed 1, 60 stocks" });
  expect(await originIn(trial)).toEqual(json.origin);
});

test("with a token, the trial's folder is refused in one sentence before any call or change", async () => {
  const { code, output } = await startMirror([...reference, "--data-dir", trial], { TUSHARE_TOKEN: "abcdef" })
    .ended;
  expect(code).toBe(2);
  expect(output).toBe(
    `the data folder ${trial} holds simulated data (seed 1, 60 stocks), and this start would add real TuShare data: choose another folder with --data-dir, or throw away what is there with --discard\n`,
  );
  const other = await startMirror([...reference, "--stocks", "61", "--data-dir", trial]).ended;
  expect([other.code, other.output]).toEqual([
    2,
    expect.stringContaining("(seed 1, 61 stocks): choose another"),
  ]);
  expect(await originIn(trial)).toEqual({ kind: "simulated", identity: "seed 1, 60 stocks" });
});

test("a wrong token gives TuShare's own message, and leaves no folder behind", async () => {
  const fresh = join(scratch.path, "fresh");
  const environment = { TUSHARE_TOKEN: "a-wrong-token", TUSHARE_URL: proxyUrl };
  const { code, output } = await startMirror([...reference, "--data-dir", fresh], environment).ended;
  expect(code).toBe(1);
  expect(output).toMatch(
    /^TuShare refuses TUSHARE_TOKEN, and nothing was stored: trade_cal .*TuShare says 40101 .*token不对.*\n$/,
  );
  expect(output).not.toContain("a-wrong-token");
  expect(readdirSync(scratch.path)).not.toContain("fresh");
});

test("a network that does not answer is reported, and leaves no folder behind", async () => {
  const fresh = join(scratch.path, "fresh");
  const environment = { TUSHARE_TOKEN: "any-token", TUSHARE_URL: "http://127.0.0.1:1" };
  const { code, output } = await startMirror([...reference, "--data-dir", fresh], environment).ended;
  expect(code).toBe(1);
  expect(output).toMatch(
    /^TuShare at 127\.0\.0\.1:1 could not be asked about TUSHARE_TOKEN.* check the internet connection/,
  );
  expect(readdirSync(scratch.path)).not.toContain("fresh");
});

test("a simulator that is called with a token still counts as the simulated market; neither the token nor the database's password is in anything that is printed or kept", async () => {
  const password = "open/sesame:to@all";
  const tushare = { TUSHARE_TOKEN: token, TUSHARE_URL: upstream.url };
  const environment = { ...tushare, DATABASE_PASSWORD: password, LOG_LEVEL: "DEBUG" };
  const before = await callsUpstream();
  const args = [...reference, "--database-host", "0.0.0.0", "--data-dir", trial];
  const { code, output, json } = await startMirror(args, environment).ended;
  expect(code).toBe(0);
  expect(output).toContain("other machines can reach the database at 0.0.0.0");
  expect(output).toContain(warning);
  expect(json.origin).toMatchObject({ kind: "simulated" });
  expect(await callsUpstream()).toBeGreaterThan(before); // the token was tried, if nothing else was missing
  const forms = [token, password].flatMap((secret) => [
    ...[secret.slice(0, 8), encodeURIComponent(secret), Buffer.from(secret).toString("base64")],
  ]);
  const kept = readdirSync(trial, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  expect(kept.map(({ name }) => name)).toContain("functions.log");
  const leaks = kept.filter(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    return forms.some((form) => bytes.includes(form));
  });
  expect(leaks.map(({ name }) => name)).toEqual([]);
  for (const form of forms) expect(output).not.toContain(form);
});

test("--discard deletes what starts have made, and nothing else in the folder", async () => {
  const mine = join(trial, "my notes.txt");
  writeFileSync(mine, "mine");
  const environment = { TUSHARE_TOKEN: token, TUSHARE_URL: proxyUrl };
  const { code, json } = await startMirror([...reference, "--discard", "--data-dir", trial], environment)
    .ended;
  expect(code).toBe(0);
  expect(json.origin).toEqual({ kind: "address", identity: proxyUrl });
  expect(await originIn(trial)).toEqual(json.origin);
  expect(readFileSync(mine, "utf8")).toBe("mine");
});

test("--discard deletes neither a folder without a start's database nor a server's database", async () => {
  const foreign = join(scratch.path, "foreign");
  mkdirSync(join(foreign, "postgres"), { recursive: true });
  writeFileSync(join(foreign, "postgres", "PG_VERSION"), "17");
  const refused = await startMirror([...reference, "--discard", "--data-dir", foreign]).ended;
  expect([refused.code, refused.output]).toEqual([
    2,
    `--discard: ${foreign} holds no database of this program, so nothing in it was thrown away\n`,
  ]);
  expect(readdirSync(join(foreign, "postgres"))).toEqual(["PG_VERSION"]);
  const server = { DATABASE_URL: "postgres://postgres@127.0.0.1:1/mirror" };
  const elsewhere = await startMirror([...reference, "--discard", "--data-dir", trial], server).ended;
  expect([elsewhere.code, elsewhere.output]).toEqual([
    2,
    expect.stringContaining("DATABASE_URL names a database"),
  ]);
});

test("a folder of a version that recorded no origin is refused, unless --adopt is given", async () => {
  const database = await openStored(trial);
  await database.query("drop table mirror_origin");
  await database.query("delete from schema_migration where name like '%mirror_origin%'");
  await database.close();
  const sentence = "holds rows of a version that did not record where they come from";
  const simulated = await startMirror([...reference, "--stocks", "60", "--data-dir", trial]).ended;
  expect([simulated.code, simulated.output]).toEqual([2, expect.stringContaining(sentence)]);
  const environment = { TUSHARE_TOKEN: token, TUSHARE_URL: proxyUrl };
  const real = await startMirror([...reference, "--data-dir", trial], environment).ended;
  expect([real.code, real.output]).toEqual([2, expect.stringContaining(sentence)]);

  const adopted = await startMirror([...reference, "--adopt", "--data-dir", trial], environment).ended;
  expect(adopted.code).toBe(0);
  expect(await originIn(trial)).toEqual({ kind: "address", identity: proxyUrl });
  const back = await startMirror([...reference, "--stocks", "60", "--data-dir", trial]).ended;
  expect([back.code, back.output]).toEqual([2, expect.stringContaining(`holds data from ${proxyUrl}`)]);
  rmSync(trial, { recursive: true });
});
