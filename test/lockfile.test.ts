// The lockfile works on every platform: npm records only packages its registry has, and npm ci fails if one is missing.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Lock = { packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }> };

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as Lock;

test("every optional dependency of every locked package is locked too", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(name, path)),
  );
  expect(missing).toEqual([]);
});

test("dependencies are pinned to exact versions", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

/** Looks a package up as Node does: next to its dependent, then in each parent folder. */
function isLocked(name: string, user: string): boolean {
  const folders = user
    .split("node_modules/")
    .map((_, at, parts) => parts.slice(0, at + 1).join("node_modules/"));
  return folders.some(
    (folder) => lock.packages[`${folder}${folder && "/"}node_modules/${name}`.replace("//", "/")],
  );
}
