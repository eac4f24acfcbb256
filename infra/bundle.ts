// How a function becomes one file, and which files are in it.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";

const root = join(import.meta.dirname, "..");

const options: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  minify: true,
  keepNames: true, // so that a stack trace still says where
  charset: "utf8",
  legalComments: "none", // NOTICE has the licences
  logLevel: "error",
  alias: {
    // Lambda gives credentials in the environment; the default chain would double the bundle.
    "@aws-sdk/credential-provider-node": join(root, "functions", "env-credentials.ts"),
    "@smithy/core/event-streams": join(root, "functions", "no-event-streams.ts"),
  },
  banner: {
    // Some dependencies are CommonJS and call require() for Node's modules, which an ESM bundle does not have.
    js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
  },
};

/** Bundles the function's file in functions/, named without its ending. */
export function bundleInto(outputDir: string, entry: string): void {
  buildSync({
    ...options,
    entryPoints: [join(root, "functions", `${entry}.ts`)],
    outfile: join(outputDir, "index.mjs"),
  });
}

/** The files that all functions' bundles are made of, by esbuild's account; nothing is written. */
export function bundledFiles(): string[] {
  const entryPoints = entries().map((entry) => join(root, "functions", `${entry}.ts`));
  const { metafile } = buildSync({ ...options, entryPoints, outdir: "out", write: false, metafile: true });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  // Without those that were read and then left out whole.
  return [
    ...new Set(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))),
  ].sort();
}

/** The files in functions/ that Lambda loads, without their ending. */
export function entries(): string[] {
  const files = globSync("functions/*.ts", { cwd: root }).sort();
  return files
    .filter((file) => /^export const handler\b/m.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replace(/^functions[\\/](.+)\.ts$/, "$1"));
}
