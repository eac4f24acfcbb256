// The files of shared/catalogue/datasets/, and the text of shared/catalogue/dataset-files.ts, which collects them. The
// text is generated because a bundler needs a static import of each.
import { readdirSync } from "node:fs";
import { datasetSets } from "../shared/catalogue/dataset.ts";
import { problemsOf } from "./problems.ts";
import type { DatasetFile } from "./tables.ts";

const folder = new URL("../shared/catalogue/datasets/", import.meta.url);

export const collection = new URL("../dataset-files.ts", folder);

/**
 * Every file, in no order. The exports are not checked: problemsOf does that. @throws Error naming a file that cannot
 * be run
 */
export async function readDatasetFiles(from = folder): Promise<DatasetFile[]> {
  const files = readdirSync(from).filter((file) => file.endsWith(".ts"));
  return await Promise.all(
    files.map(async (file): Promise<DatasetFile> => {
      try {
        const { spec, words, checks } = await import(new URL(file, from).href);
        return { file, spec, words, checks };
      } catch (error) {
        throw new Error(`shared/catalogue/datasets/${file}: ${String(error)}`, { cause: error });
      }
    }),
  );
}

/** Every file, in display order. @throws Error with a line for each problem in a file */
export async function checkedDatasetFiles(): Promise<DatasetFile[]> {
  const files = await readDatasetFiles();
  const problems = problemsOf(files);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return inOrder(files);
}

/** Sorts the files into display order. */
export function inOrder(files: readonly DatasetFile[]): DatasetFile[] {
  return files.toSorted(
    (a, b) =>
      datasetSets.indexOf(a.spec.set) - datasetSets.indexOf(b.spec.set) ||
      (a.spec.place ?? Infinity) - (b.spec.place ?? Infinity) ||
      (a.file < b.file ? -1 : 1),
  );
}

/** The text of the module that collects these files. */
export function datasetFilesText(files: readonly DatasetFile[]): string {
  const names = inOrder(files).map(({ file }) => file.replace(/\.ts$/, ""));
  const entries = (what: string) =>
    names.map((name) => `  ${name.replaceAll("-", "_")}: ${camel(name)}.${what},\n`).join("");
  return `// Made by \`npm run datasets\` from the files in datasets/: their collection, in the order in which people see them.
import type { DatasetSpec, DatasetWords } from "./dataset.ts";
${names
  .toSorted()
  .map((name) => `import * as ${camel(name)} from "./datasets/${name}.ts";\n`)
  .join("")}
export const specs = {
${entries("spec")}} as const satisfies Readonly<Record<string, DatasetSpec>>;

export const words: Readonly<Record<keyof typeof specs, DatasetWords>> = {
${entries("words")}};
`;
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
