// What takes seconds to make and follows from the checkout alone is made once and kept beside the dependencies: an empty
// database cluster, a synthesised assembly. Whoever deletes the folder loses nothing but those seconds.
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
 * Node's compiled sources, which launch.mjs has kept beside the rest: one for each path that was ever loaded, also of
 * bundles in temporary folders, and nothing says which was used. All tests and commands fill 2,000 files (23 MB).
 */
const compiled = { name: "compiled", filesMax: 5_000 } as const;

/**
 * The path of what `make` wrote, now or at an earlier start.
 * @param name all that the content follows from must be in it, as a version or a hash
 * @param make writes a file or a folder to the path it is given
 * @throws what `make` throws, or the system's error when nothing can be written there
 */
export async function kept(
  name: string,
  make: (path: string) => Promise<void>,
  folder = besideDependencies,
): Promise<string> {
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const unfinished = join(folder, `${name}.${randomUUID()}.unfinished`);
    try {
      await make(unfinished);
      renameSync(unfinished, path); // nobody finds half of it
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(path)) throw error; // else another process was first
    }
    forgetUnused(folder);
  }
  markUsed(path);
  return path;
}

/**
 * What a kept thing's name says of the files it is made from.
 * @param patterns globs in the project's folder
 * @param more what else its content follows from
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
    // a folder that is read-only, or another user's: what is there is as good
  }
}

/** Also what a killed process left unfinished. */
function forgetUnused(folder: string): void {
  const oldest = Date.now() - unusedDaysMax * 24 * 3_600_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    const isTooLarge =
      name === compiled.name && readdirSync(path, { recursive: true }).length > compiled.filesMax;
    if (isTooLarge || (usedAt !== undefined && usedAt < oldest))
      rmSync(path, { recursive: true, force: true });
  }
}
