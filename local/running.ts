// The addresses of the running stack of a data directory, for the command line and other tools: a file that exists
// while `npm start` runs. It holds no secret.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackOutputs } from "../shared/catalogue/stack.ts";

/**
 * Settings that clients of the local stack need besides its address. Clients must sign, but signatures are not checked.
 */
export const localClients = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
} as const;

export type Running = {
  readonly pid: number;
  readonly since: string;
  /** Serves Lambda, SQS, Scheduler, Secrets Manager and the Data API. */
  readonly endpoint: string;
  readonly apiUrl: string | undefined;
  /** Without its password. */
  readonly databaseUrl: string;
  /** The database for the user that only reads, without a password; and whether one is asked for. */
  readonly readerUrl: string;
  readonly asksPassword: boolean;
  /** Where rows are fetched from. */
  readonly upstreamUrl: string;
  /** Where the mirror answers as TuShare does. */
  readonly tushareUrl: string;
  readonly pageUrl: string;
  /** The outputs of the template. */
  readonly outputs: StackOutputs;
  readonly functions: readonly string[];
  readonly logFile: string;
};

const fileName = "running.json";

/** Writes the file; the returned function removes it. */
export function announce(dataDir: string, running: Omit<Running, "pid" | "since">): () => void {
  const file = join(dataDir, fileName);
  const text = JSON.stringify(
    { pid: process.pid, since: new Date().toISOString(), ...running },
    undefined,
    2,
  );
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file); // atomic: a reader never sees half a file
  return () => rmSync(file, { force: true });
}

/** The stacks running in a folder and in its subfolders: each origin has its own in `.local`. */
export function findRunning(folder: string): { readonly dataDir: string; readonly running: Running }[] {
  let inside: string[] = [];
  try {
    inside = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name))
      .sort();
  } catch {
    // the folder does not exist: nothing runs
  }
  return [folder, ...inside].flatMap((dataDir) => {
    const running = readRunning(dataDir);
    return running === undefined ? [] : [{ dataDir, running }];
  });
}

/** Undefined when nothing runs there; the file of a killed process is ignored. */
export function readRunning(dataDir: string): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(join(dataDir, fileName), "utf8")) as Running;
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
