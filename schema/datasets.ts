// npm run datasets: writes shared/catalogue/dataset-files.ts, the collection of the files in shared/catalogue/datasets/.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { withoutRemoved } from "./collection.ts";

const file = new URL("../shared/catalogue/dataset-files.ts", import.meta.url);
const before = readFileSync(file, "utf8");
const there = withoutRemoved(before, (name) => existsSync(new URL(`datasets/${name}`, file)));
if (there !== before) writeFileSync(file, there);

const { checkedDatasetFiles, collection, datasetFilesText } = await import("./dataset-files.ts");
try {
  writeFileSync(collection, datasetFilesText(await checkedDatasetFiles()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
