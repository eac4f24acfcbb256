// This machine: Node, disk, data directory, ports, settings.
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { findRunning } from "../../local/running.ts";
import { isOpenToOthers, settingsPath } from "../../local/settings-file.ts";
import { readSettings, type Settings } from "../../shared/catalogue/settings.ts";
import { callsAMinuteMax } from "../../shared/catalogue/slot.ts";
import type { Messages } from "../messages/en.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** The version of package.json; older ones cannot run TypeScript without a build. */
const nodeMajorMin = 24;

/** A full mirror takes about 6 GB; below the smaller figure even a first trial does not fit. */
const freeGigabytesWanted = 10;
const freeGigabytesMin = 1;

/** The preferred ports of the local stack (local/environment.ts); it uses others if these are taken. */
const ports = { database: 54_320, endpoint: 45_660 };

export async function checkMachine(
  dataDir: string,
  environment: Readonly<Record<string, string | undefined>>,
  t: Messages,
): Promise<Finding[]> {
  return [
    checkNode(process.versions.node, t),
    checkDisk(dataDir, t),
    checkDataDir(dataDir, t),
    ...(await checkPorts(dataDir, t)),
    ...checkSettings(environment, t),
    ...checkSettingsFile(environment, t),
  ];
}

/** The file that `setup` writes holds the token. */
export function checkSettingsFile(
  environment: Readonly<Record<string, string | undefined>>,
  t: Messages,
): Finding[] {
  const file = settingsPath(environment);
  if (file === undefined || !existsSync(file)) return [];
  return [
    isOpenToOthers(file)
      ? finding(
          "settings-file",
          "warning",
          t.doctor.settingsFileOpen(file),
          t.doctor.settingsFileRemedy(file),
        )
      : ok("settings-file", t.doctor.settingsFile(file)),
  ];
}

export function checkNode(version: string, t: Messages): Finding {
  return Number(version.split(".")[0]) >= nodeMajorMin
    ? ok("node", t.doctor.node(version))
    : finding("node", "problem", t.doctor.nodeOld(version), t.doctor.nodeRemedy);
}

function checkDisk(dataDir: string, t: Messages): Finding {
  const { bavail, bsize } = statfsSync(existing(resolve(dataDir)));
  return judgeDisk((bavail * bsize) / 1e9, t);
}

export function judgeDisk(freeGigabytes: number, t: Messages): Finding {
  const free = freeGigabytes.toFixed(1);
  if (freeGigabytes >= freeGigabytesWanted) return ok("disk", t.doctor.disk(free));
  const level = freeGigabytes < freeGigabytesMin ? "problem" : "warning";
  return finding("disk", level, t.doctor.diskSmall(free), t.doctor.diskRemedy(String(freeGigabytesWanted)));
}

function checkDataDir(dataDir: string, t: Messages): Finding {
  const path = resolve(dataDir);
  try {
    accessSync(existing(path), constants.W_OK);
  } catch {
    return finding("data-dir", "problem", t.doctor.dataDirReadOnly(path), t.doctor.dataDirRemedy);
  }
  const [found] = findRunning(path);
  if (found !== undefined)
    return ok("data-dir", t.doctor.dataDirRunning(found.dataDir, String(found.running.pid)));
  return ok("data-dir", existsSync(path) ? t.doctor.dataDir(path) : t.doctor.dataDirNew(path));
}

async function checkPorts(dataDir: string, t: Messages): Promise<Finding[]> {
  const ours = findRunning(resolve(dataDir))
    .flatMap(({ running }) => [running.databaseUrl, running.endpoint])
    .map((url) => Number(new URL(url).port));
  const findings: Finding[] = [];
  for (const [name, port] of Object.entries(ports)) {
    const check = `port-${name}`;
    if (ours.includes(port) || (await isFree(port))) findings.push(ok(check, t.doctor.port(String(port))));
    else findings.push(finding(check, "note", t.doctor.portTaken(String(port)), t.doctor.portRemedy));
  }
  return findings;
}

export function checkSettings(
  environment: Readonly<Record<string, string | undefined>>,
  t: Messages,
): Finding[] {
  let settings: Settings;
  try {
    settings = readSettings(environment);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [finding("settings", "problem", t.said(said), t.doctor.settingsRemedy)];
  }
  const { WORKER_SLOTS, TUSHARE_MIN_INTERVAL, TUSHARE_CALLS_A_MINUTE } = settings;
  const most = callsAMinuteMax(WORKER_SLOTS, TUSHARE_MIN_INTERVAL);
  const [calls, allowed] = [String(most), String(TUSHARE_CALLS_A_MINUTE)];
  return [
    ok("settings", t.doctor.settings),
    most <= TUSHARE_CALLS_A_MINUTE
      ? ok("rate", t.doctor.rate(calls, allowed))
      : finding("rate", "problem", t.doctor.rateHigh(calls, allowed), t.doctor.rateRemedy),
  ];
}

/** The folder itself, or its nearest existing parent. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolved) => {
    const server = createServer();
    server.once("error", () => resolved(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolved(true)));
  });
}
