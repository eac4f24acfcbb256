// The page of the HTTP API: it agrees with the OpenAPI description and the real responses.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiDocument } from "../docs/api-document.ts";
import { examples } from "../docs/api-examples.ts";
import { routes } from "../shared/api/routes.ts";

const page = readFileSync(new URL("../docs/api.md", import.meta.url), "utf8").replaceAll("\r\n", "\n");

test("the page is what the schemas and the examples' answers give; if not, `npm run docs` writes it again", async () => {
  expect(await apiDocument()).toBe(page);
});

test("every operation has a section with a request and a response, and there are no other such sections", () => {
  const sections = page.split(/^### /m).slice(1);
  expect(sections.map((section) => section.split("\n")[0]).sort()).toEqual(
    routes.map(({ method, at }) => `${method} ${at}`).sort(),
  );
  for (const section of sections) expect(section).toMatch(/```bash\ncurl [^\n]*"\$API\/[\s\S]*```json\n\{/);
  expect(Object.keys(examples).sort()).toEqual(routes.map(({ id }) => id).sort());
});
