// cdk.json, and the file beside it with what was chosen for a stack (shared/catalogue/chosen-context.ts says what that
// is). The app reads them; the command line writes the second one too.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Chosen, chosenFile, readChosen } from "../shared/catalogue/chosen-context.ts";

/** Where cdk.json lies, and what was chosen for each stack. */
export const root = join(import.meta.dirname, "..");

/** What cdk.json says for every stack. */
export function readDefaults(folder = root): Record<string, unknown> {
  const { context = {} } = JSON.parse(readFileSync(join(folder, "cdk.json"), "utf8")) as {
    context?: Record<string, unknown>;
  };
  return context;
}

/** What was found: nothing, a choice, or a file that cannot be read, with the reason. */
export type Found = { readonly chosen?: Chosen; readonly damage?: string };

export function readDeployment(folder: string, stack: string): Found {
  try {
    return { chosen: readChosen(readFileSync(join(folder, chosenFile(stack)), "utf8")) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    return { damage: error instanceof Error ? error.message : String(error) };
  }
}

/** Nobody reads half of it, and nobody else reads the mail address in it. @throws Error of the file system */
export function writeDeployment(folder: string, stack: string, chosen: Chosen): void {
  const file = join(folder, chosenFile(stack));
  writeFileSync(`${file}.new`, `${JSON.stringify(chosen, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeDeployment(folder: string, stack: string): void {
  rmSync(join(folder, chosenFile(stack)), { force: true });
}
