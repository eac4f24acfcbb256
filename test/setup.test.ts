// From a token to one's own data: what `setup` finds out, says and writes, against a simulated TuShare. The token is nowhere but
// in the file.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Asking, type SetupValues, setUp } from "../cli/commands/setup.ts";
import { keptByDefault } from "../cli/cost.ts";
import { probesByPoints } from "../cli/first-settings.ts";
import { tryAccount } from "../local/account.ts";
import { readOptions } from "../local/options.ts";
import { dataDirOf, readAsked } from "../local/origin.ts";
import { withSettings } from "../local/settings-file.ts";
import { checkVariables } from "../local/surroundings.ts";
import type { Upstream } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import { choiceOf, fillingJobs } from "../shared/catalogue/chosen-datasets.ts";
import { readSettings } from "../shared/catalogue/settings.ts";
import { deploySession, failing, silentTools } from "./support/deployment.ts";

const token = "5f2e-a-token-that-is-shown-to-nobody";
const folder = mkdtempSync(join(tmpdir(), "setup-"));
const file = join(folder, "settings.env");
const tokenFile = join(folder, "token.txt");
writeFileSync(tokenFile, `${token}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(file, { force: true }));

const silent: SetupValues = {
  ...{ "token-file": tokenFile, "token-stdin": false, points: undefined, datasets: undefined, write: true },
};

/** Runs `setup` against an upstream; all that it prints, and the answer for programs. */
async function run(url: string, given: Partial<SetupValues> = {}, asking: Partial<Asking> = {}) {
  const said: string[] = [];
  let json: Record<string, unknown> = {};
  const session = deploySession((text) => said.push(text), {
    dataDir: folder,
    environment: { TUSHARE_URL: url, MIRROR_SETTINGS_FILE: file },
  });
  const output = {
    ...session.output,
    json(value: unknown) {
      json = value as typeof json;
    },
  };
  const done = setUp({ ...session, output }, { ...silent, ...given }, { ...silentTools, ...asking });
  const error = await failing(done);
  const code = error?.exitCode ?? (await done);
  return { code, said: [...said, error?.message ?? ""].join("\n"), json };
}

const written = () => readFileSync(file, "utf8");

describe.each([
  [2_000, 200, "0.35"],
  [5_000, 500, "0.14"],
])("an account of %i points", (points, calls, interval) => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await serveUpstream({ today: "20260630", stocks: 10, latencyMs: 0, points });
  });
  afterAll(() => upstream.close());

  test("is told by TuShare: its pace and choice are written for its owner only, and a start can use them", async () => {
    await upstream.setFaults([]);
    const { code, said, json } = await run(upstream.url, { datasets: "core,index" });
    expect(code).toBe(0);
    expect(said).toContain(
      `The token is valid: ${points.toLocaleString("en-US")} points, the first expire on 2027-01-01`,
    );
    expect(said).toMatch(/Ten years of them: [\d,]+ calls, about \d+/);
    expect(json).toMatchObject({ points, pointsBy: "tushare", callsAMinute: calls, isEnough: true, file });
    expect(written()).toBe(
      `TUSHARE_TOKEN=${token}\nTUSHARE_URL=${upstream.url}\nTUSHARE_CALLS_A_MINUTE=${calls}\nTUSHARE_MIN_INTERVAL=${interval}\nSYNC_DATASETS=core,index\n`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(said + JSON.stringify(json)).not.toContain(token);
    checkVariables(withSettings({ MIRROR_SETTINGS_FILE: file })); // throws when a start would refuse them
  });

  test("is found by the interfaces that answer, the most points first, when its own page is empty", async () => {
    await upstream.setFaults([{ kind: "no-data", interface: "user" }]);
    const before = await callsOf(upstream);
    const { code, said } = await run(upstream.url);
    expect(code).toBe(0);
    expect(said).toContain(
      `at least ${points.toLocaleString("en-US")} points, by the interfaces that answer`,
    );
    const steps = probesByPoints().filter(({ spec }) => spec.points >= points).length;
    expect((await callsOf(upstream)) - before).toBe(1 + steps);
  });

  test("names what needs more points, and what works", async () => {
    await upstream.setFaults([]);
    const { said, json } = await run(upstream.url, { write: false });
    const datasets = json.datasets as { name: string; points: number; works: boolean }[];
    expect(datasets.filter(({ works }) => works).every((each) => each.points <= points)).toBe(true);
    const beyond = datasets.filter(({ works }) => !works);
    for (const { name } of beyond) expect(said).toMatch(new RegExp(`Needs more points: .*\\b${name} \\(`));
    expect(beyond.length > 0).toBe(points < 5_000);
    expect(json.file).toBeNull();
    expect(written).toThrow("ENOENT"); // --no-write
  });
});

describe("an account of 120 points", () => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await serveUpstream({ today: "20260630", stocks: 10, latencyMs: 0, points: 120 });
  });
  afterAll(() => upstream.close());

  const usable = "new_share,stock_company,share_float,shibor";

  test("gets what works without the calendar, is told what does not, and a start can use what is written", async () => {
    const { code, said, json } = await run(upstream.url);
    expect(code).toBe(0);
    expect(said).toContain("the trading calendar and the stock list need 2,000 points");
    expect(said).toMatch(/\bshibor +120\b/);
    expect(said).not.toMatch(/^bse_mapping /m); // comes with the calendar
    expect(said).toContain(`Kept up to date: ${usable.replaceAll(",", ", ")}.`);
    expect(said).toMatch(/Needs more points: .*\bstock_daily \(2,000\)/);
    expect(said).toContain("With 2,000 points: npx tushare-sync setup again");
    expect(said).not.toContain("run DAILY_HISTORY");
    expect(json).toMatchObject({ isEnough: false, isUsable: true, file });
    expect(written()).toContain(`TUSHARE_CALLS_A_MINUTE=50\n`);
    expect(written()).toContain(`SYNC_DATASETS=${usable}\n`);
    const environment = withSettings({ MIRROR_SETTINGS_FILE: file });
    checkVariables(environment);
    const { datasets: kept } = choiceOf(readSettings(environment));
    expect(fillingJobs(kept)).toEqual(["NEW_SHARE", "STOCK_COMPANY", "SHARE_FLOAT", "SHIBOR_HISTORY"]);
    await tryAccount({ url: upstream.url, token }, { kept }); // throws when a start would refuse the account
    await expect(tryAccount({ url: upstream.url, token }, { kept: keptByDefault })).rejects.toThrow(
      "too few points for the trading calendar",
    );
  });

  test("gets only what it chose of that, and all of it when it chose nothing that works", async () => {
    const { said } = await run(upstream.url, { datasets: "core,macro" });
    expect(said).toMatch(/^stock_company +120\b/m); // works too
    expect(written()).toContain("SYNC_DATASETS=shibor\n");
    await run(upstream.url, { datasets: "core,index" });
    expect(written()).toContain(`SYNC_DATASETS=${usable}\n`);
  });

  test("gets more with 600 points, and nothing with none", async () => {
    const { said } = await run(upstream.url, { points: 600, write: false });
    expect(said).toMatch(/Kept up to date: .*\bcn_gdp\b.*\bshibor\b/);
    const none = await run(upstream.url, { points: 0 });
    expect([none.code, none.json.file]).toEqual([1, null]);
    expect(none.said).toContain("Nothing works with these points. Nothing was written.");
    expect(written).toThrow("ENOENT");
  });
});

describe("what goes wrong is said before anything is written", () => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await serveUpstream({ today: "20260630", stocks: 10, latencyMs: 0, tokens: [token] });
  });
  afterAll(() => upstream.close());
  beforeEach(() => upstream.setFaults([]));
  const expectNothing = () => expect(written).toThrow("ENOENT");

  test("a token that TuShare refuses is never printed", async () => {
    const other = "bad-token-of-somebody";
    const { code, said } = await run(
      upstream.url,
      { "token-file": undefined, "token-stdin": true },
      { readInput: () => Promise.resolve(`${other}\n`) },
    );
    expect([code, said]).toEqual([1, expect.stringContaining("the token was refused: ")]);
    expect(said).not.toContain(other);
    expectNothing();
  });

  test("so is a network without TuShare", async () => {
    const { code, said } = await run("http://127.0.0.1:9");
    expect([code, said]).toEqual([1, expect.stringContaining("TuShare does not answer")]);
    expect(said).not.toContain(token);
    expectNothing();
  });

  test("a choice with a wrong word is refused before TuShare is asked", async () => {
    const before = await callsOf(upstream);
    const { code, said } = await run(upstream.url, { datasets: "core,indx" });
    expect([code, said]).toEqual([2, expect.stringContaining("did you mean index?")]);
    expect(await callsOf(upstream)).toBe(before);
  });

  test.each<[string, Partial<SetupValues>, string]>([
    ["no token, and nobody to ask", { "token-file": undefined }, "no token: give --token-file"],
    ["a file that is not there", { "token-file": join(folder, "none") }, "cannot be read (ENOENT)"],
    [
      "a file that is no token",
      { "token-file": join(import.meta.dirname, "setup.test.ts") },
      "this is not a token",
    ],
  ])("%s: exit code 2", async (_, given, sentence) => {
    const { code, said } = await run(upstream.url, given);
    expect([code, said]).toEqual([2, expect.stringContaining(sentence)]);
    expectNothing();
  });

  test("points that nobody knows are asked for; a program has to give them", async () => {
    await upstream.setFaults([{ kind: "server-error" }]);
    expect(await run(upstream.url)).toMatchObject({
      code: 2,
      said: expect.stringContaining("give --points 120"),
    });
    const typing = (typed: string) => ({ ask: () => Promise.resolve(typed) });
    expect(await run(upstream.url, {}, typing("many"))).toMatchObject({ code: 2 });
    expectNothing();
    expect(await run(upstream.url, {}, typing("2,000"))).toMatchObject({ code: 0, json: { points: 2_000 } });
    expect(await run(upstream.url, { points: 5_000 })).toMatchObject({
      code: 0,
      json: { callsAMinute: 500 },
    });
  });

  test("in a terminal the token is asked for without showing it, and Enter alone keeps the present one", async () => {
    const questions: string[] = [];
    const askSecret = async (question: string) => {
      questions.push(question);
      return "";
    };
    const first = await run(upstream.url, { "token-file": undefined }, { askSecret: async () => token });
    expect(first.code).toBe(0);
    const said: string[] = [];
    const session = deploySession((text) => said.push(text), {
      dataDir: folder,
      environment: withSettings({ MIRROR_SETTINGS_FILE: file }),
    });
    expect(await setUp(session, { ...silent, "token-file": undefined }, { ...silentTools, askSecret })).toBe(
      0,
    );
    expect(questions).toEqual([expect.stringContaining("Enter alone keeps the present one")]);
    expect(said.join("\n")).not.toContain(token);
    expect(written()).toContain(`TUSHARE_TOKEN=${token}\n`);
  });
});

test("after it a start uses the real TuShare in a folder of its own; a line for a simulated market does not", async () => {
  writeFileSync(file, `TUSHARE_TOKEN=${token}\n`);
  const environment = withSettings({ MIRROR_SETTINGS_FILE: file });
  const { origin } = await readAsked(readOptions([]), environment);
  expect(origin.kind).toBe("tushare");
  const simulated = await readAsked(
    readOptions([]),
    withSettings({ MIRROR_SETTINGS_FILE: file, TUSHARE_TOKEN: "" }),
  );
  expect(simulated.origin.kind).toBe("simulated");
  expect(dataDirOf(simulated.origin)).not.toBe(dataDirOf(origin));
});

async function callsOf(upstream: Upstream): Promise<number> {
  const { interfaces } = await upstream.stats();
  return Object.values(interfaces).reduce((sum, { calls }) => sum + calls, 0);
}
