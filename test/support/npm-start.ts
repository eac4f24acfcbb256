// Runs `npm start` as a person does, in a process group of its own so that all of it can be killed at once.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Run = {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Resolves when a text has been printed; rejects when the process ends before. */
  printed(text: string): Promise<void>;
  ended: Promise<{ code: number | null; output: string; json: Json }>;
  /** Sends a signal to npm and everything below it. */
  signal(name: NodeJS.Signals): void;
};

export type Json = {
  job: string;
  from: string | null;
  to: string | null;
  codes: string[] | null;
  outcome: string;
  fetched: boolean;
  task_id: string;
  status: string;
  units: number;
  rows: number;
  calls: Record<string, number>;
  seconds: number;
  origin: { kind: string; identity: string };
};

/** Quick pace: 1,000 calls a minute of which the simulated upstream allows as many. */
const quick = { TUSHARE_MIN_INTERVAL: "0.06", TUSHARE_CALLS_A_MINUTE: "1100" };

export function npmStart(args: readonly string[], environment: Record<string, string> = {}): Run {
  const child = spawn("npm", ["start", "--silent", "--", ...args], {
    cwd: join(import.meta.dirname, "..", ".."),
    env: { ...process.env, ...quick, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, "close").then(([code]) => ({
    code: code as number | null,
    output,
    get json() {
      return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Json;
    },
  }));
  return {
    process: child,
    output: () => output,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.includes(text) && resolve();
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without printing '${text}':\n${output}`)));
      }),
    ended,
    signal(name) {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    },
  };
}

/** A data directory that goes when the tests of its file have run. */
export function temporaryDataDir(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tushare-sync-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
