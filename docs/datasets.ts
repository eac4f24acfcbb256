// Writes shared/catalogue/dataset-files.ts: the collection of the files in shared/catalogue/datasets/.
import { readdirSync, writeFileSync } from "node:fs";
import { type DatasetFile, datasetFilesText } from "./dataset-files.ts";

const folder = new URL("../shared/catalogue/datasets/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
const found = await Promise.all(
  files.map(
    async (file): Promise<DatasetFile> => ({ file, spec: (await import(new URL(file, folder).href)).spec }),
  ),
);
writeFileSync(new URL("../dataset-files.ts", folder), datasetFilesText(found));
