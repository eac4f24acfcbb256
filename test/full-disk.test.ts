// A full disk ends a run with one sentence and its own exit code; a later start continues from what is stored.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Kept, makeScheduleFile } from "../local/aws/schedule-file.ts";
import { makeLogFile } from "../local/log-file.ts";
import { quick, referenceDataDir, startMirror } from "./support/npm-start.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "full-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A Linux device that fails every write with ENOSPC, like a full disk. */
const fullDevice = "/dev/full";
const whyNoFullDevice = existsSync(fullDevice) ? undefined : `there is no ${fullDevice} on this system`;

/** A mount that only the command sees; needs a system that allows it to ordinary users. */
const inNamespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"] as const;
const [unshare, ...unshareArgs] = inNamespace;
const mounted = "mkdir disk && mount -t tmpfs -o size=$SIZE tmpfs disk";
const tried = mkdtempSync(join(tmpdir(), "full-disk-"));
const mountTried = spawnSync(unshare, [...unshareArgs, mounted], {
  cwd: tried,
  env: { ...process.env, SIZE: "1m" },
});
rmSync(tried, { recursive: true, force: true });
const whyNoMount = mountTried.status === 0 ? undefined : "this system lets its users mount nothing";

const small = ["--stocks", "60", "--from", "20260901", "--to", "20260911", "--once", "--json"];

test("a run goes on while its log cannot be written, says so once, and completes", async ({ skip }) => {
  skip(whyNoFullDevice !== undefined, whyNoFullDevice);
  const { path: folder, remove } = await referenceDataDir(60);
  onTestFinished(remove);
  rmSync(join(folder, "logs", "functions.log"));
  symlinkSync(fullDevice, join(folder, "logs", "functions.log"));
  const { code, output, json } = await startMirror([...small, "--data-dir", folder]).ended;
  expect(
    output.match(/functions\.log cannot be written \(ENOSPC\); the run continues without it/g),
  ).toHaveLength(1);
  expect(json.status).toBe("COMPLETED");
  expect(code).toBe(0);
});

test("a missing log folder is reported once, and the log is written again when the folder is back", () => {
  const folder = temporaryFolder();
  const told: string[] = [];
  const log = makeLogFile(join(folder, "logs", "functions.log"), (text) => told.push(text));
  log("one");
  log("two");
  expect(told).toEqual([expect.stringContaining("cannot be written (ENOENT)")]);
  mkdirSync(join(folder, "logs"));
  log("three");
  rmSync(join(folder, "logs"), { recursive: true });
  log("four");
  expect(told).toHaveLength(2);
});

test("a schedule stored after another one failed for lack of space is kept", ({ skip }) => {
  skip(whyNoFullDevice !== undefined, whyNoFullDevice);
  const file = join(temporaryFolder(), "schedules.jsonl");
  symlinkSync(fullDevice, file);
  const schedules = makeScheduleFile(file);
  const named = (Name: string) => ({ put: { GroupName: "default", Name } }) as Kept;
  expect(() => schedules.put(named("lost"))).toThrow("ENOSPC");
  rmSync(file);
  schedules.put(named("kept"));
  expect(schedules.read()).toEqual([named("kept")]);
});

test("a full disk ends a run with code 5 and one sentence, and with more space the next start completes it", async ({
  skip,
}) => {
  skip(whyNoMount !== undefined, whyNoMount);
  const folder = temporaryFolder();
  const start = `npm start --silent -- --stocks 600 --from 20260901 --to 20261020 --once --json --data-dir "$PLACE/disk/data"`;
  const again = start.replace("npm start --silent --", `"${process.execPath}" --liftoff-only local/main.ts`);
  const script = `cd "$PLACE" && ${mounted} && cd "$PROJECT"
${start} > "$PLACE/first.out" 2> "$PLACE/first.error"; echo "first $?"
${again} > "$PLACE/full.out" 2> "$PLACE/full.error"; echo "full $?"
cat "$PLACE/first.error" "$PLACE/full.error"
mount -o remount,size=400m "$PLACE/disk"
${again} | tail -1; echo "then $?"`;
  const child = spawn(unshare, [...unshareArgs, script], {
    env: {
      ...process.env,
      ...{ PLACE: folder, PROJECT: join(import.meta.dirname, ".."), SIZE: "40m" },
      ...quick,
    },
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.on("close", resolve));
  expect(said).toContain("first 5\n");
  expect(said).toContain("full 5\n");
  const sentences = said.match(
    /^no space left in .*\/disk\/data: free some and start again, what is stored stays$/gm,
  );
  expect(sentences).toHaveLength(2);
  expect(said).toMatch(/"status":"COMPLETED",.*"units":30,.*"rows":18200/);
}, 180_000);
