// axe-core's rules, run in a page of the browser: WCAG 2 at A and AA, and its own best practice.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export type Findings = {
  /** Rules that had something to judge. */
  readonly rules: ReadonlySet<string>;
  /** The rule, where it is broken, and why. */
  readonly violations: readonly string[];
};

/** Judges what is seen of one part of the page. @param only the rules to run; all if absent */
export async function runAxe(page: Page, part = "html", only?: readonly string[]): Promise<Findings> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(source);
  const runOnly = only === undefined ? { type: "tag", values: tags } : { type: "rule", values: only };
  const options = { runOnly, resultTypes: ["violations"] } as RunOptions;
  const { violations, passes } = await page.evaluate<AxeResults>(
    `axe.run(${JSON.stringify(part)}, ${JSON.stringify(options)})`,
  );
  return {
    rules: new Set([...violations, ...passes].map(({ id }) => id)),
    violations: violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, html, failureSummary = "" }) =>
          `${id} at ${target.join(" ")} (${html.slice(0, 80)}): ${failureSummary.replaceAll(/\s+/g, " ")}`,
      ),
    ),
  };
}
