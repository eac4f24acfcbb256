// The launcher installs what is missing, and nothing that others use.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

test.each([
  ["another checkout's, which stays as it is", true],
  ["a folder that is gone", false],
])("it does not install through a link to %s", (_where, exists) => {
  const folder = mkdtempSync(join(tmpdir(), "launch-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [checkout, other] = [join(folder, "checkout"), join(folder, "other")];
  mkdirSync(join(checkout, "local"), { recursive: true });
  copyFileSync(join(import.meta.dirname, "..", "local", "launch.mjs"), join(checkout, "local", "launch.mjs"));
  writeFileSync(join(checkout, "package-lock.json"), "{}");
  symlinkSync(other, join(checkout, "node_modules"));
  if (exists) {
    mkdirSync(other);
    writeFileSync(join(other, "theirs.txt"), "");
  }
  // Without a PATH there is no npm that could be started.
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, "local", "launch.mjs"), "vitest"], {
    encoding: "utf8",
    env: { PATH: "" },
  });
  expect(stderr).toContain(`node_modules is a link to ${exists ? other : "a folder that is not there"}`);
  expect(stderr).toContain("remove the link");
  expect(status).toBe(1);
  expect(exists ? readdirSync(other) : []).toEqual(exists ? ["theirs.txt"] : []);
});
