// The launcher installs what is missing, and nothing that others use.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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

test("it starts a program again that asks for it, and no other", () => {
  const checkout = mkdtempSync(join(tmpdir(), "launch-"));
  onTestFinished(() => rmSync(checkout, { recursive: true }));
  for (const folder of ["local", "node_modules/node/bin"])
    mkdirSync(join(checkout, folder), { recursive: true });
  copyFileSync(join(import.meta.dirname, "..", "local", "launch.mjs"), join(checkout, "local", "launch.mjs"));
  writeFileSync(join(checkout, "package-lock.json"), "{}");
  symlinkSync(process.execPath, join(checkout, "node_modules", "node", "bin", "node"));
  writeFileSync(join(checkout, "node_modules", ".package-lock.json"), "{}");
  const program = `import { appendFileSync, readFileSync } from "node:fs";
    appendFileSync("starts.txt", process.argv[2]);
    process.exit(readFileSync("starts.txt", "utf8").length < 3 ? 75 : 7);`;
  writeFileSync(join(checkout, "local", "asks.ts"), program);
  const { status } = spawnSync(
    process.execPath,
    [join(checkout, "local", "launch.mjs"), "local/asks.ts", "x"],
    {
      timeout: 60_000,
    },
  );
  expect([status, readFileSync(join(checkout, "starts.txt"), "utf8")]).toEqual([7, "xxx"]);
});
