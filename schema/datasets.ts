// npm run datasets: writes shared/catalogue/dataset-files.ts, the collection of the files in shared/catalogue/datasets/.
import { writeFileSync } from "node:fs";
import { checkedDatasetFiles, collection, datasetFilesText } from "./dataset-files.ts";

try {
  writeFileSync(collection, datasetFilesText(await checkedDatasetFiles()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
