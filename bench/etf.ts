// ETF prices end to end, as a user starts them: `npm start` with a whole simulated market of ETFs over a year.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type EtfRun = {
  readonly rows: number;
  readonly calls: number;
  readonly seconds: number;
};

/** @param environment the account's tier: TUSHARE_CALLS_A_MINUTE and TUSHARE_MIN_INTERVAL */
export async function syncEtfs(from: string, environment: Readonly<Record<string, string>>): Promise<EtfRun> {
  const dataDir = mkdtempSync(join(tmpdir(), "bench-etf-"));
  const options = ["--once", "--json", "--data-dir", dataDir, "--job", "ETF_HISTORY", "--from", from];
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "local", "main.ts"), ...options], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said = (said + chunk).slice(-10_000);
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  rmSync(dataDir, { recursive: true, force: true });
  if (code !== 0) throw new Error(`npm start ended with ${code}: ${said}`);
  const json = JSON.parse(said.trim().split("\n").at(-1) ?? "") as {
    rows: number;
    calls: Record<string, number>;
    seconds: number;
  };
  const calls = Object.values(json.calls).reduce((sum, count) => sum + count, 0);
  return { rows: json.rows, calls, seconds: json.seconds };
}
