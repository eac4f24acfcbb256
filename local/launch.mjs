// Runs a program of this project on Node 24, after installing what is missing.
// Plain JavaScript without dependencies: it must start on the host's Node (20 or newer) in a fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";
const node24 = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Node ${process.versions.node} is too old to start from; install Node 20 or newer.`);
  process.exit(1);
}
if (!isInstalled()) install();
/** A program that ends with this code wants to be started again, with settings that it has written; main.ts has the same. */
const againCode = 75;
/** The processes above this one, where npm is one of them. */
const npm = process.env.npm_lifecycle_event && ancestors();
run(process.argv.slice(2));

/** npm writes node_modules/.package-lock.json last, so an interrupted install does not count. */
function isInstalled() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed) || !existsSync(node24)) return false;
  return statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

function install() {
  const folder = join(root, "node_modules");
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    const target = existsSync(folder) ? realpathSync(folder) : "a folder that is not there";
    console.error(
      `node_modules is a link to ${target}, and lacks what this version needs. npm would empty that folder, so nothing was\ninstalled: remove the link, or run npm ci where it leads to, if that is a checkout of this version.`,
    );
    process.exit(1);
  }
  console.error(
    "Installing the locked dependencies and Node 24 into node_modules (once, about a minute) ...",
  );
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", flags, { cwd: root, stdio: ["ignore", 2, 2], shell: windows });
  if (status !== 0) {
    console.error("npm ci failed; the lines above say why. Nothing was started.");
    process.exit(1);
  }
}

/** `program` is a .ts file of ours or the name of an installed command. */
function run([program, ...args]) {
  // The command line runs in any folder, and its paths are relative to that folder.
  const isCommandLine = program.startsWith("cli/");
  const cwd = isCommandLine ? process.cwd() : root;
  // Compiling unchanged files takes half the time of the command line, and a tenth of a short run.
  const cache = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "tushare-sync", "compiled") };
  // glibc keeps what each of the threads has freed, a hundred megabytes in all, unless few arenas are shared and trimmed.
  const malloc = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };
  const script = program.endsWith(".ts") ? join(root, program) : join(root, "node_modules", ".bin", program);
  const child = spawn(node24, [script, ...args], {
    cwd,
    // The fourth channel is IPC: when this process is killed, it closes and the child stops.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...cache,
      ...malloc,
      ...process.env,
      PATH: `${dirname(node24)}${windows ? ";" : ":"}${process.env.PATH}`,
    },
  });
  let isStopped = false;
  const pass = (signal) => {
    isStopped = true;
    child.kill(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, pass);
  // npm's shell survives npm; killing npm must not leave a database running.
  const watch =
    npm && setInterval(() => ancestors() !== npm && child.kill("SIGKILL") && process.exit(1), 500).unref();
  child.on("exit", (code, signal) => {
    if (code !== againCode || isStopped) process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
    for (const each of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(each, pass);
    clearInterval(watch);
    run([program, ...args]);
  });
}

function ancestors() {
  const shell = `/proc/${process.ppid}/stat`;
  const above = existsSync(shell) ? readFileSync(shell, "utf8").split(") ")[1].split(" ")[1] : "";
  return `${process.ppid} ${above}`;
}
