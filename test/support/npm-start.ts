// Runs `npm start`, as a person does or without npm around it, in a process group of its own so that all of it can be
// killed at once.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hashOfFiles, kept } from "../../local/kept.ts";

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

/** Units still run side by side. The environment of one more slot costs a tenth of a start, whatever the pace. */
const slots = { WORKER_SLOTS: "2" };

/**
 * Slow enough that a job still runs while a test queries or interrupts it: six units a second. One pace for all tests,
 * because each makes a template of its own.
 */
export const slow = { ...slots, TUSHARE_MIN_INTERVAL: "0.15", TUSHARE_CALLS_A_MINUTE: "500" };

/** Quick pace: 1,000 calls a minute of which the simulated upstream allows as many. */
export const quick = { ...slots, TUSHARE_MIN_INTERVAL: "0.06", TUSHARE_CALLS_A_MINUTE: "1100" };

const root = join(import.meta.dirname, "..", "..");

export function npmStart(args: readonly string[], environment: Record<string, string> = {}): Run {
  return run("npm", ["start", "--silent", "--", ...args], environment);
}

/**
 * The same program without npm and the launcher, which are promised in npm-start.test.ts. A start takes a third less of
 * the processor when V8 compiles the database engine only once, without optimising it.
 */
export function startMirror(args: readonly string[], environment: Record<string, string> = {}): Run {
  return run(process.execPath, ["--liftoff-only", "local/main.ts", ...args], environment);
}

function run(command: string, args: readonly string[], environment: Record<string, string>): Run {
  const child = spawn(command, args, {
    cwd: root,
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

/** Everything that determines the content of a data folder. */
const sources = ["{infra,functions,shared,migrations,local}/**/*", "package-lock.json"];

/**
 * A data directory in which REFERENCE has run: most tests begin there, and it takes a start seconds. A start makes it,
 * once for these sources and this day; tomorrow the lists are not fresh any more.
 */
export async function referenceDataDir(stocks: number): Promise<{ path: string; remove(): void }> {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10); // in Shanghai
  const kind = `reference-${stocks}-`;
  const name = `${kind}${hashOfFiles(sources, `${process.version} ${today}`)}`;
  const made = await kept(name, async (path) => {
    const args = ["--job", "REFERENCE", "--once", "--stocks", String(stocks), "--data-dir", path];
    const { code, output } = await startMirror(args).ended;
    if (code !== 0) throw new Error(output);
  });
  const folder = dirname(made);
  const older = readdirSync(folder).filter((other) => other.startsWith(kind) && !other.startsWith(name));
  for (const other of older) rmSync(join(folder, other), { recursive: true, force: true });
  const dataDir = temporaryDataDir();
  cpSync(made, dataDir.path, { recursive: true });
  return dataDir;
}
