// The page's way from invented to one's own data: what the form finds out, in a browser, and that no other site can use it. The
// page has no database here, which this part does not need.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { setUpFromForm } from "../cli/setup-form.ts";
import { wordsFor } from "../local/page/choose-words.ts";
import { type Page, startPage } from "../local/page/server.ts";
import { setupBox } from "../local/page/setup.ts";
import type { Upstream } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import { readChoice } from "../shared/catalogue/chosen-datasets.ts";
import { originOfAddress, simulatedOrigin, tushareOrigin } from "../shared/catalogue/origin.ts";
import { runAxe } from "./support/axe.ts";
import { desktop, missingChromium, openChromium, phone } from "./support/chromium.ts";

const token = "5f2e-a-token-that-is-shown-to-nobody";
const folder = mkdtempSync(join(tmpdir(), "page-setup-"));
const file = join(folder, "settings.env");
const nowhere = "postgres://postgres@127.0.0.1:9/none";
const origin = simulatedOrigin({ seed: 1, stocks: 10 });

let upstream: Upstream;
let page: Page;
let browser: Browser | undefined;

beforeAll(async () => {
  upstream = await serveUpstream({ today: "20260630", stocks: 10, latencyMs: 0, tokens: [token] });
  const environment = { TUSHARE_URL: upstream.url, MIRROR_SETTINGS_FILE: file };
  page = await startPage({
    ...{
      readerUrl: nowhere,
      databaseUrl: nowhere,
      questionsFile: join(folder, "questions.json"),
      origin,
      choice: readChoice("core", 200),
    },

    dispatch: () => Promise.reject(new Error("nothing is dispatched")),
    rates: async () => [],
    setUp: (given, language) => setUpFromForm(given, { environment, dataDir: folder, language }),
  });
  if (missingChromium === undefined) browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  await page.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => rmSync(file, { force: true }));

const form = { token, points: "", datasets: "core", write: true };
const own = { "content-type": "application/json", "x-tushare-sync": "page" };
const post = (headers: Record<string, string>, body: object = form) =>
  fetch(`${page.url}/setup`, { method: "POST", headers, body: JSON.stringify(body) });

test.each<[string, (here: string) => Record<string, string>]>([
  ["another site's Origin", () => ({ ...own, origin: "https://example.com" })],
  ["no Origin", () => own],
  ["no header of the page's own", (here) => ({ "content-type": "application/json", origin: here })],
])("a request with %s is refused, and nothing is written", async (_, headers) => {
  const response = await post(headers(page.url));
  expect(response.status).toBe(403);
  expect(() => statSync(file)).toThrow("ENOENT");
});

test.each([
  ["en", "The token is valid: 2,000 points"],
  ["zh-CN", "token 有效：2,000 积分"],
])("in %s the page says what the account allows, and never the token", async (language, sentence) => {
  const headers = { ...own, origin: page.url, "accept-language": language };
  const said = await (await post(headers, { ...form, write: false })).text();
  expect(said).toContain(sentence);
  expect(said).not.toContain(token);
  expect(() => statSync(file)).toThrow("ENOENT");
  const refused = await (await post(headers, { ...form, token: "bad-token-of-somebody" })).json();
  expect(refused).toMatchObject({ outcome: "refused" });
  expect(JSON.stringify(refused)).not.toContain("bad-token-of-somebody");
  expect(await (await post(headers, { ...form, points: "many" })).json()).toMatchObject({
    outcome: "refused",
  });
  expect(await (await post(headers, {})).json()).toMatchObject({ outcome: "refused" });
});

test("it is offered for simulated rows only, not for TuShare's own or another server's", () => {
  const words = wordsFor("en");
  expect(setupBox(words, origin)?.markup).toContain("SIMULATED");
  expect(setupBox(words, tushareOrigin)).toBeUndefined();
  expect(setupBox(words, originOfAddress("https://proxy.example.com"))).toBeUndefined();
});

test.skipIf(missingChromium !== undefined).each([
  ["desktop", desktop],
  ["phone", phone],
])("on a %s a person checks the token, then writes the settings with one button", async (_, device) => {
  const context = await browser?.newContext(device);
  const tab = await context?.newPage();
  if (tab === undefined) throw new Error("no browser");
  const complaints: string[] = [];
  tab.on("pageerror", (error) => complaints.push(error.message));
  await tab.goto(page.url, { waitUntil: "domcontentloaded" });
  await tab.getByText("SIMULATED: use your own data").click();
  const write = tab.getByRole("button", { name: "Use my data" });
  expect(await write.isDisabled()).toBe(true);
  await tab.getByLabel("TuShare token").fill(token);
  await tab.getByRole("button", { name: "Check what works" }).click();
  const said = tab.locator("#setup-said");
  await said.getByText("The token is valid").waitFor();
  expect(await said.textContent()).toMatch(/Ten years of them: [\d,]+ calls/);
  expect(await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect((await runAxe(tab)).violations).toEqual([]);
  // Another choice was not checked.
  await tab.getByLabel("Datasets to keep up to date").fill("core,index");
  expect(await write.isDisabled()).toBe(true);
  await tab.getByRole("button", { name: "Check what works" }).click();
  await write.click();
  await said.getByText("which only you can read").waitFor();
  expect(readFileSync(file, "utf8")).toContain(`TUSHARE_TOKEN=${token}\n`);
  expect(readFileSync(file, "utf8")).toContain("SYNC_DATASETS=core,index\n");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await tab.getByLabel("TuShare token").inputValue()).toBe("");
  expect(await tab.content()).not.toContain(token);
  expect(complaints).toEqual([]);
  await context?.close();
});

test("where npm start can start again by itself, it is told so, only when the settings were written", async () => {
  const environment = { TUSHARE_URL: upstream.url, MIRROR_SETTINGS_FILE: file };
  const place = { environment, dataDir: folder, language: "en" as const, restarts: true };
  expect(await setUpFromForm({ ...form, write: false }, place)).toMatchObject({ outcome: "done" });
  expect(await setUpFromForm({ ...form, token: "bad-token-of-somebody" }, place)).toMatchObject({
    outcome: "refused",
  });
  const written = await setUpFromForm(form, place);
  expect(written.outcome).toBe("starts again");
  expect(written.lines.join("\n")).toContain("npm start goes on with your data now");
  expect(written.lines.join("\n")).not.toContain("stop a running npm start first");
});

test.skipIf(missingChromium !== undefined)("the page comes back by itself with one's own data", async () => {
  const options = {
    readerUrl: nowhere,
    databaseUrl: nowhere,
    questionsFile: join(folder, "questions.json"),
    choice: readChoice("core", 200),
  };
  const parts = {
    ...options,
    dispatch: () => Promise.reject(new Error("nothing is dispatched")),
    rates: async () => [],
  };
  const outcome = "starts again" as const;
  const before = await startPage({ ...parts, origin, setUp: async () => ({ outcome, lines: ["written"] }) });
  const tab = await browser?.newPage();
  if (tab === undefined) throw new Error("no browser");
  await tab.goto(before.url, { waitUntil: "domcontentloaded" });
  await tab.getByText("SIMULATED: use your own data").click();
  await tab.evaluate("document.getElementById('setup-write').disabled = false");
  await tab.getByRole("button", { name: "Use my data" }).click();
  await tab.locator("#setup-said").getByText("written").waitFor();
  await before.close();
  const after = await startPage({ ...parts, origin: tushareOrigin, port: Number(new URL(before.url).port) });
  await tab.locator("#setup-form").waitFor({ state: "detached" });
  expect(after.url).toBe(before.url);
  await tab.close();
  await after.close();
});
