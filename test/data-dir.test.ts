// One data directory has one holder, also with many starts at once and however the holder before ended.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { takeDataDir } from "../local/data-dir.ts";
import type { Race, Raced } from "./support/data-dir-contender.ts";

const rounds = 60;
const killedRounds = 10; // each starts a process
const contendersAtOnce = 4;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "data-dir-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startContender(): Promise<ChildProcess> {
  const child = fork(new URL("./support/data-dir-contender.ts", import.meta.url), { execArgv: [] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** All try to take the directory in one millisecond; returns the holder and the refusals of the others. */
async function race(path: string, contenders: readonly ChildProcess[]) {
  const message: Race = { path, atMilliseconds: Date.now() + 10 };
  const answers = await Promise.all(
    contenders.map(async (child) => {
      const answer = once(child, "message") as Promise<[Raced]>;
      child.send(message);
      return { child, raced: (await answer)[0] };
    }),
  );
  return {
    holders: answers.filter(({ raced }) => "held" in raced).map(({ child }) => child),
    refusals: answers.flatMap(({ raced }) => ("refusal" in raced ? [raced.refusal] : [])),
  };
}

test(`of ${contendersAtOnce} starts on a fresh folder exactly one holds it, ${rounds} times over`, async () => {
  const folder = temporaryFolder();
  const contenders = await Promise.all(Array.from({ length: contendersAtOnce }, startContender));
  const holders: number[] = [];
  for (let round = 0; round < rounds; round++) {
    holders.push((await race(join(folder, String(round)), contenders)).holders.length);
  }
  expect(holders).toEqual(Array.from({ length: rounds }, () => 1));
});

test.each([
  ["whose holder was killed", () => undefined],
  ["with half a holder file", (folder: string) => writeFileSync(join(folder, "holder.json"), '{"pid":1')],
])(
  `of ${contendersAtOnce} starts on a folder %s exactly one holds it, ${killedRounds} times over`,
  async (_, spoil) => {
    const folder = temporaryFolder();
    let contenders = await Promise.all(Array.from({ length: contendersAtOnce }, startContender));
    const seen: { holders: number; named: boolean }[] = [];
    for (let round = 0; round < killedRounds; round++) {
      const { holders, refusals } = await race(folder, contenders);
      const named = refusals.every((text) =>
        text.includes(`in use by process ${holders[0]?.pid}, started 2`),
      );
      seen.push({ holders: holders.length, named });
      await Promise.all(holders.map(kill));
      spoil(folder);
      const replacements = await Promise.all(holders.map(startContender));
      contenders = [...contenders.filter((child) => !holders.includes(child)), ...replacements];
    }
    expect(seen).toEqual(Array.from({ length: killedRounds }, () => ({ holders: 1, named: true })));
  },
  60_000,
);

test("a stopped holder keeps its folder, and the refusal names its process and start", async () => {
  const folder = temporaryFolder();
  const holder = await startContender();
  await race(folder, [holder]);
  holder.kill("SIGSTOP");
  await expect(takeDataDir(folder)).rejects.toThrow(
    new RegExp(`in use by process ${holder.pid}, started 20.* choose another with --data-dir`),
  );
});

test("a folder that was given back can be taken again, also by the same process", async () => {
  const folder = temporaryFolder();
  const first = await takeDataDir(folder);
  await expect(takeDataDir(folder)).rejects.toThrow(`in use by process ${process.pid}`);
  first.release();
  (await takeDataDir(folder)).release();
});

test("a folder that cannot be made is refused in one sentence", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "below"));
  writeFileSync(join(folder, "below", "file"), "");
  await expect(takeDataDir(join(folder, "below", "file", "data"))).rejects.toThrow(
    /^the data directory .* cannot be used \(it is not a folder\): choose another with --data-dir$/,
  );
});
