// Starts of the local stack, up to the page in a browser: of a checkout in which nothing was started yet (its dependencies are
// installed), of one that keeps what earlier starts made, and again in the same data folder. And the memory of one that is idle.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "..");

export type StartMeasurement = {
  readonly what: string;
  /** Until the page answers, and CPU seconds spent until then; undefined where the system does not tell. */
  readonly seconds: number[];
  readonly cpuSeconds: number[];
};

export type IdleMemory = { readonly afterSeconds: number; readonly megabytes: number };

/** @param idleSeconds how long after the last start its memory is read */
export async function measureStarts(
  rounds: number,
  idleSeconds: readonly number[],
): Promise<{ starts: StartMeasurement[]; idle: IdleMemory[] }> {
  const folder = mkdtempSync(join(tmpdir(), "bench-start-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const kinds = ["nothing kept", "kept, a new data folder", "the same data folder again"];
  const starts = kinds.map((what) => ({ what, seconds: [] as number[], cpuSeconds: [] as number[] }));
  const idle: IdleMemory[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const checkout = copyCheckout(join(folder, `checkout-${round}`));
    for (const [at, data] of ["first", "second", "second"].entries()) {
      const started = await start(checkout, join(folder, `${data}-${round}`));
      starts[at]?.seconds.push(started.seconds);
      starts[at]?.cpuSeconds.push(started.cpuSeconds);
      if (round === rounds - 1 && at === 2) {
        const since = performance.now();
        for (const afterSeconds of idleSeconds) {
          await sleep(Math.max(0, since + afterSeconds * 1_000 - performance.now()));
          idle.push({ afterSeconds, megabytes: started.residentMegabytes() });
        }
      }
      await started.stop();
    }
  }
  return { starts, idle };
}

/** The files of this checkout, and its packages by links, so that what starts keep in node_modules is its own. */
function copyCheckout(to: string): string {
  const without = new Set(["node_modules", ".git", ".local", "cdk.out"]);
  mkdirSync(to);
  for (const name of readdirSync(root)) {
    if (!without.has(name)) cpSync(join(root, name), join(to, name), { recursive: true });
  }
  const packages = join(to, "node_modules");
  mkdirSync(packages);
  for (const name of readdirSync(join(root, "node_modules"))) {
    const from = join(root, "node_modules", name);
    if (name === ".package-lock.json")
      cpSync(from, join(packages, name)); // written last, as by npm
    else if (name !== ".cache") symlinkSync(from, join(packages, name));
  }
  return to;
}

type Started = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  residentMegabytes(): number;
  stop(): Promise<void>;
};

async function start(checkout: string, dataDir: string): Promise<Started> {
  const began = performance.now();
  const launcher = spawn(
    process.execPath,
    [join(checkout, "local", "launch.mjs"), "local/main.ts", "--data-dir", dataDir, "--job", "REFERENCE"],
    { cwd: checkout, env: withoutSettings(), stdio: ["ignore", "pipe", "inherit"] },
  );
  process.once("exit", () => launcher.kill());
  await answers(await pageOf(launcher));
  const seconds = (performance.now() - began) / 1_000;
  const pid = childOf(launcher.pid);
  return {
    seconds,
    cpuSeconds: cpuSecondsOf(pid),
    residentMegabytes: () => residentMegabytesOf(pid),
    async stop() {
      const ended = once(launcher, "exit");
      launcher.kill("SIGTERM");
      await ended;
    },
  };
}

/** In English, on the simulated market, with nobody's compile cache. */
function withoutSettings(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE: _, TUSHARE_TOKEN: __, DATABASE_URL: ___, ...rest } = process.env;
  return { ...rest, LC_ALL: "C", MIRROR_SETTINGS_FILE: "" };
}

/** The address that the start prints. Rejects when it ends before. */
function pageOf(launcher: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    launcher.stdout?.on("data", (chunk) => {
      text += chunk;
      const [url] = /http:\/\/127\.0\.0\.1:\d+(?=\s)/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    launcher.once("exit", () => reject(new Error(`the start ended without a page:\n${text}`)));
  });
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const page = await fetch(url).catch(() => undefined);
    if (page?.ok && (await page.text()).includes("</html>")) return;
    await sleep(20);
  }
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // not Linux
  }
};

function childOf(pid: number | undefined): string | undefined {
  return read(`/proc/${pid}/task/${pid}/children`)?.trim().split(" ")[0];
}

function cpuSecondsOf(pid: string | undefined): number {
  const [, ...fields] = read(`/proc/${pid}/stat`)?.split(") ") ?? [];
  const [user, system] = fields.join(") ").split(" ").slice(11, 13).map(Number);
  const ticksPerSecond = 100; // of every Linux that Node runs on
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) / ticksPerSecond;
}

function residentMegabytesOf(pid: string | undefined): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? "") ?? [];
  return (1_024 * Number(kilobytes)) / 1e6;
}
