// The page at /docs: all of the description, in one document that needs nothing from elsewhere.
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderDocs } from "../shared/api/docs-page.ts";
import { describeApi } from "../shared/api/openapi.ts";
import type { Description } from "../shared/api/openapi-shape.ts";
import { routes } from "../shared/api/routes.ts";
import { ask } from "./support/ask-api.ts";
import { runAxe } from "./support/axe.ts";
import { missingChromium, openChromium, phone } from "./support/chromium.ts";
import { makeMarket } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const description = describeApi(routes) as unknown as Description;
const page = renderDocs(description);

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  await world.reset();
  await world.insert("stock_daily", makeMarket().daily);
});
afterAll(() => world?.close());

test("every operation, field and schema of the description is on it", () => {
  for (const { id, at, path = {}, query = {}, body = {} } of routes) {
    const section = page.split(`<section class="card" id="${id}"`)[1]?.split("</section>")[0] ?? "";
    expect(section).toContain(`<code>${at}</code>`);
    for (const name of Object.keys({ ...path, ...query, ...body }))
      expect(section, `${id} ${name}`).toContain(`<code>${name}</code>`);
  }
  for (const name of Object.keys(description.components.schemas))
    expect(page).toContain(`id="schema-${name}"`);
});

test("each id is there once, and each link leads to one or to the API", () => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id = ""]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, to = ""]) => to);
  expect(links.length).toBeGreaterThan(100);
  for (const to of links)
    expect(to.startsWith("#") ? ids.includes(to.slice(1)) : to.startsWith("/"), to).toBe(true);
});

test("it has no script, and asks no other place for anything", () => {
  expect(page).not.toMatch(/<script|<img|<link|@import|url\(|https?:\/\/|\son\w+=/i);
});

test("what is written in a description is text, not markup", () => {
  const odd = structuredClone(description) as { info: { description: string } };
  odd.info.description = "<script>alert(1)</script> `a<b`";
  expect(renderDocs(odd as Description)).toContain(
    "&lt;script&gt;alert(1)&lt;/script&gt; <code>a&lt;b</code>",
  );
});

test("every link to try is answered by a filled mirror", async () => {
  const services = { ...world.services, dispatcher: { start: async () => {} } };
  const links = [...page.matchAll(/<a href="(\/[^"]*)">Try it/g)].map(([, to = ""]) => to);
  expect(links.length).toBeGreaterThan(12);
  const statuses = await Promise.all(
    links.map(async (to) => `${(await ask(services, `GET ${to.replaceAll("&amp;", "&")}`)).status} ${to}`),
  );
  // A small market has not all of it: what it lacks is a 404 with a reason, never a refused field.
  expect(statuses.filter((each) => !/^(200|404) /.test(each))).toEqual([]);
  expect(statuses.filter((each) => each.startsWith("404")).length).toBeLessThanOrEqual(3);
});

test.skipIf(missingChromium !== undefined)("it breaks no rule of accessibility, light or dark", async () => {
  const browser = await openChromium();
  const tab = await browser.newPage({ ...phone, reducedMotion: "reduce" });
  const some = describeApi(routes.filter((_, at) => at % 5 === 0)); // all look alike, and axe takes five seconds for all
  await tab.setContent(renderDocs(some as unknown as Description));
  const { rules, violations } = await runAxe(tab);
  await tab.emulateMedia({ colorScheme: "dark" });
  const dark = await runAxe(tab, "nav, #listJobs, #schemas", ["color-contrast"]);
  await browser.close();
  console.info(`axe on /docs: ${violations.length} violations of ${rules.size} rules`);
  expect([...violations, ...dark.violations]).toEqual([]);
});
