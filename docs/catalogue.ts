// Writes the documents made from the catalogues: docs/datasets.md, docs/datasets.zh.md, and the tables of other pages.
import { readFileSync, writeFileSync } from "node:fs";
import { words } from "../shared/catalogue/dataset-files.ts";
import { datasetPage, pagesWithTables, withTables } from "./dataset-document.ts";

for (const [language, page] of [
  ["en", "datasets.md"],
  ["zh", "datasets.zh.md"],
] as const) {
  for (const name of pagesWithTables[language]) {
    const file = new URL(`../${name}`, import.meta.url);
    writeFileSync(file, withTables(readFileSync(file, "utf8"), language));
  }
  writeFileSync(new URL(page, import.meta.url), datasetPage(language, words));
}
