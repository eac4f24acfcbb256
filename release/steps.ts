// The steps of a release check. Each returns what is wrong and what to do, or undefined.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Step = {
  readonly name: string;
  problem(folder: string): string | undefined;
};

const linesShown = 15;

export const steps: readonly Step[] = [
  {
    name: "nothing is uncommitted",
    problem: (folder) => {
      const changed = changedFiles(folder);
      return changed.length === 0 ? undefined : `commit or remove ${shorten(changed)}`;
    },
  },
  {
    name: "CHANGELOG.md has a dated entry of the version, and package-lock.json has the version",
    problem: (folder) => {
      const version = versionIn(folder, "package.json");
      const locked = versionIn(folder, "package-lock.json");
      if (locked !== version) {
        return `package-lock.json is of ${locked}, expected ${version}: run npm install --package-lock-only`;
      }
      return changelogProblem(version, readFileSync(join(folder, "CHANGELOG.md"), "utf8"));
    },
  },
  {
    name: "the version is new",
    problem: (folder) => {
      const tag = `v${versionIn(folder, "package.json")}`;
      const isTaken = run(folder, "git", "tag", "--list", tag).output.trim() !== "";
      return isTaken ? `there is a tag ${tag}: raise the version in package.json` : undefined;
    },
  },
  {
    name: "types, lint and format (npm run check)",
    problem: (folder) => script(folder, "check"),
  },
  {
    name: "the stack synthesises without findings (npm run synth)",
    problem: (folder) => script(folder, "synth"),
  },
  {
    name: "documents and NOTICE are what npm run docs writes",
    problem: (folder) => {
      const before = changedFiles(folder);
      const failure = script(folder, "docs");
      if (failure !== undefined) return failure;
      const written = changedFiles(folder).filter((file) => !before.includes(file));
      return written.length === 0 ? undefined : `it changed ${shorten(written)}: commit them`;
    },
  },
  {
    name: "no resource that holds something is replaced",
    problem: (folder) => script(folder, "test", "--", "test/release.test.ts", "-t", "logical id"),
  },
];

/** @returns what is wrong with the version's heading, or undefined */
export function changelogProblem(version: string, changelog: string): string | undefined {
  const headings = [...changelog.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading.trim());
  const expected = `## ${version} (YYYY-MM-DD)`;
  const [newest] = headings;
  if (newest === undefined) return `CHANGELOG.md has no entry, expected '${expected}'`;
  const [, day] = newest.startsWith(`${version} `) ? (/ \((\d{4}-\d{2}-\d{2})\)$/.exec(newest) ?? []) : [];
  if (day !== undefined && newest === `${version} (${day})`) return undefined;
  return `the first entry of CHANGELOG.md is '## ${newest}', expected '${expected}'`;
}

function changedFiles(folder: string): string[] {
  const { output, status } = run(folder, "git", "status", "--porcelain");
  if (status !== 0) throw new Error(`git status failed in ${folder}: ${output}`);
  return output.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(3)]));
}

function versionIn(folder: string, file: string): string {
  return JSON.parse(readFileSync(join(folder, file), "utf8")).version;
}

/** The end of its output when it fails: tools say there what is wrong. */
function script(folder: string, name: string, ...args: string[]): string | undefined {
  const { output, status } = run(folder, "npm", "run", "--silent", name, ...args);
  if (status === 0) return undefined;
  return `npm run ${name} failed\n${output.trimEnd().split("\n").slice(-linesShown).join("\n")}`;
}

function run(folder: string, command: string, ...args: string[]) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    ...{ cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    shell: process.platform === "win32",
  });
  return { output: `${stdout}${stderr}`, status };
}

function shorten(files: readonly string[]): string {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : "";
  return `${files.slice(0, 5).join(", ")}${more}`;
}
