// What a person at a terminal is owed by every command: completion, a sign of life, times in one zone, an end by Ctrl-C.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { allCommands } from "../cli/commands.ts";
import { suggestedWords } from "../cli/completion.ts";
import { openExportFile } from "../cli/export-file.ts";
import { shanghaiClock } from "../cli/follow.ts";
import { en } from "../cli/messages/en.ts";
import { makeOutput } from "../cli/output.ts";
import { encodeOrigin, simulatedOrigin } from "../shared/catalogue/origin.ts";
import { askCli } from "./support/cli.ts";

describe("completion", () => {
  test("in fish asks with the word at the cursor, also when that is empty", async () => {
    const { code, out } = await askCli(["completion"], { SHELL: "/usr/bin/fish" });
    expect(code).toBe(0);
    expect(out).toContain(
      "complete -c tushare-sync -f -a '(tushare-sync --get-yargs-completions tushare-sync (commandline -opc)[2..-1] (commandline -ct))'",
    );
  });

  test("knows the jobs and sets of commands that take other words too", async () => {
    const commands = await allCommands(en);
    expect(suggestedWords(commands, ["pause", "ETF"])).toEqual([
      "ETF_LIST",
      "ETF_HISTORY",
      "ETF_INCREMENTAL",
    ]);
    expect(suggestedWords(commands, ["plan", "fin"])).toContain("finance");
    expect(suggestedWords(commands, ["plan", "DAILY_HISTORY", "DAILY"])).toEqual([]);
    expect(suggestedWords(commands, ["doctor", ""])).toEqual([]);
  });
});

describe("an answer that takes longer than a second", () => {
  afterEach(() => vi.useRealTimers());

  function terminal(isTTY: boolean, json = false) {
    const shown: string[] = [];
    const stream = () =>
      Object.assign(new Writable({ write: (chunk, _, done) => done(void shown.push(String(chunk))) }), {
        isTTY,
      });
    return { shown, output: makeOutput({ out: stream(), error: stream() }, json) };
  }
  const say = (seconds: number) => `waiting ${seconds}`;

  test("is waited for with a line that goes before the answer is written", () => {
    vi.useFakeTimers();
    const { shown, output } = terminal(true);
    output.wait(say);
    expect(shown).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(shown.join("")).toBe("\r\u001b[2Kwaiting 1\r\u001b[2Kwaiting 2");
    output.note("beside");
    vi.advanceTimersByTime(1_000);
    output.line("the answer");
    vi.advanceTimersByTime(9_000);
    expect(shown.slice(2).join("")).toBe("\r\u001b[2Kbeside\n\r\u001b[2Kwaiting 3\r\u001b[2Kthe answer\n");
  });

  test.each([
    [false, false],
    [true, true],
  ])("on a terminal: %s, with --json: %s, nothing is drawn", (isTTY, json) => {
    vi.useFakeTimers();
    const { shown, output } = terminal(isTTY, json);
    output.wait(say);
    vi.advanceTimersByTime(5_000);
    expect(shown).toEqual([]);
  });
});

test("times are Shanghai's wherever the machine is, with the date when it is another day there", () => {
  const now = new Date("2026-11-23T15:00:00Z"); // 23:00 in Shanghai
  expect(shanghaiClock("2026-11-23T09:30:00Z", now)).toBe("17:30");
  expect(shanghaiClock("2026-11-23T16:30:00Z", now)).toBe("2026-11-24 00:30");
});

test("an export that is ended before its file is whole leaves none, and a whole one stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-terminal-"));
  const open = (name: string) =>
    openExportFile(join(folder, name), "csv", [{ name: "a", type: "text", nullable: true }], {
      ...{ numbers: "double", origin: simulatedOrigin({ seed: 1, stocks: 60 }) },
    });
  const before = process.listeners("exit");
  const whole = open("whole.csv");
  await whole.write("1\r\n");
  await whole.finish();
  const half = open("half.csv");
  await half.write("1\r\n");
  const atExit = process.listeners("exit").filter((listener) => !before.includes(listener));
  for (const listener of atExit) listener(130);
  expect(readdirSync(folder)).toEqual(["whole.csv"]);
  half.discard();
  expect(process.listeners("exit")).toEqual(before);
  rmSync(folder, { recursive: true });
});

describe("a stack that does not answer", () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-terminal-"));
  let server: Server;
  beforeAll(async () => {
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const outputs = {
      ...{
        MirrorOrigin: encodeOrigin(simulatedOrigin({ seed: 1, stocks: 60 })),
        DispatcherName: "Dispatcher",
      },
      ...{ DatabaseArn: "a", DatabaseReaderSecretArn: "b", DatabaseName: "c" },
    };
    const running = {
      pid: process.pid,
      endpoint: url,
      apiUrl: url,
      databaseUrl: url,
      readerUrl: url,
      outputs,
    };
    writeFileSync(join(folder, "running.json"), JSON.stringify(running));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["its API", ["status"]],
    ["its dispatcher", ["plan", "DAILY_HISTORY"]],
    ["its database", ["query", "select 1"]],
  ])("is left within a second of Ctrl-C: %s", async (_, line) => {
    const bin = join(import.meta.dirname, "..", "bin", "tushare-sync.mjs");
    const env = { ...process.env, LC_ALL: "C", TUSHARE_TOKEN: "" };
    const child = spawn(process.execPath, [bin, ...line, "--data-dir", folder], { env, stdio: "pipe" });
    let error = "";
    child.stderr.on("data", (chunk) => {
      error += chunk;
    });
    await once(server, "request");
    const interruptedAt = performance.now();
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect([code, error.trim().split("\n").at(-1)]).toEqual([130, "stopped"]);
    expect(performance.now() - interruptedAt).toBeLessThan(5_000); // a second on an idle machine; the answer is awaited for 35
  });
});
