// Files kept between starts are made once, are always complete, and never block a start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { kept } from "../local/kept.ts";

const folder = mkdtempSync(join(tmpdir(), "kept-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string) => async (path: string) => writeFileSync(path, text);

test("an entry is made once, and found by its name afterwards", async () => {
  const made = await kept("thing-1", write("first"), folder);
  expect(readFileSync(made, "utf8")).toBe("first");
  const found = await kept("thing-1", write("second"), folder);
  expect(readFileSync(found, "utf8")).toBe("first");
});

test("an entry that could not be finished leaves no files, and the next caller makes it", async () => {
  const half = async (path: string) => {
    writeFileSync(path, "half");
    throw new Error("interrupted");
  };
  await expect(kept("thing-2", half, folder)).rejects.toThrow("interrupted");
  expect(readdirSync(folder).filter((name) => name.startsWith("thing-2"))).toEqual([]);
  expect(readFileSync(await kept("thing-2", write("whole"), folder), "utf8")).toBe("whole");
});

test("two callers who make the same entry at once both get a complete one", async () => {
  const paths = await Promise.all(["a", "b"].map((text) => kept("thing-3", write(text), folder)));
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(paths[0] ?? "", "utf8")).toMatch(/^[ab]$/);
});

test("an entry not used for two weeks is deleted when a new one is made", async () => {
  const old = await kept("thing-4", write("old"), folder);
  const before = new Date(Date.now() - 15 * 24 * 3_600_000);
  utimesSync(old, before, before);
  await kept("thing-5", write("new"), folder);
  expect(existsSync(old)).toBe(false);
});

test("compiled sources are deleted only when there are too many", async () => {
  const sources = join(folder, "compiled", "v24");
  const compile = (count: number) => {
    for (let file = 0; file < count; file += 1) writeFileSync(join(sources, String(file)), "");
  };
  mkdirSync(sources, { recursive: true });
  const filesMax = 50; // and the folder of the version counts
  compile(filesMax - 1);
  await kept("thing-7", write("new"), folder, filesMax);
  expect(readdirSync(sources)).toHaveLength(filesMax - 1);
  compile(filesMax);
  await kept("thing-8", write("new"), folder, filesMax);
  expect(existsSync(sources)).toBe(false);
});

test("compiled sources that other processes write at that moment are deleted all the same", async () => {
  const writes = `const { mkdirSync, writeFileSync } = require("node:fs");
for (let at = 0; ; at += 1) {
  try {
    mkdirSync(process.argv[1] + "/compiled/" + (at % 50), { recursive: true });
    writeFileSync(process.argv[1] + "/compiled/" + (at % 50) + "/" + at, "");
  } catch {}
}`;
  const busy = mkdtempSync(join(folder, "busy-"));
  const writer = spawn(process.execPath, ["-e", writes, busy], { stdio: "ignore" });
  try {
    await vi.waitUntil(() => existsSync(join(busy, "compiled", "49")), { timeout: 20_000 });
    for (let at = 0; at < 10; at += 1) await kept(`thing-${at}`, write("x"), busy, 0);
    expect(readdirSync(busy)).toContain("thing-9");
  } finally {
    writer.kill("SIGKILL");
    await once(writer, "exit");
  }
});

test("a folder that cannot be written is reported to the caller", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  await expect(kept("thing-6", write("x"), file)).rejects.toMatchObject({ code: "EEXIST" });
});
