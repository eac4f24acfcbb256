// A cache in node_modules/.cache for what takes seconds to make and depends only on the checkout: an empty database
// cluster, a synthesised assembly. Deleting the folder costs only the time to make them again.
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const besideDependencies = join(root, "node_modules", ".cache", "tushare-sync");

const unusedDaysMax = 14;

/**
 * Node's compile cache, which launch.mjs puts in the same folder. It has one file for each path ever loaded, also for
 * bundles in temporary folders, and does not record which are in use. All tests and commands need 2,000 files (23 MB).
 */
const compiled = { name: "compiled", filesMax: 5_000 };

/**
 * The path of what `make` wrote, now or at an earlier start.
 * @param name must include everything the content depends on, as a version or a hash
 * @param make writes a file or a folder to the path it is given
 * @param compiledFilesMax of compiled sources beside it
 * @throws what `make` throws, or the system's error when the folder is not writable
 */
export async function kept(
  name: string,
  make: (path: string) => Promise<void>,
  folder = besideDependencies,
  compiledFilesMax = compiled.filesMax,
): Promise<string> {
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const unfinished = join(folder, `${name}.${randomUUID()}.unfinished`);
    try {
      await make(unfinished);
      renameSync(unfinished, path); // other processes never see a partial result
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(path)) throw error; // otherwise another process was first
    }
    forgetUnused(folder, compiledFilesMax);
  }
  markUsed(path);
  return path;
}

/**
 * A hash of source files, for the name of a cache entry that is made from them.
 * @param patterns globs in the project's folder
 * @param more what else the content depends on
 */
export function hashOfFiles(patterns: readonly string[], more: string): string {
  const hash = createHash("sha256").update(more);
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }));
  for (const { parentPath, name } of files
    .filter((entry) => entry.isFile())
    .sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1))) {
    hash
      .update(`\0${join(parentPath, name).slice(root.length)}\0`)
      .update(readFileSync(join(parentPath, name)));
  }
  return hash.digest("hex").slice(0, 32);
}

function markUsed(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // the folder is read-only or another user's; the entry can still be used
  }
}

/** Removes entries unused for `unusedDaysMax`, and what a killed process left unfinished. */
function forgetUnused(folder: string, compiledFilesMax: number): void {
  const oldest = Date.now() - unusedDaysMax * 24 * 3_600_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    const isTooLarge = name === compiled.name && countFiles(path) > compiledFilesMax;
    if (isTooLarge || (usedAt !== undefined && usedAt < oldest)) remove(path);
  }
}

/** Under another name first, as other processes may write into it. What cannot be removed now is removed another time. */
function remove(path: string): void {
  const aside = `${path}.${randomUUID()}.unfinished`;
  try {
    renameSync(path, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // another process removes it, or it belongs to another user
  }
}

/** Zero when another process removes the folder meanwhile: then it is not too large any more. */
function countFiles(path: string): number {
  try {
    return readdirSync(path, { recursive: true }).length;
  } catch {
    return 0;
  }
}
