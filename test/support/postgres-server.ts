// A private PostgreSQL server in a temporary folder, for tests that need a real engine beside PGlite.
// It uses TEST_DATABASE_URL when set, else the binaries of the host; without either the caller skips.
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export interface PostgresServer {
  /** postgres://… of an empty database, or of the one in TEST_DATABASE_URL. */
  readonly url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** Why no server can be had, as a sentence for the skipped tests; undefined when one can. */
export async function whyNoPostgresServer(): Promise<string | undefined> {
  if (process.env.TEST_DATABASE_URL || (await findBinaries())) return undefined;
  return "no PostgreSQL server: neither initdb and pg_ctl on this host nor TEST_DATABASE_URL";
}

/** Starts a server (about a second). Stop it when done; it is not fit for data that matters: it does not sync. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  const binaries = await findBinaries();
  if (!binaries) throw new Error(await whyNoPostgresServer());

  const home = await mkdtemp(join(tmpdir(), "postgres-server-"));
  await becomeOwned(home);
  const data = join(home, "data");
  const port = await freePort();
  const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  await asServerUser(join(binaries, "initdb"), initdb, home);
  const settings = `-p ${port} -k ${home} -h 127.0.0.1 -F -c max_connections=100`;
  const start = ["-D", data, "-l", join(home, "log"), "-w", "-t", "60", "-o", settings, "start"];
  await asServerUser(join(binaries, "pg_ctl"), start, home);
  const postmaster = Number.parseInt(await readFile(join(data, "postmaster.pid"), "utf8"), 10);
  const stopWithUs = () => {
    process.kill(postmaster, "SIGQUIT"); // a test process that fails leaves no server behind
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", stopWithUs);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      process.off("exit", stopWithUs);
      await asServerUser(join(binaries, "pg_ctl"), ["-D", data, "-m", "immediate", "-w", "stop"], home);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The folder of initdb and pg_ctl: on PATH, or where Debian keeps them, the newest first. */
async function findBinaries(): Promise<string | undefined> {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? await readdir(debian) : [];
  const newestFirst = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, "bin"));
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...newestFirst];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "pg_ctl")));
}

const isRoot = process.getuid?.() === 0;
const serverUser = "postgres";

/** PostgreSQL refuses to run as root, so root hands the server to the user its packages make. */
async function asServerUser(file: string, args: readonly string[], home: string): Promise<void> {
  const ids = isRoot ? await idsOf(serverUser) : {};
  await run(file, args, { cwd: home, ...ids, env: { ...process.env, HOME: home } });
}

async function becomeOwned(folder: string): Promise<void> {
  if (!isRoot) return;
  const { uid, gid } = await idsOf(serverUser);
  await chown(folder, uid, gid);
  await chmod(folder, 0o755);
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run("id", ["-u", user]), run("id", ["-g", user])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
