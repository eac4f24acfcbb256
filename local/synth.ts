// Synthesises the CDK app into a folder, in a process of its own: the library is large and needed only once.
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The template's own validation takes longer than making it, and the tests have it. */
const fast = { CDK_VALIDATION: "false" };

/** @throws Error with what the app printed */
export async function synthesise(outDir: string, context: Readonly<Record<string, unknown>>): Promise<void> {
  const child = spawn(process.execPath, [join(root, "infra", "app.ts")], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: outDir, CDK_CONTEXT_JSON: JSON.stringify(context), ...fast },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const keep = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
  if (code !== 0) throw new Error(`the stack could not be synthesised:\n${said}`);
}
