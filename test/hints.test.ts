// The commands that a start suggests work as printed: while it is running, and after it has stopped. In Chinese no
// suggestion is an English sentence.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOptions } from "../local/options.ts";
import { askCli, runCli } from "./support/cli.ts";
import { type Run, referenceDataDir, startMirror } from "./support/npm-start.ts";

const dataDir = await referenceDataDir(60);
const small = ["--data-dir", dataDir.path, "--stocks", "60"];
const chinese = { LC_ALL: "zh_CN.UTF-8" };
afterAll(() => dataDir.remove());

/** Three lower-case words in a row count as English; names and commands do not match. */
const english = /\b[a-z]+ [a-z]+ [a-z]+\b/;

function hintsIn(output: string): string[][] {
  return [...output.matchAll(/^ {2}(np[mx] .+?) {5}/gm)].map(([, command = ""]) => command.split(" "));
}

describe("while it is up", () => {
  let run: Run;
  beforeAll(async () => {
    run = startMirror([...small, "--job", "REFERENCE"], chinese);
    await run.printed("仍在运行");
  });
  afterAll(async () => {
    run.signal("SIGINT");
    expect((await run.ended).output).toContain("已停止。数据保留在");
  });

  test("it speaks Chinese", () => {
    const lines = run.output().split("\n");
    const commands = /^ *(psql|aws|curl|AWS_|npx) /;
    expect(lines.filter((line) => english.test(line) && !commands.test(line))).toEqual([]);
  });

  test("every hint is a command that works then", async () => {
    const hints = hintsIn(run.output());
    expect(hints.length).toBeGreaterThan(4);
    for (const [at, [npx, name, ...args]] of hints.entries()) {
      const { code, error } = await (at === 0 ? runCli(args) : askCli(args)); // one as it is typed
      expect([npx, name, ...args, code, code === 0 ? "" : error]).toEqual([
        "npx",
        "tushare-sync",
        ...args,
        0,
        "",
      ]);
    }
  });
});

test("after --once every suggested command is for the same mirror, and starts it again", async () => {
  const first = await startMirror([...small, "--job", "REFERENCE", "--once"]).ended;
  expect(first.code).toBe(0);
  const hints = hintsIn(first.output);
  expect(hints.length).toBeGreaterThan(4);
  for (const [npm, start, hyphens, ...args] of hints) {
    expect([npm, start, hyphens]).toEqual(["npm", "start", "--"]);
    expect(readOptions(args)).toMatchObject({
      dataDir: dataDir.path,
      stocks: 60,
      faults: [],
      discard: false,
    });
  }
  const last = hints.at(-1)?.slice(3) ?? [];
  const { code, output } = await startMirror([...last, "--once"]).ended;
  expect([...last, code, code === 0 ? "" : output]).toEqual([...last, 0, ""]);
}, 240_000);
