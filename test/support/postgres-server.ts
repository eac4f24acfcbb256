// A private PostgreSQL server in a temporary folder, for tests that need a real engine beside PGlite. The files that
// share a process share it, each with databases of its own.
// It is the server of TEST_DATABASE_URL when set, else made with the binaries of the host; without either the caller skips.
import { execFile, spawn } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

export interface PostgresServer {
  /** postgres://… of a database of its own. */
  readonly url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** Why no server can be had, as a sentence for the skipped tests; undefined when one can. */
export async function whyNoPostgresServer(): Promise<string | undefined> {
  if (process.env.TEST_DATABASE_URL || (await findBinaries())) return undefined;
  return "no PostgreSQL server: neither initdb and pg_ctl on this host nor TEST_DATABASE_URL";
}

/**
 * An empty database on the process's own server, which takes a second to start and ends with the process. It is not fit
 * for data that matters: it does not sync.
 * @param like the name of a database to copy
 */
export async function startPostgresServer(like = "template1"): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  running ??= given ? Promise.resolve(serverAt(given)) : startServer();
  const server = await running;
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await server.ask(`create database ${name} template ${like}`);
  return {
    url: server.urlOf(name),
    stop: () => server.ask(`drop database ${name} with (force)`),
  };
}

type Server = { urlOf(database: string): string; ask(sql: string): Promise<void> };
let running: Promise<Server> | undefined;

async function startServer(): Promise<Server> {
  const binaries = await findBinaries();
  if (!binaries) throw new Error(await whyNoPostgresServer());

  const home = await mkdtemp(join(tmpdir(), "postgres-server-"));
  await becomeOwned(home);
  const data = join(home, "data");
  const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  await asServerUser(join(binaries, "initdb"), initdb, home);
  const port = await freePort();
  const settings = `-p ${port} -k ${home} -h 127.0.0.1 -F -c max_connections=100`;
  const log = join(home, "log");
  const start = ["-D", data, "-l", log, "-w", "-t", "60", "-o", settings, "start"];
  await asServerUser(join(binaries, "pg_ctl"), start, home).catch(async (cause) => {
    throw new Error(`PostgreSQL did not start: ${await readFile(log, "utf8").catch(String)}`, { cause });
  });
  await stopWithUs(join(binaries, "pg_ctl"), home);
  return serverAt(`postgres://postgres@127.0.0.1:${port}/postgres`);
}

/** @param url of one of its databases, as a user who may create others */
function serverAt(url: string): Server {
  return {
    urlOf: (database) => Object.assign(new URL(url), { pathname: database }).href,
    async ask(sql) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(sql).finally(() => client.end());
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

/** However this process ends, the pipe to a shell ends with it, and the shell stops the server and removes its folder. */
async function stopWithUs(pgCtl: string, home: string): Promise<void> {
  const stop = 'cat; "$0" -D "$1/data" -m immediate -w stop; rm -rf "$1"';
  const ids = isRoot ? await idsOf(serverUser) : {};
  spawn("sh", ["-c", stop, pgCtl, home], {
    ...{ ...ids, cwd: tmpdir(), detached: true },
    stdio: ["pipe", "ignore", "ignore"],
  }).unref();
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

/**
 * Below the ports that systems give to those who ask for any: between this probe and the server's start no client or server of
 * another test takes it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
