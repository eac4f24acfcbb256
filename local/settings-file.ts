// The settings of this machine that `tushare-sync setup` writes: the token and the pace of the account, as lines NAME=value. A
// variable of the environment, even an empty one, counts before a line of the file.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { settingTable } from "../shared/catalogue/settings.ts";
import { nearest } from "../shared/words/nearest.ts";
import { say } from "../shared/words/say-here.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Whose upstream is used. They belong together: where the environment has one of them, the file's are left out, so that no token goes
 * to an address that was not set with it.
 */
const accountNames = ["TUSHARE_TOKEN", "TUSHARE_URL"] as const;

const names: readonly string[] = [...accountNames, ...Object.keys(settingTable)];

/** Only its owner may read it: it holds the token. */
const fileMode = 0o600;

/** The file's path: beside the default data folders, or where MIRROR_SETTINGS_FILE says; undefined when that is empty. */
export function settingsPath({ MIRROR_SETTINGS_FILE: given }: Variables): string | undefined {
  if (given === "") return undefined;
  return given === undefined ? join(import.meta.dirname, "..", ".local", "settings.env") : resolve(given);
}

/**
 * The environment with the file's lines below it.
 * @param account false to leave out the token and its address: a line may ask for a simulated upstream
 * @throws Error that names the file and the line, and never quotes it: it may hold the token
 */
export function withSettings(environment: Variables, { account = true } = {}): Variables {
  const path = settingsPath(environment);
  if (path === undefined) return environment;
  const lines = Object.entries(readSettingsFile(path));
  const isOwn = account && accountNames.every((name) => environment[name] === undefined);
  const isLeftOut = (name: string) => !isOwn && accountNames.some((each) => each === name);
  return { ...Object.fromEntries(lines.filter(([name]) => !isLeftOut(name))), ...environment };
}

/** Whether commands look for a mirror of the real TuShare, as long as nobody says otherwise. */
export function holdsToken(environment: Variables): boolean {
  const path = settingsPath(environment);
  return path !== undefined && (readSettingsFile(path).TUSHARE_TOKEN ?? "") !== "";
}

/** What the file sets; nothing when there is none. @throws Error as withSettings */
export function readSettingsFile(path: string): Record<string, string> {
  const text = readText(path);
  const lines = text.split(/\r?\n/).map((line, at) => ({ line: line.trim(), number: at + 1 }));
  const set = lines.filter(({ line }) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(set.map(({ line, number }) => readSetting(line, path, number)));
}

/** Sets these and keeps all other lines. The file is replaced whole, so that a reader never sees half of it. */
export function writeSettingsFile(path: string, settings: Readonly<Record<string, string>>): void {
  const kept = readText(path)
    .split(/\r?\n/)
    .filter((line) => !Object.hasOwn(settings, line.split("=")[0]?.trim() ?? ""));
  while (kept.at(-1)?.trim() === "") kept.pop();
  const lines = [...kept, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.new`;
  rmSync(next, { force: true }); // a file that is there would keep its mode
  writeFileSync(next, `${lines.join("\n")}\n`, { mode: fileMode, flag: "wx" });
  renameSync(next, path);
}

/** Whether others than its owner can read the file. Windows has no such modes. */
export function isOpenToOthers(path: string): boolean {
  if (process.platform === "win32") return false;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o077) !== 0;
}

function readSetting(line: string, file: string, number: number): [name: string, value: string] {
  const [, name = "", value = ""] = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
  if (name === "")
    throw new Error(say("settingsLineUnread", { file, number, example: "TUSHARE_CALLS_A_MINUTE=200" }));
  if (!names.includes(name)) {
    const suggestion = nearest(name, names);
    const unknown = say("settingsNameUnknown", { file, number, name });
    throw new Error(suggestion === undefined ? unknown : `${unknown}; ${say("didYouMean", { suggestion })}`);
  }
  return [name, value.replace(/^(["'])(.*)\1$/, "$2")];
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT") return "";
    throw new Error(say("settingsFileUnread", { file: path, code }));
  }
}
