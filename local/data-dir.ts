// Allows only one process on a data directory: the database itself would not notice a second one.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../shared/words/say-here.ts";
import { isNoSpace, NoSpaceError } from "./no-space.ts";
import { OptionError } from "./options.ts";

export type DataDir = { readonly path: string; release(): void };

/** The process that holds the directory, for messages only. */
type Holder = { readonly pid: number; readonly since: string };

/** A holder writes its name some milliseconds after it takes the lock; a loaded machine needs longer. */
const namingTries = 20;
const namingMilliseconds = 50;

/** Keeps references: a garbage-collected lock would be released. */
const held = new Set<DatabaseSync>();

/** SQLite's result codes, https://www.sqlite.org/rescode.html */
const sqliteBusy = 5;

/**
 * Takes the directory, and creates it if needed. The lock is the operating system's lock on a file, taken by SQLite,
 * which can do so on every system. It ends with the process, however that dies, so no stale lock is left; a suspended
 * process keeps it.
 * @throws Error naming the process that holds it
 */
export async function takeDataDir(path: string): Promise<DataDir> {
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    if (isNoSpace(error)) throw new NoSpaceError(path, error);
    throw new OptionError(say("dataDirRefused", { path, reason: reasonOf(error) }));
  }
  const holderFile = join(path, "holder.json");
  const lock = new DatabaseSync(join(path, "holder.lock"), { timeout: 0 });
  for (let tries = 1; !tryLock(lock); tries += 1) {
    const other = readHolder(holderFile);
    if (other === undefined && tries < namingTries) {
      await sleep(namingMilliseconds);
      continue;
    }
    lock.close();
    throw new Error(
      other === undefined
        ? say("dataDirInUse", { path })
        : say("dataDirInUseBy", { path, pid: other.pid, since: other.since }),
    );
  }
  try {
    writeHolder(holderFile, { pid: process.pid, since: new Date().toISOString() });
  } catch (error) {
    lock.close();
    throw isNoSpace(error) ? new NoSpaceError(path, error) : error;
  }
  held.add(lock);
  return {
    path,
    release() {
      rmSync(holderFile, { force: true });
      held.delete(lock);
      lock.close(); // the file stays: after a removal two processes could lock two files of the same name
    },
  };
}

/** Folder by folder: in /proc, Node 24's recursive mkdir never returns. */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(path), { code: "ENOTDIR" });
    return;
  }
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw error; // another process created it first
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (code === "ENOTDIR") return say("notAFolder");
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return say("notWritable");
  return code === "ENOSPC" ? say("diskFull") : code;
}

/** The file stays empty, so that it can be locked on a full disk too. */
function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec("pragma journal_mode = memory; begin exclusive");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}

function writeHolder(file: string, holder: Holder): void {
  writeFileSync(`${file}.new`, JSON.stringify(holder));
  renameSync(`${file}.new`, file); // atomic: a reader never sees half a file
}

/** Undefined when the file is of a killed process: the current holder is about to write its own. */
function readHolder(file: string): Holder | undefined {
  try {
    const { pid, since } = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder>;
    if (pid === undefined || since === undefined) return undefined;
    process.kill(pid, 0);
    return { pid, since };
  } catch {
    return undefined;
  }
}
