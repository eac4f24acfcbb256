// The text of shared/catalogue/dataset-files.ts. A bundler has to see each import, so a program writes them.
import { type DatasetSpec, datasetSets } from "../shared/catalogue/dataset.ts";

export type DatasetFile = { readonly file: string; readonly spec: DatasetSpec };

/** The collection of these files, in the order in which people see them. */
export function datasetFilesText(files: readonly DatasetFile[]): string {
  const inOrder = files.toSorted(
    (a, b) =>
      datasetSets.indexOf(a.spec.set) - datasetSets.indexOf(b.spec.set) ||
      (a.spec.place ?? Infinity) - (b.spec.place ?? Infinity) ||
      (a.file < b.file ? -1 : 1),
  );
  const names = inOrder.map(({ file }) => file.replace(/\.ts$/, ""));
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
