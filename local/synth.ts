// The CDK app's assembly for this machine. It depends only on the sources and the context, so it is cached by both.
import { spawn } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hashOfFiles, kept } from "./kept.ts";

const root = join(import.meta.dirname, "..");

/** All sources of the template and the bundles. */
const sources = [
  "{infra,functions,shared,migrations}/**/*",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** Validation takes longer than synthesis, and the tests do it. */
const fast = { CDK_VALIDATION: "false" };

/** Writes the assembly into a folder and replaces its contents. @throws Error with the app's output */
export async function synthesise(outDir: string, context: Readonly<Record<string, unknown>>): Promise<void> {
  rmSync(outDir, { recursive: true, force: true });
  const name = `assembly-${hashOfFiles(sources, `${process.version} ${JSON.stringify(context)}`)}`;
  const assembly = await kept(name, (path) => runApp(path, context)).catch((error: unknown) => {
    if (error instanceof Error && "code" in error) return undefined; // the cache cannot be written
    throw error;
  });
  if (assembly === undefined) await runApp(outDir, context);
  else cpSync(assembly, outDir, { recursive: true });
}

/** In its own process: the CDK is large and needed only once. */
async function runApp(outDir: string, context: Readonly<Record<string, unknown>>): Promise<void> {
  const { TUSHARE_TOKEN: _, ...environment } = process.env; // the template has no token
  const child = spawn(process.execPath, [join(root, "infra", "app.ts")], {
    cwd: root,
    env: { ...environment, CDK_OUTDIR: outDir, CDK_CONTEXT_JSON: JSON.stringify(context), ...fast },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = () => child.kill();
  process.on("exit", end); // Ctrl-C does not wait for it
  let said = "";
  const keep = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  }).finally(() => process.off("exit", end));
  if (code !== 0) throw new Error(`the stack could not be synthesised:\n${said}`);
}
