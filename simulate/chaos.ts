// npm run chaos: `npm start` while its threads, its process, its connections and its upstream fail, for some minutes; then
// the same checks as after an undisturbed run. It prints what was survived, and --write keeps that in docs/reliability.md.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findRunning, type Running } from "../local/running.ts";
import type { UpstreamStats } from "../local/tushare/handle.ts";
import { temporaryDataDir } from "../test/support/npm-start.ts";
import { randomFrom } from "../test/support/random.ts";
import { digest, openStored } from "../test/support/stored.ts";
import type { ThreadKind } from "./threads.ts";

const root = join(import.meta.dirname, "..");
const help = `npm run chaos [-- options]   takes a few minutes

  --seconds N   how long things fail (default 120)
  --seed N      the order in which they fail (default: by the clock)
  --write       keeps the table in docs/reliability.md
  --help        this page
`;

/** The work: about 250 days of a small market, at a pace that leaves most of it to do when something fails. */
const job = ["--stocks", "60", "--from", "20251020", "--to", "20261020", "--once", "--json"];
const pace = { TUSHARE_MIN_INTERVAL: "0.15", TUSHARE_CALLS_A_MINUTE: "500" };
const upstreamFaults = [
  ...["hang:0.01", "reset:0.04", "html-200:0.04", "truncated-json:0.04", "wrong-content-type:0.04"],
  ...["http-5xx:0.04", "server-error:0.04", "latency:10%:1500", "column-added:0.05", "has-more-absent:0.05"],
].join(",");

/** What happens, how much more often than the rarest, and in the words of the table. */
const deeds = {
  function: { weight: 6, what: "the thread of a function was ended, in the middle of what it did" },
  engine: { weight: 3, what: "the database engine was ended, and opened again on its folder" },
  connections: {
    weight: 4,
    what: "eight connections to the database, the API and AWS's services were cut half-way",
  },
  process: { weight: 2, what: "the process was killed (SIGKILL), and started again" },
} as const;
type Deed = keyof typeof deeds;

/** In docs/reliability.md, before the table. */
const mark = "<!-- chaos -->";

const { values: options } = parseArgs({
  options: {
    ...{ seconds: { type: "string", default: "120" }, seed: { type: "string" } },
    ...{ write: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  },
});
if (options.help) {
  console.log(help);
} else {
  process.exitCode = (await main(Number(options.seconds), Number(options.seed ?? Date.now() % 1_000_000)))
    ? 0
    : 1;
}

async function main(seconds: number, seed: number): Promise<boolean> {
  if (!(seconds > 0) || !Number.isInteger(seed))
    throw new Error(`--seconds and --seed are numbers, such as 120 and 7`);
  const [quiet, troubled] = [temporaryDataDir(), temporaryDataDir()];
  try {
    console.log(`seed ${seed}: first an undisturbed run, then ${seconds} seconds of trouble`);
    const expected = await runToEnd(quiet.path);
    const counts = await trouble(troubled.path, seconds, randomFrom(seed));
    const found = await checksAfter(troubled.path, { expected, digest: await digest(quiet.path) });
    const table = tableOf(counts, found, seed, seconds);
    console.log(`\n${table}`);
    if (options.write) keep(table);
    return found.every(({ holds }) => holds);
  } finally {
    quiet.remove();
    troubled.remove();
  }
}

type Start = {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string }>;
};

function start(dataDir: string, faults: readonly string[] = []): Start {
  const threads = new URL("./threads.ts", import.meta.url).href;
  const child = spawn(
    process.execPath,
    ["--liftoff-only", "--import", threads, "local/main.ts", ...job, "--data-dir", dataDir, ...faults],
    {
      cwd: root,
      env: { ...process.env, ...pace, MIRROR_SETTINGS_FILE: "" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

type Summary = {
  readonly status: string;
  readonly units: number;
  readonly rows: number;
  readonly calls: object;
};

/** @throws Error with what was printed, when the job does not complete */
async function runToEnd(dataDir: string): Promise<Summary> {
  const { code, output } = await start(dataDir).ended;
  const summary = JSON.parse(output.trim().split("\n").at(-1) ?? "") as Summary;
  if (code !== 0 || summary.status !== "COMPLETED") throw new Error(`the run ended with ${code}:\n${output}`);
  return summary;
}

/** Starts the job again and again while things fail. @returns how often each thing happened */
async function trouble(dataDir: string, seconds: number, random: () => number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const count = (what: string, often = 1) => counts.set(what, (counts.get(what) ?? 0) + often);
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    const { child, ended } = start(dataDir, ["--faults", upstreamFaults]);
    const over = ended.then(() => "over" as const);
    let struck: UpstreamStats["faults"] = {};
    while (Date.now() < until) {
      const next = await Promise.race([over, sleep(500 + random() * 3_000, "on" as const)]);
      if (next === "over") break;
      const running = findRunning(dataDir)[0]?.running;
      if (running === undefined) continue; // it has not started yet
      struck = (await faultsOf(running)) ?? struck;
      const deed = choose(random());
      if (deed === "process") {
        count(deeds.process.what);
        child.kill("SIGKILL");
        await over;
        break;
      }
      if (deed === "connections") await cutConnections(running, random);
      else if (!(await endThread(child, deed, random()))) continue;
      count(deeds[deed].what);
      process.stdout.write(".");
    }
    child.kill("SIGINT");
    await over;
    for (const [kind, often] of Object.entries(struck)) count(`the upstream: ${kind}`, often);
  }
  return counts;
}

function choose(random: number): Deed {
  const all = Object.entries(deeds) as [Deed, (typeof deeds)[Deed]][];
  let left = random * all.reduce((sum, [, { weight }]) => sum + weight, 0);
  for (const [deed, { weight }] of all) {
    left -= weight;
    if (left < 0) return deed;
  }
  return "function";
}

async function endThread(child: ChildProcess, end: ThreadKind, chance: number): Promise<boolean> {
  if (!child.connected) return false;
  const answered = once(child, "message", { signal: AbortSignal.timeout(3_000) });
  child.send({ end, chance });
  const answer = await answered.catch(() => undefined); // it ended meanwhile
  return (answer?.[0] as { ended?: string } | undefined)?.ended === end;
}

/** Opens connections, sends part of a request, and resets them. */
async function cutConnections(
  { databaseUrl, endpoint, apiUrl }: Running,
  random: () => number,
): Promise<void> {
  const http =
    "POST /Execute HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{";
  // The length and version of a startup packet, and some of its parameters.
  const postgres = Buffer.concat([
    Buffer.from([0, 0, 0, 60, 0, 3, 0, 0]),
    Buffer.from("user\0postgres\0data"),
  ]);
  const doors = [
    { url: databaseUrl, sends: postgres },
    { url: endpoint, sends: http },
    ...(apiUrl === undefined ? [] : [{ url: apiUrl, sends: http }]),
  ];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const door = doors[Math.floor(random() * doors.length)];
      if (door === undefined) return;
      const { port, hostname } = new URL(door.url);
      const socket = connect({ port: Number(port), host: hostname });
      socket.on("error", () => {}); // the stack may be ending
      await Promise.race([once(socket, "connect").catch(() => {}), sleep(1_000)]);
      socket.write(door.sends);
      await sleep(random() * 100);
      socket.resetAndDestroy();
    }),
  );
}

async function faultsOf({ upstreamUrl }: Running): Promise<UpstreamStats["faults"] | undefined> {
  try {
    const answer = await fetch(`${upstreamUrl}/control/stats`, { signal: AbortSignal.timeout(2_000) });
    return ((await answer.json()) as UpstreamStats).faults;
  } catch {
    return undefined; // the stack is ending
  }
}

type Check = { readonly what: string; readonly holds: boolean };

/** What must hold once nothing fails any more. */
async function checksAfter(
  dataDir: string,
  undisturbed: { readonly expected: Summary; readonly digest: unknown },
): Promise<Check[]> {
  const after = await runToEnd(dataDir);
  const again = await runToEnd(dataDir);
  const rows = JSON.stringify(await digest(dataDir));
  const database = await openStored(dataDir);
  const none = async (sql: string) => (await database.query(sql)).rows.length === 0;
  try {
    return [
      { what: "the job completes", holds: after.status === "COMPLETED" },
      {
        what: "every row and value is that of the undisturbed run",
        holds: rows === JSON.stringify(undisturbed.digest),
      },
      {
        what: "the next run has nothing left to do",
        holds: again.units === 0 && again.status === "COMPLETED",
      },
      {
        what: "every unit of a task that runs or is complete is done",
        holds: await none(
          "select 1 from sync_unit join sync_task on sync_task.id = task_id where sync_task.status in ('PENDING', 'RUNNING', 'COMPLETED') and sync_unit.status <> 'done'",
        ),
      },
      {
        what: "the counts of each task are those of its units",
        holds: await none(
          `select 1 from sync_task
           where total_processed <> (select count(*) from sync_unit where task_id = sync_task.id and sync_unit.status = 'done')
             or total_failed <> (select count(*) from sync_unit where task_id = sync_task.id and sync_unit.status = 'parked')`,
        ),
      },
      {
        what: "no failure is left open",
        holds: await none("select 1 from sync_failure_record where resolved_at is null"),
      },
      {
        what: "no job has a second live task",
        holds: await none(
          "select 1 from sync_task where status in ('PENDING', 'RUNNING', 'PAUSED') group by job_type having count(*) > 1",
        ),
      },
    ];
  } finally {
    await database.close();
  }
}

function tableOf(
  counts: ReadonlyMap<string, number>,
  checks: readonly Check[],
  seed: number,
  seconds: number,
): string {
  const lines = [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, often]) => `| ${what} | ${often} |`);
  return [
    `Seed ${seed}, ${seconds} seconds, ${new Date().toISOString().slice(0, 10)}:`,
    "",
    "| what happened | times |",
    "| --- | ---: |",
    ...lines,
    "",
    "| afterwards | |",
    "| --- | --- |",
    ...checks.map(({ what, holds }) => `| ${what} | ${holds ? "yes" : "NO"} |`),
  ].join("\n");
}

/** Puts the table between its two marks. */
function keep(table: string): void {
  const file = join(root, "docs", "reliability.md");
  const text = readFileSync(file, "utf8");
  const begin = text.indexOf(mark) + mark.length;
  const end = text.indexOf("<!-- end -->");
  if (begin < mark.length || end < begin) throw new Error(`${file} has no marks for the table`);
  writeFileSync(file, `${text.slice(0, begin)}\n\n${table}\n\n${text.slice(end)}`);
}
