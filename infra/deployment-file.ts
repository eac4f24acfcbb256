// Reads cdk.json, and reads and writes the file beside it with a stack's chosen context (see
// shared/catalogue/chosen-context.ts). Only the command line writes it.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Chosen, chosenFile, readChosen } from "../shared/catalogue/chosen-context.ts";

/** The folder of cdk.json and of the stacks' files. */
export const root = join(import.meta.dirname, "..");

/** The context in cdk.json, for every stack. */
export function readDefaults(folder = root): Record<string, unknown> {
  const { context = {} } = JSON.parse(readFileSync(join(folder, "cdk.json"), "utf8")) as {
    context?: Record<string, unknown>;
  };
  return context;
}

/** The result: nothing, a choice, or the reason why the file cannot be read. */
export type Found = { readonly chosen?: Chosen; readonly damage?: string };

export function readDeployment(folder: string, stack: string): Found {
  try {
    return { chosen: readChosen(readFileSync(join(folder, chosenFile(stack)), "utf8")) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    return { damage: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Writes the file atomically, readable by its owner only, as it holds a mail address. @throws Error of the file system
 */
export function writeDeployment(folder: string, stack: string, chosen: Chosen): void {
  const file = join(folder, chosenFile(stack));
  writeFileSync(`${file}.new`, `${JSON.stringify(chosen, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeDeployment(folder: string, stack: string): void {
  rmSync(join(folder, chosenFile(stack)), { force: true });
}
