// Writes the documents made from the catalogues: docs/datasets.md, docs/datasets.zh.md, and the tables of the two
// READMEs.
import { readFileSync, writeFileSync } from "node:fs";
import { words } from "../shared/catalogue/dataset-files.ts";
import { datasetPage, withTables } from "./dataset-document.ts";

for (const [language, readme, page] of [
  ["en", "README.md", "datasets.md"],
  ["zh", "README.zh.md", "datasets.zh.md"],
] as const) {
  const file = new URL(`../${readme}`, import.meta.url);
  writeFileSync(file, withTables(readFileSync(file, "utf8"), language));
  writeFileSync(new URL(page, import.meta.url), datasetPage(language, words));
}
