// npm run datasets: writes shared/catalogue/dataset-files.ts, the collection of the files in shared/catalogue/datasets/.
import { writeFileSync } from "node:fs";
import { collection, datasetFilesText, readDatasetFiles } from "./dataset-files.ts";
import { problemsOf } from "./problems.ts";

const files = await readDatasetFiles();
const problems = problemsOf(files);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else writeFileSync(collection, datasetFilesText(files));
