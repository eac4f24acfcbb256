// `npm run release-check`: what a maintainer runs before tagging a release. Runs every step, also after one that fails, prints
// each with its verdict, and exits with 1 when one failed. The tests are not among them: the workflow of a tag runs all.
import { join } from "node:path";
import { steps } from "./steps.ts";

const folder = process.argv[2] ?? join(import.meta.dirname, "..");

let failed = 0;
for (const { name, problem } of steps) {
  const found = await problem(folder);
  console.log(found === undefined ? `ok      ${name}` : `FAILED  ${name}: ${found}`);
  if (found !== undefined) failed += 1;
}
console.log(
  failed === 0 ? "Ready: tag it, and push the tag." : `Not ready: ${failed} of ${steps.length} steps failed.`,
);
process.exitCode = failed === 0 ? 0 : 1;
