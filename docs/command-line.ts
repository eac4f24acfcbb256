// Writes the documents made from the command line's code: docs/cli.md and docs/cost.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentCommandLine, documentCost } from "./command-line-document.ts";

for (const [name, text] of Object.entries({
  "cli.md": await documentCommandLine(),
  "cost.md": documentCost(),
})) {
  writeFileSync(join(import.meta.dirname, name), text);
  console.log(`docs/${name} written`);
}
